/*
 * What is removed from the folder of sealed files, what stays, and when the
 * server is asked to forget its part.
 */
#include "tests/unit/client/job_scene.h"

#include "client/job_sweep.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

#define STRANGER "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"

static void sweep(struct job_scene *scene)
{
	assert_done(job_sweep(&scene->device.client, err));
}

static void stop(struct job_scene *scene)
{
	assert_done(jobs_cancel(scene->device.db, "anna", scene->order.id,
				"anna cancelled it.", device_time(), err));
}

static void without_a_folder_there_is_nothing_to_do(void **state)
{
	sweep(*state);
	assert_int_equal(0, job_scene_files(*state));
}

static void what_is_still_needed_stays(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "");
	job_scene_confirm(scene, 1);
	job_scene_seal(scene);
	sweep(scene);
	assert_int_equal(1, job_scene_files(scene));
	begin_item(&scene->people, &scene->item, device_time());
	sweep(scene);
	assert_int_equal(1, job_scene_files(scene));
	assert_true(fault_is_quiet(&scene->server));
}

/* The pages rename it into its place before they write that it is sealed. */
static void one_that_is_just_being_sealed_stays(void **state)
{
	struct job_scene *scene = *state;
	char name[64];
	job_scene_confirm(scene, 1);
	(void)snprintf(name, sizeof(name), "%s.age", scene->item.transaction);
	job_scene_put_file(scene, name);
	sweep(scene);
	assert_int_equal(1, job_scene_files(scene));
}

static void what_was_sent_or_is_nobodys_goes(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "");
	job_scene_confirm(scene, 1);
	job_scene_seal(scene);
	begin_item(&scene->people, &scene->item, device_time());
	finish_item(&scene->people, &scene->item, device_time());
	job_scene_put_file(scene, STRANGER ".age");
	sweep(scene);
	assert_int_equal(0, job_scene_files(scene));
	/* It is whole at the server: there is nothing to forget. */
	assert_true(fault_is_quiet(&scene->server));
}

static void what_never_left_is_removed_without_a_word(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "");
	job_scene_confirm(scene, 1);
	job_scene_seal(scene);
	stop(scene);
	sweep(scene);
	assert_int_equal(0, job_scene_files(scene));
	assert_true(fault_is_quiet(&scene->server));
}

/* Stopped when a part of it had left. */
static void stop_on_its_way(struct job_scene *scene)
{
	job_scene_confirm(scene, 1);
	job_scene_seal(scene);
	begin_item(&scene->people, &scene->item, device_time());
	stop(scene);
}

static void the_server_is_asked_once_to_forget_its_part(void **state)
{
	struct job_scene *scene = *state;
	struct job_told told;
	job_scene_server(scene, "");
	stop_on_its_way(scene);
	sweep(scene);
	assert_int_equal(0, job_scene_files(scene));
	job_scene_hear(scene, &told);
	assert_string_equal("DELETE ", told.text);
	sweep(scene);
	assert_true(fault_is_quiet(&scene->server));
}

static void a_server_that_does_not_answer_keeps_no_file_here(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "status=500");
	stop_on_its_way(scene);
	sweep(scene);
	assert_int_equal(0, job_scene_files(scene));
}

static void without_remote_services_nothing_is_asked(void **state)
{
	struct job_scene *scene = *state;
	job_scene_server(scene, "");
	stop_on_its_way(scene);
	assert_done(consent_withdraw(scene->device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, err));
	sweep(scene);
	assert_int_equal(0, job_scene_files(scene));
	assert_true(fault_is_quiet(&scene->server));
}

static void age_file(struct job_scene *scene, const char *name, int64_t age_s)
{
	char *folder =
		device_config_state_path(&scene->device.config, "sealed");
	char *path = files_join(folder, name);
	const struct timespec times[2] = {
		{ .tv_sec = device_time() - age_s },
		{ .tv_sec = device_time() - age_s },
	};
	assert_int_equal(0, utimensat(AT_FDCWD, path, times, 0));
	mem_free(path);
	mem_free(folder);
}

static void halves_go_when_nobody_wrote_to_them_for_a_day(void **state)
{
	struct job_scene *scene = *state;
	job_scene_put_file(scene, STRANGER ".age.part");
	age_file(scene, STRANGER ".age.part", 86399);
	sweep(scene);
	assert_int_equal(1, job_scene_files(scene));
	age_file(scene, STRANGER ".age.part", 86400);
	sweep(scene);
	assert_int_equal(0, job_scene_files(scene));
}

static void what_is_not_ours_stays(void **state)
{
	static const char *const names[] = {
		"notes.txt",
		"x.age",
		STRANGER,
		STRANGER ".tmp",
		STRANGER ".age.bak",
		"X193594e-7a11-7c3e-9d54-2f0f6a1be7c1.age",
	};
	struct job_scene *scene = *state;
	const unsigned count = sizeof(names) / sizeof(names[0]);
	for (unsigned i = 0; i < count; i++) {
		job_scene_put_file(scene, names[i]);
		age_file(scene, names[i], 2 * DAY_S);
	}
	sweep(scene);
	assert_int_equal(count, job_scene_files(scene));
}

static void a_database_that_fails_removes_nothing(void **state)
{
	struct job_scene *scene = *state;
	job_scene_put_file(scene, STRANGER ".age");
	temporary_db_run(scene->device.db,
			 "ALTER TABLE job_items RENAME TO gone");
	struct err why = { .kind = ERR_NONE };
	assert_false(job_sweep(&scene->device.client, &why));
	assert_int_not_equal(ERR_NONE, why.kind);
	assert_int_equal(1, job_scene_files(scene));
	temporary_db_run(scene->device.db,
			 "ALTER TABLE gone RENAME TO job_items");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, job_scene_begin, job_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(without_a_folder_there_is_nothing_to_do),
		TEST(what_is_still_needed_stays),
		TEST(one_that_is_just_being_sealed_stays),
		TEST(what_was_sent_or_is_nobodys_goes),
		TEST(what_never_left_is_removed_without_a_word),
		TEST(the_server_is_asked_once_to_forget_its_part),
		TEST(a_server_that_does_not_answer_keeps_no_file_here),
		TEST(without_remote_services_nothing_is_asked),
		TEST(halves_go_when_nobody_wrote_to_them_for_a_day),
		TEST(what_is_not_ours_stays),
		TEST(a_database_that_fails_removes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
