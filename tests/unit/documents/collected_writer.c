/*
 * The writer for collectors, with the strings that devices give.
 */
#include "documents/collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

static void finish(struct collected_writer *w, struct collected *c)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	collected_writer_finish(w, &xml);
	memset(c, 0, sizeof(*c));
	if (!collected_read(c, xml.data, xml.len, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&xml);
}

static void what_is_written_is_read_again(void **state)
{
	struct collected c;
	const struct document *d;

	(void)state;
	samples_collect(&c);
	assert_null(c.strays);
	assert_int_equal(c.at, SAMPLES_AT);
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		assert_non_null(c.documents[d->kind]);
	}
	collected_clear(&c);
}

static const char *through(struct collected *c, const char *text)
{
	struct collected_writer *w = collected_writer_new("test", SAMPLES_AT);

	collected_writer_document(w, DOCUMENT_CONFIGURATION);
	collected_writer_field(w, "PagesPerMinute", "10", NULL, NULL);
	collected_writer_field(w, "PrinterInfo", text, NULL, "printer-info");
	finish(w, c);
	return item_text(c->documents[DOCUMENT_CONFIGURATION], "PrinterInfo");
}

static void hostile_strings_become_one_clean_line(void **state)
{
	static const struct {
		const char *given, *got;
	} rows[] = {
		{ "plain", "plain" },
		{ "  two\n\tlines ", "two  lines" },
		{ "<x>&'\"]]>", "<x>&'\"]]>" },
		{ "bell\x07!", "bell\xef\xbf\xbd!" },
		{ "bad\xff!", "bad\xef\xbf\xbd!" },
		{ "no XML \xef\xbf\xbf.",
		  "no XML \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd." },
		{ " \n ", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collected c;
		const char *got = through(&c, rows[i].given);
		if (rows[i].got == NULL) {
			assert_null(got);
		} else {
			assert_non_null(got);
			assert_string_equal(got, rows[i].got);
		}
		assert_null(c.strays);
		collected_clear(&c);
	}
}

static void an_endless_string_is_left_out_alone(void **state)
{
	static char text[100000];
	struct collected c;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_null(through(&c, text));
	assert_string_equal(c.strays->path, "Configuration/PrinterInfo");
	assert_non_null(c.documents[DOCUMENT_CONFIGURATION]);
	collected_clear(&c);
}

static void empty_groups_and_documents_are_not_written(void **state)
{
	struct collected_writer *w = collected_writer_new("test", SAMPLES_AT);
	struct collected c;

	(void)state;
	collected_writer_document(w, DOCUMENT_STATUS);
	collected_writer_document(w, DOCUMENT_SUPPLIES_USAGE);
	collected_writer_group(w, "Supply");
	collected_writer_field(w, "Index", NULL, NULL, NULL);
	collected_writer_group_end(w);
	collected_writer_group(w, "Supply");
	collected_writer_field(w, "Index", "1", NULL, NULL);
	collected_writer_field(w, "Type", "ink", NULL, NULL);
	collected_writer_document(w, DOCUMENT_CUSTOMER_INFO);
	finish(w, &c);
	assert_null(c.strays);
	assert_null(c.documents[DOCUMENT_STATUS]);
	assert_null(c.documents[DOCUMENT_CUSTOMER_INFO]);
	assert_int_equal(item_values(c.documents[DOCUMENT_SUPPLIES_USAGE]), 2);
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(hostile_strings_become_one_clean_line),
		cmocka_unit_test(an_endless_string_is_left_out_alone),
		cmocka_unit_test(empty_groups_and_documents_are_not_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
