/*
 * P-256 and ECDSA against RFC 6979, appendix A.2.5, and against misuse.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/p256.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/sha256.h"

#define RFC6979_KEY \
	"C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static void key_of(const char *hex, struct p256_key *key)
{
	uint8_t secret[P256_PRIVATE_SIZE];

	assert_true(hex_decode(secret, sizeof(secret), hex));
	assert_true(p256_from_private(secret, key));
}

static void derives_the_point_and_signature_of_rfc_6979(void **state)
{
	struct p256_key key;
	uint8_t hash[SHA256_SIZE];
	uint8_t sig[P256_SIGNATURE_MAX];
	char hex[2 * P256_SIGNATURE_MAX + 1];
	size_t len = 0;

	(void)state;
	key_of(RFC6979_KEY, &key);
	hex_encode(hex, key.public_point, P256_POINT_SIZE);
	assert_string_equal(
		hex,
		"0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60"
		"f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c2"
		"94d4462299");
	sha256_bytes("sample", 6, hash);
	assert_true(p256_sign_sha256(&key, hash, sig, &len));
	hex_encode(hex, sig, len);
	assert_string_equal(
		hex,
		"3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c3"
		"4d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900db"
		"b9aff4064dc4ab2f843acda8");
	assert_true(p256_verify_sha256(key.public_point, hash, sig, len));
}

static void refuses_whatever_was_changed(void **state)
{
	struct p256_key key;
	uint8_t hash[32] = { 1, 2, 3 };
	uint8_t sig[P256_SIGNATURE_MAX + 1] = { 0 };
	size_t len = 0;

	(void)state;
	p256_generate(&key);
	assert_true(p256_sign_sha256(&key, hash, sig, &len));
	assert_true(p256_verify_sha256(key.public_point, hash, sig, len));
	hash[31] ^= 1;
	assert_false(p256_verify_sha256(key.public_point, hash, sig, len));
	hash[31] ^= 1;
	sig[len - 1] ^= 1;
	assert_false(p256_verify_sha256(key.public_point, hash, sig, len));
	sig[len - 1] ^= 1;
	assert_false(p256_verify_sha256(key.public_point, hash, sig, 0));
	assert_false(p256_verify_sha256(key.public_point, hash, sig, len - 1));
	assert_false(
		p256_verify_sha256(key.public_point, hash, sig, sizeof(sig)));
}

static void refuses_points_that_are_not_on_the_curve(void **state)
{
	struct p256_key key;
	uint8_t hash[32] = { 1 };
	uint8_t sig[P256_SIGNATURE_MAX];
	size_t len = 0;

	(void)state;
	p256_generate(&key);
	assert_true(p256_sign_sha256(&key, hash, sig, &len));
	assert_true(p256_verify_sha256(key.public_point, hash, sig, len));
	key.public_point[64] ^= 1;
	assert_false(p256_verify_sha256(key.public_point, hash, sig, len));
	key.public_point[64] ^= 1;
	key.public_point[0] = 0x06; /* hybrid form */
	assert_false(p256_verify_sha256(key.public_point, hash, sig, len));
}

static void refuses_private_keys_out_of_range(void **state)
{
	static const char *const bad[] = {
		"0000000000000000000000000000000000000000000000000000000000"
		"000000",
		ORDER,
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		"ffffff",
	};
	struct p256_key key;
	struct p256_key untouched;

	(void)state;
	memset(&key, 0x55, sizeof(key));
	untouched = key;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t secret[P256_PRIVATE_SIZE];
		assert_true(hex_decode(secret, sizeof(secret), bad[i]));
		assert_false(p256_from_private(secret, &key));
		assert_memory_equal(&key, &untouched, sizeof(key));
	}
	/* The biggest one that is allowed: the order less one. */
	key_of("ffffffff00000000ffffffffffffffff"
	       "bce6faada7179e84f3b9cac2fc632550",
	       &key);
}

static void signatures_fit_their_place_for_many_keys(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct p256_key key;
		uint8_t hash[32];
		uint8_t sig[P256_SIGNATURE_MAX];
		size_t len = 0;
		p256_generate(&key);
		memset(hash, i + 1, sizeof(hash));
		assert_true(p256_sign_sha256(&key, hash, sig, &len));
		assert_in_range(len, 8, P256_SIGNATURE_MAX);
		assert_true(
			p256_verify_sha256(key.public_point, hash, sig, len));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives_the_point_and_signature_of_rfc_6979),
		cmocka_unit_test(refuses_whatever_was_changed),
		cmocka_unit_test(refuses_points_that_are_not_on_the_curve),
		cmocka_unit_test(refuses_private_keys_out_of_range),
		cmocka_unit_test(signatures_fit_their_place_for_many_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
