/*
 * A receipt reads as docs/wire.md shows it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/receipt_format.h"

static void a_receipt_has_these_lines_in_this_order(void **state)
{
	static const char *const values[] = { "ex7-004211", "t", "h", "3912",
					      "r",          "7", "8" };
	struct buf out = BUF_INIT;
	struct err err = { 0 };

	(void)state;
	assert_true(note_fields_write(&receipt_format, values, &out, &err));
	assert_string_equal(buf_str(&out), "sluice.receipt/v1\n"
					   "device ex7-004211\n"
					   "transaction t\n"
					   "sha256 h\n"
					   "bytes 3912\n"
					   "received r\n"
					   "index 7\n"
					   "size 8\n");
	buf_clear(&out);
}

static void none_of_them_may_be_missing(void **state)
{
	(void)state;
	for (size_t missing = 0; missing < 7; missing++) {
		const char *values[] = { "d", "t", "h", "1", "r", "7", "8" };
		struct buf out = BUF_INIT;
		struct err err = { 0 };

		values[missing] = NULL;
		assert_false(
			note_fields_write(&receipt_format, values, &out, &err));
		buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_receipt_has_these_lines_in_this_order),
		cmocka_unit_test(none_of_them_may_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
