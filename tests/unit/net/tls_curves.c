/*
 * The curves of a TLS connection: X25519 gives what BearSSL's own gives, takes
 * no point of low order, and P-256 is still there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/tls_curves.h"

#include <string.h>

#include "crypto/random.h"

static void the_curves_are_those_of_bearssl(void **state)
{
	static const int curves[] = { BR_EC_secp256r1, BR_EC_secp384r1,
				      BR_EC_secp521r1, BR_EC_curve25519 };
	const br_ec_impl *theirs = br_ec_get_default();
	(void)state;
	assert_int_equal(theirs->supported_curves, tls_curves.supported_curves);
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		size_t a = 0, b = 0;
		assert_memory_equal(theirs->order(curves[i], &a),
				    tls_curves.order(curves[i], &b), a);
		assert_int_equal(a, b);
		assert_memory_equal(theirs->generator(curves[i], &a),
				    tls_curves.generator(curves[i], &b), a);
		assert_int_equal(a, b);
		assert_int_equal(theirs->xoff(curves[i], &a),
				 tls_curves.xoff(curves[i], &b));
		assert_int_equal(a, b);
	}
}

/* Both agree on what is shared, whichever of them either side has. */
static void agrees(const br_ec_impl *a, const br_ec_impl *b, int curve)
{
	unsigned char x[32], y[32], from_x[80], from_y[80], same[80];
	for (int round = 0; round < 20; round++) {
		size_t len = 0, at = 0;
		random_bytes(x, sizeof(x));
		random_bytes(y, sizeof(y));
		x[0] &= 0x7f; /* below the order of both curves */
		y[0] &= 0x7f;
		size_t point = a->mulgen(from_x, x, sizeof(x), curve);
		assert_true(point > 0);
		/* The secret counts, or what is shared is known to all. */
		assert_int_equal(point, b->mulgen(same, x, sizeof(x), curve));
		assert_memory_equal(same, from_x, point);
		assert_int_equal(point, b->mulgen(from_y, y, sizeof(y), curve));
		assert_int_equal(1, a->mul(from_y, point, x, sizeof(x), curve));
		assert_int_equal(1, b->mul(from_x, point, y, sizeof(y), curve));
		at = a->xoff(curve, &len);
		assert_int_equal(32, len);
		assert_memory_equal(from_x + at, from_y + at, len);
	}
}

static void x25519_agrees_with_bearssl(void **state)
{
	(void)state;
	agrees(&tls_curves, br_ec_get_default(), BR_EC_curve25519);
	agrees(&tls_curves, &tls_curves, BR_EC_curve25519);
}

static void p256_agrees_with_bearssl(void **state)
{
	(void)state;
	agrees(&tls_curves, br_ec_get_default(), BR_EC_secp256r1);
	agrees(br_ec_get_default(), &tls_curves, BR_EC_secp256r1);
}

/* Signatures are checked with it. */
static void p256_signatures_pass(void **state)
{
	unsigned char secret[32] = { 1, 2, 3 }, hash[32] = { 4 };
	unsigned char point[BR_EC_KBUF_PUB_MAX_SIZE], sig[80];
	br_ec_private_key key = { BR_EC_secp256r1, secret, sizeof(secret) };
	br_ec_public_key its;
	(void)state;
	assert_int_equal(65, br_ec_compute_pub(&tls_curves, &its, point, &key));
	size_t len = br_ecdsa_sign_asn1_get_default()(
		&tls_curves, &br_sha256_vtable, hash, &key, sig);
	assert_true(len > 0);
	assert_int_equal(1, br_ecdsa_vrfy_asn1_get_default()(
				    &tls_curves, hash, 32, &its, sig, len));
	hash[0] ^= 1;
	assert_int_equal(0, br_ecdsa_vrfy_asn1_get_default()(
				    &tls_curves, hash, 32, &its, sig, len));
}

static void a_point_of_low_order_is_refused(void **state)
{
	unsigned char zero[32] = { 0 }, one[32] = { 1 }, x[32] = { 5 };
	(void)state;
	assert_int_equal(0, tls_curves.mul(zero, sizeof(zero), x, sizeof(x),
					   BR_EC_curve25519));
	assert_int_equal(0, tls_curves.mul(one, sizeof(one), x, sizeof(x),
					   BR_EC_curve25519));
}

static void other_lengths_are_refused(void **state)
{
	unsigned char point[65] = { 9 }, x[33] = { 5 };
	(void)state;
	assert_int_equal(0, tls_curves.mul(point, 31, x, 32, BR_EC_curve25519));
	assert_int_equal(0, tls_curves.mul(point, 65, x, 32, BR_EC_curve25519));
	assert_int_equal(0, tls_curves.mul(point, 32, x, 33, BR_EC_curve25519));
	assert_int_equal(0, tls_curves.mul(point, 32, x, 31, BR_EC_curve25519));
	assert_int_equal(0, tls_curves.mulgen(point, x, 33, BR_EC_curve25519));
	assert_int_equal(0, tls_curves.mulgen(point, x, 31, BR_EC_curve25519));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_curves_are_those_of_bearssl),
		cmocka_unit_test(x25519_agrees_with_bearssl),
		cmocka_unit_test(p256_agrees_with_bearssl),
		cmocka_unit_test(p256_signatures_pass),
		cmocka_unit_test(a_point_of_low_order_is_refused),
		cmocka_unit_test(other_lengths_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
