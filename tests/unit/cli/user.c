/* Accounts by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "capture.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "domain/sessions.h"

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
	capture_device_check(&device, 0, "user list", "no account yet");
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
	with_input(2, "user add pat", PASSWORD, "Give one or more roles");
	with_input(2, "user add pat --roles boss", PASSWORD, "admin, customer");
	with_input(2, "user add pat --roles staff", PASSWORD,
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

/* Somebody types at the sign-in page; the pages' way is domain's. */
static void sign_in(const char *name, const char *password)
{
	struct cli_device open = CLI_DEVICE_INIT;
	struct account account;
	char token[SESSION_TOKEN_SIZE];
	int64_t now = clock_utc_now();

	assert_true(cli_device_open(device.conf, &open, NULL));
	if (accounts_sign_in(open.db, name, password, "192.0.2.14", now,
			     &account, NULL)) {
		assert_true(sessions_start(open.db, account.id, "192.0.2.14",
					   now, token, NULL));
	}
	cli_device_close(&open);
}

static void sessions_are_shown_and_ended(void **state)
{
	struct capture c;
	char line[64];
	int id = 0;

	(void)state;
	capture_device_check(&device, 0, "user sessions",
			     "Nobody is signed in");
	sign_in("pat", "another long sentence");
	capture_device_check(&device, 0, "user sessions", "192.0.2.14");
	capture_device_check(&device, 0, "user sessions sam", "Nobody");
	capture_device_check(&device, 0, "user show pat", "Sessions        1");
	capture_device_run(&device, &c, 0, "user sessions pat --json");
	const char *at = strstr(c.out, "\"id\": ");
	assert_non_null(at);
	assert_int_equal(1, sscanf(at, "\"id\": %d", &id));
	capture_clear(&c);
	capture_device_check(&device, 2, "user end-session x", "no number");
	capture_device_check(&device, 1, "user end-session 999", "no session");
	snprintf(line, sizeof(line), "user end-session %d", id);
	capture_device_check(&device, 0, line, "ended");
	capture_device_check(&device, 0, "user sessions pat", "Nobody");
	capture_device_check(&device, 0, "log", "a session of \"pat\"");
	capture_device_check(&device, 1, "user sessions nobody", NULL);
}

static void failures_are_told_and_a_pause_lifted(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		sign_in("pat", "a wrong password");
	}
	capture_device_check(&device, 0, "user list", "paused");
	capture_device_check(&device, 0, "user list",
			     "Nobody can sign in from 192.0.2.14");
	capture_device_check(&device, 0, "user show pat", " from 192.0.2.14");
	capture_device_check(&device, 0, "user show pat --json",
			     "\"failures\": 5");
	capture_device_check(&device, 0, "user lift-pause pat", "is lifted");
	capture_device_check(&device, 0, "user lift-pause 192.0.2.14",
			     "lifted");
	capture_device_check(&device, 1, "user lift-pause pat", "No pause");
	capture_device_check(&device, 0, "user list", "active");
	capture_device_check(&device, 1, "user show nobody", NULL);
}

static void a_password_made_of_known_words_is_refused(void **state)
{
	(void)state;
	with_input(1, "user password pat", "pat-pat-pat-1\n",
		   "made of the name");
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
		cmocka_unit_test(sessions_are_shown_and_ended),
		cmocka_unit_test(failures_are_told_and_a_pause_lifted),
		cmocka_unit_test(a_password_made_of_known_words_is_refused),
		cmocka_unit_test(no_set_up_code_when_there_is_an_account),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
