/*
 * What the server may answer to the steps of a resumable upload, to a
 * deletion and to a question, and what is made of it. Interruptions are in
 * upload_resumable.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/upload_resumable.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/upload_scene.h"

#define SIZE (1024u * 1024) /* of a file that does not go out at once */

static void other_bytes_under_the_same_name_are_refused(void **state)
{
	(void)state;
	struct upload_scene scene;
	upload_scene_start(&scene, "", 5000);
	upload_scene_go_well(&scene);
	scene.file.sha256[0] ^= 1;
	upload_scene_go_wrong(&scene, ERR_INVALID, "422");
	assert_int_equal(scene.last, UPLOAD_SENT);
	upload_scene_end(&scene);
}

static void what_the_server_forgot_is_created_anew(void **state)
{
	(void)state;
	static const struct {
		const char *faults;
		bool created;
		const char *requests;
	} cases[] = {
		{ "", true, "HEAD POST PATCH GET " },
		{ "status=410,on=HEAD,times=1", true, "HEAD POST PATCH GET " },
		{ "gone,on=PATCH,times=1", false,
		  "POST PATCH POST PATCH GET " },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upload_scene scene;
		struct upload_told told;
		upload_scene_start(&scene, cases[i].faults, 5000);
		scene.file.created = cases[i].created;
		upload_scene_go_well(&scene);
		upload_scene_hear(&scene, 2, &told);
		assert_string_equal(told.text, cases[i].requests);
		upload_scene_assert_whole(&scene, &told);
		upload_scene_end(&scene);
	}
}

static void a_server_that_always_forgets_is_left(void **state)
{
	(void)state;
	struct upload_scene scene;
	upload_scene_start(&scene, "gone,on=PATCH", 5000);
	upload_scene_go_wrong(&scene, ERR_RETRY, "404");
	assert_int_equal(scene.offset, 0);
	upload_scene_end(&scene);
}

static void a_conflict_is_looked_into_once(void **state)
{
	(void)state;
	static const char *const once[] = { "status=409,on=PATCH,times=1",
					    "status=423,on=PATCH,times=1",
					    "offset=7,on=POST,times=1" };
	static const char *const always[] = { "status=409,on=PATCH",
					      "status=423,on=PATCH" };
	struct upload_scene scene;
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		struct upload_told told;
		upload_scene_start(&scene, once[i], 5000);
		upload_scene_go_well(&scene);
		upload_scene_hear(&scene, 2, &told);
		assert_string_equal(told.text, "POST PATCH HEAD PATCH GET ");
		upload_scene_assert_whole(&scene, &told);
		upload_scene_end(&scene);
	}
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		upload_scene_start(&scene, always[i], 5000);
		upload_scene_go_wrong(&scene, ERR_RETRY, "The test says no");
		upload_scene_end(&scene);
	}
}

static void an_offset_that_is_too_small_is_looked_into(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "offset=12,on=PATCH", 5000);
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	assert_string_equal(told.text, "POST PATCH HEAD GET ");
	upload_scene_assert_whole(&scene, &told);
	upload_scene_end(&scene);
	/* A creation need not tell it. */
	upload_scene_start(&scene, "offset=,on=POST", 5000);
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	assert_string_equal(told.text, "POST HEAD PATCH GET ");
	upload_scene_end(&scene);
}

static void offsets_that_cannot_be_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *faults;
		enum err_kind kind;
		const char *words;
		bool created;
	} cases[] = {
		{ "offset=5001,on=HEAD", ERR_INVALID, "another upload", true },
		{ "offset=5001,on=POST", ERR_INVALID, "another upload", false },
		{ "length=6000,on=HEAD", ERR_INVALID, "another upload", true },
		{ "length=x,on=HEAD", ERR_RETRY, "no usable answer", true },
		{ "offset=,on=HEAD", ERR_RETRY, "no usable answer", true },
		{ "offset=-1,on=HEAD", ERR_RETRY, "no usable answer", true },
		{ "offset=1x,on=POST", ERR_RETRY, "no usable answer", false },
		{ "offset=99999999999999999999,on=POST", ERR_RETRY,
		  "no usable answer", false },
		{ "offset=0x10,on=PATCH", ERR_RETRY, "no usable answer",
		  false },
		{ "location=/v1/uploads/other", ERR_RETRY, "another place",
		  false },
		{ "location=https://elsewhere.example/v1/uploads/1", ERR_RETRY,
		  "another place", false },
		{ "garbage,on=HEAD", ERR_RETRY, "no usable answer", true },
		{ "garbage,on=PATCH", ERR_RETRY, "no usable answer", false },
		{ "garbage,on=GET", ERR_RETRY, "no usable answer", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upload_scene scene;
		upload_scene_start(&scene, cases[i].faults, 5000);
		if (cases[i].created) {
			scene.refuse_at = 2; /* created, and nothing else */
			assert_false(upload_scene_go(&scene));
			scene.refuse_at = 0;
			scene.file.created = true;
		}
		upload_scene_go_wrong(&scene, cases[i].kind, cases[i].words);
		upload_scene_end(&scene);
	}
}

static void a_receipt_that_is_missing_is_asked_for_again(void **state)
{
	(void)state;
	static const struct {
		const char *faults, *words;
	} cases[] = {
		{ "status=404,on=GET,times=1", "404" },
		{ "status=503,on=GET,times=1,after=60", "503" },
		{ "empty,on=GET,times=1", "receipt is missing" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upload_scene scene;
		upload_scene_start(&scene, cases[i].faults, 5000);
		upload_scene_go_wrong(&scene, ERR_RETRY, cases[i].words);
		assert_int_equal(scene.offset, 5000);
		assert_int_equal(scene.answer.retry_after_s, i == 1 ? 60 : 0);
		scene.file.created = true;
		upload_scene_go_well(&scene);
		upload_scene_end(&scene);
	}
}

static void each_status_has_its_kind(void **state)
{
	(void)state;
	static const struct {
		int status;
		enum err_kind kind;
	} cases[] = {
		{ 302, ERR_RETRY },   { 400, ERR_INVALID },
		{ 401, ERR_DENIED },  { 403, ERR_DENIED },
		{ 405, ERR_RETRY },   { 408, ERR_RETRY },
		{ 409, ERR_RETRY },   { 413, ERR_LIMIT },
		{ 415, ERR_INVALID }, { 422, ERR_INVALID },
		{ 423, ERR_RETRY },   { 429, ERR_RETRY },
		{ 500, ERR_RETRY },   { 503, ERR_RETRY },
		{ 507, ERR_RETRY },
	};
	static const char *const methods[] = { "POST", "PATCH", "HEAD" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t m = 0; m < 3; m++) {
			struct upload_scene scene;
			char faults[64], words[8];
			(void)snprintf(faults, sizeof(faults),
				       "status=%d,on=%s,after=120",
				       cases[i].status, methods[m]);
			(void)snprintf(words, sizeof(words), "%d",
				       cases[i].status);
			upload_scene_start(&scene, faults, SIZE);
			scene.file.created = m == 2;
			upload_scene_go_wrong(&scene, cases[i].kind, words);
			assert_int_equal(scene.last, UPLOAD_SENT);
			assert_int_equal(scene.answer.status, cases[i].status);
			assert_int_equal(scene.answer.retry_after_s,
					 cases[i].status >= 400 ? 120 : 0);
			upload_scene_end(&scene);
		}
	}
}

static void delete_forgets_what_is_not_whole(void **state)
{
	(void)state;
	struct upload_scene scene;
	char line[64];
	upload_scene_start(&scene, "", 5000);
	const struct upload_server server = upload_scene_server(&scene);
	scene.refuse_at = 2;
	assert_false(upload_scene_go(&scene)); /* created, and nothing else */
	scene.refuse_at = 0;
	for (int i = 0; i < 2; i++) { /* the second finds nothing */
		scene.last = UPLOAD_UNSET;
		assert_true(upload_delete(&server, UPLOAD_SCENE_TRANSACTION,
					  &scene.watch,
					  upload_scene_device.pki.now, NULL));
		assert_int_equal(scene.last, UPLOAD_SENT);
	}
	fault_expect(&scene.fault, "deleted", line, sizeof(line));
	upload_scene_go_well(&scene);
	err_reset(&scene.err);
	scene.last = UPLOAD_UNSET;
	assert_false(upload_delete(&server, UPLOAD_SCENE_TRANSACTION,
				   &scene.watch, upload_scene_device.pki.now,
				   &scene.err));
	assert_int_equal(scene.err.kind, ERR_DENIED);
	upload_scene_end(&scene);
}

static void delete_is_tried_again_when_the_server_cannot(void **state)
{
	(void)state;
	static const char *const faults[] = { "status=503", "status=400",
					      "lose", "garbage" };
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct upload_scene scene;
		upload_scene_start(&scene, faults[i], 5000);
		const struct upload_server server = upload_scene_server(&scene);
		assert_false(upload_delete(
			&server, UPLOAD_SCENE_TRANSACTION, &scene.watch,
			upload_scene_device.pki.now, &scene.err));
		assert_int_equal(scene.err.kind, ERR_RETRY);
		upload_scene_end(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_bytes_under_the_same_name_are_refused),
		cmocka_unit_test(what_the_server_forgot_is_created_anew),
		cmocka_unit_test(a_server_that_always_forgets_is_left),
		cmocka_unit_test(a_conflict_is_looked_into_once),
		cmocka_unit_test(an_offset_that_is_too_small_is_looked_into),
		cmocka_unit_test(offsets_that_cannot_be_are_told),
		cmocka_unit_test(a_receipt_that_is_missing_is_asked_for_again),
		cmocka_unit_test(each_status_has_its_kind),
		cmocka_unit_test(delete_forgets_what_is_not_whole),
		cmocka_unit_test(delete_is_tried_again_when_the_server_cannot),
	};
	return cmocka_run_group_tests(tests, upload_scene_set_up,
				      pki_trust_tear_down);
}
