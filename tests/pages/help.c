/* Help: reachable for everybody, from every page. */
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
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
	for (size_t i = 0; i < 6; i++) {
		struct answer answer =
			pages_get(&pages, &pages.customer, paths[i]);

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

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
