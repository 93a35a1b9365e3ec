/*
 * Deliveries and what holds for all that waits: order, quiet hours, the day's
 * tries, the month's bytes, the rate, the bounds of the queue.
 */
#include "tests/unit/client/deliver_scene.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/zone.h"
#include "client/stage.h"
#include "domain/automatic.h"
#include "domain/retry_budget.h"

/* What the timer would queue. */
static void queue_by_itself(char transaction[UUID_TEXT_SIZE])
{
	struct err err = { .kind = ERR_NONE };
	if (!stage_preview(&device.client, AUTOMATIC_TIMER,
			   SERVICE_BIT(SERVICE_METERING), transaction, &err)) {
		fail_msg("%s", err.text);
	}
	struct outbox_item item = device_item(&device, transaction);
	assert_true(outbox_approve_automatic(device.db, AUTOMATIC_TIMER,
					     transaction, item.sha256, "a test",
					     device_time(), NULL));
}

/* A server that works; nothing may knock at it until it is asked. */
static struct fault server;

static void serve(const char *mode)
{
	fault_start(&server, &device.pki, mode, NULL, NULL);
	device.config.server_port = server.port;
}

static void assert_no_connection(void)
{
	struct deliver_report report = deliver();
	assert_int_equal(report.sent + report.waiting + report.failed, 0);
	assert_true(fault_is_quiet(&server));
}

static void an_older_one_of_its_kind_goes_first(void **state)
{
	(void)state;
	char old[UUID_TEXT_SIZE], young[UUID_TEXT_SIZE], line[160];
	queue_by_itself(old);
	assert_int_equal(deliver_to("close-at-once", NULL).waiting, 1);
	queue_by_itself(young);
	serve("ok");
	assert_no_connection();
	int64_t at = assert_hold(young, QUEUE_HOLD_ORDER);
	assert_int_equal(at, device_item(&device, old).next_try_at);
	int64_t next = 0;
	assert_true(deliver_next_time(&device.client, &next, NULL));
	assert_int_equal(next, at);
	device_set_time(at);
	assert_int_equal(deliver().sent, 2);
	fault_expect(&server, "upload", line, sizeof(line));
	assert_non_null(strstr(line, old));
	fault_expect(&server, "upload", line, sizeof(line));
	assert_non_null(strstr(line, young));
	fault_stop(&server);
}

static void pressing_send_tries_the_older_one_now(void **state)
{
	(void)state;
	char old[UUID_TEXT_SIZE], young[UUID_TEXT_SIZE], line[160];
	queue_by_itself(old);
	assert_int_equal(deliver_to("close-at-once", NULL).waiting, 1);
	device_queue(&device, young);
	serve("ok");
	assert_int_equal(deliver().sent, 2);
	fault_expect(&server, "upload", line, sizeof(line));
	assert_non_null(strstr(line, old));
	fault_stop(&server);
}

static void a_refusal_for_good_lets_the_newer_go(void **state)
{
	(void)state;
	char old[UUID_TEXT_SIZE], young[UUID_TEXT_SIZE];
	queue_by_itself(old);
	queue_by_itself(young);
	assert_int_equal(deliver_to("status-403", NULL).failed, 2);
	assert_int_equal(device_item(&device, old).state, OUTBOX_FAILED);
	assert_int_equal(device_item(&device, young).attempts, 1);
}

static void set_quiet_hours_around_now(void)
{
	int64_t local = device_time() + zone_offset(device_time());
	int hour = (int)(local / 3600 % 24);
	char hours[32];
	(void)snprintf(hours, sizeof(hours), "%02d:00-%02d:00", hour,
		       (hour + 2) % 24);
	assert_true(automatic_set(device.db, "admin", "quiet_hours", hours,
				  device_time(), NULL));
}

static void in_quiet_hours_only_a_persons_goes(void **state)
{
	(void)state;
	char automatic[UUID_TEXT_SIZE], mine[UUID_TEXT_SIZE];
	set_quiet_hours_around_now();
	queue_by_itself(automatic);
	serve("ok");
	assert_no_connection();
	int64_t at = assert_hold(automatic, QUEUE_HOLD_QUIET);
	device_queue(&device, mine);
	assert_int_equal(deliver().sent, 1);
	assert_int_equal(device_item(&device, mine).state, OUTBOX_SENT);
	set_queue("quiet_hours_for", "all");
	device_queue(&device, mine);
	struct deliver_report report = deliver();
	assert_int_equal(report.sent, 0);
	(void)assert_hold(mine, QUEUE_HOLD_QUIET);
	device_set_time(at);
	assert_int_equal(deliver().sent, 2);
	fault_stop(&server);
}

static void the_days_tries_hold_what_nobody_pressed(void **state)
{
	(void)state;
	char automatic[UUID_TEXT_SIZE], mine[UUID_TEXT_SIZE];
	struct retry_budget budget;
	queue_by_itself(automatic);
	for (int i = 0; i < RETRY_BUDGET_TRIES; i++) {
		assert_true(retry_budget_spend(device.db, device_time(), NULL));
	}
	device_close(&device);
	device_open(&device);
	serve("ok");
	assert_no_connection();
	int64_t at = assert_hold(automatic, QUEUE_HOLD_BUDGET);
	assert_true(retry_budget_read(device.db, device_time(), &budget, NULL));
	assert_int_equal(at, budget.renewed_at);
	device_queue(&device, mine);
	assert_int_equal(deliver().sent, 1);
	device_set_time(at);
	fault_stop(&server);
	fault_start(&server, &device.pki, "close-at-once", NULL, NULL);
	device.config.server_port = server.port;
	assert_int_equal(deliver().waiting, 1);
	fault_stop(&server);
}

/* ---- the month ---- */

static void what_leaves_is_counted_whatever_comes_of_it(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	uint64_t size = device_item(&device, transaction).bytes;
	uint64_t cost = queue_cost(size, 0), before = 0;
	static const char *const modes[] = { "status-503",
					     "close-before-answer", "ok" };
	for (size_t i = 0; i < 3; i++) {
		(void)deliver_to(modes[i], NULL);
		assert_in_range(month_used() - before, size + 1000, cost);
		before = month_used();
		if (i < 2) {
			device_set_time(
				device_item(&device, transaction).next_try_at);
		}
	}
	assert_int_equal(device_item(&device, transaction).state, OUTBOX_SENT);
}

static void a_handshake_that_fails_is_counted_as_well(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("ok", "impostor.pem").waiting, 1);
	assert_in_range(month_used(), 100, 2000);
}

static void spend_until_left(uint64_t left)
{
	struct queue_month month;
	assert_true(queue_month_read(device.db, device_time(), &month, NULL));
	assert_true(month.left > left);
	assert_true(queue_settle(device.db, 0, month.left - left, device_time(),
				 NULL));
}

static void what_does_not_fit_is_not_begun(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	struct queue_month month;
	device_queue(&device, transaction);
	uint64_t cost = queue_cost(device_item(&device, transaction).bytes, 0);
	set_queue("month_limit", "1");
	spend_until_left(cost - 1);
	serve("ok");
	assert_no_connection();
	assert_true(queue_month_read(device.db, device_time(), &month, NULL));
	assert_int_equal(assert_hold(transaction, QUEUE_HOLD_MONTH),
			 month.ends_at);
	assert_int_equal(device_item(&device, transaction).attempts, 0);
	set_queue("month_limit", "2");
	assert_int_equal(deliver().sent, 1);
	fault_stop(&server);
}

static void what_fits_to_the_byte_goes_and_the_limit_stands(void **state)
{
	(void)state;
	char one[UUID_TEXT_SIZE], two[UUID_TEXT_SIZE];
	device_queue(&device, one);
	uint64_t cost = queue_cost(device_item(&device, one).bytes, 0);
	device_queue(&device, two);
	set_queue("month_limit", "1");
	spend_until_left(cost);
	serve("ok");
	assert_int_equal(deliver().sent, 1);
	assert_true(month_used() <= 1000000);
	(void)assert_hold(two, QUEUE_HOLD_MONTH);
	fault_stop(&server);
}

/* Killed at a moment that the server names; then: what is counted? */
static void kill_at(const char *mode, const char *told)
{
	char line[160];
	struct fault fault;
	fault_start(&fault, &device.pki, mode, NULL, NULL);
	device.config.server_port = fault.port;
	pid_t pid = work_elsewhere(false);
	fault_expect(&fault, told, line, sizeof(line));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	fault_stop(&fault);
}

static void a_kill_counts_what_may_have_left(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	uint64_t cost = queue_cost(device_item(&device, transaction).bytes, 0);
	kill_at("silent", "upload");
	assert_int_equal(month_used(), cost);
	assert_true(outbox_recover(device.db, device_time(), NULL));
	set_queue("month_limit", "1");
	spend_until_left(cost);
	kill_at("stalled-answer", "half an answer");
	assert_int_equal(month_used(), 1000000);
	assert_true(outbox_recover(device.db, device_time(), NULL));
	/* Not one more try fits, however often it starts anew. */
	serve("ok");
	assert_no_connection();
	fault_stop(&server);
}

static void it_goes_on_in_the_next_month(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	set_queue("month_limit", "1");
	spend_until_left(1);
	/* Nothing is dropped for its age meanwhile, also in a long month. */
	int64_t at = assert_hold(transaction, QUEUE_HOLD_MONTH);
	device_set_time(at);
	(void)deliver_to("close-at-once", NULL);
	assert_int_equal(device_item(&device, transaction).attempts, 1);
}

/* ---- rate and bounds ---- */

static void the_rate_is_the_settings(void **state)
{
	(void)state;
	char fast[UUID_TEXT_SIZE], slow[UUID_TEXT_SIZE];
	device_queue(&device, fast);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
	uint64_t used = month_used();
	uint64_t bytes = device_item(&device, fast).bytes;
	set_queue("send_rate", "2");
	device_queue(&device, slow);
	assert_int_equal(deliver_to("ok", NULL).sent, 1);
	/* One record for every 250 bytes, an eighth of a second's worth. */
	uint64_t more = month_used() - 2 * used;
	assert_true(more + 32 >= (bytes / 250 - 1) * 21);
	assert_int_equal(device_item(&device, slow).state, OUTBOX_SENT);
}

static void what_is_too_old_is_dropped_and_told(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_int_equal(deliver_to("close-at-once", NULL).waiting, 1);
	device_set_time(device_time() + 36 * 86400);
	serve("ok");
	assert_int_equal(deliver().dropped, 1);
	assert_true(fault_is_quiet(&server));
	struct outbox_item item = device_item(&device, transaction);
	assert_int_equal(item.state, OUTBOX_CANCELLED);
	assert_non_null(strstr(item.problem, "dropped: it waited"));
	assert_int_equal(entries(LEDGER_CANCELLED, transaction), 1);
	fault_stop(&server);
}

static void nothing_to_send_is_asked_again_by_a_change_alone(void **state)
{
	(void)state;
	char transaction[UUID_TEXT_SIZE];
	int64_t at = 0;
	assert_true(deliver_next_time(&device.client, &at, NULL));
	assert_true(at == INT64_MAX);
	device_queue(&device, transaction);
	assert_true(deliver_next_time(&device.client, &at, NULL));
	assert_int_equal(at, device_time());
	assert_int_equal(deliver_to("close-at-once", NULL).waiting, 1);
	assert_true(deliver_next_time(&device.client, &at, NULL));
	assert_int_equal(at, device_item(&device, transaction).next_try_at);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_older_one_of_its_kind_goes_first),
		TEST(pressing_send_tries_the_older_one_now),
		TEST(a_refusal_for_good_lets_the_newer_go),
		TEST(in_quiet_hours_only_a_persons_goes),
		TEST(the_days_tries_hold_what_nobody_pressed),
		TEST(what_leaves_is_counted_whatever_comes_of_it),
		TEST(a_handshake_that_fails_is_counted_as_well),
		TEST(what_does_not_fit_is_not_begun),
		TEST(what_fits_to_the_byte_goes_and_the_limit_stands),
		TEST(a_kill_counts_what_may_have_left),
		TEST(it_goes_on_in_the_next_month),
		TEST(the_rate_is_the_settings),
		TEST(what_is_too_old_is_dropped_and_told),
		TEST(nothing_to_send_is_asked_again_by_a_change_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
