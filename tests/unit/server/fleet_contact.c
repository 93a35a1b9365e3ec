/* What check-ins change of a device, and the interval that staff want. */
#include "server/fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/server/log_samples.h"

static void check_in(struct samples *s, const char *id, int64_t at)
{
	const struct fleet_checkin checkin = { .at = at,
					       .interval_s = 3600,
					       .least_s = 900,
					       .most_s = 86400,
					       .expected_at = at + 3700,
					       .version = "0.5",
					       .clock_ahead = -7 };
	struct err err = { 0 };
	assert_true(fleet_checked_in(s->server.db, id, &checkin, &err));
}

static void those_silent_for_longest_stand_first(void **state)
{
	struct samples *s = *state;
	struct fleet_device *list = NULL;
	size_t count = 0;
	struct err err = { 0 };
	check_in(s, SAMPLES_DEVICE, SAMPLES_NOW + 5);
	assert_true(fleet_seen(s->server.db, SAMPLES_OTHER, "1", "M",
			       SAMPLES_NOW + 4, &err));
	assert_true(fleet_list(s->server.db, &list, &count, &err));
	assert_string_equal(list[0].id, SAMPLES_OTHER);
	assert_string_equal(list[1].id, SAMPLES_DEVICE);
	assert_int_equal(list[1].clock_ahead, -7);
	mem_free(list);
	check_in(s, SAMPLES_OTHER, SAMPLES_NOW + 9);
	assert_true(fleet_list(s->server.db, &list, &count, &err));
	assert_string_equal(list[0].id, SAMPLES_DEVICE);
	assert_int_equal(fleet_contact_at(&list[1]), SAMPLES_NOW + 9);
	mem_free(list);
}

static void an_interval_is_kept_with_an_entry(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	size_t before = samples_entries(s, LEDGER_DEVICE);
	assert_true(fleet_want_interval(s->server.db, "anna", SAMPLES_DEVICE,
					900, SAMPLES_NOW, &err));
	assert_int_equal(log_sample_device(s).wanted_interval, 900);
	assert_int_equal(samples_entries(s, LEDGER_DEVICE), before + 1);
	/* The same again is nothing new. */
	assert_true(fleet_want_interval(s->server.db, "anna", SAMPLES_DEVICE,
					900, SAMPLES_NOW, &err));
	assert_int_equal(samples_entries(s, LEDGER_DEVICE), before + 1);
	assert_true(fleet_want_interval(s->server.db, "anna", SAMPLES_DEVICE, 0,
					SAMPLES_NOW, &err));
	assert_int_equal(log_sample_device(s).wanted_interval, 0);
}

static void what_no_device_could_take_is_refused(void **state)
{
	static const int64_t bad[] = { -1, 1, 299, 7 * 86400 + 1, INT64_MAX };
	struct samples *s = *state;
	struct err err = { 0 };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err_reset(&err);
		assert_false(fleet_want_interval(s->server.db, "anna",
						 SAMPLES_DEVICE, bad[i],
						 SAMPLES_NOW, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
	err_reset(&err);
	assert_false(fleet_want_interval(s->server.db, "anna", "nobody", 900,
					 SAMPLES_NOW, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_int_equal(log_sample_device(s).wanted_interval, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(those_silent_for_longest_stand_first),
		SAMPLES_TEST(an_interval_is_kept_with_an_entry),
		SAMPLES_TEST(what_no_device_could_take_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
