/*
 * A device that sends a sealed file, for tests of the API.
 */
#include "tests/unit/server/way.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "formats/problem.h"

static int64_t fixed_utc(void)
{
	return SAMPLES_NOW;
}

static int64_t fixed_ms(void)
{
	return 0;
}

const struct api_clock way_still = { fixed_utc, fixed_ms };

void way_fresh_request(struct way *w)
{
	memory_clear(&w->m);
	memory_init(&w->m);
	memory_param(&w->m, "SSL_CLIENT_VERIFY", "SUCCESS");
	memory_param(&w->m, "SSL_CLIENT_CERT", buf_str(&w->s->device.pem));
	memory_param(&w->m, "REMOTE_ADDR", "192.0.2.14");
	memory_param(&w->m, "HTTP_TUS_RESUMABLE", "1.0.0");
}

void way_open(struct way *w, struct samples *s, unsigned n, size_t len)
{
	memset(w, 0, sizeof(*w));
	w->s = s;
	w->clock = &way_still;
	samples_transaction(w->id, n);
	snprintf(w->path, sizeof(w->path), "/v1/uploads/%s", w->id);
	sealed_bytes(&w->whole, len, n);
	way_fresh_request(w);
}

void way_close(struct way *w)
{
	buf_clear(&w->whole);
	memory_clear(&w->m);
}

void way_ask(struct way *w, const char *method, const char *path)
{
	memory_param(&w->m, "REQUEST_METHOD", method);
	memory_param(&w->m, "PATH_INFO", path);
	buf_reset(&w->m.out);
	w->m.body_at = 0;
	api_serve(&w->s->server, &w->m.exchange, w->clock);
	memory_answer(&w->m);
}

void way_put_word(struct buf *text, const char *name, const char *value)
{
	buf_printf(text, "%s%s ", text->len == 0 ? "" : ",", name);
	base64_put(text, value, strlen(value));
}

void way_set_metadata(struct way *w, const char *purpose, const char *keys)
{
	struct buf text = BUF_INIT;
	way_put_word(&text, "transaction", w->id);
	way_put_word(&text, "type", UPLOAD_SEALED_TYPE);
	way_put_word(&text, "purpose", purpose);
	way_put_word(&text, "recipients", keys);
	memory_param(&w->m, "HTTP_UPLOAD_METADATA", buf_str(&text));
	buf_clear(&text);
}

void way_set_digest(struct way *w, const struct buf *bytes)
{
	uint8_t hash[SHA256_SIZE];
	struct buf text = BUF_INIT;
	sha256_bytes(bytes->data, bytes->len, hash);
	buf_put_str(&text, "sha-256=:");
	base64_put(&text, hash, sizeof(hash));
	buf_put_str(&text, ":");
	memory_param(&w->m, "HTTP_REPR_DIGEST", buf_str(&text));
	buf_clear(&text);
}

void way_set_creation(struct way *w, size_t body)
{
	char text[64];
	way_fresh_request(w);
	snprintf(text, sizeof(text), "%zu", w->whole.len);
	memory_param(&w->m, "HTTP_UPLOAD_LENGTH", text);
	snprintf(text, sizeof(text), "\"%s\"", w->id);
	memory_param(&w->m, "HTTP_IDEMPOTENCY_KEY", text);
	way_set_digest(w, &w->whole);
	way_set_metadata(w, SEALED_PURPOSE, SEALED_KEYS);
	memory_body(&w->m, w->whole.data, body);
	if (body > 0) {
		memory_param(&w->m, "CONTENT_TYPE", UPLOAD_CONTENT_TYPE);
	}
}

int way_create(struct way *w, size_t body)
{
	way_set_creation(w, body);
	way_ask(w, "POST", "/v1/uploads");
	return w->m.status;
}

void way_set_piece(struct way *w, uint64_t offset, const void *data, size_t len)
{
	char text[24];
	way_fresh_request(w);
	memory_param(&w->m, "CONTENT_TYPE", UPLOAD_CONTENT_TYPE);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)offset);
	memory_param(&w->m, "HTTP_UPLOAD_OFFSET", text);
	memory_body(&w->m, data, len);
}

int way_patch(struct way *w, size_t from, size_t to)
{
	way_set_piece(w, from, w->whole.data + from, to - from);
	way_ask(w, "PATCH", w->path);
	return w->m.status;
}

long way_header_number(const struct way *w, const char *name)
{
	char text[64];
	memory_header(&w->m, name, text, sizeof(text));
	return text[0] == '\0' ? -1 : strtol(text, NULL, 10);
}

void way_expect_type(const struct way *w, const char *type)
{
	char text[64];
	memory_header(&w->m, "Content-Type", text, sizeof(text));
	assert_string_equal(text, type);
}

long way_offset_of(struct way *w)
{
	way_fresh_request(w);
	way_ask(w, "HEAD", w->path);
	return w->m.status == 200 ? way_header_number(w, "Upload-Offset")
				  : -w->m.status;
}

int way_ask_receipt(struct way *w)
{
	char path[96];
	way_fresh_request(w);
	snprintf(path, sizeof(path), "%s/receipt", w->path);
	way_ask(w, "GET", path);
	return w->m.status;
}

void way_expect_problem(const struct way *w, int status, const char *type)
{
	struct problem problem;
	struct err err = { 0 };
	char text[128];
	assert_int_equal(status, w->m.status);
	assert_true(problem_read(w->m.content, strlen(w->m.content), &problem,
				 &err));
	snprintf(text, sizeof(text), "urn:sluice:problem:%s", type);
	assert_string_equal(text, problem.type);
}

bool way_there_is(const struct way *w, const char *end)
{
	char *path = sealed_path(w->s, SAMPLES_DEVICE, w->id, end);
	bool there = files_exists(path);
	mem_free(path);
	return there;
}

void way_expect_received(struct way *w, size_t entries)
{
	struct buf bytes = BUF_INIT;
	struct err err = { 0 };
	char *path = sealed_path(w->s, SAMPLES_DEVICE, w->id, ".age");
	struct stat about;
	assert_int_equal(200, way_ask_receipt(w));
	assert_int_equal(0, strncmp(w->m.content, "sluice.receipt/v1\n", 18));
	assert_non_null(strstr(w->m.content, w->id));
	assert_true(files_read(path, 8u << 20, &bytes, &err));
	assert_int_equal(w->whole.len, bytes.len);
	assert_memory_equal(w->whole.data, bytes.data, bytes.len);
	assert_int_equal(0, stat(path, &about));
	assert_int_equal(0600, about.st_mode & 0777);
	assert_false(way_there_is(w, ".part"));
	assert_int_equal(entries, samples_entries(w->s, LEDGER_RECEIVED));
	buf_clear(&bytes);
	mem_free(path);
}
