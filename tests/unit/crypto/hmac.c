/*
 * HMAC-SHA-256 against RFC 4231.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/hmac.h"

#include <string.h>

#include "base/encoding.h"

static void assert_mac(const void *key, size_t key_len, const void *data,
		       size_t data_len, const char *expected)
{
	uint8_t mac[HMAC_SHA256_SIZE];
	char hex[2 * HMAC_SHA256_SIZE + 1];

	hmac_sha256(key, key_len, data, data_len, mac);
	hex_encode(hex, mac, sizeof(mac));
	assert_string_equal(hex, expected);
}

static void gives_the_macs_of_rfc_4231(void **state)
{
	uint8_t key[131];
	uint8_t data[50];

	(void)state;
	memset(key, 0x0b, 20);
	assert_mac(key, 20, "Hi There", 8,
		   "b0344c61d8db38535ca8afceaf0bf12b"
		   "881dc200c9833da726e9376c2e32cff7");
	assert_mac("Jefe", 4, "what do ya want for nothing?", 28,
		   "5bdcc146bf60754e6a042426089575c7"
		   "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, sizeof(data));
	assert_mac(key, 20, data, sizeof(data),
		   "773ea91e36800e46854db8ebd09181a7"
		   "2959098b3ef8c122d9635514ced565fe");
	/* A key longer than a block of the hash. */
	static const char text[] =
		"Test Using Larger Than Block-Size Key - Hash Key First";
	assert_mac(key, sizeof(key), text, sizeof(text) - 1,
		   "60e431591ee0b67f0d8a26aacbf5b77f"
		   "8e0bc6213728c5140546040f0ee37f54");
}

static void accepts_an_empty_key_and_message(void **state)
{
	(void)state;
	assert_mac(NULL, 0, NULL, 0,
		   "b613679a0814d9ec772f95d778c35fc5"
		   "ff1697c493715653c6c712144292c5ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_macs_of_rfc_4231),
		cmocka_unit_test(accepts_an_empty_key_and_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
