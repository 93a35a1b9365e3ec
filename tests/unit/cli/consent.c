/* The consent record by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "capture.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static void at_first_there_is_none(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "consent", "Nothing was ever allowed");
}

static void each_grant_is_a_row(void **state)
{
	(void)state;
	struct capture c;
	capture_device_check(&device, 0, "allow remote metering", NULL);
	capture_device_check(&device, 0, "withdraw metering", NULL);
	capture_device_run(&device, &c, 0, "consent");
	assert_non_null(strstr(c.out, "metering"));
	assert_non_null(strstr(c.out, "withdrawn"));
	assert_non_null(strstr(c.out, "command line: tester"));
	capture_clear(&c);
}

static void scripts_get_all_of_it(void **state)
{
	(void)state;
	struct capture c;
	capture_device_run(&device, &c, 0, "consent --json");
	json_t *all = json_loads(c.out, 0, NULL);
	assert_non_null(all);
	assert_int_equal(2, json_array_size(json_object_get(all, "records")));
	assert_non_null(json_string_value(json_object_get(
		json_object_get(all, "device"), "serial_number")));
	json_decref(all);
	capture_clear(&c);
	capture_device_run(&device, &c, 0, "consent --csv");
	assert_memory_equal(c.out, "record_id,device,control,", 25);
	capture_clear(&c);
	capture_device_check(&device, 2, "consent --csv --json", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_first_there_is_none),
		cmocka_unit_test(each_grant_is_a_row),
		cmocka_unit_test(scripts_get_all_of_it),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
