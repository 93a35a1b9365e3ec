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

static bool stays(const struct field *f)
{
	return f->class == CLASS_JOB || f->class == CLASS_SECRET;
}

/* Does a field that may leave have this name? Its groups may too then. */
static bool name_leaves(const char *name)
{
	const struct document *d;

	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			if (strcmp(field_name(f), name) == 0 && !stays(f)) {
				return true;
			}
		}
	}
	return false;
}

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
			char element[300];
			snprintf(element, sizeof(element), "name=\"%s\"",
				 field_name(f));
			assert_int_equal(strstr(buf_str(&xsd), element) != NULL,
					 name_leaves(field_name(f)));
		}
	}
	buf_clear(&table);
	buf_clear(&html);
	buf_clear(&xsd);
}

static void nothing_of_a_secret_group_is_in_the_schema(void **state)
{
	struct buf xsd = BUF_INIT;

	(void)state;
	catalogue_put_xsd(&xsd);
	assert_null(strstr(buf_str(&xsd), "AccessSetting"));
	assert_null(strstr(buf_str(&xsd), "password"));
	assert_non_null(strstr(buf_str(&xsd), "OwnerSetting"));
	assert_null(strstr(buf_str(&xsd), "job-data"));
	assert_non_null(strstr(buf_str(&xsd), "value=\"personal\""));
	buf_clear(&xsd);
}

static void the_forms_of_lines_are_in_table_page_and_rows(void **state)
{
	const char *const *form = document_engineering.forms;
	struct buf table = BUF_INIT, html = BUF_INIT, rows = BUF_INIT;

	(void)state;
	catalogue_put_table(&table);
	catalogue_put_html(&html);
	catalogue_put_rows(&rows, &document_engineering);
	for (; *form != NULL; form++) {
		char line[256];
		snprintf(line, sizeof(line), "Engineering line: %s\n", *form);
		assert_non_null(strstr(buf_str(&table), line));
		assert_non_null(strstr(buf_str(&html), *form));
		snprintf(line, sizeof(line), "form\t%s\n", *form);
		assert_non_null(strstr(buf_str(&rows), line));
	}
	buf_clear(&table);
	buf_clear(&html);
	buf_clear(&rows);
}

static void the_columns_of_the_table_stand_below_each_other(void **state)
{
	struct buf table = BUF_INIT;
	size_t class = 0, purpose = 0, rows = 0;
	const struct document *d;

	(void)state;
	catalogue_put_table(&table);
	const char *line = buf_str(&table);
	class = (size_t)(strstr(line, "CLASS") - line);
	purpose = (size_t)(strstr(line, "PURPOSE") - line);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			line = strchr(line, '\n') + 1;
			const char *name = field_class_name(f->class);
			assert_memory_equal(line + class, name, strlen(name));
			assert_memory_equal(line + purpose, f->purpose,
					    strlen(f->purpose));
			rows++;
		}
	}
	assert_true(rows > 100);
	buf_clear(&table);
}

static void rows_of_some_classes_leave_the_others_out(void **state)
{
	const unsigned personal = 1u << CLASS_PERSONAL | 1u << CLASS_NETWORK;
	struct buf rows = BUF_INIT;

	(void)state;
	catalogue_put_rows_of(&rows, &document_events, personal);
	assert_int_equal(strncmp(buf_str(&rows), "document Events\n", 16), 0);
	assert_non_null(strstr(buf_str(&rows), "Event/UserName\t"));
	assert_non_null(strstr(buf_str(&rows), "Event/HostAddress\t"));
	assert_null(strstr(buf_str(&rows), "Event/Time\t"));
	assert_null(strstr(buf_str(&rows), "Event/JobId\t"));
	buf_reset(&rows);
	catalogue_put_rows_of(&rows, &document_engineering, personal);
	assert_non_null(strstr(buf_str(&rows), "signed in {personal}\n"));
	assert_non_null(strstr(buf_str(&rows), "lease {network} for"));
	assert_null(strstr(buf_str(&rows), "{job}"));
	assert_null(strstr(buf_str(&rows), "engine: start"));
	buf_reset(&rows);
	catalogue_put_rows_of(&rows, &document_faults, 1u << CLASS_MACHINE);
	assert_non_null(strstr(buf_str(&rows),
			       "Fault/Time\ttime\tmachine\tone\toptional "
			       "moment\t-\t"));
	buf_clear(&rows);
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
		cmocka_unit_test(nothing_of_a_secret_group_is_in_the_schema),
		cmocka_unit_test(the_forms_of_lines_are_in_table_page_and_rows),
		cmocka_unit_test(
			the_columns_of_the_table_stand_below_each_other),
		cmocka_unit_test(rows_of_some_classes_leave_the_others_out),
		cmocka_unit_test(the_schema_is_well_formed),
		cmocka_unit_test(the_page_has_no_empty_cell),
		cmocka_unit_test(the_hash_is_over_every_row),
		cmocka_unit_test(a_changed_row_changes_the_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
