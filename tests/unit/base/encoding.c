/* Vectors of RFC 4648, section 10, and every way of not being canonical. */
#include "base/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const char *const vectors[][3] = {
	/* plain, base64, hex */
	{ "", "", "" },
	{ "f", "Zg==", "66" },
	{ "fo", "Zm8=", "666f" },
	{ "foo", "Zm9v", "666f6f" },
	{ "foob", "Zm9vYg==", "666f6f62" },
	{ "fooba", "Zm9vYmE=", "666f6f6261" },
	{ "foobar", "Zm9vYmFy", "666f6f626172" },
};

#define VECTOR_COUNT (sizeof(vectors) / sizeof(vectors[0]))

static void base64_follows_the_standard(void **state)
{
	(void)state;
	for (size_t i = 0; i < VECTOR_COUNT; i++) {
		struct buf text = BUF_INIT;
		struct buf bytes = BUF_INIT;
		base64_put(&text, vectors[i][0], strlen(vectors[i][0]));
		assert_string_equal(buf_str(&text), vectors[i][1]);
		assert_true(base64_decode(&bytes, vectors[i][1],
					  strlen(vectors[i][1])));
		assert_string_equal(buf_str(&bytes), vectors[i][0]);
		buf_clear(&text);
		buf_clear(&bytes);
	}
}

static void base64url_has_no_padding_and_its_own_letters(void **state)
{
	(void)state;
	struct buf text = BUF_INIT;
	struct buf bytes = BUF_INIT;
	base64url_put(&text, "\xfb\xff\xfe\xff", 4);
	assert_string_equal(buf_str(&text), "-__-_w");
	assert_true(base64url_decode(&bytes, "-__-_w", 6));
	assert_int_equal(bytes.len, 4);
	assert_memory_equal(bytes.data, "\xfb\xff\xfe\xff", 4);
	assert_false(base64url_decode(&bytes, "-__-_w==", 8));
	assert_false(base64url_decode(&bytes, "+//+/w", 6));
	assert_false(base64_decode(&bytes, "-__-_w==", 8));
	buf_clear(&text);
	buf_clear(&bytes);
}

static void base64raw_has_no_padding(void **state)
{
	(void)state;
	for (size_t i = 0; i < VECTOR_COUNT; i++) {
		struct buf text = BUF_INIT;
		struct buf bytes = BUF_INIT;
		size_t len = strlen(vectors[i][0]);
		base64raw_put(&text, vectors[i][0], len);
		assert_int_equal(text.len, strcspn(vectors[i][1], "="));
		assert_memory_equal(buf_str(&text), vectors[i][1], text.len);
		assert_true(base64raw_decode(&bytes, buf_str(&text), text.len));
		assert_string_equal(buf_str(&bytes), vectors[i][0]);
		assert_true(text.len == strlen(vectors[i][1]) ||
			    !base64raw_decode(&bytes, vectors[i][1],
					      strlen(vectors[i][1])));
		buf_clear(&text);
		buf_clear(&bytes);
	}
	struct buf bytes = BUF_INIT;
	assert_false(base64raw_decode(&bytes, "-_", 2));
	assert_true(base64raw_decode(&bytes, "+/8", 3));
	buf_clear(&bytes);
}

static void every_byte_comes_back(void **state)
{
	(void)state;
	uint8_t all[256];
	for (size_t i = 0; i < sizeof(all); i++) {
		all[i] = (uint8_t)i;
	}
	for (size_t len = 0; len <= sizeof(all); len++) {
		struct buf text = BUF_INIT;
		struct buf bytes = BUF_INIT;
		base64_put(&text, all, len);
		assert_true(base64_decode(&bytes, buf_str(&text), text.len));
		assert_int_equal(bytes.len, len);
		assert_memory_equal(buf_str(&bytes), all, len);
		buf_clear(&text);
		buf_clear(&bytes);
	}
}

static void other_spellings_are_refused(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"Zg",       "Zg=",  "Zg===",    "Z===",       "====",
		"Zh==",     "Zm9=", "Zm9v=",    "Z m9v",      "Zm9v\n",
		"Zg==Zg==", "=Zg=", "Zm8=Zm8=", "Zm\xc3\xa9",
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct buf bytes = BUF_INIT;
		buf_put_str(&bytes, "kept");
		assert_false(
			base64_decode(&bytes, refused[i], strlen(refused[i])));
		assert_string_equal(buf_str(&bytes), "kept");
		buf_clear(&bytes);
	}
	struct buf bytes = BUF_INIT;
	assert_false(base64_decode(&bytes, "Zm\0v", 4));
	assert_false(base64url_decode(&bytes, "Z", 1));
	assert_false(base64url_decode(&bytes, "Zh", 2));
	buf_clear(&bytes);
}

static void hex_is_written_low_and_read_either_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < VECTOR_COUNT; i++) {
		char text[13];
		uint8_t bytes[6];
		size_t len = strlen(vectors[i][0]);
		hex_encode(text, vectors[i][0], len);
		assert_string_equal(text, vectors[i][2]);
		assert_true(hex_decode(bytes, len, text));
		assert_memory_equal(bytes, vectors[i][0], len);
	}
	uint8_t two[2] = { 1, 2 };
	assert_true(hex_decode(two, 2, "aBCd"));
	assert_int_equal(two[0], 0xab);
	assert_int_equal(two[1], 0xcd);
}

static void wrong_hex_changes_nothing(void **state)
{
	(void)state;
	static const char *const refused[] = {
		"",     "abc",   "abcde", "abcg",
		"0xab", "ab cd", "abcd ", "\xff\xffzz",
	};
	uint8_t two[2] = { 1, 2 };
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_false(hex_decode(two, 2, refused[i]));
	}
	assert_false(hex_decode(two, 2, NULL));
	assert_int_equal(two[0], 1);
	assert_int_equal(two[1], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_follows_the_standard),
		cmocka_unit_test(base64url_has_no_padding_and_its_own_letters),
		cmocka_unit_test(base64raw_has_no_padding),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(hex_is_written_low_and_read_either_way),
		cmocka_unit_test(wrong_hex_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
