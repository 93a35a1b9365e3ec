/*
 * Enrolment as HTTP: who gets no certificate, what he is told, and what the log
 * keeps of it.
 */
#include "tests/unit/server/est_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "domain/throttle.h"
#include "tests/unit/store/temporary_db.h"

#define NOW SAMPLES_NOW

static int64_t late_ms(void)
{
	static int64_t now_ms;
	now_ms += EST_BODY_S * 600;
	return now_ms;
}

/* A certificate that was revoked does not come back this way. */
static void nothing_is_answered_again_that_does_not_stand(void **state)
{
	struct est_scene c;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	est_scene_open(&c, *state);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	est_newest(&c, "ex7-new", &pem, &row);
	assert_true(certificates_revoke(c.s->server.db, "anna", row.sha256, "",
					NOW, &err));
	assert_int_equal(403, est_ask(&c, "POST", "simpleenroll"));
	est_make_code(&c, "ex7-new");
	est_set_basic(&c, "ex7-new", c.code);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	assert_int_equal(2, est_issued(&c, "ex7-new"));
	buf_clear(&pem);
	est_scene_close(&c);
}

static void a_revoked_device_gets_nothing(void **state)
{
	struct est_scene c;
	struct err err = { 0 };
	est_scene_open(&c, *state);
	est_make_code(&c, SAMPLES_DEVICE);
	est_set_basic(&c, SAMPLES_DEVICE, c.code);
	est_set_request(&c, SAMPLES_DEVICE);
	assert_true(fleet_revoke(c.s->server.db, "anna", SAMPLES_DEVICE, NOW,
				 &err));
	assert_int_equal(403, est_ask(&c, "POST", "simpleenroll"));
	samples_last_entry(c.s, LEDGER_REFUSED, "was revoked");
	size_t before = samples_entries(c.s, LEDGER_REFUSED);
	est_set_peer(&c, buf_str(&c.s->device.pem));
	assert_int_equal(403, est_ask(&c, "POST", "simplereenroll"));
	assert_int_equal(before + 1, samples_entries(c.s, LEDGER_REFUSED));
	samples_last_entry(c.s, LEDGER_REFUSED,
			   "Enrolment of device " SAMPLES_DEVICE);
	assert_int_equal(1, est_issued(&c, SAMPLES_DEVICE));
	est_scene_close(&c);
}

static void without_the_code_there_is_nothing(void **state)
{
	struct est_scene c;
	char text[64];
	static const char *const bad[] = { NULL,
					   "",
					   "Basic",
					   "Basic !",
					   "Basic ZXg3LW5ldw==" /* no colon */,
					   "Bearer ZXg3LW5ldzph" };
	est_scene_open(&c, *state);
	size_t before = samples_entries(c.s, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memory_param(&c.m, "HTTP_AUTHORIZATION", bad[i]);
		assert_int_equal(401, est_ask(&c, "POST", "simpleenroll"));
		assert_int_equal(0,
				 strncmp("Basic realm=",
					 memory_header(&c.m, "WWW-Authenticate",
						       text, sizeof(text)),
					 12));
		est_expect_type(&c, "text/plain; charset=utf-8");
		/* Nothing of a stranger's body is looked at. */
		assert_int_equal(0, c.m.body_at);
	}
	assert_int_equal(before, samples_entries(c.s, 0));
	est_set_basic(&c, "ex7-new", "00000-00000-00000-00000");
	assert_int_equal(401, est_ask(&c, "POST", "simpleenroll"));
	assert_int_equal(0, c.m.body_at);
	assert_int_equal(before + 1, samples_entries(c.s, 0));
	est_set_basic(&c, SAMPLES_DEVICE, c.code);
	assert_int_equal(401, est_ask(&c, "POST", "simpleenroll"));
	est_set_basic(&c, "EX7 NEW", c.code);
	assert_int_equal(401, est_ask(&c, "POST", "simpleenroll"));
	assert_non_null(strstr(c.m.content, "no id of a device"));
	/* Words of any length are none. */
	char *endless = mem_zalloc(10001);
	memset(endless, 'A', 10000);
	memcpy(endless, "Basic ZXg3LW5ldzph", 18);
	memory_param(&c.m, "HTTP_AUTHORIZATION", endless);
	assert_int_equal(401, est_ask(&c, "POST", "simpleenroll"));
	assert_non_null(strstr(c.m.content, "are needed (HTTP Basic)"));
	mem_free(endless);
	assert_int_equal(0, est_issued(&c, "ex7-new"));
	est_scene_close(&c);
}

/* From the first try on: a stranger writes nothing into the log. */
static void names_that_nobody_expects_are_no_entry(void **state)
{
	struct est_scene c;
	est_scene_open(&c, *state);
	size_t before = samples_entries(c.s, 0);
	est_set_basic(&c, "nobody", "00000-00000-00000-00000");
	assert_int_equal(401, est_ask(&c, "POST", "simpleenroll"));
	assert_int_equal(before, samples_entries(c.s, 0));
	est_scene_close(&c);
}

/* Each header where it says something, and nowhere else. */
static void headers_belong_to_their_answers(void **state)
{
	struct est_scene c;
	est_scene_open(&c, *state);
	assert_int_equal(403, est_ask(&c, "POST", "simplereenroll"));
	est_expect_header(&c, "WWW-Authenticate", false);
	est_expect_header(&c, "Allow", false);
	est_expect_header(&c, "Retry-After", false);
	assert_int_equal(405, est_ask(&c, "GET", "simpleenroll"));
	est_expect_header(&c, "WWW-Authenticate", false);
	est_expect_header(&c, "Allow", true);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	est_expect_header(&c, "WWW-Authenticate", false);
	est_expect_header(&c, "Content-Transfer-Encoding", true);
	est_scene_close(&c);
}

/* What is wrong here is not for strangers, and no fault of theirs. */
static void faults_of_the_server_are_told_as_such(void **state)
{
	struct est_scene c;
	est_scene_open(&c, *state);
	struct db *db = c.s->server.db;
	temporary_db_fill(db, true);
	/* Until the last page is used up, which is before its limit a day. */
	for (int i = 0; i < EST_CERTIFICATES_A_DAY && c.m.status != 503; i++) {
		est_set_peer(&c, buf_str(&c.s->device.pem));
		p256_generate(&c.key);
		est_set_request(&c, SAMPLES_DEVICE);
		(void)est_ask(&c, "POST", "simplereenroll");
	}
	assert_int_equal(503, c.m.status);
	est_expect_header(&c, "Retry-After", true);
	assert_string_equal("The server is busy. Try again later.\n",
			    c.m.content);
	temporary_db_fill(db, false);
	temporary_db_run(db, "DROP TABLE enrolment_codes");
	est_set_request(&c, "ex7-new");
	assert_int_equal(500, est_ask(&c, "POST", "simpleenroll"));
	assert_string_equal("The server has a fault. Its running log says "
			    "more.\n",
			    c.m.content);
	est_scene_close(&c);
}

/* A certificate, its device, its entry and the end of its code are one. */
static void nothing_is_issued_by_half(void **state)
{
	static const char *const writes[] = {
		"INSERT ON devices",
		"INSERT ON certificates",
		"INSERT ON ledger",
		"UPDATE ON enrolment_codes",
	};
	struct est_scene c;
	struct fleet_device device;
	struct err err = { 0 };
	est_scene_open(&c, *state);
	struct db *db = c.s->server.db;
	size_t before = samples_entries(c.s, 0);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(db, writes[i]);
		assert_int_equal(500, est_ask(&c, "POST", "simpleenroll"));
		temporary_db_refuse(db, NULL);
		assert_int_equal(0, est_issued(&c, "ex7-new"));
		assert_false(fleet_get(db, "ex7-new", &device, &err));
		err_reset(&err);
		assert_int_equal(before, samples_entries(c.s, 0));
	}
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	est_set_peer(&c, buf_str(&c.s->device.pem));
	est_set_request(&c, SAMPLES_DEVICE);
	for (size_t i = 1; i < 3; i++) {
		temporary_db_refuse(db, writes[i]);
		assert_int_equal(500, est_ask(&c, "POST", "simplereenroll"));
		temporary_db_refuse(db, NULL);
		assert_int_equal(1, est_issued(&c, SAMPLES_DEVICE));
	}
	assert_int_equal(200, est_ask(&c, "POST", "simplereenroll"));
	est_scene_close(&c);
}

static void guessing_fills_no_ledger_and_shuts_nobody_out(void **state)
{
	struct est_scene c;
	char text[32], name[32];
	est_scene_open(&c, *state);
	size_t before = samples_entries(c.s, LEDGER_REFUSED);
	est_set_basic(&c, "ex7-new", "00000-00000-00000-00000");
	for (int i = 0; i < 50; i++) {
		int status = est_ask(&c, "POST", "simpleenroll");
		assert_int_equal(i < THROTTLE_TRIES ? 401 : 429, status);
	}
	assert_string_not_equal("", memory_header(&c.m, "Retry-After", text,
						  sizeof(text)));
	assert_int_equal(before + THROTTLE_TRIES,
			 samples_entries(c.s, LEDGER_REFUSED));
	/* Names that nobody expects: none at all. */
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "nobody-%d", i);
		est_set_basic(&c, name, "00000-00000-00000-00000");
		(void)est_ask(&c, "POST", "simpleenroll");
	}
	assert_int_equal(before + THROTTLE_TRIES,
			 samples_entries(c.s, LEDGER_REFUSED));
	est_set_basic(&c, "ex7-new", c.code);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	est_scene_close(&c);
}

static void what_is_no_request_is_refused(void **state)
{
	struct est_scene c;
	est_scene_open(&c, *state);
	static const char *const bad[] = { "",     "  \r\n",   "!!!!",
					   "MIIB", "AAAA=AAA", "MA" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		est_set_body(&c, bad[i], strlen(bad[i]));
		assert_int_equal(400, est_ask(&c, "POST", "simpleenroll"));
	}
	char *big = mem_alloc(EST_BODY_MAX + 1);
	memset(big, 'A', EST_BODY_MAX + 1);
	est_set_body(&c, big, EST_BODY_MAX + 1);
	assert_int_equal(413, est_ask(&c, "POST", "simpleenroll"));
	assert_int_equal(0, c.m.body_at);
	/* Also when it comes in spite of what was announced. */
	memory_param(&c.m, "CONTENT_LENGTH", "12");
	assert_int_equal(413, est_ask(&c, "POST", "simpleenroll"));
	mem_free(big);
	est_set_request(&c, "ex7-new");
	c.m.fail = true;
	c.m.body_len /= 2;
	assert_int_equal(400, est_ask(&c, "POST", "simpleenroll"));
	c.m.fail = false;
	est_set_request(&c, "another");
	assert_int_equal(403, est_ask(&c, "POST", "simpleenroll"));
	est_set_request(&c, "ex7-new");
	memory_param(&c.m, "CONTENT_TYPE", "application/pkcs10x");
	assert_int_equal(415, est_ask(&c, "POST", "simpleenroll"));
	assert_int_equal(0, est_issued(&c, "ex7-new"));
	/* The code is as good as before. */
	memory_param(&c.m, "CONTENT_TYPE", "application/pkcs10; charset=x");
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	est_scene_close(&c);
}

static void a_body_that_takes_too_long_is_left(void **state)
{
	struct est_scene c;
	const struct api_clock late = { est_still.utc, late_ms };
	est_scene_open(&c, *state);
	c.m.piece = 1;
	est_ask_at(&c, "POST", "simpleenroll", &late);
	assert_int_equal(408, c.m.status);
	assert_true(c.m.body_at < c.m.body_len);
	est_scene_close(&c);
}

static void other_paths_and_methods(void **state)
{
	struct est_scene c;
	char text[32];
	est_scene_open(&c, *state);
	assert_int_equal(404, est_ask(&c, "GET", ""));
	assert_int_equal(404, est_ask(&c, "POST", "serverkeygen"));
	assert_int_equal(404, est_ask(&c, "GET", "cacerts/"));
	assert_int_equal(405, est_ask(&c, "GET", "simpleenroll"));
	assert_string_equal("POST",
			    memory_header(&c.m, "Allow", text, sizeof(text)));
	assert_int_equal(405, est_ask(&c, "POST", "cacerts"));
	est_scene_close(&c);
}

static void only_a_device_that_stands_renews(void **state)
{
	struct est_scene c;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	est_scene_open(&c, *state);
	est_set_request(&c, SAMPLES_DEVICE);
	/* Not even with a code. */
	assert_int_equal(403, est_ask(&c, "POST", "simplereenroll"));
	assert_int_equal(0, c.m.body_at);
	memory_param(&c.m, "SSL_CLIENT_CERT", buf_str(&c.s->device.pem));
	memory_param(&c.m, "HTTP_SSL_CLIENT_VERIFY", "SUCCESS");
	memory_param(&c.m, "SSL_CLIENT_VERIFY",
		     "FAILED:certificate has expired");
	assert_int_equal(403, est_ask(&c, "POST", "simplereenroll"));
	assert_non_null(strstr(c.m.content, "new code"));
	samples_key_file(c.s, SERVER_CERTIFICATE, &pem);
	est_set_peer(&c, buf_str(&pem));
	assert_int_equal(403, est_ask(&c, "POST", "simplereenroll"));
	est_set_peer(&c, buf_str(&c.s->other.pem));
	assert_int_equal(403, est_ask(&c, "POST", "simplereenroll"));
	est_set_peer(&c, buf_str(&c.s->device.pem));
	assert_true(certificates_revoke(c.s->server.db, "anna",
					c.s->device.sha256, "", NOW, &err));
	assert_int_equal(403, est_ask(&c, "POST", "simplereenroll"));
	assert_int_equal(1, est_issued(&c, SAMPLES_DEVICE));
	assert_int_equal(1, est_issued(&c, SAMPLES_OTHER));
	buf_clear(&pem);
	est_scene_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(nothing_is_answered_again_that_does_not_stand),
		SAMPLES_TEST(a_revoked_device_gets_nothing),
		SAMPLES_TEST(without_the_code_there_is_nothing),
		SAMPLES_TEST(names_that_nobody_expects_are_no_entry),
		SAMPLES_TEST(headers_belong_to_their_answers),
		SAMPLES_TEST(faults_of_the_server_are_told_as_such),
		SAMPLES_TEST(nothing_is_issued_by_half),
		SAMPLES_TEST(guessing_fills_no_ledger_and_shuts_nobody_out),
		SAMPLES_TEST(what_is_no_request_is_refused),
		SAMPLES_TEST(a_body_that_takes_too_long_is_left),
		SAMPLES_TEST(other_paths_and_methods),
		SAMPLES_TEST(only_a_device_that_stands_renews),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
