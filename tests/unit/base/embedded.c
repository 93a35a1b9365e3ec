/* Finding a file that was built in. */
#include "base/embedded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct embedded table[] = {
	{ "about.html", "<p>", 3 },
	{ "home.html", "", 0 },
	{ NULL, NULL, 0 },
};

static void a_file_is_found_by_its_whole_name(void **state)
{
	(void)state;
	assert_ptr_equal(embedded_find(table, "about.html"), &table[0]);
	assert_ptr_equal(embedded_find(table, "home.html"), &table[1]);
	assert_null(embedded_find(table, "home"));
	assert_null(embedded_find(table, "home.html2"));
	assert_null(embedded_find(table, ""));
	assert_null(embedded_find(&table[2], "home.html"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_found_by_its_whole_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
