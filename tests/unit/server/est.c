/*
 * Enrolment as HTTP: who gets a certificate, who does not, and that the same
 * request gets the same again.
 */
#include "server/est.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "domain/throttle.h"
#include "formats/certs.h"
#include "server/certificates.h"
#include "server/codes.h"
#include "tests/unit/server/memory_exchange.h"
#include "tests/unit/server/samples.h"
#include "tests/unit/store/temporary_db.h"

#define NOW SAMPLES_NOW
#define DAY_S ((int64_t)86400)
#define CERTS_TYPE "application/pkcs7-mime; smime-type=certs-only"

/* One client of enrolment, and the server that it talks to. */
struct scene {
	struct samples *s;
	struct est_server est;
	struct memory_exchange m;
	struct p256_key key;
	struct buf body; /* of requests */
	char code[CODE_SIZE];
};

static int64_t fixed_utc(void)
{
	return NOW;
}

static int64_t tomorrow_utc(void)
{
	return NOW + DAY_S + 1;
}

static int64_t fixed_ms(void)
{
	return 0;
}

static const struct api_clock still = { fixed_utc, fixed_ms };
static const struct api_clock tomorrow = { tomorrow_utc, fixed_ms };

static void ask_at(struct scene *c, const char *method, const char *path,
		   const struct api_clock *clock)
{
	char full[80];
	snprintf(full, sizeof(full), EST_PATH "%s", path);
	memory_param(&c->m, "REQUEST_METHOD", method);
	memory_param(&c->m, "PATH_INFO", full);
	memory_param(&c->m, "REMOTE_ADDR", "192.0.2.14");
	buf_reset(&c->m.out);
	c->m.body_at = 0;
	est_serve(&c->est, &c->m.exchange, clock);
	memory_answer(&c->m);
}

static int ask(struct scene *c, const char *method, const char *path)
{
	ask_at(c, method, path, &still);
	return c->m.status;
}

static void set_body(struct scene *c, const void *data, size_t len)
{
	buf_reset(&c->body);
	buf_put(&c->body, data, len);
	memory_body(&c->m, c->body.data, c->body.len);
	memory_param(&c->m, "CONTENT_TYPE", "application/pkcs10");
}

/* A request by c->key. */
static void set_request(struct scene *c, const char *name)
{
	struct buf der = BUF_INIT, text = BUF_INIT;
	struct err err = { 0 };
	assert_true(certs_request(&c->key, name, NULL, &der, &err));
	base64_put(&text, der.data, der.len);
	set_body(c, text.data, text.len);
	buf_clear(&der);
	buf_clear(&text);
}

/* One without any subject, as other clients may make it. */
static void set_nameless(struct scene *c)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *request = X509_REQ_new();
	struct buf text = BUF_INIT;
	unsigned char *der = NULL;
	assert_int_equal(X509_REQ_set_pubkey(request, key), 1);
	assert_true(X509_REQ_sign(request, key, EVP_sha256()) > 0);
	int len = i2d_X509_REQ(request, &der);
	assert_true(len > 0);
	base64_put(&text, der, (size_t)len);
	set_body(c, text.data, text.len);
	buf_clear(&text);
	OPENSSL_free(der);
	X509_REQ_free(request);
	EVP_PKEY_free(key);
}

static void set_basic(struct scene *c, const char *user, const char *code)
{
	struct buf text = BUF_INIT, pair = BUF_INIT;
	buf_printf(&pair, "%s:%s", user, code);
	buf_put_str(&text, "Basic ");
	base64_put(&text, pair.data, pair.len);
	memory_param(&c->m, "HTTP_AUTHORIZATION", buf_str(&text));
	buf_clear(&text);
	buf_clear(&pair);
}

static void set_peer(struct scene *c, const char *pem)
{
	memory_param(&c->m, "SSL_CLIENT_VERIFY",
		     pem == NULL ? "NONE" : "SUCCESS");
	memory_param(&c->m, "SSL_CLIENT_CERT", pem);
}

static void make_code(struct scene *c, const char *device)
{
	struct err err = { 0 };
	const struct code_order order = { .device = device,
					  .title = "Third floor",
					  .serial_number = "EX7-9",
					  .expires_at = NOW + DAY_S };
	assert_true(codes_make(c->s->server.db, "anna", &order, NOW, c->code,
			       &err));
}

/* A device "ex7-new" with a code, all of its request as it should be. */
static void open_scene(struct scene *c, struct samples *s)
{
	struct err err = { 0 };
	*c = (struct scene){ .s = s, .body = BUF_INIT };
	c->est.server = (struct server){ .config = &s->config,
					 .log = &s->log,
					 .db = s->server.db };
	assert_true(est_server_load(&c->est, &err));
	memory_init(&c->m);
	p256_generate(&c->key);
	make_code(c, "ex7-new");
	set_request(c, "ex7-new");
	set_basic(c, "ex7-new", c->code);
	set_peer(c, NULL);
}

static void close_scene(struct scene *c)
{
	c->est.server.db = NULL; /* the samples' */
	est_server_close(&c->est);
	memory_clear(&c->m);
	buf_clear(&c->body);
}

static void expect_type(struct scene *c, const char *type)
{
	char text[128];
	assert_string_equal(type, memory_header(&c->m, "Content-Type", text,
						sizeof(text)));
}

/* The newest certificate of a device; PEM is the caller's to clear. */
static void newest(struct scene *c, const char *device, struct buf *pem,
		   struct certificate_row *row)
{
	struct certificate_row *list = NULL;
	size_t count = 0;
	struct err err = { 0 };
	assert_true(certificates_list(c->s->server.db, device, &list, &count,
				      &err));
	for (size_t i = 0; i < count; i++) {
		if (list[i].newest) {
			*row = list[i];
		}
	}
	assert_true(count > 0);
	mem_free(list);
	assert_true(certificates_pem(c->s->server.db, row->sha256, pem, &err));
}

static int64_t issued(struct scene *c, const char *device)
{
	int64_t count = 0;
	struct err err = { 0 };
	assert_true(
		certificates_issued(c->s->server.db, device, 0, &count, &err));
	return count;
}

static void cacerts_is_for_anybody(void **state)
{
	struct scene c;
	char text[64];
	struct buf der = BUF_INIT, plain = BUF_INIT;
	open_scene(&c, *state);
	memory_clear(&c.m);
	memory_init(&c.m);
	assert_int_equal(200, ask(&c, "GET", "cacerts"));
	expect_type(&c, CERTS_TYPE);
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
	close_scene(&c);
}

static void a_code_makes_a_device_known(void **state)
{
	struct scene c;
	struct samples *s = *state;
	struct fleet_device device;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	open_scene(&c, s);
	size_t before = samples_entries(s, LEDGER_ENROLMENT);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	expect_type(&c, CERTS_TYPE);
	/* That it is known, and what it got. */
	assert_int_equal(before + 1, samples_entries(s, LEDGER_ENROLMENT));
	samples_last_entry(s, LEDGER_ENROLMENT,
			   "Device ex7-new got a certificate with code 1; it "
			   "is good until 20");
	assert_true(fleet_get(s->server.db, "ex7-new", &device, &err));
	assert_string_equal("Third floor", device.title);
	assert_string_equal("EX7-9", device.serial_number);
	newest(&c, "ex7-new", &pem, &row);
	assert_string_equal("enrolled", row.origin);
	assert_true(fleet_by_certificate(s->server.db, row.sha256, NOW, &device,
					 &err));
	buf_clear(&pem);
	close_scene(&c);
}

static void the_same_request_gets_the_same_certificate(void **state)
{
	struct scene c;
	open_scene(&c, *state);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	char *first = mem_strdup(c.m.content);
	size_t before = samples_entries(c.s, 0);
	set_request(&c, "ex7-new"); /* of the same key */
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	assert_string_equal(first, c.m.content);
	assert_int_equal(1, issued(&c, "ex7-new"));
	assert_int_equal(before, samples_entries(c.s, 0));
	/* Long after the code's time too. */
	ask_at(&c, "POST", "simpleenroll", &tomorrow);
	assert_int_equal(200, c.m.status);
	assert_string_equal(first, c.m.content);
	p256_generate(&c.key);
	set_request(&c, "ex7-new");
	assert_int_equal(403, ask(&c, "POST", "simpleenroll"));
	assert_non_null(strstr(c.m.content, "another key"));
	samples_last_entry(c.s, LEDGER_REFUSED,
			   "Enrolment of device ex7-new: This code was used "
			   "already");
	assert_int_equal(1, issued(&c, "ex7-new"));
	mem_free(first);
	close_scene(&c);
}

/* A certificate that was revoked does not come back this way. */
static void nothing_is_answered_again_that_does_not_stand(void **state)
{
	struct scene c;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	open_scene(&c, *state);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	newest(&c, "ex7-new", &pem, &row);
	assert_true(certificates_revoke(c.s->server.db, "anna", row.sha256, "",
					NOW, &err));
	assert_int_equal(403, ask(&c, "POST", "simpleenroll"));
	make_code(&c, "ex7-new");
	set_basic(&c, "ex7-new", c.code);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	assert_int_equal(2, issued(&c, "ex7-new"));
	buf_clear(&pem);
	close_scene(&c);
}

static void a_known_device_is_rescued(void **state)
{
	struct scene c;
	open_scene(&c, *state);
	make_code(&c, SAMPLES_DEVICE);
	set_basic(&c, SAMPLES_DEVICE, c.code);
	set_request(&c, SAMPLES_DEVICE);
	memory_param(&c.m, "SSL_CLIENT_VERIFY",
		     "FAILED:certificate has expired");
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	assert_int_equal(2, issued(&c, SAMPLES_DEVICE));
	close_scene(&c);
}

static void a_revoked_device_gets_nothing(void **state)
{
	struct scene c;
	struct err err = { 0 };
	open_scene(&c, *state);
	make_code(&c, SAMPLES_DEVICE);
	set_basic(&c, SAMPLES_DEVICE, c.code);
	set_request(&c, SAMPLES_DEVICE);
	assert_true(fleet_revoke(c.s->server.db, "anna", SAMPLES_DEVICE, NOW,
				 &err));
	assert_int_equal(403, ask(&c, "POST", "simpleenroll"));
	samples_last_entry(c.s, LEDGER_REFUSED, "was revoked");
	size_t before = samples_entries(c.s, LEDGER_REFUSED);
	set_peer(&c, buf_str(&c.s->device.pem));
	assert_int_equal(403, ask(&c, "POST", "simplereenroll"));
	assert_int_equal(before + 1, samples_entries(c.s, LEDGER_REFUSED));
	samples_last_entry(c.s, LEDGER_REFUSED,
			   "Enrolment of device " SAMPLES_DEVICE);
	assert_int_equal(1, issued(&c, SAMPLES_DEVICE));
	close_scene(&c);
}

static void without_the_code_there_is_nothing(void **state)
{
	struct scene c;
	char text[64];
	static const char *const bad[] = { NULL,
					   "",
					   "Basic",
					   "Basic !",
					   "Basic ZXg3LW5ldw==" /* no colon */,
					   "Bearer ZXg3LW5ldzph" };
	open_scene(&c, *state);
	size_t before = samples_entries(c.s, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memory_param(&c.m, "HTTP_AUTHORIZATION", bad[i]);
		assert_int_equal(401, ask(&c, "POST", "simpleenroll"));
		assert_int_equal(0,
				 strncmp("Basic realm=",
					 memory_header(&c.m, "WWW-Authenticate",
						       text, sizeof(text)),
					 12));
		expect_type(&c, "text/plain; charset=utf-8");
		/* Nothing of a stranger's body is looked at. */
		assert_int_equal(0, c.m.body_at);
	}
	assert_int_equal(before, samples_entries(c.s, 0));
	set_basic(&c, "ex7-new", "00000-00000-00000-00000");
	assert_int_equal(401, ask(&c, "POST", "simpleenroll"));
	assert_int_equal(0, c.m.body_at);
	assert_int_equal(before + 1, samples_entries(c.s, 0));
	set_basic(&c, SAMPLES_DEVICE, c.code);
	assert_int_equal(401, ask(&c, "POST", "simpleenroll"));
	set_basic(&c, "EX7 NEW", c.code);
	assert_int_equal(401, ask(&c, "POST", "simpleenroll"));
	assert_non_null(strstr(c.m.content, "no id of a device"));
	/* Words of any length are none. */
	char *endless = mem_zalloc(10001);
	memset(endless, 'A', 10000);
	memcpy(endless, "Basic ZXg3LW5ldzph", 18);
	memory_param(&c.m, "HTTP_AUTHORIZATION", endless);
	assert_int_equal(401, ask(&c, "POST", "simpleenroll"));
	assert_non_null(strstr(c.m.content, "are needed (HTTP Basic)"));
	mem_free(endless);
	assert_int_equal(0, issued(&c, "ex7-new"));
	close_scene(&c);
}

/* From the first try on: a stranger writes nothing into the log. */
static void names_that_nobody_expects_are_no_entry(void **state)
{
	struct scene c;
	open_scene(&c, *state);
	size_t before = samples_entries(c.s, 0);
	set_basic(&c, "nobody", "00000-00000-00000-00000");
	assert_int_equal(401, ask(&c, "POST", "simpleenroll"));
	assert_int_equal(before, samples_entries(c.s, 0));
	close_scene(&c);
}

/* RFC 8951, section 3.1: white space is no part of it. */
static void base64_may_be_broken_anywhere(void **state)
{
	static const char *const spaces[] = { "\r\n", "\n", " ", "\t" };
	struct scene c;
	struct buf text = BUF_INIT;
	open_scene(&c, *state);
	for (size_t i = 0; i < c.body.len; i++) {
		if (i % 7 == 0) {
			buf_put_str(&text, spaces[i / 7 % 4]);
		}
		buf_put(&text, c.body.data + i, 1);
	}
	buf_put_str(&text, "\r\n");
	set_body(&c, text.data, text.len);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	buf_clear(&text);
	close_scene(&c);
}

static void expect_header(struct scene *c, const char *name, bool there)
{
	char text[128];
	assert_int_equal(there, memory_header(&c->m, name, text,
					      sizeof(text))[0] != '\0');
}

/* Each header where it says something, and nowhere else. */
static void headers_belong_to_their_answers(void **state)
{
	struct scene c;
	open_scene(&c, *state);
	assert_int_equal(403, ask(&c, "POST", "simplereenroll"));
	expect_header(&c, "WWW-Authenticate", false);
	expect_header(&c, "Allow", false);
	expect_header(&c, "Retry-After", false);
	assert_int_equal(405, ask(&c, "GET", "simpleenroll"));
	expect_header(&c, "WWW-Authenticate", false);
	expect_header(&c, "Allow", true);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	expect_header(&c, "WWW-Authenticate", false);
	expect_header(&c, "Content-Transfer-Encoding", true);
	close_scene(&c);
}

/* What is wrong here is not for strangers, and no fault of theirs. */
static void faults_of_the_server_are_told_as_such(void **state)
{
	struct scene c;
	open_scene(&c, *state);
	struct db *db = c.s->server.db;
	temporary_db_fill(db, true);
	/* Until the last page is used up, which is before its limit a day. */
	for (int i = 0; i < EST_CERTIFICATES_A_DAY && c.m.status != 503; i++) {
		set_peer(&c, buf_str(&c.s->device.pem));
		p256_generate(&c.key);
		set_request(&c, SAMPLES_DEVICE);
		(void)ask(&c, "POST", "simplereenroll");
	}
	assert_int_equal(503, c.m.status);
	expect_header(&c, "Retry-After", true);
	assert_string_equal("The server is busy. Try again later.\n",
			    c.m.content);
	temporary_db_fill(db, false);
	temporary_db_run(db, "DROP TABLE enrolment_codes");
	set_request(&c, "ex7-new");
	assert_int_equal(500, ask(&c, "POST", "simpleenroll"));
	assert_string_equal("The server has a fault. Its running log says "
			    "more.\n",
			    c.m.content);
	close_scene(&c);
}

/* A request may leave its name to the server; it is told what it is. */
static void a_request_needs_no_name(void **state)
{
	struct scene c;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	open_scene(&c, *state);
	set_nameless(&c);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	newest(&c, "ex7-new", &pem, &row);
	assert_string_equal("enrolled", row.origin);
	buf_clear(&pem);
	close_scene(&c);
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
	struct scene c;
	struct fleet_device device;
	struct err err = { 0 };
	open_scene(&c, *state);
	struct db *db = c.s->server.db;
	size_t before = samples_entries(c.s, 0);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(db, writes[i]);
		assert_int_equal(500, ask(&c, "POST", "simpleenroll"));
		temporary_db_refuse(db, NULL);
		assert_int_equal(0, issued(&c, "ex7-new"));
		assert_false(fleet_get(db, "ex7-new", &device, &err));
		err_reset(&err);
		assert_int_equal(before, samples_entries(c.s, 0));
	}
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	set_peer(&c, buf_str(&c.s->device.pem));
	set_request(&c, SAMPLES_DEVICE);
	for (size_t i = 1; i < 3; i++) {
		temporary_db_refuse(db, writes[i]);
		assert_int_equal(500, ask(&c, "POST", "simplereenroll"));
		temporary_db_refuse(db, NULL);
		assert_int_equal(1, issued(&c, SAMPLES_DEVICE));
	}
	assert_int_equal(200, ask(&c, "POST", "simplereenroll"));
	close_scene(&c);
}

static void guessing_fills_no_ledger_and_shuts_nobody_out(void **state)
{
	struct scene c;
	char text[32], name[32];
	open_scene(&c, *state);
	size_t before = samples_entries(c.s, LEDGER_REFUSED);
	set_basic(&c, "ex7-new", "00000-00000-00000-00000");
	for (int i = 0; i < 50; i++) {
		int status = ask(&c, "POST", "simpleenroll");
		assert_int_equal(i < THROTTLE_TRIES ? 401 : 429, status);
	}
	assert_string_not_equal("", memory_header(&c.m, "Retry-After", text,
						  sizeof(text)));
	assert_int_equal(before + THROTTLE_TRIES,
			 samples_entries(c.s, LEDGER_REFUSED));
	/* Names that nobody expects: none at all. */
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "nobody-%d", i);
		set_basic(&c, name, "00000-00000-00000-00000");
		(void)ask(&c, "POST", "simpleenroll");
	}
	assert_int_equal(before + THROTTLE_TRIES,
			 samples_entries(c.s, LEDGER_REFUSED));
	set_basic(&c, "ex7-new", c.code);
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	close_scene(&c);
}

static void what_is_no_request_is_refused(void **state)
{
	struct scene c;
	open_scene(&c, *state);
	static const char *const bad[] = { "",     "  \r\n",   "!!!!",
					   "MIIB", "AAAA=AAA", "MA" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		set_body(&c, bad[i], strlen(bad[i]));
		assert_int_equal(400, ask(&c, "POST", "simpleenroll"));
	}
	char *big = mem_alloc(EST_BODY_MAX + 1);
	memset(big, 'A', EST_BODY_MAX + 1);
	set_body(&c, big, EST_BODY_MAX + 1);
	assert_int_equal(413, ask(&c, "POST", "simpleenroll"));
	assert_int_equal(0, c.m.body_at);
	/* Also when it comes in spite of what was announced. */
	memory_param(&c.m, "CONTENT_LENGTH", "12");
	assert_int_equal(413, ask(&c, "POST", "simpleenroll"));
	mem_free(big);
	set_request(&c, "ex7-new");
	c.m.fail = true;
	c.m.body_len /= 2;
	assert_int_equal(400, ask(&c, "POST", "simpleenroll"));
	c.m.fail = false;
	set_request(&c, "another");
	assert_int_equal(403, ask(&c, "POST", "simpleenroll"));
	set_request(&c, "ex7-new");
	memory_param(&c.m, "CONTENT_TYPE", "application/pkcs10x");
	assert_int_equal(415, ask(&c, "POST", "simpleenroll"));
	assert_int_equal(0, issued(&c, "ex7-new"));
	/* The code is as good as before. */
	memory_param(&c.m, "CONTENT_TYPE", "application/pkcs10; charset=x");
	assert_int_equal(200, ask(&c, "POST", "simpleenroll"));
	close_scene(&c);
}

static int64_t late_ms(void)
{
	static int64_t now_ms;
	now_ms += EST_BODY_S * 600;
	return now_ms;
}

static void a_body_that_takes_too_long_is_left(void **state)
{
	struct scene c;
	static const struct api_clock late = { fixed_utc, late_ms };
	open_scene(&c, *state);
	c.m.piece = 1;
	ask_at(&c, "POST", "simpleenroll", &late);
	assert_int_equal(408, c.m.status);
	assert_true(c.m.body_at < c.m.body_len);
	close_scene(&c);
}

static void other_paths_and_methods(void **state)
{
	struct scene c;
	char text[32];
	open_scene(&c, *state);
	assert_int_equal(404, ask(&c, "GET", ""));
	assert_int_equal(404, ask(&c, "POST", "serverkeygen"));
	assert_int_equal(404, ask(&c, "GET", "cacerts/"));
	assert_int_equal(405, ask(&c, "GET", "simpleenroll"));
	assert_string_equal("POST",
			    memory_header(&c.m, "Allow", text, sizeof(text)));
	assert_int_equal(405, ask(&c, "POST", "cacerts"));
	close_scene(&c);
}

/* ---- renewal ---- */

static void a_device_renews_with_any_key_and_without_a_code(void **state)
{
	struct scene c;
	struct certificate_row row;
	struct buf pem = BUF_INIT;
	open_scene(&c, *state);
	memory_param(&c.m, "HTTP_AUTHORIZATION", NULL);
	set_peer(&c, buf_str(&c.s->device.pem));
	set_request(&c, SAMPLES_DEVICE);
	assert_int_equal(200, ask(&c, "POST", "simplereenroll"));
	expect_type(&c, CERTS_TYPE);
	assert_int_equal(2, issued(&c, SAMPLES_DEVICE));
	char *first = mem_strdup(c.m.content);
	/* Again: the answer may have been lost. */
	assert_int_equal(200, ask(&c, "POST", "simplereenroll"));
	assert_string_equal(first, c.m.content);
	assert_int_equal(2, issued(&c, SAMPLES_DEVICE));
	/* One that was revoked meanwhile is of no use. */
	struct certificate_row *renewed = NULL;
	size_t count = 0;
	assert_done(certificates_renewed(c.s->server.db, SAMPLES_DEVICE, "",
					 NOW, &renewed, &count, err));
	assert_int_equal(1, count);
	assert_done(certificates_revoke(c.s->server.db, "anna", renewed->sha256,
					"", NOW, err));
	mem_free(renewed);
	assert_int_equal(200, ask(&c, "POST", "simplereenroll"));
	assert_string_not_equal(first, c.m.content);
	assert_int_equal(3, issued(&c, SAMPLES_DEVICE));
	samples_last_entry(c.s, LEDGER_ENROLMENT,
			   "got a certificate by renewal;");
	mem_free(first);
	/* With the new one, or a day later, it is another renewal. */
	ask_at(&c, "POST", "simplereenroll", &tomorrow);
	assert_int_equal(200, c.m.status);
	assert_int_equal(4, issued(&c, SAMPLES_DEVICE));
	newest(&c, SAMPLES_DEVICE, &pem, &row);
	assert_string_equal("renewed", row.origin);
	buf_clear(&pem);
	close_scene(&c);
}

static void only_a_device_that_stands_renews(void **state)
{
	struct scene c;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	open_scene(&c, *state);
	set_request(&c, SAMPLES_DEVICE);
	/* Not even with a code. */
	assert_int_equal(403, ask(&c, "POST", "simplereenroll"));
	assert_int_equal(0, c.m.body_at);
	memory_param(&c.m, "SSL_CLIENT_CERT", buf_str(&c.s->device.pem));
	memory_param(&c.m, "HTTP_SSL_CLIENT_VERIFY", "SUCCESS");
	memory_param(&c.m, "SSL_CLIENT_VERIFY",
		     "FAILED:certificate has expired");
	assert_int_equal(403, ask(&c, "POST", "simplereenroll"));
	assert_non_null(strstr(c.m.content, "new code"));
	samples_key_file(c.s, SERVER_CERTIFICATE, &pem);
	set_peer(&c, buf_str(&pem));
	assert_int_equal(403, ask(&c, "POST", "simplereenroll"));
	set_peer(&c, buf_str(&c.s->other.pem));
	assert_int_equal(403, ask(&c, "POST", "simplereenroll"));
	set_peer(&c, buf_str(&c.s->device.pem));
	assert_true(certificates_revoke(c.s->server.db, "anna",
					c.s->device.sha256, "", NOW, &err));
	assert_int_equal(403, ask(&c, "POST", "simplereenroll"));
	assert_int_equal(1, issued(&c, SAMPLES_DEVICE));
	assert_int_equal(1, issued(&c, SAMPLES_OTHER));
	buf_clear(&pem);
	close_scene(&c);
}

static void renewals_have_a_limit_a_day(void **state)
{
	struct scene c;
	char text[32];
	open_scene(&c, *state);
	set_peer(&c, buf_str(&c.s->device.pem));
	for (int i = 1; i < EST_CERTIFICATES_A_DAY; i++) {
		p256_generate(&c.key);
		set_request(&c, SAMPLES_DEVICE);
		assert_int_equal(200, ask(&c, "POST", "simplereenroll"));
	}
	/* What was issued is still answered. */
	assert_int_equal(200, ask(&c, "POST", "simplereenroll"));
	p256_generate(&c.key);
	set_request(&c, SAMPLES_DEVICE);
	assert_int_equal(429, ask(&c, "POST", "simplereenroll"));
	assert_string_not_equal("", memory_header(&c.m, "Retry-After", text,
						  sizeof(text)));
	assert_int_equal(EST_CERTIFICATES_A_DAY, issued(&c, SAMPLES_DEVICE));
	ask_at(&c, "POST", "simplereenroll", &tomorrow);
	assert_int_equal(200, c.m.status);
	close_scene(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(cacerts_is_for_anybody),
		SAMPLES_TEST(a_code_makes_a_device_known),
		SAMPLES_TEST(the_same_request_gets_the_same_certificate),
		SAMPLES_TEST(nothing_is_answered_again_that_does_not_stand),
		SAMPLES_TEST(a_known_device_is_rescued),
		SAMPLES_TEST(a_revoked_device_gets_nothing),
		SAMPLES_TEST(without_the_code_there_is_nothing),
		SAMPLES_TEST(names_that_nobody_expects_are_no_entry),
		SAMPLES_TEST(base64_may_be_broken_anywhere),
		SAMPLES_TEST(headers_belong_to_their_answers),
		SAMPLES_TEST(faults_of_the_server_are_told_as_such),
		SAMPLES_TEST(a_request_needs_no_name),
		SAMPLES_TEST(nothing_is_issued_by_half),
		SAMPLES_TEST(guessing_fills_no_ledger_and_shuts_nobody_out),
		SAMPLES_TEST(what_is_no_request_is_refused),
		SAMPLES_TEST(a_body_that_takes_too_long_is_left),
		SAMPLES_TEST(other_paths_and_methods),
		SAMPLES_TEST(a_device_renews_with_any_key_and_without_a_code),
		SAMPLES_TEST(only_a_device_that_stands_renews),
		SAMPLES_TEST(renewals_have_a_limit_a_day),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
