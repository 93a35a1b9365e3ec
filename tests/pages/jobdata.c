/*
 * The page Job data: who sees what, the live list, and choosing. Every call
 * is a CGI process; the test answers in the daemon's place.
 */
#include "tests/pages/jobdata_support.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"

static struct jobdata_pages p;

static size_t orders_count(void)
{
	struct jobs_order *list = NULL;
	size_t count = 0;

	assert_true(jobs_orders(p.pages.db, 100, &list, &count, NULL));
	mem_free(list);
	return count;
}

static const char *choice(const char *more)
{
	static char form[400];

	snprintf(form, sizeof(form), "recipient=%s&purpose=colours%s",
		 p.recipient, more);
	return form;
}

static void who_has_the_right_sees_the_jobs_and_nothing_is_ticked(void **state)
{
	struct answer a = jobdata_get(&p, &p.sender, "/jobdata", JOBDATA_LIST);

	(void)state;
	expect_status(&a, 200);
	expect_text(&a, "Spool folder");
	expect_words(&a, JOBDATA_NAME);
	expect_text(&a, "1,204 bytes");
	expect_text(&a, "unknown");
	expect_text(&a, "Colour desk");
	expect_text(&a, "a desk");
	expect_text(&a, "A file from this computer");
	expect_no_text(&a, " checked");
	expect_no_text(&a, "<b>roll");
	/* newest first */
	assert_true(strstr(a.body, "spool/new") < strstr(a.body, "spool/old"));
	answer_clear(&a);
}

static void others_see_that_something_was_chosen_and_no_job(void **state)
{
	const struct person *const readers[] = { &p.pages.customer,
						 &p.pages.auditor,
						 &p.pages.admin };

	(void)state;
	(void)jobdata_choose(&p, "spool");
	for (size_t i = 0; i < 3; i++) {
		struct answer a = pages_get(&p.pages, readers[i], "/jobdata");

		expect_status(&a, 200);
		expect_text(&a, "2 jobs");
		expect_text(&a, "sven");
		expect_text(&a, "the role admin gives it");
		expect_no_text(&a, "Spool folder");
		expect_no_text(&a, "Go on");
		expect_no_text(&a, "look at the colours");
		answer_clear(&a);
	}
	expect_get(&p.pages, &p.pages.operator, "/jobdata", 403);
	expect_post(&p.pages, &p.pages.customer, "/jobdata",
		    choice("&job=spool/new"), 403);
}

static void without_permission_no_job_is_asked_for(void **state)
{
	(void)state;
	jobdata_withdraw(&p);
	struct answer a = jobdata_get(&p, &p.sender, "/jobdata", JOBDATA_LIST);

	expect_status(&a, 200);
	expect_text(&a, "/privacy/job-data");
	expect_text(&a, "No job can be sent.");
	expect_no_text(&a, "Spool folder");
	answer_clear(&a);
	a = pages_post(&p.pages, &p.sender, "/jobdata",
		       choice("&job=spool/new"));
	expect_status(&a, 403);
	expect_text(&a, "Job data is not allowed");
	answer_clear(&a);
	assert_int_equal(orders_count(), 0);
	assert_int_equal(pages_ledger_count(&p.pages, "refused", "job data"),
			 1);
}

static void a_choice_becomes_an_order(void **state)
{
	char path[128];
	struct answer a = pages_post(&p.pages, &p.sender, "/jobdata",
				     choice("&job=spool/new&job=spool/old"));

	(void)state;
	expect_status(&a, 303);
	answer_field(&a, "Location", path, sizeof(path));
	assert_memory_equal(path, "/jobdata/", 9);
	struct jobs_order order = jobdata_order_of(&p, path + 9);

	assert_int_equal(order.state, JOBS_CHOSEN);
	assert_string_equal(order.purpose, "colours");
	assert_string_equal(order.recipients[0].name, "Colour desk");
	assert_string_equal(jobdata_item(&p, order.id, 1).job, "old");
	answer_clear(&a);
	a = pages_post(&p.pages, &p.sender, "/jobdata", choice("&upload=1"));
	expect_status(&a, 303);
	answer_clear(&a);
}

static void what_is_wrong_is_said_and_the_rest_kept(void **state)
{
	static const struct {
		const char *form, *says;
	} wrong[] = {
		{ "", "Choose at least one job" },
		{ "&job=spool/new&upload=1", "not both at once" },
		{ "&job=spool/new&job=other/x", "one source only" },
		{ "&job=spool/new&recipient=age1none", "not on the list" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct answer a =
			jobdata_post(&p, &p.sender, "/jobdata",
				     choice(wrong[i].form), JOBDATA_LIST);

		expect_status(&a, 400);
		expect_text(&a, wrong[i].says);
		expect_text(&a, "value=\"colours\"");
		answer_clear(&a);
	}
	struct answer a = jobdata_post(&p, &p.sender, "/jobdata",
				       "job=spool/new&purpose=x", JOBDATA_LIST);

	expect_status(&a, 400);
	expect_text(&a, "at least one recipient");
	expect_text(&a, "value=\"spool/new\" checked");
	answer_clear(&a);
	a = jobdata_post(&p, &p.sender, "/jobdata", "job=spool/new&recipient=x",
			 JOBDATA_LIST);
	expect_status(&a, 400);
	expect_text(&a, "The purpose is missing.");
	answer_clear(&a);
	expect_post(&p.pages, &p.sender, "/jobdata", choice("&more=1"), 400);
	assert_int_equal(orders_count(), 0);
}

static void a_source_that_fails_says_so(void **state)
{
	static const char list[] =
		"<Jobs xmlns=\"urn:sluice:jobs:1\"><Source name=\"spool\" "
		"title=\"Spool folder\"><Problem>the folder is away</Problem>"
		"</Source></Jobs>";
	struct answer a = jobdata_get(&p, &p.sender, "/jobdata", list);

	(void)state;
	expect_status(&a, 200);
	expect_text(&a, "The folder is away.");
	expect_text(&a, "Look again");
	answer_clear(&a);
	a = jobdata_get(&p, &p.sender, "/jobdata", "<Jobs>broken");
	expect_status(&a, 200);
	expect_text(&a, "not as it should be");
	answer_clear(&a);
}

static void a_daemon_that_is_away_is_told(void **state)
{
	struct answer a = pages_get(&p.pages, &p.sender, "/jobdata");

	(void)state;
	expect_status(&a, 200);
	expect_text(&a, "Try again in a moment");
	expect_text(&a, "A file from this computer");
	answer_clear(&a);
}

static void of_many_jobs_the_newest_are_shown(void **state)
{
	struct buf list = BUF_INIT;

	(void)state;
	buf_put_str(&list, "<Jobs xmlns=\"urn:sluice:jobs:1\"><Source "
			   "name=\"spool\" title=\"Spool\">");
	for (int i = 0; i < 150; i++) {
		buf_printf(&list,
			   "<Job id=\"j%d\"><Name>n%d</Name>"
			   "<Time>2026-11-20T08:%02d:%02dZ</Time></Job>",
			   i, i, i / 60, i % 60);
	}
	buf_put_str(&list, "</Source></Jobs>");
	struct answer a =
		jobdata_get(&p, &p.sender, "/jobdata", buf_str(&list));

	expect_status(&a, 200);
	expect_text(&a, "The newest 100 of 150 jobs are shown.");
	expect_text(&a, "value=\"spool/j149\"");
	expect_text(&a, "value=\"spool/j50\"");
	expect_no_text(&a, "value=\"spool/j49\"");
	answer_clear(&a);
	buf_clear(&list);
}

static void without_recipients_nothing_can_be_chosen(void **state)
{
	(void)state;
	char *path = files_join(p.pages.dir, "vendor.verifier");

	assert_int_equal(unlink(path), 0);
	mem_free(path);
	struct answer a = jobdata_get(&p, &p.sender, "/jobdata", JOBDATA_LIST);

	expect_status(&a, 200);
	expect_words(&a, "The vendor's key for lists of recipients is missing");
	expect_no_text(&a, "Go on");
	answer_clear(&a);
	expect_post(&p.pages, &p.sender, "/jobdata", choice("&job=spool/new"),
		    403);
}

#define TEST(name)                                                     \
	cmocka_unit_test_prestate_setup_teardown(name, jobdata_set_up, \
						 jobdata_tear_down, &p)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_has_the_right_sees_the_jobs_and_nothing_is_ticked),
		TEST(others_see_that_something_was_chosen_and_no_job),
		TEST(without_permission_no_job_is_asked_for),
		TEST(a_choice_becomes_an_order),
		TEST(what_is_wrong_is_said_and_the_rest_kept),
		TEST(a_source_that_fails_says_so),
		TEST(a_daemon_that_is_away_is_told),
		TEST(of_many_jobs_the_newest_are_shown),
		TEST(without_recipients_nothing_can_be_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
