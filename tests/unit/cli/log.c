/* Reading the log by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	capture_device_make(&device);
	capture_device_check(&device, 0, "allow metering", NULL);
	return 0;
}

static size_t lines_of(const char *line)
{
	struct capture c;
	size_t n = 0;
	capture_device_run(&device, &c, 0, line);
	for (const char *at = c.out; (at = strchr(at, '\n')) != NULL; at++) {
		n++;
	}
	capture_clear(&c);
	return n;
}

static void the_newest_entry_stands_first(void **state)
{
	(void)state;
	struct capture c;
	capture_device_run(&device, &c, 0, "log");
	const char *first = strchr(c.out, '\n') + 1;
	assert_memory_equal(first, "2 ", 2);
	assert_non_null(strstr(c.out, "command line: tester"));
	capture_clear(&c);
}

static void filters_and_limits_narrow_the_list(void **state)
{
	(void)state;
	assert_int_equal(lines_of("log"), 1 + 3);
	assert_int_equal(lines_of("log --limit 2"), 1 + 2);
	assert_int_equal(lines_of("log --before 1"), 1 + 0 + 1);
	assert_int_equal(lines_of("log --kind grant"), 1 + 1);
	assert_int_equal(lines_of("log --json"), 3);
	assert_int_equal(lines_of("log --csv --limit 1"), 1 + 1);
	capture_device_check(&device, 2, "log --csv --xml", "Give one of");
	capture_device_check(&device, 2, "log --kind nothing", "The kinds are");
}

static void one_entry_is_shown_whole(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "log show 2",
			     "kind           grant\n");
	capture_device_check(&device, 1, "log show 99", "no entry 99");
	capture_device_check(&device, 2, "log show x", "is no transaction");
	capture_device_check(&device, 2, "log show 2 --xml",
			     "is no transaction");
	capture_device_check(&device, 1,
			     "log show 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
			     "no such thing");
}

/* With a server that is in tests/flows/log_continue.sh. */
static void without_a_conflict_nothing_is_acknowledged(void **state)
{
	struct capture c;
	(void)state;
	capture_device_run(&device, &c, 1, "log continue --yes");
	assert_non_null(strstr(c.problems, "no conflict"));
	capture_clear(&c);
	capture_device_check(&device, 0, "log --kind continued --csv", NULL);
	capture_device_run(&device, &c, 2, "log continue now");
	capture_clear(&c);
}

/* One that was countersigned is in tests/flows/checkin.sh. */
static void without_a_countersignature_there_is_no_head(void **state)
{
	(void)state;
	capture_device_check(&device, 1, "log head",
			     "countersigned no head of this log yet");
	capture_device_check(&device, 2, "log head 3", NULL);
}

static void a_good_log_ends_with_ok(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "log verify", "size 3 root ");
	capture_device_check(&device, 0, "log verify", " ok\n");
}

static void without_the_key_nothing_is_called_verified(void **state)
{
	(void)state;
	char *key = files_join(device.dir, "keys/ledger.verifier");
	assert_int_equal(remove(key), 0);
	capture_device_check(&device, 1, "log verify", "ledger.verifier");
	mem_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_entry_stands_first),
		cmocka_unit_test(filters_and_limits_narrow_the_list),
		cmocka_unit_test(one_entry_is_shown_whole),
		cmocka_unit_test(without_a_conflict_nothing_is_acknowledged),
		cmocka_unit_test(without_a_countersignature_there_is_no_head),
		cmocka_unit_test(a_good_log_ends_with_ok),
		cmocka_unit_test(without_the_key_nothing_is_called_verified),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
