/*
 * Requests and replies as bytes, also those that nobody should send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/launcher_message.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define OUT_MAX 1000

static void a_request_is_read_as_it_was_put(void **state)
{
	(void)state;
	static const uint32_t numbers[] = { 0, 1, 7, 255, 65536, UINT32_MAX };
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		uint8_t bytes[LAUNCHER_REQUEST_SIZE];
		uint32_t number = 0;
		launcher_put_request(bytes, numbers[i]);
		assert_true(launcher_read_request(bytes, &number, NULL));
		assert_int_equal(number, numbers[i]);
	}
}

static void assert_round(const struct launcher_reply *reply)
{
	uint8_t bytes[LAUNCHER_REPLY_SIZE];
	struct launcher_reply read = { .kind = ERR_BUG };
	launcher_put_reply(bytes, reply);
	assert_true(launcher_read_reply(bytes, OUT_MAX, &read, NULL));
	assert_memory_equal(&read, reply, sizeof(read));
}

static void a_reply_is_read_as_it_was_put(void **state)
{
	(void)state;
	static const struct launcher_reply replies[] = {
		{ ERR_NONE, 0, 0, 0 },
		{ ERR_NONE, 0, LAUNCHER_SAID_MAX, OUT_MAX },
		{ ERR_BUG, ERR_TEXT_SIZE - 1, 12, 0 },
	};
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		assert_round(&replies[i]);
	}
}

static void assert_refused(const struct launcher_reply *reply,
			   enum err_kind kind)
{
	uint8_t bytes[LAUNCHER_REPLY_SIZE];
	struct launcher_reply read = { .kind = ERR_BUG, .out_bytes = 77 };
	struct err err = { .kind = ERR_NONE };
	launcher_put_reply(bytes, reply);
	assert_false(launcher_read_reply(bytes, OUT_MAX, &read, &err));
	assert_int_equal(err.kind, kind);
	assert_int_equal(read.out_bytes, 77);
}

static void lengths_beyond_the_limits_are_refused(void **state)
{
	(void)state;
	static const struct launcher_reply invalid[] = {
		{ (enum err_kind)(ERR_BUG + 1), 0, 0, 0 },
		{ ERR_IO, ERR_TEXT_SIZE, 0, 0 },
		{ ERR_IO, 1, 0, 1 },
		{ ERR_NONE, 1, 0, 0 },
		{ ERR_NONE, 0, LAUNCHER_SAID_MAX + 1, 0 },
		{ ERR_NONE, 0, UINT32_MAX, UINT32_MAX },
	};
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		assert_refused(&invalid[i], ERR_INVALID);
	}
	const struct launcher_reply longer = { ERR_NONE, 0, 0, OUT_MAX + 1 };
	assert_refused(&longer, ERR_LIMIT);
	const struct launcher_reply longest = { ERR_NONE, 0, 0, UINT32_MAX };
	assert_refused(&longest, ERR_LIMIT);
}

/* The same numbers each time: what fails once fails always. */
static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Any bytes: refused, or within all limits and put back as the same bytes. */
static void try_reply(const uint8_t bytes[LAUNCHER_REPLY_SIZE])
{
	uint8_t again[LAUNCHER_REPLY_SIZE];
	struct launcher_reply reply;
	if (launcher_read_reply(bytes, OUT_MAX, &reply, NULL)) {
		assert_true(reply.text_bytes < ERR_TEXT_SIZE);
		assert_true(reply.said_bytes <= LAUNCHER_SAID_MAX);
		assert_true(reply.out_bytes <= OUT_MAX);
		launcher_put_reply(again, &reply);
		assert_memory_equal(again, bytes, sizeof(again));
	}
}

static void any_bytes_are_survived(void **state)
{
	(void)state;
	uint32_t seed = 1;
	for (int round = 0; round < 200000; round++) {
		uint8_t bytes[LAUNCHER_REPLY_SIZE];
		struct launcher_reply good = { .said_bytes = next(&seed) % 64 };
		uint32_t number;
		launcher_put_reply(bytes, &good);
		/* A good one with a few bytes changed gets further. */
		for (uint32_t n = next(&seed) % 4; n > 0; n--) {
			bytes[next(&seed) % sizeof(bytes)] =
				(uint8_t)next(&seed);
		}
		try_reply(bytes);
		bool is_request = memcmp(bytes, "SLC1", 4) == 0;
		assert_int_equal(launcher_read_request(bytes, &number, NULL),
				 is_request);
	}
}

static void writing_tells_that_the_other_end_is_gone(void **state)
{
	(void)state;
	int ends[2];
	char read_back[8] = "";
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	assert_true(launcher_write(ends[1], "hello", 5));
	assert_int_equal(read(ends[0], read_back, sizeof(read_back)), 5);
	assert_string_equal(read_back, "hello");
	assert_int_equal(close(ends[0]), 0);
	assert_false(launcher_write(ends[1], "hello", 5));
	assert_true(launcher_write(ends[1], "", 0));
	assert_int_equal(close(ends[1]), 0);
	(void)signal(SIGPIPE, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_as_it_was_put),
		cmocka_unit_test(a_reply_is_read_as_it_was_put),
		cmocka_unit_test(lengths_beyond_the_limits_are_refused),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(writing_tells_that_the_other_end_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
