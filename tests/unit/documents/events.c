/*
 * Events: who did it and with which job is known, so that it can stay.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"
#include "rows.h"

static const struct document *const d = &document_events;

static void people_network_and_jobs_have_their_classes(void **state)
{
	static const struct row_class others[] = {
		{ "Event/Message", CLASS_JOB },
		{ "Event/UserName", CLASS_PERSONAL },
		{ "Event/HostAddress", CLASS_NETWORK },
		{ "Event/JobId", CLASS_JOB },
		{ "Event/JobName", CLASS_JOB },
		{ NULL, CLASS_UNSET },
	};

	(void)state;
	rows_are_machine_but(d, others);
	rows_moment_is(d, "Event/Time", true);
}

static void an_event_is_one_of_the_kinds(void **state)
{
	(void)state;
	row_takes(d, "Event/Type", "alert-added");
	row_refuses(d, "Event/Type", "somebody-printed");
	row_takes(d, "Event/Severity", "warning");
	row_refuses(d, "Event/Severity", "loud");
	row_takes(d, "Event/State", "stopped");
	row_takes(d, "Event/Reason", "media-jam");
	row_refuses(d, "Event/Reason", "media jam");
	row_takes(d, "Event/HostAddress", "fe80::1");
}

static void an_event_leaves_without_the_job_whatever_is_allowed(void **state)
{
	const struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_MAINTENANCE),
		.personal = true,
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   "<Events><Event><Time>2026-11-23T13:00:00Z</Time>"
		   "<Type>other</Type><UserName>jane</UserName>"
		   "<HostAddress>10.0.0.7</HostAddress><JobId>4711</JobId>"
		   "<JobName>Salaries</JobName></Event></Events>");
	const struct item *event = o.out[DOCUMENT_EVENTS]->children;
	assert_string_equal(item_text(event, "UserName"), "jane");
	assert_string_equal(item_text(event, "HostAddress"), "10.0.0.7");
	assert_null(item_text(event, "JobId"));
	assert_null(item_text(event, "JobName"));
	assert_int_equal(outcome_count(&o, "Events", "Event/JobName",
				       "says something about jobs"),
			 1);
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_network_and_jobs_have_their_classes),
		cmocka_unit_test(an_event_is_one_of_the_kinds),
		cmocka_unit_test(
			an_event_leaves_without_the_job_whatever_is_allowed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
