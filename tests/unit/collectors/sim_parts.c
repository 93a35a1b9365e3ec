/*
 * What the documents of the simulated printer share.
 */
#include "collectors/sim_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim_reading.h"

static void a_star_becomes_a_name(void **state)
{
	static const struct {
		const char *text, *whole;
	} rows[] = {
		{ "*", "Kim" },
		{ "for * only", "for Kim only" },
		{ "nobody", "nobody" },
		{ "* and *", "Kim and *" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct collected_writer *w = collected_writer_new("sim", 1);
		struct buf xml = BUF_INIT;
		char want[64];
		collected_writer_document(w, DOCUMENT_STATUS);
		sim_put_about(w, "ConsoleText", rows[i].text, "Kim");
		collected_writer_finish(w, &xml);
		snprintf(want, sizeof(want), ">%s<", rows[i].whole);
		assert_non_null(strstr(buf_str(&xml), want));
		buf_clear(&xml);
	}
}

static void people_and_jobs_of_a_time_stay(void **state)
{
	struct sim_engine e;
	const struct sim_person *first;
	char id[SIM_JOB_ID_SIZE], again[SIM_JOB_ID_SIZE];
	bool another = false;

	(void)state;
	sim_engine_init(&e, 1, SIM_MONDAY);
	first = sim_person_of(&e, SIM_MONDAY);
	assert_ptr_equal(first, sim_person_of(&e, SIM_MONDAY));
	sim_job_id(&e, SIM_MONDAY, id);
	sim_job_id(&e, SIM_MONDAY, again);
	assert_string_equal(id, again);
	assert_string_equal(sim_job_name(&e, SIM_MONDAY),
			    sim_job_name(&e, SIM_MONDAY));
	for (int i = 1; i < 50; i++) {
		another = another || sim_person_of(&e, SIM_MONDAY + i) != first;
	}
	assert_true(another);
}

static void procedures_end_after_they_begin(void **state)
{
	struct sim_record r = { SIM_TEST_RUN, 0, SIM_MONDAY, 0 };

	(void)state;
	for (; r.detail < SIM_PROCEDURES; r.detail++) {
		assert_true(sim_test_end(&r) > r.at);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_star_becomes_a_name),
		cmocka_unit_test(people_and_jobs_of_a_time_stay),
		cmocka_unit_test(procedures_end_after_they_begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
