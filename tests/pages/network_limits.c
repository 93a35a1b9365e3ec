/* What may leave, and when: each limit, what is wrong with one, who changes. */
#include <string.h>

#include "domain/automatic.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define PATH "/network/limits"

static void expect_page(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, PATH);

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static void expect_done(const char *form)
{
	struct answer answer = pages_post(&pages, &pages.admin, PATH, form);

	expect_location(&answer, PATH "?done=saved");
	answer_clear(&answer);
}

static struct queue_limits limits_now(void)
{
	struct queue_limits limits;

	assert_true(queue_limits_read(pages.db, &limits, NULL));
	return limits;
}

static void everybody_reads_and_an_administrator_changes(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, PATH);

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Only an account with the role admin");
	expect_no_text(&answer, "name=\"megabytes\"");
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, PATH, "do=days&days=3", 403);
	expect_post(&pages, &pages.operator, PATH, "do=days&days=3", 403);
	expect_page(&pages.admin, "name=\"megabytes\"");
}

static void each_limit_is_saved_and_told(void **state)
{
	(void)state;
	expect_done("do=megabytes&megabytes=8");
	assert_int_equal(limits_now().bytes, 8 * QUEUE_MEGABYTE);
	expect_page(&pages.auditor, "At most 8 MB wait, ");
	expect_done("do=days&days=3");
	expect_page(&pages.auditor, "each for 3 days.");
	expect_done("do=rate&rate=250");
	expect_page(&pages.auditor, "at most 250 kilobytes a second.");
	expect_done("do=rate-none&rate=250");
	expect_page(&pages.auditor, "takes what the line gives.");
	expect_done("do=month&month=5");
	expect_page(&pages.auditor, "0 kB of 5 MB went out this month.");
	expect_done("do=month-none&month=");
	expect_page(&pages.auditor, "went out this month; there is no limit.");
	expect_done("do=quiet-all");
	assert_true(limits_now().quiet_all);
	expect_page(&pages.auditor, "also when a person presses Send.");
	expect_done("do=quiet-automatic");
	assert_false(limits_now().quiet_all);
	assert_int_equal(pages_ledger_count(&pages, "configuration", NULL), 8);
	struct answer answer =
		pages_get(&pages, &pages.admin, PATH "?done=saved");
	expect_text(&answer, "The limit is saved.");
	answer_clear(&answer);
}

static void what_is_wrong_is_said_and_kept(void **state)
{
	static const struct {
		const char *form, *error, *kept;
	} wrong[] = {
		{ "do=megabytes&megabytes=1", "id=\"megabytes-error\"",
		  "value=\"1\"" },
		{ "do=month&month=0",
		  "a whole number from 1 to 1000000, or press No limit.",
		  "value=\"0\"" },
		{ "do=days&days=forever", "id=\"days-error\"",
		  "value=\"forever\"" },
		{ "do=rate&rate=0", "id=\"rate-error\"", "value=\"0\"" },
		{ "do=month&month=%3Cscript%3E", "id=\"month-error\"",
		  "value=\"&lt;script&gt;\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct answer answer =
			pages_post(&pages, &pages.admin, PATH, wrong[i].form);

		expect_status(&answer, 400);
		expect_text(&answer, wrong[i].error);
		expect_text(&answer, wrong[i].kept);
		expect_no_text(&answer, "<script>");
		answer_clear(&answer);
	}
	expect_post(&pages, &pages.admin, PATH, "do=everything", 400);
	expect_post(&pages, &pages.admin, PATH, "do=days&days=", 400);
	assert_int_equal(pages_ledger_count(&pages, "configuration", NULL), 0);
}

static void expect_home(const char *text, bool there)
{
	struct answer answer = pages_get(&pages, &pages.operator, "/");

	expect_status(&answer, 200);
	if (there) {
		expect_text(&answer, text);
	} else {
		expect_no_text(&answer, text);
	}
	answer_clear(&answer);
}

static void what_is_used_is_told(void **state)
{
	(void)state;
	assert_true(queue_settle(pages.db, 0, 1234567, pages.now, NULL));
	expect_page(&pages.auditor, "1.2 MB went out this month");
	expect_done("do=month&month=1");
	expect_page(&pages.auditor, "That is the limit");
	struct answer answer = pages_get(&pages, &pages.auditor, "/network");
	expect_status(&answer, 200);
	expect_text(&answer, "Limit reached");
	answer_clear(&answer);
	/* Home says it, once anything may leave at all. */
	expect_home("The limit of this month is used up.", false);
	pages_allow(&pages);
	expect_home("The limit of this month is used up.", true);
	assert_true(retry_budget_spend(pages.db, pages.now, NULL));
	expect_page(&pages.auditor, "59 of 60 tries are left until ");
	pages_allow(&pages);
	pages_item(&pages, OUTBOX_QUEUED);
	expect_page(&pages.auditor, "1 waits now, ");
}

static void quiet_hours_lead_to_settings(void **state)
{
	(void)state;
	expect_page(&pages.auditor, "There are no quiet hours.");
	assert_true(automatic_set(pages.db, "ada", "quiet_hours", "22:00-06:00",
				  pages.now, NULL));
	expect_page(&pages.auditor, "Quiet hours are from 22:00 to 06:00.");
	expect_page(&pages.auditor, "href=\"/settings#quiet\"");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(everybody_reads_and_an_administrator_changes),
		TEST(each_limit_is_saved_and_told),
		TEST(what_is_wrong_is_said_and_kept),
		TEST(what_is_used_is_told),
		TEST(quiet_hours_lead_to_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
