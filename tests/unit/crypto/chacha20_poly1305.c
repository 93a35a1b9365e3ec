/*
 * ChaCha20-Poly1305 against RFC 8439, section 2.8.2, whose text and key are
 * taken without the additional data; the tag is what OpenSSL says then.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "crypto/chacha20_poly1305.h"

#include <string.h>

#include "base/encoding.h"

#define TAG CHACHA20_POLY1305_TAG_SIZE

static const char plain[] =
	"Ladies and Gentlemen of the class of '99: If I could offer you only "
	"one tip for the future, sunscreen would be it.";

#define PLAIN_LEN (sizeof(plain) - 1)

static void rfc_key(struct chacha20_poly1305 *with)
{
	for (unsigned i = 0; i < sizeof(with->key); i++) {
		with->key[i] = (uint8_t)(0x80 + i);
	}
	assert_true(hex_decode(with->nonce, 12, "070000004041424344454647"));
}

static void seals_as_rfc_8439_says(void **state)
{
	struct chacha20_poly1305 with;
	uint8_t sealed[PLAIN_LEN + TAG];
	char hex[2 * sizeof(sealed) + 1];

	(void)state;
	rfc_key(&with);
	chacha20_poly1305_seal(&with, plain, PLAIN_LEN, sealed);
	hex_encode(hex, sealed, sizeof(sealed));
	assert_string_equal(hex, "d31a8d34648e60db7b86afbc53ef7ec2"
				 "a4aded51296e08fea9e2b5a736ee62d6"
				 "3dbea45e8ca9671282fafb69da92728b"
				 "1a71de0a9e060b2905d6a5b67ecd3b36"
				 "92ddbd7f2d778b8c9803aee328091b58"
				 "fab324e4fad675945585808b4831d7bc"
				 "3ff4def08e4b7a9de576d26586cec64b"
				 "6116"
				 "6a23a4681fd59456aea1d29f82477216");
	chacha20_poly1305_seal(&with, NULL, 0, sealed);
	hex_encode(hex, sealed, TAG);
	assert_string_equal(hex, "a0784d7a4716f3feb4f64e7f4b39bf04");
}

static void opens_what_it_sealed(void **state)
{
	struct chacha20_poly1305 with;
	uint8_t text[1100];
	uint8_t sealed[sizeof(text) + TAG];
	uint8_t back[sizeof(text)];

	(void)state;
	rfc_key(&with);
	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = (uint8_t)(i * 7);
	}
	for (size_t len = 0; len <= sizeof(text); len++) {
		chacha20_poly1305_seal(&with, text, len, sealed);
		assert_true(
			chacha20_poly1305_open(&with, sealed, len + TAG, back));
		assert_memory_equal(back, text, len);
	}
	chacha20_poly1305_seal(&with, NULL, 0, sealed);
	assert_true(chacha20_poly1305_open(&with, sealed, TAG, NULL));
}

static void refuses_whatever_was_changed(void **state)
{
	struct chacha20_poly1305 with;
	uint8_t sealed[PLAIN_LEN + TAG];
	uint8_t back[PLAIN_LEN];

	(void)state;
	rfc_key(&with);
	chacha20_poly1305_seal(&with, plain, PLAIN_LEN, sealed);
	for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(chacha20_poly1305_open(&with, sealed,
						    sizeof(sealed), back));
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < sizeof(sealed); len++) {
		assert_false(chacha20_poly1305_open(&with, sealed, len, back));
	}
	with.nonce[11] ^= 1;
	assert_false(
		chacha20_poly1305_open(&with, sealed, sizeof(sealed), back));
	with.nonce[11] ^= 1;
	with.key[0] ^= 1;
	assert_false(
		chacha20_poly1305_open(&with, sealed, sizeof(sealed), back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals_as_rfc_8439_says),
		cmocka_unit_test(opens_what_it_sealed),
		cmocka_unit_test(refuses_whatever_was_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
