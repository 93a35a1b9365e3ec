/*
 * Requests of devices: who may ask for what, and the answers.
 */
#include "server/api_call.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "crypto/sha256.h"
#include "documents/transmission.h"
#include "domain/ledger.h"
#include "domain/throttle.h"
#include "formats/problem.h"
#include "tests/unit/server/memory_exchange.h"
#include "tests/unit/server/samples.h"

static int64_t fixed_utc(void)
{
	return SAMPLES_NOW;
}

static int64_t fixed_ms(void)
{
	return 0;
}

static const struct api_clock still = { fixed_utc, fixed_ms };

static void as_device(struct memory_exchange *m, const struct buf *pem)
{
	memory_param(m, "SSL_CLIENT_VERIFY", "SUCCESS");
	memory_param(m, "SSL_CLIENT_CERT", buf_str(pem));
	memory_param(m, "REMOTE_ADDR", "192.0.2.14");
}

static void ask(struct samples *s, struct memory_exchange *m,
		const char *method, const char *path)
{
	memory_param(m, "REQUEST_METHOD", method);
	memory_param(m, "PATH_INFO", path);
	buf_reset(&m->out);
	m->body_at = 0;
	api_serve(&s->server, &m->exchange, &still);
	memory_answer(m);
}

static void set_upload(struct memory_exchange *m, const char *id,
		       const struct buf *body)
{
	uint8_t hash[SHA256_SIZE];
	struct buf text = BUF_INIT;
	memory_body(m, body->data, body->len);
	memory_param(m, "CONTENT_TYPE", "application/offset+octet-stream");
	memory_param(m, "HTTP_TUS_RESUMABLE", "1.0.0");
	buf_printf(&text, "%zu", body->len);
	memory_param(m, "HTTP_UPLOAD_LENGTH", buf_str(&text));
	buf_reset(&text);
	buf_printf(&text, "\"%s\"", id);
	memory_param(m, "HTTP_IDEMPOTENCY_KEY", buf_str(&text));
	buf_reset(&text);
	buf_put_str(&text, "sha-256=:");
	sha256_bytes(body->data, body->len, hash);
	base64_put(&text, hash, sizeof(hash));
	buf_put_str(&text, ":");
	memory_param(m, "HTTP_REPR_DIGEST", buf_str(&text));
	buf_reset(&text);
	buf_put_str(&text, "transaction ");
	base64_put(&text, id, strlen(id));
	buf_put_str(&text, ",type ");
	base64_put(&text, TRANSMISSION_TYPE, strlen(TRANSMISSION_TYPE));
	memory_param(m, "HTTP_UPLOAD_METADATA", buf_str(&text));
	buf_clear(&text);
}

/* Makes the upload of the device: all is as it should be. */
static void make_upload(const struct samples *s, struct memory_exchange *m,
			struct buf *body, char id[UUID_TEXT_SIZE])
{
	samples_transaction(id, 1);
	samples_upload(body, SAMPLES_DEVICE, id);
	memory_init(m);
	as_device(m, &s->device.pem);
	set_upload(m, id, body);
}

/* The answer must be problem details of this kind. */
static void expect_problem(const struct memory_exchange *m, int status,
			   const char *type)
{
	struct problem problem;
	struct err err = { 0 };
	char text[128];
	assert_int_equal(status, m->status);
	assert_string_equal(PROBLEM_MEDIA_TYPE,
			    memory_header(m, "Content-Type", text,
					  sizeof(text)));
	assert_true(
		problem_read(m->content, strlen(m->content), &problem, &err));
	assert_int_equal(status, problem.status);
	snprintf(text, sizeof(text), "urn:sluice:problem:%s", type);
	assert_string_equal(text, problem.type);
}

static void expect_header(const struct memory_exchange *m, const char *name,
			  const char *value)
{
	char text[128];
	assert_string_equal(value, memory_header(m, name, text, sizeof(text)));
}

static void an_upload_is_answered_with_its_receipt(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct buf body = BUF_INIT;
	char id[UUID_TEXT_SIZE], bytes[24], path[80];
	make_upload(s, &m, &body, id);
	snprintf(bytes, sizeof(bytes), "%zu", body.len);
	m.piece = 7;
	ask(s, &m, "POST", "/v1/uploads");
	assert_int_equal(201, m.status);
	assert_int_equal(0, strncmp(m.content, "sluice.receipt/v1\n", 18));
	snprintf(path, sizeof(path), "/v1/uploads/%s", id);
	expect_header(&m, "Location", path);
	expect_header(&m, "Tus-Resumable", "1.0.0");
	expect_header(&m, "Upload-Offset", bytes);
	expect_header(&m, "Content-Type", API_NOTE_TYPE);

	/* Again, and by its address: the same bytes. */
	char *receipt = mem_strdup(m.content);
	ask(s, &m, "POST", "/v1/uploads");
	assert_int_equal(201, m.status);
	assert_string_equal(receipt, m.content);
	snprintf(path, sizeof(path), "/v1/uploads/%s/receipt", id);
	ask(s, &m, "GET", path);
	assert_int_equal(200, m.status);
	assert_string_equal(receipt, m.content);
	expect_header(&m, "Content-Type", API_NOTE_TYPE);
	snprintf(path, sizeof(path), "/v1/uploads/%s", id);
	ask(s, &m, "HEAD", path);
	assert_int_equal(200, m.status);
	expect_header(&m, "Upload-Offset", bytes);
	expect_header(&m, "Upload-Length", bytes);
	assert_string_equal("", m.content);

	/* Another device sees nothing of it. */
	as_device(&m, &s->other.pem);
	snprintf(path, sizeof(path), "/v1/uploads/%s/receipt", id);
	ask(s, &m, "GET", path);
	expect_problem(&m, 404, "path");
	mem_free(receipt);
	buf_clear(&body);
	memory_clear(&m);
}

static void without_a_verified_certificate_nothing_is_done(void **state)
{
	struct samples *s = *state;
	static const char *const verify[] = {
		NULL, "", "NONE", "success", "SUCCESS ", "FAILED:x"
	};
	struct memory_exchange m;
	size_t before = samples_entries(s, 0);
	memory_init(&m);
	as_device(&m, &s->device.pem);
	memory_param(&m, "HTTP_SSL_CLIENT_VERIFY", "SUCCESS");
	for (size_t i = 0; i < sizeof(verify) / sizeof(verify[0]); i++) {
		memory_param(&m, "SSL_CLIENT_VERIFY", verify[i]);
		ask(s, &m, "OPTIONS", "/v1/uploads");
		expect_problem(&m, 403, "certificate");
	}
	memory_param(&m, "SSL_CLIENT_VERIFY", "SUCCESS");
	memory_param(&m, "SSL_CLIENT_CERT", NULL);
	memory_param(&m, "HTTP_SSL_CLIENT_CERT", buf_str(&s->device.pem));
	ask(s, &m, "OPTIONS", "/v1/uploads");
	expect_problem(&m, 403, "certificate");
	memory_param(&m, "SSL_CLIENT_CERT", "garbage");
	ask(s, &m, "OPTIONS", "/v1/uploads");
	expect_problem(&m, 403, "certificate");
	/* Anybody can do this as often as he likes. */
	assert_int_equal(before, samples_entries(s, 0));
	memory_clear(&m);
}

/* A stranger holds no worker: not a byte of his body is waited for. */
static void of_a_stranger_no_body_is_read(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct err err = { 0 };
	memory_init(&m);
	memory_param(&m, "REMOTE_ADDR", "192.0.2.99");
	memory_param(&m, "SSL_CLIENT_VERIFY", "NONE");
	memory_body(&m, "never read", 10);
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 403, "certificate");
	assert_int_equal(0, m.body_at);
	as_device(&m, &s->device.pem);
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW, &err));
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 403, "revoked");
	assert_int_equal(0, m.body_at);
	memory_clear(&m);
}

static void what_has_run_out_is_told_so(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	memory_init(&m);
	memory_param(&m, "SSL_CLIENT_VERIFY",
		     "FAILED:error:0000000A:lib(0)::reason(10)");
	ask(s, &m, "OPTIONS", "/v1/uploads");
	expect_problem(&m, 403, "certificate");
	assert_non_null(strstr(m.content, "new code"));
	memory_clear(&m);
}

/* Those whom we know, and refuse, cannot fill the ledger either. */
static void refusals_of_who_it_is_come_to_an_end(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct err err = { 0 };
	memory_init(&m);
	as_device(&m, &s->device.pem);
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW, &err));
	size_t before = samples_entries(s, LEDGER_REFUSED);
	for (int i = 0; i < 30; i++) {
		ask(s, &m, "OPTIONS", "/v1/uploads");
		expect_problem(&m, 403, "revoked");
	}
	assert_int_equal(before + THROTTLE_TRIES,
			 samples_entries(s, LEDGER_REFUSED));
	memory_clear(&m);
}

static void only_certificates_that_were_issued_count(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct buf pem = BUF_INIT;
	struct err err = { 0 };
	memory_init(&m);
	samples_key_file(s, SERVER_CERTIFICATE, &pem);
	as_device(&m, &pem);
	ask(s, &m, "OPTIONS", "/v1/uploads");
	expect_problem(&m, 403, "stranger");
	assert_true(samples_entries(s, LEDGER_REFUSED) >= 1);
	as_device(&m, &s->device.pem);
	ask(s, &m, "OPTIONS", "/v1/uploads");
	assert_int_equal(204, m.status);
	assert_true(fleet_revoke(s->server.db, "root", SAMPLES_DEVICE,
				 SAMPLES_NOW, &err));
	ask(s, &m, "OPTIONS", "/v1/uploads");
	expect_problem(&m, 403, "revoked");
	buf_clear(&pem);
	memory_clear(&m);
}

static void unknown_paths_and_methods_are_refused(void **state)
{
	struct samples *s = *state;
	static const char *const paths[] = {
		"/",
		"",
		"/v1",
		"/v1/uploads/",
		"/v1/uploads/x",
		"/v1/uploads/0193594e-7a11-7c3e-9d54-2f0f6a1be7c1/other",
		"/v1/uploads/0193594e-7a11-7c3e-9d54-2f0f6a1be7c/receipt",
		"/v2/uploads",
		"/V1/uploads",
	};
	struct memory_exchange m;
	char text[64];
	memory_init(&m);
	as_device(&m, &s->device.pem);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ask(s, &m, "GET", paths[i]);
		expect_problem(&m, 404, "path");
	}
	ask(s, &m, "DELETE", "/v1/uploads");
	expect_problem(&m, 405, "method");
	assert_string_equal("OPTIONS, POST",
			    memory_header(&m, "Allow", text, sizeof(text)));
	memory_param(&m, "PATH_INFO", NULL);
	memory_param(&m, "REQUEST_METHOD", NULL);
	buf_reset(&m.out);
	api_serve(&s->server, &m.exchange, &still);
	memory_answer(&m);
	expect_problem(&m, 404, "path");
	memory_clear(&m);
}

static void a_body_that_is_cut_leaves_an_entry_only(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct buf body = BUF_INIT;
	char id[UUID_TEXT_SIZE];
	make_upload(s, &m, &body, id);
	m.body_len /= 2;
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 400, "cut");
	assert_int_equal(1, samples_entries(s, LEDGER_FAILED));
	m.fail = true;
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 400, "cut");
	assert_int_equal(0, samples_entries(s, LEDGER_RECEIVED));
	buf_clear(&body);
	memory_clear(&m);
}

static void a_refused_body_is_read_to_its_end(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct buf body = BUF_INIT;
	char id[UUID_TEXT_SIZE];
	samples_transaction(id, 1);
	for (int i = 0; i < 5000; i++) {
		buf_put_str(&body, "nonsense");
	}
	memory_init(&m);
	as_device(&m, &s->device.pem);
	set_upload(&m, id, &body);
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 422, "content");
	assert_int_equal(body.len, m.body_at);
	memory_param(&m, "CONTENT_TYPE", "text/plain");
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 415, "type");
	assert_int_equal(body.len, m.body_at);
	buf_clear(&body);
	memory_clear(&m);
}

/* A clock on which every look is a minute after the last. */
static int64_t hasty_ms(void)
{
	static int64_t looks;
	return looks++ * 61000;
}

/* What has come whole is not late. */
static void a_slow_upload_is_given_up_before_its_last_byte(void **state)
{
	static const struct api_clock hasty = { fixed_utc, hasty_ms };
	struct samples *s = *state;
	struct memory_exchange m;
	struct buf body = BUF_INIT;
	char id[UUID_TEXT_SIZE];
	make_upload(s, &m, &body, id);
	memory_param(&m, "REQUEST_METHOD", "POST");
	memory_param(&m, "PATH_INFO", "/v1/uploads");
	const size_t pieces[] = { 100, body.len - 1, 0 };
	for (size_t i = 0; i < 3; i++) {
		bool whole = pieces[i] == 0;
		buf_reset(&m.out);
		m.body_at = 0;
		m.piece = pieces[i];
		api_serve(&s->server, &m.exchange, &hasty);
		memory_answer(&m);
		if (whole) {
			assert_int_equal(m.status, 201);
		} else {
			expect_problem(&m, 408, "slow");
		}
		assert_int_equal(whole, samples_entries(s, LEDGER_RECEIVED));
		assert_int_equal(whole ? i : i + 1,
				 samples_entries(s, LEDGER_FAILED));
	}
	buf_clear(&body);
	memory_clear(&m);
}

static void too_much_is_refused_unread(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct buf body = BUF_INIT;
	char id[UUID_TEXT_SIZE], text[24];
	make_upload(s, &m, &body, id);
	snprintf(text, sizeof(text), "%u", TRANSMISSION_MAX + 1);
	memory_param(&m, "CONTENT_LENGTH", text);
	memory_param(&m, "HTTP_UPLOAD_LENGTH", text);
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 413, "size");
	assert_int_equal(0, m.body_at);
	buf_clear(&body);
	memory_clear(&m);
}

static void other_tus_versions_are_told_ours(void **state)
{
	struct samples *s = *state;
	struct memory_exchange m;
	struct buf body = BUF_INIT;
	char id[UUID_TEXT_SIZE], text[24];
	make_upload(s, &m, &body, id);
	memory_param(&m, "HTTP_TUS_RESUMABLE", "0.2.2");
	ask(s, &m, "POST", "/v1/uploads");
	expect_problem(&m, 412, "version");
	assert_string_equal("1.0.0", memory_header(&m, "Tus-Version", text,
						   sizeof(text)));
	buf_clear(&body);
	memory_clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(an_upload_is_answered_with_its_receipt),
		SAMPLES_TEST(without_a_verified_certificate_nothing_is_done),
		SAMPLES_TEST(of_a_stranger_no_body_is_read),
		SAMPLES_TEST(what_has_run_out_is_told_so),
		SAMPLES_TEST(refusals_of_who_it_is_come_to_an_end),
		SAMPLES_TEST(only_certificates_that_were_issued_count),
		SAMPLES_TEST(unknown_paths_and_methods_are_refused),
		SAMPLES_TEST(a_body_that_is_cut_leaves_an_entry_only),
		SAMPLES_TEST(a_refused_body_is_read_to_its_end),
		SAMPLES_TEST(a_slow_upload_is_given_up_before_its_last_byte),
		SAMPLES_TEST(too_much_is_refused_unread),
		SAMPLES_TEST(other_tus_versions_are_told_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
