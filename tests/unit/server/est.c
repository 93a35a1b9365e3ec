/*
 * Enrolment as HTTP: who gets a certificate, and that the same request gets the
 * same again.
 */
#include "server/est.h"

#include "tests/unit/server/est_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "formats/certs.h"
#include "tests/unit/store/temporary_db.h"

#define NOW SAMPLES_NOW
#define CERTS_TYPE "application/pkcs7-mime; smime-type=certs-only"

static void cacerts_is_for_anybody(void **state)
{
	struct est_scene c;
	char text[64];
	struct buf der = BUF_INIT, plain = BUF_INIT;
	est_scene_open(&c, *state);
	memory_clear(&c.m);
	memory_init(&c.m);
	assert_int_equal(200, est_ask(&c, "GET", "cacerts"));
	est_expect_type(&c, CERTS_TYPE);
	assert_string_equal("base64",
			    memory_header(&c.m, "Content-Transfer-Encoding",
					  text, sizeof(text)));
	/* Lines of at most 64, the last one ended; whole base64 without. */
	const char *line = c.m.content;
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");
		assert_true(len >= 1 && len <= 64);
		assert_int_equal('\n', line[len]);
		buf_put(&plain, line, len);
		line += len + 1;
	}
	assert_true(base64_decode(&der, buf_str(&plain), plain.len));
	assert_int_equal(0x30, der.data[0]);
	buf_clear(&der);
	buf_clear(&plain);
	est_scene_close(&c);
}

/* Does the subject of this certificate hold the text? */
static bool names(const struct buf *pem, const char *text)
{
	struct reader r = reader_of(pem->data, pem->len);
	char label[CERTS_LABEL_SIZE];
	struct buf der = BUF_INIT, subject = BUF_INIT;
	assert_done(certs_pem_next(&r, label, &der, err));
	assert_done(certs_subject_der(der.data, der.len, &subject, err));
	bool found =
		memmem(subject.data, subject.len, text, strlen(text)) != NULL;
	buf_clear(&subject);
	buf_clear(&der);
	return found;
}

static void a_code_makes_a_device_known(void **state)
{
	struct est_scene c;
	struct samples *s = *state;
	struct fleet_device device;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	est_scene_open(&c, s);
	size_t before = samples_entries(s, LEDGER_ENROLMENT);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	est_expect_type(&c, CERTS_TYPE);
	/* That it is known, and what it got. */
	assert_int_equal(before + 1, samples_entries(s, LEDGER_ENROLMENT));
	samples_last_entry(s, LEDGER_ENROLMENT,
			   "Device ex7-new got a certificate with code 1; it "
			   "is good until 20");
	assert_true(fleet_get(s->server.db, "ex7-new", &device, &err));
	assert_string_equal("Third floor", device.title);
	assert_string_equal("EX7-9", device.serial_number);
	est_newest(&c, "ex7-new", &pem, &row);
	assert_string_equal("enrolled", row.origin);
	assert_true(names(&pem, "ex7-new"));
	assert_true(names(&pem, "EX7-9")); /* as the code says */
	assert_true(fleet_by_certificate(s->server.db, row.sha256, NOW, &device,
					 &err));
	buf_clear(&pem);
	est_scene_close(&c);
}

static void the_same_request_gets_the_same_certificate(void **state)
{
	struct est_scene c;
	est_scene_open(&c, *state);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	char *first = mem_strdup(c.m.content);
	size_t before = samples_entries(c.s, 0);
	est_set_request(&c, "ex7-new"); /* of the same key */
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	assert_string_equal(first, c.m.content);
	assert_int_equal(1, est_issued(&c, "ex7-new"));
	assert_int_equal(before, samples_entries(c.s, 0));
	/* Long after the code's time too. */
	est_ask_at(&c, "POST", "simpleenroll", &est_tomorrow);
	assert_int_equal(200, c.m.status);
	assert_string_equal(first, c.m.content);
	p256_generate(&c.key);
	est_set_request(&c, "ex7-new");
	assert_int_equal(403, est_ask(&c, "POST", "simpleenroll"));
	assert_non_null(strstr(c.m.content, "another key"));
	samples_last_entry(c.s, LEDGER_REFUSED,
			   "Enrolment of device ex7-new: This code was used "
			   "already");
	assert_int_equal(1, est_issued(&c, "ex7-new"));
	mem_free(first);
	est_scene_close(&c);
}

static void a_known_device_is_rescued(void **state)
{
	struct est_scene c;
	est_scene_open(&c, *state);
	est_make_code(&c, SAMPLES_DEVICE);
	est_set_basic(&c, SAMPLES_DEVICE, c.code);
	est_set_request(&c, SAMPLES_DEVICE);
	memory_param(&c.m, "SSL_CLIENT_VERIFY",
		     "FAILED:certificate has expired");
	assert_done(
		fleet_learn_key(c.s->server.db, SAMPLES_DEVICE, "old", err));
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	assert_int_equal(2, est_issued(&c, SAMPLES_DEVICE));
	/* Its log may have another key from now on. */
	struct fleet_device device;
	assert_done(fleet_get(c.s->server.db, SAMPLES_DEVICE, &device, err));
	assert_string_equal(device.ledger_key, "");
	est_scene_close(&c);
}

/* RFC 8951, section 3.1: white space is no part of it. */
static void base64_may_be_broken_anywhere(void **state)
{
	static const char *const spaces[] = { "\r\n", "\n", " ", "\t" };
	struct est_scene c;
	struct buf text = BUF_INIT;
	est_scene_open(&c, *state);
	for (size_t i = 0; i < c.body.len; i++) {
		if (i % 7 == 0) {
			buf_put_str(&text, spaces[i / 7 % 4]);
		}
		buf_put(&text, c.body.data + i, 1);
	}
	buf_put_str(&text, "\r\n");
	est_set_body(&c, text.data, text.len);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	buf_clear(&text);
	est_scene_close(&c);
}

/* A request may leave its name to the server; it is told what it is. */
static void a_request_needs_no_name(void **state)
{
	struct est_scene c;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	est_scene_open(&c, *state);
	est_set_nameless(&c);
	assert_int_equal(200, est_ask(&c, "POST", "simpleenroll"));
	est_newest(&c, "ex7-new", &pem, &row);
	assert_string_equal("enrolled", row.origin);
	buf_clear(&pem);
	est_scene_close(&c);
}

/* ---- renewal ---- */

static void a_device_renews_with_any_key_and_without_a_code(void **state)
{
	struct est_scene c;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	est_scene_open(&c, *state);
	memory_param(&c.m, "HTTP_AUTHORIZATION", NULL);
	est_set_peer(&c, buf_str(&c.s->device.pem));
	est_set_request(&c, SAMPLES_DEVICE);
	assert_int_equal(200, est_ask(&c, "POST", "simplereenroll"));
	est_expect_type(&c, CERTS_TYPE);
	assert_int_equal(2, est_issued(&c, SAMPLES_DEVICE));
	char *first = mem_strdup(c.m.content);
	/* Again: the answer may have been lost. */
	assert_int_equal(200, est_ask(&c, "POST", "simplereenroll"));
	assert_string_equal(first, c.m.content);
	assert_int_equal(2, est_issued(&c, SAMPLES_DEVICE));
	/* One that was revoked meanwhile is of no use. */
	struct certificate_row *renewed = NULL;
	size_t count = 0;
	assert_done(certificates_renewed(c.s->server.db, SAMPLES_DEVICE, "",
					 NOW, &renewed, &count, err));
	assert_int_equal(1, count);
	assert_done(certificates_revoke(c.s->server.db, "anna", renewed->sha256,
					"", NOW, err));
	mem_free(renewed);
	assert_int_equal(200, est_ask(&c, "POST", "simplereenroll"));
	assert_string_not_equal(first, c.m.content);
	assert_int_equal(3, est_issued(&c, SAMPLES_DEVICE));
	samples_last_entry(c.s, LEDGER_ENROLMENT,
			   "got a certificate by renewal;");
	mem_free(first);
	/* With the new one, or a day later, it is another renewal. */
	est_ask_at(&c, "POST", "simplereenroll", &est_tomorrow);
	assert_int_equal(200, c.m.status);
	assert_int_equal(4, est_issued(&c, SAMPLES_DEVICE));
	est_newest(&c, SAMPLES_DEVICE, &pem, &row);
	assert_string_equal("renewed", row.origin);
	buf_clear(&pem);
	est_scene_close(&c);
}

static void renewals_have_a_limit_a_day(void **state)
{
	struct est_scene c;
	char text[32];
	est_scene_open(&c, *state);
	est_set_peer(&c, buf_str(&c.s->device.pem));
	for (int i = 1; i < EST_CERTIFICATES_A_DAY; i++) {
		p256_generate(&c.key);
		est_set_request(&c, SAMPLES_DEVICE);
		assert_int_equal(200, est_ask(&c, "POST", "simplereenroll"));
	}
	/* What was issued is still answered. */
	assert_int_equal(200, est_ask(&c, "POST", "simplereenroll"));
	p256_generate(&c.key);
	est_set_request(&c, SAMPLES_DEVICE);
	assert_int_equal(429, est_ask(&c, "POST", "simplereenroll"));
	assert_string_not_equal("", memory_header(&c.m, "Retry-After", text,
						  sizeof(text)));
	assert_int_equal(EST_CERTIFICATES_A_DAY,
			 est_issued(&c, SAMPLES_DEVICE));
	est_ask_at(&c, "POST", "simplereenroll", &est_tomorrow);
	assert_int_equal(200, c.m.status);
	est_scene_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(cacerts_is_for_anybody),
		SAMPLES_TEST(a_code_makes_a_device_known),
		SAMPLES_TEST(the_same_request_gets_the_same_certificate),
		SAMPLES_TEST(a_known_device_is_rescued),
		SAMPLES_TEST(base64_may_be_broken_anywhere),
		SAMPLES_TEST(a_request_needs_no_name),
		SAMPLES_TEST(a_device_renews_with_any_key_and_without_a_code),
		SAMPLES_TEST(renewals_have_a_limit_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
