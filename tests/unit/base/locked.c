/*
 * Memory for secrets: zeroed, kept from cores and children, of any size.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/locked.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void is_zeroed_and_ones_own(void **state)
{
	static const size_t sizes[] = { 0, 1, 4096, 4097, 131073 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *p = locked_new(sizes[i]);
		assert_non_null(p);
		for (size_t at = 0; at < sizes[i]; at++) {
			assert_int_equal(p[at], 0);
			p[at] = (uint8_t)at;
		}
		locked_free(p, sizes[i]);
	}
	locked_free(NULL, 10);
}

/* The line of flags that the kernel gives for the mapping at p. */
static void flags_of(const void *p, char *flags, size_t size)
{
	char start[32];
	char line[512];
	bool here = false;
	FILE *maps = fopen("/proc/self/smaps", "re");

	assert_non_null(maps);
	snprintf(start, sizeof(start), "%" PRIxPTR "-", (uintptr_t)p);
	flags[0] = '\0';
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (strncmp(line, start, strlen(start)) == 0) {
			here = true;
		}
		if (here && strncmp(line, "VmFlags:", 8) == 0) {
			snprintf(flags, size, "%s", line);
			break;
		}
	}
	(void)fclose(maps);
}

static void stands_in_no_core_and_in_no_child(void **state)
{
	char flags[512];
	/* Big enough for the kernel not to put it beside another mapping. */
	size_t size = 200000;
	uint8_t *p = locked_new(size);

	(void)state;
	memset(p, 0x5a, size);
	flags_of(p, flags, sizeof(flags));
	if (flags[0] == '\0') {
		skip(); /* a kernel without smaps */
	}
	assert_non_null(strstr(flags, " dd"));
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		_exit(p[0] == 0 && p[size - 1] == 0 ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	locked_free(p, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_zeroed_and_ones_own),
		cmocka_unit_test(stands_in_no_core_and_in_no_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
