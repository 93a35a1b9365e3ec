/*
 * The steps of an order: the confirmation with its password and token, every
 * wrong or missing step, a second person, cancelling, asking the server.
 */
#include "tests/pages/jobdata_support.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "domain/requests.h"
#include "web/csrf.h"

static struct jobdata_pages p;

static enum jobs_order_state state_of(const struct jobs_order *order)
{
	return jobdata_order_of(&p, order->id).state;
}

static struct answer send(const struct jobs_order *order,
			  const struct person *who, const char *password)
{
	return jobdata_post(&p, who, jobdata_path("send/", order),
			    jobdata_sign_form(order, who, password),
			    JOBDATA_LIST);
}

static void expect_send(const struct jobs_order *order,
			const struct person *who, int status, const char *text)
{
	struct answer a = send(order, who, PAGES_PASSWORD);

	expect_status(&a, status);
	if (text != NULL) {
		expect_words(&a, text);
	}
	answer_clear(&a);
}

static void the_confirmation_shows_all_of_it_again(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");
	char token[JOBS_TOKEN_SIZE];
	struct answer a = jobdata_get(&p, &p.sender, jobdata_path("", &order),
				      JOBDATA_LIST);

	(void)state;
	expect_status(&a, 200);
	expect_words(&a, JOBDATA_NAME);
	expect_text(&a, "Colour desk");
	expect_text(&a, p.recipient);
	expect_text(&a, "look at the colours");
	expect_text(&a, "comms.example");
	expect_text(&a, "Only the people named here can open it.");
	expect_text(&a, "Sending stops when you sign out or your session ends");
	expect_text(&a, "Don't send");
	jobs_token(&order, p.sender.cookie, token);
	expect_text(&a, token);
	answer_clear(&a);
}

static void a_job_that_is_gone_is_told(void **state)
{
	static const char list[] =
		"<Jobs xmlns=\"urn:sluice:jobs:1\"><Source name=\"spool\" "
		"title=\"Spool\"><Job id=\"old\"><Name>First</Name></Job>"
		"</Source></Jobs>";
	struct jobs_order order = jobdata_choose(&p, "spool");
	struct answer a =
		jobdata_get(&p, &p.sender, jobdata_path("", &order), list);

	(void)state;
	expect_status(&a, 200);
	expect_text(&a, "It is gone from its source");
	expect_text(&a, "First");
	answer_clear(&a);
}

static void others_see_how_many_and_by_whom(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");
	const struct person *const others[] = { &p.another, &p.elsewhere,
						&p.pages.customer,
						&p.pages.auditor };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct answer a = jobdata_get(
			&p, others[i], jobdata_path("", &order), JOBDATA_LIST);

		expect_status(&a, 200);
		expect_text(&a, "2 jobs, chosen by sven");
		expect_no_word(&a, "roll");
		expect_no_text(&a, "Colour desk");
		expect_no_text(&a, "look at the colours");
		expect_no_text(&a, "name=\"token\"");
		answer_clear(&a);
	}
	expect_get(&p.pages, &p.pages.operator, jobdata_path("", &order), 403);
	expect_get(&p.pages, &p.sender, "/jobdata/none", 404);
	expect_get(&p.pages, &p.sender,
		   "/jobdata/0193e7a1-0000-7000-8000-000000000000", 404);
}

static void the_right_password_sends_once(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");

	(void)state;
	expect_send(&order, &p.sender, 303, NULL);
	assert_int_equal(state_of(&order), JOBS_CONFIRMED);
	assert_int_equal(
		pages_ledger_count(&p.pages, "approved", "Colour desk"), 2);
	/* the same form again */
	expect_send(&order, &p.sender, 409, "This step was taken already.");
	/* the old token in the state that the order has now */
	assert_int_equal(
		pages_ledger_count(&p.pages, "refused", "taken already"), 1);
}

static void a_wrong_password_sends_nothing_and_may_be_mended(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");
	struct answer a = send(&order, &p.sender, "something else");

	(void)state;
	expect_status(&a, 403);
	expect_text(&a, "The password is not right.");
	expect_text(&a, "id=\"password-error\"");
	expect_no_text(&a, "something else");
	answer_clear(&a);
	assert_int_equal(state_of(&order), JOBS_CHOSEN);
	expect_send(&order, &p.sender, 303, NULL);
	assert_int_equal(state_of(&order), JOBS_CONFIRMED);
}

static void nobody_else_confirms_it(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");

	(void)state;
	expect_send(&order, &p.another, 403, "Only the person who chose");
	expect_send(&order, &p.elsewhere, 403, "Only the person who chose");
	expect_send(&order, &p.pages.customer, 403, "no role for this page");
	expect_send(&order, &p.pages.admin, 403, NULL);
	assert_int_equal(state_of(&order), JOBS_CHOSEN);
}

static void a_token_is_of_one_order_and_one_session(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");
	struct jobs_order other = jobdata_choose(&p, "spool");
	const char *forms[] = {
		jobdata_sign_form(&other, &p.sender, PAGES_PASSWORD),
		"password="
		"a+long+enough+phrase",
		"token=&password=a+long+enough+phrase",
		"token=0123456789abcdef&password=a+long+enough+phrase",
	};
	static const int statuses[] = { 403, 400, 400, 403 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct answer a = jobdata_post(&p, &p.sender,
					       jobdata_path("send/", &order),
					       forms[i], JOBDATA_LIST);

		expect_status(&a, statuses[i]);
		answer_clear(&a);
	}
	struct answer a = jobdata_post(
		&p, &p.sender, jobdata_path("send/", &order),
		jobdata_sign_form(&order, &p.elsewhere, PAGES_PASSWORD),
		JOBDATA_LIST);

	expect_status(&a, 403);
	answer_clear(&a);
	assert_int_equal(state_of(&order), JOBS_CHOSEN);
}

static void without_permission_nothing_is_confirmed(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");

	(void)state;
	/* Withdrawing ends the order; so does nothing else here. */
	jobdata_withdraw(&p);
	assert_int_equal(state_of(&order), JOBS_OVER);
	expect_send(&order, &p.sender, 409, "This order is over.");
	jobdata_allow(&p);
	expect_send(&order, &p.sender, 409, "This order is over.");
	assert_int_equal(state_of(&order), JOBS_OVER);
}

static void a_form_from_elsewhere_is_refused(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");
	struct call call = {
		.method = "POST",
		.path = jobdata_path("send/", &order),
		.who = &p.sender,
		.form = jobdata_sign_form(&order, &p.sender, PAGES_PASSWORD),
		.csrf = "",
	};
	struct answer a = pages_call(&p.pages, &call);

	(void)state;
	expect_status(&a, 403);
	answer_clear(&a);
	assert_int_equal(state_of(&order), JOBS_CHOSEN);
}

static void two_people_are_two(void **state)
{
	struct jobs_order order;
	struct answer a;

	(void)state;
	jobdata_two_people(&p);
	order = jobdata_choose(&p, "spool");
	expect_send(&order, &p.sender, 303, NULL);
	order = jobdata_order_of(&p, order.id);
	assert_int_equal(order.state, JOBS_AWAITING);
	a = pages_get(&p.pages, &p.sender, jobdata_path("", &order));
	expect_text(&a, "Waits for a second person");
	answer_clear(&a);
	a = pages_get(&p.pages, &p.another, "/");
	expect_text(&a, "sven wants to send job data");
	answer_clear(&a);
	a = pages_get(&p.pages, &p.sender, "/");
	expect_no_text(&a, "wants to send job data");
	answer_clear(&a);
	/* not himself, at no browser */
	a = jobdata_post(&p, &p.sender, jobdata_path("agree/", &order),
			 jobdata_sign_form(&order, &p.sender, PAGES_PASSWORD),
			 JOBDATA_LIST);
	expect_status(&a, 403);
	expect_text(&a, "A second person has to agree");
	answer_clear(&a);
	expect_send(&order, &p.sender, 409, "taken already");
	a = jobdata_get(&p, &p.another, jobdata_path("", &order), JOBDATA_LIST);
	expect_words(&a, JOBDATA_NAME);
	expect_text(&a, "Agree and send");
	answer_clear(&a);
	a = jobdata_post(&p, &p.another, jobdata_path("agree/", &order),
			 jobdata_sign_form(&order, &p.another, PAGES_PASSWORD),
			 JOBDATA_LIST);
	expect_status(&a, 303);
	answer_clear(&a);
	order = jobdata_order_of(&p, order.id);
	assert_int_equal(order.state, JOBS_CONFIRMED);
	assert_string_equal(order.second, "anna");
}

static void agreeing_to_what_nobody_confirmed_is_refused(void **state)
{
	struct jobs_order order = jobdata_choose(&p, "spool");
	struct answer a = jobdata_post(
		&p, &p.another, jobdata_path("agree/", &order),
		jobdata_sign_form(&order, &p.another, PAGES_PASSWORD),
		JOBDATA_LIST);

	(void)state;
	expect_status(&a, 409);
	expect_text(&a, "was not confirmed yet");
	answer_clear(&a);
	assert_int_equal(state_of(&order), JOBS_CHOSEN);
}

static void it_is_cancelled_by_who_may(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");

	(void)state;
	expect_post(&p.pages, &p.another, jobdata_path("cancel/", &order), "",
		    403);
	expect_post(&p.pages, &p.pages.auditor, jobdata_path("cancel/", &order),
		    "", 403);
	assert_int_equal(state_of(&order), JOBS_CONFIRMED);
	expect_post(&p.pages, &p.elsewhere, jobdata_path("cancel/", &order), "",
		    303);
	assert_int_equal(state_of(&order), JOBS_OVER);
	expect_post(&p.pages, &p.sender, jobdata_path("cancel/", &order), "",
		    409);
	order = jobdata_choose(&p, "spool");
	expect_post(&p.pages, &p.pages.customer,
		    jobdata_path("cancel/", &order), "", 303);
	struct answer a =
		pages_get(&p.pages, &p.sender, jobdata_path("", &order));

	expect_text(&a, "Not sent");
	expect_text(&a, "Cancelled on the page.");
	answer_clear(&a);
}

static void the_server_is_asked_only_about_what_was_sent(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");

	(void)state;
	expect_post(&p.pages, &p.sender, jobdata_path("ask/", &order),
		    "key=0123456789abcdef", 409);
	expect_post(&p.pages, &p.pages.customer, jobdata_path("ask/", &order),
		    "key=0123456789abcdef", 403);
}

#define TEST(name)                                                     \
	cmocka_unit_test_prestate_setup_teardown(name, jobdata_set_up, \
						 jobdata_tear_down, &p)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_confirmation_shows_all_of_it_again),
		TEST(a_job_that_is_gone_is_told),
		TEST(others_see_how_many_and_by_whom),
		TEST(the_right_password_sends_once),
		TEST(a_wrong_password_sends_nothing_and_may_be_mended),
		TEST(nobody_else_confirms_it),
		TEST(a_token_is_of_one_order_and_one_session),
		TEST(without_permission_nothing_is_confirmed),
		TEST(a_form_from_elsewhere_is_refused),
		TEST(two_people_are_two),
		TEST(agreeing_to_what_nobody_confirmed_is_refused),
		TEST(it_is_cancelled_by_who_may),
		TEST(the_server_is_asked_only_about_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
