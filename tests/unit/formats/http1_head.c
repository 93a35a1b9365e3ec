/*
 * HTTP/1.1 response heads: what is read, and where two readers could differ.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/http1.h"

#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"

static bool parse(const char *method, const char *text, struct http1_head *head,
		  struct err *err)
{
	return http1_head_parse(method, text, strlen(text), head, err);
}

static void a_head_is_found_when_its_empty_line_has_come(void **state)
{
	static const char text[] = OK "A: b\r\n\r\nbody\r\n\r\n";
	size_t head_len = strlen(OK "A: b\r\n\r\n");
	struct err err = { 0 };

	(void)state;
	for (size_t have = 0; have < sizeof(text); have++) {
		size_t len = 99;
		assert_true(http1_head_size(text, have, &len, &err));
		assert_int_equal(len, have < head_len ? 0 : head_len);
	}
}

static void a_head_without_end_is_refused(void **state)
{
	static char text[HTTP1_HEAD_MAX];
	size_t len = 0;
	struct err err = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_true(http1_head_size(text, sizeof(text) - 1, &len, &err));
	assert_int_equal(len, 0);
	assert_false(http1_head_size(text, sizeof(text), &len, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	err_reset(&err);
	assert_false(http1_head_size("HTTP/1.1 200 OK\n\n", 17, &len, &err));
	assert_int_equal(err.kind, ERR_INVALID);
}

static void status_and_fields_are_told(void **state)
{
	struct http1_head head;
	struct err err = { 0 };

	(void)state;
	assert_true(parse("GET",
			  "HTTP/1.1 201 Created here\r\nLocation: /v1/x\r\n"
			  "content-length:  12 \t\r\nX-Empty:\r\n"
			  "Set: a\r\nset: b\r\n\r\n",
			  &head, &err));
	assert_int_equal(head.status, 201);
	assert_int_equal(head.minor, 1);
	assert_string_equal(head.reason, "Created here");
	assert_int_equal(head.count, 5);
	assert_string_equal(http1_get(&head, "LOCATION"), "/v1/x");
	assert_string_equal(http1_get(&head, "X-Empty"), "");
	assert_string_equal(http1_get(&head, "Set"), "a");
	assert_int_equal(http1_count(&head, "Set"), 2);
	assert_null(http1_get(&head, "Locatio"));
	assert_int_equal(head.framing, HTTP1_LENGTH);
	assert_int_equal(head.content_length, 12);
	assert_true(head.keep_alive);
	http1_head_clear(&head);
}

static void the_reason_may_be_missing(void **state)
{
	struct http1_head head;

	(void)state;
	assert_true(parse("GET", "HTTP/1.0 407 \r\n\r\n", &head, NULL));
	assert_string_equal(head.reason, "");
	http1_head_clear(&head);
	assert_true(parse("GET", "HTTP/1.0 407\r\n\r\n", &head, NULL));
	assert_int_equal(head.status, 407);
	assert_int_equal(head.minor, 0);
	assert_string_equal(head.reason, "");
	http1_head_clear(&head);
}

static void assert_framing(const char *method, const char *text,
			   enum http1_framing framing, bool keep_alive)
{
	struct http1_head head;
	struct err err = { 0 };

	assert_true(parse(method, text, &head, &err));
	assert_int_equal(head.framing, framing);
	assert_int_equal(head.keep_alive, keep_alive);
	http1_head_clear(&head);
}

static void the_framing_follows_the_rfc(void **state)
{
	(void)state;
	assert_framing("GET", OK "\r\n", HTTP1_TO_CLOSE, false);
	assert_framing("GET", OK "Content-Length: 0\r\n\r\n", HTTP1_LENGTH,
		       true);
	assert_framing("GET", OK "Transfer-Encoding: Chunked\r\n\r\n",
		       HTTP1_CHUNKED, true);
	assert_framing("HEAD", OK "Content-Length: 5\r\n\r\n", HTTP1_NO_BODY,
		       true);
	assert_framing("CONNECT", OK "Content-Length: 5\r\n\r\n", HTTP1_NO_BODY,
		       true);
	assert_framing("CONNECT", "HTTP/1.1 407 No\r\n\r\n", HTTP1_TO_CLOSE,
		       false);
	assert_framing("POST", "HTTP/1.1 204 No Content\r\n\r\n", HTTP1_NO_BODY,
		       true);
	assert_framing("POST", "HTTP/1.1 100 Continue\r\n\r\n", HTTP1_NO_BODY,
		       true);
	assert_framing("GET",
		       "HTTP/1.1 304 Not Modified\r\n"
		       "Content-Length: 9\r\n\r\n",
		       HTTP1_NO_BODY, true);
}

static void the_connection_is_kept_only_when_both_want_it(void **state)
{
	(void)state;
	assert_framing("GET",
		       OK "Content-Length: 1\r\nConnection: Close\r\n"
			  "\r\n",
		       HTTP1_LENGTH, false);
	assert_framing("GET",
		       OK "Content-Length: 1\r\nConnection: a\r\n"
			  "Connection: upgrade , close\r\n\r\n",
		       HTTP1_LENGTH, false);
	assert_framing("GET", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n",
		       HTTP1_LENGTH, false);
	assert_framing("GET",
		       "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n"
		       "Connection: keep-alive\r\n\r\n",
		       HTTP1_LENGTH, true);
}

static void conflicting_framing_is_refused(void **state)
{
	static const char *const bad[] = {
		OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
		OK "Content-Length: 1, 1\r\n\r\n",
		OK "Content-Length: +1\r\n\r\n",
		OK "Content-Length: -1\r\n\r\n",
		OK "Content-Length: 0x1\r\n\r\n",
		OK "Content-Length: 1 1\r\n\r\n",
		OK "Content-Length:\r\n\r\n",
		OK "Content-Length: 99999999999999999999\r\n\r\n",
		OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		OK "Transfer-Encoding: gzip, chunked\r\n\r\n",
		OK "Transfer-Encoding: chunked\r\n"
		   "Transfer-Encoding: chunked\r\n\r\n",
		OK "Transfer-Encoding: identity\r\n\r\n",
		OK "Transfer-Encoding: xchunked\r\n\r\n",
		"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http1_head head = { .status = 7 };
		struct err err = { 0 };
		assert_false(parse("GET", bad[i], &head, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(head.status, 7);
	}
}

static void broken_heads_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"\r\n\r\n",
		"HTTP/2 200 OK\r\n\r\n",
		"HTTP/1.2 200 OK\r\n\r\n",
		"HTTP/1.1  200 OK\r\n\r\n",
		"HTTP/1.1 20 OK\r\n\r\n",
		"HTTP/1.1 2000 OK\r\n\r\n",
		"HTTP/1.1 099 OK\r\n\r\n",
		"HTTP/1.1 600 OK\r\n\r\n",
		"HTTP/1.1 200OK\r\n\r\n",
		"http/1.1 200 OK\r\n\r\n",
		"ICY 200 OK\r\n\r\n",
		OK "no colon\r\n\r\n",
		OK ": no name\r\n\r\n",
		OK "A : b\r\n\r\n",
		OK "A: b\r\n folded\r\n\r\n",
		OK " A: b\r\n\r\n",
		OK "A: b\rc\r\n\r\n",
		OK "A: b\nB: c\r\n\r\n",
		OK "A: b\x01\r\n\r\n",
		OK "A: \x7f\r\n\r\n",
		OK "A\xc3\xbc: b\r\n\r\n",
		OK "A: b\r\n",
		OK "A: b\r\n\r\nmore",
		"HTTP/1.1 200 O\rK\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http1_head head;
		struct err err = { 0 };
		if (parse("GET", bad[i], &head, &err)) {
			print_error("accepted: %s\n", bad[i]);
			fail();
		}
		assert_int_equal(err.kind, ERR_INVALID);
	}
	struct http1_head head;
	static const char nul[] = OK "A: b\0c\r\n\r\n";
	assert_false(
		http1_head_parse("GET", nul, sizeof(nul) - 1, &head, NULL));
}

static void fields_are_counted(void **state)
{
	struct buf text = BUF_INIT;
	struct http1_head head;
	struct err err = { 0 };

	(void)state;
	buf_put_str(&text, OK);
	for (int i = 0; i < HTTP1_FIELDS_MAX; i++) {
		buf_put_str(&text, "A: b\r\n");
	}
	size_t full = text.len;
	buf_put_str(&text, "\r\n");
	assert_true(parse("GET", buf_str(&text), &head, &err));
	assert_int_equal(head.count, HTTP1_FIELDS_MAX);
	http1_head_clear(&head);
	text.len = full;
	buf_put_str(&text, "A: b\r\n\r\n");
	assert_false(parse("GET", buf_str(&text), &head, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_found_when_its_empty_line_has_come),
		cmocka_unit_test(a_head_without_end_is_refused),
		cmocka_unit_test(status_and_fields_are_told),
		cmocka_unit_test(the_reason_may_be_missing),
		cmocka_unit_test(the_framing_follows_the_rfc),
		cmocka_unit_test(the_connection_is_kept_only_when_both_want_it),
		cmocka_unit_test(conflicting_framing_is_refused),
		cmocka_unit_test(broken_heads_are_refused),
		cmocka_unit_test(fields_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
