/*
 * Bodies: every framing, in pieces of any size, and broken chunks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/http1.h"

#include <string.h>

/* Feeds pieces; gives false on an error. *rest = bytes that were not used. */
static bool feed(const struct http1_head *head, const char *data, size_t len,
		 size_t piece, struct buf *out, size_t *rest, bool *done,
		 struct err *err)
{
	struct http1_body body;
	size_t at = 0;

	http1_body_init(&body, head);
	while (at < len && !body.done) {
		size_t left = len - at;
		size_t used = 0;
		if (!http1_body_feed(&body, data + at,
				     left < piece ? left : piece, &used, out,
				     err)) {
			return false;
		}
		at += used;
	}
	*rest = len - at;
	*done = body.done;
	return http1_body_finish(&body, err);
}

static const struct http1_head chunked = { .framing = HTTP1_CHUNKED };

static void assert_chunks(const char *data, const char *expected,
			  size_t expected_rest)
{
	for (size_t piece = 1; piece < 40; piece++) {
		struct buf out = BUF_INIT;
		size_t rest = 99;
		bool done = false;
		struct err err = { 0 };
		assert_true(feed(&chunked, data, strlen(data), piece, &out,
				 &rest, &done, &err));
		assert_true(done);
		assert_int_equal(rest, expected_rest);
		assert_string_equal(buf_str(&out), expected);
		buf_clear(&out);
	}
}

static void chunks_are_put_together(void **state)
{
	(void)state;
	assert_chunks("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world",
		      0);
	assert_chunks("0\r\n\r\n", "", 0);
	assert_chunks("A\r\n0123456789\r\n0\r\n\r\nHTTP/1.1", "0123456789", 8);
	assert_chunks("00a;name=value;x\r\n0123456789\r\n000\r\n"
		      "Trailer: x\r\n\r\n",
		      "0123456789", 0);
	assert_chunks("1 ;x\r\na\r\n0\r\n\r\n", "a", 0);
}

static void assert_broken(const char *data, enum err_kind kind)
{
	for (size_t piece = 1; piece < 40; piece += 7) {
		struct buf out = BUF_INIT;
		size_t rest;
		bool done;
		struct err err = { 0 };
		assert_false(feed(&chunked, data, strlen(data), piece, &out,
				  &rest, &done, &err));
		assert_int_equal(err.kind, kind);
		buf_clear(&out);
	}
}

static void broken_chunks_are_refused(void **state)
{
	(void)state;
	assert_broken("x\r\n", ERR_INVALID);
	assert_broken("\r\n", ERR_INVALID);
	assert_broken("-1\r\n", ERR_INVALID);
	assert_broken("0x5\r\nhello\r\n", ERR_INVALID);
	assert_broken("5\nhello\r\n0\r\n\r\n", ERR_INVALID);
	assert_broken("5\r\nhelloo\r\n0\r\n\r\n", ERR_INVALID);
	assert_broken("5\r\nhello0\r\n\r\n", ERR_INVALID);
	assert_broken("10000000000000000\r\n", ERR_INVALID);
	assert_broken("5 \r\nhello\r\n", ERR_INVALID);
	assert_broken("5;\x01\r\nhello\r\n", ERR_INVALID);
	assert_broken("0\r\nno colon\r\n\r\n", ERR_INVALID);
	assert_broken("0\r\n: x\r\n\r\n", ERR_INVALID);
	assert_broken("0\r\na: x\rb\r\n\r\n", ERR_INVALID);
}

static void a_body_that_is_cut_can_be_tried_again(void **state)
{
	(void)state;
	assert_broken("5\r\nhel", ERR_RETRY);
	assert_broken("5\r\nhello\r\n", ERR_RETRY);
	assert_broken("5\r\nhello\r\n0\r\n", ERR_RETRY);
}

static void lines_between_chunks_are_bounded(void **state)
{
	struct buf data = BUF_INIT;

	(void)state;
	buf_put_str(&data, "1;");
	for (int i = 0; i < HTTP1_CHUNK_LINE_MAX; i++) {
		buf_put_char(&data, 'x');
	}
	assert_broken(buf_str(&data), ERR_LIMIT);
	buf_reset(&data);
	buf_put_str(&data, "0\r\n");
	for (int i = 0; i < HTTP1_TRAILER_MAX / 4; i++) {
		buf_put_str(&data, "a:b\r\n");
	}
	assert_broken(buf_str(&data), ERR_LIMIT);
	buf_clear(&data);
}

static void a_length_ends_the_body(void **state)
{
	struct http1_head head = { .framing = HTTP1_LENGTH,
				   .content_length = 5 };

	(void)state;
	for (size_t piece = 1; piece < 12; piece++) {
		struct buf out = BUF_INIT;
		size_t rest = 99;
		bool done = false;
		assert_true(feed(&head, "hello next", 10, piece, &out, &rest,
				 &done, NULL));
		assert_true(done);
		assert_int_equal(rest, 5);
		assert_string_equal(buf_str(&out), "hello");
		buf_clear(&out);
	}
	struct buf out = BUF_INIT;
	size_t rest;
	bool done;
	struct err err = { 0 };
	assert_false(feed(&head, "hell", 4, 4, &out, &rest, &done, &err));
	assert_int_equal(err.kind, ERR_RETRY);
	buf_clear(&out);
}

static void no_body_and_length_0_are_done_at_once(void **state)
{
	static const struct http1_head heads[] = {
		{ .framing = HTTP1_NO_BODY },
		{ .framing = HTTP1_LENGTH, .content_length = 0 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf out = BUF_INIT;
		size_t rest = 0;
		bool done = false;
		assert_true(feed(&heads[i], "next", 4, 4, &out, &rest, &done,
				 NULL));
		assert_true(done);
		assert_int_equal(rest, 4);
		assert_int_equal(out.len, 0);
	}
}

static void the_close_ends_a_body_without_length(void **state)
{
	struct http1_head head = { .framing = HTTP1_TO_CLOSE };
	struct buf out = BUF_INIT;
	size_t rest = 99;
	bool done = true;

	(void)state;
	assert_true(feed(&head, "hello", 5, 2, &out, &rest, &done, NULL));
	assert_false(done);
	assert_int_equal(rest, 0);
	assert_string_equal(buf_str(&out), "hello");
	buf_clear(&out);
}

static void an_endless_body_stops_at_the_bound_of_out(void **state)
{
	static const struct http1_head heads[] = {
		{ .framing = HTTP1_TO_CLOSE },
		{ .framing = HTTP1_LENGTH, .content_length = 1 << 30 },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf out = { .max = 8 };
		size_t rest;
		bool done;
		struct err err = { 0 };
		assert_false(feed(&heads[i], "0123456789", 10, 3, &out, &rest,
				  &done, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(broken_chunks_are_refused),
		cmocka_unit_test(a_body_that_is_cut_can_be_tried_again),
		cmocka_unit_test(lines_between_chunks_are_bounded),
		cmocka_unit_test(a_length_ends_the_body),
		cmocka_unit_test(no_body_and_length_0_are_done_at_once),
		cmocka_unit_test(the_close_ends_a_body_without_length),
		cmocka_unit_test(an_endless_body_stops_at_the_bound_of_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
