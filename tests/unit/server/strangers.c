/*
 * Strangers come as often as they like: lines and entries do not.
 */
#include "server/strangers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "domain/throttle.h"
#include "tests/unit/server/samples.h"

/* What was written to the pipe so far. */
static void read_all(int fd, char *text, size_t size)
{
	ssize_t got = read(fd, text, size - 1);
	text[got < 0 ? 0 : got] = '\0';
}

static size_t lines_of(const char *text)
{
	size_t n = 0;
	for (; (text = strchr(text, '\n')) != NULL; text++) {
		n++;
	}
	return n;
}

static void the_running_log_has_so_many_lines_a_minute(void **state)
{
	int pipe_fds[2];
	char text[8192];
	(void)state;
	assert_int_equal(0, pipe(pipe_fds));
	const struct log log = { .fd = pipe_fds[1],
				 .least = LOG_INFO_LEVEL,
				 .program = "test" };
	static const struct stranger_words words = { "stranger at ",
						     "192.0.2.1",
						     "no certificate" };
	struct strangers strangers = { 0 };
	for (int i = 0; i < 1000; i++) {
		strangers_log(&strangers, &log, &words, i);
	}
	read_all(pipe_fds[0], text, sizeof(text));
	assert_int_equal(STRANGERS_LINES, lines_of(text));
	assert_non_null(strstr(
		text, "stranger at 192.0.2.1: refused: no certificate\n"));
	/* The next minute says how many there were. */
	strangers_log(&strangers, &log, &words, 60000);
	strangers_log(&strangers, &log, &words, 60001);
	read_all(pipe_fds[0], text, sizeof(text));
	assert_int_equal(2, lines_of(text));
	assert_non_null(strstr(text, "980 more"));
	assert_null(strstr(strchr(text, '\n'), "more"));
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
}

/* One after the other, in the hour of monotonic_ms. */
static int count_at(struct samples *s, const char *name, const char *address,
		    int times, int64_t monotonic_ms)
{
	int entries = 0;
	for (int i = 0; i < times; i++) {
		struct err err = { 0 };
		bool entry = false;
		const struct stranger who = { name, address, SAMPLES_NOW,
					      monotonic_ms };
		assert_true(strangers_count(&s->server.strangers, s->server.db,
					    &who, &entry, &err));
		entries += entry ? 1 : 0;
	}
	return entries;
}

/* Each in an hour of its own, so that only name and address limit it. */
static int count(struct samples *s, const char *name, const char *address,
		 int times)
{
	int entries = 0;
	static const int64_t hour_ms = 3600000;
	for (int i = 0; i < times; i++) {
		entries += count_at(s, name, address, 1,
				    (s->server.strangers.hour + 1) * hour_ms);
	}
	return entries;
}

static int64_t rows_of_tries(struct samples *s)
{
	struct stmt q;
	struct err err = { 0 };
	assert_true(db_query(s->server.db, &q,
			     "SELECT count(*) FROM sign_in_tries", &err));
	int64_t rows = db_row(&q) ? db_int(&q, 0) : -1;
	assert_true(db_done(&q, &err));
	return rows;
}

/* Ever other names from ever other addresses: IPv6 has enough of both. */
static void many_names_and_addresses_leave_no_more_rows(void **state)
{
	struct samples *s = *state;
	int entries = 0;
	for (int i = 0; i < 1000; i++) {
		char name[16], address[32];
		snprintf(name, sizeof(name), "ex8-%d", i);
		snprintf(address, sizeof(address), "2001:db8::%x", i);
		entries += count_at(s, name, address, 1, 1000 + i);
	}
	assert_int_equal(STRANGERS_COUNTED, entries);
	assert_int_equal(2 * STRANGERS_COUNTED, rows_of_tries(s));
	/* The next hour has room again. */
	assert_int_equal(1, count_at(s, "ex9", "2001:db8::9", 1, 3600000));
}

static void entries_come_to_an_end_by_name_and_by_address(void **state)
{
	struct samples *s = *state;
	char name[16];
	assert_int_equal(THROTTLE_TRIES, count(s, "ex7-1", "192.0.2.1", 100));
	/* The same name from anywhere, any name from there. */
	assert_int_equal(0, count(s, "ex7-1", "192.0.2.2", 100));
	assert_int_equal(0, count(s, "ex7-2", "192.0.2.1", 100));
	/* From another place with ever another name. */
	int entries = 0;
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "ex8-%d", i);
		entries += count(s, name, "2001:db8::1", 1);
	}
	assert_int_equal(THROTTLE_TRIES, entries);
}

/* Staff sign in by the same table and are not kept out. */
static void nobody_keeps_staff_out_from_here(void **state)
{
	struct samples *s = *state;
	struct throttle_try attempt;
	struct err err = { 0 };
	count(s, "anna", "192.0.2.1", 100);
	assert_true(throttle_begin(s->server.db, "anna", "192.0.2.1",
				   SAMPLES_NOW, &attempt, &err));
	assert_int_equal(0, attempt.pause_s);
	/* Nor whose name begins as what devices are counted by. */
	count(s, "berta", "192.0.2.1", 100);
	assert_true(throttle_begin(s->server.db, "device.berta", "192.0.2.1",
				   SAMPLES_NOW, &attempt, &err));
	assert_int_equal(0, attempt.pause_s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_running_log_has_so_many_lines_a_minute),
		SAMPLES_TEST(many_names_and_addresses_leave_no_more_rows),
		SAMPLES_TEST(entries_come_to_an_end_by_name_and_by_address),
		SAMPLES_TEST(nobody_keeps_staff_out_from_here),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
