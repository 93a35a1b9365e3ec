/*
 * HKDF-SHA-256 against RFC 5869, appendix A.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/hkdf.h"

#include <string.h>

#include "base/encoding.h"

/* Bytes that count up from first. */
static void count_up(uint8_t *bytes, size_t len, unsigned first)
{
	for (size_t i = 0; i < len; i++) {
		bytes[i] = (uint8_t)(first + i);
	}
}

static void gives_test_case_1(void **state)
{
	uint8_t secret[22];
	uint8_t salt[13];
	uint8_t info[10];
	uint8_t out[42];
	char hex[2 * sizeof(out) + 1];

	(void)state;
	memset(secret, 0x0b, sizeof(secret));
	count_up(salt, sizeof(salt), 0);
	count_up(info, sizeof(info), 0xf0);
	hkdf_sha256(secret, sizeof(secret), salt, sizeof(salt), info,
		    sizeof(info), out, sizeof(out));
	hex_encode(hex, out, sizeof(out));
	assert_string_equal(hex, "3cb25f25faacd57a90434f64d0362f2a"
				 "2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
				 "34007208d5b887185865");
}

static void gives_test_case_2(void **state)
{
	uint8_t secret[80];
	uint8_t salt[80];
	uint8_t info[80];
	uint8_t out[82];
	char hex[2 * sizeof(out) + 1];

	(void)state;
	count_up(secret, sizeof(secret), 0);
	count_up(salt, sizeof(salt), 0x60);
	count_up(info, sizeof(info), 0xb0);
	hkdf_sha256(secret, sizeof(secret), salt, sizeof(salt), info,
		    sizeof(info), out, sizeof(out));
	hex_encode(hex, out, sizeof(out));
	assert_string_equal(hex, "b11e398dc80327a1c8e7f78c596a4934"
				 "4f012eda2d4efad8a050cc4c19afa97c"
				 "59045a99cac7827271cb41c65e590e09"
				 "da3275600c2f09b8367793a9aca3db71"
				 "cc30c58179ec3e87c14c01d5c1f3434f"
				 "1d87");
}

static void gives_test_case_3_without_salt_and_info(void **state)
{
	uint8_t secret[22];
	uint8_t out[42];
	char hex[2 * sizeof(out) + 1];

	(void)state;
	memset(secret, 0x0b, sizeof(secret));
	hkdf_sha256(secret, sizeof(secret), NULL, 0, NULL, 0, out, sizeof(out));
	hex_encode(hex, out, sizeof(out));
	assert_string_equal(hex, "8da4e775a563c18f715f802a063c5a31"
				 "b8a11f5c5ee1879ec3454e5f3c738d2d"
				 "9d201395faa4b61a96c8");
}

static void a_shorter_key_begins_a_longer_one(void **state)
{
	static uint8_t whole[HKDF_SHA256_MAX];
	uint8_t part[33] = { 0 };

	(void)state;
	hkdf_sha256("secret", 6, "salt", 4, "info", 4, whole, sizeof(whole));
	for (size_t len = 0; len <= sizeof(part); len++) {
		memset(part, 0, sizeof(part));
		hkdf_sha256("secret", 6, "salt", 4, "info", 4, part, len);
		assert_memory_equal(part, whole, len);
		assert_true(len == sizeof(part) || part[len] == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_test_case_1),
		cmocka_unit_test(gives_test_case_2),
		cmocka_unit_test(gives_test_case_3_without_salt_and_info),
		cmocka_unit_test(a_shorter_key_begins_a_longer_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
