/*
 * What happened before it was allowed stays: moments of groups, for services
 * and for the personal gate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "outcome.h"

#define MAINTENANCE SERVICE_BIT(SERVICE_MAINTENANCE)

#define TOO_OLD "it happened before it was allowed"
#define BEFORE_PERSONAL "it happened before personal data was allowed"

static int64_t utc(const char *text)
{
	int64_t at;

	assert_true(clock_parse(text, &at));
	return at;
}

static size_t groups(const struct outcome *o, enum document_kind kind)
{
	size_t count = 0;

	for (const struct item *i =
		     o->out[kind] != NULL ? o->out[kind]->children : NULL;
	     i != NULL; i = i->next) {
		count++;
	}
	return count;
}

/* An event at each time, all with the same inside; times end with NULL. */
static void outcome_of_events(struct outcome *o,
			      const struct redact_rules *rules,
			      const char *const *times, const char *inside)
{
	struct buf body = BUF_INIT;

	buf_put_str(&body, "<Events>");
	for (; *times != NULL; times++) {
		buf_printf(&body,
			   "<Event><Time>%s</Time><Type>power-on</Type>%s"
			   "</Event>",
			   *times, inside);
	}
	buf_put_str(
		&body,
		"</Events><Status><PrinterState>idle</PrinterState>"
		"</Status><Configuration><PrinterInfo>Hello Jane</PrinterInfo>"
		"</Configuration>");
	outcome_of(o, rules, buf_str(&body));
	buf_clear(&body);
}

static void older_events_stay_and_newer_leave(void **state)
{
	static const char *const times[] = { "2026-11-20T07:59:59Z",
					     "2026-11-20T08:00:00Z",
					     "2026-11-21T00:00:00Z", NULL };
	const struct redact_rules rules = {
		.services = MAINTENANCE,
		.since = { [SERVICE_MAINTENANCE] = utc(times[1]) },
	};
	struct outcome o;

	(void)state;
	outcome_of_events(&o, &rules, times, "");
	assert_int_equal(groups(&o, DOCUMENT_EVENTS), 2);
	assert_string_equal(item_text(o.out[DOCUMENT_EVENTS], "Event/Time"),
			    times[1]);
	assert_int_equal(outcome_count(&o, "Events", "Event/Time", TOO_OLD), 1);
	assert_int_equal(outcome_count(&o, "Events", "Event/Type", TOO_OLD), 1);
	outcome_clear(&o);
}

static void what_must_tell_its_time_and_does_not_stays(void **state)
{
	struct redact_rules rules = { .services = MAINTENANCE };
	static const char *const times[] = { "unknown", NULL };
	struct outcome o;

	(void)state;
	rules.since[SERVICE_MAINTENANCE] = 1;
	outcome_of_events(&o, &rules, times, "");
	assert_null(o.out[DOCUMENT_EVENTS]);
	assert_int_equal(outcome_count(&o, "Events", "Event/Time", TOO_OLD), 1);
	outcome_clear(&o);
	/* Without a limit nothing is too old. */
	rules.since[SERVICE_MAINTENANCE] = 0;
	outcome_of_events(&o, &rules, times, "");
	assert_int_equal(groups(&o, DOCUMENT_EVENTS), 1);
	outcome_clear(&o);
}

static void a_fault_without_a_time_stands_now(void **state)
{
	const struct redact_rules rules = {
		.services = MAINTENANCE,
		.since = { [SERVICE_MAINTENANCE] = SAMPLES_AT - 60 },
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   "<Faults>"
		   "<Fault><SeverityLevel>critical</SeverityLevel></Fault>"
		   "<Fault><SeverityLevel>warning</SeverityLevel>"
		   "<Time>unknown</Time></Fault>"
		   "<Fault><SeverityLevel>other</SeverityLevel>"
		   "<Time>2026-11-23T13:58:59Z</Time></Fault></Faults>");
	assert_int_equal(groups(&o, DOCUMENT_FAULTS), 2);
	assert_int_equal(
		outcome_count(&o, "Faults", "Fault/SeverityLevel", TOO_OLD), 1);
	outcome_clear(&o);
}

static void an_old_group_takes_along_what_it_holds(void **state)
{
	struct redact_rules rules = {
		.services = MAINTENANCE,
		.personal = true,
		.pseudonym_key = samples_key,
		.since = { [SERVICE_MAINTENANCE] = SAMPLES_MOMENT_AT + 1 },
	};
	static const enum document_kind with_moments[] = {
		DOCUMENT_FAULTS,          DOCUMENT_EVENTS,
		DOCUMENT_DFE_ERRORS,      DOCUMENT_DIAGNOSTIC_LIST,
		DOCUMENT_DIAGNOSTIC_DATA,
	};
	struct outcome o;

	(void)state;
	for (int old = 1; old >= 0; old--) {
		rules.since[SERVICE_MAINTENANCE] = SAMPLES_MOMENT_AT + old;
		outcome_of_samples(&o, &rules);
		for (size_t i = 0; i < 5; i++) {
			assert_int_equal(o.out[with_moments[i]] == NULL, old);
		}
		assert_non_null(o.out[DOCUMENT_STATUS]);
		assert_non_null(o.out[DOCUMENT_NVM]);
		assert_int_equal(outcome_count(&o, "DiagnosticData",
					       "File/Series/Values", TOO_OLD),
				 old ? 8 : 0);
		outcome_clear(&o);
	}
}

static void only_services_that_ask_for_it_decide(void **state)
{
	struct redact_rules rules = {
		.services = MAINTENANCE | SERVICE_BIT(SERVICE_METERING),
	};
	static const char *const times[] = { SAMPLES_MOMENT, NULL };
	struct outcome o;

	(void)state;
	rules.since[SERVICE_METERING] = SAMPLES_AT;
	rules.since[SERVICE_MAINTENANCE] = SAMPLES_MOMENT_AT;
	outcome_of_events(&o, &rules, times, "");
	assert_int_equal(groups(&o, DOCUMENT_EVENTS), 1);
	outcome_clear(&o);
	rules.since[SERVICE_METERING] = 0;
	rules.since[SERVICE_MAINTENANCE] = SAMPLES_AT;
	outcome_of_events(&o, &rules, times, "");
	assert_null(o.out[DOCUMENT_EVENTS]);
	outcome_clear(&o);
	/* One that is not of this transmission covers nothing. */
	rules.since[SERVICE_PARTS] = 0;
	outcome_of_events(&o, &rules, times, "");
	assert_null(o.out[DOCUMENT_EVENTS]);
	outcome_clear(&o);
}

#define PERSONAL_PARTS                              \
	"<UserName>Jane opened the door</UserName>" \
	"<HostAddress>10.0.0.7</HostAddress>"

static void what_happened_before_the_gate_opened_leaves_without(void **state)
{
	static const char *const times[] = { "2026-11-19T23:59:59Z",
					     "2026-11-20T00:00:00Z", "unknown",
					     NULL };
	const struct redact_rules rules = {
		.services = MAINTENANCE,
		.personal = true,
		.pseudonym_key = samples_key,
		.since = { [SERVICE_MAINTENANCE] = 1 },
		.personal_since = utc(times[1]),
	};
	struct outcome o;

	(void)state;
	outcome_of_events(&o, &rules, times, PERSONAL_PARTS);
	const struct item *before = o.out[DOCUMENT_EVENTS]->children;
	assert_null(item_text(before, "UserName"));
	assert_true(pseudonym_is(item_text(before, "HostAddress")));
	const struct item *after = before->next;
	assert_string_equal(item_text(after, "UserName"),
			    "Jane opened the door");
	assert_string_equal(item_text(after, "HostAddress"), "10.0.0.7");
	assert_null(after->next);
	assert_int_equal(outcome_count(&o, "Events", "Event/UserName",
				       BEFORE_PERSONAL),
			 1);
	assert_int_equal(o.withheld.pseudonyms.count, 1);
	/* What is so now is not older than the gate. */
	assert_string_equal(item_text(o.out[DOCUMENT_CONFIGURATION],
				      "PrinterInfo"),
			    "Hello Jane");
	outcome_clear(&o);
}

static void without_a_key_older_names_of_the_network_stay(void **state)
{
	const struct redact_rules rules = {
		.services = MAINTENANCE,
		.personal = true,
		.personal_since = utc("2026-11-20T00:00:00Z"),
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   "<DfeErrors><Error><TimeStamp>2026-11-19T00:00:00Z"
		   "</TimeStamp><Class>Error</Class><HostName>dfe-7</HostName>"
		   "</Error></DfeErrors>");
	assert_null(item_text(o.out[DOCUMENT_DFE_ERRORS], "Error/HostName"));
	assert_string_equal(
		item_text(o.out[DOCUMENT_DFE_ERRORS], "Error/Class"), "Error");
	assert_int_equal(outcome_count(&o, "DfeErrors", "Error/HostName",
				       BEFORE_PERSONAL),
			 1);
	outcome_clear(&o);
}

static void a_shut_gate_has_its_own_reason(void **state)
{
	static const char *const times[] = { SAMPLES_MOMENT, NULL };
	const struct redact_rules rules = {
		.services = MAINTENANCE,
		.personal_since = SAMPLES_AT,
	};
	struct outcome o;

	(void)state;
	outcome_of_events(&o, &rules, times, PERSONAL_PARTS);
	assert_int_equal(outcome_count(&o, "Events", "Event/UserName",
				       "personal data is not allowed"),
			 1);
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(older_events_stay_and_newer_leave),
		cmocka_unit_test(what_must_tell_its_time_and_does_not_stays),
		cmocka_unit_test(a_fault_without_a_time_stands_now),
		cmocka_unit_test(an_old_group_takes_along_what_it_holds),
		cmocka_unit_test(only_services_that_ask_for_it_decide),
		cmocka_unit_test(
			what_happened_before_the_gate_opened_leaves_without),
		cmocka_unit_test(without_a_key_older_names_of_the_network_stay),
		cmocka_unit_test(a_shut_gate_has_its_own_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
