/*
 * Sealed files over the API when something interferes: another device, another
 * request, an end of the server, a slow line, no room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/server/way.h"

static void other_devices_see_nothing_of_it(void **state)
{
	static const char *const methods[] = { "HEAD", "PATCH", "DELETE" };
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 4000);
	assert_int_equal(201, way_create(&w, 1000));
	for (size_t i = 0; i < 3; i++) {
		way_set_piece(&w, 1000, w.whole.data + 1000, 10);
		memory_param(&w.m, "SSL_CLIENT_CERT", buf_str(&s->other.pem));
		way_ask(&w, methods[i], w.path);
		assert_int_equal(404, w.m.status);
	}
	assert_int_equal(1000, way_offset_of(&w));
	/* The same id is another one for another device. */
	way_set_creation(&w, 4000);
	memory_param(&w.m, "SSL_CLIENT_CERT", buf_str(&s->other.pem));
	way_ask(&w, "POST", "/v1/uploads");
	assert_int_equal(201, w.m.status);
	assert_int_equal(1000, way_offset_of(&w));
	way_close(&w);
}

static void two_at_once_are_not_mixed(void **state)
{
	struct way w;
	way_open(&w, *state, 1, 4000);
	assert_int_equal(201, way_create(&w, 1000));
	char *path = sealed_path(w.s, SAMPLES_DEVICE, w.id, ".part");
	int fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(0, flock(fd, LOCK_EX)); /* as another worker has it */
	way_patch(&w, 1000, 2000);
	way_expect_problem(&w, 423, "locked");
	assert_int_equal(1000, way_offset_of(&w));
	way_fresh_request(&w);
	way_ask(&w, "DELETE", w.path);
	way_expect_problem(&w, 423, "locked");
	close(fd);
	assert_int_equal(204, way_patch(&w, 1000, 4000));
	way_expect_received(&w, 1);
	mem_free(path);
	way_close(&w);
}

/* As if the server had ended after the last byte, before the commit. */
static void leave_whole(struct way *w, const char *end)
{
	struct err err = { 0 };
	char *part = sealed_path(w->s, SAMPLES_DEVICE, w->id, ".part");
	char *path = sealed_path(w->s, SAMPLES_DEVICE, w->id, end);
	assert_int_equal(201, way_create(w, 1000));
	assert_true(files_write(path, w->whole.data, w->whole.len, 0600, &err));
	if (strcmp(path, part) != 0) {
		assert_int_equal(0, unlink(part));
	}
	mem_free(part);
	mem_free(path);
}

static void reopen(struct samples *s)
{
	struct err err = { 0 };
	server_close(&s->server);
	server_init(&s->server, &s->config, &s->log);
	assert_true(server_load_key(&s->server, &err));
	assert_true(server_open_db(&s->server, &err));
}

static void what_came_whole_is_completed_after_a_restart(void **state)
{
	static const char *const ends[] = { ".part", ".age" };
	struct way w;
	unsigned n = 0;
	for (int how = 0; how < 4; how++) {
		for (size_t i = 0; i < 2; i++) {
			way_open(&w, *state, ++n, 4000);
			leave_whole(&w, ends[i]);
			reopen(w.s);
			switch (how) {
			case 0:
				assert_int_equal(4000, way_offset_of(&w));
				break;
			case 1:
				assert_int_equal(204,
						 way_patch(&w, 4000, 4000));
				break;
			case 2:
				assert_int_equal(201, way_create(&w, 0));
				assert_true(strlen(w.m.content) > 18);
				break;
			default:
				assert_int_equal(200, way_ask_receipt(&w));
				break;
			}
			way_expect_received(&w, n);
			way_close(&w);
		}
	}
	/* Or refused, when the bytes are others. */
	way_open(&w, *state, ++n, 4000);
	w.whole.data[3999] ^= 1;
	way_set_creation(&w, 0);
	w.whole.data[3999] ^= 1;
	way_ask(&w, "POST", "/v1/uploads");
	assert_int_equal(201, w.m.status);
	assert_int_equal(204, way_patch(&w, 0, 3000));
	reopen(w.s);
	assert_int_equal(3000, way_offset_of(&w));
	way_patch(&w, 3000, 4000);
	way_expect_problem(&w, 422, "digest");
	way_close(&w);
}

/* A clock on which every look is so much after the last. */
static int64_t ten_seconds_ms(void)
{
	static int64_t looks;
	return looks++ * 10000;
}

static void slow_requests_end_and_keep_what_came(void **state)
{
	const struct api_clock slow = { way_still.utc, ten_seconds_ms };
	struct way w;
	way_open(&w, *state, 1, 2000000);
	assert_int_equal(201, way_create(&w, 0));
	/* A trickle: too little within body_s. */
	way_set_piece(&w, 0, w.whole.data, w.whole.len);
	w.m.piece = 100;
	w.clock = &slow;
	way_ask(&w, "PATCH", w.path);
	way_expect_problem(&w, 408, "slow");
	long kept = way_header_number(&w, "Upload-Offset");
	assert_in_range(kept, 100, 2000);
	w.clock = &way_still;
	assert_int_equal(kept, way_offset_of(&w));
	/* Enough of many pieces, but for longer than one request may. */
	way_set_piece(&w, (uint64_t)kept, w.whole.data + kept,
		      w.whole.len - (size_t)kept);
	w.m.piece = 8192;
	w.clock = &slow;
	way_ask(&w, "PATCH", w.path);
	way_expect_problem(&w, 408, "slow");
	w.clock = &way_still;
	long more = way_offset_of(&w);
	assert_true(more > kept + 100000);
	assert_int_equal(204, way_patch(&w, (size_t)more, w.whole.len));
	way_expect_received(&w, 1);
	assert_int_equal(0, samples_entries(w.s, LEDGER_FAILED));
	way_close(&w);
}

static struct way *thinning; /* brings less from the tenth look on */

static int64_t thinning_ms(void)
{
	static int64_t looks;
	if (++looks == 10) {
		thinning->m.piece = 100;
	}
	return looks * 10000;
}

/* What came before the last look at the progress is none any more. */
static void a_line_that_runs_dry_is_given_up(void **state)
{
	const struct api_clock dry = { way_still.utc, thinning_ms };
	struct way w;
	way_open(&w, *state, 1, 2000000);
	assert_int_equal(201, way_create(&w, 0));
	way_set_piece(&w, 0, w.whole.data, w.whole.len);
	thinning = &w;
	w.m.piece = 65536;
	w.clock = &dry;
	way_ask(&w, "PATCH", w.path);
	way_expect_problem(&w, 408, "slow");
	long kept = way_header_number(&w, "Upload-Offset");
	long trickled = kept % 65536;
	assert_true(kept > 65536);
	assert_true(trickled % 100 == 0);
	assert_in_range(trickled, 100, 1500);
	w.clock = &way_still;
	assert_int_equal(kept, way_offset_of(&w));
	way_close(&w);
}

static void too_big_and_no_room_are_said_at_once(void **state)
{
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 4000);
	s->config.jobs_max_bytes = 3999;
	way_create(&w, 0);
	way_expect_problem(&w, 413, "size");
	s->config.jobs_max_bytes = INT64_MAX;
	s->config.day_bytes = INT64_MAX;
	way_set_creation(&w, 0);
	memory_param(&w.m, "HTTP_UPLOAD_LENGTH", "9000000000000000000");
	way_ask(&w, "POST", "/v1/uploads");
	way_expect_problem(&w, 507, "room");
	assert_int_equal(-404, way_offset_of(&w));
	way_close(&w);
}

static void a_revoked_device_gets_no_receipt(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	struct way w;
	way_open(&w, s, 1, 4000);
	assert_int_equal(201, way_create(&w, 1000));
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW, &err));
	assert_int_equal(403, way_patch(&w, 1000, 4000));
	assert_int_equal(0, samples_entries(s, LEDGER_RECEIVED));
	way_close(&w);
}

static void options_say_what_is_spoken(void **state)
{
	struct way w;
	char text[80];
	way_open(&w, *state, 1, 100);
	w.s->config.jobs_max_bytes = 17179869184;
	way_ask(&w, "OPTIONS", "/v1/uploads");
	assert_int_equal(204, w.m.status);
	assert_string_equal(
		"creation,creation-with-upload,termination,expiration",
		memory_header(&w.m, "Tus-Extension", text, sizeof(text)));
	assert_string_equal("17179869184", memory_header(&w.m, "Tus-Max-Size",
							 text, sizeof(text)));
	way_ask(&w, "PUT", w.path);
	assert_int_equal(405, w.m.status);
	assert_string_equal("HEAD, PATCH, DELETE",
			    memory_header(&w.m, "Allow", text, sizeof(text)));
	way_close(&w);
}

static void machine_data_keeps_its_own_ids(void **state)
{
	struct samples *s = *state;
	struct way w;
	struct buf xml = BUF_INIT, text = BUF_INIT;
	way_open(&w, s, 1, 4000);
	for (int order = 0; order < 2; order++) {
		char number[24];
		samples_transaction(w.id, order == 0 ? 1 : 2);
		if (order == 0) {
			assert_int_equal(201, way_create(&w, 10));
		}
		buf_reset(&xml);
		samples_upload(&xml, SAMPLES_DEVICE, w.id);
		way_set_creation(&w, 0);
		buf_reset(&text);
		way_put_word(&text, "transaction", w.id);
		way_put_word(&text, "type",
			     "application/vnd.sluice.transmission+xml");
		memory_param(&w.m, "HTTP_UPLOAD_METADATA", buf_str(&text));
		memory_param(&w.m, "CONTENT_TYPE", UPLOAD_CONTENT_TYPE);
		snprintf(number, sizeof(number), "%zu", xml.len);
		memory_param(&w.m, "HTTP_UPLOAD_LENGTH", number);
		way_set_digest(&w, &xml);
		memory_body(&w.m, xml.data, xml.len);
		way_ask(&w, "POST", "/v1/uploads");
		if (order == 0) {
			way_expect_problem(&w, 422, "reused");
		} else {
			assert_int_equal(201, w.m.status);
		}
	}
	/* Now the other way round. */
	way_create(&w, 0);
	way_expect_problem(&w, 422, "reused");
	snprintf(w.path, sizeof(w.path), "/v1/uploads/%s", w.id);
	assert_int_equal(404, way_patch(&w, 0, 10));
	way_fresh_request(&w);
	way_ask(&w, "DELETE", w.path);
	way_expect_problem(&w, 403, "complete");
	buf_clear(&xml);
	buf_clear(&text);
	way_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(other_devices_see_nothing_of_it),
		SAMPLES_TEST(two_at_once_are_not_mixed),
		SAMPLES_TEST(what_came_whole_is_completed_after_a_restart),
		SAMPLES_TEST(slow_requests_end_and_keep_what_came),
		SAMPLES_TEST(a_line_that_runs_dry_is_given_up),
		SAMPLES_TEST(too_big_and_no_room_are_said_at_once),
		SAMPLES_TEST(a_revoked_device_gets_no_receipt),
		SAMPLES_TEST(options_say_what_is_spoken),
		SAMPLES_TEST(machine_data_keeps_its_own_ids),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
