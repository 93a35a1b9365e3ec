/*
 * XML writer: exact bytes, and nothing hostile gets out as markup.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/xml_writer.h"

static void write_document(struct buf *out)
{
	struct xml_writer w;

	xml_writer_init(&w, out);
	xml_declaration(&w);
	xml_start(&w, "Transmission");
	xml_attr(&w, "xmlns", "urn:sluice:transmission:1");
	xml_start(&w, "Billing");
	xml_attr(&w, "collectedAt", "2026-11-23T14:02:01Z");
	xml_element(&w, "TotalImpressions", "148211");
	xml_element(&w, "Empty", NULL);
	xml_end(&w);
	xml_start(&w, "Status");
	xml_end(&w);
	xml_end(&w);
}

static void the_form_is_fixed(void **state)
{
	struct buf a = BUF_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	write_document(&a);
	assert_string_equal(
		buf_str(&a),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<Transmission xmlns=\"urn:sluice:transmission:1\">\n"
		"  <Billing collectedAt=\"2026-11-23T14:02:01Z\">\n"
		"    <TotalImpressions>148211</TotalImpressions>\n"
		"    <Empty/>\n"
		"  </Billing>\n"
		"  <Status/>\n"
		"</Transmission>\n");
	write_document(&b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	buf_clear(&a);
	buf_clear(&b);
}

static void assert_text(const char *text, size_t len, const char *expected)
{
	struct buf out = BUF_INIT;
	struct xml_writer w;

	xml_writer_init(&w, &out);
	xml_start(&w, "T");
	xml_text_bytes(&w, text, len);
	xml_end(&w);
	assert_string_equal(buf_str(&out), expected);
	buf_clear(&out);
}

static void text_cannot_become_markup(void **state)
{
	(void)state;
	assert_text("</T><script>&\"'", 15,
		    "<T>&lt;/T&gt;&lt;script&gt;&amp;\"'</T>\n");
	assert_text("]]>", 3, "<T>]]&gt;</T>\n");
	assert_text("a\r\nb\tc", 6, "<T>a&#13;\nb\tc</T>\n");
}

static void attributes_keep_their_white_space_and_quotes(void **state)
{
	struct buf out = BUF_INIT;
	struct xml_writer w;

	(void)state;
	xml_writer_init(&w, &out);
	xml_start(&w, "T");
	xml_attr(&w, "a", "\"<&>'\t\r\n");
	xml_attr(&w, "b", NULL);
	xml_end(&w);
	assert_string_equal(
		buf_str(&out),
		"<T a=\"&quot;&lt;&amp;&gt;'&#9;&#13;&#10;\" b=\"\"/>\n");
	buf_clear(&out);
}

#define BAD "\xef\xbf\xbd"

static void forbidden_bytes_are_replaced(void **state)
{
	(void)state;
	assert_text("a\0b", 3, "<T>a" BAD "b</T>\n");
	assert_text("\x01\x1f\x7f", 3, "<T>" BAD BAD BAD "</T>\n");
	assert_text("\xff", 1, "<T>" BAD "</T>\n");
	assert_text("\xc3", 1, "<T>" BAD "</T>\n");
	assert_text("\xc0\x80", 2, "<T>" BAD BAD "</T>\n");
	assert_text("\xed\xa0\x80", 3, "<T>" BAD BAD BAD "</T>\n");
	assert_text("\xef\xbf\xbf", 3, "<T>" BAD BAD BAD "</T>\n");
	assert_text("\xc2\x85", 2, "<T>" BAD BAD "</T>\n");
	assert_text("\xf4\x90\x80\x80", 4, "<T>" BAD BAD BAD BAD "</T>\n");
}

static void characters_of_all_lengths_pass(void **state)
{
	(void)state;
	assert_text("\xc3\xbc\xe2\x82\xac\xf0\x9f\x96\xa8", 9,
		    "<T>\xc3\xbc\xe2\x82\xac\xf0\x9f\x96\xa8</T>\n");
	assert_text("\xf4\x8f\xbf\xbd", 4, "<T>\xf4\x8f\xbf\xbd</T>\n");
	assert_text("\xee\x80\x80", 3, "<T>\xee\x80\x80</T>\n");
}

static void text_in_pieces_is_one_text(void **state)
{
	struct buf out = BUF_INIT;
	struct xml_writer w;

	(void)state;
	xml_writer_init(&w, &out);
	xml_start(&w, "T");
	xml_text(&w, "a");
	xml_text(&w, NULL);
	xml_text(&w, "");
	xml_text(&w, "b");
	xml_end(&w);
	assert_string_equal(buf_str(&out), "<T>ab</T>\n");
	buf_clear(&out);
}

static void a_bounded_buf_says_that_it_overflowed(void **state)
{
	struct buf out = { .max = 20 };

	(void)state;
	write_document(&out);
	assert_true(out.overflow);
	assert_true(out.len <= 20);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_is_fixed),
		cmocka_unit_test(text_cannot_become_markup),
		cmocka_unit_test(attributes_keep_their_white_space_and_quotes),
		cmocka_unit_test(forbidden_bytes_are_replaced),
		cmocka_unit_test(characters_of_all_lengths_pass),
		cmocka_unit_test(text_in_pieces_is_one_text),
		cmocka_unit_test(a_bounded_buf_says_that_it_overflowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
