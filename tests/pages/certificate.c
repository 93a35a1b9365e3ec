/* The countdown of the device's certificate, as icon and word. */
#include <string.h>

#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void expect_page(const char *text)
{
	struct answer answer =
		pages_get(&pages, &pages.auditor, "/network/certificate");

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static bool home_tells(const char *text)
{
	struct answer answer = pages_get(&pages, &pages.auditor, "/");
	bool told = strstr(answer.body, text) != NULL;

	answer_clear(&answer);
	return told;
}

static void each_step_has_a_mark_of_its_own(void **state)
{
	static const struct {
		int ends;
		const char *mark;
	} steps[] = {
		{ 335, "<span class=\"tag ok\">" },
		{ 120, "<span class=\"tag ok\">" },
		{ 60, "<span class=\"tag ok\">" },
		{ 29, "<span class=\"tag warn\">" },
		{ 5, "<span class=\"tag bad\">" },
		{ -3, "<span class=\"tag bad\">" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		network_certificate(&pages, -30, steps[i].ends);
		expect_page(steps[i].mark);
	}
	network_certificate(&pages, -30, 335);
	expect_page("335 days left");
	network_certificate(&pages, -300, 1);
	expect_page("1 day left");
	network_certificate(&pages, -300, -3);
	expect_page("</svg>Run out</span>");
}

static void what_happens_by_itself_is_told(void **state)
{
	(void)state;
	expect_page("There is none yet. Without it the device cannot connect");
	network_certificate(&pages, -30, 335);
	expect_page("It is renewed by itself from ");
	network_certificate(&pages, -300, 60);
	expect_page("Its renewal is due and is tried every hour by itself.");
	network_certificate(&pages, -300, -3);
	expect_page("A new one-time code of the vendor replaces it");
}

/* A short-lived one is near its end all the time: that is no trouble. */
static void home_tells_only_what_needs_a_person(void **state)
{
	static const char text[] = "href=\"/network/certificate\"";

	(void)state;
	network_certificate(&pages, -300, 5);
	assert_false(home_tells(text)); /* nobody allowed a connection */
	pages_allow(&pages);
	assert_true(home_tells(text));
	network_certificate(&pages, -30, 335);
	assert_false(home_tells(text));
	network_certificate(&pages, -10, 80);
	assert_false(home_tells(text));
	network_certificate(&pages, -60, 30);
	assert_true(home_tells(text));
	network_certificate(&pages, -300, -3);
	assert_true(home_tells(text));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_step_has_a_mark_of_its_own),
		TEST(what_happens_by_itself_is_told),
		TEST(home_tells_only_what_needs_a_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
