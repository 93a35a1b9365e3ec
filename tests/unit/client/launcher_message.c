/*
 * Requests and replies as bytes, also those that nobody should send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/launcher_message.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUT_MAX 1000

static void a_request_is_read_as_it_was_put(void **state)
{
	(void)state;
	struct launcher_request requests[] = {
		{ LAUNCHER_COLLECT, 0, "" },
		{ LAUNCHER_JOB_LIST, UINT32_MAX, "" },
		{ LAUNCHER_JOB_GET, 7, "12.1-a_B" },
		{ LAUNCHER_JOB_GET, 65536, "" },
		{ LAUNCHER_STOP, 255, "" },
	};
	memset(requests[3].job, 'x', JOB_ID_SIZE - 1);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		uint8_t bytes[LAUNCHER_REQUEST_SIZE];
		struct launcher_request read = { .number = 77 };
		launcher_put_request(bytes, &requests[i]);
		assert_true(launcher_read_request(bytes, &read, NULL));
		assert_int_equal(read.kind, requests[i].kind);
		assert_int_equal(read.number, requests[i].number);
		assert_string_equal(read.job, requests[i].job);
	}
}

static void a_request_must_mean_something(void **state)
{
	(void)state;
	static const struct launcher_request wrong[] = {
		{ (enum launcher_kind)0, 0, "" },
		{ (enum launcher_kind)5, 0, "" },
		{ LAUNCHER_COLLECT, 0, "12" },
		{ LAUNCHER_JOB_LIST, 0, "12" },
		{ LAUNCHER_STOP, 0, "12" },
		{ LAUNCHER_JOB_GET, 0, "" },
		{ LAUNCHER_JOB_GET, 0, "../12" },
		{ LAUNCHER_JOB_GET, 0, "1 2" },
	};
	uint8_t bytes[LAUNCHER_REQUEST_SIZE];
	struct launcher_request read = { .number = 77 };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err err = { .kind = ERR_NONE };
		launcher_put_request(bytes, &wrong[i]);
		assert_false(launcher_read_request(bytes, &read, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
	/* Nothing hides behind the id. */
	const struct launcher_request good = { LAUNCHER_JOB_GET, 0, "12" };
	launcher_put_request(bytes, &good);
	bytes[LAUNCHER_REQUEST_SIZE - 1] = 'x';
	assert_false(launcher_read_request(bytes, &read, NULL));
	assert_int_equal(read.number, 77);
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

static void try_request(uint32_t *seed)
{
	uint8_t bytes[LAUNCHER_REQUEST_SIZE], again[LAUNCHER_REQUEST_SIZE];
	struct launcher_request request = { LAUNCHER_JOB_GET, 1, "12" };
	launcher_put_request(bytes, &request);
	for (uint32_t n = next(seed) % 4; n > 0; n--) {
		bytes[next(seed) % sizeof(bytes)] = (uint8_t)next(seed);
	}
	if (launcher_read_request(bytes, &request, NULL)) {
		assert_true(request.kind != LAUNCHER_JOB_GET ||
			    job_id_valid(request.job));
		launcher_put_request(again, &request);
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
		launcher_put_reply(bytes, &good);
		/* A good one with a few bytes changed gets further. */
		for (uint32_t n = next(&seed) % 4; n > 0; n--) {
			bytes[next(&seed) % sizeof(bytes)] =
				(uint8_t)next(&seed);
		}
		try_reply(bytes);
		try_request(&seed);
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

/* ---- with descriptors ---- */

static void make_sockets(int ends[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

static void a_descriptor_comes_with_its_request(void **state)
{
	(void)state;
	const struct launcher_request request = { LAUNCHER_JOB_GET, 3, "12" };
	uint8_t bytes[LAUNCHER_REQUEST_SIZE], wanted[LAUNCHER_REQUEST_SIZE];
	int sockets[2], ends[2], passed = 77;
	char text[8] = "";
	make_sockets(sockets);
	assert_int_equal(pipe(ends), 0);
	assert_true(launcher_send_request(sockets[0], &request, ends[1]));
	assert_int_equal(close(ends[1]), 0);
	assert_true(launcher_send_request(sockets[0], &request, -1));
	assert_true(launcher_receive(sockets[1], bytes, &passed));
	launcher_put_request(wanted, &request);
	assert_memory_equal(bytes, wanted, sizeof(bytes));
	assert_true(passed >= 0);
	assert_int_equal(fcntl(passed, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(passed, "hello", 5), 5);
	assert_int_equal(close(passed), 0);
	assert_int_equal(read(ends[0], text, sizeof(text)), 5);
	assert_int_equal(read(ends[0], text, sizeof(text)), 0);
	/* The next one has none. */
	assert_true(launcher_receive(sockets[1], bytes, &passed));
	assert_int_equal(passed, -1);
	close(ends[0]);
	close(sockets[0]);
	assert_false(launcher_receive(sockets[1], bytes, &passed));
	assert_int_equal(passed, -1);
	close(sockets[1]);
}

/* Bytes with as many copies of the writing end of the pipe. */
static void send_many(int socket, int fd, const char *text, int count)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(8 * sizeof(int))];
	} passing = { .bytes = { 0 } };
	uint8_t copy[8];
	size_t len = strlen(text);
	memcpy(copy, text, len);
	struct iovec part = { .iov_base = copy, .iov_len = len };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = passing.bytes,
		.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int)),
	};
	passing.head.cmsg_level = SOL_SOCKET;
	passing.head.cmsg_type = SCM_RIGHTS;
	passing.head.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
	for (size_t i = 0; i < (size_t)count; i++) {
		memcpy(CMSG_DATA(&passing.head) + i * sizeof(int), &fd,
		       sizeof(int));
	}
	assert_int_equal(sendmsg(socket, &message, 0), len);
}

static void more_descriptors_are_closed(void **state)
{
	(void)state;
	uint8_t bytes[LAUNCHER_REQUEST_SIZE];
	int sockets[2], ends[2], passed;
	char byte;
	make_sockets(sockets);
	assert_int_equal(pipe(ends), 0);
	for (int count = 1; count <= 8; count++) {
		send_many(sockets[0], ends[1], "SLC2", count);
	}
	close(ends[1]);
	/* It is only half a request: all of them go. */
	close(sockets[0]);
	assert_false(launcher_receive(sockets[1], bytes, &passed));
	assert_int_equal(passed, -1);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	close(sockets[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_as_it_was_put),
		cmocka_unit_test(a_request_must_mean_something),
		cmocka_unit_test(a_reply_is_read_as_it_was_put),
		cmocka_unit_test(lengths_beyond_the_limits_are_refused),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(a_descriptor_comes_with_its_request),
		cmocka_unit_test(more_descriptors_are_closed),
		cmocka_unit_test(writing_tells_that_the_other_end_is_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
