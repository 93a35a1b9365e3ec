/*
 * A TLS 1.2 connection on BearSSL's engine: set up with exactly the suites
 * and checks that the wire format asks for (br_ssl_client_init_full() would
 * allow TLS 1.0, 3DES and RSA key exchange), and pumped over a non-blocking
 * socket with a deadline on every wait. Records are filled by the caller in
 * place, so an upload is copied only by its encryption. Certificates are
 * judged in tls_peer.c.
 */
#include "net/tls_client.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"
#include "net/tcp.h"
#include "net/tls_curves.h"
#include "net/tls_peer.h"

#define SERVER_NAME_SIZE 256
/* Records sent between two looks whether an early answer is there: 64 KiB. */
#define LOOK_RECORDS 4

struct tls_client {
	br_ssl_client_context cc;
	struct tls_peer peer;
	int fd;
	bool ended;   /* the peer has closed its side */
	bool broken;  /* sending failed; what came before can be read */
	bool lost;    /* the network says that the connection is no more */
	bool shaking; /* the handshake is not done */
	bool mute;    /* somebody said no in it, or its time was over */
	bool more;    /* the caller goes on writing: records may be gathered */
	unsigned unlooked; /* records since answer_waits() looked */
	uint64_t *count;   /* of what leaves; NULL = nobody counts */
	char server_name[SERVER_NAME_SIZE];
	unsigned char in[BR_SSL_BUFSIZE_INPUT];
	unsigned char out[BR_SSL_BUFSIZE_OUTPUT];
};

static const uint16_t suites_aes_first[] = {
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
};

static const uint16_t suites_chacha_first[] = {
	BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
};

#define SUITES_COUNT 3

bool tls_client_prefers_aes(void)
{
	return br_aes_x86ni_ctr_get_vtable() != NULL &&
	       br_ghash_pclmul_get() != 0;
}

static void set_up(struct tls_client *t, const struct trust *trust, int64_t now)
{
	br_ssl_engine_context *engine = &t->cc.eng;
	br_ssl_client_zero(&t->cc);
	br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(engine,
				 tls_client_prefers_aes() ? suites_aes_first
							  : suites_chacha_first,
				 SUITES_COUNT);
	br_ssl_engine_add_flags(engine, BR_OPT_NO_RENEGOTIATION);
	br_ssl_engine_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
	br_ssl_engine_set_hash(engine, br_sha384_ID, &br_sha384_vtable);
	br_ssl_engine_set_hash(engine, br_sha512_ID, &br_sha512_vtable);
	br_ssl_engine_set_prf_sha256(engine, &br_tls12_sha256_prf);
	br_ssl_engine_set_prf_sha384(engine, &br_tls12_sha384_prf);
	br_ssl_engine_set_default_aes_gcm(engine);
	br_ssl_engine_set_default_chapol(engine);
	br_ssl_engine_set_ec(engine, &tls_curves);
	/* br_ssl_engine_set_default_ecdsa() would set the curves again. */
	br_ssl_engine_set_ecdsa(engine, br_ecdsa_vrfy_asn1_get_default());
	if (trust->chain_count > 0) { /* else an empty list is shown */
		br_ssl_client_set_single_ec(
			&t->cc, trust->chain, trust->chain_count,
			&trust->private_key, BR_KEYTYPE_SIGN, BR_KEYTYPE_EC,
			br_ec_get_default(), br_ecdsa_sign_asn1_get_default());
	}
	tls_peer_init(&t->peer, trust, now);
	br_ssl_engine_set_x509(engine, &t->peer.vtable);
	br_ssl_engine_set_buffers_bidi(engine, t->in, sizeof(t->in), t->out,
				       sizeof(t->out));
	/* BearSSL's own seeding may be RDRAND alone. */
	uint8_t seed[48];
	random_bytes(seed, sizeof(seed));
	br_ssl_engine_inject_entropy(engine, seed, sizeof(seed));
	mem_burn(seed, sizeof(seed));
}

/* Moves one record's bytes out. *moved tells whether anything went. */
static bool push(struct tls_client *t, bool *moved, struct err *err)
{
	size_t len, done;
	unsigned char *data = br_ssl_engine_sendrec_buf(&t->cc.eng, &len);
	if (!tcp_send(t->fd, data, len, t->more, &done, err)) {
		t->broken = true;
		t->lost = true;
		return false;
	}
	if (done > 0) {
		br_ssl_engine_sendrec_ack(&t->cc.eng, done);
		if (t->count != NULL) {
			*t->count += done;
		}
	}
	*moved = done > 0;
	return true;
}

static bool pull(struct tls_client *t, bool *moved, struct err *err)
{
	size_t len, done;
	bool closed = false;
	unsigned char *data = br_ssl_engine_recvrec_buf(&t->cc.eng, &len);
	if (!tcp_receive(t->fd, data, len, &done, &closed, err)) {
		t->lost = true;
		return false;
	}
	if (done > 0) {
		br_ssl_engine_recvrec_ack(&t->cc.eng, done);
	}
	t->ended = t->ended || closed;
	*moved = done > 0 || closed;
	return true;
}

/*
 * Sends, receives or waits, whichever the engine can do now. A send that
 * fails is not the end: the server may have said why before it hung up.
 * The certificate leaves in a handshake, so each of its sends is asked for.
 */
static bool step(struct tls_client *t, unsigned state,
		 const struct deadline *deadline, const char *what,
		 struct err *err)
{
	bool moved = false;
	bool sends = (state & BR_SSL_SENDREC) != 0 && !t->broken;
	bool receives = (state & BR_SSL_RECVREC) != 0;
	struct err why = { .kind = ERR_NONE };
	if (sends && t->shaking && !deadline_may(deadline, err)) {
		return false;
	}
	if (sends && !push(t, &moved, &why) && !receives) {
		return err_set(err, why.kind, "%s", why.text);
	}
	if (!moved && receives && !pull(t, &moved, err)) {
		return false;
	}
	if (moved) {
		return true;
	}
	short events = (short)((sends && !t->broken ? POLLOUT : 0) |
			       (receives ? POLLIN : 0));
	return deadline_wait(t->fd, events, deadline, what, err);
}

/* The engine has closed: because of an error, or a proper goodbye. */
static bool closed(struct tls_client *t, struct err *err)
{
	int code = br_ssl_engine_last_error(&t->cc.eng);
	if (code != BR_ERR_OK) {
		return tls_peer_explain(&t->peer, code, t->server_name, err);
	}
	t->ended = true;
	return true;
}

/*
 * Pumps until the engine is in one of the wanted states, or the peer has
 * ended the stream (then true as well).
 */
static bool pump(struct tls_client *t, unsigned want,
		 const struct deadline *deadline, const char *what,
		 struct err *err)
{
	while (!t->ended) {
		unsigned state = br_ssl_engine_current_state(&t->cc.eng);
		if ((state & BR_SSL_CLOSED) != 0) {
			return closed(t, err);
		}
		if ((state & want) != 0) {
			return true;
		}
		if (!step(t, state, deadline, what, err)) {
			return false;
		}
	}
	return true;
}

/* Lets a failed handshake's alert out, which the server's log names, or bye. */
static void push_rest(struct tls_client *t)
{
	bool moved = !t->mute;
	while (moved && !t->broken &&
	       (br_ssl_engine_current_state(&t->cc.eng) & BR_SSL_SENDREC) !=
		       0) {
		moved = false;
		if (!push(t, &moved, NULL)) {
			return;
		}
	}
}

static bool shake_hands(struct tls_client *t, const struct deadline *deadline,
			struct err *err)
{
	if (br_ssl_client_reset(&t->cc, t->server_name, 0) == 0) {
		return closed(t, err) &&
		       err_set(err, ERR_RETRY, "TLS cannot start.");
	}
	t->shaking = true;
	if (!pump(t, BR_SSL_SENDAPP, deadline, "the secure connection", err)) {
		t->mute = br_ssl_engine_last_error(&t->cc.eng) == BR_ERR_OK;
		push_rest(t);
		return false;
	}
	t->shaking = false;
	if (t->ended) {
		return err_set(err, ERR_RETRY,
			       "%s closed the connection before it was "
			       "secure. Check the server's address and port.",
			       t->server_name);
	}
	return true;
}

bool tls_client_open(int fd, const struct trust *trust, const char *server_name,
		     int64_t now, const struct deadline *deadline,
		     uint64_t *count, struct tls_client **tls, struct err *err)
{
	return tls_client_open_seen(fd, trust, server_name, now, deadline,
				    count, NULL, tls, err);
}

static const char *suite_name(uint16_t suite)
{
	static const struct {
		uint16_t suite;
		const char *name;
	} names[SUITES_COUNT] = {
		{ BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		  "ECDHE-ECDSA-AES128-GCM-SHA256" },
		{ BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		  "ECDHE-ECDSA-AES256-GCM-SHA384" },
		{ BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		  "ECDHE-ECDSA-CHACHA20-POLY1305" },
	};
	for (size_t i = 0; i < SUITES_COUNT; i++) {
		if (names[i].suite == suite) {
			return names[i].name;
		}
	}
	return NULL;
}

/* What is no record of TLS stands where its head was read to. */
static void look(const struct tls_client *t, bool done, struct tls_seen *seen)
{
	br_ssl_session_parameters session;
	*seen = (struct tls_seen){
		.http = memcmp(t->in, "HTTP/", 5) == 0,
	};
	tls_peer_look(&t->peer, seen);
	if (done) {
		br_ssl_engine_get_session_parameters(&t->cc.eng, &session);
		seen->suite = suite_name(session.cipher_suite);
		mem_burn(&session, sizeof(session));
	}
}

bool tls_client_open_seen(int fd, const struct trust *trust,
			  const char *server_name, int64_t now,
			  const struct deadline *deadline, uint64_t *count,
			  struct tls_seen *seen, struct tls_client **tls,
			  struct err *err)
{
	struct tls_client *t = mem_zalloc(sizeof(*t));
	t->fd = fd;
	t->count = count;
	bool ok = false;
	if (server_name[0] == '\0' ||
	    !text_copy(t->server_name, sizeof(t->server_name), server_name)) {
		/* An empty name would switch BearSSL's check off. */
		err_set(err, ERR_RETRY,
			"The server's name must have 1 to 255 characters; "
			"check the configuration.");
		goto out;
	}
	set_up(t, trust, now);
	ok = shake_hands(t, deadline, err);
out:
	if (seen != NULL) {
		look(t, ok, seen);
	}
	if (!ok) {
		tls_peer_clear(&t->peer);
		(void)close(t->fd);
		mem_burn_free(t, sizeof(*t));
		return false;
	}
	*tls = t;
	return true;
}

void tls_client_peer(const struct tls_client *tls, uint8_t hash[SHA256_SIZE])
{
	memcpy(hash, tls->peer.hash, SHA256_SIZE);
}

/* Has the server begun to answer or hung up, without waiting for it? */
static bool answer_waits(struct tls_client *t, struct err *err, bool *waits)
{
	bool moved = true;
	while (moved && !t->ended) {
		unsigned state = br_ssl_engine_current_state(&t->cc.eng);
		if ((state & BR_SSL_CLOSED) != 0 && !closed(t, err)) {
			return false;
		}
		if ((state & (BR_SSL_RECVAPP | BR_SSL_CLOSED)) != 0) {
			break;
		}
		moved = false;
		if ((state & BR_SSL_RECVREC) != 0 && !pull(t, &moved, err)) {
			return false;
		}
	}
	*waits = t->ended || (br_ssl_engine_current_state(&t->cc.eng) &
			      BR_SSL_RECVAPP) != 0;
	return true;
}

void tls_client_expect(struct tls_client *tls, uint64_t size)
{
	tcp_set_ahead(tls->fd, size);
}

bool tls_client_room(struct tls_client *t, uint8_t **room, size_t *len,
		     const struct deadline *deadline, struct err *err)
{
	bool looks = !t->more || t->unlooked >= LOOK_RECORDS;
	*len = 0;
	t->more = true;
	if (!pump(t, BR_SSL_SENDAPP | BR_SSL_RECVAPP, deadline,
		  "the server to take the data", err)) {
		return false;
	}
	/* While the server takes nothing, pump() sees what it says. */
	t->unlooked = looks ? 1 : t->unlooked + 1;
	bool waits =
		(br_ssl_engine_current_state(&t->cc.eng) & BR_SSL_RECVAPP) != 0;
	if (looks && !answer_waits(t, err, &waits)) {
		return false;
	}
	if (!waits && !t->broken && !t->ended) {
		*room = br_ssl_engine_sendapp_buf(&t->cc.eng, len);
	}
	return true;
}

void tls_client_wrote(struct tls_client *tls, size_t len)
{
	if (len > 0) {
		br_ssl_engine_sendapp_ack(&tls->cc.eng, len);
	}
}

bool tls_client_flush(struct tls_client *t, const struct deadline *deadline,
		      struct err *err)
{
	t->more = false;
	br_ssl_engine_flush(&t->cc.eng, 0);
	while (!t->ended && !t->broken) {
		unsigned state = br_ssl_engine_current_state(&t->cc.eng);
		if ((state & BR_SSL_CLOSED) != 0) {
			return closed(t, err);
		}
		if ((state & BR_SSL_SENDREC) == 0) {
			tcp_push(t->fd);
			return true;
		}
		if (!step(t, state, deadline, "the server to take the data",
			  err)) {
			return false;
		}
	}
	return true;
}

bool tls_client_read(struct tls_client *t, const uint8_t **data, size_t *len,
		     const struct deadline *deadline, struct err *err)
{
	*len = 0;
	if (br_ssl_engine_current_state(&t->cc.eng) & BR_SSL_RECVAPP) {
		*data = br_ssl_engine_recvapp_buf(&t->cc.eng, len);
		return true;
	}
	if (!pump(t, BR_SSL_RECVAPP, deadline, "the server's answer", err)) {
		return false;
	}
	if (br_ssl_engine_current_state(&t->cc.eng) & BR_SSL_RECVAPP) {
		*data = br_ssl_engine_recvapp_buf(&t->cc.eng, len);
	}
	return true;
}

void tls_client_read_done(struct tls_client *tls, size_t len)
{
	if (len > 0) {
		br_ssl_engine_recvapp_ack(&tls->cc.eng, len);
	}
}

void tls_client_abandon(struct tls_client *tls)
{
	tls->broken = true;
}

bool tls_client_is_lost(const struct tls_client *tls)
{
	return tls->ended || tls->lost;
}

void tls_client_close(struct tls_client *tls)
{
	if (tls == NULL) {
		return;
	}
	br_ssl_engine_close(&tls->cc.eng);
	push_rest(tls);
	(void)close(tls->fd);
	tls_peer_clear(&tls->peer);
	mem_burn_free(tls, sizeof(*tls));
}
