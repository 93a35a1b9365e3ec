/* "sluice doctor" of a device that may not, or cannot, reach its server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/clock.h"
#include "capture.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

/* The result of one step of "doctor --json", which ends with this code. */
static void assert_step(int code, const char *name, const char *result)
{
	struct capture c;
	bool found = false;
	capture_device_run(&device, &c, code, "doctor --json");
	json_t *o = json_loads(c.out, 0, NULL);
	assert_int_equal(json_is_true(json_object_get(o, "ok")), code == 0);
	int64_t at;
	assert_true(
		clock_parse(json_string_value(json_object_get(o, "at")), &at));
	json_t *steps = json_object_get(o, "steps");
	for (size_t i = 0; i < json_array_size(steps); i++) {
		const char *step, *is, *text, *remedy, *title;
		assert_int_equal(json_unpack(json_array_get(steps, i),
					     "{s:s, s:s, s:s, s:s, s:s}",
					     "step", &step, "title", &title,
					     "result", &is, "text", &text,
					     "remedy", &remedy),
				 0);
		if (strcmp(step, name) == 0) {
			assert_string_equal(is, result);
			found = true;
		}
	}
	assert_true(found);
	json_decref(o);
	capture_clear(&c);
}

static void without_permission_it_says_so_and_fails(void **state)
{
	(void)state;
	capture_device_check(&device, 1, "doctor",
			     "failed   Permission: Remote services are not "
			     "allowed");
	capture_device_check(&device, 1, "doctor",
			     "-> Allow remote services on the page Services");
	assert_step(1, "permission", "failed");
	assert_step(1, "dns", "skipped");
}

static void a_device_that_is_not_enrolled_is_told_so(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "allow remote", NULL);
	assert_step(1, "permission", "ok");
	assert_step(1, "certificate", "failed");
	capture_device_check(&device, 0, "withdraw remote", NULL);
}

static void each_test_is_in_the_log(void **state)
{
	(void)state;
	capture_device_check(&device, 1, "doctor", NULL);
	capture_device_check(&device, 0, "log --kind test",
			     "the connection was tested");
}

static void it_takes_no_arguments(void **state)
{
	(void)state;
	struct capture c;
	capture_device_run(&device, &c, 2, "doctor tls");
	capture_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_permission_it_says_so_and_fails),
		cmocka_unit_test(a_device_that_is_not_enrolled_is_told_so),
		cmocka_unit_test(each_test_is_in_the_log),
		cmocka_unit_test(it_takes_no_arguments),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
