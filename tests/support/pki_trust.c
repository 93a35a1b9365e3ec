/*
 * Loads the files of a PKI as a connecting device does. Apart from pki.c,
 * which programs without the network layer use too.
 */
#include "tests/support/pki_trust.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"

struct trust *pki_trust(const struct pki *pki, const char *anchor,
			const char *chain)
{
	char *anchor_path =
		pki_path(pki, anchor != NULL ? anchor : "server-anchor.pem");
	char *chain_path =
		pki_path(pki, chain != NULL ? chain : "identity.pem");
	char *key_path = pki_path(pki, "identity.key");
	struct trust *trust = NULL;

	assert_true(
		trust_load(anchor_path, chain_path, key_path, &trust, NULL));
	mem_free(key_path);
	mem_free(chain_path);
	mem_free(anchor_path);
	return trust;
}

int pki_trust_set_up(void **state)
{
	struct pki_trusted *device = *state;

	pki_make(&device->pki);
	device->trust = pki_trust(&device->pki, NULL, NULL);
	return 0;
}

int pki_trust_tear_down(void **state)
{
	struct pki_trusted *device = *state;

	trust_free(device->trust);
	pki_remove(&device->pki);
	return 0;
}
