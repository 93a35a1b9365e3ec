/*
 * Check-ins: when one is made, that without a grant there is not a packet,
 * and what every way in which a server can fail makes of the next one.
 */
#include "tests/unit/client/checkin_scene.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/zone.h"
#include "client/schedule.h"
#include "client/timer.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"
#include "domain/settings.h"
#include "tests/support/no_sockets.h"

static int64_t setting(struct checkin_scene *scene, const char *name)
{
	struct buf text = BUF_INIT;
	int64_t value = -1;
	assert_done(settings_get(scene->device.db, name, &text, err));
	assert_true(text_parse_i64(buf_str(&text), 0, INT64_MAX, &value));
	buf_clear(&text);
	return value;
}

/* ---- when ---- */

static void without_a_grant_there_is_no_socket(void **state)
{
	struct checkin_scene *scene = *state;
	struct err why;
	assert_done(consent_withdraw(scene->device.db, "carla", SERVICE_UNSET,
				     device_time(), NULL, err));
	device_close(&scene->device);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (!no_sockets()) {
			_exit(77);
		}
		device_open(&scene->device);
		bool never = checkin_scene_round(scene) == TIMER_NEVER;
		checkin_scene_ask(scene, &why);
		_exit(never && why.kind == ERR_DENIED ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) &&
		    (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77));
	device_open(&scene->device);
	assert_int_equal(checkin_scene_last(scene).number, 0);
	assert_int_equal(entries(scene->device.db, LEDGER_CHECK_IN), 0);
}

static void a_device_without_a_certificate_stays_silent(void **state)
{
	struct checkin_scene *scene = *state;
	struct err why;
	char *path =
		device_config_key_path(&scene->device.config, "identity.pem");
	checkin_scene_server(scene, "tus:");
	assert_int_equal(remove(path), 0);
	mem_free(path);
	assert_true(checkin_scene_round(scene) == TIMER_NEVER);
	checkin_scene_ask(scene, &why);
	assert_non_null(strstr(why.text, "no certificate"));
	/* Nobody was asked, so nothing failed that would be told later. */
	assert_int_equal(checkin_scene_state(scene).failures, 0);
	assert_string_equal(checkin_scene_state(scene).problem, "");
	assert_true(fault_is_quiet(&scene->server));
}

static void the_first_is_due_at_once_and_the_next_in_its_slot(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	checkin_scene_server(scene, "tus:");
	int64_t now = device_time();
	int64_t next = checkin_scene_round(scene);
	assert_true(next > now && next <= now + 3600 + 180);
	assert_int_equal(checkin_scene_state(scene).next_at, next);
	assert_int_equal(checkin_scene_state(scene).last_at, now);
	checkin_scene_hear(scene, line);
	/* Not before, and then. */
	device_set_time(next - 1);
	assert_true(checkin_scene_round(scene) == next);
	assert_int_equal(checkin_scene_last(scene).number, 1);
	device_set_time(next);
	int64_t third = checkin_scene_round(scene);
	assert_true(third > next && third <= next + 3600 + 180);
	assert_int_equal(checkin_scene_last(scene).number, 2);
	assert_int_equal(checkin_scene_last(scene).reason, CHECKIN_SLOT);
}

static void an_idle_one_is_one_request_within_its_budget(void **state)
{
	struct checkin_scene *scene = *state;
	char line[256];
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene); /* tells the log's key and head */
	checkin_scene_hear(scene, line);
	fault_expect(&scene->server, "end", line, sizeof(line));
	device_set_time(checkin_scene_state(scene).next_at);
	(void)checkin_scene_round(scene);
	fault_expect(&scene->server, "connection", line, sizeof(line));
	fault_expect(&scene->server, "request", line, sizeof(line));
	assert_string_equal(line, "request POST /v1/checkin");
	checkin_scene_hear(scene, line);
	assert_true(
		text_starts_with(line, "outcomes=0 rows=0 key=0 old=0 head=0"));
	fault_expect(&scene->server, "", line, sizeof(line));
	assert_string_equal(line, "end");
	assert_true(fault_is_quiet(&scene->server));
	struct checkin_done last = checkin_scene_last(scene);
	assert_string_equal(last.result, "ok");
	if (last.bytes_out + last.bytes_in > 1425 || last.bytes_out == 0 ||
	    last.bytes_in == 0) {
		fail_msg("%d and %d bytes", (int)last.bytes_out,
			 (int)last.bytes_in);
	}
}

static void a_clock_that_was_set_back_holds_nothing_up(void **state)
{
	struct checkin_scene *scene = *state;
	int64_t now = device_time();
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	device_set_time(now - 400 * DAY_S);
	(void)checkin_scene_round(scene);
	assert_int_equal(checkin_scene_last(scene).number, 2);
	assert_true(checkin_scene_state(scene).next_at <
		    now - 400 * DAY_S + 4000);
}

static void a_shorter_interval_takes_effect_at_once(void **state)
{
	struct checkin_scene *scene = *state;
	checkin_scene_server(scene, "tus:interval=86400");
	int64_t now = device_time();
	(void)checkin_scene_round(scene);
	assert_done(checkin_setting_set(scene->device.db, "ada", "checkin_most",
					"1h", now, err));
	assert_true(checkin_scene_round(scene) <= now + 3600 + 180);
	assert_int_equal(checkin_scene_last(scene).number, 1);
}

static void quiet_hours_are_kept_but_not_from_a_person(void **state)
{
	struct checkin_scene *scene = *state;
	/* Hours of the place: from now on, to an hour before now tomorrow. */
	zone_load("EAST-5:30");
	int64_t here = device_time() + zone_offset(device_time());
	int minute = (int)(here % DAY_S / 60);
	char from[TIMETABLE_TIME_SIZE], until[TIMETABLE_TIME_SIZE], hours[16];
	timetable_put_time(from, minute);
	timetable_put_time(until, (minute + 23 * 60) % TIMETABLE_DAY_MIN);
	(void)snprintf(hours, sizeof(hours), "%s-%s", from, until);
	assert_done(automatic_set(scene->device.db, "ada", "quiet_hours", hours,
				  device_time(), err));
	checkin_scene_server(scene, "tus:");
	int64_t end = device_time() - device_time() % 60 + 23 * 3600;
	int64_t next = checkin_scene_round(scene);
	assert_true(next >= end && next < end + 900);
	assert_int_equal(checkin_scene_last(scene).number, 0);
	checkin_scene_ask_well(scene);
	assert_int_equal(checkin_scene_last(scene).reason, CHECKIN_PERSON);
	/* Planned for after them, and not missing before. */
	struct checkin_state s = checkin_scene_state(scene);
	assert_true(s.next_at >= end && s.next_at < end + 900);
	device_set_time(end - 1);
	assert_int_equal(checkin_scene_state(scene).missed, 0);
	zone_load("UTC0");
}

/* ---- what fails ---- */

struct failure {
	const char *mode;
	const char *words;
	bool permanent;
	int64_t least_s, most_s; /* until it is tried again */
};

static void fails_so(struct checkin_scene *scene, const struct failure *f)
{
	int64_t now = device_time();
	checkin_scene_server(scene, f->mode);
	int64_t next = checkin_scene_round(scene);
	struct checkin_state s = checkin_scene_state(scene);
	if (strstr(s.problem, f->words) == NULL ||
	    s.permanent != f->permanent || s.failures != 1 ||
	    next < now + f->least_s || next > now + f->most_s) {
		fail_msg("%s: \"%s\", %s, %u failures, again in %d s", f->mode,
			 s.problem, s.permanent ? "for good" : "for now",
			 s.failures, (int)(next - now));
	}
	assert_last_entry(scene->device.db, LEDGER_CHECK_IN, "tried again");
	/* It is not tried before that; a person is not held back. */
	device_set_time(next - 1);
	int64_t rows = checkin_scene_last(scene).number;
	checkin_scene_server(scene, "tus:");
	assert_true(checkin_scene_round(scene) == next);
	assert_true(fault_is_quiet(&scene->server));
	device_set_time(now + 15); /* the server's certificate is short */
	checkin_scene_ask_well(scene);
	assert_int_equal(checkin_scene_last(scene).number, rows + 1);
	assert_int_equal(checkin_scene_state(scene).failures, 0);
	assert_false(checkin_scene_state(scene).permanent);
}

/* Each on a device of its own. */
static void each_fails_so(const struct failure *failures, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *scene = NULL;
		(void)checkin_scene_begin(&scene);
		fails_so(scene, &failures[i]);
		(void)checkin_scene_end(&scene);
	}
}

#define SHORT 30, 61 /* the first pause */
#define LONG 3 * 3600, 6 * 3600 + 1
#define DAILY 86400, 86400 * 21 / 20 + 1

static void refusals_are_told_apart(void **state)
{
	static const struct failure failures[] = {
		{ "tus:status=401", "401, \"The test says no\"", true, DAILY },
		{ "tus:status=403", "whether this device is registered", true,
		  DAILY },
		{ "tus:status=400", "400", true, DAILY },
		{ "tus:status=404", "404", true, DAILY },
		{ "tus:status=413", "413", true, DAILY },
		{ "tus:status=422", "422", true, DAILY },
		{ "tus:status=301", "301", false, LONG },
		{ "tus:status=405", "405", false, LONG },
		{ "tus:status=408", "408", false, SHORT },
		{ "tus:status=409", "409", false, SHORT },
		{ "tus:status=429", "429", false, SHORT },
		{ "tus:status=429,after=600", "429", false, 600, 662 },
		{ "tus:status=500", "500", false, SHORT },
		{ "tus:status=503,after=7200", "503", false, 7200, 7922 },
		/* At most a day, and a tenth more by chance. */
		{ "tus:status=403,after=200000", "403", true, 86400, 95041 },
	};
	(void)state;
	each_fails_so(failures, sizeof(failures) / sizeof(failures[0]));
}

static void connections_that_break_are_tried_again_soon(void **state)
{
	static const struct failure failures[] = {
		{ "close-at-once", "", false, SHORT },
		{ "close-after-handshake", "", false, SHORT },
		{ "close-in-request", "", false, SHORT },
		{ "plain", "", false, SHORT },
		{ "tls13", "", false, SHORT },
		{ "tus:garbage", "no usable answer", false, SHORT },
		{ "tus:lose", "", false, SHORT },
		{ "tus:empty", "cannot be believed", false, SHORT },
		{ "tus:other-key", "cannot be believed", false, SHORT },
		{ "tus:other-device", "another device", false, SHORT },
		{ "tus:other-nonce", "another question", false, SHORT },
	};
	(void)state;
	each_fails_so(failures, sizeof(failures) / sizeof(failures[0]));
}

static void a_server_that_asks_to_wait_holds_deliveries_too(void **state)
{
	struct checkin_scene *scene = *state;
	int64_t until = 0, now = device_time();
	checkin_scene_server(scene, "tus:status=503,after=600");
	int64_t next = checkin_scene_round(scene);
	assert_done(queue_held_until(scene->device.db, now, &until, err));
	assert_true(until >= now + 600 && until <= next);
	/* And what a delivery was asked for holds check-ins. */
	checkin_scene_server(scene, "tus:");
	checkin_scene_ask_well(scene);
	int64_t later = checkin_scene_state(scene).next_at + 500;
	assert_done(queue_hold_until(scene->device.db, later, err));
	device_set_time(later - 300);
	assert_true(checkin_scene_round(scene) == later);
}

static void pauses_grow_with_each_failure(void **state)
{
	struct checkin_scene *scene = *state;
	int64_t longest = 60;
	checkin_scene_server(scene, "tus:status=500");
	for (int i = 0; i < 10; i++) {
		int64_t now = device_time();
		int64_t next = checkin_scene_round(scene);
		assert_true(next >= now + longest / 2 && next <= now + longest);
		longest = longest * 2 < SCHEDULE_LONGEST_S ? longest * 2
							   : SCHEDULE_LONGEST_S;
		device_set_time(next);
	}
	assert_int_equal(checkin_scene_state(scene).failures, 10);
	assert_true(checkin_scene_state(scene).missed >= CHECKINS_MISSED_WARN);
}

/*
 * Nobody is asked while the root cannot be read. A person can put it right at
 * any time, so it is not for good; the pauses grow all the same, or the day's
 * tries would be used up within the hour.
 */
static void a_root_that_cannot_be_read_has_pauses_that_grow(void **state)
{
	struct checkin_scene *scene = *state;
	int64_t longest = 60;
	checkin_scene_server(scene, "tus:");
	assert_int_equal(truncate(scene->device.config.server_anchor, 0), 0);
	for (unsigned i = 1; i <= 4; i++) {
		int64_t now = device_time();
		int64_t next = checkin_scene_round(scene);
		struct checkin_state s = checkin_scene_state(scene);
		assert_int_equal(s.failures, i);
		assert_false(s.permanent);
		assert_true(s.problem[0] != '\0');
		assert_in_range(next, now + longest / 2, now + longest);
		longest *= 2;
		device_set_time(next);
	}
	assert_true(fault_is_quiet(&scene->server));
}

static void the_days_tries_end_and_come_back(void **state)
{
	struct checkin_scene *scene = *state;
	int64_t now = device_time();
	for (int i = 0; i < RETRY_BUDGET_TRIES - 1; i++) {
		assert_done(retry_budget_spend(scene->device.db, now, err));
	}
	checkin_scene_server(scene, "tus:status=500");
	/* The last try of the day is its own. */
	assert_true(checkin_scene_round(scene) == now + RETRY_BUDGET_WINDOW_S);
	device_set_time(now + RETRY_BUDGET_WINDOW_S - 1);
	checkin_scene_server(scene, "tus:");
	(void)checkin_scene_round(scene);
	assert_true(fault_is_quiet(&scene->server));
	device_close(&scene->device); /* over a restart, too */
	device_open(&scene->device);
	(void)checkin_scene_round(scene);
	assert_true(fault_is_quiet(&scene->server));
	checkin_scene_ask_well(scene); /* a person's goes */
	device_set_time(now + RETRY_BUDGET_WINDOW_S + 4000);
	(void)checkin_scene_round(scene);
	assert_int_equal(checkin_scene_last(scene).reason, CHECKIN_SLOT);
}

static void a_month_without_bytes_left_is_waited_out(void **state)
{
	struct checkin_scene *scene = *state;
	struct queue_month month;
	struct err why;
	assert_done(queue_setting_set(scene->device.db, "ada", "month_limit",
				      "1", device_time(), err));
	assert_done(queue_settle(scene->device.db, 0, QUEUE_MEGABYTE - 100,
				 device_time(), err));
	assert_done(
		queue_month_read(scene->device.db, device_time(), &month, err));
	checkin_scene_server(scene, "tus:");
	assert_true(checkin_scene_round(scene) >= month.ends_at);
	checkin_scene_ask(scene, &why);
	assert_int_equal(why.kind, ERR_LIMIT);
	assert_int_equal(checkin_scene_last(scene).number, 0);
	assert_int_equal(setting(scene, "checkin_failures"), 0);
}

static void what_leaves_counts_towards_the_month(void **state)
{
	struct checkin_scene *scene = *state;
	struct queue_month month;
	checkin_scene_server(scene, "tus:");
	checkin_scene_ask_well(scene);
	assert_done(
		queue_month_read(scene->device.db, device_time(), &month, err));
	/* The handshake, too; what was booked ahead is given back. */
	assert_true(month.used > checkin_scene_last(scene).bytes_out);
	assert_true(month.used < 8000);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, checkin_scene_begin, \
					checkin_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(without_a_grant_there_is_no_socket),
		TEST(a_device_without_a_certificate_stays_silent),
		TEST(the_first_is_due_at_once_and_the_next_in_its_slot),
		TEST(an_idle_one_is_one_request_within_its_budget),
		TEST(a_clock_that_was_set_back_holds_nothing_up),
		TEST(a_shorter_interval_takes_effect_at_once),
		TEST(quiet_hours_are_kept_but_not_from_a_person),
		cmocka_unit_test(refusals_are_told_apart),
		cmocka_unit_test(connections_that_break_are_tried_again_soon),
		TEST(a_server_that_asks_to_wait_holds_deliveries_too),
		TEST(pauses_grow_with_each_failure),
		TEST(a_root_that_cannot_be_read_has_pauses_that_grow),
		TEST(the_days_tries_end_and_come_back),
		TEST(a_month_without_bytes_left_is_waited_out),
		TEST(what_leaves_counts_towards_the_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
