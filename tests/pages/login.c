/* Sign in and out as CGI processes. */
#include <stdio.h>
#include <string.h>

#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	pages_make(&pages);
	pages_person(&pages, "frontdesk", ROLE_CUSTOMER);
	return 0;
}

static void the_page_gives_a_visitor_a_cookie_and_a_token(void **state)
{
	struct answer answer = pages_get(&pages, NULL, "/login");
	char cookie[256];

	(void)state;
	expect_status(&answer, 200);
	answer_field(&answer, "Set-Cookie", cookie, sizeof(cookie));
	assert_non_null(strstr(cookie, "__Host-sluice-pre="));
	assert_non_null(
		strstr(cookie, "; Path=/; Secure; HttpOnly; SameSite=Strict"));
	expect_text(&answer, "name=\"csrf\"");
	expect_text(&answer, "autocomplete=\"current-password\"");
	answer_clear(&answer);
}

static void the_right_password_signs_in_and_goes_on(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer = pages_post(
		&pages, &visitor, "/login",
		"name=FrontDesk&password=a+long+enough+phrase&next=%2Flog%3Fkind%3Dgrant");
	char cookie[256];

	(void)state;
	expect_location(&answer, "/log?kind=grant");
	answer_field(&answer, "Set-Cookie", cookie, sizeof(cookie));
	assert_non_null(strstr(cookie, "__Host-sluice="));
	answer_clear(&answer);
}

/* The session ended while a form stood open. */
static void a_press_that_came_to_nothing_is_told(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer =
		pages_post(&pages, &visitor, "/settings", "do=automatic-off");

	(void)state;
	expect_location(&answer, "/login?next=%2Fsettings&ended=1");
	answer_clear(&answer);
	answer = pages_get(&pages, NULL, "/login?next=%2Fsettings&ended=1");
	expect_status(&answer, 200);
	expect_text(&answer, "You are not signed in any more.");
	expect_text(&answer, "What you pressed last was not done.");
	answer_clear(&answer);
	answer = pages_get(&pages, NULL, "/login?next=%2Fsettings");
	expect_no_text(&answer, "not signed in any more");
	answer_clear(&answer);
}

static void the_way_back_never_leaves_the_device(void **state)
{
	static const char *const nexts[] = {
		"https%3A%2F%2Fevil.example%2F",
		"%2F%2Fevil.example",
		"%2F%5Cevil.example",
		"javascript%3Aalert(1)",
		"%2Flog%0D%0ASet-Cookie%3A+a%3D1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(nexts) / sizeof(nexts[0]); i++) {
		struct person visitor = pages_visitor();
		char form[256];
		char to[256];

		snprintf(form, sizeof(form),
			 "name=frontdesk&password=a+long+enough+phrase&next=%s",
			 nexts[i]);

		struct answer answer =
			pages_post(&pages, &visitor, "/login", form);

		/* With its dot: a token beside it can be of any letters. */
		answer_field(&answer, "Location", to, sizeof(to));
		assert_null(strstr(to, "evil."));
		assert_null(strstr(answer.head, "evil."));
		assert_null(strstr(answer.head, "a=1"));
		answer_clear(&answer);
	}
}

static void wrong_name_and_wrong_password_look_the_same(void **state)
{
	struct person visitor = pages_visitor();
	struct answer name =
		pages_post(&pages, &visitor, "/login",
			   "name=nobody&password=wrong+phrase&next=");
	struct answer password =
		pages_post(&pages, &visitor, "/login",
			   "name=frontdesk&password=wrong+phrase&next=");

	(void)state;
	expect_status(&name, 403);
	expect_status(&password, 403);
	expect_text(&name, "There is a problem");
	expect_text(&name, "value=\"nobody\"");
	expect_no_text(&name, "wrong phrase");

	/* the same sentence; the first link of the summary holds it */
	const char *a = strstr(name.body, "<a href=\"#name\">");
	const char *b = strstr(password.body, "<a href=\"#name\">");

	assert_non_null(a);
	assert_non_null(b);
	assert_memory_equal(a, b, strcspn(a, "\n"));
	answer_clear(&name);
	answer_clear(&password);
}

static void an_old_cookie_does_not_lock_anybody_out(void **state)
{
	struct person visitor = pages_visitor();
	char cookies[256];
	struct call call = { .method = "GET",
			     .path = "/login",
			     .cookies = cookies };

	(void)state;
	pages_person(&pages, "keeper", ROLE_CUSTOMER);
	snprintf(cookies, sizeof(cookies),
		 "__Host-sluice=c3RhbGU; __Host-sluice-pre=%s", visitor.cookie);

	struct answer answer = pages_call(&pages, &call);

	expect_status(&answer, 200);
	answer_clear(&answer);

	call.method = "POST";
	call.who = &visitor;
	call.form = "name=keeper&password=a+long+enough+phrase&next=";
	answer = pages_call(&pages, &call);
	expect_location(&answer, "/");
	answer_clear(&answer);
}

static void a_cookie_that_comes_twice_is_no_session(void **state)
{
	struct person who = pages_person(&pages, "twice", ROLE_CUSTOMER);
	char cookies[256];
	struct call call = { .method = "GET", .path = "/", .cookies = cookies };

	(void)state;
	snprintf(cookies, sizeof(cookies), "__Host-sluice=%s; __Host-sluice=%s",
		 who.cookie, who.cookie);

	struct answer answer = pages_call(&pages, &call);

	expect_location(&answer, "/login");
	answer_clear(&answer);
}

static void signing_out_ends_the_session_on_the_device(void **state)
{
	struct person who = pages_person(&pages, "leaver", ROLE_CUSTOMER);
	struct answer answer = pages_post(&pages, &who, "/logout", "");
	char field[256];

	(void)state;
	expect_location(&answer, "/login?out=1");
	answer_field(&answer, "Set-Cookie", field, sizeof(field));
	assert_non_null(strstr(field, "Max-Age=0"));
	answer_field(&answer, "Clear-Site-Data", field, sizeof(field));
	assert_non_null(strstr(field, "storage"));
	answer_clear(&answer);
	answer = pages_get(&pages, &who, "/");
	expect_location(&answer, "/login");
	answer_clear(&answer);
	expect_get(&pages, NULL, "/login?out=1", 200);
}

static void guessing_is_slowed_down(void **state)
{
	struct person visitor = pages_visitor();

	(void)state;
	pages_person(&pages, "target", ROLE_CUSTOMER);
	for (int i = 0; i < 8; i++) {
		struct answer answer =
			pages_post(&pages, &visitor, "/login",
				   "name=target&password=guess+guess&next=");

		if (i == 7) {
			expect_status(&answer, 429);
			expect_text(&answer, "There is a problem");
		}
		answer_clear(&answer);
	}
	/* even the right password, and others from the same address, wait */
	expect_post(&pages, &visitor, "/login",
		    "name=target&password=a+long+enough+phrase&next=", 429);
}

static void failed_tries_are_told_first(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer;

	(void)state;
	pages_person(&pages, "told", ROLE_CUSTOMER);
	expect_post(&pages, &visitor, "/login",
		    "name=told&password=guess+guess&next=", 403);
	answer = pages_post(
		&pages, &visitor, "/login",
		"name=told&password=a+long+enough+phrase&next=%2Flog");
	expect_location(&answer, "/?failures=1");
	answer_clear(&answer);
}

static void signing_in_again_leaves_no_session_behind(void **state)
{
	struct person who = pages_person(&pages, "twofold", ROLE_CUSTOMER);
	struct answer answer =
		pages_post(&pages, &who, "/login",
			   "name=twofold&password=a+long+enough+phrase&next=");
	char cookie[256];

	(void)state;
	expect_location(&answer, "/");
	answer_field(&answer, "Set-Cookie", cookie, sizeof(cookie));
	assert_non_null(strstr(cookie, "__Host-sluice="));
	assert_null(strstr(cookie, who.cookie));
	answer_clear(&answer);
	answer = pages_get(&pages, &who, "/");
	expect_location(&answer, "/login");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_gives_a_visitor_a_cookie_and_a_token),
		cmocka_unit_test(the_right_password_signs_in_and_goes_on),
		cmocka_unit_test(a_press_that_came_to_nothing_is_told),
		cmocka_unit_test(the_way_back_never_leaves_the_device),
		cmocka_unit_test(wrong_name_and_wrong_password_look_the_same),
		cmocka_unit_test(an_old_cookie_does_not_lock_anybody_out),
		cmocka_unit_test(a_cookie_that_comes_twice_is_no_session),
		cmocka_unit_test(signing_out_ends_the_session_on_the_device),
		cmocka_unit_test(failed_tries_are_told_first),
		cmocka_unit_test(signing_in_again_leaves_no_session_behind),
		cmocka_unit_test(guessing_is_slowed_down),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
