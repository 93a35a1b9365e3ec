/*
 * Enrolment over Secure Transport, as much as a device needs: a request out,
 * a message with certificates in. Base64 both ways (RFC 8951), the request in
 * lines of 64, because some servers refuse one long line, and what comes with
 * whatever white space. Of the certificates the one that holds our key is
 * ours. When to ask and what to keep is enrol.c's.
 */
#include "client/est.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/encoding.h"
#include "base/text.h"
#include "formats/certs.h"
#include "formats/pkcs7.h"
#include "net/trust.h"

#define ANSWER_TYPE "application/pkcs7-mime"
#define WORDS_MAX 120

/* ---- what goes out ---- */

static bool put_request(struct buf *out, const struct est_request *request,
			struct err *err)
{
	struct buf der = BUF_INIT;
	bool has_serial = request->serial_number != NULL &&
			  request->serial_number[0] != '\0';
	bool ok =
		request->renews != NULL
			? certs_request_renewal(request->key, request->renews,
						request->renews_len, &der, err)
			: certs_request(request->key, request->common_name,
					has_serial ? request->serial_number
						   : NULL,
					&der, err);
	if (ok) {
		certs_base64_put(out, der.data, der.len);
	}
	buf_clear(&der);
	return ok;
}

/* "Basic ..."; nothing when the TLS certificate is to do. Secret. */
static void put_basic(struct buf *out, const struct est_request *request)
{
	struct buf both = BUF_INIT;
	if (request->password == NULL) {
		return;
	}
	buf_printf(&both, "%s:%s", request->user, request->password);
	buf_put_str(out, "Basic ");
	base64_put(out, both.data, both.len);
	buf_burn(&both);
}

static bool post(const struct est *est, const struct est_request *request,
		 struct http_answer *answer, struct err *err)
{
	struct buf body = BUF_INIT, basic = BUF_INIT, target = BUF_INIT;
	put_basic(&basic, request);
	buf_printf(&target, "%s/simple%senroll", est->path,
		   request->renews != NULL ? "re" : "");
	const struct http1_field fields[] = {
		{ "Content-Transfer-Encoding", "base64" },
		{ basic.len > 0 ? "Authorization" : NULL, buf_str(&basic) },
		{ NULL, NULL },
	};
	bool ok = put_request(&body, request, err);
	if (ok) {
		const struct ask what = {
			.method = "POST",
			.target = buf_str(&target),
			.fields = fields,
			.body_type = "application/pkcs10",
			.body = body.data,
			.body_len = body.len,
		};
		ok = ask_do(est->way, &what, answer, err);
	}
	buf_clear(&target);
	buf_burn(&basic);
	buf_clear(&body);
	return ok;
}

/* ---- what comes back ---- */

struct found {
	const uint8_t *der; /* NULL = none, or it has its place already */
	size_t len;
};

struct certificates {
	struct found of[PKCS7_CERTIFICATES_MAX];
	size_t count;
};

static bool keep(void *ctx, const uint8_t *der, size_t len, struct err *err)
{
	struct certificates *all = ctx;
	(void)err; /* pkcs7_certificates() gives no more than there is room */
	all->of[all->count++] = (struct found){ der, len };
	return true;
}

/* With smime-type=certs-only or without it, but with no other. */
static bool is_certs_only(const char *type)
{
	size_t len = strlen(ANSWER_TYPE);
	if (type == NULL || strncasecmp(type, ANSWER_TYPE, len) != 0 ||
	    strchr("; \t", type[len]) == NULL) {
		return false;
	}
	const char *smime = strcasestr(type + len, "smime-type=");
	if (smime == NULL) {
		return true;
	}
	smime += strlen("smime-type=");
	smime += *smime == '"' ? 1 : 0;
	return strncasecmp(smime, "certs-only", strlen("certs-only")) == 0;
}

/* der: the message, to be kept as long as what is found in it is used. */
static bool read_message(const struct http_answer *answer, struct buf *der,
			 struct certificates *all, struct err *err)
{
	struct buf base64 = BUF_INIT;
	const char *type = http1_get(&answer->head, "Content-Type");
	if (!is_certs_only(type)) {
		return err_set(err, ERR_INVALID,
			       "the answer is no " ANSWER_TYPE);
	}
	for (size_t i = 0; i < answer->body.len; i++) {
		char c = (char)answer->body.data[i];
		if (c == '\0' || strchr(" \t\r\n", c) == NULL) {
			buf_put_char(&base64, c);
		}
	}
	bool ok = base64.len > 0 &&
		  base64_decode(der, buf_str(&base64), base64.len);
	buf_clear(&base64);
	if (!ok) {
		return err_set(err, ERR_INVALID, "the answer is no base64");
	}
	return pkcs7_certificates(der->data, der->len, keep, all, err);
}

/* The one with our key; of several the one that was made last. */
static struct found *find_leaf(struct certificates *all,
			       const struct p256_key *key)
{
	struct found *leaf = NULL;
	int64_t newest = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct found *one = &all->of[i];
		uint8_t point[P256_POINT_SIZE];
		int64_t not_before, not_after;
		if (certs_public_point(one->der, one->len, point, NULL) &&
		    memcmp(point, key->public_point, sizeof(point)) == 0 &&
		    certs_validity(one->der, one->len, &not_before, &not_after,
				   NULL) &&
		    (leaf == NULL || not_before > newest)) {
			leaf = one;
			newest = not_before;
		}
	}
	return leaf;
}

static bool same_name(const struct buf *a, const struct buf *b)
{
	return a->len > 0 && a->len == b->len &&
	       memcmp(a->data, b->data, a->len) == 0;
}

/* Who issued what names this issuer; NULL = not there, or a root. */
static struct found *find_issuer(struct certificates *all,
				 const struct buf *issuer)
{
	struct found *found = NULL;
	for (size_t i = 0; i < all->count && found == NULL; i++) {
		struct found *one = &all->of[i];
		struct buf subject = BUF_INIT, by = BUF_INIT;
		if (one->der != NULL &&
		    certs_subject_der(one->der, one->len, &subject, NULL) &&
		    certs_issuer_der(one->der, one->len, &by, NULL) &&
		    same_name(&subject, issuer) && !same_name(&subject, &by)) {
			found = one;
		}
		buf_clear(&subject);
		buf_clear(&by);
	}
	return found;
}

/* What is put together. missing: the name of the last one's issuer. */
struct chain {
	struct buf *pem;
	struct buf missing;
	size_t room; /* so many more can be shown in a handshake */
};

/*
 * Leaf first, each with its issuer behind it, whatever the order was, until
 * one's issuer is not among them or is a root, which is left out.
 */
static bool put_chain(struct chain *chain, struct certificates *all,
		      struct found *leaf, struct err *err)
{
	for (struct found *at = leaf; at != NULL && chain->room > 0;) {
		buf_reset(&chain->missing);
		certs_pem_put(chain->pem, "CERTIFICATE", at->der, at->len);
		if (!certs_issuer_der(at->der, at->len, &chain->missing, err)) {
			return false;
		}
		chain->room--;
		at->der = NULL;
		at = find_issuer(all, &chain->missing);
	}
	return true;
}

static bool take_chain(const struct http_answer *http,
		       const struct p256_key *key, struct chain *chain,
		       struct err *err)
{
	struct buf der = BUF_INIT;
	struct certificates all = { .count = 0 };
	bool ok = read_message(http, &der, &all, err);
	if (ok) {
		struct found *leaf = find_leaf(&all, key);
		ok = leaf != NULL ? put_chain(chain, &all, leaf, err)
				  : err_set(err, ERR_INVALID,
					    "the answer holds no certificate "
					    "for this device's key");
	}
	buf_clear(&der);
	return ok;
}

/*
 * Some authorities answer with the device's certificate alone; who is between
 * it and the root is asked with cacerts (RFC 7030, section 4.1). What is not
 * there stays away, and no root is ever taken from there: the proof at the
 * Communication Server says whether the chain will do.
 */
static void complete_chain(const struct est *est, struct chain *chain)
{
	struct buf target = BUF_INIT, der = BUF_INIT, more = BUF_INIT;
	struct chain rest = { .pem = &more, .room = chain->room };
	struct certificates all = { .count = 0 };
	struct http_answer http = HTTP_ANSWER_INIT;
	struct found *at;
	buf_printf(&target, "%s/cacerts", est->path);
	const struct ask what = { .method = "GET", .target = buf_str(&target) };
	if (ask_do(est->way, &what, &http, NULL) && http.head.status == 200 &&
	    read_message(&http, &der, &all, NULL) &&
	    (at = find_issuer(&all, &chain->missing)) != NULL &&
	    put_chain(&rest, &all, at, NULL)) {
		buf_put(chain->pem, more.data, more.len);
	}
	http_answer_clear(&http);
	buf_clear(&rest.missing);
	buf_clear(&more);
	buf_clear(&der);
	buf_clear(&target);
}

/* The first line of an error that is plain text (RFC 7030, 4.2.3). */
static void put_plain_words(const struct http_answer *http, struct buf *text)
{
	const char *type = http1_get(&http->head, "Content-Type");
	size_t len = strcspn(buf_str(&http->body), "\r\n");
	if ((type == NULL || strncasecmp(type, "text/plain", 10) == 0) &&
	    len > 0 && len <= WORDS_MAX &&
	    text_is_shown(buf_str(&http->body), len)) {
		/* in the midst of a sentence */
		len -= buf_str(&http->body)[len - 1] == '.';
		buf_printf(text, ", \"%.*s\"", (int)len, buf_str(&http->body));
	}
}

static void take_words(const struct est *est, const struct http_answer *http,
		       char words[EST_WORDS_SIZE])
{
	struct buf said = BUF_INIT;
	said.max = WORDS_MAX + 10;
	ask_put_words(http, &said);
	if (said.len == 0 && !said.overflow) {
		put_plain_words(http, &said);
	}
	(void)snprintf(words, EST_WORDS_SIZE, "%.40s answered %d%s.",
		       est->way->server->name, http->head.status,
		       text_is_utf8(buf_str(&said), said.len) ? buf_str(&said)
							      : "");
	buf_clear(&said);
}

static bool no_est_there(const struct est *est, int status, struct err *err)
{
	return err_set(err, ERR_RETRY,
		       "%s answered %d: there is no EST at %s. Check the path "
		       "in the configuration's [enrol].",
		       est->way->server->name, status, est->path);
}

/* Plain words of a server that has us wait say more than its status. */
static bool come_again(const struct est *est, const struct http_answer *http,
		       const struct err *why, struct err *err)
{
	struct buf said = BUF_INIT;
	put_plain_words(http, &said);
	if (said.len > 0) {
		err_set(err, ERR_RETRY,
			"%.40s answered %d%s. This will be tried again.",
			est->way->server->name, http->head.status,
			buf_str(&said));
	} else {
		err_set(err, ERR_RETRY, "%s", why->text);
	}
	buf_clear(&said);
	return false;
}

static bool sort_out(const struct est *est, const struct est_request *request,
		     const struct http_answer *http, struct est_answer *answer,
		     struct chain *chain, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	switch (http->head.status) {
	case 200:
		if (!take_chain(http, request->key, chain, &why)) {
			buf_reset(&answer->chain);
			return err_set(err, ERR_RETRY, "The EST server %s: %s.",
				       est->way->server->name, why.text);
		}
		answer->outcome = EST_ISSUED;
		return true;
	case 202:
		answer->outcome = EST_PENDING;
		return true;
	case 204:
	case 404:
		return no_est_there(est, http->head.status, err);
	default:
		(void)ask_refused(est->way, http, &why);
		if (why.kind == ERR_RETRY) {
			return come_again(est, http, &why, err);
		}
		answer->outcome = EST_REFUSED;
		take_words(est, http, answer->words);
		return true;
	}
}

bool est_enrol(const struct est *est, const struct est_request *request,
	       struct est_answer *answer, struct err *err)
{
	struct http_answer http = HTTP_ANSWER_INIT;
	struct chain chain = { .pem = &answer->chain, .room = TRUST_CHAIN_MAX };
	if (!post(est, request, &http, err)) {
		return false;
	}
	answer->status = http.head.status;
	answer->retry_after_s = http.retry_after_s;
	bool ok = sort_out(est, request, &http, answer, &chain, err);
	http_answer_clear(&http);
	if (ok && answer->outcome == EST_ISSUED) {
		complete_chain(est, &chain);
	}
	buf_clear(&chain.missing);
	return ok;
}

void est_answer_clear(struct est_answer *answer)
{
	buf_clear(&answer->chain);
	memset(answer, 0, sizeof(*answer));
}
