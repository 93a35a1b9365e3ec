/* Which program this is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/commands.h"

static void is_two_lines(const char *words)
{
	struct capture c;
	assert_int_equal(capture_run(&c, device_commands, words), 0);
	const char *want = "sluice " PACKAGE_VERSION "\ncatalogue ";
	assert_memory_equal(c.out, want, strlen(want));
	assert_int_equal(strlen(c.out), strlen(want) + 64 + 1);
	capture_clear(&c);
}

static void it_is_two_lines(void **state)
{
	(void)state;
	is_two_lines("version");
	is_two_lines("--version");
}

static void it_takes_nothing(void **state)
{
	(void)state;
	struct capture c;
	assert_int_equal(capture_run(&c, device_commands, "version x"), 2);
	capture_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_two_lines),
		cmocka_unit_test(it_takes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
