#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/html.h"

static void expect_html(const char *text, const char *html)
{
	struct buf out = BUF_INIT;

	html_put_text(&out, text);
	assert_string_equal(buf_str(&out), html);
	buf_clear(&out);
}

static void markup_becomes_text(void **state)
{
	(void)state;
	expect_html("<a href=\"x\" title='y'>&</a>",
		    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;"
		    "&lt;/a&gt;");
	expect_html("", "");
	expect_html(NULL, "");
	expect_html("plain \xc3\xa9", "plain \xc3\xa9");
	expect_html("tab\tline\n", "tab\tline\n");
}

static void bytes_that_are_no_text_become_a_mark(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	expect_html("\xff<", "\xef\xbf\xbd&lt;");
	expect_html("\xc0\xbcscript", "\xef\xbf\xbd\xef\xbf\xbdscript");
	expect_html("a\x01\x7f", "a\xef\xbf\xbd\xef\xbf\xbd");
	html_put_text_bytes(&out, "a\0<", 3);
	assert_string_equal(buf_str(&out), "a\xef\xbf\xbd&lt;");
	buf_clear(&out);
}

static void urls_keep_only_unreserved_characters(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	html_put_url(&out, "aZ09-._~ /?&=%\"\xc3\xa9");
	html_put_url(&out, NULL);
	assert_string_equal(buf_str(&out),
			    "aZ09-._~%20%2F%3F%26%3D%25%22%C3%A9");
	buf_clear(&out);
}

static void only_paths_of_this_site_are_own_paths(void **state)
{
	static const char *const own[] = { "/", "/log", "/log?kind=grant&a=%2F",
					   "/a//b" };
	static const char *const foreign[] = {
		"",
		"log",
		"//evil.example",
		"/\\evil.example",
		"\\/evil",
		"https://evil.example/",
		"javascript:1",
		"/a b",
		"/a\r\nSet-Cookie: x",
		"/\xc3\xa9",
		"/a\x7f",
		" /log",
	};
	char longest[600];

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		assert_true(html_is_own_path(own[i]));
	}
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		assert_false(html_is_own_path(foreign[i]));
	}
	assert_false(html_is_own_path(NULL));
	memset(longest, 'a', sizeof(longest));
	longest[0] = '/';
	longest[512] = '\0';
	assert_true(html_is_own_path(longest));
	longest[512] = 'a';
	longest[513] = '\0';
	assert_false(html_is_own_path(longest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_becomes_text),
		cmocka_unit_test(bytes_that_are_no_text_become_a_mark),
		cmocka_unit_test(urls_keep_only_unreserved_characters),
		cmocka_unit_test(only_paths_of_this_site_are_own_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
