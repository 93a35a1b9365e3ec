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
 * BearSSL's certificate validation with a copy of the server's own
 * certificate kept, for its hash and for telling what is wrong with it. Used
 * by tls_client.c alone.
 */
struct tls_peer {
	const br_x509_class *vtable; /* first: BearSSL casts to and from it */
	br_x509_minimal_context minimal;
	size_t certificates; /* seen so far */
	struct buf leaf;     /* DER; empty when over the limit */
	struct sha256 hashing;
	uint8_t hash[SHA256_SIZE]; /* of the leaf, once it was seen */
	int64_t now;               /* UTC, the time that was checked against */
};

/* now is raised to trust's time floor. trust is borrowed. */
void tls_peer_init(struct tls_peer *peer, const struct trust *trust,
		   int64_t now);
void tls_peer_clear(struct tls_peer *peer);

/*
 * Sets err (RETRY) from BearSSL's error code of a connection to server_name:
 * cause and remedy in plain words. Returns false.
 */
bool tls_peer_explain(const struct tls_peer *peer, int code,
		      const char *server_name, struct err *err);

#endif
