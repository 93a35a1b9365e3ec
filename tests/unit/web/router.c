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

static void call(const struct test_call *c, int status)
{
	response_clear(&response);
	site_call(&site, c, &response);
	if (response.status != status) {
		fail_msg("status %d, not %d: %s", response.status, status,
			 buf_str(&response.body));
	}
}

static void expect(const char *text)
{
	if (strstr(buf_str(&response.body), text) == NULL) {
		fail_msg("no \"%s\" in %s", text, buf_str(&response.body));
	}
}

static void a_page_is_rendered_with_what_every_page_has(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/open" }, 200);
	expect("Open|shown|");
	expect("|yes|");
	assert_int_equal(app.shown, 1);
}

static void an_unknown_path_is_404(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/none" }, 404);
	expect("404|There is no such page|");
	call(&(struct test_call){ .path = "/item/", .cookies = GOOD }, 404);
	call(&(struct test_call){ .path = "/item/a/b", .cookies = GOOD }, 404);
	call(&(struct test_call){ .path = "/item", .cookies = GOOD }, 404);
	assert_int_equal(app.shown, 0);
}

static void a_star_stands_for_one_step(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/item/42", .cookies = GOOD }, 200);
	assert_string_equal(app.step, "42");
}

static void an_exact_path_goes_before_a_star(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/item/special", .cookies = GOOD },
	     500);
}

static void another_method_is_405_with_all_that_are_allowed(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form", .method = "PUT" }, 405);
	assert_true(site_has_field(&response, "Allow: GET, HEAD, POST\r\n"));
	call(&(struct test_call){ .path = "/open", .method = "POST" }, 405);
	assert_true(site_has_field(&response, "Allow: GET, HEAD\r\n"));
	call(&(struct test_call){ .path = "/only", .cookies = GOOD }, 405);
	assert_true(site_has_field(&response, "Allow: POST\r\n"));
}

static void head_is_a_get(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/open", .method = "HEAD" }, 200);
	assert_int_equal(app.shown, 1);
}

static void who_is_not_signed_in_is_sent_to_sign_in_and_back(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/item/4", .query = "" }, 303);
	assert_true(site_has_field(&response,
				   "Location: /login?next=%2Fitem%2F4\r\n"));
	call(&(struct test_call){ .path = "/" }, 303);
	assert_true(site_has_field(&response, "Location: /login\r\n"));
	call(&(struct test_call){ .path = "/item/x", .query = "a=b+c&d=%26" },
	     303);
	assert_true(site_has_field(
		&response, "next=%2Fitem%2Fx%3Fa%3Db%2Bc%26d%3D%2526\r\n"));
	assert_int_equal(app.shown, 0);
}

static void an_expired_form_leads_to_its_page_after_signing_in(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .form = "name=a",
				  .cookies = "__Host-s=old" },
	     303);
	assert_true(site_has_field(&response, "/login?next=%2Fform\r\n"));
	call(&(struct test_call){ .path = "/only",
				  .method = "POST",
				  .form = "name=a" },
	     303);
	assert_true(site_has_field(&response, "Location: /login\r\n"));
	assert_int_equal(app.acted, 0);
}

static void a_missing_role_is_403_and_reported(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/never", .cookies = GOOD }, 403);
	expect("Your account has no role");
	assert_int_equal(app.refused, 1);
	assert_string_equal(app.why, "the role is missing");
	assert_int_equal(app.shown, 0);
}

static void a_form_with_its_token_acts(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .cookies = GOOD,
				  .form = site_form("good", "name=desk-2") },
	     303);
	assert_true(
		site_has_field(&response, "Location: /form?done=desk-2\r\n"));
	assert_int_equal(app.acted, 1);
}

static void a_form_without_its_token_does_not(void **state)
{
	static const char *const forms[] = { "name=desk-2", "csrf=&name=desk-2",
					     "csrf=abc&name=desk-2" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		call(&(struct test_call){ .path = "/form",
					  .method = "POST",
					  .cookies = GOOD,
					  .form = forms[i] },
		     403);
		expect("too old");
		expect("|/form|"); /* where one can go on */
	}
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .cookies = GOOD,
				  .form = site_form("bad", "name=desk-2") },
	     403);
	assert_int_equal(app.refused, 4);
	assert_int_equal(app.acted, 0);
}

static void a_form_from_another_site_is_refused_with_its_token(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .cookies = GOOD,
				  .site = "cross-site",
				  .form = site_form("good", "name=desk-2") },
	     403);
	assert_string_equal(app.why, "the form came from another site");
	assert_int_equal(app.acted, 0);
}

static void before_sign_in_forms_hang_on_a_visitor_cookie(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/login" }, 200);
	assert_true(site_has_field(&response, "Set-Cookie: __Host-v="));
	call(&(struct test_call){ .path = "/login",
				  .cookies = "__Host-v=known" },
	     200);
	assert_false(site_has_field(&response, "Set-Cookie"));
	call(&(struct test_call){ .path = "/open" }, 200);
	assert_false(site_has_field(&response, "Set-Cookie"));
	call(&(struct test_call){ .path = "/login",
				  .method = "POST",
				  .cookies = "__Host-v=known",
				  .form = site_form("known", "") },
	     303);
	assert_true(site_has_field(&response, "__Host-s=fresh;"));
	call(&(struct test_call){ .path = "/login",
				  .method = "POST",
				  .form = site_form("", "") },
	     403);
}

static void a_stale_session_does_not_stop_signing_in(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/login",
				  .method = "POST",
				  .cookies = "__Host-s=old; __Host-v=known",
				  .form = site_form("known", "") },
	     303);
}

static void undeclared_and_repeated_fields_are_400(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form", .query = "x=1" }, 400);
	call(&(struct test_call){ .path = "/form", .query = "done=a&done=b" },
	     400);
	call(&(struct test_call){ .path = "/form", .query = "done=%3C" }, 400);
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .cookies = GOOD,
				  .form = site_form("good", "name=a&x=1") },
	     400);
	assert_int_equal(app.shown, 0);
	assert_int_equal(app.acted, 0);
}

static void a_problem_shows_the_form_again_with_what_was_typed(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .cookies = GOOD,
				  .form = site_form(
					  "good", "name=a+b&password=secret") },
	     400);
	expect("failed<name:The name is not valid.>");
	expect("typed=a b");
	expect("invalid=The name is not valid.");
	assert_null(strstr(buf_str(&response.body), "LEAK"));
	assert_int_equal(app.acted, 0);
	assert_int_equal(app.shown, 1);
}

static void
a_page_without_a_view_says_the_problem_on_an_error_page(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/only",
				  .method = "POST",
				  .cookies = GOOD,
				  .form = site_form("good", "name=a+b") },
	     400);
	expect("The name is not valid.");
}

static void a_detour_comes_before_everything(void **state)
{
	(void)state;
	app.detour = true;
	call(&(struct test_call){ .path = "/open" }, 303);
	assert_true(site_has_field(&response, "Location: /first\r\n"));
	call(&(struct test_call){ .path = "/first" }, 200);
	call(&(struct test_call){ .path = "/", .cookies = GOOD }, 200);
}

static void bad_requests_get_an_error_page(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "no-slash" }, 400);
	expect("400|");
	call(&(struct test_call){ .path = "/open", .query = "%zz" }, 400);
}

static void a_session_that_cannot_be_looked_up_is_503(void **state)
{
	(void)state;
	app.session_fails = true;
	call(&(struct test_call){ .path = "/open", .cookies = GOOD }, 503);
	assert_int_equal(app.shown, 0);
}

static void half_a_page_is_never_sent(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/item/special", .cookies = GOOD },
	     500);
	assert_null(strstr(buf_str(&response.body), "half a page"));
	assert_null(strstr(buf_str(&response.body), "missing"));
}

#define test(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_page_is_rendered_with_what_every_page_has),
		test(an_unknown_path_is_404),
		test(a_star_stands_for_one_step),
		test(an_exact_path_goes_before_a_star),
		test(another_method_is_405_with_all_that_are_allowed),
		test(head_is_a_get),
		test(who_is_not_signed_in_is_sent_to_sign_in_and_back),
		test(an_expired_form_leads_to_its_page_after_signing_in),
		test(a_missing_role_is_403_and_reported),
		test(a_form_with_its_token_acts),
		test(a_form_without_its_token_does_not),
		test(a_form_from_another_site_is_refused_with_its_token),
		test(before_sign_in_forms_hang_on_a_visitor_cookie),
		test(a_stale_session_does_not_stop_signing_in),
		test(undeclared_and_repeated_fields_are_400),
		test(a_problem_shows_the_form_again_with_what_was_typed),
		test(a_page_without_a_view_says_the_problem_on_an_error_page),
		test(a_detour_comes_before_everything),
		test(bad_requests_get_an_error_page),
		test(a_session_that_cannot_be_looked_up_is_503),
		test(half_a_page_is_never_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
