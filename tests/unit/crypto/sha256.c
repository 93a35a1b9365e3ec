/*
 * SHA-256 against the examples of FIPS 180-4.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/sha256.h"

#include <string.h>

#include "base/encoding.h"

static const struct {
	const char *message;
	const char *hash;
} vectors[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb924"
	      "27ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223"
		 "b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039"
	  "a33ce45964ff2167f6ecedd419db06c1" },
};

static void assert_hash(const uint8_t hash[SHA256_SIZE], const char *expected)
{
	char hex[2 * SHA256_SIZE + 1];

	hex_encode(hex, hash, SHA256_SIZE);
	assert_string_equal(hex, expected);
}

static void gives_the_published_hashes(void **state)
{
	uint8_t hash[SHA256_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		sha256_bytes(vectors[i].message, strlen(vectors[i].message),
			     hash);
		assert_hash(hash, vectors[i].hash);
	}
	sha256_bytes(NULL, 0, hash);
	assert_hash(hash, vectors[0].hash);
}

static void pieces_give_the_same_hash(void **state)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 ctx;

	(void)state;
	/* One million "a" (FIPS 180-2, appendix B.3), in odd pieces. */
	char piece[997];
	memset(piece, 'a', sizeof(piece));
	sha256_init(&ctx);
	for (size_t left = 1000000; left > 0;) {
		size_t len = left < sizeof(piece) ? left : sizeof(piece);
		sha256_update(&ctx, piece, len);
		left -= len;
	}
	sha256_final(&ctx, hash);
	assert_hash(hash, "cdc76e5c9914fb9281a1c7e284d73e67"
			  "f1809a48a497200e046d39ccc7112cd0");
}

static void a_running_hash_can_be_forked(void **state)
{
	uint8_t hash[SHA256_SIZE];
	struct sha256 first;

	(void)state;
	sha256_init(&first);
	sha256_update(&first, "ab", 2);
	struct sha256 second = first;
	sha256_update(&first, "c", 1);
	sha256_update(&second, "cd", 2);
	sha256_final(&first, hash);
	assert_hash(hash, vectors[1].hash);
	uint8_t expected[SHA256_SIZE];
	sha256_bytes("abcd", 4, expected);
	sha256_final(&second, hash);
	assert_memory_equal(hash, expected, sizeof(hash));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_published_hashes),
		cmocka_unit_test(pieces_give_the_same_hash),
		cmocka_unit_test(a_running_hash_can_be_forked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
