/* Accounts by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/commands.h"

#define PASSWORD "a sentence with 5 words\n"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static void with_input(int code, const char *line, const char *input,
		       const char *text)
{
	struct capture c;
	char whole[400];
	snprintf(whole, sizeof(whole), "%s --conf %s", line, device.conf);
	int got = capture_run_input(&c, device_commands, whole, input);
	if (got != code || (text != NULL && strstr(c.out, text) == NULL &&
			    strstr(c.problems, text) == NULL)) {
		fail_msg("%s: %d %s%s", line, got, c.out, c.problems);
	}
	capture_clear(&c);
}

static void an_account_is_made_with_a_password_from_input(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "user list", "No account yet");
	with_input(0, "user add sam --roles admin,customer", PASSWORD,
		   "Account sam made.");
	capture_device_check(&device, 0, "user list", "customer");
	capture_device_check(&device, 0, "user list --json",
			     "\"name\": \"sam\"");
}

static void what_is_wrong_is_refused(void **state)
{
	(void)state;
	with_input(1, "user add pat --roles operator", "", "No password");
	with_input(1, "user add pat --roles operator", "short\n", "8");
	with_input(1, "user add pat", PASSWORD, "Give one or more roles");
	with_input(1, "user add pat --roles boss", PASSWORD, "admin, customer");
	with_input(1, "user add pat --roles staff", PASSWORD,
		   "admin, customer");
	with_input(1, "user add SAM --roles operator", PASSWORD, "taken");
	capture_device_check(&device, 1, "user roles nobody operator",
			     "no account \"nobody\"");
	capture_device_check(&device, 2, "user add", "Something is missing");
}

static void roles_and_passwords_change(void **state)
{
	(void)state;
	with_input(0, "user add pat --roles operator", PASSWORD, NULL);
	capture_device_check(&device, 0, "user roles pat operator,auditor",
			     "Roles of pat: ");
	with_input(0, "user password pat", "another long sentence\n",
		   "signed out");
	capture_device_check(&device, 0, "user disable pat", "is disabled");
	capture_device_check(&device, 0, "user list", "disabled");
	capture_device_check(&device, 0, "user enable pat", "again");
}

static void the_last_admin_stays(void **state)
{
	(void)state;
	capture_device_check(&device, 1, "user roles sam operator", NULL);
	capture_device_check(&device, 1, "user disable sam", NULL);
}

static void no_set_up_code_when_there_is_an_account(void **state)
{
	(void)state;
	capture_device_check(&device, 1, "init --new-code", "Set-up is done");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_is_made_with_a_password_from_input),
		cmocka_unit_test(what_is_wrong_is_refused),
		cmocka_unit_test(roles_and_passwords_change),
		cmocka_unit_test(the_last_admin_stays),
		cmocka_unit_test(no_set_up_code_when_there_is_an_account),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
