/* What "sluice catalogue" prints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/commands.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_catalogue_comes_in_three_forms),
		cmocka_unit_test(two_forms_at_once_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
