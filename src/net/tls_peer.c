/*
 * Who is at the other end. Wraps BearSSL's "minimal" validation, which does
 * all the verifying, in a class of our own. It keeps the server's certificate:
 * its hash goes into the log, and when validation fails its issuer, names and
 * dates tell a person what happened. And it chooses the moment at which each
 * certificate is judged: BearSSL knows one time, which it compares while it
 * decodes, but what is known of the time is from when to when it may be
 * (domain/time_known.h). So each certificate is held until its end, then goes
 * on with the time set that suits it best; nothing else is decided by looking
 * into it. The connection itself is in tls_client.c.
 */
#include "net/tls_peer.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "formats/certs.h"
#include "net/tls_client.h"

#define DAYS_TO_1970 719528 /* BearSSL counts from year 0 */
#define DAY_S 86400
#define NAME_SHOWN_MAX 60 /* bytes of a foreign name in a text */

/* The connection is refused on our side: nothing but handshakes left. */
#define NOTHING_SENT "Nothing was sent."

static struct tls_peer *peer_of(const br_x509_class **ctx)
{
	return (struct tls_peer *)(void *)ctx;
}

static const br_x509_class **inner(struct tls_peer *peer)
{
	return &peer->minimal.vtable;
}

static void start_chain(const br_x509_class **ctx, const char *server_name)
{
	struct tls_peer *peer = peer_of(ctx);
	peer->certificates = 0;
	peer->trusted = false;
	buf_reset(&peer->leaf);
	sha256_init(&peer->hashing);
	(*inner(peer))->start_chain(inner(peer), server_name);
}

static struct buf *held(struct tls_peer *peer)
{
	return peer->certificates == 0 ? &peer->leaf : &peer->next;
}

static void start_cert(const br_x509_class **ctx, uint32_t length)
{
	struct tls_peer *peer = peer_of(ctx);
	struct buf *der = held(peer);
	buf_reset(der);
	der->overflow = false;
	peer->length = length;
}

static void append(const br_x509_class **ctx, const unsigned char *data,
		   size_t len)
{
	struct tls_peer *peer = peer_of(ctx);
	if (peer->certificates == 0) {
		sha256_update(&peer->hashing, data, len);
	}
	buf_put(held(peer), data, len);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Within the validity if it can be, else what is nearest to it. */
static void set_moment(struct tls_peer *peer, const struct buf *der)
{
	int64_t not_before = 0, not_after = 0, at = peer->earliest;
	if (certs_validity(der->data, der->len, &not_before, &not_after,
			   NULL)) {
		at = earlier(later(at, not_before), peer->latest);
	}
	br_x509_minimal_set_time(&peer->minimal,
				 (uint32_t)(at / DAY_S + DAYS_TO_1970),
				 (uint32_t)(at % DAY_S));
}

/*
 * A certificate over the limit is passed on cut short, which BearSSL refuses:
 * no server needs one of 16 KiB.
 */
static void end_cert(const br_x509_class **ctx)
{
	struct tls_peer *peer = peer_of(ctx);
	const struct buf *der = held(peer);
	if (peer->certificates == 0) {
		sha256_final(&peer->hashing, peer->hash);
	}
	peer->certificates++;
	set_moment(peer, der);
	(*inner(peer))->start_cert(inner(peer), peer->length);
	(*inner(peer))->append(inner(peer), der->data, der->len);
	(*inner(peer))->end_cert(inner(peer));
}

static unsigned end_chain(const br_x509_class **ctx)
{
	struct tls_peer *peer = peer_of(ctx);
	unsigned verdict = (*inner(peer))->end_chain(inner(peer));
	peer->trusted = verdict == 0;
	return verdict;
}

static const br_x509_pkey *get_pkey(const br_x509_class *const *ctx,
				    unsigned *usages)
{
	const struct tls_peer *peer =
		(const struct tls_peer *)(const void *)ctx;
	return peer->minimal.vtable->get_pkey(&peer->minimal.vtable, usages);
}

static const br_x509_class peer_vtable = {
	.context_size = sizeof(struct tls_peer),
	.start_chain = start_chain,
	.start_cert = start_cert,
	.append = append,
	.end_cert = end_cert,
	.end_chain = end_chain,
	.get_pkey = get_pkey,
};

static void set_interval(struct tls_peer *peer, const struct trust *trust,
			 int64_t now)
{
	peer->clock = trust->latest == 0;
	peer->earliest = peer->clock ? now : trust->earliest;
	peer->latest = peer->clock ? now : trust->latest;
	peer->time_from = peer->clock || trust->time_from == NULL
				  ? "this device's clock"
				  : trust->time_from;
	if (peer->earliest < trust->time_floor) {
		peer->earliest = trust->time_floor;
		peer->time_from = "this device's certificate";
	}
	peer->latest = later(peer->latest, peer->earliest);
}

void tls_peer_init(struct tls_peer *peer, const struct trust *trust,
		   int64_t now)
{
	memset(peer, 0, sizeof(*peer));
	peer->vtable = &peer_vtable;
	peer->leaf.max = TLS_PEER_LEAF_MAX;
	peer->next.max = TLS_PEER_LEAF_MAX;
	set_interval(peer, trust, now);
	br_x509_minimal_context *minimal = &peer->minimal;
	br_x509_minimal_init(minimal, &br_sha256_vtable, trust->anchors,
			     trust->anchors_count);
	br_x509_minimal_set_hash(minimal, br_sha256_ID, &br_sha256_vtable);
	br_x509_minimal_set_hash(minimal, br_sha384_ID, &br_sha384_vtable);
	br_x509_minimal_set_hash(minimal, br_sha512_ID, &br_sha512_vtable);
	br_x509_minimal_set_ecdsa(minimal, br_ec_get_default(),
				  br_ecdsa_vrfy_asn1_get_default());
}

void tls_peer_clear(struct tls_peer *peer)
{
	buf_clear(&peer->leaf);
	buf_clear(&peer->next);
}

/*
 * A name that is longer is cut at a character: the beginning of a proxy's name
 * says more than none. "" = unreadable.
 */
static void read_name(bool (*put)(const uint8_t *der, size_t len,
				  struct buf *out, struct err *err),
		      const struct buf *der, char *dst, size_t size)
{
	static const char ellipsis[] = "\xe2\x80\xa6";
	struct buf text = BUF_INIT;
	dst[0] = '\0';
	if (put(der->data, der->len, &text, NULL) && text.len > 0) {
		size_t keep = text.len;
		if (keep >= size) {
			keep = size - sizeof(ellipsis);
			while (keep > 0 && (text.data[keep] & 0xc0) == 0x80) {
				keep--;
			}
		}
		memcpy(dst, text.data, keep);
		strcpy(dst + keep, keep < text.len ? ellipsis : "");
	}
	buf_clear(&text);
}

void tls_peer_look(const struct tls_peer *peer, struct tls_seen *seen)
{
	seen->shown = peer->certificates > 0;
	seen->trusted = peer->trusted;
	if (!seen->shown) {
		return;
	}
	memcpy(seen->hash, peer->hash, sizeof(seen->hash));
	read_name(certs_issuer_text, &peer->leaf, seen->issuer,
		  sizeof(seen->issuer));
	read_name(certs_subject_text, &peer->leaf, seen->subject,
		  sizeof(seen->subject));
	(void)!certs_validity(peer->leaf.data, peer->leaf.len,
			      &seen->not_before, &seen->not_after, NULL);
}

static bool explain_issuer(const struct tls_peer *peer, const char *name,
			   struct err *err)
{
	char issuer[NAME_SHOWN_MAX + 1];
	read_name(certs_issuer_text, &peer->leaf, issuer, sizeof(issuer));
	return err_set(
		err, ERR_RETRY,
		"%s showed a certificate of \"%s\", whom this device does "
		"not trust. " NOTHING_SENT
		" A proxy may inspect the traffic; if not, ask the vendor "
		"for the server's root certificate.",
		name, issuer[0] != '\0' ? issuer : "(unreadable)");
}

static bool explain_name(const struct tls_peer *peer, const char *name,
			 struct err *err)
{
	char subject[NAME_SHOWN_MAX + 1];
	read_name(certs_subject_text, &peer->leaf, subject, sizeof(subject));
	return err_set(err, ERR_RETRY,
		       "The server's certificate is for \"%s\", not for "
		       "%s. " NOTHING_SENT
		       " Check name and address of the server in this device's "
		       "configuration.",
		       subject, name);
}

static bool explain_time(const struct tls_peer *peer, const char *name,
			 struct err *err)
{
	int64_t not_before = 0, not_after = 0;
	char known[CLOCK_TEXT_SIZE], limit[CLOCK_TEXT_SIZE];
	clock_format(known, peer->earliest);
	if (!certs_validity(peer->leaf.data, peer->leaf.len, &not_before,
			    &not_after, NULL) ||
	    (peer->latest >= not_before && peer->earliest <= not_after)) {
		return err_set(err, ERR_RETRY,
			       "A certificate of %s is out of its time; it is "
			       "past %s (by %s). " NOTHING_SENT
			       " Check the clock.",
			       name, known, peer->time_from);
	}
	if (peer->latest < not_before) {
		clock_format(limit, not_before);
		clock_format(known, peer->latest);
		return err_set(err, ERR_RETRY,
			       "The certificate of %s is not yet valid: from "
			       "%s, and it is before %s (by %s). " NOTHING_SENT
			       " Check the clock.",
			       name, limit, known, peer->time_from);
	}
	clock_format(limit, not_after);
	return err_set(err, ERR_RETRY,
		       "The certificate of %s has expired: at %s, and it is "
		       "past %s (by %s). " NOTHING_SENT
		       " If that is right, the "
		       "vendor must renew it; else set the clock (\"sluice "
		       "time\").",
		       name, limit, known, peer->time_from);
}

/* TLS alerts, RFC 5246 section 7.2.2 and RFC 8446 section 6.2. */
static bool explain_alert(int alert, const char *name, struct err *err)
{
	static const struct {
		int alert;
		const char *text;
	} texts[] = {
		{ 40, "it refused the handshake; it may want another device "
		      "certificate or another kind of encryption" },
		{ 42, "it does not accept this device's certificate" },
		{ 43, "it does not accept this device's certificate" },
		{ 44, "this device's certificate was revoked" },
		{ 45, "this device's certificate has expired" },
		{ 46, "it does not accept this device's certificate" },
		{ 48, "it does not know the authority that issued this "
		      "device's certificate" },
		{ 49, "it gives this device no access" },
		{ 70, "it does not speak TLS 1.2, which this client needs" },
		{ 112, "it does not answer to this name" },
		{ 116, "it wants a certificate from this device" },
	};
	const char *text = "it ended the handshake";
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].alert == alert) {
			text = texts[i].text;
		}
	}
	return err_set(err, ERR_RETRY,
		       "The server %s refused the connection: %s (alert %d). "
		       "Ask the vendor whether this device is still "
		       "registered.",
		       name, text, alert);
}

/* A bad record, told by us or by the other side: nobody's certificate. */
static bool is_altered(int code)
{
	return code == BR_ERR_BAD_MAC ||
	       code == BR_ERR_RECV_FATAL_ALERT + BR_ALERT_BAD_RECORD_MAC ||
	       code == BR_ERR_RECV_FATAL_ALERT + BR_ALERT_DECODE_ERROR;
}

bool tls_peer_explain(const struct tls_peer *peer, int code,
		      const char *server_name, struct err *err)
{
	switch (code) {
	case BR_ERR_X509_NOT_TRUSTED:
	case BR_ERR_X509_BAD_SIGNATURE:
	case BR_ERR_X509_DN_MISMATCH:
	case BR_ERR_X509_NOT_CA:
	case BR_ERR_X509_UNSUPPORTED:
	case BR_ERR_X509_WRONG_KEY_TYPE:
		return explain_issuer(peer, server_name, err);
	case BR_ERR_X509_EXPIRED:
		return explain_time(peer, server_name, err);
	case BR_ERR_X509_BAD_SERVER_NAME:
		return explain_name(peer, server_name, err);
	case BR_ERR_UNSUPPORTED_VERSION:
	case BR_ERR_BAD_VERSION:
		return err_set(err, ERR_RETRY,
			       "What listens as %s does not speak TLS 1.2. "
			       "Check the server's address and port, and "
			       "whether this network wants somebody to sign "
			       "in first.",
			       server_name);
	default:
		break;
	}
	if (is_altered(code)) {
		return err_set(err, ERR_RETRY,
			       "What went to or came from %s was altered on "
			       "the way (code %d). If that stays so, check "
			       "the network's cables and devices.",
			       server_name, code);
	}
	if (code >= BR_ERR_RECV_FATAL_ALERT && code < BR_ERR_SEND_FATAL_ALERT) {
		return explain_alert(code - BR_ERR_RECV_FATAL_ALERT,
				     server_name, err);
	}
	if (code >= BR_ERR_X509_OK && code <= BR_ERR_X509_NOT_TRUSTED) {
		return err_set(err, ERR_RETRY,
			       "The certificate of %s cannot be used (code "
			       "%d). " NOTHING_SENT,
			       server_name, code);
	}
	return err_set(err, ERR_RETRY,
		       "What listens as %s does not answer in proper TLS "
		       "(code %d). Check the server's address and port.",
		       server_name, code);
}
