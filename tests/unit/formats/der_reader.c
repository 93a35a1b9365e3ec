/*
 * DER reader: strict, bounded, does not move on failure.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/der.h"

#include <string.h>

#include "base/encoding.h"

static bool next_of(const char *hex, struct der_item *item)
{
	static uint8_t bytes[256];
	size_t len = strlen(hex) / 2;

	assert_true(hex_decode(bytes, len, hex));
	struct reader r = reader_of(bytes, len);
	struct reader before = r;
	bool ok = der_next(&r, item);
	if (!ok) {
		assert_ptr_equal(r.at, before.at);
		assert_int_equal(r.left, before.left);
	}
	return ok;
}

static void a_value_is_taken_whole(void **state)
{
	struct der_item item;

	(void)state;
	assert_true(next_of("0402abcd99", &item));
	assert_int_equal(item.tag, DER_OCTET_STRING);
	assert_int_equal(item.len, 2);
	assert_int_equal(item.raw_len, 4);
	assert_memory_equal(item.content, "\xab\xcd", 2);
	assert_true(next_of("0500", &item));
	assert_int_equal(item.len, 0);
}

static void what_is_not_der_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"04",
		"0401",       /* content missing */
		"048000",     /* indefinite */
		"04810100",   /* could be short */
		"0482000100", /* leading zero */
		"0482007f",
		"04ff",
		"0484ffffffff00", /* more than there is */
		"04850100000000", /* five digits */
		"1f8101",         /* big tag number */
		"bf2100",
	};
	struct der_item item;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(next_of(bad[i], &item));
	}
}

static void another_tag_does_not_move_the_reader(void **state)
{
	static const uint8_t bytes[] = { 0x30, 0x02, 0x05, 0x00 };
	struct reader r = reader_of(bytes, sizeof(bytes));
	struct reader inner;
	struct der_item item;

	(void)state;
	assert_false(der_expect(&r, DER_SET, &item));
	assert_false(der_enter(&r, DER_SET, &inner));
	assert_int_equal(r.left, 4);
	assert_true(der_enter(&r, DER_SEQUENCE, &inner));
	assert_int_equal(r.left, 0);
	assert_true(der_expect(&inner, DER_NULL, &item));
	assert_int_equal(inner.left, 0);
}

static void object_identifiers_are_compared(void **state)
{
	struct der_item item;

	(void)state;
	assert_true(next_of("0603550403", &item));
	assert_true(der_is_oid(&item, "2.5.4.3"));
	assert_false(der_is_oid(&item, "2.5.4.5"));
	assert_true(next_of("0403550403", &item));
	assert_false(der_is_oid(&item, "2.5.4.3"));
}

static void times_of_both_forms_are_read(void **state)
{
	static const int64_t times[] = { 0, 951782400, 2524607999, 2524608000,
					 INT64_C(253402300799) };

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct buf out = BUF_INIT;
		struct der_item item;
		int64_t utc = -1;
		der_put_time(&out, times[i]);
		struct reader r = reader_of(out.data, out.len);
		assert_true(der_next(&r, &item));
		assert_true(der_read_time(&item, &utc));
		assert_int_equal(utc, times[i]);
		buf_clear(&out);
	}
}

static void loose_times_are_refused(void **state)
{
	static const char *const bad[] = {
		"170b373030313031303030305a",     /* no seconds */
		"170d3730303130313030303030302b", /* no Z */
		"170d3730313330313030303030305a", /* month 13 */
		"17113730303130313030303030302b30313030",
		"180d3730303130313030303030305a", /* short in long */
		"040d3730303130313030303030305a", /* no time */
		"170d37303031303130303030300a5a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct der_item item;
		int64_t utc = 7;
		assert_true(next_of(bad[i], &item));
		assert_false(der_read_time(&item, &utc));
		assert_int_equal(utc, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_taken_whole),
		cmocka_unit_test(what_is_not_der_is_refused),
		cmocka_unit_test(another_tag_does_not_move_the_reader),
		cmocka_unit_test(object_identifiers_are_compared),
		cmocka_unit_test(times_of_both_forms_are_read),
		cmocka_unit_test(loose_times_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
