/*
 * What a process that died in the middle of getting a certificate leaves
 * behind, and what the next one makes of it.
 */
#include "tests/unit/client/enrol_scene.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"

#define EXIT_SKIPPED 77

/* There is one certificate, known to the database, and no code. */
static void assert_done(struct enrol_scene *s)
{
	char used[65], next[65];
	struct buf code = BUF_INIT;
	struct enrolment row = enrol_scene_row(s);
	assert_int_equal(row.state, ENROLMENT_ENROLLED);
	assert_int_equal(row.attempts, 0);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, used);
	enrol_scene_hash(s, ENROL_NEXT_FILE, next);
	enrol_scene_assert_uses(s, used);
	assert_string_equal(next, "");
	assert_false(enrolment_code(s->device.db, &code, NULL));
}

static void copy_key_file(struct enrol_scene *s, const char *from,
			  const char *to)
{
	struct buf data = BUF_INIT;
	char *source = device_config_key_path(&s->device.config, from);
	char *target = device_config_key_path(&s->device.config, to);
	assert_true(files_read(source, 65536, &data, NULL));
	assert_true(files_write(target, data.data, data.len, 0644, NULL));
	mem_free(target);
	mem_free(source);
	buf_clear(&data);
}

static void one_that_was_put_in_place_is_known_at_the_next_start(void **state)
{
	struct enrol_scene *s = *state;
	char sha256[65];
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	enrol_scene_ask(s);
	assert_true(enrolment_begin(s->device.db, "ada", "asked", device_time(),
				    NULL));
	assert_true(enrol_recover(&s->device.client, NULL));
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ENROLLED);
	enrol_scene_assert_uses(s, sha256);
	assert_done(s);
}

static void one_that_was_not_proved_yet_is_shown_again(void **state)
{
	struct enrol_scene *s = *state;
	char sha256[65];
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	copy_key_file(s, IDENTITY_CERTIFICATE_FILE, ENROL_NEXT_FILE);
	enrol_scene_forget(s);
	enrol_scene_serve(s, "code=OTHER");
	enrol_scene_ask(s);
	assert_true(enrolment_begin(s->device.db, "ada", "asked", device_time(),
				    NULL));
	assert_true(enrol_recover(&s->device.client, NULL));
	enrol_scene_round(s, false);
	enrol_scene_assert_uses(s, sha256);
	assert_done(s);
}

static void one_of_an_earlier_code_is_removed(void **state)
{
	struct enrol_scene *s = *state;
	char old[65], sha256[65];
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, old);
	copy_key_file(s, IDENTITY_CERTIFICATE_FILE, ENROL_NEXT_FILE);
	enrol_scene_forget(s);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	assert_string_not_equal(sha256, old);
	assert_done(s);
}

static void
half_a_file_is_swept_and_one_that_is_none_asked_for_again(void **state)
{
	struct enrol_scene *s = *state;
	char before[65], after[65];
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, before);
	assert_true(enrol_recover(&s->device.client, NULL));
	char *half = device_config_key_path(&s->device.config,
					    "." ENROL_NEXT_FILE ".x7Ab01");
	char *next = device_config_key_path(&s->device.config, ENROL_NEXT_FILE);
	assert_true(files_write(half, "x", 1, 0600, NULL));
	assert_true(files_write(next, "x", 1, 0600, NULL));
	assert_true(enrolment_begin(s->device.db, "daemon", "asked",
				    device_time(), NULL));
	assert_true(enrol_recover(&s->device.client, NULL));
	assert_false(files_exists(half));
	enrol_scene_serve(s, "");
	enrol_scene_round(s, true);
	assert_false(files_exists(next));
	enrol_scene_assert_uses(s, before);
	enrol_scene_round(s, true);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, after);
	assert_string_not_equal(after, before);
	assert_done(s);
	mem_free(next);
	mem_free(half);
}

#define test(function)                                                \
	cmocka_unit_test_setup_teardown(function, enrol_scene_set_up, \
					enrol_scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(one_that_was_put_in_place_is_known_at_the_next_start),
		test(one_that_was_not_proved_yet_is_shown_again),
		test(one_of_an_earlier_code_is_removed),
		test(half_a_file_is_swept_and_one_that_is_none_asked_for_again),
	};
	if (system("openssl version >/dev/null 2>&1") != 0) {
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
