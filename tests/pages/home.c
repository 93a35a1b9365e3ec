/* Home: the state, what there is to do, the services. */
#include <stdio.h>

#include "domain/consent.h"
#include "domain/enrolment.h"
#include "domain/settings.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void a_new_device_sends_nothing_and_says_so(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Nothing is being sent.");
	expect_text(&answer, "Choose services");
	expect_text(&answer, "EX7-004211");
	answer_clear(&answer);
}

static void what_is_ready_is_offered_to_the_operator_only(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	pages_item(&pages, OUTBOX_STAGED);
	answer = pages_get(&pages, &pages.operator, "/");
	expect_text(&answer, "Look and send");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/");
	expect_no_text(&answer, "Look and send");
	expect_text(&answer, "1 service is allowed.");
	answer_clear(&answer);
}

static void what_waits_is_shown_with_its_reason(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SENDING);
	struct answer answer;

	(void)state;
	assert_true(outbox_retry(pages.db, item.transaction,
				 "the server could not be reached",
				 pages.now + 600, pages.now, NULL));
	answer = pages_get(&pages, &pages.operator, "/");
	expect_text(&answer, "The server could not be reached.");
	expect_text(&answer, "Waiting to be sent");
	expect_text(&answer, "Needs attention <span class=\"tag\">1</span>");
	answer_clear(&answer);
}

static void a_send_that_failed_needs_a_person(void **state)
{
	struct answer answer;

	(void)state;
	pages_item(&pages, OUTBOX_FAILED);
	answer = pages_get(&pages, &pages.customer, "/");
	expect_text(&answer, "The server refused: no such device.");
	expect_text(&answer, "See why");
	answer_clear(&answer);
}

static void a_clock_behind_the_server_is_told(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/");
	char later[24];

	(void)state;
	expect_no_text(&answer, "clock of this device");
	answer_clear(&answer);
	snprintf(later, sizeof(later), "%lld",
		 (long long)pages.now + 10 * 86400);
	assert_true(settings_set(pages.db, "time_floor", later, NULL));
	answer = pages_get(&pages, &pages.customer, "/");
	expect_text(&answer, "The clock of this device is behind");
	answer_clear(&answer);
	assert_true(settings_set(pages.db, "time_floor", "0", NULL));
}

static void a_permission_that_ended_by_its_date_is_told(void **state)
{
	const struct consent_choice choice = {
		.actor = "frontdesk",
		.service = SERVICE_PARTS,
		.language = "en",
		.until = pages.now,
		.now = pages.now - 1,
	};
	struct answer answer;

	(void)state;
	assert_true(consent_choose(pages.db, &choice, NULL));
	answer = pages_get(&pages, &pages.customer, "/");
	expect_text(&answer, "Ended by its date");
	expect_text(&answer, "Decide again");
	answer_clear(&answer);
}

static void each_sees_the_entries_of_its_roles(void **state)
{
	struct answer answer = pages_get(&pages, &pages.operator, "/");

	(void)state;
	expect_text(&answer, "href=\"/send\"");
	expect_no_text(&answer, "href=\"/users\"");
	expect_no_text(&answer, "href=\"/log\"");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.admin, "/");
	expect_text(&answer, "href=\"/users\"");
	expect_no_text(&answer, "href=\"/preview\"");
	answer_clear(&answer);
}

static void failed_sign_ins_are_told_after_the_next_one(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer;

	(void)state;
	expect_post(&pages, &visitor, "/login",
		    "name=frontdesk&password=wrong+phrase&next=", 403);
	answer = pages_post(
		&pages, &visitor, "/login",
		"name=frontdesk&password=a+long+enough+phrase&next=");
	expect_location(&answer, "/?failures=1");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/?failures=1");
	expect_text(&answer, "1 failed sign-in");
	answer_clear(&answer);
}

static void an_instruction_that_waits_needs_a_person(void **state)
{
	struct answer answer;

	(void)state;
	network_instruction(&pages, 1, INSTRUCTION_SEND);
	answer = pages_get(&pages, &pages.admin, "/");
	expect_text(&answer, "Sends the documents of Maintenance and Supplies "
			     "now.");
	expect_text(&answer,
		    "The vendor asks for this: desk at comms.example.");
	expect_text(&answer, "Look and decide");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.operator, "/");
	expect_text(&answer, "Waits for a person");
	expect_no_text(&answer, "Look and decide");
	answer_clear(&answer);
}

static void a_code_that_was_refused_needs_a_person(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	assert_true(enrolment_ask(pages.db, "ada", "7K3M9PQX2R4T", pages.now,
				  NULL));
	assert_true(
		enrolment_begin(pages.db, "daemon", "asks", pages.now, NULL));
	assert_true(enrolment_tried(pages.db, ENROLMENT_REFUSED, "daemon",
				    "The code is not known.", 0, pages.now,
				    NULL));
	answer = pages_get(&pages, &pages.admin, "/");
	expect_text(&answer, "The code is not known.");
	expect_text(&answer, "Type a new code");
	answer_clear(&answer);
	/* Beside a certificate that stands it breaks nothing. */
	network_certificate(&pages, -30, 335);
	assert_true(enrolment_ask(pages.db, "ada", "7K3M9PQX2R4T", pages.now,
				  NULL));
	assert_true(enrolment_tried(pages.db, ENROLMENT_REFUSED, "daemon",
				    "The code is not known.", 0, pages.now,
				    NULL));
	answer = pages_get(&pages, &pages.admin, "/");
	expect_no_text(&answer, "The code is not known.");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_device_sends_nothing_and_says_so),
		cmocka_unit_test(what_is_ready_is_offered_to_the_operator_only),
		cmocka_unit_test(what_waits_is_shown_with_its_reason),
		cmocka_unit_test(a_send_that_failed_needs_a_person),
		cmocka_unit_test(a_clock_behind_the_server_is_told),
		cmocka_unit_test(a_permission_that_ended_by_its_date_is_told),
		cmocka_unit_test(each_sees_the_entries_of_its_roles),
		cmocka_unit_test(failed_sign_ins_are_told_after_the_next_one),
		cmocka_unit_test(an_instruction_that_waits_needs_a_person),
		cmocka_unit_test(a_code_that_was_refused_needs_a_person),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
