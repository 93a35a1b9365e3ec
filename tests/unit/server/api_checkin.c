/*
 * POST /v1/checkin and /v1/echo as a web server hands them over: who may, what
 * is no check-in, and answers that fit the device's budget.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "formats/checkin.h"
#include "server/api_call.h"
#include "tests/unit/server/log_samples.h"
#include "tests/unit/server/way.h"

#define NONCE "00112233445566778899aabbccddeeff"

static int post(struct way *w, const char *path, const char *type,
		const void *body, size_t len)
{
	char length[24];
	(void)snprintf(length, sizeof(length), "%zu", len);
	memory_param(&w->m, "CONTENT_TYPE", type);
	memory_param(&w->m, "CONTENT_LENGTH", length);
	memory_body(&w->m, body, len);
	way_ask(w, "POST", path);
	return w->m.status;
}

static void put_request(struct buf *text, const struct checkin_request *r)
{
	assert_true(checkin_request_put(text, r, NULL));
}

static void a_check_in_is_answered_with_a_signed_note(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	struct checkin_answer a;
	struct note_verifier verifier;
	struct buf text = BUF_INIT;
	struct way w;
	way_open(&w, s, 1, 100);
	put_request(&text, r);
	w.m.piece = 7;
	assert_int_equal(200, post(&w, "/v1/checkin", "application/xml",
				   text.data, text.len));
	assert_true(note_verifier_of(s->server.signer, s->server.key.public_key,
				     &verifier, NULL));
	assert_true(checkin_answer_read(w.m.content, strlen(w.m.content),
					&verifier, &a, NULL));
	assert_int_equal(a.time, SAMPLES_NOW);
	way_expect_type(&w, API_NOTE_TYPE);
	/* The answer's part of the 1,425 bytes; the device's is measured
	 * with it. */
	assert_true(w.m.out.len < 900);
	way_close(&w);
	buf_clear(&text);
	mem_free(r);
}

static void a_stranger_and_a_revoked_device_get_none(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	struct way w;
	way_open(&w, s, 1, 100);
	put_request(&text, r);
	memory_param(&w.m, "SSL_CLIENT_VERIFY", "NONE");
	assert_int_equal(403, post(&w, "/v1/checkin", "application/xml",
				   text.data, text.len));
	way_fresh_request(&w);
	assert_true(fleet_revoke(s->server.db, "anna", SAMPLES_DEVICE,
				 SAMPLES_NOW, &err));
	assert_int_equal(403, post(&w, "/v1/checkin", "application/xml",
				   text.data, text.len));
	way_expect_problem(&w, 403, "revoked");
	assert_int_equal(log_sample_device(s).checkin_at, 0);
	way_close(&w);
	buf_clear(&text);
	mem_free(r);
}

static void another_devices_check_in_is_refused(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	struct buf text = BUF_INIT;
	struct way w;
	way_open(&w, s, 1, 100);
	(void)strcpy(r->device, SAMPLES_OTHER);
	put_request(&text, r);
	assert_int_equal(403, post(&w, "/v1/checkin", "application/xml",
				   text.data, text.len));
	way_expect_problem(&w, 403, "foreign");
	way_close(&w);
	buf_clear(&text);
	mem_free(r);
}

static void what_is_no_check_in_is_refused(void **state)
{
	static const char *const bad[] = { "", "<CheckIn/>", "hello",
					   "<!DOCTYPE a><CheckIn/>" };
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	struct buf text = BUF_INIT;
	struct way w;
	way_open(&w, s, 1, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(422, post(&w, "/v1/checkin", "application/xml",
					   bad[i], strlen(bad[i])));
		way_expect_problem(&w, 422, "content");
	}
	put_request(&text, r);
	assert_int_equal(415, post(&w, "/v1/checkin", "text/plain", text.data,
				   text.len));
	assert_int_equal(415,
			 post(&w, "/v1/checkin", NULL, text.data, text.len));
	assert_int_equal(415, post(&w, "/v1/checkin", "application/xmlish",
				   text.data, text.len));
	assert_int_equal(200, post(&w, "/v1/checkin",
				   "application/xml; charset=utf-8", text.data,
				   text.len));
	way_ask(&w, "GET", "/v1/checkin");
	way_expect_problem(&w, 405, "method");
	way_close(&w);
	buf_clear(&text);
	mem_free(r);
}

static void a_body_that_is_too_long_or_cut_is_refused(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	char *big = mem_zalloc(CHECKIN_REQUEST_MAX + 1);
	struct buf text = BUF_INIT;
	struct way w;
	way_open(&w, s, 1, 100);
	memset(big, ' ', CHECKIN_REQUEST_MAX + 1);
	assert_int_equal(413, post(&w, "/v1/checkin", "application/xml", big,
				   CHECKIN_REQUEST_MAX + 1));
	put_request(&text, r);
	memory_param(&w.m, "CONTENT_TYPE", "application/xml");
	memory_body(&w.m, text.data, text.len);
	memory_param(&w.m, "CONTENT_LENGTH", "60000");
	way_ask(&w, "POST", "/v1/checkin");
	way_expect_problem(&w, 400, "cut");
	assert_int_equal(log_sample_device(s).checkin_at, 0);
	way_close(&w);
	buf_clear(&text);
	mem_free(big);
	mem_free(r);
}

/* A clock on which every look is a minute after the last. */
static int64_t hasty_ms(void)
{
	static int64_t looks;
	return looks++ * 61000;
}

/* What has come whole is not late. */
static void a_slow_check_in_is_given_up_before_its_last_byte(void **state)
{
	struct samples *s = *state;
	const struct api_clock hasty = { way_still.utc, hasty_ms };
	struct checkin_request *r = log_sample_request();
	struct buf text = BUF_INIT;
	struct way w;
	way_open(&w, s, 1, 100);
	put_request(&text, r);
	w.clock = &hasty;
	w.m.piece = text.len - 1;
	(void)post(&w, "/v1/checkin", "application/xml", text.data, text.len);
	way_expect_problem(&w, 408, "slow");
	assert_int_equal(log_sample_device(s).checkin_at, 0);
	w.m.piece = 0;
	assert_int_equal(200, post(&w, "/v1/checkin", "application/xml",
				   text.data, text.len));
	way_close(&w);
	buf_clear(&text);
	mem_free(r);
}

static void a_check_in_may_come_byte_by_byte(void **state)
{
	struct samples *s = *state;
	struct checkin_request *r = log_sample_request();
	struct buf text = BUF_INIT;
	struct way w;
	way_open(&w, s, 1, 100);
	put_request(&text, r);
	w.m.piece = 1;
	assert_int_equal(200, post(&w, "/v1/checkin", "application/xml",
				   text.data, text.len));
	way_close(&w);
	buf_clear(&text);
	mem_free(r);
}

static void an_echo_is_signed_and_writes_nothing(void **state)
{
	struct samples *s = *state;
	struct checkin_echo echo;
	struct note_verifier verifier;
	struct stmt q;
	struct err err = { 0 };
	struct way w;
	way_open(&w, s, 1, 100);
	assert_int_equal(200, post(&w, "/v1/echo", NULL, NONCE, strlen(NONCE)));
	assert_true(note_verifier_of(s->server.signer, s->server.key.public_key,
				     &verifier, NULL));
	assert_true(checkin_echo_read(w.m.content, strlen(w.m.content),
				      &verifier, &echo, NULL));
	assert_string_equal(echo.nonce, NONCE);
	assert_string_equal(echo.device, SAMPLES_DEVICE);
	assert_int_equal(echo.time, SAMPLES_NOW);
	assert_true(db_query(s->server.db, &q,
			     "SELECT checkin_at + last_seen_at FROM devices "
			     "WHERE id = '" SAMPLES_DEVICE "'",
			     &err));
	assert_true(db_row(&q));
	assert_int_equal(db_int(&q, 0), 0);
	assert_true(db_done(&q, &err));
	way_close(&w);
}

static void an_echo_takes_a_nonce_and_nothing_else(void **state)
{
	static const struct {
		const char *body;
		int status;
	} bad[] = {
		{ "", 422 },
		{ "0011", 422 },
		{ "0011223344556677889900112233445G", 422 },
		{ "00112233445566778899AABBCCDDEEFF", 422 },
		{ NONCE "\n", 413 },
	};
	struct samples *s = *state;
	struct way w;
	way_open(&w, s, 1, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(bad[i].status,
				 post(&w, "/v1/echo", NULL, bad[i].body,
				      strlen(bad[i].body)));
	}
	way_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(a_check_in_is_answered_with_a_signed_note),
		SAMPLES_TEST(a_stranger_and_a_revoked_device_get_none),
		SAMPLES_TEST(another_devices_check_in_is_refused),
		SAMPLES_TEST(what_is_no_check_in_is_refused),
		SAMPLES_TEST(a_body_that_is_too_long_or_cut_is_refused),
		SAMPLES_TEST(a_slow_check_in_is_given_up_before_its_last_byte),
		SAMPLES_TEST(a_check_in_may_come_byte_by_byte),
		SAMPLES_TEST(an_echo_is_signed_and_writes_nothing),
		SAMPLES_TEST(an_echo_takes_a_nonce_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
