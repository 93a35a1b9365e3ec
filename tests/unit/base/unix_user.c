/* Users of this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>
#include <unistd.h>

#include "base/unix_user.h"

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

static void a_user_is_found_whole(void **state)
{
	(void)state;
	struct unix_user user = { .uid = 77 };
	assert_false(unix_user_find("no:such", &user));
	assert_int_equal(user.uid, 77);
	assert_true(unix_user_find("root", &user));
	assert_int_equal(user.uid, 0);
	assert_int_equal(user.gid, 0);
	assert_true(user.groups_count <= UNIX_USER_GROUPS_MAX);
}

static void the_owner_of_a_path_is_found(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct unix_user user = { .uid = 77 };
	assert_true(unix_user_owner("/", &user, &err));
	assert_int_equal(user.uid, 0);
	assert_int_equal(user.groups_count, 0);
	assert_false(unix_user_owner("/nonexistent", &user, &err));
	assert_int_equal(err.kind, ERR_IO);
}

static void who_is_become_stays_for_good(void **state)
{
	(void)state;
	struct unix_user user = { .uid = 64321,
				  .gid = 64322,
				  .groups = { 64323 },
				  .groups_count = 1 };
	bool root = geteuid() == 0;
	int status = -1;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		gid_t group = 0;
		bool done = unix_user_become(&user);
		_exit(done != root ||
		      (done && (getuid() != 64321 || getgid() != 64322 ||
				getgroups(1, &group) != 1 || group != 64323 ||
				setuid(0) == 0)));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_is_found_by_number_and_name),
		cmocka_unit_test(an_own_folder_changes_nobody),
		cmocka_unit_test(a_user_is_found_whole),
		cmocka_unit_test(the_owner_of_a_path_is_found),
		cmocka_unit_test(who_is_become_stays_for_good),
		cmocka_unit_test(who_is_not_there_is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
