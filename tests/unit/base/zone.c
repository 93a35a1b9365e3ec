/* Local time, without a zone file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/zone.h"

#include "base/clock.h"

static int64_t at(const char *text)
{
	int64_t utc;
	assert_true(clock_parse(text, &utc));
	return zone_offset(utc);
}

static void a_rule_knows_summer(void **state)
{
	(void)state;
	zone_load("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(at("2026-01-15T12:00:00Z"), 3600);
	assert_int_equal(at("2026-07-15T12:00:00Z"), 7200);
	assert_int_equal(at("2026-03-29T00:59:59Z"), 3600);
	assert_int_equal(at("2026-03-29T01:00:00Z"), 7200);
}

static void west_is_behind(void **state)
{
	(void)state;
	zone_load("EST5");
	assert_int_equal(at("2026-07-15T12:00:00Z"), -5 * 3600);
}

static void what_is_unknown_is_utc(void **state)
{
	(void)state;
	zone_load("No/Such_Place");
	assert_int_equal(at("2026-07-15T12:00:00Z"), 0);
	zone_load("UTC0");
	assert_int_equal(at("2026-07-15T12:00:00Z"), 0);
}

static void an_empty_name_changes_nothing(void **state)
{
	(void)state;
	zone_load("EST5");
	zone_load("");
	assert_int_equal(at("2026-07-15T12:00:00Z"), -5 * 3600);
}

static void the_distance_has_a_name(void **state)
{
	char text[ZONE_NAME_SIZE];
	(void)state;
	assert_string_equal(zone_name(text, 0), "UTC");
	assert_string_equal(zone_name(text, 3600), "UTC+01:00");
	assert_string_equal(zone_name(text, -12600), "UTC-03:30");
	assert_string_equal(zone_name(text, 20700), "UTC+05:45");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_knows_summer),
		cmocka_unit_test(west_is_behind),
		cmocka_unit_test(what_is_unknown_is_utc),
		cmocka_unit_test(an_empty_name_changes_nothing),
		cmocka_unit_test(the_distance_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
