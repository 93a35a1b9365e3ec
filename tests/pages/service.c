/* One service on its own page: fields, end, history, what was sent. */
#include <stdio.h>
#include <string.h>

#include "documents/document.h"
#include "domain/consent.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static struct consent read_one(enum service_id id)
{
	struct consents all;

	assert_true(consent_read(pages.db, pages.now, &all, NULL));
	return *consent_of(&all, id);
}

static void everybody_reads_each_service_and_none_of_the_gates(void **state)
{
	const struct person *all[] = { &pages.customer,
				       &pages.operator, & pages.auditor,
				       &pages.admin };
	const struct service *service;
	char path[64];

	(void)state;
	for (size_t n = 0; (service = control_at(n)) != NULL; n++) {
		bool gate = service_is_gate(service);

		snprintf(path, sizeof(path), "/services/%s", service->name);
		expect_get(&pages, all[n % 4], path, gate ? 404 : 200);
		snprintf(path, sizeof(path), "/privacy/%s", service->name);
		expect_get(&pages, all[n % 4], path, gate ? 200 : 404);
	}
	expect_get(&pages, &pages.customer, "/services/remote", 200);
	expect_get(&pages, &pages.customer, "/privacy/remote", 404);
	expect_get(&pages, &pages.customer, "/services/nothing", 404);
	expect_get(&pages, &pages.customer, "/services/%3Cscript%3E", 404);
}

/* What it lets out by itself is told where it stands. */
static void remote_services_lead_to_the_check_ins(void **state)
{
	struct answer answer =
		pages_get(&pages, &pages.customer, "/services/remote");

	(void)state;
	expect_text(&answer, "<a href=\"/network/checkins\">Check-ins</a>");
	expect_text(&answer, "<dt>Sends</dt><dd>check-ins: ");
	expect_text(&answer, "<dt>When</dt><dd>every hour or so, about 1 kB<");
	expect_text(&answer, "<dt>If allowed</dt>");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/services/metering");
	expect_no_text(&answer, "/network/checkins\">Check-ins");
	answer_clear(&answer);
}

static void every_field_stands_there_with_class_and_purpose(void **state)
{
	struct answer answer =
		pages_get(&pages, &pages.auditor, "/services/metering");

	(void)state;
	for (const struct field *f = document_billing.fields; f->path != NULL;
	     f++) {
		if (f->type != TYPE_GROUP) {
			expect_words(&answer, f->purpose);
		}
	}
	expect_text(&answer, "Personal</span>");
	expect_text(&answer, "only with personal data allowed");
	expect_no_text(&answer, "value=\"allow\"");
	answer_clear(&answer);
}

static void the_end_is_chosen_with_one_click(void **state)
{
	static const struct {
		const char *end;
		int64_t from, to; /* days from now */
	} ends[] = {
		{ "quarter", 90, 93 },
		{ "year", 364, 367 },
	};
	struct answer answer;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char form[64];

		snprintf(form, sizeof(form), "decision=allow&end=%s",
			 ends[i].end);
		answer = pages_post(&pages, &pages.customer,
				    "/services/metering", form);
		expect_location(&answer, "/services/metering?done=allowed&"
					 "service=metering&deleted=0");
		answer_clear(&answer);

		struct consent consent = read_one(SERVICE_METERING);
		int64_t days = (consent.until - pages.now) / 86400;

		assert_true(days >= ends[i].from && days <= ends[i].to);
	}
	expect_post(&pages, &pages.customer, "/services/metering",
		    "decision=allow&end=never", 303);
	assert_int_equal(read_one(SERVICE_METERING).until, 0);
	answer = pages_get(&pages, &pages.customer, "/services/metering");
	expect_text(&answer, "when somebody withdraws it");
	expect_no_text(&answer, " checked");
	answer_clear(&answer);
}

static void a_day_of_ones_own_counts_to_its_end(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.customer, "/services/supplies",
		    "decision=allow&end=date&date=2031-02-28", 303);
	assert_int_equal(read_one(SERVICE_SUPPLIES).until % 86400, 86399);
	answer = pages_get(&pages, &pages.customer,
			   "/services/supplies?done=allowed&service=supplies");
	expect_text(&answer, "It ends by itself on 28 February 2031.");
	answer_clear(&answer);
}

static void a_wrong_day_is_explained_and_kept(void **state)
{
	static const char *const days[] = { "2001-02-03", "2999-01-01", "",
					    "2031-02-31" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char form[80];
		char kept[48];
		struct consent before = read_one(SERVICE_SUPPLIES);

		snprintf(form, sizeof(form), "decision=allow&end=date&date=%s",
			 days[i]);
		snprintf(kept, sizeof(kept), "value=\"%s\"", days[i]);
		struct answer answer = pages_post(&pages, &pages.customer,
						  "/services/supplies", form);

		expect_status(&answer, 400);
		expect_text(&answer, "There is a problem");
		expect_text(&answer, "id=\"date-error\"");
		expect_text(&answer, days[i][0] != '\0' ? kept : "Choose");
		answer_clear(&answer);
		assert_int_equal(read_one(SERVICE_SUPPLIES).until,
				 before.until);
	}
}

static void a_wrong_role_or_field_changes_nothing(void **state)
{
	(void)state;
	expect_post(&pages, &pages.admin, "/services/parts", "decision=allow",
		    403);
	expect_post(&pages, &pages.auditor, "/services/parts", "decision=allow",
		    403);
	expect_post(&pages, &pages.customer, "/privacy/personal",
		    "decision=allow", 403);
	expect_post(&pages, &pages.customer, "/services/personal",
		    "decision=allow", 404);
	expect_post(&pages, &pages.customer, "/services/parts",
		    "decision=perhaps", 400);
	expect_post(&pages, &pages.customer, "/services/parts",
		    "decision=allow&end=soon", 400);
	expect_post(&pages, &pages.customer, "/services/parts",
		    "decision=allow&end=date&date=%3Cscript%3E", 400);
	assert_int_equal(read_one(SERVICE_PARTS).state, CONSENT_NOT_ALLOWED);
	assert_int_equal(read_one(GATE_PERSONAL).state, CONSENT_NOT_ALLOWED);
}

static void the_history_has_every_decision_newest_first(void **state)
{
	struct answer answer;
	const char *withdrawn;
	const char *allowed;

	(void)state;
	expect_post(&pages, &pages.customer, "/services/supplies",
		    "decision=withdraw", 303);
	answer = pages_get(&pages, &pages.auditor, "/services/supplies");
	withdrawn = strstr(answer.body, "Supplies withdrawn");
	allowed =
		strstr(answer.body, "Supplies allowed until 28 February 2031");
	assert_non_null(withdrawn);
	assert_non_null(allowed);
	assert_true(withdrawn < allowed);
	expect_text(&answer, "href=\"/log/");
	expect_no_text(&answer, "words sha256");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.operator, "/services/supplies");
	expect_no_text(&answer, "href=\"/log/");
	answer_clear(&answer);
}

static void what_was_sent_under_it_is_listed(void **state)
{
	struct answer answer;
	struct outbox_item item;

	(void)state;
	pages_allow(&pages);
	item = pages_item(&pages, OUTBOX_SENT);
	answer = pages_get(&pages, &pages.auditor, "/services/metering");
	expect_text(&answer, item.transaction);
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, "/services/parts");
	expect_no_text(&answer, item.transaction);
	expect_text(&answer, "Nothing was sent under it yet.");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.admin, "/services/metering");
	expect_no_text(&answer, item.transaction);
	answer_clear(&answer);
}

static void job_data_ends_with_its_send_unless_chosen(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.customer, "/privacy/job-data",
		    "decision=allow", 403);
	expect_post(&pages, &pages.admin, "/privacy/job-data", "decision=allow",
		    303);
	answer = pages_get(&pages, &pages.admin, "/privacy/job-data");
	expect_text(&answer, "with the next send, at the latest on ");
	expect_text(&answer, "value=\"sent\"");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, "/privacy/job-data",
		    "decision=allow&end=quarter", 303);
	answer = pages_get(&pages, &pages.admin, "/privacy/job-data");
	expect_no_text(&answer, "with the next send, at the latest on ");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, "/privacy/job-data",
		    "decision=allow&end=sent", 303);
	answer = pages_get(&pages, &pages.admin, "/privacy/job-data");
	expect_text(&answer, "with the next send, at the latest on ");
	answer_clear(&answer);
	/* a service sends more than once */
	answer = pages_get(&pages, &pages.customer, "/services/metering");
	expect_no_text(&answer, "value=\"sent\"");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			everybody_reads_each_service_and_none_of_the_gates),
		cmocka_unit_test(
			every_field_stands_there_with_class_and_purpose),
		cmocka_unit_test(remote_services_lead_to_the_check_ins),
		cmocka_unit_test(the_end_is_chosen_with_one_click),
		cmocka_unit_test(job_data_ends_with_its_send_unless_chosen),
		cmocka_unit_test(a_day_of_ones_own_counts_to_its_end),
		cmocka_unit_test(a_wrong_day_is_explained_and_kept),
		cmocka_unit_test(a_wrong_role_or_field_changes_nothing),
		cmocka_unit_test(the_history_has_every_decision_newest_first),
		cmocka_unit_test(what_was_sent_under_it_is_listed),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
