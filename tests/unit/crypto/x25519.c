/*
 * X25519 against RFC 7748, and points of low order.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/x25519.h"

#include <string.h>

#include "base/encoding.h"

#define ALICE "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
#define ALICE_PUBLIC \
	"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
#define BOB "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
#define BOB_PUBLIC \
	"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
#define BOTH "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"

static const struct {
	const char *secret, *point, *shared;
} vectors[] = {
	/* Section 5.2 */
	{ "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
	  "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
	  "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552" },
	{ "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
	  "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
	  "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957" },
	/* Section 6.1, both ways */
	{ ALICE, BOB_PUBLIC, BOTH },
	{ BOB, ALICE_PUBLIC, BOTH },
};

static void shares_as_rfc_7748_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint8_t secret[X25519_SIZE];
		uint8_t point[X25519_SIZE];
		uint8_t shared[X25519_SIZE];
		char hex[2 * X25519_SIZE + 1];
		assert_true(hex_decode(secret, 32, vectors[i].secret));
		assert_true(hex_decode(point, 32, vectors[i].point));
		assert_true(x25519_shared(secret, point, shared));
		hex_encode(hex, shared, 32);
		assert_string_equal(hex, vectors[i].shared);
		assert_false(x25519_low_order(point));
	}
}

static void public_keys_follow_from_secrets(void **state)
{
	static const char *const pairs[][2] = { { ALICE, ALICE_PUBLIC },
						{ BOB, BOB_PUBLIC } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint8_t secret[X25519_SIZE];
		uint8_t public_key[X25519_SIZE];
		char hex[2 * X25519_SIZE + 1];
		assert_true(hex_decode(secret, 32, pairs[i][0]));
		x25519_public(secret, public_key);
		hex_encode(hex, public_key, 32);
		assert_string_equal(hex, pairs[i][1]);
	}
}

/* All of them, in the spellings beside the canonical one too. */
static const char *const low[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static void refuses_points_of_low_order(void **state)
{
	uint8_t secret[X25519_SIZE];

	(void)state;
	assert_true(hex_decode(secret, 32, ALICE));
	for (size_t i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
		uint8_t point[X25519_SIZE];
		uint8_t shared[X25519_SIZE] = { 7 };
		assert_true(hex_decode(point, 32, low[i]));
		assert_true(x25519_low_order(point));
		assert_false(x25519_shared(secret, point, shared));
		assert_int_equal(shared[0], 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_as_rfc_7748_says),
		cmocka_unit_test(public_keys_follow_from_secrets),
		cmocka_unit_test(refuses_points_of_low_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
