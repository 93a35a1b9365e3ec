/*
 * Faults of the simulated printer: one that stands is told apart from those
 * that are over.
 */
#include "collectors/sim_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim_reading.h"

#define LATER (SIM_MONDAY + 30 * SIM_DAY)

static void what_is_over_stops_nothing(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_reading_after(30, &e, &c);
	assert_int_equal(e.fault, SIM_FAULT_NONE);
	const struct item *faults = c.documents[DOCUMENT_FAULTS];
	assert_non_null(faults);
	for (const struct item *i = faults->children; i != NULL; i = i->next) {
		assert_string_equal(item_text(i, "SeverityLevel"), "other");
		assert_non_null(item_text(i, "Time"));
		assert_non_null(item_text(i, "ImpressionsAtFault"));
		assert_non_null(item_text(i, "Description"));
	}
	collected_clear(&c);
}

static void one_stands(const char *code, enum sim_fault fault)
{
	struct sim_engine e;
	struct collected c;

	sim_reading_after(30, &e, &c);
	size_t past = item_count(c.documents[DOCUMENT_FAULTS],
				 document_field(&document_faults, "Fault"));
	collected_clear(&c);
	sim_engine_set_fault(&e, fault, LATER + 7);
	sim_reading(&e, LATER + 8, &c);
	assert_null(c.strays);
	assert_int_equal(sim_reading_count(&c, DOCUMENT_FAULTS, "SeverityLevel",
					   "critical"),
			 1);
	const struct item *first = c.documents[DOCUMENT_FAULTS]->children;
	assert_string_equal(item_text(first, "SeverityLevel"), "critical");
	assert_string_equal(item_text(first, "Code"), code);
	assert_string_equal(item_text(first, "Time"), "2026-12-23T00:00:07Z");
	assert_int_equal(strtoull(item_text(first, "OccurrenceCount"), NULL,
				  10),
			 e.faults_seen[fault]);
	/* Those that are over stay, and each has a number of its own. */
	assert_int_equal(sim_reading_count(&c, DOCUMENT_FAULTS, "SeverityLevel",
					   "other"),
			 past);
	for (const struct item *i = first; i != NULL; i = i->next) {
		assert_int_equal(sim_reading_count(&c, DOCUMENT_FAULTS, "Index",
						   item_text(i, "Index")),
				 1);
	}
	collected_clear(&c);
	sim_engine_set_fault(&e, SIM_FAULT_NONE, LATER + 9);
	sim_reading(&e, LATER + 9, &c);
	assert_int_equal(sim_reading_count(&c, DOCUMENT_FAULTS, "SeverityLevel",
					   "critical"),
			 0);
	assert_string_equal(item_text(c.documents[DOCUMENT_FAULTS]->children,
				      "Time"),
			    "2026-12-23T00:00:07Z");
	collected_clear(&c);
}

static void one_that_stands_comes_first_and_goes(void **state)
{
	(void)state;
	one_stands("jam", SIM_FAULT_JAM);
	one_stands("coverOpen", SIM_FAULT_COVER);
	one_stands("inputMediaSupplyEmpty", SIM_FAULT_MEDIA_EMPTY);
}

static void a_new_machine_has_had_none(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_reading_after(0, &e, &c);
	assert_null(c.documents[DOCUMENT_FAULTS]);
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_over_stops_nothing),
		cmocka_unit_test(one_that_stands_comes_first_and_goes),
		cmocka_unit_test(a_new_machine_has_had_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
