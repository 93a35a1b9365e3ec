/* Settings: sends that nobody presses, each decision a form of its own. */
#include "domain/alarms.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "tests/pages/support.h"

#include <string.h>

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

/* What the page holds for this person. */
static void expect_page(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, "/settings");

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static void expect_done(const char *form, const char *path)
{
	struct answer answer =
		pages_post(&pages, &pages.customer, "/settings", form);

	expect_location(&answer, path);
	answer_clear(&answer);
	expect_get(&pages, &pages.customer, path, 200);
}

/* An hour later: the pages ask the real clock, which went on meanwhile. */
static struct automatic now_is(void)
{
	int64_t now = pages.now + 3600;
	struct consents all;
	struct automatic a;

	assert_true(consent_read(pages.db, now, &all, NULL));
	assert_true(automatic_read(pages.db, &all, now, &a, NULL));
	return a;
}

static void everybody_reads_and_two_roles_change(void **state)
{
	(void)state;
	expect_page(&pages.customer, "name=\"do\" value=\"off\"");
	expect_page(&pages.admin, "name=\"do\" value=\"off\"");
	expect_page(&pages.operator, "Only accounts with the role customer");
	expect_page(&pages.auditor, "Only accounts with the role customer");
	struct answer answer = pages_get(&pages, &pages.auditor, "/settings");
	expect_no_text(&answer, "value=\"off\"");
	answer_clear(&answer);
	expect_post(&pages, &pages.operator, "/settings", "do=off", 403);
	expect_post(&pages, &pages.auditor, "/settings", "do=off", 403);
	assert_true(now_is().on);
	expect_post(&pages, &pages.admin, "/settings", "do=off", 303);
	assert_false(now_is().on);
}

static void it_is_switched_off_and_on(void **state)
{
	(void)state;
	expect_done("do=off", "/settings?done=off");
	assert_false(now_is().on);
	expect_page(&pages.operator, "Off: nothing is sent unless");
	expect_done("do=on", "/settings?done=on");
	assert_true(now_is().on);
	assert_int_equal(pages_ledger_count(&pages, "configuration",
					    "\"on\" before, \"off\" now"),
			 1);
	assert_int_equal(pages_ledger_count(&pages, "configuration",
					    "\"off\" before, \"on\" now"),
			 1);
}

static void hours_are_saved(void **state)
{
	(void)state;
	expect_done("do=time&time=18%3A04", "/settings?done=time");
	assert_int_equal(now_is().send_time, 18 * 60 + 4);
	expect_page(&pages.auditor, "At 18:04, as somebody chose.");
	expect_done("do=time-derived&time=18%3A04", "/settings?done=time");
	assert_int_equal(now_is().send_time, TIMETABLE_DERIVED);
	expect_page(&pages.auditor, "a time of its own");
	expect_done("do=quiet&from=22%3A00&until=06%3A30",
		    "/settings?done=quiet");
	assert_int_equal(now_is().quiet_until, 6 * 60 + 30);
	expect_page(&pages.auditor, "From 22:00 to 06:30 nothing is sent");
	expect_done("do=quiet-none&from=22%3A00&until=06%3A30",
		    "/settings?done=quiet");
	assert_int_equal(now_is().quiet_from, now_is().quiet_until);
	expect_done("do=low&percent=25", "/settings?done=low");
	assert_int_equal(now_is().low_supply, 25);
	expect_page(&pages.auditor, "full above 75 percent");
}

static void what_is_wrong_is_said_and_kept(void **state)
{
	static const struct {
		const char *form, *text, *kept;
	} wrong[] = {
		{ "do=time&time=25%3A00", "Time of the daily send: write",
		  "value=\"25:00\"" },
		{ "do=time&time=", "Time of the daily send: write",
		  "id=\"time-error\"" },
		{ "do=quiet&from=22%3A00&until=", "Quiet hours: write",
		  "value=\"22:00\"" },
		{ "do=quiet&from=07%3A00&until=07%3A00", "two times that",
		  "value=\"07:00\"" },
		{ "do=low&percent=51", "from 1 to 50", "value=\"51\"" },
		{ "do=low&percent=%3Cscript%3E", "from 1 to 50",
		  "value=\"&lt;script&gt;\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct answer answer = pages_post(&pages, &pages.customer,
						  "/settings", wrong[i].form);

		expect_status(&answer, 400);
		expect_text(&answer, wrong[i].text);
		expect_text(&answer, wrong[i].kept);
		expect_no_text(&answer, "<script>");
		answer_clear(&answer);
	}
	expect_post(&pages, &pages.customer, "/settings", "do=everything", 400);
	expect_post(&pages, &pages.customer, "/settings",
		    "do=never&service=updates", 400);
	expect_post(&pages, &pages.customer, "/settings",
		    "do=never&service=nothing", 400);
	expect_post(&pages, &pages.customer, "/settings", "do=off&other=1",
		    400);
	assert_int_equal(pages_ledger_count(&pages, "configuration", NULL), 0);
}

static void a_service_waits_and_can_be_sent_at_once_or_never(void **state)
{
	(void)state;
	expect_post(&pages, &pages.customer, "/settings",
		    "do=now&service=metering", 409);
	expect_page(&pages.customer, "Not allowed");
	pages_allow(&pages);
	expect_page(&pages.customer, "Begins later");
	expect_page(&pages.customer, "Send from now on");
	expect_done("do=now&service=metering", "/settings?done=now");
	expect_page(&pages.customer, "By itself");
	assert_int_equal(now_is().ready, SERVICE_BIT(SERVICE_METERING));
	expect_done("do=never&service=metering", "/settings?done=never");
	expect_page(&pages.customer, "No service sends by itself.");
	assert_int_equal(now_is().ready, 0);
	assert_int_equal(pages_ledger_count(&pages, "configuration",
					    "Metering: sent "),
			 2);
}

static void what_stands_is_shown(void **state)
{
	struct automatic a = now_is();
	const struct condition jam = { .key = "fault 1",
				       .text = "jam " PAGES_HOSTILE,
				       .state = CONDITION_RAISED,
				       .is_fault = true };
	const struct alarms_look look = { .at = &jam,
					  .count = 1,
					  .has_faults = true,
					  .automatic = &a,
					  .now = pages.now };
	struct alarms_due due;

	(void)state;
	assert_true(alarms_take(pages.db, &look, &due, NULL));
	expect_page(&pages.auditor, "What stands now");
	expect_page(&pages.auditor, "jam &lt;script&gt;");
}

static void the_clock_of_the_device_is_named(void **state)
{
	(void)state;
	expect_page(&pages.auditor, "Times on this page are those of the "
				    "device: UTC");
	expect_page(&pages.auditor, " there now.");
}

static void an_administrator_decides_about_job_data(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.customer, "/settings", "do=two", 403);
	expect_post(&pages, &pages.customer, "/settings", "do=rate&rate=9",
		    403);
	expect_post(&pages, &pages.admin, "/settings", "do=two", 303);
	expect_post(&pages, &pages.admin, "/settings", "do=rate&rate=250", 303);
	answer = pages_get(&pages, &pages.admin, "/settings");
	expect_text(&answer, "A second person with the role job-data has to "
			     "agree");
	expect_text(&answer, "at most 250 kilobytes a second");
	answer_clear(&answer);
	answer = pages_post(&pages, &pages.admin, "/settings",
			    "do=rate&rate=much");
	expect_status(&answer, 400);
	expect_text(&answer, "value=\"much\"");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, "/settings", "do=rate-none", 303);
	expect_post(&pages, &pages.admin, "/settings", "do=one", 303);
	answer = pages_get(&pages, &pages.customer, "/settings");
	expect_text(&answer, "One person with the role job-data sends alone.");
	expect_no_text(&answer, "value=\"two\"");
	answer_clear(&answer);
	assert_int_equal(
		pages_ledger_count(&pages, "configuration", "two people"), 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(everybody_reads_and_two_roles_change),
		TEST(it_is_switched_off_and_on),
		TEST(hours_are_saved),
		TEST(what_is_wrong_is_said_and_kept),
		TEST(a_service_waits_and_can_be_sent_at_once_or_never),
		TEST(what_stands_is_shown),
		TEST(the_clock_of_the_device_is_named),
		TEST(an_administrator_decides_about_job_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
