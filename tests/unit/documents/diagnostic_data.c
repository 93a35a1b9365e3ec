/*
 * Diagnostic Data: numbers leave, files do not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"
#include "rows.h"

static const struct document *const d = &document_diagnostic_data;

#define DIGEST                             \
	"e3b0c44298fc1c149afbf4c8996fb924" \
	"27ae41e4649b934ca495991b7852b855"

static void the_content_is_of_class_job(void **state)
{
	static const struct row_class others[] = {
		{ "File/Name", CLASS_PERSONAL },
		{ "File/Content", CLASS_JOB },
		{ NULL, CLASS_UNSET },
	};

	(void)state;
	rows_are_machine_but(d, others);
	rows_moment_is(d, "File/Modified", true);
}

static void what_is_of_class_machine_can_hold_no_text(void **state)
{
	(void)state;
	row_takes(d, "File/Kind", "jam-history");
	row_refuses(d, "File/Kind", "scan-of-passport");
	row_takes(d, "File/Digest", DIGEST);
	row_refuses(d, "File/Digest", "Jane.Doe");
	row_takes(d, "File/Series/Quantity", "temperature");
	row_refuses(d, "File/Series/Quantity", "salary");
	row_takes(d, "File/Series/Scale", "degreesCelsius");
	row_takes(d, "File/Series/Values", "21 21.5 -3");
	row_refuses(d, "File/Series/Values", "21 Jane");
	row_refuses(d, "File/Series/Values", "SGVsbG8=");
}

static void a_file_leaves_as_its_numbers(void **state)
{
	const struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_MAINTENANCE),
		.personal = true,
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   "<DiagnosticData><File><Kind>sensor-trace</Kind>"
		   "<Name>jane.bin</Name><Size>12</Size><Digest>" DIGEST
		   "</Digest><Modified>2026-11-23T13:00:00Z</Modified>"
		   "<Series><Quantity>voltage</Quantity><Scale>volts</Scale>"
		   "<Values>23.9 24</Values></Series>"
		   "<Content>SGVsbG8=</Content></File></DiagnosticData>");
	const struct item *file = o.out[DOCUMENT_DIAGNOSTIC_DATA]->children;
	assert_string_equal(item_text(file, "Series/Values"), "23.9 24");
	assert_string_equal(item_text(file, "Name"), "jane.bin");
	assert_null(item_text(file, "Content"));
	assert_int_equal(outcome_values(&o), 1);
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_content_is_of_class_job),
		cmocka_unit_test(what_is_of_class_machine_can_hold_no_text),
		cmocka_unit_test(a_file_leaves_as_its_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
