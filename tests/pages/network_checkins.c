/* Check-ins: the limits, the button, the last ones with their bytes. */
#include <stdio.h>
#include <string.h>

#include "domain/checkins.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define PATH "/network/checkins"

static void expect_page(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, PATH);

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static struct checkin_state state_now(void)
{
	struct checkin_state now;

	assert_true(checkins_read(pages.db, pages.now, &now, NULL));
	return now;
}

static void it_says_what_a_check_in_tells(void **state)
{
	(void)state;
	expect_page(&pages.auditor, "What it tells comms.example");
	expect_page(&pages.auditor, "counters, levels, faults, names, "
				    "addresses, documents, print jobs");
	expect_page(&pages.auditor, "There was none yet.");
}

static void the_limits_are_chosen_from_lists(void **state)
{
	struct answer answer;

	(void)state;
	expect_page(&pages.admin,
		    "<option value=\"900\" selected>15 minutes</option>");
	answer = pages_get(&pages, &pages.auditor, PATH);
	expect_no_text(&answer, "<select");
	answer_clear(&answer);
	answer = pages_post(&pages, &pages.admin, PATH,
			    "do=limits&least=1800&most=14400");
	expect_location(&answer, PATH "?done=limits");
	answer_clear(&answer);
	assert_int_equal(state_now().least_s, 1800);
	assert_int_equal(state_now().most_s, 14400);
	/* both pass those that stand, either way */
	expect_post(&pages, &pages.admin, PATH,
		    "do=limits&least=86400&most=604800", 303);
	assert_int_equal(state_now().least_s, 86400);
	expect_post(&pages, &pages.admin, PATH, "do=limits&least=300&most=900",
		    303);
	assert_int_equal(state_now().least_s, 300);
	assert_int_equal(state_now().most_s, 900);
	expect_post(&pages, &pages.customer, PATH,
		    "do=limits&least=900&most=900", 403);
}

static void a_limit_that_was_set_elsewhere_is_among_them(void **state)
{
	(void)state;
	assert_true(checkin_setting_set(pages.db, "command line: root",
					"checkin_least", "20m", pages.now,
					NULL));
	expect_page(&pages.admin,
		    "<option value=\"1200\" selected>20 minutes</option>");
}

static void what_is_wrong_is_said_and_kept(void **state)
{
	static const char *const wrong[] = {
		"do=limits&least=7200&most=1800",
		"do=limits&least=7200&most=",
		"do=limits&least=7200",
		"do=limits&least=7200&most=99999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct answer answer =
			pages_post(&pages, &pages.admin, PATH, wrong[i]);

		expect_status(&answer, 400);
		expect_text(&answer, "id=\"least-error\"");
		expect_text(&answer, "<option value=\"7200\" selected>");
		answer_clear(&answer);
	}
	expect_post(&pages, &pages.admin, PATH, "do=everything", 400);
	assert_int_equal(state_now().least_s, 900);
	assert_int_equal(pages_ledger_count(&pages, "configuration", NULL), 0);
}

static void the_button_needs_permission_for_remote_services(void **state)
{
	struct answer answer;

	(void)state;
	answer = pages_get(&pages, &pages.admin, PATH);
	expect_no_text(&answer, "Check in now");
	expect_text(&answer, "None while remote services as a whole");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, PATH, "do=now&" NETWORK_KEY, 409);
	assert_int_equal(network_requests(&pages), 0);
	pages_allow(&pages);
	/* nor is it offered where nobody could sign in */
	answer = pages_get(&pages, &pages.admin, PATH);
	expect_no_text(&answer, "Check in now");
	answer_clear(&answer);
	network_certificate(&pages, -30, 335);
	expect_page(&pages.admin, "Check in now");
	answer = pages_post(&pages, &pages.admin, PATH, "do=now&" NETWORK_KEY);
	expect_location(&answer, PATH "?id=1");
	answer_clear(&answer);
	network_ended(&pages, network_take(&pages, REQUEST_CHECKIN), NULL);
	answer = pages_get(&pages, &pages.admin, PATH "?id=1");
	expect_text(&answer, "The device has checked in.");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, PATH,
		    "do=now&key=another-key-of-a-form", 303);
	network_ended(&pages, network_take(&pages, REQUEST_CHECKIN),
		      "the server could not be reached");
	answer = pages_get(&pages, &pages.admin, PATH "?id=2");
	expect_text(&answer, "The check-in did not work.");
	expect_text(&answer, "The server could not be reached.");
	answer_clear(&answer);
}

static void the_wish_of_the_server_holds_within_the_limits(void **state)
{
	bool within;

	(void)state;
	pages_allow(&pages);
	expect_page(&pages.auditor,
		    "The device checks in every hour; the server has wished "
		    "nothing else yet.");
	assert_true(checkins_wish(pages.db, 7200, &within, NULL));
	expect_page(
		&pages.auditor,
		"The device checks in every 2 hours, as the server wishes.");
	assert_true(checkins_wish(pages.db, 300, &within, NULL));
	assert_false(within);
	expect_page(&pages.auditor,
		    "The server wishes every 5 minutes, which is outside of "
		    "your limits.");
}

static void each_has_a_page_with_the_exact_bytes(void **state)
{
	int64_t number = network_checked_in(&pages, 7200, NULL);
	int64_t failed =
		network_checked_in(&pages, 3600, "no way " PAGES_HOSTILE);
	struct answer answer;
	char path[64];

	(void)state;
	expect_page(&pages.auditor, "No way &lt;script&gt;");
	snprintf(path, sizeof(path), PATH "/%lld", (long long)number);
	expect_page(&pages.auditor, path);
	answer = pages_get(&pages, &pages.auditor, path);
	expect_status(&answer, 200);
	expect_words(&answer, "<CheckIn device=\"ex7-004211\"/>");
	expect_text(&answer, "sluice.checkin/v1");
	expect_text(&answer, "611");
	answer_clear(&answer);
	snprintf(path, sizeof(path), PATH "/%lld", (long long)failed);
	answer = pages_get(&pages, &pages.auditor, path);
	expect_status(&answer, 200);
	expect_text(&answer, "No answer that could be kept.");
	answer_clear(&answer);
	expect_get(&pages, &pages.auditor, PATH "/999", 404);
	expect_get(&pages, &pages.auditor, PATH "/x", 404);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_a_check_in_tells),
		TEST(the_limits_are_chosen_from_lists),
		TEST(a_limit_that_was_set_elsewhere_is_among_them),
		TEST(what_is_wrong_is_said_and_kept),
		TEST(the_button_needs_permission_for_remote_services),
		TEST(the_wish_of_the_server_holds_within_the_limits),
		TEST(each_has_a_page_with_the_exact_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
