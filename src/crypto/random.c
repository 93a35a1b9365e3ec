/*
 * The only source of randomness: getrandom(2), which cannot run out of
 * descriptors and works in a sandbox without files. No generator of our own
 * stands between, so a fork or a copied process repeats nothing.
 */
#include "crypto/random.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/types.h>

void random_bytes(void *dst, size_t len)
{
	uint8_t *at = dst;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			abort();
		}
		at += got;
		len -= (size_t)got;
	}
}
