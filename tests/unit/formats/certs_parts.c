/*
 * Parts of certificates: names as text, public keys.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/certs_parts.h"

#include <string.h>

#include "base/encoding.h"

static void assert_text(const char *hex, const char *expected)
{
	uint8_t bytes[200];
	size_t len = strlen(hex) / 2;
	struct der_item item;
	struct buf out = BUF_INIT;

	assert_true(hex_decode(bytes, len, hex));
	struct reader r = reader_of(bytes, len);
	assert_true(der_next(&r, &item));
	if (expected == NULL) {
		assert_false(certs_name_text(&item, &out));
		assert_int_equal(out.len, 0);
	} else {
		assert_true(certs_name_text(&item, &out));
		assert_string_equal(buf_str(&out), expected);
	}
	buf_clear(&out);
}

static void names_are_text_for_people(void **state)
{
	(void)state;
	assert_text("3000", "");
	/* CN "x", in UTF-8, Latin-1 and UTF-16 strings */
	assert_text("300c310a30080603550403"
		    "0c0178",
		    "CN=x");
	assert_text("300c310a30080603550403"
		    "1401fc",
		    "CN=\xc3\xbc");
	assert_text("300d310b30090603550403"
		    "1e0220ac",
		    "CN=\xe2\x82\xac");
	/* an attribute that has no name here */
	assert_text("300c310a30080603550404"
		    "0c0178",
		    "2.5.4.4=x");
	/* two values in one set */
	assert_text("30163114"
		    "30080603550403"
		    "0c0161"
		    "30080603550405"
		    "130162",
		    "CN=a, serialNumber=b");
}

static void a_value_cannot_look_like_two(void **state)
{
	(void)state;
	assert_text("3013"
		    "3111"
		    "300f"
		    "0603550403"
		    "0c08"
		    "782c20434e3d790a",
		    "CN=x\\, CN\\=y\xef\xbf\xbd");
	assert_text("300d310b30090603550403"
		    "0c02ff00",
		    "CN=\xef\xbf\xbd\xef\xbf\xbd");
}

/* A reading direction of his own for whoever inspects the traffic: none. */
static void what_nobody_sees_is_shown(void **state)
{
	(void)state;
	/* "a", U+202E, "b", U+FEFF, U+200B */
	assert_text("3016"
		    "3114"
		    "3012"
		    "0603550403"
		    "0c0b"
		    "61e280ae62efbbbfe2808b",
		    "CN=a\xef\xbf\xbd"
		    "b\xef\xbf\xbd\xef\xbf\xbd");
	/* The same as UTF-16: U+202E, "x" */
	assert_text("300f"
		    "310d"
		    "300b"
		    "0603550403"
		    "1e04"
		    "202e0078",
		    "CN=\xef\xbf\xbdx");
}

static void what_is_no_name_is_refused(void **state)
{
	(void)state;
	assert_text("3100", NULL);
	assert_text("30023100", NULL);
	assert_text("30020500", NULL);
	assert_text("300631043002"
		    "0500",
		    NULL);
	assert_text("300e310c300a0603550403"
		    "0c0178"
		    "0500",
		    NULL);
}

static void a_public_key_comes_back(void **state)
{
	struct p256_key key;
	uint8_t point[P256_POINT_SIZE] = { 0 };
	struct buf out = BUF_INIT;

	(void)state;
	p256_generate(&key);
	certs_put_public_key(&out, key.public_point);
	struct reader r = reader_of(out.data, out.len);
	assert_true(certs_take_public_key(&r, point));
	assert_int_equal(r.left, 0);
	assert_memory_equal(point, key.public_point, sizeof(point));
	for (size_t i = 0; i < 27; i++) {
		/* every byte before the coordinates matters */
		out.data[i] ^= 0x01;
		r = reader_of(out.data, out.len);
		assert_false(certs_take_public_key(&r, point));
		out.data[i] ^= 0x01;
	}
	buf_clear(&out);
}

static void names_hold_characters_not_bytes(void **state)
{
	struct buf name = BUF_INIT;
	char text[2 * 65 + 1];

	(void)state;
	for (size_t i = 0; i < 65; i++) {
		memcpy(text + 2 * i, "\xc3\xbc", 2);
	}
	text[2 * 65] = '\0';
	assert_false(certs_put_name(&name, text, NULL, NULL));
	text[2 * 64] = '\0';
	assert_true(certs_put_name(&name, text, NULL, NULL));
	buf_clear(&name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_text_for_people),
		cmocka_unit_test(a_value_cannot_look_like_two),
		cmocka_unit_test(what_nobody_sees_is_shown),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(a_public_key_comes_back),
		cmocka_unit_test(names_hold_characters_not_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
