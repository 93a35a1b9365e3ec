/* The consent record as a file. */
#include <string.h>

#include <jansson.h>

#include "domain/consent.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	if (pages_set_up(state) != 0) {
		return -1;
	}
	pages_allow(&pages);
	return consent_allow(pages.db, "=cmd|calc", GATE_PERSONAL, pages.now,
			     NULL)
		       ? 0
		       : -1;
}

static void it_is_a_file_and_safe_for_spreadsheets(void **state)
{
	struct answer answer =
		pages_get(&pages, &pages.auditor, "/privacy/record?format=csv");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "record_id,device,control,");
	expect_text(&answer, ",'=cmd|calc,");
	assert_non_null(strstr(answer.head, "text/csv"));
	assert_non_null(strstr(answer.head, "attachment"));
	assert_non_null(strstr(answer.head, "sluice-consent-"));
	answer_clear(&answer);
}

static void programs_get_every_grant(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer,
					 "/privacy/record?format=json");

	(void)state;
	expect_status(&answer, 200);
	assert_non_null(strstr(answer.head, "application/json"));
	json_t *all = json_loads(answer.body, 0, NULL);

	assert_int_equal(json_array_size(json_object_get(all, "records")), 3);
	json_decref(all);
	answer_clear(&answer);
}

static void other_forms_and_people_are_refused(void **state)
{
	(void)state;
	expect_get(&pages, &pages.auditor, "/privacy/record", 400);
	expect_get(&pages, &pages.auditor, "/privacy/record?format=xml", 400);
	expect_get(&pages, &pages.operator, "/privacy/record?format=csv", 403);
	expect_get(&pages, &pages.admin, "/privacy/record?format=csv", 200);
}

static void privacy_leads_there(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, "/privacy");

	(void)state;
	expect_text(&answer, "/privacy/record?format=csv");
	expect_text(&answer, "/privacy/record?format=json");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.operator, "/privacy");
	expect_no_text(&answer, "/privacy/record?format=csv");
	expect_text(&answer, "customer, admin or auditor can save it");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_a_file_and_safe_for_spreadsheets),
		cmocka_unit_test(programs_get_every_grant),
		cmocka_unit_test(other_forms_and_people_are_refused),
		cmocka_unit_test(privacy_leads_there),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
