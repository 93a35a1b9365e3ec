/* Users of this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/unix_user.h"

static void root_is_found_by_number_and_name(void **state)
{
	(void)state;
	char name[UNIX_USER_NAME_SIZE] = "";
	gid_t group = 77;
	assert_true(unix_user_name(0, name));
	assert_string_equal(name, "root");
	assert_true(unix_user_group("root", &group));
	assert_int_equal(group, 0);
}

static void who_is_not_there_is_not_found(void **state)
{
	(void)state;
	char name[UNIX_USER_NAME_SIZE] = "";
	gid_t group = 77;
	assert_false(unix_user_name((uid_t)4294000000u, name));
	assert_false(unix_user_group("no:such", &group));
	assert_false(unix_user_group("", &group));
	assert_int_equal(group, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_is_found_by_number_and_name),
		cmocka_unit_test(who_is_not_there_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
