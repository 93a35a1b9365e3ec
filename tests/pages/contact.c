/*
 * How the connection stands, in the same words on Network, Check-ins, Home and
 * in the state sentence.
 */
#include <string.h>

#include "domain/consent.h"
#include "domain/enrolment.h"
#include "domain/settings.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void expect_everywhere(const char *text)
{
	static const char *const paths[] = { "/network", "/network/checkins" };

	for (size_t i = 0; i < 2; i++) {
		struct answer answer =
			pages_get(&pages, &pages.auditor, paths[i]);

		expect_status(&answer, 200);
		expect_text(&answer, text);
		answer_clear(&answer);
	}
}

static void expect_page(const char *path, const char *text)
{
	struct answer answer = pages_get(&pages, &pages.auditor, path);

	expect_text(&answer, text);
	answer_clear(&answer);
}

static void without_permission_nothing_is_sent_and_that_is_told(void **state)
{
	(void)state;
	network_certificate(&pages, -30, 335);
	network_checked_in(&pages, 600, NULL);
	expect_everywhere("Not connected, because nobody allowed it.");
	expect_everywhere("not even the name of the server is looked up");
	expect_everywhere("<a href=\"/services\">Allow remote services</a>");
	struct answer answer = pages_get(&pages, &pages.auditor, "/");
	expect_no_text(&answer, "Connected;");
	answer_clear(&answer);
}

static void without_a_certificate_the_code_is_asked_for(void **state)
{
	(void)state;
	pages_allow(&pages);
	expect_everywhere("this device has no certificate yet.");
	expect_everywhere("href=\"/network/certificate\">Type the code</a>");
	network_certificate(&pages, -400, -1);
	expect_everywhere("the certificate of this device has run out.");
	expect_everywhere("Nothing is lost");
	expect_everywhere("href=\"/network/certificate\">Type the code</a>");
}

static void a_good_one_is_one_sentence(void **state)
{
	(void)state;
	pages_allow(&pages);
	network_certificate(&pages, -30, 335);
	expect_everywhere("No check-in yet.");
	network_checked_in(&pages, 600, NULL);
	expect_everywhere("Connected; last check-in ");
	expect_everywhere("; nothing waiting.");
	expect_everywhere("Next check-in: ");
	expect_page("/", "Connected; last check-in ");
	expect_page("/services",
		    "; nothing waiting. No document was ever sent");
	pages_item(&pages, OUTBOX_QUEUED);
	expect_everywhere("; 1 waiting.");
}

static void one_that_failed_says_why_and_when_it_is_tried_again(void **state)
{
	(void)state;
	pages_allow(&pages);
	network_certificate(&pages, -30, 335);
	network_checked_in(&pages, 900, NULL);
	network_checked_in(&pages, 300,
			   "the name cannot be found " PAGES_HOSTILE);
	expect_everywhere("The last check-in did not work.</strong> The name "
			  "cannot be found &lt;script&gt;");
	expect_everywhere("href=\"/network/test\">Test the connection</a>");
	struct answer answer = pages_get(&pages, &pages.auditor, "/");
	/* one failure is the device's own business */
	expect_no_text(&answer, "See the connection");
	answer_clear(&answer);
}

static void three_missed_ones_are_told_on_home(void **state)
{
	(void)state;
	/* none is missed before they were allowed */
	assert_true(consent_allow(pages.db, "frontdesk", SERVICE_UNSET,
				  pages.now - 10 * 3600, NULL));
	network_certificate(&pages, -30, 335);
	network_checked_in(&pages, 9 * 3600, NULL);
	expect_everywhere(" check-ins were missed.");
	expect_page("/", " check-ins were missed.");
	expect_page("/", "See the connection");
}

static void a_server_that_refuses_for_good_is_told(void **state)
{
	(void)state;
	pages_allow(&pages);
	network_certificate(&pages, -30, 335);
	network_checked_in(&pages, 900, NULL);
	network_checked_in(&pages, 300, "the server does not know this device");
	assert_true(settings_set(pages.db, "checkin_permanent", "1", NULL));
	expect_everywhere("The server refuses this device.</strong> The server "
			  "does not know this device.");
	expect_everywhere("tried again once a day");
	expect_page("/", "The server refuses this device.");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(without_permission_nothing_is_sent_and_that_is_told),
		TEST(without_a_certificate_the_code_is_asked_for),
		TEST(a_good_one_is_one_sentence),
		TEST(one_that_failed_says_why_and_when_it_is_tried_again),
		TEST(three_missed_ones_are_told_on_home),
		TEST(a_server_that_refuses_for_good_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
