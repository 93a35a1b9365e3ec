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
	struct strangers strangers = { 0 };
	for (int i = 0; i < 1000; i++) {
		strangers_log(&strangers, &log, "192.0.2.1", "no certificate",
			      i);
	}
	read_all(pipe_fds[0], text, sizeof(text));
	assert_int_equal(STRANGERS_LINES, lines_of(text));
	assert_non_null(strstr(text, "192.0.2.1"));
	/* The next minute says how many there were. */
	strangers_log(&strangers, &log, "192.0.2.1", "no certificate", 60000);
	strangers_log(&strangers, &log, "192.0.2.1", "no certificate", 60001);
	read_all(pipe_fds[0], text, sizeof(text));
	assert_int_equal(2, lines_of(text));
	assert_non_null(strstr(text, "980 more"));
	assert_null(strstr(strchr(text, '\n'), "more"));
	(void)close(pipe_fds[0]);
	(void)close(pipe_fds[1]);
}

static int count(struct samples *s, const char *name, const char *address,
		 int times)
{
	int entries = 0;
	for (int i = 0; i < times; i++) {
		struct err err = { 0 };
		bool entry = false;
		assert_true(strangers_count(s->server.db, name, address,
					    SAMPLES_NOW, &entry, &err));
		entries += entry ? 1 : 0;
	}
	return entries;
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
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_running_log_has_so_many_lines_a_minute),
		SAMPLES_TEST(entries_come_to_an_end_by_name_and_by_address),
		SAMPLES_TEST(nobody_keeps_staff_out_from_here),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
