/*
 * Waiting with an end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/deadline.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

struct pipes {
	int data[2];
	int stop[2];
};

static int make_pipes(void **state)
{
	static struct pipes pipes;
	*state = &pipes;
	return pipe(pipes.data) != 0 || pipe(pipes.stop) != 0;
}

static int close_pipes(void **state)
{
	const struct pipes *pipes = *state;
	(void)close(pipes->data[0]);
	(void)close(pipes->data[1]);
	(void)close(pipes->stop[0]);
	(void)close(pipes->stop[1]);
	return 0;
}

static void what_is_there_needs_no_wait(void **state)
{
	const struct pipes *pipes = *state;
	struct deadline over = deadline_in(0, -1);
	assert_int_equal(write(pipes->data[1], "x", 1), 1);
	assert_true(
		deadline_wait(pipes->data[0], POLLIN, &over, "bytes", NULL));
}

static void the_end_names_what_was_waited_for(void **state)
{
	const struct pipes *pipes = *state;
	struct deadline over = deadline_in(0, -1);
	struct err err = { .kind = ERR_NONE };
	assert_false(deadline_wait(pipes->data[0], POLLIN, &over,
				   "the server's answer", &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, "the server's answer"));
}

static void a_stop_comes_before_what_is_there(void **state)
{
	const struct pipes *pipes = *state;
	struct deadline later = deadline_in(60000, pipes->stop[0]);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(write(pipes->data[1], "x", 1), 1);
	assert_int_equal(write(pipes->stop[1], "x", 1), 1);
	assert_false(
		deadline_wait(pipes->data[0], POLLIN, &later, "bytes", &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_non_null(strstr(err.text, "Stopped"));
}

static void a_peer_that_is_gone_ends_the_wait(void **state)
{
	struct pipes *pipes = *state;
	struct deadline later = deadline_in(60000, -1);
	(void)close(pipes->data[1]);
	pipes->data[1] = -1;
	assert_true(
		deadline_wait(pipes->data[0], POLLIN, &later, "bytes", NULL));
}

static void a_part_ends_with_the_whole(void **state)
{
	(void)state;
	struct deadline whole = deadline_in(600000, 7);
	struct deadline part = deadline_within(&whole, 6000000);
	assert_true(part.at_ms == whole.at_ms);
	assert_int_equal(part.stop_fd, 7);
	part = deadline_within(&whole, 10);
	assert_true(part.at_ms < whole.at_ms);
}

static void what_is_left_fits_poll(void **state)
{
	(void)state;
	struct deadline past = deadline_in(-5, -1);
	assert_int_equal(deadline_left_ms(&past), 0);
	struct deadline far = deadline_in((int64_t)INT_MAX * 4, -1);
	assert_int_equal(deadline_left_ms(&far), INT_MAX);
}

static bool says_no(void *ctx, struct err *err)
{
	(*(unsigned *)ctx)++;
	return err_set(err, ERR_DENIED, "not any more");
}

static void whoever_is_asked_after_a_wait_can_end_it(void **state)
{
	const struct pipes *pipes = *state;
	unsigned asked = 0;
	const struct deadline_check check = { says_no, &asked };
	struct deadline whole = deadline_in(60000, -1);
	struct err err = { .kind = ERR_NONE };
	assert_true(deadline_may(&whole, NULL));
	whole.check = &check;
	struct deadline part = deadline_within(&whole, 50000);
	assert_int_equal(write(pipes->data[1], "x", 1), 1);
	assert_false(
		deadline_wait(pipes->data[0], POLLIN, &part, "bytes", &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_int_equal(asked, 1);
	assert_false(deadline_may(&part, NULL));
}

/* Where the other side is faster than we are there is no wait to end. */
static void a_stop_is_seen_between_waits(void **state)
{
	const struct pipes *pipes = *state;
	unsigned asked = 0;
	const struct deadline_check check = { says_no, &asked };
	struct deadline whole = deadline_in(60000, pipes->stop[0]);
	struct err err = { .kind = ERR_NONE };
	assert_true(deadline_may(&whole, NULL));
	whole.check = &check;
	assert_int_equal(write(pipes->stop[1], "x", 1), 1);
	assert_false(deadline_may(&whole, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	assert_string_equal(err.text, "Stopped on the way.");
	assert_int_equal(asked, 0);
}

static void a_pause_ends_by_itself_and_asks(void **state)
{
	const struct pipes *pipes = *state;
	unsigned asked = 0;
	const struct deadline_check check = { says_no, &asked };
	struct deadline whole = deadline_in(60000, pipes->stop[0]);
	struct err err = { .kind = ERR_NONE };
	assert_true(deadline_pause(1, &whole, "the rate", NULL));
	whole.check = &check;
	assert_false(deadline_pause(1, &whole, "the rate", &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_int_equal(asked, 1);
}

static void a_pause_ends_with_the_deadline_or_a_stop(void **state)
{
	const struct pipes *pipes = *state;
	struct err err = { .kind = ERR_NONE };
	struct deadline whole = deadline_in(1, pipes->stop[0]);
	assert_false(deadline_pause(1000000, &whole, "the rate", &err));
	assert_string_equal(err.text, "The time for the rate is over.");
	whole = deadline_in(1000000, pipes->stop[0]);
	assert_int_equal(write(pipes->stop[1], "x", 1), 1);
	err_reset(&err);
	assert_false(deadline_pause(1000000, &whole, "the rate", &err));
	assert_string_equal(err.text, "Stopped while waiting for the rate.");
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_pipes, close_pipes)
	const struct CMUnitTest tests[] = {
		TEST(what_is_there_needs_no_wait),
		TEST(the_end_names_what_was_waited_for),
		TEST(whoever_is_asked_after_a_wait_can_end_it),
		TEST(a_stop_is_seen_between_waits),
		TEST(a_pause_ends_by_itself_and_asks),
		TEST(a_pause_ends_with_the_deadline_or_a_stop),
		TEST(a_stop_comes_before_what_is_there),
		TEST(a_peer_that_is_gone_ends_the_wait),
		cmocka_unit_test(a_part_ends_with_the_whole),
		cmocka_unit_test(what_is_left_fits_poll),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
