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

/* Of one log with these lines; they end with NULL. */
static void outcome_of_lines(struct outcome *o,
			     const struct redact_rules *rules,
			     const char *const *lines)
{
	struct buf body = BUF_INIT;

	buf_put_str(&body, "<Engineering><Log><Name>main</Name>");
	for (; *lines != NULL; lines++) {
		buf_printf(&body, "<Line>%s</Line>", *lines);
	}
	buf_put_str(&body, "</Log></Engineering>");
	outcome_of(o, rules, buf_str(&body));
	buf_clear(&body);
}

static const char *const mixed[] = {
	AT "engine: jam at sensor 7, sheet 3",
	AT "panel: signed in Jane Doe",
	AT "network: lease 10.0.0.7 for 600 s",
	AT "job: Salaries.pdf took 5 ms, 2 sheets",
	"Jane Doe was here",
	NULL,
};

static void without_a_key_marks_stand_for_what_stays(void **state)
{
	const struct redact_rules rules = { .services = ENGINEERING };
	struct outcome o;

	(void)state;
	outcome_of_lines(&o, &rules, mixed);
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
	outcome_of_lines(&o, &rules, mixed);
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
	struct outcome o;

	(void)state;
	outcome_of_lines(&o, &rules, mixed);
	assert_string_equal(lines_of(&o),
			    AT "engine: jam at sensor 7, sheet 3\n" AT
			       "panel: signed in Jane Doe\n" AT
			       "network: lease 10.0.0.7 for 600 s\n" AT
			       "job: [job] took 5 ms, 2 sheets\n");
	outcome_clear(&o);
}

static void a_line_in_no_form_stays_whatever_is_allowed(void **state)
{
	static const char *const lines[] = {
		"engine: jam at sensor 7, sheet 3",
		AT "engine: jam at sensor 7, sheet 3 Jane",
		AT "job: a took b took 5 ms, 2 sheets",
		AT "panel: signed in",
		NULL,
	};
	const struct redact_rules rules = { .services = SAMPLES_ALL,
					    .personal = true,
					    .pseudonym_key = samples_key };
	struct outcome o;

	(void)state;
	outcome_of_lines(&o, &rules, lines);
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
	static const char *const lines[] = {
		AT "panel: signed in [personal]",
		AT "network: lease [network] for 1 s",
		NULL,
	};
	const struct redact_rules rules = { .services = ENGINEERING,
					    .pseudonym_key = samples_key };
	struct outcome o;

	(void)state;
	outcome_of_lines(&o, &rules, lines);
	assert_non_null(strstr(lines_of(&o), "signed in [personal]\n"));
	assert_null(strstr(lines_of(&o), "[network]"));
	assert_int_equal(outcome_values(&o), 1);
	assert_string_equal(o.withheld.pseudonyms.at[0].value, "[network]");
	outcome_clear(&o);
}

static void older_lines_stay(void **state)
{
	static const char *const lines[] = {
		"2026-11-23T12:59:59Z supply: unit 1 replaced",
		AT "supply: unit 2 replaced",
		NULL,
	};
	const struct redact_rules rules = {
		.services = ENGINEERING | SERVICE_BIT(SERVICE_MAINTENANCE),
		.since = { [SERVICE_ENGINEERING] = SAMPLES_MOMENT_AT },
	};
	struct outcome o;

	(void)state;
	outcome_of_lines(&o, &rules, lines);
	assert_string_equal(lines_of(&o), AT "supply: unit 2 replaced\n");
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "it happened before it was allowed"),
			 1);
	outcome_clear(&o);
}

static void lines_from_before_the_gate_opened_leave_without(void **state)
{
	static const char *const lines[] = {
		"2026-11-23T12:59:59Z panel: signed in Jane",
		AT "panel: signed in Joe",
		"2026-11-23T12:59:59Z network: lease a for 1 s",
		NULL,
	};
	const struct redact_rules rules = {
		.services = ENGINEERING,
		.personal = true,
		.pseudonym_key = samples_key,
		.personal_since = SAMPLES_MOMENT_AT,
	};
	struct outcome o;

	(void)state;
	outcome_of_lines(&o, &rules, lines);
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

static void names_that_could_not_be_looked_up_stay(void **state)
{
	const struct redact_rules rules = {
		.services = ENGINEERING | SERVICE_BIT(SERVICE_MAINTENANCE),
		.pseudonym_key = samples_key,
	};
	struct buf body = BUF_INIT;
	struct outcome o;
	int n = 0;

	/* Events come first and take most of them. */
	(void)state;
	buf_put_str(&body, "<Events>");
	for (; n < FIELD_REPEAT_MAX; n++) {
		buf_printf(&body,
			   "<Event><Time>" SAMPLES_MOMENT "</Time><Type>other"
			   "</Type><HostAddress>%d</HostAddress></Event>",
			   n);
	}
	buf_put_str(&body, "</Events><Engineering>");
	while (n < PSEUDONYM_LIST_MAX + 10) {
		buf_put_str(&body, "<Log><Name>main</Name>");
		for (int i = 0; i < FIELD_REPEAT_MAX; i++) {
			buf_printf(&body,
				   "<Line>" AT "network: lease %d for 1 s"
				   "</Line>",
				   n++);
		}
		buf_put_str(&body, "</Log>");
	}
	buf_put_str(&body, "</Engineering>");
	outcome_of(&o, &rules, buf_str(&body));
	assert_int_equal(o.withheld.pseudonyms.count, PSEUDONYM_LIST_MAX);
	assert_int_equal(outcome_count(&o, "Engineering", "Log/Line",
				       "there are more names"),
			 n - PSEUDONYM_LIST_MAX);
	const struct item *log = o.out[DOCUMENT_ENGINEERING]->children;
	while (log->next != NULL) {
		log = log->next;
	}
	assert_string_equal(item_text(log, "Line"),
			    AT "network: lease [network] for 1 s");
	outcome_clear(&o);
	buf_clear(&body);
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
		cmocka_unit_test(names_that_could_not_be_looked_up_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
