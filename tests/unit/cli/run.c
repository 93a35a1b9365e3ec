/* One round of the daemon's work by command line. */
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

static void a_round_on_an_idle_device_does_nothing(void **state)
{
	(void)state;
	struct capture_device device;
	capture_device_make(&device);
	capture_device_check(&device, 0, "run --once --log-level error", NULL);
	capture_device_check(&device, 0, "log verify", "1 signed heads");
	capture_device_remove(&device);
}

static void a_wrong_level_is_usage(void **state)
{
	(void)state;
	struct capture_device device;
	capture_device_make(&device);
	capture_device_check(&device, 2, "run --once --log-level loud",
			     "debug, info, warn or error");
	capture_device_remove(&device);
}

static void without_its_key_it_says_so(void **state)
{
	(void)state;
	struct capture_device device;
	capture_device_make(&device);
	char *key = files_join(device.dir, "keys/ledger.key");
	assert_int_equal(remove(key), 0);
	capture_device_check(&device, 1, "run --once", "sluice: ");
	mem_free(key);
	capture_device_remove(&device);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_on_an_idle_device_does_nothing),
		cmocka_unit_test(a_wrong_level_is_usage),
		cmocka_unit_test(without_its_key_it_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
