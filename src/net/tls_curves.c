/*
 * The key agreement of a TLS connection: BearSSL's curves, with X25519 taken
 * from crypto/x25519, where job data has it from too. Which curve is used is
 * the server's choice; BearSSL names P-256 first, so a server of ours chooses
 * by its own order (www/lighttpd/server.conf.in). Signatures are P-256 and
 * stay BearSSL's.
 *
 * Points of X25519 are as on the wire, little-endian; BearSSL has scalars of
 * all curves most significant byte first.
 */
#include "net/tls_curves.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/x25519.h"

#define X25519 BR_EC_curve25519

static const unsigned char *generator(int curve, size_t *len)
{
	return br_ec_get_default()->generator(curve, len);
}

static const unsigned char *order(int curve, size_t *len)
{
	return br_ec_get_default()->order(curve, len);
}

static size_t xoff(int curve, size_t *len)
{
	return br_ec_get_default()->xoff(curve, len);
}

/* false: longer than a scalar of X25519 is. */
static bool turn(const unsigned char *x, size_t len,
		 uint8_t secret[X25519_SIZE])
{
	memset(secret, 0, X25519_SIZE);
	for (size_t i = 0; len <= X25519_SIZE && i < len; i++) {
		secret[i] = x[len - 1 - i];
	}
	return len <= X25519_SIZE;
}

static uint32_t mul(unsigned char *point, size_t point_len,
		    const unsigned char *x, size_t len, int curve)
{
	uint8_t secret[X25519_SIZE];

	if (curve != X25519) {
		return br_ec_get_default()->mul(point, point_len, x, len,
						curve);
	}
	bool ok = point_len == X25519_SIZE && turn(x, len, secret) &&
		  x25519_shared(secret, point, point);
	mem_burn(secret, sizeof(secret));
	return ok;
}

static size_t mulgen(unsigned char *point, const unsigned char *x, size_t len,
		     int curve)
{
	uint8_t secret[X25519_SIZE];

	if (curve != X25519) {
		return br_ec_get_default()->mulgen(point, x, len, curve);
	}
	bool ok = turn(x, len, secret);
	if (ok) {
		x25519_public(secret, point);
	}
	mem_burn(secret, sizeof(secret));
	return ok ? X25519_SIZE : 0;
}

static uint32_t muladd(unsigned char *a, const unsigned char *b, size_t len,
		       const unsigned char *x, size_t x_len,
		       const unsigned char *y, size_t y_len, int curve)
{
	return br_ec_get_default()->muladd(a, b, len, x, x_len, y, y_len,
					   curve);
}

const br_ec_impl tls_curves = {
	.supported_curves = 1u << BR_EC_secp256r1 | 1u << BR_EC_secp384r1 |
			    1u << BR_EC_secp521r1 | 1u << BR_EC_curve25519,
	.generator = generator,
	.order = order,
	.xoff = xoff,
	.mul = mul,
	.mulgen = mulgen,
	.muladd = muladd,
};
