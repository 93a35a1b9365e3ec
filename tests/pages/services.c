/* Services: deciding as CGI processes. */
#include "base/buf.h"
#include "domain/consent.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static unsigned effective(void)
{
	unsigned services = 0;

	assert_true(consent_effective(pages.db, pages.now, &services, NULL));
	return services;
}

static void at_first_nothing_is_allowed_or_ticked(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/services");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Nothing is being sent.");
	/* The main switch begins something by itself: it says so. */
	expect_text(&answer, "every hour or so, about 1 kB");
	expect_text(&answer, "Not allowed");
	expect_no_text(&answer, " checked");
	expect_no_text(&answer, "aria-pressed=\"true\">Allow");
	answer_clear(&answer);
	assert_int_equal(effective(), 0);
}

static void the_consequence_stands_beside_both_buttons(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/services");
	const struct service *service;

	(void)state;
	for (size_t i = 0; (service = service_at(i)) != NULL; i++) {
		expect_words(&answer, service->purpose);
		expect_words(&answer, service->sends);
		expect_words(&answer, service->when);
		expect_words(&answer, service->never_sends);
		expect_words(&answer, service->if_off);
	}
	expect_text(&answer, "comms.example");
	expect_text(&answer, ">Don't allow</button>");
	expect_text(&answer, ">Allow</button>");
	answer_clear(&answer);
}

static void a_service_alone_sends_nothing(void **state)
{
	struct answer answer = pages_post(&pages, &pages.customer, "/services",
					  "service=metering&decision=allow");

	(void)state;
	expect_location(&answer, "/services?done=allowed&service=metering&"
				 "deleted=0");
	answer_clear(&answer);
	assert_int_equal(effective(), 0);
	answer = pages_get(&pages, &pages.customer,
			   "/services?done=allowed&service=metering&deleted=0");
	expect_text(&answer, "Metering: allowed.");
	expect_text(&answer, "remote services as a whole are not allowed");
	answer_clear(&answer);
}

static void with_the_main_switch_it_counts(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.customer, "/services",
		    "service=remote&decision=allow", 303);
	assert_int_equal(effective(), SERVICE_BIT(SERVICE_METERING));
	answer = pages_get(&pages, &pages.customer, "/services");
	expect_text(&answer, "1 service is allowed.");
	expect_text(&answer, "by frontdesk");
	answer_clear(&answer);
	assert_int_equal(pages_ledger_count(&pages, "grant", NULL), 2);
}

static void allowing_twice_changes_nothing(void **state)
{
	(void)state;
	expect_post(&pages, &pages.customer, "/services",
		    "service=metering&decision=allow", 303);
	assert_int_equal(pages_ledger_count(&pages, "grant", NULL), 2);
}

static void a_changed_text_suspends_and_asks_again(void **state)
{
	struct answer answer;
	struct stmt q;

	(void)state;
	assert_true(
		db_query(pages.db, &q, "DROP TRIGGER grants_end_once", NULL));
	assert_true(db_run(&q, NULL));
	assert_true(db_query(pages.db, &q,
			     "UPDATE grants SET text_sha256 = "
			     "replace(hex(zeroblob(32)), '00', 'ab') "
			     "WHERE service = 1",
			     NULL));
	assert_true(db_run(&q, NULL));
	assert_int_equal(effective(), 0);
	answer = pages_get(&pages, &pages.customer, "/services");
	expect_text(&answer, "Confirm the change");
	expect_text(&answer, "Nothing is sent under it until you confirm.");
	expect_text(&answer, "What was agreed to then is no longer known");
	expect_no_text(&answer, "1 service is allowed.");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/");
	expect_text(&answer, "Read the change");
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, "/services",
		    "service=metering&decision=allow", 303);
	assert_int_equal(effective(), SERVICE_BIT(SERVICE_METERING));
}

static void withdrawing_deletes_what_waits_and_says_so(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_QUEUED);
	struct answer answer = pages_post(&pages, &pages.customer, "/services",
					  "service=metering&decision=withdraw");

	(void)state;
	expect_location(&answer, "/services?done=withdrawn&service=metering&"
				 "deleted=1");
	answer_clear(&answer);
	assert_true(outbox_get(pages.db, item.transaction, &item, NULL));
	assert_int_equal(item.state, OUTBOX_CANCELLED);
	answer = pages_get(
		&pages, &pages.customer,
		"/services?done=withdrawn&service=metering&deleted=1");
	expect_text(&answer, "1 waiting item of this kind was deleted unsent.");
	answer_clear(&answer);
	assert_int_equal(effective(), 0);
}

static void a_preview_was_not_waiting(void **state)
{
	struct outbox_item item;
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.customer, "/services",
		    "service=metering&decision=allow", 303);
	item = pages_item(&pages, OUTBOX_STAGED);
	answer = pages_post(&pages, &pages.customer, "/services",
			    "service=metering&decision=withdraw");
	expect_location(&answer, "/services?done=withdrawn&service=metering&"
				 "deleted=0");
	answer_clear(&answer);
	assert_true(outbox_get(pages.db, item.transaction, &item, NULL));
	assert_int_equal(item.state, OUTBOX_CANCELLED);
	answer = pages_get(
		&pages, &pages.customer,
		"/services?done=withdrawn&service=metering&deleted=0");
	expect_text(&answer, "Nothing of this kind was waiting to be sent.");
	answer_clear(&answer);
}

static void only_a_customer_decides(void **state)
{
	const struct person *others[] = { &pages.operator, & pages.auditor,
					  &pages.admin };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct answer answer =
			pages_get(&pages, others[i], "/services");

		expect_status(&answer, 200);
		expect_no_text(&answer, "value=\"allow\"");
		answer_clear(&answer);
		expect_post(&pages, others[i], "/services",
			    "service=supplies&decision=allow", 403);
	}
	assert_int_equal(effective(), 0);
}

static void a_service_or_decision_that_does_not_exist_is_refused(void **state)
{
	(void)state;
	expect_post(&pages, &pages.customer, "/services",
		    "service=everything&decision=allow", 400);
	expect_post(&pages, &pages.customer, "/services",
		    "service=supplies&decision=maybe", 400);
	expect_post(&pages, &pages.customer, "/services",
		    "service=personal&decision=allow", 400);
	expect_post(&pages, &pages.customer, "/services",
		    "service=supplies&decision=allow&end=never", 400);
	expect_post(&pages, &pages.customer, "/services", "service=supplies",
		    400);
	expect_post(&pages, &pages.customer, "/services",
		    "service=supplies&service=metering&decision=allow", 400);
	assert_int_equal(effective(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_nothing_is_allowed_or_ticked),
		cmocka_unit_test(the_consequence_stands_beside_both_buttons),
		cmocka_unit_test(a_service_alone_sends_nothing),
		cmocka_unit_test(with_the_main_switch_it_counts),
		cmocka_unit_test(allowing_twice_changes_nothing),
		cmocka_unit_test(a_changed_text_suspends_and_asks_again),
		cmocka_unit_test(withdrawing_deletes_what_waits_and_says_so),
		cmocka_unit_test(a_preview_was_not_waiting),
		cmocka_unit_test(only_a_customer_decides),
		cmocka_unit_test(
			a_service_or_decision_that_does_not_exist_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
