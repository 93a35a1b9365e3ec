/*
 * The catalogue in its printed forms. That the schema is right is shown by
 * xsd.sh with xmllint.
 */
#include "documents/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/sha256.h"
#include "formats/xml_reader.h"

static void every_field_is_in_every_form(void **state)
{
	struct buf table = BUF_INIT, html = BUF_INIT, xsd = BUF_INIT;
	const struct document *d;

	(void)state;
	catalogue_put_table(&table);
	catalogue_put_html(&html);
	catalogue_put_xsd(&xsd);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			assert_non_null(strstr(buf_str(&table), f->path));
			assert_non_null(strstr(buf_str(&html), f->path));
			bool leaves = f->class != CLASS_JOB &&
				      f->class != CLASS_SECRET;
			char element[300];
			snprintf(element, sizeof(element), "name=\"%s\"",
				 field_name(f));
			assert_int_equal(strstr(buf_str(&xsd), element) != NULL,
					 leaves);
		}
	}
	buf_clear(&table);
	buf_clear(&html);
	buf_clear(&xsd);
}

static void the_schema_is_well_formed(void **state)
{
	static const struct xml_limits limits = { 1 << 20, 30, 20, 4096,
						  100000 };
	static const struct xml_callbacks none = { NULL, NULL, NULL };
	struct buf xsd = BUF_INIT;

	(void)state;
	catalogue_put_xsd(&xsd);
	struct xml_reader *r = xml_reader_new(
		"http://www.w3.org/2001/XMLSchema", &limits, &none, NULL);
	assert_true(xml_reader_feed(r, xsd.data, xsd.len, NULL));
	assert_true(xml_reader_finish(r, NULL));
	xml_reader_free(r);
	buf_clear(&xsd);
}

static void the_page_has_no_empty_cell(void **state)
{
	struct buf html = BUF_INIT;

	(void)state;
	catalogue_put_html(&html);
	assert_int_equal(strncmp(buf_str(&html), "<!DOCTYPE html>\n", 16), 0);
	assert_null(strstr(buf_str(&html), "<td/>"));
	assert_null(strstr(buf_str(&html), "<p/>"));
	buf_clear(&html);
}

static void the_hash_is_over_every_row(void **state)
{
	struct buf rows = BUF_INIT;
	const struct document *d;
	uint8_t hash[32], own[32];

	(void)state;
	buf_put_str(&rows, "sluice.catalogue/v1\n");
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		catalogue_put_rows(&rows, d);
	}
	sha256_bytes(rows.data, rows.len, own);
	catalogue_hash(hash);
	assert_memory_equal(hash, own, 32);
	assert_non_null(strstr(buf_str(&rows),
			       "TotalImpressions\tcounter\tmachine\tone\t"
			       "required\timpressions\t-\t-\t"));
	buf_clear(&rows);
}

static void a_changed_row_changes_the_rows(void **state)
{
	static struct field fields[] = {
		{ .path = "X",
		  .type = TYPE_TOKEN,
		  .class = CLASS_MACHINE,
		  .source = "s",
		  .purpose = "p" },
		{ .path = NULL },
	};
	const struct document d = { .name = "D", .fields = fields };
	struct buf one = BUF_INIT, two = BUF_INIT;

	(void)state;
	catalogue_put_rows(&one, &d);
	fields[0].class = CLASS_PERSONAL;
	catalogue_put_rows(&two, &d);
	assert_string_not_equal(buf_str(&one), buf_str(&two));
	assert_string_equal(buf_str(&one),
			    "document D\nX\ttoken\tmachine\tone\toptional\t-\t"
			    "-\t-\ts\tp\n");
	buf_clear(&one);
	buf_clear(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_in_every_form),
		cmocka_unit_test(the_schema_is_well_formed),
		cmocka_unit_test(the_page_has_no_empty_cell),
		cmocka_unit_test(the_hash_is_over_every_row),
		cmocka_unit_test(a_changed_row_changes_the_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
