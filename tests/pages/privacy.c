/* Privacy: the two gates, codes, and withdrawing everything. */
#include "documents/document.h"
#include "domain/consent.h"
#include "domain/pseudonyms.h"
#include "domain/requests.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static enum consent_state state_of(enum service_id id)
{
	struct consents all;

	assert_true(consent_read(pages.db, pages.now, &all, NULL));
	return consent_of(&all, id)->state;
}

static void both_gates_are_off_and_say_what_they_do(void **state)
{
	struct answer answer = pages_get(&pages, &pages.admin, "/privacy");

	(void)state;
	expect_status(&answer, 200);
	for (unsigned id = GATE_PERSONAL; id <= GATE_JOB_DATA; id++) {
		const struct service *gate = service_of((enum service_id)id);

		expect_words(&answer, gate->purpose);
		expect_words(&answer, gate->sends);
		expect_words(&answer, gate->never_sends);
		expect_words(&answer, gate->if_off);
	}
	expect_text(&answer, "only while the person who sends it is signed in");
	expect_text(&answer, "400 days");
	expect_text(&answer, "64 MiB");
	expect_no_text(&answer, " checked");
	expect_no_text(&answer, "aria-pressed=\"true\">Allow");
	answer_clear(&answer);
}

static void every_private_field_and_no_other_is_listed(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, "/privacy");
	const struct document *d;

	(void)state;
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			if (f->type != TYPE_GROUP &&
			    (f->class == CLASS_PERSONAL ||
			     f->class == CLASS_NETWORK)) {
				expect_words(&answer, f->purpose);
			}
		}
	}
	expect_text(&answer, "panel: signed in {personal}");
	expect_no_text(&answer, "All sides printed");
	expect_no_text(&answer, "#machine");
	answer_clear(&answer);
}

static void only_an_admin_decides_and_everybody_reads(void **state)
{
	const struct person *others[] = { &pages.customer,
					  &pages.operator, & pages.auditor };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct answer answer = pages_get(&pages, others[i], "/privacy");

		expect_status(&answer, 200);
		expect_no_text(&answer, "value=\"allow\"");
		expect_text(&answer, "Only an account with the role admin");
		answer_clear(&answer);
		expect_post(&pages, others[i], "/privacy",
			    "service=personal&decision=allow", 403);
	}
	assert_int_equal(state_of(GATE_PERSONAL), CONSENT_NOT_ALLOWED);
}

static void no_service_opens_a_gate_and_no_gate_a_service(void **state)
{
	(void)state;
	expect_post(&pages, &pages.customer, "/services",
		    "service=personal&decision=allow", 400);
	expect_post(&pages, &pages.customer, "/services",
		    "service=job-data&decision=allow", 400);
	expect_post(&pages, &pages.admin, "/privacy",
		    "service=metering&decision=allow", 400);
	expect_post(&pages, &pages.admin, "/privacy",
		    "service=remote&decision=allow", 400);
	expect_post(&pages, &pages.admin, "/privacy",
		    "service=personal&decision=maybe", 400);
	expect_post(&pages, &pages.admin, "/privacy",
		    "service=personal&service=job-data&decision=allow", 400);
	pages_allow(&pages);
	assert_int_equal(state_of(GATE_PERSONAL), CONSENT_NOT_ALLOWED);
	assert_int_equal(state_of(GATE_JOB_DATA), CONSENT_NOT_ALLOWED);
}

static void giving_and_withdrawing_take_one_click_each(void **state)
{
	struct answer answer = pages_post(&pages, &pages.admin, "/privacy",
					  "service=personal&decision=allow");

	(void)state;
	expect_location(&answer,
			"/privacy?done=allowed&service=personal&deleted=0");
	answer_clear(&answer);
	assert_int_equal(state_of(GATE_PERSONAL), CONSENT_ALLOWED);
	assert_int_equal(state_of(GATE_JOB_DATA), CONSENT_NOT_ALLOWED);
	answer = pages_get(&pages, &pages.admin,
			   "/privacy?done=allowed&service=personal");
	expect_text(&answer, "Personal data: allowed.");
	expect_text(&answer, "It ends by itself on ");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, "/privacy",
		    "service=personal&decision=withdraw", 303);
	assert_int_equal(state_of(GATE_PERSONAL), CONSENT_NOT_ALLOWED);
}

static void an_example_with_personal_data_is_asked_for(void **state)
{
	static const char form[] = "key=0123456789abcdef-personal&personal=1";
	struct answer answer = pages_get(&pages, &pages.customer, "/privacy");
	struct request_row row;

	(void)state;
	expect_text(&answer, "name=\"personal\" value=\"1\"");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.admin, "/privacy");
	expect_no_text(&answer, "name=\"personal\"");
	answer_clear(&answer);
	answer = pages_post(&pages, &pages.customer, "/preview", form);
	expect_location(&answer, "/preview/1");
	answer_clear(&answer);
	assert_true(requests_get(pages.db, 1, &row, NULL));
	assert_int_equal(row.services, services_with_documents() |
					       SERVICE_BIT(GATE_PERSONAL));
	expect_post(&pages, &pages.admin, "/preview", form, 403);
}

static void codes_stand_beside_what_they_mean(void **state)
{
	char value[] = PAGES_HOSTILE;
	struct pseudonym one = { .token = "pseudonym-0123456789abcdef01234567",
				 .value = value };
	struct pseudonym_list list = { .at = &one, .count = 1 };
	struct answer answer;

	(void)state;
	answer = pages_get(&pages, &pages.auditor, "/privacy");
	expect_text(&answer, "No code was made yet.");
	answer_clear(&answer);
	assert_true(pseudonyms_save(pages.db, &list, pages.now, NULL));
	answer = pages_get(&pages, &pages.auditor, "/privacy");
	expect_text(&answer, one.token);
	expect_text(&answer, "&lt;script&gt;alert");
	expect_no_text(&answer, "<script>alert");
	answer_clear(&answer);
}

static void everything_is_withdrawn_with_one_press(void **state)
{
	struct answer answer;
	const struct service *service;

	(void)state;
	pages_item(&pages, OUTBOX_QUEUED);
	expect_post(&pages, &pages.admin, "/privacy",
		    "service=personal&decision=allow", 303);
	expect_get(&pages, &pages.operator, "/privacy/withdraw", 403);
	expect_post(&pages, &pages.auditor, "/privacy/withdraw", "", 403);
	answer = pages_get(&pages, &pages.customer, "/privacy/withdraw");
	expect_text(&answer, "<li>Metering</li>");
	expect_text(&answer, "<li>Personal data</li>");
	expect_no_text(&answer, "type=\"password\"");
	answer_clear(&answer);
	assert_int_equal(state_of(SERVICE_METERING), CONSENT_ALLOWED);
	answer = pages_post(&pages, &pages.customer, "/privacy/withdraw", "");
	expect_location(&answer, "/privacy?done=everything&deleted=1");
	answer_clear(&answer);
	assert_int_equal(state_of(SERVICE_UNSET), CONSENT_NOT_ALLOWED);
	for (size_t n = 0; (service = control_at(n)) != NULL; n++) {
		assert_int_equal(state_of(service->id), CONSENT_NOT_ALLOWED);
	}
	assert_int_equal(pages_ledger_count(&pages, "withdrawal",
					    "Remote services withdrawn"),
			 1);
	answer = pages_get(&pages, &pages.customer,
			   "/privacy?done=everything&deleted=1");
	expect_text(&answer, "Everything: not allowed from now on.");
	expect_text(&answer, "1 waiting item was deleted unsent.");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/privacy/withdraw");
	expect_text(&answer, "Nothing is allowed at the moment");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_gates_are_off_and_say_what_they_do),
		cmocka_unit_test(every_private_field_and_no_other_is_listed),
		cmocka_unit_test(only_an_admin_decides_and_everybody_reads),
		cmocka_unit_test(no_service_opens_a_gate_and_no_gate_a_service),
		cmocka_unit_test(giving_and_withdrawing_take_one_click_each),
		cmocka_unit_test(an_example_with_personal_data_is_asked_for),
		cmocka_unit_test(codes_stand_beside_what_they_mean),
		cmocka_unit_test(everything_is_withdrawn_with_one_press),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
