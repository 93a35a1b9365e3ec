/*
 * DER writer: exact bytes.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/der.h"

#include <string.h>

#include "base/encoding.h"

static void assert_der(struct buf *out, const char *expected)
{
	char hex[512];

	assert_true(out->len < sizeof(hex) / 2);
	hex_encode(hex, out->data, out->len);
	assert_string_equal(hex, expected);
	buf_clear(out);
}

static void integers_are_positive_and_shortest(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	der_put_small_integer(&out, 0);
	assert_der(&out, "020100");
	der_put_small_integer(&out, 127);
	assert_der(&out, "02017f");
	der_put_small_integer(&out, 128);
	assert_der(&out, "02020080");
	der_put_small_integer(&out, 0xffffffff);
	assert_der(&out, "020500ffffffff");
	der_put_integer(&out, "\0\0\x01\x02", 4);
	assert_der(&out, "02020102");
	der_put_integer(&out, NULL, 0);
	assert_der(&out, "020100");
}

static void lengths_are_shortest(void **state)
{
	static const uint8_t zeros[70000];
	static const struct {
		size_t len;
		const char *head;
	} cases[] = {
		{ 0, "0400" },           { 127, "047f" },
		{ 128, "048180" },       { 255, "0481ff" },
		{ 256, "04820100" },     { 65535, "0482ffff" },
		{ 65536, "0483010000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;
		char hex[32];
		der_put(&out, DER_OCTET_STRING, zeros, cases[i].len);
		size_t head = strlen(cases[i].head) / 2;
		assert_int_equal(out.len, head + cases[i].len);
		hex_encode(hex, out.data, head);
		assert_string_equal(hex, cases[i].head);
		buf_clear(&out);
	}
}

static void object_identifiers_are_packed(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	der_put_oid(&out, "1.2.840.10045.3.1.7");
	assert_der(&out, "06082a8648ce3d030107");
	der_put_oid(&out, "2.5.4.3");
	assert_der(&out, "0603550403");
	der_put_oid(&out, "2.999.4294967295");
	assert_der(&out, "060788378fffffff7f");
}

static void strings_take_the_plainest_type(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	der_put_text(&out, "EX7-004211");
	assert_der(&out, "130a4558372d303034323131");
	der_put_text(&out, "a_b");
	assert_der(&out, "0c03615f62");
	der_put_text(&out, "\xc3\xbc");
	assert_der(&out, "0c02c3bc");
}

static void times_change_their_form_in_2050(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	der_put_time(&out, 0);
	assert_der(&out, "170d3730303130313030303030305a");
	der_put_time(&out, INT64_C(2524607999));
	assert_der(&out, "170d3439313233313233353935395a");
	der_put_time(&out, INT64_C(2524608000));
	assert_der(&out, "180f32303530303130313030303030305a");
}

static void bits_and_booleans(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	der_put_bits(&out, 7, "\x80", 1);
	assert_der(&out, "03020780");
	der_put_bool(&out, true);
	assert_der(&out, "0101ff");
	der_put_bool(&out, false);
	assert_der(&out, "010100");
}

static void values_nest(void **state)
{
	struct buf inner = BUF_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	der_put_small_integer(&inner, 2);
	der_put_buf(&out, DER_EXPLICIT(0), &inner);
	der_put(&out, DER_CONTEXT(2), "x", 1);
	assert_der(&out, "a003020102820178");
	buf_clear(&inner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_positive_and_shortest),
		cmocka_unit_test(lengths_are_shortest),
		cmocka_unit_test(object_identifiers_are_packed),
		cmocka_unit_test(strings_take_the_plainest_type),
		cmocka_unit_test(times_change_their_form_in_2050),
		cmocka_unit_test(bits_and_booleans),
		cmocka_unit_test(values_nest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
