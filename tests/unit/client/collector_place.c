/*
 * Users and folders of collectors. Whom root gives what is shown to root
 * alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/collector_place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "tests/support/device.h"

#define CLIENT_UID 64321 /* nobody has it */

static struct device device;
static struct collector_place place;

static struct device_collector collector(const char *user)
{
	return (struct device_collector){ "probe", "/bin/true", "", user };
}

static char *folder_path(void)
{
	return files_join(device.config.state, "collectors/probe");
}

static struct stat folder(void)
{
	struct stat about = { 0 };
	assert_int_equal(fstat(place.folder, &about), 0);
	assert_true(S_ISDIR(about.st_mode));
	assert_int_equal(about.st_mode & 0777, 0700);
	return about;
}

static void own_folder_is_made_once(void **state)
{
	(void)state;
	const struct device_collector probe = collector("nobody");
	collector_place_own(&device.config, &probe, &place);
	ino_t first = folder().st_ino;
	assert_int_equal(folder().st_uid, geteuid());
	assert_false(place.as_user);
	assert_false(place.alone);
	collector_place_clear(&place);
	assert_int_equal(place.folder, -1);
	collector_place_clear(&place);
	collector_place_own(&device.config, &probe, &place);
	assert_int_equal(folder().st_ino, first);
	collector_place_clear(&place);
}

static void a_link_is_no_folder(void **state)
{
	(void)state;
	const struct device_collector probe = collector("");
	char *path = folder_path();
	collector_place_own(&device.config, &probe, &place);
	collector_place_clear(&place);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink(device.config.keys, path), 0);
	collector_place_own(&device.config, &probe, &place);
	assert_int_equal(place.folder, -1);
	assert_int_equal(place.no_folder.kind, ERR_IO);
	assert_int_equal(place.why.kind, ERR_NONE);
	mem_free(path);
}

static void without_a_state_folder_there_is_none(void **state)
{
	(void)state;
	const struct device_collector probe = collector("");
	struct device_config config = { .state = "/nonexistent/state" };
	collector_place_own(&config, &probe, &place);
	assert_int_equal(place.folder, -1);
	assert_int_equal(place.no_folder.kind, ERR_IO);
	config.state = NULL;
	collector_place_own(&config, &probe, &place);
	assert_int_equal(place.folder, -1);
	assert_int_equal(place.no_folder.kind, ERR_NOT_FOUND);
}

static const struct unix_user client = { .uid = CLIENT_UID, .gid = CLIENT_UID };

/* Root's device whose state folder is the client's. */
static void place_for(const char *user)
{
	const struct device_collector probe = collector(user);
	assert_int_equal(chmod(device.dir, 0755), 0);
	assert_int_equal(chown(device.config.state, CLIENT_UID, CLIENT_UID), 0);
	collector_place_for(&device.config, &probe, &client, &place);
	assert_int_equal(geteuid(), 0);
}

static void root_gives_the_folder_to_the_named_user(void **state)
{
	(void)state;
	struct unix_user nobody;
	if (geteuid() != 0 || !unix_user_find("nobody", &nobody)) {
		skip(); /* only root runs collectors as another */
	}
	place_for("nobody");
	assert_int_equal(place.why.kind, ERR_NONE);
	assert_true(place.as_user);
	assert_true(place.alone);
	assert_int_equal(place.user.uid, nobody.uid);
	assert_int_equal(folder().st_uid, nobody.uid);
	collector_place_clear(&place);
	place_for("nobody");
	assert_int_equal(folder().st_uid, nobody.uid);
	collector_place_clear(&place);
}

static void without_a_name_it_is_the_preset_or_the_client(void **state)
{
	(void)state;
	struct unix_user preset;
	if (geteuid() != 0) {
		skip(); /* only root runs collectors as another */
	}
	bool exists = unix_user_find(COLLECTOR_USER, &preset);
	place_for("");
	assert_int_equal(place.user.uid, exists ? preset.uid : CLIENT_UID);
	assert_int_equal(place.alone, exists);
	assert_int_equal(folder().st_uid, place.user.uid);
	collector_place_clear(&place);
}

static void root_and_unknown_users_are_refused(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		skip(); /* only root runs collectors as another */
	}
	place_for("root");
	assert_int_equal(place.why.kind, ERR_DENIED);
	assert_int_equal(place.folder, -1);
	place_for("no:such");
	assert_int_equal(place.why.kind, ERR_NOT_FOUND);
	assert_int_equal(place.folder, -1);
}

static void what_lies_there_is_not_given_away(void **state)
{
	(void)state;
	char *path = folder_path();
	struct stat about;
	if (geteuid() != 0) {
		skip(); /* only root runs collectors as another */
	}
	place_for("nobody");
	collector_place_clear(&place);
	assert_int_equal(chown(path, 64322, 64322), 0);
	place_for("nobody");
	assert_int_equal(place.folder, -1);
	assert_int_equal(place.no_folder.kind, ERR_DENIED);
	assert_int_equal(place.why.kind, ERR_NONE);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_uid, 64322);
	mem_free(path);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(own_folder_is_made_once),
		TEST(a_link_is_no_folder),
		TEST(without_a_state_folder_there_is_none),
		TEST(root_gives_the_folder_to_the_named_user),
		TEST(without_a_name_it_is_the_preset_or_the_client),
		TEST(root_and_unknown_users_are_refused),
		TEST(what_lies_there_is_not_given_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
