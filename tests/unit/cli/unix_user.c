/* Users of this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "cli/unix_user.h"

static void root_is_found_by_number_and_name(void **state)
{
	(void)state;
	char name[UNIX_USER_NAME_SIZE] = "";
	uid_t user = 77;
	gid_t group = 77;
	assert_true(unix_user_name(0, name));
	assert_string_equal(name, "root");
	assert_true(unix_user_ids("root", &user, &group));
	assert_int_equal(user, 0);
	assert_int_equal(group, 0);
}

static void who_is_not_there_is_not_found(void **state)
{
	(void)state;
	char name[UNIX_USER_NAME_SIZE] = "";
	uid_t user = 77;
	gid_t group = 77;
	assert_false(unix_user_name((uid_t)4294000000u, name));
	assert_false(unix_user_ids("no:such", &user, &group));
	assert_false(unix_user_ids("", &user, &group));
	assert_int_equal(group, 77);
}

static void an_own_folder_changes_nobody(void **state)
{
	(void)state;
	struct err err = { 0 };
	uid_t before = geteuid();
	assert_true(unix_user_become_owner("/", &err));
	assert_int_equal(geteuid(), before);
	if (before == 0) {
		assert_false(unix_user_become_owner("/nonexistent", &err));
		assert_int_equal(err.kind, ERR_IO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_is_found_by_number_and_name),
		cmocka_unit_test(an_own_folder_changes_nobody),
		cmocka_unit_test(who_is_not_there_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
