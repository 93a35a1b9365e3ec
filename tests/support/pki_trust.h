#ifndef SLUICE_TESTS_SUPPORT_PKI_TRUST_H
#define SLUICE_TESTS_SUPPORT_PKI_TRUST_H

#include "net/trust.h"
#include "tests/support/pki.h"

/*
 * What a device of the PKI trusts and shows; anchor NULL =
 * "server-anchor.pem", chain NULL = "identity.pem". Fails the test when they
 * cannot be loaded; trust_free() afterwards.
 */
struct trust *pki_trust(const struct pki *pki, const char *anchor,
			const char *chain);

/* A PKI with what its device trusts, for a group of tests; is *state. */
struct pki_trusted {
	struct pki pki;
	struct trust *trust;
};
int pki_trust_set_up(void **state);
int pki_trust_tear_down(void **state);

#endif
