#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/web/site.h"

#define GOOD "__Host-s=good"

static struct site_test web;

static void post(const char *name, int status)
{
	char form[64];

	snprintf(form, sizeof(form), "name=%s", name);
	site_expect(&web,
		    &(struct test_call){ .path = "/form",
					 .method = "POST",
					 .cookies = GOOD,
					 .form = site_form("good", form) },
		    status);
}

static void a_problem_keeps_its_status_and_field(void **state)
{
	(void)state;
	post("taken", 409);
	assert_non_null(strstr(buf_str(&web.response.body),
			       "<name:The name is taken.>"));
	assert_non_null(strstr(buf_str(&web.response.body), "typed=taken"));
}

static void a_failure_of_a_handler_has_its_own_status(void **state)
{
	(void)state;
	post("gone", 409);
	assert_non_null(strstr(buf_str(&web.response.body), "It is gone."));
}

static void a_redirect_encodes_its_value(void **state)
{
	(void)state;
	post("a.b", 303);
	assert_true(
		site_has_field(&web.response, "Location: /form?done=a.b\r\n"));
}

static void keys_are_new_on_every_page(void **state)
{
	static const struct test_call open = { .path = "/open",
					       .cookies = "__Host-v=known" };
	char first[256];

	(void)state;
	/* the same visitor, so that all else on the page stays as it is */
	site_expect(&web, &open, 200);
	snprintf(first, sizeof(first), "%s", buf_str(&web.response.body));
	site_expect(&web, &open, 200);
	assert_string_not_equal(first, buf_str(&web.response.body));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SITE_TEST(a_problem_keeps_its_status_and_field, &web),
		SITE_TEST(a_failure_of_a_handler_has_its_own_status, &web),
		SITE_TEST(a_redirect_encodes_its_value, &web),
		SITE_TEST(keys_are_new_on_every_page, &web),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
