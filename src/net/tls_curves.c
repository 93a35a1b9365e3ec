/*
 * The key agreement of a TLS connection: BearSSL's curves, with X25519 taken
 * from crypto/x25519, where job data has it from too. Which curve is used is
 * the server's choice; BearSSL names P-256 first, so a server of ours chooses
 * by its own order (www/lighttpd/server.conf.in). Signatures are P-256 and
 * stay BearSSL's.
 *
 * Points and scalars of X25519 are little-endian in both, as in RFC 7748;
 * those of the other curves begin with the most significant byte.
 */
#include "net/tls_curves.h"

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

static uint32_t mul(unsigned char *point, size_t point_len,
		    const unsigned char *x, size_t len, int curve)
{
	if (curve != X25519) {
		return br_ec_get_default()->mul(point, point_len, x, len,
						curve);
	}
	return point_len == X25519_SIZE && len == X25519_SIZE &&
	       x25519_shared(x, point, point);
}

static size_t mulgen(unsigned char *point, const unsigned char *x, size_t len,
		     int curve)
{
	if (curve != X25519) {
		return br_ec_get_default()->mulgen(point, x, len, curve);
	}
	if (len != X25519_SIZE) {
		return 0;
	}
	x25519_public(x, point);
	return X25519_SIZE;
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
