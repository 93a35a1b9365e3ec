/*
 * The way to the server fails, not a transmission: that is one try in vain for
 * all that waits, and nobody is held by it for ever.
 */
#include "tests/unit/client/deliver_scene.h"

#include <string.h>

#include "base/text.h"
#include "client/schedule.h"
#include "client/stage.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/requests.h"

/* Two services that have no kind of document in common. */
#define OF_METERING SERVICE_BIT(SERVICE_METERING)
#define OF_MAINTENANCE SERVICE_BIT(SERVICE_MAINTENANCE)

static int make_both(void **state)
{
	(void)make_device(state);
	assert_true(consent_allow(device.db, "customer", SERVICE_MAINTENANCE,
				  device_time(), NULL));
	assert_int_equal(queue_kin(OF_METERING) & OF_MAINTENANCE, 0);
	return 0;
}

static void queue(unsigned services, const char *actor,
		  char transaction[UUID_TEXT_SIZE])
{
	struct err err = { .kind = ERR_NONE };
	bool by_itself = automatic_is_actor(actor);
	if (!stage_preview(&device.client, actor, services, transaction,
			   &err)) {
		fail_msg("%s", err.text);
	}
	struct outbox_item item = device_item(&device, transaction);
	bool ok = by_itself ? outbox_approve_automatic(device.db, actor,
						       transaction, item.sha256,
						       "a test", device_time(),
						       &err)
			    : outbox_approve(device.db, actor, transaction,
					     item.sha256, device_time(), &err);
	if (!ok) {
		fail_msg("%s", err.text);
	}
}

/* By themselves; nothing in them is of one kind. */
static void queue_two(char first[UUID_TEXT_SIZE], char second[UUID_TEXT_SIZE])
{
	queue(OF_METERING, AUTOMATIC_TIMER, first);
	queue(OF_MAINTENANCE, AUTOMATIC_TIMER, second);
}

/* Nothing was tried of it, and it waits like the other. */
static void assert_untouched(const char *transaction, const char *problem)
{
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_int_equal(item.attempts, 0);
	assert_string_equal(item.problem, problem);
	assert_int_equal(entries(LEDGER_SENT, transaction), 0);
	assert_int_equal(entries(LEDGER_FAILED, transaction), 0);
}

/* Both are sent at that time, this one first. */
static void assert_sent_at(int64_t at, const char *first, const char *second)
{
	char line[160];
	struct fault fault;
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	assert_int_equal(deliver().sent, 0);
	device_set_time(at);
	(void)deliver();
	fault_expect(&fault, "upload", line, sizeof(line));
	assert_non_null(strstr(line, first));
	device_set_time(at + SCHEDULE_FIRST_S);
	(void)deliver();
	fault_expect(&fault, "upload", line, sizeof(line));
	assert_non_null(strstr(line, second));
	fault_stop(&fault);
	assert_int_equal(device_item(&device, first).state, OUTBOX_SENT);
	assert_int_equal(device_item(&device, second).state, OUTBOX_SENT);
}

static void a_server_that_is_not_there_is_one_try_for_all(void **state)
{
	(void)state;
	char first[UUID_TEXT_SIZE], second[UUID_TEXT_SIZE];
	queue_two(first, second);
	struct deliver_report report = deliver_to("close-at-once", NULL);
	assert_int_equal(report.waiting, 1);
	assert_int_equal(report.put_off, 1);
	assert_int_equal(setting("retry_used"), 1);
	struct outbox_item item = device_item(&device, first);
	assert_int_equal(item.attempts, 1);
	assert_untouched(second, item.problem);
	assert_int_equal(device_item(&device, second).next_try_at,
			 item.next_try_at);
	assert_int_equal(assert_hold(second, QUEUE_HOLD_RETRY),
			 item.next_try_at);
	int64_t next = 0;
	assert_true(deliver_next_time(&device.client, &next, NULL));
	assert_int_equal(next, item.next_try_at);
	assert_sent_at(item.next_try_at, first, second);
}

/* The same server, for a day: one item's pauses, whatever waits behind it. */
static void tries_do_not_grow_with_what_waits(void **state)
{
	(void)state;
	char first[UUID_TEXT_SIZE], second[UUID_TEXT_SIZE];
	queue_two(first, second);
	for (int i = 1; i <= 8; i++) {
		struct deliver_report report =
			deliver_to("close-at-once", NULL);
		assert_int_equal(report.waiting, 1);
		assert_int_equal(report.put_off, 1);
		assert_int_equal(setting("retry_used"), i);
		device_set_time(device_item(&device, first).next_try_at);
	}
	assert_int_equal(device_item(&device, second).attempts, 0);
}

/* The line may break at this one alone: the others do not wait behind it. */
static void one_that_was_cut_goes_behind_the_others(void **state)
{
	(void)state;
	char first[UUID_TEXT_SIZE], second[UUID_TEXT_SIZE];
	queue_two(first, second);
	struct deliver_report report = deliver_to("close-before-answer", NULL);
	assert_int_equal(report.waiting, 1);
	assert_int_equal(report.put_off, 1);
	struct outbox_item item = device_item(&device, first);
	int64_t next = device_item(&device, second).next_try_at;
	assert_untouched(second, item.problem);
	assert_true(next < item.next_try_at);
	assert_sent_at(next, second, first);
}

static void alone_it_is_tried_again_at_its_own_time(void **state)
{
	(void)state;
	char only[UUID_TEXT_SIZE];
	queue(OF_METERING, AUTOMATIC_TIMER, only);
	struct deliver_report report = deliver_to("close-before-answer", NULL);
	assert_int_equal(report.put_off, 0);
	assert_true(device_item(&device, only).next_try_at <=
		    device_time() + SCHEDULE_FIRST_S);
}

static void an_answer_about_one_says_nothing_of_the_others(void **state)
{
	(void)state;
	char first[UUID_TEXT_SIZE], second[UUID_TEXT_SIZE];
	queue_two(first, second);
	struct deliver_report report = deliver_to("status-409", NULL);
	assert_int_equal(report.waiting, 2);
	assert_int_equal(report.put_off, 0);
	assert_int_equal(device_item(&device, second).attempts, 1);
}

static void who_presses_send_now_has_a_try_of_his_own(void **state)
{
	(void)state;
	char first[UUID_TEXT_SIZE], second[UUID_TEXT_SIZE];
	queue(OF_METERING, AUTOMATIC_TIMER, first);
	assert_int_equal(deliver_to("close-at-once", NULL).waiting, 1);
	queue(OF_MAINTENANCE, "operator", second);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
	assert_int_equal(device_item(&device, second).state, OUTBOX_SENT);
	assert_int_equal(device_item(&device, first).state, OUTBOX_QUEUED);
}

static void he_does_not_wait_as_long_as_what_failed_all_day(void **state)
{
	(void)state;
	char first[UUID_TEXT_SIZE], second[UUID_TEXT_SIZE];
	int64_t now = device_time();
	queue(OF_METERING, AUTOMATIC_TIMER, first);
	for (int i = 0; i < SCHEDULE_ATTEMPTS_LONGEST; i++) {
		assert_true(outbox_retry(device.db, first, "no route", now, now,
					 NULL));
	}
	queue(OF_MAINTENANCE, "operator", second);
	struct deliver_report report = deliver_to("close-at-once", NULL);
	assert_int_equal(report.waiting, 1);
	assert_int_equal(report.put_off, 1);
	assert_true(device_item(&device, first).next_try_at >
		    now + SCHEDULE_LONGEST_S / 2 - 1);
	assert_int_equal(device_item(&device, second).next_try_at,
			 now + SCHEDULE_FIRST_S);
}

static void what_comes_after_is_told(void **state)
{
	(void)state;
	char only[UUID_TEXT_SIZE];
	queue(OF_METERING, AUTOMATIC_TIMER, only);
	assert_true(device.client.lost_until == 0);
	(void)deliver_to("close-at-once", NULL);
	struct outbox_item item = device_item(&device, only);
	assert_int_equal(device.client.lost_until, item.next_try_at);
	assert_string_equal(device.client.lost_why, item.problem);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_both, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_server_that_is_not_there_is_one_try_for_all),
		TEST(tries_do_not_grow_with_what_waits),
		TEST(one_that_was_cut_goes_behind_the_others),
		TEST(alone_it_is_tried_again_at_its_own_time),
		TEST(an_answer_about_one_says_nothing_of_the_others),
		TEST(who_presses_send_now_has_a_try_of_his_own),
		TEST(he_does_not_wait_as_long_as_what_failed_all_day),
		TEST(what_comes_after_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
