/*
 * What leaves of lines of logs: those in a form of the catalogue, with their
 * parts treated by class.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"

#define ENGINEERING SERVICE_BIT(SERVICE_ENGINEERING)

#define LOG(lines) \
	"<Engineering><Log><Name>main</Name>" lines "</Log></Engineering>"
#define LINE(text) "<Line>" text "</Line>"
#define AT "2026-11-23T13:00:00Z "

/* The lines that leave, LF after each. */
static const char *lines_of(const struct outcome *o)
{
	static char text[4096];
	const struct item *root = o->out[DOCUMENT_ENGINEERING];

	text[0] = '\0';
	for (const struct item *log = root != NULL ? root->children : NULL;
	     log != NULL; log = log->next) {
		for (const struct item *i = log->children; i != NULL;
		     i = i->next) {
			if (i->field->type == TYPE_LINE) {
				strcat(strcat(text, i->text), "\n");
			}
		}
	}
	return text;
}

static void expect(const struct redact_rules *rules, const char *body,
		   const char *lines)
{
	struct outcome o;

	outcome_of(&o, rules, body);
	assert_string_equal(lines_of(&o), lines);
	outcome_clear(&o);
}

static const char mixed[] = LOG(
	LINE(AT "engine: jam at sensor 7, sheet 3")
		LINE(AT "panel: signed in Jane Doe")
			LINE(AT "network: lease 10.0.0.7 for 600 s")
				LINE(AT "job: Salaries.pdf took 5 ms, "
					"2 sheets") LINE("Jane Doe was here"));

static void without_a_key_marks_stand_for_what_stays(void **state)
{
	const struct redact_rules rules = { .services = ENGINEERING };
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules, mixed);
	assert_string_equal(lines_of(&o),
			    AT "engine: jam at sensor 7, sheet 3\n" AT
			       "panel: signed in [personal]\n" AT
			       "network: lease [network] for 600 s\n" AT
			       "job: [job] took 5 ms, 2 sheets\n");
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "personal data is not allowed"),
			 1);
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "network names"),
			 1);
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "says something about jobs"),
			 1);
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "a line in no form of the catalogue"),
			 1);
	assert_int_equal(o.withheld.count, 4);
	assert_int_equal(o.withheld.pseudonyms.count, 0);
	outcome_clear(&o);
}

static void with_a_key_the_network_has_its_pseudonym(void **state)
{
	const struct redact_rules rules = { .services = ENGINEERING,
					    .pseudonym_key = samples_key };
	char token[PSEUDONYM_SIZE];
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules, mixed);
	assert_int_equal(o.withheld.pseudonyms.count, 1);
	pseudonym_make(token, samples_key, "10.0.0.7");
	assert_string_equal(o.withheld.pseudonyms.at[0].token, token);
	assert_string_equal(o.withheld.pseudonyms.at[0].value, "10.0.0.7");
	struct buf wanted = BUF_INIT;
	buf_printf(&wanted, AT "network: lease %s for 600 s\n", token);
	assert_non_null(strstr(lines_of(&o), buf_str(&wanted)));
	assert_non_null(strstr(lines_of(&o), "signed in [personal]\n"));
	buf_clear(&wanted);
	outcome_clear(&o);
}

static void the_open_gate_leaves_jobs_where_they_are(void **state)
{
	const struct redact_rules rules = { .services = ENGINEERING,
					    .personal = true,
					    .pseudonym_key = samples_key };

	(void)state;
	expect(&rules, mixed,
	       AT "engine: jam at sensor 7, sheet 3\n" AT
		  "panel: signed in Jane Doe\n" AT
		  "network: lease 10.0.0.7 for 600 s\n" AT
		  "job: [job] took 5 ms, 2 sheets\n");
}

static void a_line_in_no_form_stays_whatever_is_allowed(void **state)
{
	const struct redact_rules rules = { .services = SAMPLES_ALL,
					    .personal = true,
					    .pseudonym_key = samples_key };
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   LOG(LINE("engine: jam at sensor 7, sheet 3") LINE(
			   AT "engine: jam at sensor 7, sheet 3 Jane")
			       LINE(AT "job: a took b took 5 ms, 2 "
				       "sheets") LINE(AT "panel: signed in")));
	assert_string_equal(lines_of(&o), "");
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "a line in no form of the catalogue"),
			 4);
	/* That there is such a log is no secret. */
	assert_string_equal(item_text(o.out[DOCUMENT_ENGINEERING], "Log/Name"),
			    "main");
	outcome_clear(&o);
}

static void a_mark_that_the_log_itself_holds_is_a_value(void **state)
{
	const char *body = LOG(LINE(AT "panel: signed in [personal]")
				       LINE(AT "network: lease [network] for "
					       "1 s"));
	struct redact_rules rules = { .services = ENGINEERING,
				      .pseudonym_key = samples_key };
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules, body);
	assert_non_null(strstr(lines_of(&o), "signed in [personal]\n"));
	assert_null(strstr(lines_of(&o), "[network]"));
	assert_int_equal(outcome_values(&o), 1);
	assert_string_equal(o.withheld.pseudonyms.at[0].value, "[network]");
	outcome_clear(&o);
}

static void older_lines_stay(void **state)
{
	const struct redact_rules rules = {
		.services = ENGINEERING | SERVICE_BIT(SERVICE_MAINTENANCE),
		.since = { [SERVICE_ENGINEERING] = SAMPLES_MOMENT_AT },
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   LOG(LINE("2026-11-23T12:59:59Z supply: unit 1 replaced")
			       LINE(AT "supply: unit 2 replaced")));
	assert_string_equal(lines_of(&o), AT "supply: unit 2 replaced\n");
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "it happened before it was allowed"),
			 1);
	outcome_clear(&o);
}

static void lines_from_before_the_gate_opened_leave_without(void **state)
{
	const struct redact_rules rules = {
		.services = ENGINEERING,
		.personal = true,
		.pseudonym_key = samples_key,
		.personal_since = SAMPLES_MOMENT_AT,
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   LOG(LINE("2026-11-23T12:59:59Z panel: signed in Jane")
			       LINE(AT "panel: signed in Joe")
				       LINE("2026-11-23T12:59:59Z network: "
					    "lease a for 1 s")));
	assert_null(strstr(lines_of(&o), "Jane"));
	assert_null(strstr(lines_of(&o), "lease a"));
	assert_non_null(strstr(lines_of(&o), "signed in [personal]\n"));
	assert_non_null(strstr(lines_of(&o), "signed in Joe\n"));
	assert_int_equal(o.withheld.pseudonyms.count, 1);
	assert_int_equal(
		outcome_count(&o, "Engineering", "Log/Line",
			      "it happened before personal data was allowed"),
		1);
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_key_marks_stand_for_what_stays),
		cmocka_unit_test(with_a_key_the_network_has_its_pseudonym),
		cmocka_unit_test(the_open_gate_leaves_jobs_where_they_are),
		cmocka_unit_test(a_line_in_no_form_stays_whatever_is_allowed),
		cmocka_unit_test(a_mark_that_the_log_itself_holds_is_a_value),
		cmocka_unit_test(older_lines_stay),
		cmocka_unit_test(
			lines_from_before_the_gate_opened_leave_without),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
