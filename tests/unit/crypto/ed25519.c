/*
 * Ed25519 against RFC 8032, section 7.1.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/ed25519.h"

#include <string.h>

#include "base/encoding.h"

static const struct {
	const char *seed, *public_key, *message, *sig;
} vectors[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc4"
	  "4449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a"
	  "0ee172f3daa62325af021a68f707511a",
	  "",
	  "e5564300c360ac729086e2cc806e828a"
	  "84877f1eb8e5d974d873e06522490155"
	  "5fb8821590a33bacc61e39701cf9b46b"
	  "d25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f"
	  "5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc"
	  "9c982ccf2ec4968cc0cd55f12af4660c",
	  "72",
	  "92a009a9f0d4cab8720e820b5f642540"
	  "a2b27b5416503f8fb3762223ebdb69da"
	  "085ac1e43e15996e458f3613d0f11d8c"
	  "387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b1"
	  "66d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f058"
	  "0816ed13ba3303ac5deb911548908025",
	  "af82",
	  "6291d657deec24024827e69c3abe01a3"
	  "0ce548a284743a445e3680d7db5ac3ac"
	  "18ff9b538d16f290ae67f760984dc659"
	  "4a7c15e9716ed28dc027beceea1ec40a" },
};

static void signs_and_verifies_as_rfc_8032_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint8_t seed[32];
		uint8_t message[2];
		size_t len = strlen(vectors[i].message) / 2;
		uint8_t sig[64];
		char hex[129];
		struct ed25519_key key;
		assert_true(hex_decode(seed, 32, vectors[i].seed));
		assert_true(hex_decode(message, len, vectors[i].message));
		ed25519_from_seed(seed, &key);
		hex_encode(hex, key.public_key, 32);
		assert_string_equal(hex, vectors[i].public_key);
		ed25519_sign(&key, message, len, sig);
		hex_encode(hex, sig, 64);
		assert_string_equal(hex, vectors[i].sig);
		assert_true(ed25519_verify(key.public_key, message, len, sig));
	}
}

static void refuses_whatever_was_changed(void **state)
{
	struct ed25519_key key;
	uint8_t sig[64];

	(void)state;
	ed25519_generate(&key);
	ed25519_sign(&key, "message", 7, sig);
	assert_true(ed25519_verify(key.public_key, "message", 7, sig));
	assert_false(ed25519_verify(key.public_key, "massage", 7, sig));
	assert_false(ed25519_verify(key.public_key, "message", 6, sig));
	for (size_t i = 0; i < sizeof(sig); i++) {
		sig[i] ^= 1;
		assert_false(ed25519_verify(key.public_key, "message", 7, sig));
		sig[i] ^= 1;
	}
	key.public_key[0] ^= 1;
	assert_false(ed25519_verify(key.public_key, "message", 7, sig));
}

static void refuses_a_signature_moved_by_the_group_order(void **state)
{
	/* s + L verifies in careless implementations. */
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
					   0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2,
					   0xde, 0xf9, 0xde, 0x14, 0,    0,
					   0,    0,    0,    0,    0,    0,
					   0,    0,    0,    0,    0,    0,
					   0,    0x10 };
	struct ed25519_key key;
	uint8_t sig[64];
	unsigned carry = 0;

	(void)state;
	ed25519_generate(&key);
	ed25519_sign(&key, "m", 1, sig);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)sig[32 + i] + order[i];
		sig[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_false(ed25519_verify(key.public_key, "m", 1, sig));
}

static void refuses_a_public_key_of_small_order(void **state)
{
	uint8_t zero_key[32] = { 1 }; /* the neutral element */
	uint8_t sig[64] = { 1 };      /* R = neutral, s = 0 */

	(void)state;
	assert_false(ed25519_verify(zero_key, "anything", 8, sig));
}

static void generated_keys_differ_and_follow_from_their_seed(void **state)
{
	struct ed25519_key a;
	struct ed25519_key b;
	struct ed25519_key again;

	(void)state;
	ed25519_generate(&a);
	ed25519_generate(&b);
	assert_memory_not_equal(a.seed, b.seed, 32);
	ed25519_from_seed(a.seed, &again);
	assert_memory_equal(&a, &again, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signs_and_verifies_as_rfc_8032_says),
		cmocka_unit_test(refuses_whatever_was_changed),
		cmocka_unit_test(refuses_a_signature_moved_by_the_group_order),
		cmocka_unit_test(refuses_a_public_key_of_small_order),
		cmocka_unit_test(
			generated_keys_differ_and_follow_from_their_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
