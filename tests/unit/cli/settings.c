/* Settings by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
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

static void expect_json(const char *name, const char *want)
{
	struct capture c;
	capture_device_run(&device, &c, 0, "settings --json");
	json_t *all = json_loads(c.out, 0, NULL);
	assert_non_null(all);
	assert_string_equal(json_string_value(json_object_get(all, name)),
			    want);
	json_decref(all);
	capture_clear(&c);
}

static void all_are_shown(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "settings",
			     "automatic: on\nsend_time: derived\n"
			     "quiet_hours: none\nlow_supply: 10\n"
			     "queue_bytes: 16\nqueue_days: 35\n"
			     "send_rate: none\nmonth_limit: none\n"
			     "quiet_hours_for: automatic\n"
			     "checkin_least: 15m\ncheckin_most: 1d\n"
			     "job_data_two_people: off\nupload_rate: none\n"
			     "metering: not allowed\n");
	expect_json("send_time", "derived");
	expect_json("next", "");
}

static void each_can_be_set(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "settings set send_time 18:00",
			     "Set: send_time 18:00.");
	expect_json("send_time", "18:00");
	capture_device_check(&device, 0, "settings set quiet_hours 22:00-06:00",
			     NULL);
	expect_json("quiet_hours", "22:00-06:00");
	capture_device_check(&device, 0, "settings set low_supply 20", NULL);
	expect_json("low_supply", "20");
	capture_device_check(&device, 0, "settings set automatic off", NULL);
	expect_json("automatic", "off");
	capture_device_check(&device, 0, "settings set automatic on", NULL);
	capture_device_check(&device, 0, "settings set upload_rate 250", NULL);
	expect_json("upload_rate", "250");
	capture_device_check(&device, 0, "settings set month_limit 100", NULL);
	expect_json("month_limit", "100");
	capture_device_check(&device, 0, "settings set quiet_hours_for all",
			     NULL);
	expect_json("quiet_hours_for", "all");
	capture_device_check(&device, 0, "settings set checkin_least 1h", NULL);
	expect_json("checkin_least", "1h");
	capture_device_check(&device, 0, "settings set queue_bytes 2", NULL);
	expect_json("queue_bytes", "2");
	capture_device_check(&device, 0, "settings set job_data_two_people on",
			     NULL);
	expect_json("job_data_two_people", "on");
	capture_device_check(&device, 0, "log --kind configuration --csv",
			     "command line: tester");
}

static void a_service_can_be_sent_at_once_or_never(void **state)
{
	(void)state;
	capture_device_check(&device, 1, "settings set metering now",
			     "is not allowed");
	capture_device_check(&device, 0, "allow remote", NULL);
	capture_device_check(&device, 0, "allow metering", NULL);
	capture_device_check(&device, 0, "settings", "metering: waits until ");
	capture_device_check(&device, 0, "settings set metering now", NULL);
	capture_device_check(&device, 0, "settings", "metering: by itself");
	capture_device_check(&device, 0, "settings", "Next automatic send: ");
	capture_device_check(&device, 0, "settings set metering never", NULL);
	capture_device_check(&device, 0, "settings", "metering: by hand only");
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	capture_device_check(&device, 2, "settings set send_time 25:00",
			     "or a time like 18:00");
	capture_device_check(&device, 2, "settings set upload_rate 0",
			     "kilobytes a second");
	capture_device_check(&device, 2, "settings set queue_days 0",
			     "days, a whole number from 1 to 400");
	capture_device_check(&device, 2, "settings set month_used 0",
			     "no setting");
	capture_device_check(&device, 2, "settings set time_floor 1",
			     "no setting");
	capture_device_check(&device, 2, "settings set metering tomorrow",
			     "or never");
	capture_device_check(&device, 2, "settings set updates never",
			     "no such service that sends");
	capture_device_check(&device, 2, "settings set send_time",
			     "Something is missing");
	capture_device_check(&device, 2, "settings show", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_shown),
		cmocka_unit_test(each_can_be_set),
		cmocka_unit_test(a_service_can_be_sent_at_once_or_never),
		cmocka_unit_test(what_is_wrong_is_said),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
