/*
 * Events of the simulated printer.
 */
#include "collectors/sim_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "sim_reading.h"

static void every_kind_of_event_comes_in_time(void **state)
{
	static const char *const types[] = {
		"state-changed",  "alert-added",   "alert-removed",
		"supply-changed", "media-changed", "power-on",
		"maintenance",    "other",         "configuration-changed",
	};
	bool seen[sizeof(types) / sizeof(types[0])] = { false };

	(void)state;
	for (int days = 5; days <= 120; days += 5) {
		struct sim_engine e;
		struct collected c;
		sim_reading_after(days, &e, &c);
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			seen[i] = seen[i] ||
				  sim_reading_count(&c, DOCUMENT_EVENTS, "Type",
						    types[i]) > 0;
		}
		collected_clear(&c);
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!seen[i]) {
			fail_msg("no event was %s", types[i]);
		}
	}
}

static void a_fault_tells_who_and_what_it_hit(void **state)
{
	struct sim_engine e;
	struct collected c;
	size_t hit = 0;

	(void)state;
	sim_reading_after(30, &e, &c);
	collected_clear(&c);
	sim_engine_set_fault(&e, SIM_FAULT_JAM, SIM_MONDAY + 30 * SIM_DAY);
	sim_reading(&e, SIM_MONDAY + 30 * SIM_DAY, &c);
	for (const struct item *i = c.documents[DOCUMENT_EVENTS]->children;
	     i != NULL; i = i->next) {
		if (strcmp(item_text(i, "Type"), "alert-added") != 0) {
			assert_null(item_text(i, "JobName"));
			continue;
		}
		hit++;
		assert_non_null(item_text(i, "UserName"));
		assert_non_null(item_text(i, "HostAddress"));
		assert_non_null(item_text(i, "JobId"));
		assert_non_null(item_text(i, "JobName"));
		assert_non_null(item_text(i, "Message"));
	}
	assert_true(hit > 0);
	assert_true(sim_reading_count(&c, DOCUMENT_EVENTS, "Reason",
				      "media-jam-error") > 0);
	collected_clear(&c);
}

static void each_has_a_number_that_stays(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_reading_after(60, &e, &c);
	const struct item *events = c.documents[DOCUMENT_EVENTS];
	for (const struct item *i = events->children; i != NULL; i = i->next) {
		assert_int_equal(sim_reading_count(&c, DOCUMENT_EVENTS, "Index",
						   item_text(i, "Index")),
				 1);
	}
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_event_comes_in_time),
		cmocka_unit_test(a_fault_tells_who_and_what_it_hit),
		cmocka_unit_test(each_has_a_number_that_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
