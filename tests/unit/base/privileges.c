/* Capabilities are given up in children, which tell by their exit status. */
#include "base/privileges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/capability.h>
#include <sys/wait.h>
#include <unistd.h>

static const int both[] = { CAP_SETUID, CAP_KILL };
static const int other[] = { CAP_CHOWN };

/* The status that the child ends with. */
static int in_child(int (*body)(void))
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(body());
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int keep_none(void)
{
	struct err err = { .kind = ERR_NONE };
	if (!privileges_keep(NULL, 0, &err)) {
		return 1;
	}
	if (privileges_held(both, 1) || privileges_held(other, 1)) {
		return 2;
	}
	/* Root without capabilities becomes nobody else. */
	if (geteuid() == 0 && setuid(1) == 0) {
		return 3;
	}
	return privileges_keep(both, 2, &err) || err.kind != ERR_IO ? 4 : 0;
}

static void all_can_be_given_up_by_everybody(void **state)
{
	(void)state;
	assert_int_equal(in_child(keep_none), 0);
}

static int keep_two(void)
{
	if (!privileges_keep(both, 2, NULL)) {
		return 1;
	}
	return privileges_held(both, 2) && !privileges_held(other, 1) ? 0 : 2;
}

static void only_what_is_named_is_kept(void **state)
{
	(void)state;
	if (!privileges_held(both, 2)) {
		skip(); /* there is nothing to keep */
	}
	assert_int_equal(in_child(keep_two), 0);
	assert_true(privileges_held(both, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_can_be_given_up_by_everybody),
		cmocka_unit_test(only_what_is_named_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
