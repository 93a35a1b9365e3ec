/* The first set-up as CGI processes. */
#include <stdio.h>

#include "domain/setup.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	pages_make(&pages);
	return 0;
}

#define PERSON "&name=frontdesk&password=a+long+enough+phrase"
#define AGAIN "&again=a+long+enough+phrase"

static void every_page_leads_to_the_set_up_first(void **state)
{
	static const char *const paths[] = { "/", "/login", "/services",
					     "/log" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct answer answer = pages_get(&pages, NULL, paths[i]);

		expect_location(&answer, "/setup");
		answer_clear(&answer);
	}
	expect_get(&pages, NULL, "/help", 200);
	expect_get(&pages, NULL, "/about", 200);
}

static void the_page_says_that_nothing_is_sent(void **state)
{
	struct answer answer = pages_get(&pages, NULL, "/setup");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Nothing is being sent");
	expect_no_text(&answer, " checked");
	expect_no_text(&answer, "EX7-004211");
	answer_clear(&answer);
}

static void a_wrong_code_keeps_what_was_typed(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer = pages_post(&pages, &visitor, "/setup",
					  "code=AAAA-BBBB-CCCC" PERSON AGAIN);

	(void)state;
	expect_status(&answer, 403);
	expect_text(&answer, "value=\"AAAA-BBBB-CCCC\"");
	expect_text(&answer, "value=\"frontdesk\"");
	expect_text(&answer, "aria-invalid=\"true\"");
	expect_text(&answer, "<title>Error: ");
	expect_no_text(&answer, "long enough");
	answer_clear(&answer);
	assert_int_equal(pages_ledger_count(&pages, "refused", NULL), 1);
}

static void what_cannot_be_right_is_said_beside_the_field(void **state)
{
	static const struct {
		const char *form, *text;
	} wrong[] = {
		{ "code=A" PERSON "&again=other+long+phrase",
		  "The two passwords are not the same." },
		{ "code=" PERSON AGAIN, "The set-up code is missing." },
		{ "code=A&name=a+b%3C&password=a+long+enough+phrase" AGAIN,
		  "Your name is not valid." },
		{ "code=A&name=frontdesk&password=&again=",
		  "The password is missing." },
	};
	struct person visitor = pages_visitor();

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct answer answer =
			pages_post(&pages, &visitor, "/setup", wrong[i].form);

		expect_status(&answer, 400);
		expect_text(&answer, wrong[i].text);
		answer_clear(&answer);
	}
}

static void weak_passwords_are_refused_in_plain_words(void **state)
{
	struct person visitor = pages_visitor();
	char code[SETUP_CODE_SIZE];
	char form[256];

	(void)state;
	assert_true(setup_make_code(pages.db, pages.now, 3600, code, NULL));
	snprintf(form, sizeof(form),
		 "code=%s&name=frontdesk&password=short&again=short", code);

	struct answer answer = pages_post(&pages, &visitor, "/setup", form);

	expect_status(&answer, 400);
	expect_text(&answer, "id=\"password-error\">The password needs");
	answer_clear(&answer);
	snprintf(
		form, sizeof(form),
		"code=%s&name=server&password=a+long+phrase&again=a+long+phrase",
		code);
	answer = pages_post(&pages, &visitor, "/setup", form);
	expect_status(&answer, 400);
	expect_text(&answer, "id=\"name-error\">The log uses the name");
	answer_clear(&answer);
}

static void the_right_code_makes_the_account_and_signs_in(void **state)
{
	struct person visitor = pages_visitor();
	char code[SETUP_CODE_SIZE];
	char form[256];
	char cookie[256];

	(void)state;
	assert_true(setup_make_code(pages.db, pages.now, 3600, code, NULL));
	snprintf(form, sizeof(form), "code=%s" PERSON AGAIN, code);

	struct answer answer = pages_post(&pages, &visitor, "/setup", form);

	expect_location(&answer, "/");
	answer_field(&answer, "Set-Cookie", cookie, sizeof(cookie));
	answer_clear(&answer);

	struct person who = { .signed_in = true };

	assert_int_equal(sscanf(cookie, "__Host-sluice=%63[^;]", who.cookie),
			 1);
	answer = pages_get(&pages, &who, "/");
	expect_status(&answer, 200);
	expect_text(&answer, "frontdesk");
	expect_text(&answer, "admin, customer");
	expect_text(&answer, "Nothing is being sent.");
	answer_clear(&answer);

	/* once only */
	answer = pages_get(&pages, NULL, "/setup");
	expect_location(&answer, "/");
	answer_clear(&answer);
	answer = pages_post(&pages, &visitor, "/setup", form);
	expect_location(&answer, "/login?made=1");
	answer_clear(&answer);
	answer = pages_get(&pages, NULL, "/login?made=1");
	expect_status(&answer, 200);
	expect_text(&answer, "The set-up is done already.");
	expect_text(&answer, "who looks after this device");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_leads_to_the_set_up_first),
		cmocka_unit_test(the_page_says_that_nothing_is_sent),
		cmocka_unit_test(a_wrong_code_keeps_what_was_typed),
		cmocka_unit_test(what_cannot_be_right_is_said_beside_the_field),
		cmocka_unit_test(weak_passwords_are_refused_in_plain_words),
		cmocka_unit_test(the_right_code_makes_the_account_and_signs_in),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
