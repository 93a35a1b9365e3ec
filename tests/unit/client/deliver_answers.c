/*
 * What becomes of a transmission by the server's answer: kept for the next
 * try, after which pause, or given up.
 */
#include "tests/unit/client/deliver_scene.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/schedule.h"
#include "domain/retry_budget.h"

/* What the outbox holds after one try against this server. */
static struct outbox_item waits(const char *mode, const char *cert,
				const char *words)
{
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	struct deliver_report report = deliver_to(mode, cert);
	struct outbox_item item = device_item(&device, transaction);
	if (report.waiting != 1 || item.state != OUTBOX_QUEUED ||
	    strstr(item.problem, words) == NULL) {
		fail_msg("%s: %s, \"%s\"", mode, outbox_state_name(item.state),
			 item.problem);
	}
	assert_int_equal(item.attempts, 1);
	assert_int_equal(entries(LEDGER_RECEIVED, transaction), 0);
	assert_true(outbox_cancel(device.db, "operator", transaction, "test",
				  device_time(), NULL));
	return item;
}

static void assert_waits(const char *mode, const char *cert, const char *words)
{
	struct outbox_item item = waits(mode, cert, words);
	assert_true(item.next_try_at > device_time());
	assert_true(item.next_try_at <= device_time() + SCHEDULE_FIRST_S);
}

static void a_server_that_is_not_the_right_one_makes_it_wait(void **state)
{
	(void)state;
	assert_waits("ok", "impostor.pem", "Inspecting Proxy Root");
	assert_waits("ok", "expired.pem", "expired");
	assert_waits("ok", "future.pem", "Check the clock");
	assert_waits("ok", "misnamed.pem", "other.test");
	assert_waits("tls13", NULL, "TLS 1.2");
}

static void an_answer_that_is_no_receipt_makes_it_wait(void **state)
{
	(void)state;
	assert_waits("garbage", NULL, "no usable answer");
	assert_waits("endless-body", NULL, "no usable answer");
	assert_waits("endless-head", NULL, "no usable answer");
	assert_waits("endless-interim", NULL, "no usable answer");
	assert_waits("huge-length", NULL, "no usable answer");
	assert_waits("two-lengths", NULL, "no usable answer");
	assert_waits("short-length", NULL, "no proof");
	assert_waits("close-in-answer", NULL, "closed");
	assert_waits("close-before-answer", NULL, "without an answer");
	assert_waits("no-receipt", NULL, "without a receipt");
	assert_waits("receipt-hash", NULL, "another sha256");
	assert_waits("receipt-device", NULL, "another device");
	assert_waits("receipt-transaction", NULL, "another transaction");
	assert_waits("receipt-bytes", NULL, "another number of bytes");
	assert_waits("receipt-signature", NULL, "no proof");
	assert_waits("receipt-changed", NULL, "no proof");
}

static void what_may_pass_is_tried_again_soon(void **state)
{
	(void)state;
	static const char *const modes[] = {
		"status-408", "status-409", "status-423",
		"status-425", "status-429", "status-500",
		"status-502", "status-503", "status-504",
	};
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_waits(modes[i], NULL, modes[i] + strlen("status-"));
	}
	assert_int_equal(setting("hold_until"), 0);
}

/* A person has to mend the address: there is no use in asking often. */
static void a_way_that_leads_nowhere_is_tried_seldom(void **state)
{
	(void)state;
	static const char *const modes[] = { "status-301", "status-302",
					     "status-308", "status-404",
					     "status-405" };
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		int64_t pause = waits(modes[i], NULL, "address").next_try_at -
				device_time();
		assert_in_range(pause, SCHEDULE_LONGEST_S / 2,
				SCHEDULE_LONGEST_S);
	}
	/* It holds nothing of another kind. */
	assert_int_equal(setting("hold_until"), 0);
}

static void a_refusal_for_good_is_not_tried_again(void **state)
{
	(void)state;
	static const char *const modes[] = { "status-400", "status-401",
					     "status-403", "status-410",
					     "status-413", "status-415",
					     "status-422" };
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		char transaction[UUID_TEXT_SIZE];
		device_queue(&device, transaction);
		assert_int_equal(deliver_to(modes[i], NULL).failed, 1);
		struct outbox_item item = device_item(&device, transaction);
		assert_int_equal(item.state, OUTBOX_FAILED);
		assert_non_null(strstr(item.problem, "The test says no"));
	}
}

static void a_refusal_before_the_end_is_one(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("early-413", NULL).failed, 1);
	assert_int_equal(device_item(&device, transaction).state,
			 OUTBOX_FAILED);
}

static void the_servers_wish_for_a_pause_holds_everything(void **state)
{
	(void)state;
	char first[UUID_TEXT_SIZE], second[UUID_TEXT_SIZE];
	device_queue(&device, first);
	assert_int_equal(deliver_to("status-503-after-7200", NULL).waiting, 1);
	assert_true(device_item(&device, first).next_try_at >=
		    device_time() + 7200);
	device_queue(&device, second);
	/* Over a restart, too. */
	device_close(&device);
	device_open(&device);
	struct fault fault;
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	struct deliver_report report = deliver();
	assert_int_equal(report.sent + report.waiting, 0);
	assert_true(fault_is_quiet(&fault));
	int64_t at = assert_hold(second, QUEUE_HOLD_SERVER);
	assert_in_range(at, device_time() + 7200,
			device_time() + 7200 * 11 / 10 + 1);
	assert_int_equal(device_item(&device, second).attempts, 0);
	device_set_time(at);
	assert_int_equal(deliver().sent, 2);
	fault_stop(&fault);
}

static void a_pause_is_asked_for_by_a_date_as_well(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE], mode[64];
	device_queue(&device, transaction);
	(void)snprintf(mode, sizeof(mode), "status-429-until-%lld",
		       (long long)device_time() + 3600);
	assert_int_equal(deliver_to(mode, NULL).waiting, 1);
	assert_in_range(setting("hold_until"), device_time() + 3600,
			device_time() + 3600 * 11 / 10 + 1);
}

/* Its own data wait for another day; nothing else does. */
static void a_days_quota_holds_what_it_is_about(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	int64_t held;
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("status-429-quota-7200", NULL).waiting, 1);
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_in_range(item.next_try_at, device_time() + 7200,
			device_time() + 7200 * 11 / 10 + 1);
	assert_non_null(strstr(item.problem, "It is sent then"));
	assert_true(queue_held_until(device.db, device_time(), &held, NULL));
	assert_int_equal(held, 0);
	device_set_time(item.next_try_at);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
}

/* The longest that a server may ask for is kept, and not taken for a clock. */
static void a_day_is_waited_for(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("status-429-after-999999", NULL).waiting,
			 1);
	int64_t at = device_item(&device, transaction).next_try_at;
	assert_in_range(at, device_time() + 86400,
			device_time() + QUEUE_LONGEST_S);
	device_set_time(at - 1);
	assert_int_equal(deliver_to("ok", NULL).waiting, 0);
	device_set_time(at);
	/* By now the certificates of the test have expired. */
	assert_int_equal(deliver_to("ok", NULL).waiting, 1);
	assert_int_equal(device_item(&device, transaction).attempts, 2);
}

static unsigned tries_left(void)
{
	struct retry_budget budget;
	assert_true(retry_budget_read(device.db, device_time(), &budget, NULL));
	return budget.left;
}

/* Not so what worked, or never knocked. */
static void each_try_in_vain_counts(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	unsigned left = tries_left();
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
	assert_int_equal(tries_left(), left);
	assert_waits("close-at-once", NULL, "");
	assert_int_equal(tries_left(), left - 1);
	assert_waits("status-500", NULL, "500");
	assert_int_equal(tries_left(), left - 2);
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("status-403", NULL).failed, 1);
	assert_int_equal(tries_left(), left - 3);
	device_queue(&device, transaction);
	assert_int_equal(truncate(device.config.server_anchor, 0), 0);
	assert_int_equal(deliver().waiting, 1);
	assert_int_equal(tries_left(), left - 3);
}

/* Runs SQL on the device's database. */
static void run(const char *sql)
{
	struct stmt q;
	assert_true(db_query(device.db, &q, sql, NULL));
	assert_true(db_run(&q, NULL));
}

/* Sent is what has its receipt and its entry; else it is sent once more. */
static void a_receipt_that_cannot_be_written_is_no_receipt(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	struct deliver_report report = { 0 };
	struct fault fault;
	device_queue(&device, transaction);
	fault_start(&fault, &device.pki, "ok", NULL, NULL);
	device.config.server_port = fault.port;
	run("CREATE TRIGGER no BEFORE INSERT ON ledger WHEN NEW.kind = 'received' "
	    "BEGIN SELECT RAISE(ABORT, 'no'); END");
	assert_false(deliver_due(&device.client, &report, NULL));
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_QUEUED);
	assert_non_null(strstr(item.problem, "could not write down"));
	assert_int_equal(entries(LEDGER_RECEIVED, transaction), 0);
	run("DROP TRIGGER no");
	fault_stop(&fault);
	device_set_time(item.next_try_at);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
	assert_int_equal(entries(LEDGER_RECEIVED, transaction), 1);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_server_that_is_not_the_right_one_makes_it_wait),
		TEST(an_answer_that_is_no_receipt_makes_it_wait),
		TEST(what_may_pass_is_tried_again_soon),
		TEST(a_way_that_leads_nowhere_is_tried_seldom),
		TEST(a_refusal_for_good_is_not_tried_again),
		TEST(a_refusal_before_the_end_is_one),
		TEST(the_servers_wish_for_a_pause_holds_everything),
		TEST(a_pause_is_asked_for_by_a_date_as_well),
		TEST(a_days_quota_holds_what_it_is_about),
		TEST(a_day_is_waited_for),
		TEST(each_try_in_vain_counts),
		TEST(a_receipt_that_cannot_be_written_is_no_receipt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
