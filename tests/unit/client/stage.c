/*
 * From collectors to a transmission that waits for a person.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/stage.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "domain/consent.h"
#include "domain/machines.h"
#include "domain/outbox.h"
#include "domain/time_known.h"
#include "tests/support/device.h"

#define METERING SERVICE_BIT(SERVICE_METERING)

static struct device device;

static struct outbox_item stage(unsigned services)
{
	char transaction[UUID_TEXT_SIZE];
	struct err err = { .kind = ERR_NONE };
	if (!stage_preview(&device.client, "operator", services, transaction,
			   &err)) {
		fail_msg("%s", err.text);
	}
	return device_item(&device, transaction);
}

static void assert_fails(unsigned services, enum err_kind kind)
{
	char transaction[UUID_TEXT_SIZE] = "untouched";
	struct err err = { .kind = ERR_NONE };
	struct outbox_item *list;
	size_t count;
	assert_false(stage_preview(&device.client, "operator", services,
				   transaction, &err));
	assert_int_equal(err.kind, kind);
	assert_string_equal(transaction, "untouched");
	assert_true(
		outbox_list(device.db, OUTBOX_UNSET, 10, &list, &count, NULL));
	assert_int_equal(count, 0);
	mem_free(list);
}

static bool body_holds(const char *transaction, const char *text)
{
	struct buf body = BUF_INIT;
	assert_true(outbox_body(device.db, transaction, &body, NULL));
	bool holds = strstr(buf_str(&body), text) != NULL;
	buf_clear(&body);
	return holds;
}

static void what_is_allowed_is_staged_and_waits(void **state)
{
	(void)state;
	device_allow(&device);
	struct outbox_item item = stage(METERING);
	assert_int_equal(item.state, OUTBOX_STAGED);
	assert_int_equal(item.services, METERING);
	assert_string_equal(item.created_by, "operator");
	assert_int_equal(item.approved_at, 0);
	assert_true(body_holds(item.transaction, "1204"));
	assert_true(body_holds(item.transaction, item.transaction));
	struct transmission_head head = { .grants_count = 0 };
	assert_true(consent_grants(device.db, METERING, device.client.now(),
				   &head, NULL));
	assert_true(body_holds(item.transaction, head.grants[0].id));
	assert_non_null(strstr(item.grants, head.grants[0].id));
}

static void what_is_not_allowed_is_a_sample(void **state)
{
	(void)state;
	struct outbox_item item = stage(METERING);
	assert_int_equal(item.state, OUTBOX_SAMPLE);
	assert_string_equal(item.grants, "");
	assert_true(body_holds(item.transaction, "1204"));
	struct err err = { .kind = ERR_NONE };
	assert_false(outbox_approve(device.db, "operator", item.transaction,
				    item.sha256, device_time(), &err));
	assert_int_equal(err.kind, ERR_DENIED);
}

static void one_service_that_is_not_allowed_makes_all_a_sample(void **state)
{
	(void)state;
	device_allow(&device);
	struct outbox_item item =
		stage(METERING | SERVICE_BIT(SERVICE_MAINTENANCE));
	assert_int_equal(item.state, OUTBOX_SAMPLE);
	assert_string_equal(item.grants, "");
}

static void the_machine_learns_its_model(void **state)
{
	(void)state;
	struct machine machine;
	(void)stage(METERING);
	assert_true(machines_get(device.db, &machine, NULL));
	assert_string_equal(machine.id, PKI_DEVICE);
	assert_string_equal(machine.make_and_model, "Example 7");
	assert_string_equal(machine.serial_number, "SN-7");
	assert_int_equal(machine.collected_at, device_time());
}

static void a_service_must_be_chosen_and_exist(void **state)
{
	(void)state;
	assert_fails(0, ERR_INVALID);
	assert_fails(METERING | 1u << 30, ERR_INVALID);
}

static void what_was_collected_before_the_grant_is_not_staged(void **state)
{
	(void)state;
	device_set_time(device_time() + 60);
	device_allow(&device);
	assert_fails(METERING, ERR_RETRY);
}

/* What the collector prints: a meter, and a fault of this moment. */
static void collect_fault(int64_t collected_at, int64_t fault_at)
{
	struct buf out = BUF_INIT;
	char collected[CLOCK_TEXT_SIZE], fault[CLOCK_TEXT_SIZE];
	clock_format(collected, collected_at);
	clock_format(fault, fault_at);
	buf_printf(
		&out,
		"<Collected xmlns=\"urn:sluice:collected:1\" "
		"source=\"test\" collectedAt=\"%s\"><Billing>"
		"<TotalImpressions unit=\"impressions\">1204"
		"</TotalImpressions></Billing><Faults><Fault>"
		"<SeverityLevel>critical</SeverityLevel><Group>marker</Group>"
		"<Code>jam</Code><Time>%s</Time></Fault></Faults>"
		"</Collected>",
		collected, fault);
	device_set_collected(&device, buf_str(&out));
	buf_clear(&out);
}

#define BOTH (METERING | SERVICE_BIT(SERVICE_MAINTENANCE))

static void allow_both(void)
{
	assert_true(time_known_doubt(device.db, NULL));
	device_allow(&device);
	assert_true(consent_allow(device.db, "customer", SERVICE_MAINTENANCE,
				  device_time(), NULL));
}

/* Else nothing could be sent until somebody sets it. */
static void
a_clock_that_stands_before_the_grant_stages_all_the_same(void **state)
{
	(void)state;
	allow_both();
	device_set_time(3600);
	collect_fault(3600, 3500);
	struct outbox_item item = stage(BOTH);
	assert_int_equal(item.state, OUTBOX_STAGED);
	assert_true(body_holds(item.transaction, "1204"));
	/* When the fault was cannot be told. */
	assert_false(body_holds(item.transaction, ">marker<"));
}

static void but_not_what_was_collected_long_ago(void **state)
{
	(void)state;
	allow_both();
	device_set_time(7200);
	collect_fault(3600, 3600);
	assert_fails(BOTH, ERR_RETRY);
	collect_fault(10800, 3600); /* or is still to come */
	assert_fails(BOTH, ERR_RETRY);
}

static void a_clock_far_ahead_vouches_for_no_time(void **state)
{
	(void)state;
	const int64_t ahead = INT64_C(2177452800);
	device_set_time(ahead);
	allow_both();
	collect_fault(ahead, ahead - 86400); /* before the grant */
	struct outbox_item item = stage(BOTH);
	assert_true(body_holds(item.transaction, "1204"));
	assert_false(body_holds(item.transaction, ">marker<"));
}

static void with_a_right_clock_times_count(void **state)
{
	(void)state;
	allow_both();
	int64_t now = device_time();
	device_set_time(now + 60);
	collect_fault(now + 60, now + 30);
	assert_true(body_holds(stage(BOTH).transaction, ">marker<"));
}

static void nothing_collected_stages_nothing(void **state)
{
	(void)state;
	device_allow(&device);
	device_set_collected(&device, "");
	assert_fails(METERING, ERR_INVALID);
	device_set_collected(&device, "<x/>");
	assert_fails(METERING, ERR_INVALID);
	device.config.collectors_count = 0;
	assert_fails(METERING, ERR_NOT_FOUND);
}

static void services_without_a_document_are_named(void **state)
{
	(void)state;
	assert_fails(SERVICE_BIT(SERVICE_SUPPLIES), ERR_NOT_FOUND);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(what_is_allowed_is_staged_and_waits),
		TEST(what_is_not_allowed_is_a_sample),
		TEST(one_service_that_is_not_allowed_makes_all_a_sample),
		TEST(the_machine_learns_its_model),
		TEST(a_service_must_be_chosen_and_exist),
		TEST(what_was_collected_before_the_grant_is_not_staged),
		TEST(a_clock_that_stands_before_the_grant_stages_all_the_same),
		TEST(but_not_what_was_collected_long_ago),
		TEST(a_clock_far_ahead_vouches_for_no_time),
		TEST(with_a_right_clock_times_count),
		TEST(nothing_collected_stages_nothing),
		TEST(services_without_a_document_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
