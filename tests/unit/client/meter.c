/* What leaves is booked before and put right after (src/client/meter.c). */
#include "client/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/queue.h"
#include "tests/support/device.h"

static struct device device;

static int set_up(void **state)
{
	*state = &device;
	return device_set_up(state);
}

static uint64_t used(void)
{
	struct queue_month month;
	assert_true(queue_month_read(device.db, device_time(), &month, NULL));
	return month.used;
}

static void limit(const char *megabytes)
{
	assert_true(queue_setting_set(device.db, "admin", "month_limit",
				      megabytes, device_time(), NULL));
}

static void what_was_booked_and_did_not_leave_is_given_back(void **state)
{
	(void)state;
	struct meter meter = METER_INIT(&device.client);
	assert_true(meter_book(&meter, 1000, NULL));
	assert_int_equal(used(), 1000);
	meter.left = 300;
	assert_true(meter_settle(&meter, NULL));
	assert_int_equal(used(), 300);
}

static void what_left_and_was_not_booked_is_added(void **state)
{
	(void)state;
	struct meter meter = METER_INIT(&device.client);
	meter.left = 300;
	assert_true(meter_settle(&meter, NULL));
	assert_int_equal(used(), 300);
	struct meter nothing = METER_INIT(&device.client);
	assert_true(meter_settle(&nothing, NULL));
	assert_int_equal(used(), 300);
}

static void beyond_the_limit_nothing_is_booked(void **state)
{
	(void)state;
	struct meter meter = METER_INIT(&device.client);
	struct err err = { .kind = ERR_NONE };
	limit("1");
	assert_true(meter_book(&meter, 999999, NULL));
	assert_false(meter_book(&meter, 2, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(meter.booked, 999999);
	assert_true(meter_book(&meter, 1, NULL));
	assert_true(meter_settle(&meter, NULL));
	assert_int_equal(used(), 0);
}

static void a_rollback_is_taken_back_here_too(void **state)
{
	(void)state;
	struct meter meter = METER_INIT(&device.client);
	assert_true(db_begin(device.db, NULL));
	assert_true(meter_book(&meter, 1000, NULL));
	db_rollback(device.db);
	meter_unbook(&meter, 1000);
	meter.left = 10;
	assert_true(meter_settle(&meter, NULL));
	assert_int_equal(used(), 10);
}

/* In pieces, so that neither a kill nor each 64 KiB costs much. */
static void a_long_upload_is_booked_ahead_in_pieces(void **state)
{
	(void)state;
	static const uint64_t size = (uint64_t)100 * 1024 * 1024;
	struct meter meter = METER_INIT(&device.client);
	unsigned pieces = 0;
	while (meter.left < size) {
		uint64_t before = meter.booked, step = 65536;
		assert_true(meter_ahead(&meter, size - meter.left, NULL));
		pieces += meter.booked != before;
		assert_int_equal(used(), meter.booked);
		assert_true(meter.booked >= meter.left + step);
		assert_true(meter.booked <= meter.left + 32u * 1024 * 1024);
		meter.left += step;
	}
	assert_true(meter.booked >= size && meter.booked < size + 262144);
	assert_in_range(pieces, 2, 12);
	assert_true(meter_settle(&meter, NULL));
	assert_int_equal(used(), size);
}

static void a_long_upload_stops_at_the_limit(void **state)
{
	(void)state;
	struct meter meter = METER_INIT(&device.client);
	struct err err = { .kind = ERR_NONE };
	limit("20");
	assert_true(meter_ahead(&meter, 40000000, NULL));
	while (meter_ahead(&meter, 40000000 - meter.left, &err)) {
		meter.left += 65536;
	}
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_true(meter_settle(&meter, NULL));
	assert_true(used() <= 20000000);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_was_booked_and_did_not_leave_is_given_back),
		TEST(what_left_and_was_not_booked_is_added),
		TEST(beyond_the_limit_nothing_is_booked),
		TEST(a_rollback_is_taken_back_here_too),
		TEST(a_long_upload_is_booked_ahead_in_pieces),
		TEST(a_long_upload_stops_at_the_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
