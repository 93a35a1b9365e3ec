/*
 * Problem details: written, read again, and hostile ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/problem.h"

#include <string.h>

#define OPEN "<problem xmlns=\"" PROBLEM_NAMESPACE "\">"
#define CLOSE "</problem>"

static bool read_text(const char *text, struct problem *problem,
		      struct err *err)
{
	return problem_read(text, strlen(text), problem, err);
}

static void the_form_is_that_of_the_rfc(void **state)
{
	struct problem problem = { .status = 422,
				   .type = "urn:sluice:problem:digest",
				   .title = "Wrong digest",
				   .detail = "Another <hash> came & went" };
	struct buf out = BUF_INIT;

	(void)state;
	problem_write(&problem, &out);
	assert_string_equal(
		buf_str(&out),
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<problem xmlns=\"urn:ietf:rfc:7807\">\n"
		"  <type>urn:sluice:problem:digest</type>\n"
		"  <title>Wrong digest</title>\n"
		"  <detail>Another &lt;hash&gt; came &amp; went</detail>\n"
		"  <status>422</status>\n"
		"</problem>\n");
	struct problem back = { 0 };
	assert_true(problem_read(out.data, out.len, &back, NULL));
	assert_memory_equal(&back, &problem, sizeof(back));
	buf_clear(&out);
}

static void an_empty_one_says_about_blank(void **state)
{
	struct problem problem = { 0 };
	struct buf out = BUF_INIT;

	(void)state;
	problem_write(&problem, &out);
	assert_non_null(strstr(buf_str(&out), "<type>about:blank</type>"));
	assert_null(strstr(buf_str(&out), "title"));
	buf_clear(&out);
	struct problem back = { .status = 7 };
	assert_true(read_text(OPEN CLOSE, &back, NULL));
	assert_int_equal(back.status, 0);
	assert_string_equal(back.type, "");
}

static void extensions_are_passed_over(void **state)
{
	struct problem problem = { 0 };

	(void)state;
	assert_true(read_text(
		OPEN
		"<balance>30</balance><title>T</title><accounts><i>"
		"<title>inner</title></i></accounts><status>403</status>" CLOSE,
		&problem, NULL));
	assert_string_equal(problem.title, "T");
	assert_int_equal(problem.status, 403);
}

static void long_text_is_cut_between_characters(void **state)
{
	struct buf text = BUF_INIT;
	struct problem problem = { 0 };

	(void)state;
	buf_put_str(&text, OPEN "<title>");
	for (int i = 0; i < 100; i++) {
		buf_put_str(&text, "\xe2\x82\xac");
	}
	buf_put_str(&text, "</title>" CLOSE);
	assert_true(problem_read(text.data, text.len, &problem, NULL));
	assert_int_equal(strlen(problem.title), 126);
	buf_clear(&text);
}

static void control_characters_do_not_get_through(void **state)
{
	struct problem problem = { 0 };

	(void)state;
	assert_true(read_text(OPEN "<detail>a\nb\tc&#x85;d</detail>" CLOSE,
			      &problem, NULL));
	assert_string_equal(problem.detail, "a b c\xef\xbf\xbd"
					    "d");
	assert_true(read_text(OPEN "<title>a&#x202e;b</title>" CLOSE, &problem,
			      NULL));
	assert_string_equal(problem.title, "a\xef\xbf\xbd"
					   "b");
}

static void what_is_no_problem_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"not xml",
		"<problem/>",
		"<other xmlns=\"" PROBLEM_NAMESPACE "\"/>",
		OPEN,
		OPEN "<status>200x</status>" CLOSE,
		OPEN "<status>99</status>" CLOSE,
		OPEN "<status>600</status>" CLOSE,
		OPEN "<status>-1</status>" CLOSE,
		OPEN "<title>a</title><title>b</title>" CLOSE,
		"<!DOCTYPE problem>" OPEN CLOSE,
		"<html><body>502 Bad Gateway</body></html>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct problem problem = { .status = 7 };
		struct err err = { 0 };
		assert_false(read_text(bad[i], &problem, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(problem.status, 7);
	}
}

static void too_long_a_one_is_refused(void **state)
{
	static char text[PROBLEM_MAX_BYTES + 1];
	struct problem problem;
	struct err err = { 0 };

	(void)state;
	memset(text, ' ', sizeof(text));
	assert_false(problem_read(text, sizeof(text), &problem, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_is_that_of_the_rfc),
		cmocka_unit_test(an_empty_one_says_about_blank),
		cmocka_unit_test(extensions_are_passed_over),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(control_characters_do_not_get_through),
		cmocka_unit_test(what_is_no_problem_is_refused),
		cmocka_unit_test(too_long_a_one_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
