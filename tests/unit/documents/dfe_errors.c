/*
 * DFE Errors: the words of JMF, and who is behind an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"
#include "rows.h"

static const struct document *const d = &document_dfe_errors;

static void comment_host_and_job_have_their_classes(void **state)
{
	static const struct row_class others[] = {
		{ "Error/Comment", CLASS_JOB },
		{ "Error/HostName", CLASS_NETWORK },
		{ "Error/JobId", CLASS_JOB },
		{ NULL, CLASS_UNSET },
	};

	(void)state;
	rows_are_machine_but(d, others);
	rows_moment_is(d, "Error/TimeStamp", true);
}

static void classes_are_those_of_a_notification(void **state)
{
	(void)state;
	row_takes(d, "Error/Class", "Fatal");
	row_refuses(d, "Error/Class", "fatal");
	row_takes(d, "Error/ReturnCode", "-6");
	row_refuses(d, "Error/ReturnCode", "six");
	row_takes(d, "Error/Component", "Rip.Color-1");
	row_refuses(d, "Error/Component", "queue of Jane");
}

static void one_host_has_one_pseudonym_in_all_errors(void **state)
{
	const struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_MAINTENANCE),
		.pseudonym_key = samples_key,
	};
	struct outcome o;

	(void)state;
#define ERROR(host)                                          \
	"<Error><TimeStamp>2026-11-23T13:00:00Z</TimeStamp>" \
	"<Class>Error</Class><HostName>" host "</HostName></Error>"
	outcome_of(&o, &rules,
		   "<DfeErrors>" ERROR("dfe-7") ERROR("dfe-8")
			   ERROR("dfe-7") "</DfeErrors>");
	const struct item *first = o.out[DOCUMENT_DFE_ERRORS]->children;
	const char *seven = item_text(first, "HostName");
	assert_true(pseudonym_is(seven));
	assert_string_not_equal(item_text(first->next, "HostName"), seven);
	assert_string_equal(item_text(first->next->next, "HostName"), seven);
	assert_int_equal(o.withheld.pseudonyms.count, 2);
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comment_host_and_job_have_their_classes),
		cmocka_unit_test(classes_are_those_of_a_notification),
		cmocka_unit_test(one_host_has_one_pseudonym_in_all_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
