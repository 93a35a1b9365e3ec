/*
 * The daily send: exactly one a day, of what takes part, in the same way as a
 * person's. The clock is the test's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/timer.h"

#include <string.h>

#include "base/mem.h"
#include "base/zone.h"
#include "client/daemon.h"
#include "client/schedule.h"
#include "client/stage.h"
#include "documents/collected.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/ledger.h"
#include "domain/outbox.h"
#include "domain/time_known.h"
#include "tests/support/device.h"

#define METERING SERVICE_BIT(SERVICE_METERING)
#define HOUR 3600
#define DAY (24 * HOUR)

static struct device device;

static int make_device(void **state)
{
	*state = &device;
	zone_load("UTC0");
	device_make(&device);
	return 0;
}

/* The machine as it is at this moment. */
static void collect_now(void)
{
	struct buf out = BUF_INIT;
	struct collected_writer *w =
		collected_writer_new("test", device_time());
	collected_writer_document(w, DOCUMENT_BILLING);
	collected_writer_field(w, "TotalImpressions", "1204", "impressions",
			       NULL);
	collected_writer_finish(w, &out);
	device_set_collected(&device, buf_str(&out));
	buf_clear(&out);
}

/* One round at this moment; gives when to ask again. */
static int64_t round_at(int64_t now)
{
	int64_t next;
	struct err err = { .kind = ERR_NONE };
	device_set_time(now);
	collect_now();
	if (!timer_round(&device.client, &next, &err)) {
		fail_msg("%s", err.text);
	}
	return next;
}

/* All that was ever staged; *newest is the last of them. */
static size_t items(struct outbox_item *newest)
{
	struct outbox_item *list = NULL;
	size_t count = 0;
	assert_true(
		outbox_list(device.db, OUTBOX_UNSET, 0, &list, &count, NULL));
	if (count > 0 && newest != NULL) {
		*newest = list[0];
	}
	mem_free(list);
	return count;
}

static void allow(enum service_id service)
{
	assert_true(consent_allow(device.db, "customer", service, device_time(),
				  NULL));
}

static void nothing_happens_without_a_grant(void **state)
{
	(void)state;
	device.config.collectors_count = 0; /* would be a failure */
	assert_true(round_at(device.pki.now) == TIMER_NEVER);
	assert_true(round_at(device.pki.now + 9 * DAY) == TIMER_NEVER);
	assert_int_equal(device.client.timer_failures, 0);
	assert_int_equal(items(NULL), 0);
}

/* Its clock starts in 1970 each time; the server says what time it is. */
static void a_clock_that_forgets_keeps_the_hours(void **state)
{
	struct outbox_item item;
	int64_t start = device.pki.now, clock = 3600;
	(void)state;
	device_allow(&device);
	int64_t at = round_at(start);
	/* Not known yet: it cannot be said when a day is over. */
	assert_true(round_at(clock) > clock);
	assert_int_equal(items(NULL), 0);
	assert_true(time_known_learn(device.db, TIME_SOURCE_CHECKIN, start + 60,
				     clock, clock, NULL, NULL));
	/* The moment that was told, by this clock. */
	assert_int_equal(round_at(clock), clock + at - start - 60);
	assert_int_equal(items(NULL), 0);
	(void)round_at(clock + at - start - 60);
	assert_int_equal(items(&item), 1);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	(void)round_at(clock + at - start);
	assert_int_equal(items(NULL), 1);
}

static void the_first_send_comes_after_the_wait_at_its_time(void **state)
{
	struct outbox_item item;
	int64_t start = device.pki.now;
	(void)state;
	device_allow(&device);
	int64_t at = round_at(start);
	assert_in_range(at, start + DAY, start + 2 * DAY);
	assert_true(round_at(at - 1) == at);
	assert_int_equal(items(NULL), 0);
	(void)round_at(at);
	assert_int_equal(items(&item), 1);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_int_equal(item.services, METERING);
	assert_string_equal(item.created_by, "timer");
	assert_string_equal(item.approved_by, "timer");
	assert_int_equal(item.approved_at, at);
	int64_t next = round_at(at);
	assert_int_equal(next, at + DAY);
	assert_true(round_at(next - 1) == next);
	assert_int_equal(items(NULL), 1);
}

static bool keep_text(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	(void)err;
	buf_put_str(ctx, entry->text);
	return true;
}

static bool body_holds(const char *transaction, const char *text)
{
	struct buf body = BUF_INIT;
	assert_true(outbox_body(device.db, transaction, &body, NULL));
	bool holds = strstr(buf_str(&body), text) != NULL;
	buf_clear(&body);
	return holds;
}

static void it_says_that_nobody_pressed_send(void **state)
{
	struct outbox_item item;
	struct buf text = BUF_INIT;
	(void)state;
	device_allow(&device);
	(void)round_at(round_at(device.pki.now));
	assert_int_equal(items(&item), 1);
	assert_true(body_holds(item.transaction, "timer"));
	const struct ledger_filter filter = { .kind = LEDGER_APPROVED };
	assert_true(ledger_each(device.db, &filter, 0, keep_text, &text, NULL));
	assert_non_null(strstr(buf_str(&text), "nobody pressed Send"));
	assert_null(strstr(buf_str(&text), "Send was pressed"));
	buf_clear(&text);
}

static void a_restart_sends_nothing_twice(void **state)
{
	(void)state;
	device_allow(&device);
	int64_t at = round_at(device.pki.now);
	(void)round_at(at);
	device_close(&device);
	device_open(&device);
	assert_int_equal(round_at(at + 1), at + DAY);
	assert_int_equal(items(NULL), 1);
}

static void a_persons_preview_is_left_alone(void **state)
{
	char transaction[UUID_TEXT_SIZE];
	(void)state;
	device_allow(&device);
	int64_t at = round_at(device.pki.now);
	device_set_time(at - 1);
	collect_now();
	assert_true(stage_preview(&device.client, "operator", METERING,
				  transaction, NULL));
	(void)round_at(at);
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_STAGED);
	assert_int_equal(items(NULL), 2);
}

static void what_still_waits_gives_way_to_the_newer(void **state)
{
	struct outbox_item first, second;
	(void)state;
	device_allow(&device);
	int64_t at = round_at(device.pki.now);
	(void)round_at(at);
	assert_int_equal(items(&first), 1);
	(void)round_at(at + DAY);
	assert_int_equal(items(&second), 2);
	assert_int_equal(second.state, OUTBOX_QUEUED);
	assert_int_equal(device_item(&device, first.transaction).state,
			 OUTBOX_CANCELLED);
}

static void services_of_which_nothing_was_found_are_left_out(void **state)
{
	struct outbox_item item;
	(void)state;
	device_allow(&device);
	allow(SERVICE_SUPPLIES);
	(void)round_at(round_at(device.pki.now));
	assert_int_equal(items(&item), 1);
	assert_int_equal(item.services, METERING);
}

static void one_that_is_not_to_send_by_itself_does_not(void **state)
{
	(void)state;
	device_allow(&device);
	assert_true(automatic_choose(device.db, "customer", SERVICE_METERING,
				     AUTOMATIC_NEVER, device_time(), NULL));
	assert_true(round_at(device.pki.now + 3 * DAY) == TIMER_NEVER);
	assert_true(automatic_choose(device.db, "customer", SERVICE_METERING,
				     AUTOMATIC_NOW, device_time(), NULL));
	assert_true(automatic_set(device.db, "admin", "automatic", "off",
				  device_time(), NULL));
	assert_true(round_at(device.pki.now + 6 * DAY) == TIMER_NEVER);
	assert_int_equal(items(NULL), 0);
}

static void the_wait_can_be_ended(void **state)
{
	int64_t start = device.pki.now;
	(void)state;
	device_allow(&device);
	assert_true(automatic_choose(device.db, "customer", SERVICE_METERING,
				     AUTOMATIC_NOW, start, NULL));
	int64_t at = round_at(start);
	assert_in_range(at, start + 1, start + DAY);
	(void)round_at(at);
	assert_int_equal(items(NULL), 1);
}

static void collecting_that_fails_is_tried_again_later(void **state)
{
	size_t collectors = device.config.collectors_count;
	(void)state;
	device_allow(&device);
	int64_t at = round_at(device.pki.now);
	device.config.collectors_count = 0;
	int64_t again = round_at(at);
	assert_in_range(again, at + 1, at + SCHEDULE_FIRST_S);
	assert_int_equal(device.client.timer_failures, 1);
	assert_int_equal(round_at(again - 1), again);
	assert_int_equal(device.client.timer_failures, 1);
	device.config.collectors_count = collectors;
	(void)round_at(again);
	assert_int_equal(items(NULL), 1);
	assert_int_equal(device.client.timer_failures, 0);
	assert_int_equal(round_at(again), at + DAY);
}

static void a_withdrawal_ends_it(void **state)
{
	struct outbox_item item;
	(void)state;
	device_allow(&device);
	int64_t at = round_at(device.pki.now);
	(void)round_at(at);
	assert_true(consent_withdraw(device.db, "customer", SERVICE_METERING,
				     at, NULL, NULL));
	assert_int_equal(items(&item), 1);
	assert_int_equal(item.state, OUTBOX_CANCELLED);
	assert_true(round_at(at + 3 * DAY) == TIMER_NEVER);
	assert_int_equal(items(NULL), 1);
}

static void a_round_for_a_person_leaves_the_timer_alone(void **state)
{
	struct client_done done;
	(void)state;
	device_allow(&device);
	device_set_time(round_at(device.pki.now));
	collect_now();
	assert_true(client_work(&device.client, false, &done, NULL));
	assert_int_equal(items(NULL), 0);
	assert_true(client_work(&device.client, true, &done, NULL));
	assert_int_equal(items(NULL), 1);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nothing_happens_without_a_grant),
		TEST(a_clock_that_forgets_keeps_the_hours),
		TEST(the_first_send_comes_after_the_wait_at_its_time),
		TEST(it_says_that_nobody_pressed_send),
		TEST(a_restart_sends_nothing_twice),
		TEST(a_persons_preview_is_left_alone),
		TEST(what_still_waits_gives_way_to_the_newer),
		TEST(services_of_which_nothing_was_found_are_left_out),
		TEST(one_that_is_not_to_send_by_itself_does_not),
		TEST(the_wait_can_be_ended),
		TEST(collecting_that_fails_is_tried_again_later),
		TEST(a_withdrawal_ends_it),
		TEST(a_round_for_a_person_leaves_the_timer_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
