/*
 * A small TLS server for tests that misbehaves on demand. It takes one upload
 * after another on a loopback port that the kernel chooses, does with it what
 * --mode says, and tells on standard output, one line each:
 *
 *	port N
 *	connection
 *	handshake refused
 *	upload TRANSACTION SHA256 BYTES
 *	no upload
 *	hello, part, whole: it holds there, until a byte comes to its input
 *
 * It ends with its parent. What behaves in it is fault_tls.c's; uploads that
 * are resumed are tus_server.c's.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/keyfile.h"
#include "crypto/sha256.h"
#include "formats/note.h"
#include "tests/support/fault_tls.h"

#define BODY_MAX (2 * 1024 * 1024)

struct options {
	const char *mode;
	const char *cert; /* PEM, leaf and key's certificate chain */
	const char *key;
	const char *client_ca;
	const char *receipt_key; /* keyfile of the receipt signer */
	const char *device;
};

struct server {
	struct options options;
	SSL_CTX *ctx;
	char signer[KEYFILE_NAME_SIZE];
	struct ed25519_key key;
	unsigned uploads;
};

/* One request, as far as the answer needs it. */
struct upload {
	char transaction[64];
	char sha256[65];
	uint64_t bytes;
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "fault_server: %s\n", what);
	exit(2);
}

static bool is_mode(const struct server *server, const char *mode)
{
	return strcmp(server->options.mode, mode) == 0;
}

/* ---- the connection ---- */

static void put_text(SSL *ssl, const char *text)
{
	fault_tls_put(ssl, text, strlen(text));
}

static bool get_head(SSL *ssl, struct buf *in, size_t *head_len)
{
	char data[4096];
	for (;;) {
		const char *end = strstr(buf_str(in), "\r\n\r\n");
		if (end != NULL) {
			*head_len = (size_t)(end - buf_str(in)) + 4;
			return true;
		}
		int n = in->len < FAULT_HEAD_MAX
				? SSL_read(ssl, data, sizeof(data))
				: 0;
		if (n <= 0) {
			return false;
		}
		buf_put(in, data, (size_t)n);
	}
}

/* Tells where it is, and goes on when it is told to. */
static void hold(const char *where)
{
	char order;
	(void)puts(where);
	if (read(STDIN_FILENO, &order, 1) != 1) {
		fail("no order to go on");
	}
}

static bool get_upload(const struct server *server, SSL *ssl,
		       struct upload *upload)
{
	struct buf in = BUF_INIT;
	size_t head_len = 0;
	char length[24], key[64];
	bool ok = false;
	memset(upload, 0, sizeof(*upload));
	if (!get_head(ssl, &in, &head_len) ||
	    !fault_tls_field(&in, "\r\nContent-Length: ", length,
			     sizeof(length)) ||
	    !fault_tls_field(&in, "\r\nIdempotency-Key: \"", key,
			     sizeof(key))) {
		goto out;
	}
	key[strcspn(key, "\"")] = '\0';
	if (!text_copy(upload->transaction, sizeof(upload->transaction), key) ||
	    !text_parse_u64(length, 0, BODY_MAX, &upload->bytes)) {
		goto out;
	}
	if (is_mode(server, "hold-body")) {
		hold("part");
	}
	char data[16384];
	while (in.len - head_len < upload->bytes) {
		int n = SSL_read(ssl, data, sizeof(data));
		if (n <= 0) {
			goto out;
		}
		buf_put(&in, data, (size_t)n);
	}
	uint8_t hash[SHA256_SIZE];
	sha256_bytes(in.data + head_len, in.len - head_len, hash);
	hex_encode(upload->sha256, hash, sizeof(hash));
	ok = true;
out:
	buf_clear(&in);
	return ok;
}

/* ---- answers ---- */

/* A receipt that is right but for what the mode makes wrong. */
static void make_receipt(const struct server *server,
			 const struct upload *upload, struct buf *note)
{
	struct buf text = BUF_INIT;
	char at[CLOCK_TEXT_SIZE];
	clock_format(at, clock_utc_now() + (is_mode(server, "receipt-next-year")
						    ? (int64_t)365 * 86400
						    : 0));
	char sha256[65];
	(void)snprintf(sha256, sizeof(sha256), "%s", upload->sha256);
	if (is_mode(server, "receipt-hash")) {
		sha256[0] = sha256[0] == '0' ? '1' : '0';
	}
	buf_printf(&text,
		   "sluice.receipt/v1\ndevice %s\ntransaction %s\nsha256 %s\n"
		   "bytes %llu\nreceived %s\nindex 6\nsize 7\n",
		   is_mode(server, "receipt-device") ? "another"
						     : server->options.device,
		   is_mode(server, "receipt-transaction")
			   ? "01932000-0000-7000-8000-000000000000"
			   : upload->transaction,
		   sha256,
		   (unsigned long long)upload->bytes +
			   (is_mode(server, "receipt-bytes") ? 1 : 0),
		   at);
	struct ed25519_key key = server->key;
	if (is_mode(server, "receipt-signature")) {
		ed25519_generate(&key); /* the name is right, the key is not */
	}
	const struct note_signer signer = { server->signer, &key };
	struct err err = { .kind = ERR_NONE };
	if (!note_sign(buf_str(&text), &signer, 1, note, &err)) {
		fail(err.text);
	}
	if (is_mode(server, "receipt-changed")) {
		/* the signer's own line, over a text that was changed later */
		char *digit = strstr((char *)note->data, "size 7");
		digit[5] = '8';
	}
	buf_clear(&text);
}

static void answer_receipt(struct server *server, SSL *ssl,
			   const struct upload *upload)
{
	struct buf note = BUF_INIT, head = BUF_INIT;
	make_receipt(server, upload, &note);
	size_t len = note.len, told = note.len;
	if (is_mode(server, "close-in-answer")) {
		len /= 2;
	}
	if (is_mode(server, "short-length")) {
		told -= 10;
	}
	buf_printf(&head,
		   "HTTP/1.1 201 Created\r\nTus-Resumable: 1.0.0\r\n"
		   "Location: /v1/uploads/%s\r\nUpload-Offset: %llu\r\n"
		   "Content-Type: text/plain; charset=utf-8\r\n%s"
		   "Content-Length: %zu\r\nConnection: close\r\n\r\n",
		   upload->transaction, (unsigned long long)upload->bytes,
		   is_mode(server, "two-lengths") ? "Content-Length: 7\r\n"
						  : "",
		   told);
	fault_tls_put(ssl, buf_str(&head), head.len);
	fault_tls_put(ssl, buf_str(&note), len);
	buf_clear(&note);
	buf_clear(&head);
}

static void put_date(struct buf *out, long long utc)
{
	time_t at = (time_t)utc;
	struct tm parts;
	char text[64] = "";
	if (gmtime_r(&at, &parts) != NULL) {
		(void)strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT",
			       &parts);
	}
	buf_printf(out, "Retry-After: %s\r\n", text);
}

/*
 * status-NNN, then nothing, -after-S, -until-UTC (a date), -problem-KIND,
 * -quota-S.
 */
static void answer_status(SSL *ssl, const char *mode)
{
	int status = 0, after = 0;
	long long until = 0;
	char kind[32] = "any";
	(void)sscanf(mode, "status-%d-after-%d", &status, &after);
	(void)sscanf(mode, "status-%d-problem-%31s", &status, kind);
	if (sscanf(mode, "status-%d-quota-%d", &status, &after) == 2) {
		strcpy(kind, "quota");
	}
	(void)sscanf(mode, "status-%d-until-%lld", &status, &until);
	struct buf out = BUF_INIT;
	char body[400];
	snprintf(body, sizeof(body),
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		 "<problem xmlns=\"urn:ietf:rfc:7807\">"
		 "<type>urn:sluice:problem:%s</type><title>No</title>"
		 "<detail>The test says no.</detail></problem>\n",
		 kind);
	buf_printf(&out, "HTTP/1.1 %d No\r\n", status);
	if (after > 0) {
		buf_printf(&out, "Retry-After: %d\r\n", after);
	}
	if (until > 0) {
		put_date(&out, until);
	}
	if (status >= 300 && status < 400) {
		buf_put_str(&out, "Location: https://elsewhere.example/\r\n");
	}
	buf_printf(&out,
		   "Content-Type: application/problem+xml\r\n"
		   "Content-Length: %zu\r\n\r\n%s",
		   strlen(body), body);
	fault_tls_put(ssl, buf_str(&out), out.len);
	buf_clear(&out);
}

/* Until the client has had enough. */
static void put_forever(SSL *ssl, const char *first, const char *again)
{
	put_text(ssl, first);
	while (SSL_write(ssl, again, (int)strlen(again)) > 0) {
	}
}

/* One byte of an answer that never ends, every 20 ms. */
static void trickle(SSL *ssl)
{
	struct pollfd fd = { .fd = SSL_get_fd(ssl), .events = POLLIN };
	put_text(ssl, "HTTP/1.1 201 Created\r\nX: ");
	while (poll(&fd, 1, 20) == 0 && SSL_write(ssl, "x", 1) > 0) {
	}
}

static void answer(struct server *server, SSL *ssl, const struct upload *upload)
{
	const char *mode = server->options.mode;
	if (strncmp(mode, "status-", 7) == 0) {
		answer_status(ssl, mode);
	} else if (is_mode(server, "garbage")) {
		put_text(ssl, "220 mail.example ESMTP ready\r\n\r\n");
	} else if (is_mode(server, "endless-body")) {
		put_forever(ssl, "HTTP/1.1 201 Created\r\n\r\n",
			    "all work and no play ");
	} else if (is_mode(server, "endless-chunks")) {
		put_forever(ssl,
			    "HTTP/1.1 201 Created\r\n"
			    "Transfer-Encoding: chunked\r\n\r\n",
			    "5\r\nagain\r\n");
	} else if (is_mode(server, "endless-head")) {
		put_forever(ssl, "HTTP/1.1 201 Created\r\n", "X: y\r\n");
	} else if (is_mode(server, "endless-interim")) {
		put_forever(ssl, "", "HTTP/1.1 100 Continue\r\n\r\n");
	} else if (is_mode(server, "huge-length")) {
		put_text(ssl, "HTTP/1.1 201 Created\r\n"
			      "Content-Length: 99999999999\r\n\r\nx");
		fault_tls_await_end(ssl);
	} else if (is_mode(server, "trickle")) {
		trickle(ssl);
	} else if (is_mode(server, "silent")) {
		fault_tls_await_end(ssl);
	} else if (is_mode(server, "stalled-answer")) {
		put_text(ssl, "HTTP/1.1 201 Created\r\nContent-Le");
		(void)puts("half an answer");
		fault_tls_await_end(ssl);
	} else if (is_mode(server, "no-receipt")) {
		put_text(ssl, "HTTP/1.1 201 Created\r\n"
			      "Content-Length: 0\r\n\r\n");
	} else if (is_mode(server, "close-before-answer") ||
		   (is_mode(server, "lose-first-answer") &&
		    server->uploads == 1)) {
		return;
	} else {
		if (is_mode(server, "interim")) {
			put_text(ssl, "HTTP/1.1 100 Continue\r\n\r\n");
		}
		answer_receipt(server, ssl, upload);
	}
}

/* Answers before the body was read: the client shall notice. */
static void answer_early(SSL *ssl)
{
	struct buf in = BUF_INIT;
	size_t len;
	if (get_head(ssl, &in, &len)) {
		answer_status(ssl, "status-413");
		fault_tls_await_end(ssl);
	}
	buf_clear(&in);
}

/* ---- the loop ---- */

static void serve_tls(struct server *server, SSL *ssl)
{
	if (is_mode(server, "hold-handshake")) {
		hold("hello");
	}
	if (SSL_accept(ssl) != 1) {
		(void)puts("handshake refused");
		return;
	}
	if (is_mode(server, "close-after-handshake")) {
		return;
	}
	if (is_mode(server, "early-413")) {
		answer_early(ssl);
		return;
	}
	if (is_mode(server, "close-in-request")) {
		char data[64];
		(void)SSL_read(ssl, data, sizeof(data));
		return;
	}
	struct upload upload;
	if (!get_upload(server, ssl, &upload)) {
		(void)puts("no upload");
		return;
	}
	server->uploads++;
	(void)printf("upload %s %s %llu\n", upload.transaction, upload.sha256,
		     (unsigned long long)upload.bytes);
	if (is_mode(server, "hold-answer")) {
		hold("whole");
	}
	answer(server, ssl, &upload);
	(void)SSL_shutdown(ssl);
}

static void serve(struct server *server, int fd)
{
	(void)puts("connection");
	if (is_mode(server, "plain")) {
		static const char text[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
		(void)send(fd, text, sizeof(text) - 1, MSG_NOSIGNAL);
		return;
	}
	if (is_mode(server, "close-at-once")) {
		return;
	}
	if (is_mode(server, "no-handshake")) {
		struct pollfd end = { .fd = fd, .events = POLLRDHUP };
		(void)poll(&end, 1, 60000);
		return;
	}
	SSL *ssl = SSL_new(server->ctx);
	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
		fail("SSL_new");
	}
	serve_tls(server, ssl);
	SSL_free(ssl);
}

static void set_up(struct server *server)
{
	const struct options *o = &server->options;
	struct err err = { .kind = ERR_NONE };
	if (!keyfile_read_ed25519(o->receipt_key, server->signer, &server->key,
				  &err)) {
		fail(err.text);
	}
	server->ctx = fault_tls_context(
		o->cert, o->key, o->client_ca,
		is_mode(server, "tls13") ? TLS1_3_VERSION : TLS1_2_VERSION);
	if (server->ctx == NULL) {
		fail("cannot set TLS up");
	}
}

int main(int argc, char **argv)
{
	if (argc == 1) {
		return 0; /* "make check" runs every program once */
	}
	if (argc != 7) {
		fail("usage: fault_server MODE CERT KEY CLIENT-CA "
		     "RECEIPT-KEY DEVICE");
	}
	fault_tls_start();
	struct server server = { .options = { argv[1], argv[2], argv[3],
					      argv[4], argv[5], argv[6] } };
	set_up(&server);
	int listener = fault_tls_listen(is_mode(&server, "hold-body"));
	if (listener < 0) {
		fail("cannot listen");
	}
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0) {
			fail("accept");
		}
		serve(&server, fd);
		(void)close(fd);
	}
}
