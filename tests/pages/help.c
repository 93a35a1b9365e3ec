/* Help: reachable for everybody, from every page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/pages/support.h"

static struct pages pages;
static struct person customer, operator, auditor, admin;

static int set_up(void **state)
{
	(void)state;
	pages_make(&pages);
	customer = pages_person(&pages, "frontdesk", ROLE_CUSTOMER);
	operator= pages_person(&pages, "olga", ROLE_OPERATOR);
	auditor = pages_person(&pages, "audrey", ROLE_AUDITOR);
	admin = pages_person(&pages, "ada", ROLE_ADMIN);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pages_remove(&pages);
	return 0;
}

static void help_needs_no_account(void **state)
{
	struct answer answer = pages_get(&pages, NULL, "/help");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Who may do what");
	answer_clear(&answer);
}

static void every_page_links_to_it_at_the_same_place(void **state)
{
	static const char *const paths[] = { "/",     "/services", "/preview",
					     "/send", "/log",      "/about" };

	(void)state;
	(void)operator;
	(void)auditor;
	(void)admin;
	for (size_t i = 0; i < 6; i++) {
		struct answer answer = pages_get(&pages, &customer, paths[i]);

		expect_text(&answer, "<a href=\"/help\">Help</a>\n"
				     "<a href=\"/about\">About</a>");
		answer_clear(&answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_needs_no_account),
		cmocka_unit_test(every_page_links_to_it_at_the_same_place),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
