#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/web/site.h"

static struct site_test web;

static void fail_with(enum err_kind kind, int status)
{
	web.app.fails = kind;
	site_expect(&web, &(struct test_call){ .path = "/open" }, status);
}

static void each_kind_of_error_has_its_status(void **state)
{
	(void)state;
	fail_with(ERR_DENIED, 403);
	fail_with(ERR_INVALID, 400);
	fail_with(ERR_NOT_FOUND, 404);
	fail_with(ERR_LIMIT, 429);
	fail_with(ERR_RETRY, 503);
	fail_with(ERR_IO, 500);
	fail_with(ERR_BUG, 500);
}

static void internal_errors_show_no_details(void **state)
{
	static const enum err_kind kinds[] = { ERR_IO, ERR_BUG, ERR_RETRY };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fail_with(kinds[i], kinds[i] == ERR_RETRY ? 503 : 500);
		assert_null(strstr(buf_str(&web.response.body), "secret"));
	}
	fail_with(ERR_DENIED, 403);
	assert_non_null(strstr(buf_str(&web.response.body), "It went wrong"));
}

static void every_error_has_a_reference(void **state)
{
	char first[20];
	const char *at;

	(void)state;
	fail_with(ERR_BUG, 500);
	at = strstr(buf_str(&web.response.body), "R-20231114-");
	assert_non_null(at);
	snprintf(first, sizeof(first), "%s", at);
	fail_with(ERR_BUG, 500);
	assert_null(strstr(buf_str(&web.response.body), first));
}

static void a_page_that_cannot_be_decorated_still_apologizes(void **state)
{
	(void)state;
	web.app.decorate_fails = true;
	fail_with(ERR_NONE, 500);
	assert_non_null(strstr(buf_str(&web.response.body), "500|"));
}

static void without_an_error_template_there_is_plain_text(void **state)
{
	static const struct embedded none[] = { { NULL, NULL, 0 } };

	(void)state;
	web.site.templates = none;
	fail_with(ERR_NONE, 500);
	assert_string_equal(web.response.type, "text/plain; charset=utf-8");
	assert_non_null(strstr(buf_str(&web.response.body), "Reference: R-"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SITE_TEST(each_kind_of_error_has_its_status, &web),
		SITE_TEST(internal_errors_show_no_details, &web),
		SITE_TEST(every_error_has_a_reference, &web),
		SITE_TEST(a_page_that_cannot_be_decorated_still_apologizes,
			  &web),
		SITE_TEST(without_an_error_template_there_is_plain_text, &web),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
