/*
 * The flat view of a transmission.
 */
#include "documents/transmission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

static void every_value_is_a_row_with_its_field(void **state)
{
	struct buf xml = BUF_INIT;
	struct transmission_rows rows;
	bool supply = false;

	(void)state;
	samples_transmission(&xml, SAMPLES_ALL, true, NULL);
	assert_true(transmission_rows_read(xml.data, xml.len, &rows, NULL));
	assert_true(rows.count > 60);
	for (size_t i = 0; i < rows.count; i++) {
		const struct transmission_row *row = &rows.at[i];
		assert_non_null(row->document);
		assert_non_null(row->field);
		assert_non_null(row->text);
		if (strcmp(row->path, "Supply[2]/Level") == 0) {
			supply = true;
			assert_string_equal(row->field->path, "Supply/Level");
			assert_string_equal(row->text, "42");
			assert_string_equal(row->unit, "percent");
			assert_string_equal(row->source, "sample");
			assert_ptr_equal(row->document,
					 &document_supplies_usage);
		}
	}
	assert_true(supply);
	assert_string_equal(rows.at[0].path, "TotalImpressions");
	transmission_rows_clear(&rows);
	assert_int_equal(rows.count, 0);
	buf_clear(&xml);
}

static void what_the_reader_refuses_gives_no_rows(void **state)
{
	struct buf xml = BUF_INIT;
	struct transmission_rows rows = { NULL, 77 };
	struct err err = { 0 };

	(void)state;
	samples_transmission(&xml, SAMPLES_ALL, true, NULL);
	assert_false(
		transmission_rows_read(xml.data, xml.len - 20, &rows, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(rows.count, 77);
	buf_clear(&xml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_is_a_row_with_its_field),
		cmocka_unit_test(what_the_reader_refuses_gives_no_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
