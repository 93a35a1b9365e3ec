/*
 * Uploads that are interrupted and go on: at every border, by either side,
 * and what is at the server in the end is the same, once. Servers that say
 * something wrong are in upload_resumable_answers.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/upload_resumable.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "tests/support/upload_scene.h"

#define KIB 1024u
#define SIZE (1024 * KIB + 4321) /* of the file */

static void one_connection_does_it_all(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "", SIZE);
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	assert_string_equal(told.text, "POST PATCH GET ");
	upload_scene_assert_whole(&scene, &told);
	/* transaction, type, purpose */
	assert_string_equal(told.metadata,
			    "transaction "
			    "MDE5MzIwMDAtN2ExMS03YzNlLTlkNTQtMmYwZjZhMWJlN2Mx,"
			    "type YXBwbGljYXRpb24vdm5kLnNsdWljZS5zZWFsZWQ=,"
			    "purpose QmFuZGluZyBvbiBwYWdlIDM=");
	upload_scene_end(&scene);
}

static void what_is_whole_is_not_sent_again(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "", 5000);
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	upload_scene_assert_whole(&scene, &told);
	scene.file.created = true;
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	assert_string_equal(told.text, "HEAD GET ");
	scene.file.created = false; /* the device has forgotten it */
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	assert_string_equal(told.text, "POST GET ");
	upload_scene_end(&scene);
}

/* Cut once: the same call goes on. Cut twice: the next call does. */
static void cut_and_resume(size_t size, const char *kind, size_t at)
{
	for (unsigned times = 1; times <= 2; times++) {
		struct upload_scene scene;
		struct upload_told told;
		char faults[64];
		(void)snprintf(faults, sizeof(faults), "%s=%zu,times=%u", kind,
			       at, times);
		upload_scene_start(&scene, faults, size);
		if (times == 2) {
			upload_scene_go_wrong(&scene, ERR_RETRY, "");
			assert_int_equal(scene.offset,
					 strcmp(kind, "cut") == 0 ? at : 0);
			scene.file.created = true;
		}
		upload_scene_go_well(&scene);
		upload_scene_hear(&scene, times == 1 ? 2 : 3, &told);
		upload_scene_assert_whole(&scene, &told);
		upload_scene_end(&scene);
	}
}

static void a_cut_at_any_64_kib_is_resumed(void **state)
{
	(void)state;
	for (size_t at = 0; at < SIZE / 2; at += 64 * KIB) {
		cut_and_resume(SIZE, "cut", at);
	}
}

static void a_cut_at_any_byte_near_a_border_is_resumed(void **state)
{
	(void)state;
	static const size_t heads[] = { 6, 7, 20, 100, 200 };
	static const size_t bodies[] = { 0,     1,     2,     3,     15999,
					 16000, 16383, 16384, 16385, 19998 };
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		cut_and_resume(40000, "cut-head", heads[i]);
	}
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		cut_and_resume(40000, "cut", bodies[i]);
	}
}

/* Cut again and again: every call brings it on. */
static void it_gets_there_in_any_number_of_pieces(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	unsigned calls = 1, connections = 0;
	upload_scene_start(&scene, "cut=65536", SIZE);
	while (!upload_scene_go(&scene)) {
		assert_int_equal(scene.err.kind, ERR_RETRY);
		assert_int_equal(scene.offset % 65536, 0);
		scene.file.created = true;
		calls++;
		connections += 2;
		assert_true(calls < 20);
	}
	connections += 1;
	upload_scene_hear(&scene, connections, &told);
	upload_scene_assert_whole(&scene, &told);
	assert_int_equal(told.created, 1);
	upload_scene_end(&scene);
}

static void a_server_that_lost_bytes_gets_them_again(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "cut=300000,keep=1000,times=2", SIZE);
	upload_scene_go_wrong(&scene, ERR_RETRY, "");
	scene.file.created = true;
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 3, &told);
	upload_scene_assert_whole(&scene, &told);
	upload_scene_end(&scene);
}

static void a_lost_answer_costs_no_second_copy(void **state)
{
	(void)state;
	static const char *const cases[] = { "lose,on=PATCH,times=1",
					     "lose,on=GET,times=1",
					     "hangup,on=POST,times=1",
					     "hangup,on=PATCH,times=1" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct upload_scene scene;
		struct upload_told told;
		upload_scene_start(&scene, cases[i], SIZE);
		upload_scene_go_well(&scene);
		upload_scene_hear(&scene, 2, &told);
		upload_scene_assert_whole(&scene, &told);
		upload_scene_end(&scene);
	}
}

static void a_lost_first_answer_is_for_the_next_call(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "lose,on=POST,times=1", 5000);
	upload_scene_go_wrong(&scene, ERR_RETRY, "without an answer");
	scene.file.created = true;
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 2, &told);
	assert_string_equal(told.text, "POST HEAD PATCH GET ");
	upload_scene_assert_whole(&scene, &told);
	upload_scene_end(&scene);
}

static void a_server_that_closes_each_time_is_fine(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "close", SIZE);
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 3, &told);
	upload_scene_assert_whole(&scene, &told);
	upload_scene_end(&scene);
	upload_scene_start(&scene, "extra,on=POST", SIZE);
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 2,
			  &told); /* what nobody asked for is no answer */
	assert_string_equal(told.text, "POST PATCH GET ");
	upload_scene_end(&scene);
}

static void a_slow_server_gets_it_too(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "slow", SIZE);
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	upload_scene_assert_whole(&scene, &told);
	upload_scene_end(&scene);
}

static void the_owner_can_stop_it_at_any_question(void **state)
{
	(void)state;
	for (unsigned step = 1;; step++) {
		struct upload_scene scene;
		struct upload_told told;
		upload_scene_start(&scene, "", SIZE);
		scene.refuse_at = step;
		bool ok = upload_scene_go(&scene);
		upload_scene_hear(&scene, 1, &told);
		assert_int_equal(told.wholes, ok ? 1 : 0);
		if (ok) {
			/* At least every 64 KiB, and for the creation. */
			assert_true(scene.asked >= SIZE / (64 * KIB));
			assert_true(scene.asked < step);
			upload_scene_end(&scene);
			return;
		}
		assert_int_equal(scene.err.kind, ERR_DENIED);
		assert_string_equal(scene.err.text, "The owner says no more.");
		assert_int_equal(scene.last, UPLOAD_SENDING);
		scene.refuse_at = 0;
		scene.file.created = true; /* it may even not be */
		upload_scene_go_well(&scene);
		upload_scene_end(&scene);
	}
}

static void a_stop_ends_the_wait_for_the_rate(void **state)
{
	(void)state;
	int ends[2];
	struct upload_scene scene;
	struct upload_told told;
	assert_int_equal(pipe(ends), 0);
	upload_scene_start(&scene, "", SIZE);
	scene.refuse_at = 2;
	assert_false(upload_scene_go(&scene)); /* created, and nothing else */
	upload_scene_hear(&scene, 1, &told);
	scene.refuse_at = 0;
	scene.file.created = true;
	scene.pace.rate = 1; /* two weeks */
	scene.watch.stop_fd = ends[0];
	scene.stop_at_ask = ends[1]; /* by the question of HEAD */
	upload_scene_go_wrong(&scene, ERR_RETRY, "Stopped");
	upload_scene_hear(&scene, 1, &told);
	assert_int_equal(told.wholes, 0);
	scene.pace.rate = 0;
	scene.watch.stop_fd = -1;
	scene.stop_at_ask = -1;
	upload_scene_go_well(&scene);
	upload_scene_end(&scene);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void a_rate_changes_nothing_but_the_pace(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "", SIZE);
	scene.pace.rate = 16 * SIZE;
	upload_scene_go_well(&scene);
	upload_scene_hear(&scene, 1, &told);
	upload_scene_assert_whole(&scene, &told);
	upload_scene_end(&scene);
}

static void the_owner_is_asked_while_the_rate_is_waited_for(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "", 5000);
	scene.pace.rate = 8; /* ten minutes, a byte at a time */
	scene.refuse_at = 5;
	upload_scene_go_wrong(&scene, ERR_DENIED, "no more");
	upload_scene_hear(&scene, 1, &told);
	assert_int_equal(told.wholes, 0);
	upload_scene_end(&scene);
}

static void a_file_that_shrinks_stops_it(void **state)
{
	(void)state;
	struct upload_scene scene;
	struct upload_told told;
	upload_scene_start(&scene, "", SIZE);
	assert_int_equal(ftruncate(scene.file.fd, 100000), 0);
	upload_scene_go_wrong(&scene, ERR_IO, "shorter");
	upload_scene_hear(&scene, 1, &told);
	assert_int_equal(told.wholes, 0);
	upload_scene_end(&scene);
}

/* Only its last bytes are sent: the numbers are what is tested. */
static void ten_gigabytes_are_no_special_case(void **state)
{
	(void)state;
	const uint64_t base = (uint64_t)10 * 1024 * 1024 * 1024;
	struct upload_scene scene;
	char line[160];
	upload_scene_start(&scene, "base=10737418240", 5000);
	assert_int_equal(ftruncate(scene.file.fd, (off_t)base), 0);
	assert_int_equal(pwrite(scene.file.fd, "the end", 7, (off_t)base), 7);
	scene.file.size = base + 7;
	upload_scene_go_well(&scene);
	fault_expect(&scene.fault, "stored", line, sizeof(line));
	assert_string_equal(line, "stored 10737418247");
	uint8_t hash[SHA256_SIZE];
	sha256_bytes("the end", 7, hash);
	hex_encode(scene.sha256, hash, SHA256_SIZE);
	fault_expect(&scene.fault, "whole", line, sizeof(line));
	assert_non_null(strstr(line, scene.sha256));
	upload_scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_connection_does_it_all),
		cmocka_unit_test(what_is_whole_is_not_sent_again),
		cmocka_unit_test(a_cut_at_any_64_kib_is_resumed),
		cmocka_unit_test(a_cut_at_any_byte_near_a_border_is_resumed),
		cmocka_unit_test(it_gets_there_in_any_number_of_pieces),
		cmocka_unit_test(a_server_that_lost_bytes_gets_them_again),
		cmocka_unit_test(a_lost_answer_costs_no_second_copy),
		cmocka_unit_test(a_lost_first_answer_is_for_the_next_call),
		cmocka_unit_test(a_server_that_closes_each_time_is_fine),
		cmocka_unit_test(a_slow_server_gets_it_too),
		cmocka_unit_test(the_owner_can_stop_it_at_any_question),
		cmocka_unit_test(a_stop_ends_the_wait_for_the_rate),
		cmocka_unit_test(a_rate_changes_nothing_but_the_pace),
		cmocka_unit_test(
			the_owner_is_asked_while_the_rate_is_waited_for),
		cmocka_unit_test(a_file_that_shrinks_stops_it),
		cmocka_unit_test(ten_gigabytes_are_no_special_case),
	};
	return cmocka_run_group_tests(tests, upload_scene_set_up,
				      pki_trust_tear_down);
}
