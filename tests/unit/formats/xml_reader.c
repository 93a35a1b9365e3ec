/*
 * XML reader: what is refused, what is bounded, in pieces of any size.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/xml_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

#define NS "urn:test:1"
#define OPEN "<a xmlns=\"" NS "\">"

static const struct xml_limits limits = {
	.bytes = 1024 * 1024,
	.depth = 5,
	.attributes = 3,
	.text = 64,
	.elements = 50,
};

/* Writes what it is told: "<a k=v>" "text;" "</a>". */
static bool on_start(void *ctx, const char *name, const char *const *attrs,
		     struct err *err)
{
	struct buf *told = ctx;

	if (strcmp(name, "refuse") == 0) {
		return err_set(err, ERR_DENIED, "not this one");
	}
	if (strcmp(name, "silent") == 0) {
		return false;
	}
	buf_printf(told, "<%s", name);
	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		buf_printf(told, " %s=%s", attrs[i], attrs[i + 1]);
	}
	buf_put_char(told, '>');
	return true;
}

static bool on_text(void *ctx, const char *text, size_t len, struct err *err)
{
	struct buf *told = ctx;

	assert_int_equal(strlen(text), len);
	if (strcmp(text, "refuse") == 0) {
		return err_set(err, ERR_NOT_FOUND, "not this text");
	}
	buf_put_str(told, text);
	buf_put_char(told, ';');
	return true;
}

static bool on_end(void *ctx, const char *name, struct err *err)
{
	struct buf *told = ctx;

	if (strcmp(name, "late") == 0) {
		return err_set(err, ERR_LIMIT, "too late");
	}
	buf_printf(told, "</%s>", name);
	return true;
}

static const struct xml_callbacks callbacks = { .start = on_start,
						.text = on_text,
						.end = on_end };

static bool read_pieces(const char *data, size_t len, size_t piece,
			struct buf *told, struct err *err)
{
	struct xml_reader *r = xml_reader_new(NS, &limits, &callbacks, told);
	bool ok = true;

	for (size_t at = 0; ok && at < len; at += piece) {
		size_t left = len - at;
		ok = xml_reader_feed(r, data + at, left < piece ? left : piece,
				     err);
	}
	ok = ok && xml_reader_finish(r, err);
	xml_reader_free(r);
	return ok;
}

static void assert_told(const char *xml, const char *expected)
{
	static const size_t pieces[] = { 1, 2, 3, 7, 64, 100000 };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf told = BUF_INIT;
		struct err err = { 0 };
		bool ok = read_pieces(xml, strlen(xml), pieces[i], &told, &err);
		assert_string_equal(err.text, "");
		assert_true(ok);
		assert_string_equal(buf_str(&told), expected);
		buf_clear(&told);
	}
}

static void assert_refused(const char *xml, size_t len, enum err_kind kind,
			   const char *part_of_text)
{
	static const size_t pieces[] = { 1, 5, 100000 };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buf told = BUF_INIT;
		struct err err = { 0 };
		assert_false(read_pieces(xml, len, pieces[i], &told, &err));
		assert_int_equal(err.kind, kind);
		if (strstr(err.text, part_of_text) == NULL) {
			print_error("\"%s\" has no \"%s\"\n", err.text,
				    part_of_text);
			fail();
		}
		buf_clear(&told);
	}
}

#define REFUSED(xml, kind, part) \
	assert_refused(xml, sizeof(xml) - 1, kind, part)

static void elements_attributes_and_text_are_told(void **state)
{
	(void)state;
	assert_told("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		    "<a xmlns=\"" NS "\" k=\"v\">\n  <b>one &amp; "
		    "<![CDATA[<two>]]></b>\n  <c/>\n</a>\n",
		    "<a k=v><b>one & <two>;</b><c></c></a>");
	assert_told("<p:a xmlns:p=\"" NS "\"><p:b x='1'/></p:a>",
		    "<a><b x=1></b></a>");
}

static void white_space_counts_only_where_it_is_all_there_is(void **state)
{
	(void)state;
	assert_told(OPEN "<b> </b><b>\n<c/>\n</b><b></b></a>",
		    "<a><b> ;</b><b><c></c></b><b></b></a>");
}

static void mixed_text_comes_in_runs_between_tags(void **state)
{
	(void)state;
	assert_told(OPEN "one<b/>two<!-- no -->three<b/> </a>",
		    "<a>one;<b></b>twothree;<b></b></a>");
}

static void a_byte_order_mark_is_passed_over(void **state)
{
	(void)state;
	assert_told("\xef\xbb\xbf" OPEN "</a>", "<a></a>");
}

static void doctypes_are_refused_before_they_cost_anything(void **state)
{
	(void)state;
	REFUSED("<!DOCTYPE a>" OPEN "</a>", ERR_INVALID, "DOCTYPE");
	REFUSED("<!DOCTYPE a SYSTEM \"file:///etc/passwd\">" OPEN "</a>",
		ERR_INVALID, "line 1: a DOCTYPE");
	REFUSED("<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY x \"y\">]>" OPEN
		"&x;</a>",
		ERR_INVALID, "line 2: a DOCTYPE");
}

static void other_things_that_we_never_write_are_refused(void **state)
{
	(void)state;
	REFUSED("<?php x?>" OPEN "</a>", ERR_INVALID, "processing");
	REFUSED(OPEN "<?x?></a>", ERR_INVALID, "processing");
	REFUSED("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" OPEN "</a>",
		ERR_INVALID, "UTF-8");
	REFUSED("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" OPEN "</a>",
		ERR_INVALID, "");
	REFUSED("<?xml version=\"1.1\"?>" OPEN "</a>", ERR_INVALID, "");
	REFUSED("\xff\xfe<\0a\0/\0>\0", ERR_INVALID, "");
	REFUSED(OPEN "&unknown;</a>", ERR_INVALID, "line 1");
	REFUSED(OPEN "\xff</a>", ERR_INVALID, "line 1");
	REFUSED(OPEN "&#0;</a>", ERR_INVALID, "");
	REFUSED(OPEN "\0</a>", ERR_INVALID, "");
}

static void other_namespaces_are_refused(void **state)
{
	(void)state;
	REFUSED("<a/>", ERR_INVALID, "namespace");
	REFUSED("<a xmlns=\"urn:test:2\"/>", ERR_INVALID, "namespace");
	REFUSED("<a xmlns=\"" NS ":\"/>", ERR_INVALID, "namespace");
	REFUSED(OPEN "<b xmlns=\"urn:x\"/></a>", ERR_INVALID, "namespace");
	REFUSED(OPEN "<b xmlns=\"\"/></a>", ERR_INVALID, "namespace");
	REFUSED("<a xmlns=\"" NS "\" xmlns:p=\"urn:x\" p:k=\"v\"/>",
		ERR_INVALID, "namespace");
	REFUSED("<a xmlns=\"" NS "\" xml:lang=\"en\"/>", ERR_INVALID,
		"namespace");
	REFUSED("<a xmlns=\"" NS "&#10;\"/>", ERR_INVALID, "");
}

static void no_namespace_can_be_asked_for_too(void **state)
{
	struct buf told = BUF_INIT;
	struct err err = { 0 };
	struct xml_reader *r = xml_reader_new("", &limits, &callbacks, &told);

	(void)state;
	assert_true(xml_reader_feed(r, "<a><b/></a>", 11, &err));
	assert_true(xml_reader_finish(r, &err));
	assert_string_equal(buf_str(&told), "<a><b></b></a>");
	xml_reader_free(r);
	r = xml_reader_new("", &limits, &callbacks, &told);
	assert_false(xml_reader_feed(r, "<a xmlns='urn:x'/>", 18, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	xml_reader_free(r);
	buf_clear(&told);
}

static void every_limit_holds(void **state)
{
	char text[200];

	(void)state;
	REFUSED(OPEN "<b><b><b><b><b/></b></b></b></b></a>", ERR_LIMIT,
		"nested");
	assert_told(OPEN "<b><b><b><b/></b></b></b></a>",
		    "<a><b><b><b><b></b></b></b></b></a>");
	REFUSED("<a xmlns=\"" NS "\" k='' l='' m='' n=''/>", ERR_LIMIT,
		"attributes");
	snprintf(text, sizeof(text), OPEN "%064d</a>", 0);
	assert_told(text, "<a>0000000000000000000000000000000000000000000000"
			  "000000000000000000;</a>");
	snprintf(text, sizeof(text), OPEN "%065d</a>", 0);
	assert_refused(text, strlen(text), ERR_LIMIT, "text is too long");
	snprintf(text, sizeof(text), "<a xmlns=\"" NS "\" k=\"%065d\"/>", 0);
	assert_refused(text, strlen(text), ERR_LIMIT, "attribute");
	struct buf many = BUF_INIT;
	buf_put_str(&many, OPEN);
	for (int i = 0; i < 50; i++) {
		buf_put_str(&many, "<b/>");
	}
	buf_put_str(&many, "</a>");
	assert_refused(buf_str(&many), many.len, ERR_LIMIT, "elements");
	buf_clear(&many);
}

static void the_whole_document_is_bounded(void **state)
{
	struct err err = { 0 };
	struct buf told = BUF_INIT;
	struct xml_limits small = limits;
	struct xml_reader *r;

	(void)state;
	small.bytes = 30;
	r = xml_reader_new(NS, &small, &callbacks, &told);
	assert_true(xml_reader_feed(r, OPEN "         ", 29, &err));
	assert_false(xml_reader_feed(r, "  ", 2, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	err_reset(&err);
	assert_false(xml_reader_feed(r, " ", 1, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	xml_reader_free(r);
	buf_clear(&told);
}

static void a_tag_without_end_is_not_gathered(void **state)
{
	struct err err = { 0 };
	struct buf told = BUF_INIT;
	struct xml_limits large = limits;
	char slice[4096];
	size_t fed = 0;

	(void)state;
	large.bytes = (size_t)1 << 30;
	memset(slice, 'x', sizeof(slice));
	struct xml_reader *r = xml_reader_new(NS, &large, &callbacks, &told);
	assert_true(xml_reader_feed(r, "<", 1, &err));
	while (fed < (size_t)16 << 20 &&
	       xml_reader_feed(r, slice, sizeof(slice), &err)) {
		fed += sizeof(slice);
	}
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_true(fed < (size_t)1 << 20);
	xml_reader_free(r);
	buf_clear(&told);
}

static void incomplete_documents_are_refused_at_the_end(void **state)
{
	(void)state;
	REFUSED("", ERR_INVALID, "line 1");
	REFUSED(OPEN, ERR_INVALID, "line 1");
	REFUSED(OPEN "</b>", ERR_INVALID, "line 1");
	REFUSED(OPEN "</a><a/>", ERR_INVALID, "line 1");
	REFUSED("\n\n" OPEN "\n<b></a>", ERR_INVALID, "line 4");
}

static void a_callback_stops_the_reading_with_its_own_error(void **state)
{
	(void)state;
	REFUSED(OPEN "\n<refuse/>\n<b/></a>", ERR_DENIED,
		"line 2: not this one");
	REFUSED(OPEN "<b>refuse</b></a>", ERR_NOT_FOUND, "not this text");
	REFUSED(OPEN "<late/></a>", ERR_LIMIT, "too late");
	REFUSED(OPEN "<silent/></a>", ERR_INVALID, "line 1");
}

static void nothing_is_told_after_a_stop(void **state)
{
	struct buf told = BUF_INIT;
	struct err err = { 0 };
	static const char xml[] = OPEN "<b/><refuse/><b/>text</a>";

	(void)state;
	assert_false(read_pieces(xml, sizeof(xml) - 1, 1000, &told, &err));
	assert_string_equal(buf_str(&told), "<a><b></b>");
	buf_clear(&told);
}

static void callbacks_may_be_left_out(void **state)
{
	static const struct xml_callbacks none = { NULL, NULL, NULL };
	struct xml_reader *r = xml_reader_new(NS, &limits, &none, NULL);
	static const char xml[] = OPEN "<b>x</b></a>";

	(void)state;
	assert_true(xml_reader_feed(r, xml, sizeof(xml) - 1, NULL));
	assert_true(xml_reader_finish(r, NULL));
	xml_reader_free(r);
	xml_reader_free(NULL);
}

static void attributes_are_found_by_name(void **state)
{
	static const char *const attrs[] = { "a", "1", "b", "2", NULL };

	(void)state;
	assert_string_equal(xml_attr_get(attrs, "b"), "2");
	assert_null(xml_attr_get(attrs, "1"));
}

/* The folder tests/hostile holds documents that every reader must refuse. */
static void the_hostile_documents_are_refused(void **state)
{
	static const char *const names[] = {
		"billion-laughs.xml",
		"external-entity.xml",
		"parameter-entity.xml",
		"quadratic.xml",
		"deep.xml",
		"latin1.xml",
		"utf16.xml",
		"utf7.xml",
		"instruction.xml",
		"namespace.xml",
		"nul.xml",
		"two-roots.xml",
		"cut.xml",
	};
	const char *top = getenv("abs_top_srcdir");

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf xml = BUF_INIT;
		struct buf told = BUF_INIT;
		struct err err = { 0 };
		char *dir =
			files_join(top != NULL ? top : ".", "tests/hostile");
		char *path = files_join(dir, names[i]);
		assert_true(files_read(path, 1 << 20, &xml, &err));
		if (read_pieces(buf_str(&xml), xml.len, 1000, &told, &err)) {
			print_error("%s was accepted\n", names[i]);
			fail();
		}
		assert_true(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
		buf_clear(&xml);
		buf_clear(&told);
		mem_free(dir);
		mem_free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_attributes_and_text_are_told),
		cmocka_unit_test(
			white_space_counts_only_where_it_is_all_there_is),
		cmocka_unit_test(mixed_text_comes_in_runs_between_tags),
		cmocka_unit_test(a_byte_order_mark_is_passed_over),
		cmocka_unit_test(
			doctypes_are_refused_before_they_cost_anything),
		cmocka_unit_test(other_things_that_we_never_write_are_refused),
		cmocka_unit_test(other_namespaces_are_refused),
		cmocka_unit_test(no_namespace_can_be_asked_for_too),
		cmocka_unit_test(every_limit_holds),
		cmocka_unit_test(the_whole_document_is_bounded),
		cmocka_unit_test(a_tag_without_end_is_not_gathered),
		cmocka_unit_test(incomplete_documents_are_refused_at_the_end),
		cmocka_unit_test(
			a_callback_stops_the_reading_with_its_own_error),
		cmocka_unit_test(nothing_is_told_after_a_stop),
		cmocka_unit_test(callbacks_may_be_left_out),
		cmocka_unit_test(attributes_are_found_by_name),
		cmocka_unit_test(the_hostile_documents_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
