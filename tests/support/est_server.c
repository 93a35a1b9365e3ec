/*
 * A small EST server for tests, whose authority is the command "openssl"
 * (x509, crl2pkcs7, base64): so what the client makes and takes is judged by
 * an implementation that is not its own. It also answers POST /v1/echo, to
 * whoever shows a certificate of that authority. FAULTS is a list
 * "name,name=value":
 *
 *	code=CODE    HTTP Basic with the device's name and this is wanted for
 *	             simpleenroll; 401 without
 *	pending=N    answers 202 N times before it issues; after=SECONDS adds
 *	             Retry-After
 *	status=S     answers S with problem details, or with plain text (plain);
 *	             times=N: N times in all; on=WORD: only targets that end so
 *	extra        the authority and a stranger come with the certificate,
 *	             and before it
 *	between      an authority below ours issues, and comes before it, too;
 *	             alone: only cacerts gives it, after ours; no-cacerts: 404
 *	ladder       nine authorities, each below the one before, issue: seven come
 *	             with the certificate, the others with cacerts
 *	long         base64 without a line break
 *	bare-type    the media type without smime-type
 *	type=T       another media type
 *	other-key    a certificate for somebody else's key
 *	garbage      base64 of what is no message; no-base64: not even that
 *	lose         issues, and hangs up without an answer (times=N)
 *	days=N       how long certificates hold, 30 else
 *	names        the authority gives subject and subjectAltName of its own
 *	again        the same certificate for whoever asks once more
 *	begins=N     they begin so many seconds later, 0 else
 *	ahead=N      its clock is ahead by so many, for who shows one
 *	echo=WHAT    of its echo is wrong: nonce, device, signature
 *
 * A renewal gets 400 unless subject and subjectAltName of the request are those
 * of the certificate that it comes with (RFC 7030, section 4.2.2).
 *
 * It tells on standard output, one line each: "port N", "connection known" or
 * "connection anonymous", "request METHOD TARGET", "other names", "issued" and
 * "echo". The authority's key stands beside its certificate, NAME.key for
 * NAME.pem. It ends with its parent.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/x509v3.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/keyfile.h"
#include "formats/note.h"
#include "tests/support/fault_list.h"
#include "tests/support/fault_tls.h"

#define VALUE_SIZE FAULT_VALUE_SIZE
#define BODY_MAX 65536
#define EST "/.well-known/est"

struct server {
	const char *faults;
	const char *device;
	char *authority; /* path, without its ending; openssl's folder, too */
	SSL_CTX *ctx;
	char signer[KEYFILE_NAME_SIZE];
	struct ed25519_key key;
	uint64_t struck, pending;
};

struct request {
	SSL *ssl;
	bool known; /* shows a certificate of our authority */
	char method[16], target[VALUE_SIZE];
	struct buf head, body, der;
	bool open;
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "est_server: %s\n", what);
	exit(2);
}

/* ---- faults ---- */

static bool has(const struct server *server, const char *name,
		char value[VALUE_SIZE])
{
	return fault_list_has(server->faults, name, value);
}

static bool is(const struct server *server, const char *name)
{
	return has(server, name, NULL);
}

static uint64_t number(const struct server *server, const char *name,
		       uint64_t otherwise)
{
	return fault_list_number(server->faults, name, otherwise);
}

static bool strikes(struct server *server, const struct request *request,
		    const char *name, char value[VALUE_SIZE])
{
	char end[VALUE_SIZE];
	if (!has(server, name, value) ||
	    (has(server, "on", end) && !text_ends_with(request->target, end)) ||
	    server->struck >= number(server, "times", 1000000)) {
		return false;
	}
	server->struck++;
	return true;
}

/* ---- answers ---- */

static void answer(const struct server *server, struct request *request,
		   int status, const char *type, const char *body)
{
	struct buf out = BUF_INIT;
	char after[VALUE_SIZE];
	buf_printf(&out, "HTTP/1.1 %d Answer\r\n", status);
	if (type[0] != '\0') {
		buf_printf(&out, "Content-Type: %s\r\n", type);
	}
	if (status != 200 && has(server, "after", after)) {
		buf_printf(&out, "Retry-After: %s\r\n", after);
	}
	if (status == 401) {
		buf_put_str(&out, "WWW-Authenticate: Basic realm=\"EST\"\r\n");
	}
	if (status != 204) {
		buf_printf(&out, "Content-Length: %zu\r\n", strlen(body));
	}
	buf_printf(&out, "\r\n%s", status == 204 ? "" : body);
	fault_tls_put(request->ssl, out.data, out.len);
	buf_clear(&out);
}

static void refuse(const struct server *server, struct request *request,
		   int status)
{
	if (is(server, "plain")) {
		answer(server, request, status, "text/plain",
		       "The test says no.\r\nAnd more.\r\n");
		return;
	}
	answer(server, request, status, "application/problem+xml",
	       "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	       "<problem xmlns=\"urn:ietf:rfc:7807\"><title>No</title>"
	       "<detail>The test says no.</detail></problem>\n");
}

/* ---- the authority ---- */

static void write_file(const struct server *server, const char *name,
		       const void *data, size_t len)
{
	char *path = files_join(server->authority, name);
	if (!files_write(path, data, len, 0600, NULL)) {
		fail("a file cannot be written");
	}
	mem_free(path);
}

static bool shell(const char *command, struct buf *out)
{
	char piece[4096];
	size_t len;
	FILE *pipe = popen(command, "r");
	if (pipe == NULL) {
		fail("no shell");
	}
	while ((len = fread(piece, 1, sizeof(piece), pipe)) > 0) {
		buf_put(out, piece, len);
	}
	return pclose(pipe) == 0;
}

/* Somebody whom nobody asked for: a key, a request and a certificate. */
static const char make_stranger[] =
	"openssl req -x509 -new -newkey ec -pkeyopt "
	"ec_paramgen_curve:prime256v1 -nodes -keyout s.key -subj /CN=Stranger "
	"-days 9 -out s.pem 2>/dev/null && openssl req -new -key s.key "
	"-subj /CN=Stranger -outform DER -out s.der";

static const char make_between[] =
	"openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
	"-nodes -keyout b.key -subj /CN=Between -out b.csr 2>/dev/null && "
	"openssl x509 -req -in b.csr -CA $CA.pem -CAkey $CA.key -set_serial 7 "
	"-days 9 -extfile ca.ext -out b.pem 2>/dev/null";

static const char make_ladder[] =
	"by=$CA && for i in 1 2 3 4 5 6 7 8 9; do openssl req -new -newkey ec "
	"-pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout l$i.key "
	"-subj /CN=Step$i -out l.csr 2>/dev/null && openssl x509 -req "
	"-in l.csr -CA $by.pem -CAkey $by.key -set_serial $i -days 9 "
	"-extfile ca.ext -out l$i.pem 2>/dev/null && by=l$i; done && "
	"cat l1.pem l2.pem >b.pem";

static const char check_request[] =
	"openssl req -inform DER -in $REQUEST -verify -noout 2>/dev/null";

static const char make_leaf[] =
	"openssl x509 -req -inform DER -in $REQUEST -CA $BY.pem -CAkey $BY.key "
	"-set_serial 0x4$(openssl rand -hex 8) -days $DAYS -extfile ext "
	"$NAMES -out leaf.pem 2>/dev/null";

/* "x509" knows no other beginning than now. */
static const char make_later_leaf[] =
	"at() { date -u -d \"@$(($(date +%s) + $1))\" +%Y%m%d%H%M%SZ; }; "
	": >index.txt && printf '[ca]\\ndefault_ca = d\\n[d]\\n"
	"database = index.txt\\nnew_certs_dir = .\\ndefault_md = sha256\\n"
	"rand_serial = yes\\npolicy = p\\n[p]\\ncommonName = optional\\n"
	"serialNumber = optional\\n' >ca.conf && "
	"openssl req -inform DER -in $REQUEST -out later.csr && "
	"openssl ca -batch -notext -config ca.conf -in later.csr "
	"-cert $BY.pem -keyfile $BY.key -extfile ext "
	"-startdate $(at $BEGINS) -enddate $(at $((BEGINS + DAYS * 86400))) "
	"-out leaf.pem 2>/dev/null";

static const char make_message[] =
	"cat $EXTRA leaf.pem >all.pem && "
	"openssl crl2pkcs7 -nocrl -certfile all.pem -outform DER | "
	"openssl base64 $WRAP";

static void put_message(const struct server *server, const char *request,
			struct buf *out)
{
	struct buf command = BUF_INIT;
	static const char ext[] = "extendedKeyUsage=clientAuth\n"
				  "basicConstraints=critical,CA:FALSE\n";
	static const char names[] =
		"subjectAltName=DNS:ex7.company.example,URI:urn:example:7\n";
	static const char ca_ext[] = "basicConstraints=critical,CA:TRUE\n";
	bool between = is(server, "between"), ladder = is(server, "ladder");
	uint64_t begins = number(server, "begins", 0);
	struct buf all = BUF_INIT;
	buf_printf(&all, "%s%s", ext, is(server, "names") ? names : "");
	write_file(server, "ext", all.data, all.len);
	buf_clear(&all);
	write_file(server, "ca.ext", ca_ext, strlen(ca_ext));
	buf_printf(&command,
		   "CA=%s REQUEST=%s DAYS=%" PRIu64 " BEGINS=%" PRIu64
		   " WRAP=%s BY=%s NAMES=\"%s\" EXTRA=\"%s %s\"; cd "
		   "$CA && %s && %s && %s && { %s; } && %s",
		   server->authority, request, number(server, "days", 30),
		   begins, is(server, "long") ? "-A" : "",
		   ladder    ? "l9"
		   : between ? "b"
			     : "$CA",
		   is(server, "names") ? "-subj /O=Company/CN=Seven" : "",
		   is(server, "extra") ? "s.pem $CA.pem" : "",
		   ladder                            ? "l[3-9].pem"
		   : between && !is(server, "alone") ? "b.pem"
						     : "",
		   make_stranger,
		   ladder    ? make_ladder
		   : between ? make_between
			     : "true",
		   check_request, begins > 0 ? make_later_leaf : make_leaf,
		   make_message);
	if (is(server, "again")) {
		struct buf kept = BUF_INIT;
		buf_printf(&kept, "cd %s; [ -s kept ] || (%s) >kept; cat kept",
			   server->authority, buf_str(&command));
		buf_clear(&command);
		command = kept;
	}
	if (!shell(buf_str(&command), out)) {
		buf_reset(out);
	}
	buf_clear(&command);
}

/* RFC 8951: white space does not count. */
static bool take_request(const struct server *server, struct request *request)
{
	struct buf base64 = BUF_INIT;
	const char *text = buf_str(&request->body);
	bool lines = true;
	for (const char *at = text; *at != '\0'; at++) {
		lines = lines && strcspn(at, "\n") <= 64;
		if (*at != '\n') {
			buf_put_char(&base64, *at);
		}
	}
	bool ok = lines && text_ends_with(text, "\n") &&
		  base64_decode(&request->der, buf_str(&base64), base64.len) &&
		  request->der.len > 0;
	if (ok) {
		write_file(server, "r.der", request->der.data,
			   request->der.len);
	}
	buf_clear(&base64);
	return ok;
}

static bool same_subject(const X509_REQ *req, const X509 *peer)
{
	const unsigned char *a = NULL, *b = NULL;
	size_t a_len = 0, b_len = 0;
	return X509_NAME_get0_der(X509_REQ_get_subject_name(req), &a, &a_len) ==
		       1 &&
	       X509_NAME_get0_der(X509_get_subject_name(peer), &b, &b_len) ==
		       1 &&
	       a_len == b_len && memcmp(a, b, a_len) == 0;
}

static bool same_alternative(X509_REQ *req, const X509 *peer)
{
	STACK_OF(X509_EXTENSION) *asked = X509_REQ_get_extensions(req);
	int a = X509v3_get_ext_by_NID(asked, NID_subject_alt_name, -1);
	int b = X509_get_ext_by_NID(peer, NID_subject_alt_name, -1);
	bool same = a < 0 && b < 0;
	if (a >= 0 && b >= 0) {
		same = ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(
						     X509v3_get_ext(asked, a)),
					     X509_EXTENSION_get_data(
						     X509_get_ext(peer, b))) ==
		       0;
	}
	sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
	return same;
}

/* RFC 7030, section 4.2.2. */
static bool keeps_names(const struct request *request)
{
	const X509 *peer = SSL_get0_peer_certificate(request->ssl);
	const unsigned char *at = request->der.data;
	X509_REQ *req = d2i_X509_REQ(NULL, &at, (long)request->der.len);
	bool same = peer != NULL && req != NULL && same_subject(req, peer) &&
		    same_alternative(req, peer);
	X509_REQ_free(req);
	if (!same) {
		(void)puts("other names");
	}
	return same;
}

/* Does the request say who asks, with this word behind "Basic"? */
static bool has_code(const struct server *server, const struct request *request,
		     const char *code)
{
	struct buf both = BUF_INIT, basic = BUF_INIT;
	char said[256] = "";
	buf_printf(&both, "%s:%s", server->device, code);
	base64_put(&basic, both.data, both.len);
	bool ok = fault_tls_field(&request->head, "\r\nAuthorization: Basic ",
				  said, sizeof(said)) &&
		  text_equal(said, buf_str(&basic));
	buf_clear(&basic);
	buf_clear(&both);
	return ok;
}

static const char *media_type(const struct server *server,
			      char other[VALUE_SIZE])
{
	if (has(server, "type", other)) {
		return other;
	}
	return is(server, "bare-type")
		       ? "application/pkcs7-mime"
		       : "application/pkcs7-mime; smime-type=certs-only";
}

static void issue(struct server *server, struct request *request)
{
	char value[VALUE_SIZE];
	struct buf message = BUF_INIT;
	put_message(server, is(server, "other-key") ? "s.der" : "r.der",
		    &message);
	if (message.len == 0) {
		refuse(server, request, 400);
	} else if (strikes(server, request, "lose", value)) {
		(void)puts("issued");
		request->open = false;
	} else {
		(void)puts("issued");
		if (is(server, "garbage") || is(server, "no-base64")) {
			buf_reset(&message);
			buf_put_str(&message, is(server, "garbage")
						      ? "aGVsbG8=\n"
						      : "<html>hello</html>");
		}
		answer(server, request, 200, media_type(server, value),
		       buf_str(&message));
	}
	buf_clear(&message);
}

static void enrol(struct server *server, struct request *request)
{
	char code[VALUE_SIZE], type[64], coding[32];
	bool again = text_ends_with(request->target, "/simplereenroll");
	if (!fault_tls_field(&request->head, "\r\nContent-Type: ", type,
			     sizeof(type)) ||
	    !text_equal(type, "application/pkcs10") ||
	    !fault_tls_field(&request->head, "\r\nContent-Transfer-Encoding: ",
			     coding, sizeof(coding)) ||
	    !text_equal(coding, "base64") || !take_request(server, request)) {
		refuse(server, request, 400);
	} else if (again ? !request->known
			 : has(server, "code", code) &&
				   !has_code(server, request, code)) {
		refuse(server, request, 401);
	} else if (again && !keeps_names(request)) {
		refuse(server, request, 400);
	} else if (server->pending < number(server, "pending", 0)) {
		server->pending++;
		answer(server, request, 202, "", "");
	} else {
		issue(server, request);
	}
}

static void cacerts(struct server *server, struct request *request)
{
	struct buf command = BUF_INIT, message = BUF_INIT;
	char other[VALUE_SIZE];
	buf_printf(&command,
		   "cd %s && { cat %s.pem; cat b.pem 2>/dev/null; } >ca.all && "
		   "openssl crl2pkcs7 -nocrl -certfile ca.all -outform DER | "
		   "openssl base64",
		   server->authority, server->authority);
	(void)!shell(buf_str(&command), &message);
	answer(server, request, 200, media_type(server, other),
	       buf_str(&message));
	buf_clear(&message);
	buf_clear(&command);
}

/* ---- the echo ---- */

static void echo(struct server *server, struct request *request)
{
	struct buf text = BUF_INIT, note = BUF_INIT;
	char at[CLOCK_TEXT_SIZE], wrong[VALUE_SIZE] = "";
	struct ed25519_key key = server->key;
	(void)has(server, "echo", wrong);
	if (!request->known) {
		refuse(server, request, 403);
		return;
	}
	if (text_equal(wrong, "signature")) {
		ed25519_generate(&key);
	}
	clock_format(at, clock_utc_now());
	buf_printf(&text, "sluice.echo/v1\ndevice %s\nnonce %s\ntime %s\n",
		   text_equal(wrong, "device") ? "another" : server->device,
		   text_equal(wrong, "nonce")
			   ? "00000000000000000000000000000000"
			   : buf_str(&request->body),
		   at);
	const struct note_signer signer = { server->signer, &key };
	if (!note_sign(buf_str(&text), &signer, 1, &note, NULL)) {
		fail("no note");
	}
	(void)puts("echo");
	answer(server, request, 200, "text/plain; charset=utf-8",
	       buf_str(&note));
	buf_clear(&note);
	buf_clear(&text);
}

/* ---- the connection ---- */

static void serve_request(struct server *server, struct request *request)
{
	char value[VALUE_SIZE];
	if (strikes(server, request, "status", value)) {
		refuse(server, request, atoi(value));
	} else if (text_equal(request->target, EST "/simpleenroll") ||
		   text_equal(request->target, EST "/simplereenroll")) {
		enrol(server, request);
	} else if (text_equal(request->target, EST "/cacerts") &&
		   !is(server, "no-cacerts")) {
		cacerts(server, request);
	} else if (text_equal(request->target, "/v1/echo")) {
		echo(server, request);
	} else {
		refuse(server, request, 404);
	}
}

static bool get_request(struct request *request)
{
	char length[24];
	uint64_t left = 0;
	char data[4096];
	buf_reset(&request->head);
	buf_reset(&request->body);
	buf_reset(&request->der);
	while (!text_ends_with(buf_str(&request->head), "\r\n\r\n")) {
		if (request->head.len >= FAULT_HEAD_MAX ||
		    SSL_read(request->ssl, data, 1) != 1) {
			return false;
		}
		buf_put(&request->head, data, 1);
	}
	if (fault_tls_field(&request->head, "\r\nContent-Length: ", length,
			    sizeof(length)) &&
	    !text_parse_u64(length, 0, BODY_MAX, &left)) {
		return false;
	}
	while (request->body.len < left) {
		int n = SSL_read(request->ssl, data, sizeof(data));
		if (n <= 0) {
			return false;
		}
		buf_put(&request->body, data, (size_t)n);
	}
	return sscanf(buf_str(&request->head), "%15s %127s", request->method,
		      request->target) == 2;
}

static void serve(struct server *server, SSL *ssl)
{
	struct request request = { .ssl = ssl, .head = BUF_INIT, .open = true };
	if (SSL_accept(ssl) != 1) {
		return;
	}
	request.known = SSL_get0_peer_certificate(ssl) != NULL;
	(void)printf("connection %s\n", request.known ? "known" : "anonymous");
	while (request.open && get_request(&request)) {
		(void)printf("request %s %s\n", request.method, request.target);
		serve_request(server, &request);
	}
	buf_clear(&request.head);
	buf_clear(&request.body);
	buf_clear(&request.der);
}

static void set_up(struct server *server, char **argv)
{
	const char *dot = strrchr(argv[4], '.');
	server->faults = argv[1];
	server->device = argv[6];
	server->authority = mem_strndup(argv[4], (size_t)(dot - argv[4]));
	server->ctx =
		fault_tls_context(argv[2], argv[3], argv[4], TLS1_2_VERSION);
	if (server->ctx == NULL ||
	    !files_make_dir(server->authority, 0700, NULL) ||
	    !keyfile_read_ed25519(argv[5], server->signer, &server->key,
				  NULL)) {
		fail("cannot set TLS up");
	}
	SSL_CTX_set_verify(server->ctx, SSL_VERIFY_PEER, NULL);
	if (is(server, "ahead")) {
		X509_VERIFY_PARAM_set_time(
			SSL_CTX_get0_param(server->ctx),
			clock_utc_now() + (int64_t)number(server, "ahead", 0));
	}
}

int main(int argc, char **argv)
{
	if (argc == 1) {
		return 0; /* "make check" runs every program once */
	}
	if (argc != 7) {
		fail("usage: est_server FAULTS CERT KEY AUTHORITY RECEIPT-KEY "
		     "DEVICE");
	}
	fault_tls_start();
	struct server server = { .struck = 0 };
	set_up(&server, argv);
	int listener = fault_tls_listen(false);
	if (listener < 0) {
		fail("cannot listen");
	}
	for (;;) {
		SSL *ssl = fault_tls_accept(listener, server.ctx);
		if (ssl == NULL) {
			fail("accept");
		}
		serve(&server, ssl);
		fault_tls_hang_up(ssl);
	}
}
