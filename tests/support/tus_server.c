/*
 * A small TLS server for tests of resumable uploads: tus 1.0 as docs/wire.md
 * has it, with one upload at a time in memory, several requests on a
 * connection, and faults on demand. FAULTS is a list "name,name=value":
 *
 *	on=METHOD    the faults of answers are for requests of this method
 *	times=N      a fault strikes N times in all; without it always
 *	status=S     answers S before it reads a body; after=SECONDS adds
 *	             Retry-After, quota that it is about a day's quota
 *	garbage      answers with what is no HTTP
 *	lose         does what it is asked to and hangs up without an answer
 *	gone         forgets the upload first
 *	offset=TEXT  says this Upload-Offset; nothing after the "=": none
 *	length=N     says this Upload-Length
 *	location=L   says this Location
 *	empty        the answer has no body
 *	extra        more bytes follow the answer
 *	close        says "Connection: close" and does so
 *	hangup       closes the connection after its answer, without a word
 *	cut=N        hangs up when N bytes of a PATCH have been stored
 *	cut-head=N   hangs up after N bytes of the head of a PATCH
 *	keep=N       with a cut: keeps only N bytes of what it has stored
 *	base=N       as if it had N bytes before those that it is sent
 *	slow         reads little at a time
 *	hold=N       says "held" when N bytes of a PATCH have come (or all, if
 *	             there are fewer), and waits for a line of input
 *	hold-hello   the same when the client's part of a handshake begins
 *	other-hash   the receipt is about other bytes
 *	texts=DIR    GET /v1/NAME gives the file DIR/NAME
 *
 * POST /v1/checkin and /v1/echo get a signed answer (checkin_reply.c):
 *
 *	interval=S, instruction=N, notices=N, recipients=N  what it says
 *	ahead=S, behind=S           its clock
 *	other-device, other-nonce   it is to another question
 *	other-key, other-witness    another key signed it, or the head
 *	head=PROBLEM, witnessed=N   what it says to a head of the log
 *	hold-reply                  as hold, once the request is whole
 *
 * It tells on standard output, one line each: "port N", "connection",
 * "request METHOD TARGET", "created METADATA", "stored OFFSET" after each
 * PATCH, "whole TRANSACTION SHA256 BYTES" each time an upload becomes whole,
 * "deleted", and "end" when a connection is over. It ends with its parent.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/keyfile.h"
#include "crypto/sha256.h"
#include "formats/note.h"
#include "tests/support/checkin_reply.h"
#include "tests/support/fault_list.h"
#include "tests/support/fault_tls.h"

#define UPLOADS "/v1/uploads"
#define VALUE_SIZE FAULT_VALUE_SIZE
#define BODY_MAX ((uint64_t)64 * 1024) /* of what is no upload */
#define STORE_MAX (64u * 1024 * 1024)

struct server {
	const char *faults;
	SSL_CTX *ctx;
	char signer[KEYFILE_NAME_SIZE];
	struct ed25519_key key;
	const char *device;
	uint64_t struck; /* how often a fault has */
	/* the upload; id "" = none */
	char id[64], digest[VALUE_SIZE];
	struct buf data;
	uint64_t length, base;
	uint64_t witnessed; /* size of the head of the device's log */
};

struct request {
	SSL *ssl;
	char method[16], target[VALUE_SIZE];
	struct buf head;
	bool open;   /* the connection goes on after it */
	bool silent; /* its answer is lost */
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "tus_server: %s\n", what);
	exit(2);
}

/* ---- faults ---- */

static bool has(const struct server *server, const char *name,
		char value[VALUE_SIZE])
{
	return fault_list_has(server->faults, name, value);
}

static uint64_t number(const struct server *server, const char *name,
		       uint64_t otherwise)
{
	return fault_list_number(server->faults, name, otherwise);
}

/* Does the fault strike this request? It is counted then. */
static bool strikes(struct server *server, const struct request *request,
		    const char *name, char value[VALUE_SIZE])
{
	char method[VALUE_SIZE];
	if (!has(server, name, value) ||
	    (has(server, "on", method) &&
	     !text_equal(method, request->method)) ||
	    server->struck >= number(server, "times", UINT64_MAX)) {
		return false;
	}
	server->struck++;
	return true;
}

static void hold(struct server *server, const struct request *request,
		 const char *name)
{
	char line[8];
	if (strikes(server, request, name, NULL)) {
		(void)puts("held");
		(void)!fgets(line, sizeof(line), stdin);
	}
}

/* ---- answers ---- */

static void answer(struct server *server, struct request *request, int status,
		   const char *fields, const char *body)
{
	struct buf out = BUF_INIT;
	char after[VALUE_SIZE];
	if (strikes(server, request, "lose", NULL)) {
		request->open = false;
		request->silent = true;
		return;
	}
	bool closes = has(server, "close", NULL) || !request->open;
	const char *content =
		strikes(server, request, "empty", NULL) ? "" : body;
	buf_printf(&out, "HTTP/1.1 %d Answer\r\nTus-Resumable: 1.0.0\r\n%s",
		   status, fields);
	if (status >= 400 && has(server, "after", after)) {
		buf_printf(&out, "Retry-After: %s\r\n", after);
	}
	if (status != 204) {
		buf_printf(&out, "Content-Length: %zu\r\n", strlen(content));
	}
	buf_printf(&out, "%s\r\n", closes ? "Connection: close\r\n" : "");
	if (!text_equal(request->method, "HEAD")) {
		buf_put_str(&out, content);
	}
	if (strikes(server, request, "extra", NULL)) {
		buf_put_str(&out, "HTTP/1.1 200 Unasked\r\n");
	}
	fault_tls_put(request->ssl, out.data, out.len);
	request->open = !closes && !strikes(server, request, "hangup", NULL);
	buf_clear(&out);
}

static void refuse(struct server *server, struct request *request, int status)
{
	static const char type[] = "Content-Type: application/problem+xml\r\n";
	struct buf body = BUF_INIT;
	buf_printf(&body,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<problem xmlns=\"urn:ietf:rfc:7807\">"
		   "<type>urn:sluice:problem:%s</type><title>No</title>"
		   "<detail>The test says no.</detail></problem>\n",
		   has(server, "quota", NULL) ? "quota" : "any");
	answer(server, request, status, type, buf_str(&body));
	buf_clear(&body);
}

/* Before the body was read: hanging up at once could lose the answer. */
static void refuse_early(struct server *server, struct request *request,
			 int status)
{
	request->open = false;
	refuse(server, request, status);
	if (!request->silent) {
		fault_tls_await_end(request->ssl);
	}
}

/* The fields that tell how far it is, but for what a fault makes of them. */
static void tell_offset(struct server *server, struct request *request,
			int status)
{
	char offset[VALUE_SIZE], length[VALUE_SIZE], location[VALUE_SIZE];
	struct buf fields = BUF_INIT;
	if (!strikes(server, request, "offset", offset)) {
		(void)snprintf(offset, sizeof(offset), "%" PRIu64,
			       server->base + server->data.len);
	}
	if (offset[0] != '\0') {
		buf_printf(&fields, "Upload-Offset: %s\r\n", offset);
	}
	if (!strikes(server, request, "length", length)) {
		(void)snprintf(length, sizeof(length), "%" PRIu64,
			       server->length);
	}
	if (!strikes(server, request, "location", location)) {
		(void)snprintf(location, sizeof(location), UPLOADS "/%s",
			       server->id);
	}
	buf_printf(&fields, "Upload-Length: %s\r\nLocation: %s\r\n", length,
		   location);
	answer(server, request, status, buf_str(&fields), "");
	buf_clear(&fields);
}

/* ---- the methods ---- */

static void hash_of(const struct server *server, char hex[65])
{
	uint8_t hash[SHA256_SIZE];
	sha256_bytes(server->data.data, server->data.len, hash);
	hex_encode(hex, hash, sizeof(hash));
}

static bool is_whole(const struct server *server)
{
	return server->base + server->data.len == server->length;
}

static void tell_whole(const struct server *server)
{
	char hex[65];
	hash_of(server, hex);
	(void)printf("whole %s %s %zu\n", server->id, hex, server->data.len);
}

static void create(struct server *server, struct request *request)
{
	char key[80], digest[VALUE_SIZE], length[24], metadata[2048], size[24];
	if (!fault_tls_field(&request->head, "\r\nIdempotency-Key: \"", key,
			     sizeof(key)) ||
	    !fault_tls_field(&request->head, "\r\nRepr-Digest: ", digest,
			     sizeof(digest)) ||
	    !fault_tls_field(&request->head, "\r\nUpload-Length: ", length,
			     sizeof(length)) ||
	    !fault_tls_field(&request->head, "\r\nUpload-Metadata: ", metadata,
			     sizeof(metadata)) ||
	    !fault_tls_field(&request->head, "\r\nContent-Length: ", size,
			     sizeof(size)) ||
	    !text_equal(size, "0")) {
		refuse(server, request, 400);
		return;
	}
	key[strcspn(key, "\"")] = '\0';
	bool known = text_equal(server->id, key);
	if (known && !text_equal(server->digest, digest)) {
		refuse(server, request, 422);
		return;
	}
	if (!known) {
		if (!text_copy(server->id, sizeof(server->id), key) ||
		    !text_copy(server->digest, sizeof(server->digest),
			       digest) ||
		    !text_parse_u64(length, 0, INT64_MAX, &server->length)) {
			fail("a creation that makes no sense");
		}
		server->base = number(server, "base", 0);
		buf_reset(&server->data);
		(void)printf("created %s\n", metadata);
		if (is_whole(server)) {
			tell_whole(server);
		}
	}
	tell_offset(server, request, 201);
}

/* A small request that is answered with a note. */
static void reply(struct server *server, struct request *request)
{
	const struct note_signer signer = { server->signer, &server->key };
	const struct checkin_reply how = { server->faults, server->device,
					   &signer, &server->witnessed };
	struct buf body = BUF_INIT, note = BUF_INIT;
	char size[24], data[4096];
	uint64_t left;
	if (!fault_tls_field(&request->head, "\r\nContent-Length: ", size,
			     sizeof(size)) ||
	    !text_parse_u64(size, 1, BODY_MAX, &left)) {
		refuse_early(server, request, 400);
		return;
	}
	while (left > 0) {
		int n = SSL_read(request->ssl, data,
				 (int)(left < sizeof(data) ? left
							   : sizeof(data)));
		if (n <= 0) {
			break;
		}
		buf_put(&body, data, (size_t)n);
		left -= (uint64_t)n;
	}
	hold(server, request, "hold-reply");
	if (left > 0 || !checkin_reply(&how, request->target, &body, &note)) {
		refuse(server, request, 400);
	} else {
		answer(server, request, 200, "Content-Type: text/plain\r\n",
		       buf_str(&note));
	}
	buf_clear(&note);
	buf_clear(&body);
}

static bool is_known(const struct server *server, const char *target)
{
	return server->id[0] != '\0' && text_starts_with(target, UPLOADS "/") &&
	       text_starts_with(target + strlen(UPLOADS "/"), server->id);
}

/* false: the connection was cut, or a fault cuts it. */
static bool store(struct server *server, struct request *request, uint64_t size)
{
	char text[VALUE_SIZE];
	uint64_t cut = UINT64_MAX, got = 0;
	if (has(server, "cut", text) && number(server, "cut", 0) < size &&
	    strikes(server, request, "cut", text)) {
		cut = number(server, "cut", 0);
	}
	size_t piece = has(server, "slow", NULL) ? 1024 : 16384;
	bool holds = has(server, "hold", NULL);
	while (got < size && got < cut) {
		char data[16384];
		uint64_t want = (size < cut ? size : cut) - got;
		int n = SSL_read(request->ssl, data,
				 (int)(want < piece ? want : piece));
		if (n <= 0 || server->data.len > STORE_MAX) {
			return false;
		}
		buf_put(&server->data, data, (size_t)n);
		got += (uint64_t)n;
		if (holds &&
		    (got >= number(server, "hold", 0) || got == size)) {
			hold(server, request, "hold");
			holds = false;
		}
	}
	if (got == cut) {
		uint64_t keep = number(server, "keep", UINT64_MAX);
		if (keep < server->data.len) {
			server->data.len = (size_t)keep;
		}
	}
	return got == size;
}

static void append(struct server *server, struct request *request)
{
	char offset[24], size[24], type[64];
	uint64_t at, bytes;
	if (!fault_tls_field(&request->head, "\r\nUpload-Offset: ", offset,
			     sizeof(offset)) ||
	    !fault_tls_field(&request->head, "\r\nContent-Length: ", size,
			     sizeof(size)) ||
	    !fault_tls_field(&request->head, "\r\nContent-Type: ", type,
			     sizeof(type)) ||
	    !text_parse_u64(offset, 0, INT64_MAX, &at) ||
	    !text_parse_u64(size, 1, INT64_MAX, &bytes) ||
	    !text_equal(type, "application/offset+octet-stream")) {
		refuse(server, request, 415);
		return;
	}
	if (at != server->base + server->data.len ||
	    bytes > server->length - at) {
		refuse_early(server, request,
			     bytes > server->length ? 413 : 409);
		return;
	}
	bool whole = store(server, request, bytes);
	(void)printf("stored %" PRIu64 "\n", server->base + server->data.len);
	if (!whole) {
		request->open = false;
		return;
	}
	if (is_whole(server)) {
		tell_whole(server);
	}
	tell_offset(server, request, 204);
}

static void receipt(struct server *server, struct request *request)
{
	struct buf text = BUF_INIT, note = BUF_INIT;
	char hex[65];
	hash_of(server, hex);
	if (strikes(server, request, "other-hash", NULL)) {
		memset(hex, 'a', 64);
	}
	buf_printf(&text,
		   "sluice.receipt/v1\ndevice %s\ntransaction %s\nsha256 %s\n"
		   "bytes %" PRIu64 "\nreceived 2026-11-25T22:00:00Z\n"
		   "index 6\nsize 7\n",
		   server->device, server->id, hex, server->length);
	const struct note_signer signer = { server->signer, &server->key };
	if (!note_sign(buf_str(&text), &signer, 1, &note, NULL)) {
		fail("no receipt");
	}
	answer(server, request, 200, "Content-Type: text/plain\r\n",
	       buf_str(&note));
	buf_clear(&note);
	buf_clear(&text);
}

static void forget(struct server *server)
{
	server->id[0] = '\0';
	buf_reset(&server->data);
}

static void give_text(struct server *server, struct request *request,
		      const char *folder)
{
	struct buf text = BUF_INIT;
	char *path = files_join(folder, strrchr(request->target, '/') + 1);
	if (files_read(path, 65536, &text, NULL)) {
		answer(server, request, 200, "", buf_str(&text));
	} else {
		refuse(server, request, 404);
	}
	mem_free(path);
	buf_clear(&text);
}

static void get(struct server *server, struct request *request)
{
	char folder[VALUE_SIZE];
	if (text_ends_with(request->target, "/receipt") && is_whole(server)) {
		receipt(server, request);
	} else if (has(server, "texts", folder)) {
		give_text(server, request, folder);
	} else if (text_equal(request->target, "/v1/recipients")) {
		answer(server, request, 200, "", "sluice.recipients/v1\n");
	} else {
		refuse(server, request, 404);
	}
}

static void delete (struct server *server, struct request *request)
{
	if (is_whole(server)) {
		refuse(server, request, 403);
		return;
	}
	forget(server);
	(void)puts("deleted");
	answer(server, request, 204, "", "");
}

static void serve_known(struct server *server, struct request *request)
{
	const char *method = request->method;
	if (text_equal(method, "HEAD")) {
		tell_offset(server, request, 200);
	} else if (text_equal(method, "PATCH")) {
		append(server, request);
	} else if (text_equal(method, "DELETE")) {
		delete (server, request);
	} else {
		get(server, request);
	}
}

static void serve_request(struct server *server, struct request *request)
{
	char value[VALUE_SIZE];
	if (strikes(server, request, "status", value)) {
		refuse_early(server, request, atoi(value));
		return;
	}
	if (strikes(server, request, "garbage", NULL)) {
		static const char text[] = "220 mail.example ready\r\n\r\n";
		fault_tls_put(request->ssl, text, sizeof(text) - 1);
		request->open = false;
		fault_tls_await_end(request->ssl);
		return;
	}
	if (strikes(server, request, "gone", NULL)) {
		forget(server);
	}
	bool known = is_known(server, request->target);
	if (text_equal(request->method, "POST") &&
	    !text_starts_with(request->target, UPLOADS)) {
		reply(server, request);
	} else if (text_equal(request->method, "POST")) {
		create(server, request);
	} else if (known) {
		serve_known(server, request);
	} else if (text_equal(request->method, "GET")) {
		get(server, request);
	} else {
		refuse_early(server, request, 404);
	}
}

/* ---- the connection ---- */

/* Byte by byte, so that the body is left where it is. */
static bool get_head(struct server *server, struct request *request)
{
	uint64_t cut = UINT64_MAX;
	buf_reset(&request->head);
	while (!text_ends_with(buf_str(&request->head), "\r\n\r\n")) {
		char byte;
		if (request->head.len == strlen("PATCH ") &&
		    text_starts_with(buf_str(&request->head), "PATCH ")) {
			(void)strcpy(request->method, "PATCH");
			if (strikes(server, request, "cut-head", NULL)) {
				cut = number(server, "cut-head", 0);
			}
		}
		if (request->head.len >= FAULT_HEAD_MAX ||
		    request->head.len >= cut ||
		    SSL_read(request->ssl, &byte, 1) != 1) {
			return false;
		}
		buf_put_char(&request->head, byte);
	}
	return sscanf(buf_str(&request->head), "%15s %127s", request->method,
		      request->target) == 2;
}

static void serve(struct server *server, SSL *ssl)
{
	struct request request = { .ssl = ssl, .head = BUF_INIT };
	char byte;
	if (has(server, "hold-hello", NULL)) {
		(void)recv(SSL_get_fd(ssl), &byte, 1, MSG_PEEK);
		hold(server, &request, "hold-hello");
	}
	if (SSL_accept(ssl) != 1) {
		return;
	}
	do {
		if (!get_head(server, &request)) {
			break;
		}
		(void)printf("request %s %s\n", request.method, request.target);
		request.open = true;
		serve_request(server, &request);
	} while (request.open);
	buf_clear(&request.head);
}

static void set_up(struct server *server, char **argv)
{
	server->faults = argv[1];
	server->device = argv[6];
	server->ctx =
		fault_tls_context(argv[2], argv[3], argv[4], TLS1_2_VERSION);
	if (server->ctx == NULL ||
	    !keyfile_read_ed25519(argv[5], server->signer, &server->key,
				  NULL)) {
		fail("cannot set TLS up");
	}
}

int main(int argc, char **argv)
{
	if (argc == 1) {
		return 0; /* "make check" runs every program once */
	}
	if (argc != 7) {
		fail("usage: tus_server FAULTS CERT KEY CLIENT-CA RECEIPT-KEY "
		     "DEVICE");
	}
	fault_tls_start();
	struct server server = { .data = BUF_INIT };
	set_up(&server, argv);
	int listener = fault_tls_listen(has(&server, "slow", NULL));
	if (listener < 0) {
		fail("cannot listen");
	}
	for (;;) {
		SSL *ssl = fault_tls_accept(listener, server.ctx);
		if (ssl == NULL) {
			fail("accept");
		}
		(void)puts("connection");
		serve(&server, ssl);
		fault_tls_hang_up(ssl);
		(void)puts("end");
	}
}
