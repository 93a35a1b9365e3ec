/*
 * Bech32 against BIP 173 and C2SP/CCTV's age test kit, and every way to spell
 * a text wrongly.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/bech32.h"

#include <ctype.h>
#include <string.h>

#include "base/encoding.h"

static void encodes_the_examples_of_bip_173(void **state)
{
	/* 5 bits a character there; these are whole bytes. */
	uint8_t program[20];
	uint8_t back[20];
	char text[BECH32_SIZE(6, 20)];

	(void)state;
	bech32_encode("a", NULL, 0, text);
	assert_string_equal(text, "a12uel5l");
	bech32_encode("A", NULL, 0, text);
	assert_string_equal(text, "A12UEL5L");
	assert_true(hex_decode(program, 20,
			       "00443214c74254b635cf84653a56d7c675be77df"));
	bech32_encode("abcdef", program, 20, text);
	assert_string_equal(text, "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7l"
				  "mqqqxw");
	assert_true(bech32_decode(text, "abcdef", back, 20, NULL));
	assert_memory_equal(back, program, 20);
}

static void every_length_comes_back(void **state)
{
	uint8_t bytes[300];
	uint8_t back[300];
	char text[BECH32_SIZE(4, 300)];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] = (uint8_t)(i * 37 + 11);
	}
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		bech32_encode("key1", bytes, len, text);
		assert_int_equal(strlen(text) + 1, BECH32_SIZE(4, len));
		assert_true(bech32_decode(text, "key1", back, len, NULL));
		assert_memory_equal(back, bytes, len);
		assert_false(bech32_decode(text, "key1", back, len + 1, NULL));
		assert_true(len == 0 ||
			    !bech32_decode(text, "key1", back, len - 1, NULL));
		assert_false(bech32_decode(text, "key", back, len, NULL));
		assert_false(bech32_decode(text, "KEY1", back, len, NULL));
	}
}

#define GOOD "age1dyan2g2k5dfwyguxsv4r3uzv23auyhdjp6zqlp3scx6aahy3xsfq77w85n"

static void assert_refused(const char *text)
{
	uint8_t bytes[32] = { 99 };
	struct err err = { 0 };

	if (bech32_decode(text, "age", bytes, 32, &err)) {
		fail_msg("taken: %s", text);
	}
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(bytes[0], 99);
}

static void one_wrong_character_is_found_anywhere(void **state)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l1bio";
	uint8_t bytes[32];

	(void)state;
	assert_true(bech32_decode(GOOD, "age", bytes, 32, NULL));
	for (size_t at = 0; at < sizeof(GOOD) - 1; at++) {
		for (size_t i = 0; i < sizeof(letters) - 1; i++) {
			char text[] = GOOD;
			if (text[at] == letters[i]) {
				continue;
			}
			text[at] = letters[i];
			assert_refused(text);
		}
	}
}

static void other_spellings_are_refused(void **state)
{
	char text[sizeof(GOOD) + 4] = GOOD;

	(void)state;
	for (size_t len = 0; len < sizeof(GOOD) - 1; len++) {
		char cut[sizeof(GOOD)] = { 0 };
		memcpy(cut, GOOD, len);
		assert_refused(cut);
	}
	strcat(text, "q");
	assert_refused(text);
	assert_refused(" " GOOD);
	assert_refused(GOOD "\n");
	assert_refused("age1");
	assert_refused("1qqqqqqq");
	/* Mixed case: in the data, and the prefix alone */
	for (size_t at = 0; at < sizeof(GOOD) - 1; at++) {
		char mixed[] = GOOD;
		mixed[at] = (char)toupper((unsigned char)mixed[at]);
		if (mixed[at] != GOOD[at]) {
			assert_refused(mixed);
		}
	}
	/* All in capitals is another prefix: age writes recipients small. */
	for (size_t at = 0; text[at] != '\0'; at++) {
		text[at] = (char)toupper((unsigned char)text[at]);
	}
	assert_refused(text);
}

/* The same checksum, set bits in the padding: made by brute force below. */
static void bits_after_the_last_byte_are_refused(void **state)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	char text[BECH32_SIZE(1, 1)];
	uint8_t byte;
	unsigned taken = 0;

	(void)state;
	/* One byte is two characters, the second with two bits of padding. */
	for (unsigned n = 0; n < 32 * 32; n++) {
		uint8_t five[2] = { (uint8_t)(n / 32), (uint8_t)(n % 32) };
		/* Searches the checksum over the only one that can hold. */
		uint32_t sum = 1;
		static const uint32_t g[5] = { 0x3b6a57b2, 0x26508e6d,
					       0x1ea119fa, 0x3d4233dd,
					       0x2a1462b3 };
		const unsigned values[] = { 'a' >> 5, 0, 'a' & 31, five[0],
					    five[1],  0, 0,        0,
					    0,        0, 0 };
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]);
		     i++) {
			uint32_t top = sum >> 25;
			sum = (sum & 0x1ffffff) << 5 ^ values[i];
			for (unsigned b = 0; b < 5; b++) {
				sum ^= (top >> b & 1) != 0 ? g[b] : 0;
			}
		}
		sum ^= 1;
		text[0] = 'a';
		text[1] = '1';
		text[2] = letters[five[0]];
		text[3] = letters[five[1]];
		for (unsigned i = 0; i < 6; i++) {
			text[4 + i] = letters[sum >> (5 * (5 - i)) & 31];
		}
		text[10] = '\0';
		bool ok = bech32_decode(text, "a", &byte, 1, NULL);
		assert_int_equal(ok, (five[1] & 3) == 0);
		taken += ok ? 1 : 0;
	}
	assert_int_equal(taken, 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes_the_examples_of_bip_173),
		cmocka_unit_test(every_length_comes_back),
		cmocka_unit_test(one_wrong_character_is_found_anywhere),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(bits_after_the_last_byte_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
