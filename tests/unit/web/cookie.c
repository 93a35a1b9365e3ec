#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/cookie.h"

#define NAME "__Host-test"

static void expect_cookie(const char *header, const char *value)
{
	char dst[64] = "before";
	bool found = cookie_find(header, NAME, dst, sizeof(dst));

	if (value == NULL) {
		assert_false(found);
		assert_string_equal(dst, "before");
	} else {
		assert_true(found);
		assert_string_equal(dst, value);
	}
}

static void the_named_cookie_is_found(void **state)
{
	(void)state;
	expect_cookie(NAME "=abc", "abc");
	expect_cookie("a=1; " NAME "=a-b_9; b=2", "a-b_9");
	expect_cookie("a=1;" NAME "=abc ;b=2", "abc");
	expect_cookie("; ;" NAME "=abc", "abc");
}

static void what_is_not_plainly_it_is_none(void **state)
{
	(void)state;
	expect_cookie("", NULL);
	expect_cookie(NULL, NULL);
	expect_cookie(NAME, NULL);
	expect_cookie(NAME "=", NULL);
	expect_cookie("x" NAME "=abc", NULL);
	expect_cookie(NAME "2=abc", NULL);
	expect_cookie("__host-test=abc", NULL);
	expect_cookie(NAME "=a b", NULL);
	expect_cookie(NAME "=\"abc\"", NULL);
	expect_cookie(NAME "=<script>", NULL);
	expect_cookie(NAME "=abc%00", NULL);
}

static void a_cookie_that_comes_twice_is_none(void **state)
{
	(void)state;
	expect_cookie(NAME "=abc; " NAME "=abc", NULL);
	expect_cookie(NAME "=abc; a=1; " NAME "=def", NULL);
}

static void a_value_too_long_is_none(void **state)
{
	char header[256] = NAME "=";
	char small[4];

	(void)state;
	assert_false(cookie_find(NAME "=abcd", NAME, small, sizeof(small)));
	assert_true(cookie_find(NAME "=abc", NAME, small, sizeof(small)));
	memset(header + strlen(header), 'a', COOKIE_VALUE_MAX + 1);
	expect_cookie(header, NULL);
}

static void cookies_are_bound_to_this_host(void **state)
{
	struct response response;

	(void)state;
	response_init(&response);
	cookie_set(&response, NAME, "abc");
	cookie_remove(&response, NAME);
	assert_string_equal(buf_str(&response.cookies),
			    "Set-Cookie: " NAME
			    "=abc; Path=/; Secure; HttpOnly; "
			    "SameSite=Strict\r\n"
			    "Set-Cookie: " NAME "=; Path=/; Secure; HttpOnly; "
			    "SameSite=Strict; Max-Age=0\r\n");
	response_clear(&response);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_named_cookie_is_found),
		cmocka_unit_test(what_is_not_plainly_it_is_none),
		cmocka_unit_test(a_cookie_that_comes_twice_is_none),
		cmocka_unit_test(a_value_too_long_is_none),
		cmocka_unit_test(cookies_are_bound_to_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
