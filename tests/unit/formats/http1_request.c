/*
 * Request heads: exact bytes, and no line that somebody smuggled in.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "formats/http1.h"

#include <string.h>

static void a_head_has_exactly_these_bytes(void **state)
{
	struct buf out = BUF_INIT;
	struct http1_request w;
	struct err err = { 0 };

	(void)state;
	http1_request_start(&w, &out, "POST", "/v1/uploads", "comms.example");
	http1_request_field(&w, "Tus-Resumable", "1.0.0");
	http1_request_number(&w, "Upload-Length", 3912);
	http1_request_number(&w, "Content-Length", 0);
	http1_request_number(&w, "X", UINT64_MAX);
	http1_request_field(&w, "Empty", "");
	assert_true(http1_request_end(&w, &err));
	assert_string_equal(buf_str(&out), "POST /v1/uploads HTTP/1.1\r\n"
					   "Host: comms.example\r\n"
					   "Tus-Resumable: 1.0.0\r\n"
					   "Upload-Length: 3912\r\n"
					   "Content-Length: 0\r\n"
					   "X: 18446744073709551615\r\n"
					   "Empty: \r\n"
					   "\r\n");
	buf_clear(&out);
}

static void assert_refused(const char *method, const char *target,
			   const char *host, const char *name,
			   const char *value)
{
	struct buf out = BUF_INIT;
	struct http1_request w;
	struct err err = { 0 };

	buf_put_str(&out, "before");
	http1_request_start(&w, &out, method, target, host);
	http1_request_field(&w, name, value);
	http1_request_field(&w, "Good", "value");
	assert_false(http1_request_end(&w, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(out.len, 6);
	assert_string_equal(buf_str(&out), "before");
	buf_clear(&out);
}

static void nothing_can_add_a_line(void **state)
{
	(void)state;
	assert_refused("GET", "/", "h", "A", "b\r\nEvil: c");
	assert_refused("GET", "/", "h", "A", "b\nc");
	assert_refused("GET", "/", "h", "A", "b\rc");
	assert_refused("GET", "/", "h", "A\r\nEvil", "b");
	assert_refused("GET", "/", "h", "A:", "b");
	assert_refused("GET", "/", "h", "A B", "b");
	assert_refused("GET", "/", "h", "", "b");
	assert_refused("GET", "/", "h", "A", " b");
	assert_refused("GET", "/", "h", "A", "b ");
	assert_refused("GET", "/ HTTP/1.1\r\nX:", "h", "A", "b");
	assert_refused("GET", "/a b", "h", "A", "b");
	assert_refused("GET", "", "h", "A", "b");
	assert_refused("GET", "/\xc3\xbc", "h", "A", "b");
	assert_refused("GET", "/", "h\r\nX: y", "A", "b");
	assert_refused("GET", "/", "", "A", "b");
	assert_refused("GET /", "/", "h", "A", "b");
	assert_refused("", "/", "h", "A", "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_has_exactly_these_bytes),
		cmocka_unit_test(nothing_can_add_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
