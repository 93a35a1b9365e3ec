#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/web/site.h"

#define GOOD "__Host-s=good"

static struct site site;
static struct test_app app;
static struct response response;

static int start(void **state)
{
	(void)state;
	site_make(&site, &app);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	response_clear(&response);
	return 0;
}

static void post(const char *name)
{
	char form[64];

	snprintf(form, sizeof(form), "name=%s", name);
	site_call(&site,
		  &(struct test_call){ .path = "/form",
				       .method = "POST",
				       .cookies = GOOD,
				       .form = site_form("good", form) },
		  &response);
}

static void a_problem_keeps_its_status_and_field(void **state)
{
	(void)state;
	post("taken");
	assert_int_equal(response.status, 409);
	assert_non_null(
		strstr(buf_str(&response.body), "<name:The name is taken.>"));
	assert_non_null(strstr(buf_str(&response.body), "typed=taken"));
}

static void a_failure_of_a_handler_has_its_own_status(void **state)
{
	(void)state;
	post("gone");
	assert_int_equal(response.status, 409);
	assert_non_null(strstr(buf_str(&response.body), "It is gone."));
}

static void a_redirect_encodes_its_value(void **state)
{
	(void)state;
	post("a.b");
	assert_true(site_has_field(&response, "Location: /form?done=a.b\r\n"));
}

static void keys_are_new_on_every_page(void **state)
{
	char first[256];

	(void)state;
	site_call(&site, &(struct test_call){ .path = "/open" }, &response);
	snprintf(first, sizeof(first), "%s", buf_str(&response.body));
	response_clear(&response);
	site_call(&site, &(struct test_call){ .path = "/open" }, &response);
	assert_string_not_equal(first, buf_str(&response.body));
}

#define test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_problem_keeps_its_status_and_field),
		test(a_failure_of_a_handler_has_its_own_status),
		test(a_redirect_encodes_its_value),
		test(keys_are_new_on_every_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
