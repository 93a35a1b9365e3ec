/*
 * Faults: who may be named in it, and its words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"
#include "rows.h"

static const struct document *const d = &document_faults;

static void only_the_description_may_name_a_person(void **state)
{
	static const struct row_class others[] = {
		{ "Fault/Description", CLASS_PERSONAL },
		{ NULL, CLASS_UNSET },
	};

	(void)state;
	rows_are_machine_but(d, others);
	rows_moment_is(d, "Fault/Time", false);
}

static void words_are_those_of_the_printer_mib(void **state)
{
	(void)state;
	row_takes(d, "Fault/SeverityLevel", "warningBinaryChangeEvent");
	row_refuses(d, "Fault/SeverityLevel", "5");
	row_takes(d, "Fault/TrainingLevel", "fieldService");
	row_takes(d, "Fault/Group", "markerSupplies");
	row_refuses(d, "Fault/Group", "toner");
	row_takes(d, "Fault/Code", "jam");
	row_refuses(d, "Fault/Code", "jam in tray of Jane");
	row_takes(d, "Fault/Location", "-2");
	row_takes(d, "Fault/OccurrenceCount", "3");
	row_refuses(d, "Fault/OccurrenceCount", "-1");
	row_takes(d, "Fault/Time", "unknown");
	row_refuses(d, "Fault/Time", "yesterday");
}

static void without_the_gate_a_fault_leaves_without_its_text(void **state)
{
	const struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_MAINTENANCE),
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   "<Faults><Fault><SeverityLevel>critical</SeverityLevel>"
		   "<Code>jam</Code><Description>Job of Jane is stuck"
		   "</Description></Fault></Faults>");
	const struct item *fault = o.out[DOCUMENT_FAULTS]->children;
	assert_string_equal(item_text(fault, "Code"), "jam");
	assert_null(item_text(fault, "Description"));
	assert_int_equal(outcome_values(&o), 1);
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_description_may_name_a_person),
		cmocka_unit_test(words_are_those_of_the_printer_mib),
		cmocka_unit_test(
			without_the_gate_a_fault_leaves_without_its_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
