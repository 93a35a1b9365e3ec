#ifndef SLUICE_NET_TLS_PEER_H
#define SLUICE_NET_TLS_PEER_H

#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/sha256.h"
#include "net/trust.h"

#define TLS_PEER_LEAF_MAX (16 * 1024)

/*
 * BearSSL's certificate validation, with each certificate judged at a moment
 * of its own, and with a copy of the server's own certificate kept, for its
 * hash and for telling what is wrong with it. Used by tls_client.c alone.
 */
struct tls_peer {
	const br_x509_class *vtable; /* first: BearSSL casts to and from it */
	br_x509_minimal_context minimal;
	size_t certificates; /* seen so far */
	struct buf leaf;     /* DER; empty when over the limit */
	struct buf next;     /* the certificate that comes in after the leaf */
	uint32_t length;     /* of the one that comes in, as it was announced */
	struct sha256 hashing;
	uint8_t hash[SHA256_SIZE]; /* of the leaf, once it was seen */
	/* UTC; the time is within. Each is raised to trust's time floor. */
	int64_t earliest, latest;
	bool trusted;          /* the chain passed */
	const char *time_from; /* where earliest is from, for people */
	bool clock;            /* it is the caller's clock, and one moment */
};

/*
 * A certificate is judged at the moment within its validity at which it may be
 * now, so it is out of its time only when it is that at all moments from
 * trust->earliest to latest; now counts when latest is 0. trust is borrowed.
 */
void tls_peer_init(struct tls_peer *peer, const struct trust *trust,
		   int64_t now);
void tls_peer_clear(struct tls_peer *peer);

/* The part of *seen (tls_client.h) that is about the certificate. */
struct tls_seen;
void tls_peer_look(const struct tls_peer *peer, struct tls_seen *seen);

/*
 * Sets err (RETRY) from BearSSL's error code of a connection to server_name:
 * cause and remedy in plain words. Returns false.
 */
bool tls_peer_explain(const struct tls_peer *peer, int code,
		      const char *server_name, struct err *err);

#endif
