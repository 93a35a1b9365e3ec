/*
 * Procedures, errors of the front end and measurements of the simulated
 * printer.
 */
#include "collectors/sim_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "sim_reading.h"

static void procedures_have_ends_and_people(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_reading_after(60, &e, &c);
	const struct item *list = c.documents[DOCUMENT_DIAGNOSTIC_LIST];
	assert_non_null(list);
	for (const struct item *i = list->children; i != NULL; i = i->next) {
		bool self =
			strcmp(item_text(i, "OperatorLevel"), "automatic") == 0;
		assert_non_null(item_text(i, "EndTime"));
		assert_true(strcmp(item_text(i, "StartTime"),
				   item_text(i, "EndTime")) < 0);
		assert_int_equal(item_text(i, "OperatorName") == NULL, self);
		assert_int_equal(item_text(i, "Note") == NULL, self);
	}
	collected_clear(&c);
}

static void one_that_still_runs_has_no_end(void **state)
{
	struct sim_engine e;
	struct collected c;
	int64_t now = SIM_MONDAY + 3 * 3600 + 60;

	(void)state;
	sim_engine_init(&e, 1, SIM_MONDAY);
	sim_engine_run(&e, now);
	sim_reading(&e, now, &c);
	const struct item *list = c.documents[DOCUMENT_DIAGNOSTIC_LIST];
	assert_string_equal(item_text(list, "Procedure/Id"),
			    "color-calibration");
	assert_null(item_text(list, "Procedure/EndTime"));
	assert_string_equal(item_text(list, "Procedure/Result"), "unknown");
	collected_clear(&c);
}

static void the_front_end_names_computers_and_jobs(void **state)
{
	struct sim_engine e;
	struct collected c;
	size_t errors = 0;

	(void)state;
	for (int days = 10; days <= 60; days += 10) {
		sim_reading_after(days, &e, &c);
		const struct item *root = c.documents[DOCUMENT_DFE_ERRORS];
		for (const struct item *i = root != NULL ? root->children
							 : NULL;
		     i != NULL; i = i->next) {
			errors++;
			assert_non_null(item_text(i, "Comment"));
			assert_non_null(item_text(i, "HostName"));
			assert_non_null(item_text(i, "ReturnCode"));
		}
		collected_clear(&c);
	}
	assert_true(errors > 0);
}

static void measurements_stay_within_the_hour(void **state)
{
	struct sim_engine e;
	struct collected one, two;

	(void)state;
	sim_reading_after(3, &e, &one);
	sim_reading(&e, SIM_MONDAY + 3 * SIM_DAY + 3599, &two);
	const struct item *a = one.documents[DOCUMENT_DIAGNOSTIC_DATA];
	const struct item *b = two.documents[DOCUMENT_DIAGNOSTIC_DATA];
	assert_int_equal(item_count(a, a->children->field), 3);
	for (const struct item *i = a->children, *j = b->children; i != NULL;
	     i = i->next, j = j->next) {
		assert_string_equal(item_text(i, "Series/Values"),
				    item_text(j, "Series/Values"));
		assert_string_equal(item_text(i, "Digest"),
				    item_text(j, "Digest"));
		assert_int_equal(strlen(item_text(i, "Digest")), 64);
		assert_non_null(item_text(i, "Name"));
	}
	assert_non_null(item_text(a->children->next->next, "Content"));
	collected_clear(&one);
	collected_clear(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(procedures_have_ends_and_people),
		cmocka_unit_test(one_that_still_runs_has_no_end),
		cmocka_unit_test(the_front_end_names_computers_and_jobs),
		cmocka_unit_test(measurements_stay_within_the_hour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
