/* Looks at the machine, and what is sent for what they find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/alarm.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/zone.h"
#include "client/timer.h"
#include "domain/automatic.h"
#include "domain/alarms.h"
#include "domain/consent.h"
#include "domain/outbox.h"
#include "tests/support/device.h"

#define WATCH_S 300
#define DAY (24 * 3600)

static struct device device;

static int make_device(void **state)
{
	*state = &device;
	zone_load("UTC0");
	device_make(&device);
	return 0;
}

static void allow(enum service_id service)
{
	assert_true(consent_allow(device.db, "customer", SERVICE_UNSET,
				  device.pki.now, NULL));
	assert_true(consent_allow(device.db, "customer", service,
				  device.pki.now, NULL));
}

/* Supplies and maintenance send by themselves from this moment on. */
static void allow_both(void)
{
	allow(SERVICE_SUPPLIES);
	allow(SERVICE_MAINTENANCE);
	device_set_time(device.pki.now + DAY);
}

/* The machine: toner at a level, and a fault that began then (0 = none). */
static void machine(unsigned toner, int64_t fault_at)
{
	char now[CLOCK_TEXT_SIZE], began[CLOCK_TEXT_SIZE];
	struct buf out = BUF_INIT;
	clock_format(now, device_time());
	clock_format(began, fault_at);
	buf_printf(&out,
		   "<Collected xmlns=\"%s\" source=\"t\" collectedAt=\"%s\">"
		   "<SuppliesUsage><Supply><Index>1</Index>"
		   "<Class>supplyThatIsConsumed</Class><Type>toner</Type>"
		   "<Level>%u</Level></Supply></SuppliesUsage>",
		   COLLECTED_NAMESPACE, now, toner);
	if (fault_at != 0) {
		buf_printf(&out,
			   "<Faults><Fault><SeverityLevel>critical"
			   "</SeverityLevel><Code>jam</Code><Time>%s</Time>"
			   "</Fault></Faults>",
			   began);
	}
	buf_put_str(&out, "</Collected>");
	device_set_collected(&device, buf_str(&out));
	buf_clear(&out);
}

static int64_t round_now(void)
{
	int64_t next;
	struct err err = { .kind = ERR_NONE };
	if (!alarm_round(&device.client, &next, &err)) {
		fail_msg("%s", err.text);
	}
	return next;
}

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

/* The next look, with the machine in this state; gives all items. */
static size_t look(unsigned toner, int64_t fault_at)
{
	device_set_time(device_time() + WATCH_S);
	machine(toner, fault_at);
	(void)round_now();
	return items(NULL);
}

static bool body_holds(const char *transaction, const char *text)
{
	struct buf body = BUF_INIT;
	assert_true(outbox_body(device.db, transaction, &body, NULL));
	bool holds = strstr(buf_str(&body), text) != NULL;
	buf_clear(&body);
	return holds;
}

static void nobody_looks_before_it_is_time(void **state)
{
	(void)state;
	device.config.collectors_count = 0;
	assert_true(round_now() == TIMER_NEVER);
	allow(SERVICE_METERING); /* has no alarm */
	device_set_time(device.pki.now + 2 * DAY);
	assert_true(round_now() == TIMER_NEVER);
	allow(SERVICE_SUPPLIES);
	device_set_time(device.pki.now + DAY - 1);
	assert_true(round_now() == TIMER_NEVER);
	assert_int_equal(device.client.looked_at, 0);
}

static void looks_come_in_time(void **state)
{
	(void)state;
	allow_both();
	machine(50, 0);
	int64_t now = device_time();
	assert_int_equal(round_now(), now + WATCH_S);
	assert_int_equal(device.client.looked_at, now);
	device_set_time(now + WATCH_S - 1);
	assert_int_equal(round_now(), now + WATCH_S);
	assert_int_equal(device.client.looked_at, now);
	/* The clock was set back: not until it has caught up. */
	device_set_time(now - 5000);
	assert_true(round_now() == TIMER_NEVER ||
		    device.client.looked_at == now - 5000);
	assert_int_equal(items(NULL), 0);
}

static void an_interval_of_zero_never_looks(void **state)
{
	(void)state;
	allow_both();
	device.config.watch_s = 0;
	assert_true(round_now() == TIMER_NEVER);
	assert_int_equal(device.client.looked_at, 0);
}

static void a_low_supply_sends_its_service_once(void **state)
{
	struct outbox_item item;
	(void)state;
	allow_both();
	assert_int_equal(look(50, 0), 0);
	assert_int_equal(look(9, 0), 1);
	assert_int_equal(items(&item), 1);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_int_equal(item.services, SERVICE_BIT(SERVICE_SUPPLIES));
	assert_string_equal(item.approved_by, "alarm");
	assert_true(body_holds(item.transaction, "alarm"));
	assert_int_equal(look(11, 0), 1);
	assert_int_equal(look(8, 0), 1);
	assert_int_equal(look(100, 0), 1);
	assert_int_equal(look(9, 0), 2);
}

static void a_fault_sends_maintenance(void **state)
{
	struct outbox_item item;
	(void)state;
	allow_both();
	assert_int_equal(look(50, 0), 0);
	int64_t began = device_time() + 10;
	assert_int_equal(look(50, began), 1);
	assert_int_equal(items(&item), 1);
	assert_int_equal(item.services, SERVICE_BIT(SERVICE_MAINTENANCE));
	assert_true(body_holds(item.transaction, "jam"));
	assert_int_equal(look(50, began), 1);
	assert_int_equal(look(50, 0), 1);
	assert_int_equal(look(50, device_time()), 2);
}

static void one_look_is_one_transmission(void **state)
{
	struct outbox_item item;
	(void)state;
	allow_both();
	assert_int_equal(look(5, device_time()), 1);
	assert_int_equal(items(&item), 1);
	assert_int_equal(item.services,
			 SERVICE_BIT(SERVICE_SUPPLIES) |
				 SERVICE_BIT(SERVICE_MAINTENANCE));
}

static void a_fault_from_before_the_grant_stays(void **state)
{
	(void)state;
	allow_both();
	assert_int_equal(look(50, device.pki.now - 60), 0);
	assert_int_equal(look(50, device.pki.now - 60), 0);
}

static void quiet_hours_are_waited_for(void **state)
{
	(void)state;
	allow_both();
	/* Midnight of the day after, and quiet from then on for a day less
	 * an hour. */
	int64_t midnight = (device_time() / DAY + 1) * DAY;
	assert_true(automatic_set(device.db, "admin", "quiet_hours",
				  "00:00-23:00", device_time(), NULL));
	device_set_time(midnight + 60);
	machine(5, 0);
	int64_t next = round_now();
	assert_in_range(next, midnight + 23 * 3600,
			midnight + 23 * 3600 + 15 * 60);
	assert_int_equal(items(NULL), 0);
	device_set_time(next);
	machine(5, 0);
	(void)round_now();
	assert_int_equal(items(NULL), 1);
}

static void what_cannot_be_staged_is_news_at_the_next_look(void **state)
{
	(void)state;
	allow_both();
	device_set_time(device_time() + WATCH_S);
	machine(5, 0);
	/* As told before the grant: it may not be sent. */
	int64_t now = device_time();
	device_set_time(device.pki.now - 60);
	machine(5, 0);
	device_set_time(now);
	(void)round_now();
	assert_int_equal(items(NULL), 0);
	assert_int_equal(look(5, 0), 1);
}

static size_t standing(void)
{
	struct alarm *list = NULL;
	size_t count = 0;
	assert_true(alarms_list(device.db, &list, &count, NULL));
	mem_free(list);
	return count;
}

static void what_one_of_two_did_not_tell_may_stand_on(void **state)
{
	(void)state;
	allow_both();
	assert_int_equal(look(50, 0), 0);
	assert_int_equal(look(50, device_time()), 1);
	assert_int_equal(standing(), 1);
	device.config.collectors[1] =
		(struct device_collector){ .name = "broken",
					   .program = "/bin/false",
					   .arguments = "",
					   .user = "" };
	device.config.collectors_count = 2;
	assert_int_equal(look(50, 0), 1);
	assert_int_equal(standing(), 1);
	device.config.collectors_count = 1;
	assert_int_equal(look(50, 0), 1);
	assert_int_equal(standing(), 0);
}

static void a_look_that_fails_is_no_end(void **state)
{
	size_t collectors = device.config.collectors_count;
	(void)state;
	allow_both();
	device.config.collectors_count = 0;
	assert_int_equal(look(5, 0), 0);
	device.config.collectors_count = collectors;
	assert_int_equal(look(5, 0), 1);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(nobody_looks_before_it_is_time),
		TEST(looks_come_in_time),
		TEST(an_interval_of_zero_never_looks),
		TEST(a_low_supply_sends_its_service_once),
		TEST(a_fault_sends_maintenance),
		TEST(one_look_is_one_transmission),
		TEST(a_fault_from_before_the_grant_stays),
		TEST(quiet_hours_are_waited_for),
		TEST(what_cannot_be_staged_is_news_at_the_next_look),
		TEST(a_look_that_fails_is_no_end),
		TEST(what_one_of_two_did_not_tell_may_stand_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
