/* A client of enrolment for tests: its requests, and what it is answered. */
#include "tests/unit/server/est_scene.h"

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
#include "formats/certs.h"

#define NOW SAMPLES_NOW
#define DAY_S ((int64_t)86400)

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

const struct api_clock est_still = { fixed_utc, fixed_ms };
const struct api_clock est_tomorrow = { tomorrow_utc, fixed_ms };

void est_ask_at(struct est_scene *c, const char *method, const char *path,
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

int est_ask(struct est_scene *c, const char *method, const char *path)
{
	est_ask_at(c, method, path, &est_still);
	return c->m.status;
}

void est_set_body(struct est_scene *c, const void *data, size_t len)
{
	buf_reset(&c->body);
	buf_put(&c->body, data, len);
	memory_body(&c->m, c->body.data, c->body.len);
	memory_param(&c->m, "CONTENT_TYPE", "application/pkcs10");
}

void est_set_request(struct est_scene *c, const char *name)
{
	struct buf der = BUF_INIT, text = BUF_INIT;
	struct err err = { 0 };
	assert_true(certs_request(&c->key, name, NULL, &der, &err));
	base64_put(&text, der.data, der.len);
	est_set_body(c, text.data, text.len);
	buf_clear(&der);
	buf_clear(&text);
}

void est_set_nameless(struct est_scene *c)
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
	est_set_body(c, text.data, text.len);
	buf_clear(&text);
	OPENSSL_free(der);
	X509_REQ_free(request);
	EVP_PKEY_free(key);
}

void est_set_basic(struct est_scene *c, const char *user, const char *code)
{
	struct buf text = BUF_INIT, pair = BUF_INIT;
	buf_printf(&pair, "%s:%s", user, code);
	buf_put_str(&text, "Basic ");
	base64_put(&text, pair.data, pair.len);
	memory_param(&c->m, "HTTP_AUTHORIZATION", buf_str(&text));
	buf_clear(&text);
	buf_clear(&pair);
}

void est_set_peer(struct est_scene *c, const char *pem)
{
	memory_param(&c->m, "SSL_CLIENT_VERIFY",
		     pem == NULL ? "NONE" : "SUCCESS");
	memory_param(&c->m, "SSL_CLIENT_CERT", pem);
}

void est_make_code(struct est_scene *c, const char *device)
{
	struct err err = { 0 };
	const struct code_order order = { .device = device,
					  .title = "Third floor",
					  .serial_number = "EX7-9",
					  .expires_at = NOW + DAY_S };
	assert_true(codes_make(c->s->server.db, "anna", &order, NOW, c->code,
			       &err));
}

void est_scene_open(struct est_scene *c, struct samples *s)
{
	struct err err = { 0 };
	*c = (struct est_scene){ .s = s, .body = BUF_INIT };
	c->est.server = (struct server){ .config = &s->config,
					 .log = &s->log,
					 .db = s->server.db };
	assert_true(est_server_load(&c->est, &err));
	memory_init(&c->m);
	p256_generate(&c->key);
	est_make_code(c, "ex7-new");
	est_set_request(c, "ex7-new");
	est_set_basic(c, "ex7-new", c->code);
	est_set_peer(c, NULL);
}

void est_scene_close(struct est_scene *c)
{
	c->est.server.db = NULL; /* the samples' */
	est_server_close(&c->est);
	memory_clear(&c->m);
	buf_clear(&c->body);
}

void est_expect_type(struct est_scene *c, const char *type)
{
	char text[128];
	assert_string_equal(type, memory_header(&c->m, "Content-Type", text,
						sizeof(text)));
}

void est_newest(struct est_scene *c, const char *device, struct buf *pem,
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

int64_t est_issued(struct est_scene *c, const char *device)
{
	int64_t count = 0;
	struct err err = { 0 };
	assert_true(
		certificates_issued(c->s->server.db, device, 0, &count, &err));
	return count;
}

void est_expect_header(struct est_scene *c, const char *name, bool there)
{
	char text[128];
	assert_int_equal(there, memory_header(&c->m, name, text,
					      sizeof(text))[0] != '\0');
}
