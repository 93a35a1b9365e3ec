/*
 * How long the daemon waits (src/client/daemon.c): as long as nothing is due,
 * a minute at most, and never without end. Its poll() is this test's, which
 * writes down what it is asked for, says that the time is over, and has the
 * next circumstances ready; so nothing here waits or is timed.
 */
#include "client/daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/enrol.h"
#include "domain/outbox.h"
#include "domain/queue.h"
#include "domain/requests.h"
#include "domain/settings.h"
#include "tests/support/device.h"

#define AWAITS 3 /* what the daemon waits for between rounds */
#define LONG_S 3000
#define STEPS_MAX 80
#define FAILED_IN_STEP 9

static struct device device;
static char transaction[UUID_TEXT_SIZE]; /* of what waits to be sent */

/* Of both processes: what the daemon asked poll() for. */
struct asked {
	size_t count;
	int ms[STEPS_MAX];
	bool wakes[STEPS_MAX]; /* who asks for something is heard */
};
static struct asked *asked;

/* Makes the circumstances of the nth wait; false = there are no more. */
static bool (*prepare)(size_t n);

static void need(bool ok)
{
	if (!ok) {
		_exit(FAILED_IN_STEP);
	}
}

static void prepare_next(void)
{
	if (asked->count == STEPS_MAX || !prepare(asked->count)) {
		(void)raise(SIGTERM); /* it is blocked: a signalfd has it */
	}
}

/* In place of the C library's. */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	const struct timespec wait = { .tv_sec = timeout_ms / 1000,
				       .tv_nsec = timeout_ms % 1000 * 1000000 };
	const struct timespec none = { .tv_sec = 0 };
	if (prepare == NULL || count != AWAITS) {
		return ppoll(fds, count, timeout_ms < 0 ? NULL : &wait, NULL);
	}
	requests_wake(device.config.state);
	asked->wakes[asked->count] = ppoll(fds, count, &none, NULL) > 0;
	asked->ms[asked->count++] = timeout_ms;
	prepare_next();
	return ppoll(fds, count, &none, NULL);
}

static void hold_and_check_in(int64_t hold_s, int64_t checkin_s)
{
	int64_t now = device_time();
	struct db *db = device.db;
	need(queue_hold_until(db, 0, NULL) &&
	     (hold_s == 0 || queue_hold_until(db, now + hold_s, NULL)) &&
	     settings_set_number(db, "checkin_failures", 0, NULL) &&
	     settings_set_number(db, "checkin_last_at", now, NULL) &&
	     settings_set_number(db, "checkin_next_at", now + checkin_s, NULL));
}

static void run_daemon(int64_t (*now)(void))
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	device_open(&device);
	device.client.now = now;
	need(prepare(0));
	bool ok = daemon_run(&device.client, NULL);
	device_close(&device);
	_exit(ok ? 0 : 1);
}

static void run_steps(bool (*step)(size_t n), int64_t (*now)(void))
{
	int status = 0;
	prepare = step;
	device_close(&device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		run_daemon(now);
	}
	prepare = NULL;
	device_open(&device);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Something waits to be sent in the first ones. */
static const struct circumstances {
	int64_t hold_s, checkin_s; /* from now on */
	bool has_item;
	int ms; /* the wait */
} cases[] = {
	{ LONG_S, LONG_S, true, 60000 }, { 7, LONG_S, true, 7000 },
	{ 1, LONG_S, true, 1000 },       { 60, LONG_S, true, 60000 },
	{ 59, LONG_S, true, 59000 },     { 61, LONG_S, true, 60000 },
	{ 0, LONG_S, false, 60000 },     { 0, 5, false, 5000 },
	{ 0, 59, false, 59000 },         { 0, 61, false, 60000 },
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static bool next_case(size_t n)
{
	if (n == CASES) {
		return false;
	}
	if (n > 0 && cases[n - 1].has_item && !cases[n].has_item) {
		need(outbox_cancel(device.db, "operator", transaction, "test",
				   device_time(), NULL));
	}
	hold_and_check_in(cases[n].hold_s, cases[n].checkin_s);
	return true;
}

/* Nobody answers: the renewal that is due is put off for an hour. */
static void put_renewal_off(void)
{
	int64_t next = 0;
	assert_true(enrol_recover(&device.client, NULL));
	assert_true(enrol_round(&device.client, false, &next, NULL));
	assert_true(next >= device_time() + 3600);
}

static void it_waits_until_something_is_due_or_a_minute(void **state)
{
	(void)state;
	device_allow(&device);
	put_renewal_off();
	device_queue(&device, transaction);
	run_steps(next_case, device_time);
	assert_int_equal(asked->count, CASES);
	for (size_t i = 0; i < CASES; i++) {
		if (asked->ms[i] != cases[i].ms || !asked->wakes[i]) {
			fail_msg("%zu: waits for %d ms", i, asked->ms[i]);
		}
	}
}

/* Each look at it is a second later than the one before. */
static int64_t hurrying_clock(void)
{
	device_set_time(device_time() + 1);
	return device_time();
}

static bool next_second(size_t n)
{
	hold_and_check_in(0, (int64_t)n + 1);
	return n < STEPS_MAX - 1;
}

/* What falls due in the midst of a round, behind its turn, is next. */
static void what_fell_due_meanwhile_is_not_waited_for(void **state)
{
	unsigned at_once = 0;
	(void)state;
	device_allow(&device);
	run_steps(next_second, hurrying_clock);
	assert_int_equal(asked->count, STEPS_MAX - 1);
	for (size_t i = 0; i < asked->count; i++) {
		assert_in_range(asked->ms[i], 0, 60000);
		at_once += asked->ms[i] == 0;
	}
	assert_true(at_once > 0);
}

static void run_sql(const char *sql)
{
	struct stmt q;
	need(db_query(device.db, &q, sql, NULL) && db_run(&q, NULL));
}

static bool next_trouble(size_t n)
{
	hold_and_check_in(0, LONG_S);
	if (n == 0) {
		run_sql("CREATE TRIGGER no BEFORE UPDATE ON requests "
			"BEGIN SELECT RAISE(ABORT, 'no'); END");
	} else if (n == 1) {
		run_sql("DROP TRIGGER no");
	}
	return n < 2;
}

/* Whoever woke it would have it fail again at once. */
static void after_trouble_it_waits_for_five_seconds(void **state)
{
	(void)state;
	int64_t id;
	device_allow(&device);
	assert_true(requests_add(device.db, REQUEST_PREVIEW,
				 SERVICE_BIT(SERVICE_METERING), "operator",
				 "one", device_time(), &id, NULL));
	run_steps(next_trouble, device_time);
	assert_int_equal(asked->count, 2);
	assert_int_equal(asked->ms[0], 5000);
	assert_false(asked->wakes[0]);
	assert_int_equal(asked->ms[1], 60000);
	assert_true(asked->wakes[1]);
}

static int set_up(void **state)
{
	int failed = device_set_up(state);
	asked = mmap(NULL, sizeof(*asked), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return asked == MAP_FAILED ? -1 : failed;
}

static int tear_down(void **state)
{
	prepare = NULL;
	(void)munmap(asked, sizeof(*asked));
	return device_tear_down(state);
}

int main(void)
{
#define TEST(name)                                                        \
	cmocka_unit_test_prestate_setup_teardown(name, set_up, tear_down, \
						 &device)
	const struct CMUnitTest tests[] = {
		TEST(it_waits_until_something_is_due_or_a_minute),
		TEST(what_fell_due_meanwhile_is_not_waited_for),
		TEST(after_trouble_it_waits_for_five_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
