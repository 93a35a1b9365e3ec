#ifndef SLUICE_NET_TLS_CLIENT_H
#define SLUICE_NET_TLS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypto/sha256.h"
#include "net/deadline.h"
#include "net/trust.h"

/*
 * One TLS 1.2 connection as a client, with mutual authentication: suites
 * ECDHE_ECDSA with AES-GCM or ChaCha20-Poly1305, no renegotiation, the pinned
 * roots of struct trust alone, server name always checked.
 */
struct tls_client; /* opaque */

/*
 * Shakes hands on a connected socket. fd belongs to *tls on success, and is
 * closed on failure. trust is borrowed for the lifetime of *tls. now is UTC
 * seconds; a clock that stands before trust's time floor is taken as that.
 * count (may be NULL) lives as long as *tls: to it each byte is added that
 * leaves, the handshake and TLS's own included, also when it fails.
 *
 * Errors, each with cause and remedy in the text: RETRY (closed, late, or the
 * peer is not the server that it should be: unknown issuer, expired, not yet
 * valid, other name, or it refused our certificate).
 */
MUST_USE bool tls_client_open(int fd, const struct trust *trust,
			      const char *server_name, int64_t now,
			      const struct deadline *deadline, uint64_t *count,
			      struct tls_client **tls, struct err *err);

/* What was seen of the other side, whether it was the right one or not. */
struct tls_seen {
	bool http;    /* it answered in plain HTTP, not in TLS */
	bool shown;   /* it showed a certificate, of which is told: */
	bool trusted; /* it is one of the server that was asked for */
	char issuer[256], subject[256]; /* for people; "" = unreadable */
	int64_t not_before, not_after;  /* UTC; 0 = unreadable */
	uint8_t hash[SHA256_SIZE];
	const char *suite; /* of a handshake that succeeded; NULL = none */
};

/*
 * tls_client_open() for whoever tests the connection: *seen is filled
 * in any case.
 */
MUST_USE bool tls_client_open_seen(int fd, const struct trust *trust,
				   const char *server_name, int64_t now,
				   const struct deadline *deadline,
				   uint64_t *count, struct tls_seen *seen,
				   struct tls_client **tls, struct err *err);

/* SHA-256 of the server's own certificate. */
void tls_client_peer(const struct tls_client *tls, uint8_t hash[SHA256_SIZE]);

/* So many bytes are to be sent next; see tcp_set_ahead(). */
void tls_client_expect(struct tls_client *tls, uint64_t size);

/*
 * Room for data to be sent, at most one record, to be filled by the caller
 * without a copy; then tls_client_wrote() says how much of it was filled.
 * *len = 0 and true: the server has begun to answer, so stop sending.
 * Errors: RETRY.
 */
MUST_USE bool tls_client_room(struct tls_client *tls, uint8_t **room,
			      size_t *len, const struct deadline *deadline,
			      struct err *err);
void tls_client_wrote(struct tls_client *tls, size_t len);

/* Sends what is still gathered. Errors: RETRY. */
MUST_USE bool tls_client_flush(struct tls_client *tls,
			       const struct deadline *deadline,
			       struct err *err);

/*
 * Bytes from the server: *data is valid until tls_client_read_done() says
 * how much of it was used. *len = 0: the stream has ended (whether properly
 * or not: only HTTP's framing tells whether anything is missing).
 * Errors: RETRY.
 */
MUST_USE bool tls_client_read(struct tls_client *tls, const uint8_t **data,
			      size_t *len, const struct deadline *deadline,
			      struct err *err);
void tls_client_read_done(struct tls_client *tls, size_t len);

/*
 * Nothing leaves any more, not even what is gathered already: a request that
 * was broken off must not be completed by the closing.
 */
void tls_client_abandon(struct tls_client *tls);

/*
 * Has the connection ended by itself: closed by the peer or lost? Not so when
 * a wait was over or stopped, or when the peer broke the rules of TLS.
 */
bool tls_client_is_lost(const struct tls_client *tls);

/*
 * Says goodbye if that goes at once, closes and frees. Never waits: what was
 * to be read has been read. NULL is fine.
 */
void tls_client_close(struct tls_client *tls);

/* Does this processor have what AES-GCM needs to be the faster suite? */
bool tls_client_prefers_aes(void);

#endif
