#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/web/site.h"

#define GOOD "__Host-s=good"

static struct site_test web;

static void call(const struct test_call *c, int status)
{
	site_expect(&web, c, status);
}

static void expect(const char *text)
{
	if (strstr(buf_str(&web.response.body), text) == NULL) {
		fail_msg("no \"%s\" in %s", text, buf_str(&web.response.body));
	}
}

static void a_page_is_rendered_with_what_every_page_has(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/open" }, 200);
	expect("Open|shown|");
	expect("|yes|");
	assert_int_equal(web.app.shown, 1);
}

static void an_unknown_path_is_404(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/none" }, 404);
	expect("404|There is no such page|");
	call(&(struct test_call){ .path = "/item/", .cookies = GOOD }, 404);
	call(&(struct test_call){ .path = "/item/a/b", .cookies = GOOD }, 404);
	call(&(struct test_call){ .path = "/item", .cookies = GOOD }, 404);
	assert_int_equal(web.app.shown, 0);
}

static void a_star_stands_for_one_step(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/item/42", .cookies = GOOD }, 200);
	assert_string_equal(web.app.step, "42");
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
	assert_true(
		site_has_field(&web.response, "Allow: GET, HEAD, POST\r\n"));
	call(&(struct test_call){ .path = "/open", .method = "POST" }, 405);
	assert_true(site_has_field(&web.response, "Allow: GET, HEAD\r\n"));
	call(&(struct test_call){ .path = "/only", .cookies = GOOD }, 405);
	assert_true(site_has_field(&web.response, "Allow: POST\r\n"));
}

static void head_is_a_get(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/open", .method = "HEAD" }, 200);
	assert_int_equal(web.app.shown, 1);
}

static void who_is_not_signed_in_is_sent_to_sign_in_and_back(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/item/4", .query = "" }, 303);
	assert_true(site_has_field(&web.response,
				   "Location: /login?next=%2Fitem%2F4\r\n"));
	call(&(struct test_call){ .path = "/" }, 303);
	assert_true(site_has_field(&web.response, "Location: /login\r\n"));
	call(&(struct test_call){ .path = "/item/x", .query = "a=b+c&d=%26" },
	     303);
	assert_true(site_has_field(
		&web.response, "next=%2Fitem%2Fx%3Fa%3Db%2Bc%26d%3D%2526\r\n"));
	assert_int_equal(web.app.shown, 0);
}

static void an_expired_form_leads_to_its_page_after_signing_in(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .form = "name=a",
				  .cookies = "__Host-s=old" },
	     303);
	assert_true(site_has_field(&web.response,
				   "/login?next=%2Fform&ended=1\r\n"));
	call(&(struct test_call){ .path = "/only",
				  .method = "POST",
				  .form = "name=a" },
	     303);
	assert_true(site_has_field(&web.response, "Location: /login\r\n"));
	assert_int_equal(web.app.acted, 0);
}

static void a_missing_role_is_403_and_reported(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/never", .cookies = GOOD }, 403);
	expect("Your account has no role for this page. Those who may: role ");
	assert_int_equal(web.app.refused, 1);
	assert_string_equal(web.app.why, "the role is missing");
	assert_int_equal(web.app.shown, 0);
}

static void a_form_with_its_token_acts(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .cookies = GOOD,
				  .form = site_form("good", "name=desk-2") },
	     303);
	assert_true(site_has_field(&web.response,
				   "Location: /form?done=desk-2\r\n"));
	assert_int_equal(web.app.acted, 1);
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
		expect("The form is out of date");
		expect("too old");
		expect("press again there");
		expect("|/form|"); /* where one can go on */
	}
	call(&(struct test_call){ .path = "/form",
				  .method = "POST",
				  .cookies = GOOD,
				  .form = site_form("bad", "name=desk-2") },
	     403);
	assert_int_equal(web.app.refused, 4);
	assert_int_equal(web.app.acted, 0);
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
	assert_string_equal(web.app.why, "the form came from another site");
	assert_int_equal(web.app.acted, 0);
}

static void before_sign_in_forms_hang_on_a_visitor_cookie(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/login" }, 200);
	assert_true(site_has_field(&web.response, "Set-Cookie: __Host-v="));
	call(&(struct test_call){ .path = "/login",
				  .cookies = "__Host-v=known" },
	     200);
	assert_false(site_has_field(&web.response, "Set-Cookie"));
	call(&(struct test_call){ .path = "/open" }, 200);
	assert_false(site_has_field(&web.response, "Set-Cookie"));
	call(&(struct test_call){ .path = "/login",
				  .method = "POST",
				  .cookies = "__Host-v=known",
				  .form = site_form("known", "") },
	     303);
	assert_true(site_has_field(&web.response, "__Host-s=fresh;"));
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
	assert_int_equal(web.app.shown, 0);
	assert_int_equal(web.app.acted, 0);
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
	assert_null(strstr(buf_str(&web.response.body), "LEAK"));
	assert_int_equal(web.app.acted, 0);
	assert_int_equal(web.app.shown, 1);
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
	web.app.detour = true;
	call(&(struct test_call){ .path = "/open" }, 303);
	assert_true(site_has_field(&web.response, "Location: /first\r\n"));
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
	web.app.session_fails = true;
	call(&(struct test_call){ .path = "/open", .cookies = GOOD }, 503);
	assert_int_equal(web.app.shown, 0);
}

static void half_a_page_is_never_sent(void **state)
{
	(void)state;
	call(&(struct test_call){ .path = "/item/special", .cookies = GOOD },
	     500);
	assert_null(strstr(buf_str(&web.response.body), "half a page"));
	assert_null(strstr(buf_str(&web.response.body), "missing"));
}

/* A form with a file for a session, as a browser sends it. */
static const char *file_form(const char *cookie)
{
	static char form[1024];
	char token[CSRF_TOKEN_SIZE];

	csrf_token(token, cookie);
	snprintf(form, sizeof(form),
		 "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n"
		 "%s\r\n--b\r\nContent-Disposition: form-data; "
		 "name=\"name\"\r\n\r\nx\r\n--b\r\nContent-Disposition: "
		 "form-data; name=\"file\"; filename=\"f\"\r\n\r\nthe file"
		 "\r\n--b--\r\n",
		 token);
	return form;
}

static void a_file_goes_only_to_pages_that_take_one(void **state)
{
	static const char type[] = "multipart/form-data; boundary=b";
	struct test_call c = { .method = "POST",
			       .path = "/file",
			       .cookies = GOOD,
			       .type = type,
			       .form = file_form("good") };

	(void)state;
	call(&c, 303);
	assert_string_equal(web.app.file, "the file");
	assert_int_equal(web.app.acted, 1);
	c.path = "/only";
	call(&c, 400);
	expect("This page takes no file.");
	c.path = "/file";
	c.form = file_form("other");
	call(&c, 403);
	c.type = NULL;
	c.form = site_form("good", "name=x");
	call(&c, 400);
	expect("The form came without a file.");
	c.type = type;
	c.form = "--b\r\n";
	call(&c, 400);
	assert_int_equal(web.app.acted, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SITE_TEST(a_page_is_rendered_with_what_every_page_has, &web),
		SITE_TEST(an_unknown_path_is_404, &web),
		SITE_TEST(a_star_stands_for_one_step, &web),
		SITE_TEST(a_file_goes_only_to_pages_that_take_one, &web),
		SITE_TEST(an_exact_path_goes_before_a_star, &web),
		SITE_TEST(another_method_is_405_with_all_that_are_allowed,
			  &web),
		SITE_TEST(head_is_a_get, &web),
		SITE_TEST(who_is_not_signed_in_is_sent_to_sign_in_and_back,
			  &web),
		SITE_TEST(an_expired_form_leads_to_its_page_after_signing_in,
			  &web),
		SITE_TEST(a_missing_role_is_403_and_reported, &web),
		SITE_TEST(a_form_with_its_token_acts, &web),
		SITE_TEST(a_form_without_its_token_does_not, &web),
		SITE_TEST(a_form_from_another_site_is_refused_with_its_token,
			  &web),
		SITE_TEST(before_sign_in_forms_hang_on_a_visitor_cookie, &web),
		SITE_TEST(a_stale_session_does_not_stop_signing_in, &web),
		SITE_TEST(undeclared_and_repeated_fields_are_400, &web),
		SITE_TEST(a_problem_shows_the_form_again_with_what_was_typed,
			  &web),
		SITE_TEST(
			a_page_without_a_view_says_the_problem_on_an_error_page,
			&web),
		SITE_TEST(a_detour_comes_before_everything, &web),
		SITE_TEST(bad_requests_get_an_error_page, &web),
		SITE_TEST(a_session_that_cannot_be_looked_up_is_503, &web),
		SITE_TEST(half_a_page_is_never_sent, &web),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
