#ifndef SLUICE_NET_TRUST_H
#define SLUICE_NET_TRUST_H

#include <bearssl.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypto/p256.h"

#define TRUST_ANCHORS_MAX 8
#define TRUST_CHAIN_MAX 8
#define TRUST_FILE_MAX (64 * 1024)

/*
 * Whom this client believes and as whom it speaks: the pinned roots of the
 * server, and the device's own certificate with its key. There is no other
 * source of trust. Holds a private key; trust_free() wipes it.
 */
struct trust {
	br_x509_trust_anchor anchors[TRUST_ANCHORS_MAX];
	size_t anchors_count;                       /* 1.. */
	br_x509_certificate chain[TRUST_CHAIN_MAX]; /* leaf first */
	size_t chain_count;                         /* 0 = none */
	struct p256_key key;
	br_ec_private_key private_key; /* points into key */
	int64_t time_floor; /* UTC: start of validity of the own certificate */
	/*
	 * What the time may be, UTC; set by the caller. A certificate of the
	 * server is out of its time only when all of this lies outside. latest
	 * 0 = nothing is known: the time is that of the call.
	 */
	int64_t earliest, latest;
	/* Borrowed: from where that is known, for people; NULL = the clock. */
	const char *time_from;
};

/*
 * Makes it from the contents of files. The leaf of chain_pem must hold key's
 * point. Only roots with a P-256, P-384 or P-521 key are taken, since the
 * client speaks ECDSA alone.
 * Errors: INVALID (the text names which of the three is wrong and why), LIMIT.
 */
MUST_USE bool trust_new(const void *anchor_pem, size_t anchor_len,
			const void *chain_pem, size_t chain_len,
			const struct p256_key *key, struct trust **trust,
			struct err *err);

/*
 * For a device that has no certificate yet: believes the roots, and shows none
 * of its own (chain_count 0). Errors: INVALID, LIMIT.
 */
MUST_USE bool trust_new_anonymous(const void *anchor_pem, size_t anchor_len,
				  struct trust **trust, struct err *err);

/* The same from files. Errors: also NOT_FOUND, DENIED (key mode), IO. */
MUST_USE bool trust_load(const char *anchor_path, const char *chain_path,
			 const char *key_path, struct trust **trust,
			 struct err *err);

/* Does this PEM text hold roots that trust_new() would take? */
MUST_USE bool trust_check_anchor(const void *anchor_pem, size_t len,
				 struct err *err);

void trust_free(struct trust *trust); /* NULL is fine */

#endif
