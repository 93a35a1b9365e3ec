/*
 * Diagnostic List: the technician is a person too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"
#include "rows.h"

static const struct document *const d = &document_diagnostic_list;

static void name_and_note_of_the_technician_are_personal(void **state)
{
	static const struct row_class others[] = {
		{ "Procedure/OperatorName", CLASS_PERSONAL },
		{ "Procedure/Note", CLASS_PERSONAL },
		{ NULL, CLASS_UNSET },
	};

	(void)state;
	rows_are_machine_but(d, others);
	rows_moment_is(d, "Procedure/StartTime", true);
}

static void a_procedure_ends_in_one_of_some_ways(void **state)
{
	(void)state;
	row_takes(d, "Procedure/Id", "dC330");
	row_refuses(d, "Procedure/Id", "dC330 for Jane");
	row_takes(d, "Procedure/Result", "aborted");
	row_refuses(d, "Procedure/Result", "so-so");
	row_takes(d, "Procedure/OperatorLevel", "automatic");
	row_refuses(d, "Procedure/OperatorLevel", "Jane");
	row_takes(d, "Procedure/EndTime", "unknown");
}

static void its_begin_decides_and_not_its_end(void **state)
{
	const struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_MAINTENANCE),
		.since = { [SERVICE_MAINTENANCE] = SAMPLES_MOMENT_AT },
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   "<DiagnosticList><Procedure><Id>a</Id>"
		   "<StartTime>2026-11-23T12:59:00Z</StartTime>"
		   "<EndTime>2026-11-23T13:30:00Z</EndTime></Procedure>"
		   "<Procedure><Id>b</Id>"
		   "<StartTime>2026-11-23T13:00:00Z</StartTime></Procedure>"
		   "</DiagnosticList>");
	const struct item *first = o.out[DOCUMENT_DIAGNOSTIC_LIST]->children;
	assert_string_equal(item_text(first, "Id"), "b");
	assert_null(first->next);
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_and_note_of_the_technician_are_personal),
		cmocka_unit_test(a_procedure_ends_in_one_of_some_ways),
		cmocka_unit_test(its_begin_decides_and_not_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
