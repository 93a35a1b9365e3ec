/* What "sluice catalogue" prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/commands.h"
#include "documents/document.h"

static void check(const char *line, int code, const char *text)
{
	struct capture c;
	assert_int_equal(capture_run(&c, device_commands, line), code);
	assert_non_null(strstr(code == 0 ? c.out : c.problems, text));
	capture_clear(&c);
}

static void the_catalogue_comes_in_three_forms(void **state)
{
	(void)state;
	check("catalogue", 0, "Billing");
	check("catalogue --table", 0, "Billing");
	check("catalogue --xsd", 0, "<xs:schema");
	check("catalogue --html", 0, "<html");
}

static void two_forms_at_once_are_refused(void **state)
{
	(void)state;
	check("catalogue --xsd --html", 2, "Give one of");
}

static void one_document_is_told_at_length(void **state)
{
	const struct document *d;

	(void)state;
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		char line[100];
		snprintf(line, sizeof(line), "catalogue --document %s",
			 d->name);
		check(line, 0, d->purpose);
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			check(line, 0, f->path);
			check(line, 0, f->choices != NULL ? f->choices : "");
		}
	}
	check("catalogue --document Faults", 0,
	      "Fault/SeverityLevel: keyword, machine, required\n");
	check("catalogue --document Events", 0,
	      "Event/Time: time, machine, required, says when it happened\n");
	check("catalogue --document SuppliesUsage", 0,
	      "unit: percent if none is given\n");
	check("catalogue --document Engineering", 0, "line: {time} engine");
	check("catalogue --document Mystery", 2, "Billing, Status");
	check("catalogue --document Nvm --xsd", 2, "Give one of");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_catalogue_comes_in_three_forms),
		cmocka_unit_test(one_document_is_told_at_length),
		cmocka_unit_test(two_forms_at_once_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
