/*
 * Requests and answers over a connection; the syntax is tested with
 * formats/http1, a server's faults in upload.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/http_client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/tcp.h"
#include "tests/support/fault.h"
#include "tests/support/pki_trust.h"

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

static struct pki_trusted device;

static int set_up(void **state)
{
	*state = &device;
	return pki_trust_set_up(state);
}

static const struct http1_field fields[] = {
	{ "Idempotency-Key", "\"one\"" },
	{ NULL, NULL },
};

static const struct http_limits preset = {
	.idle_ms = 20000,
	.send_ms = 20000,
	.answer_ms = 20000,
	.answer_bytes = 16384,
	.stop_fd = -1,
};

static struct tls_client *connect_to(const struct fault *fault)
{
	struct tcp_addresses found;
	struct tls_client *tls = NULL;
	struct deadline soon = deadline_in(20000, -1);
	int fd;
	assert_true(tcp_resolve("127.0.0.1", fault->port, &soon, &found, NULL));
	assert_true(tcp_connect(&found, "127.0.0.1", fault->port, &soon, &fd,
				NULL));
	assert_true(tls_client_open(fd, device.trust, PKI_NAME, device.pki.now,
				    &soon, NULL, &tls, NULL));
	return tls;
}

/* One exchange with a server in this mode. told may be NULL. */
static bool exchange(const char *mode, const struct http_request *request,
		     const struct http_limits *limits,
		     struct http_answer *answer, char told[160],
		     struct err *err)
{
	struct fault fault;
	fault_start(&fault, &device.pki, mode, NULL, NULL);
	struct tls_client *tls = connect_to(&fault);
	bool ok = http_exchange(tls, request, limits, device.pki.now, answer,
				err);
	tls_client_close(tls);
	if (told != NULL) {
		fault_expect(&fault, "upload", told, 160);
	}
	fault_stop(&fault);
	return ok;
}

static struct http_request post(const struct http_body *body)
{
	return (struct http_request){
		.method = "POST",
		.target = "/v1/uploads",
		.host = PKI_NAME,
		.fields = fields,
		.body_type = "text/plain",
		.body = *body,
	};
}

/* A file that is deleted already; size bytes of zeros. */
static int make_file(off_t size)
{
	FILE *file = tmpfile();
	assert_non_null(file);
	int fd = dup(fileno(file));
	assert_true(fd >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(ftruncate(fd, size), 0);
	return fd;
}

static void a_body_streams_from_a_file(void **state)
{
	(void)state;
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct err err = { .kind = ERR_NONE };
	char told[160];
	int fd = make_file(300000);
	const struct http_body body = { .fd = fd, .size = 300000 };
	struct http_request request = post(&body);
	if (!exchange("ok", &request, &preset, &answer, told, &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(answer.head.status, 201);
	assert_non_null(strstr(told, " 300000"));
	http_answer_clear(&answer);
	(void)close(fd);
}

static void an_empty_body_is_a_body(void **state)
{
	(void)state;
	struct http_answer answer = HTTP_ANSWER_INIT;
	char told[160];
	const struct http_body body = { .data = "", .fd = -1 };
	struct http_request request = post(&body);
	assert_true(exchange("ok", &request, &preset, &answer, told, NULL));
	assert_non_null(strstr(told, " 0"));
	http_answer_clear(&answer);
}

static void a_file_that_shrinks_stops_the_request(void **state)
{
	(void)state;
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct err err = { .kind = ERR_NONE };
	int fd = make_file(1000);
	const struct http_body body = { .fd = fd, .size = 2000 };
	struct http_request request = post(&body);
	assert_false(exchange("ok", &request, &preset, &answer, NULL, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_false(answer.have_head);
	(void)close(fd);
}

static void a_field_with_a_line_break_is_not_sent(void **state)
{
	(void)state;
	static const struct http1_field bad[] = {
		{ "Idempotency-Key", "\"one\"\r\nEvil: yes" },
		{ NULL, NULL },
	};
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct err err = { .kind = ERR_NONE };
	const struct http_body body = { .data = "x", .fd = -1, .size = 1 };
	struct http_request request = post(&body);
	request.fields = bad;
	assert_false(exchange("ok", &request, &preset, &answer, NULL, &err));
	assert_int_equal(err.kind, ERR_INVALID);
}

static void an_answer_over_the_limit_is_told_as_that(void **state)
{
	(void)state;
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct http_limits small = preset;
	const struct http_body body = { .data = "x", .fd = -1, .size = 1 };
	struct http_request request = post(&body);
	static const char *const modes[] = { "ok", "endless-body",
					     "endless-chunks" };
	small.answer_bytes = 20;
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct err err = { .kind = ERR_NONE };
		assert_false(exchange(modes[i], &request, &small, &answer, NULL,
				      &err));
		assert_int_equal(err.kind, ERR_LIMIT);
	}
}

/* Two requests on one connection; is it to be kept after the first? */
static bool keeps(const char *mode, bool wanted)
{
	struct fault fault;
	struct http_request request = { .method = "GET",
					.target = "/v1/recipients",
					.host = PKI_NAME,
					.keep = wanted };
	bool keep = true;
	fault_start(&fault, &device.pki, mode, NULL, NULL);
	struct tls_client *tls = connect_to(&fault);
	for (int i = 0; i < 2 && keep; i++) {
		struct http_answer answer = HTTP_ANSWER_INIT;
		assert_true(http_exchange(tls, &request, &preset,
					  device.pki.now, &answer, NULL));
		assert_int_equal(answer.head.status, 200);
		assert_string_equal(buf_str(&answer.body),
				    "sluice.recipients/v1\n");
		keep = answer.keep;
		assert_false(tls_client_is_lost(tls));
		http_answer_clear(&answer);
	}
	tls_client_close(tls);
	fault_stop(&fault);
	return keep;
}

static void a_connection_takes_several_requests(void **state)
{
	(void)state;
	assert_true(keeps("tus:", true));
	assert_false(keeps("tus:", false));
	assert_false(keeps("tus:close", true));
	/* What follows unasked must not be the next answer. */
	assert_false(keeps("tus:extra", true));
}

static void a_server_that_hung_up_is_told_from_a_late_one(void **state)
{
	(void)state;
	static const struct {
		const char *mode;
		bool lost;
	} cases[] = { { "tus:lose", true }, { "silent", false } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault fault;
		struct http_answer answer = HTTP_ANSWER_INIT;
		struct http_limits hasty = preset;
		const struct http_body body = { .data = "x",
						.fd = -1,
						.size = 1 };
		struct http_request request = post(&body);
		hasty.answer_ms = cases[i].lost ? preset.answer_ms : 10;
		fault_start(&fault, &device.pki, cases[i].mode, NULL, NULL);
		struct tls_client *tls = connect_to(&fault);
		assert_false(http_exchange(tls, &request, &hasty,
					   device.pki.now, &answer, NULL));
		assert_int_equal(tls_client_is_lost(tls), cases[i].lost);
		tls_client_close(tls);
		fault_stop(&fault);
	}
}

static void retry_after_is_seconds_or_a_date(void **state)
{
	(void)state;
	assert_int_equal(http_retry_after("120", NOW), 120);
	assert_int_equal(http_retry_after("0", NOW), 0);
	assert_int_equal(http_retry_after("Sun, 06 Nov 1994 08:51:37 GMT", NOW),
			 120);
	assert_int_equal(http_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", NOW),
			 0);
	/* The forms of old, which must be taken as well. */
	assert_int_equal(http_retry_after("Sun Nov  6 08:51:37 1994", NOW),
			 120);
	assert_int_equal(http_retry_after("Sun Nov 16 08:51:37 1994", NOW),
			 HTTP_RETRY_MAX_S);
	const int64_t later = 1793953177; /* 2026-11-06T08:19:37Z */
	assert_int_equal(http_retry_after("Friday, 06-Nov-26 08:51:37 GMT",
					  later),
			 1920);
	assert_int_equal(
		http_retry_after("Sunday, 06-Nov-94 08:51:37 GMT", later), 0);
}

static void retry_after_is_bounded(void **state)
{
	(void)state;
	assert_int_equal(http_retry_after("999999", NOW), HTTP_RETRY_MAX_S);
	assert_int_equal(http_retry_after("99999999999999999999999", NOW),
			 HTTP_RETRY_MAX_S);
	assert_int_equal(http_retry_after("Sun, 06 Nov 2994 08:49:37 GMT", NOW),
			 HTTP_RETRY_MAX_S);
}

static void retry_after_that_is_neither_is_none(void **state)
{
	(void)state;
	static const char *const values[] = {
		"",
		"-5",
		"soon",
		"12x",
		"Sun, 06 Nov 1994 08:51:37",
		"Sun, 06 Nov 1994 08:51:37 CET",
		"Sun, 31 Feb 1995 08:51:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 CET",
		"Sunday, 06-Nov-1994 08:51:37 GMT",
		"Sun Nov  6 08:51:37",
		"Sun Nov 66 08:51:37 1994",
		"Sun, 06 ovD 1994 08:51:37 GMT",
	};
	assert_int_equal(http_retry_after(NULL, NOW), 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_int_equal(http_retry_after(values[i], NOW), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_streams_from_a_file),
		cmocka_unit_test(an_empty_body_is_a_body),
		cmocka_unit_test(a_file_that_shrinks_stops_the_request),
		cmocka_unit_test(a_field_with_a_line_break_is_not_sent),
		cmocka_unit_test(an_answer_over_the_limit_is_told_as_that),
		cmocka_unit_test(a_connection_takes_several_requests),
		cmocka_unit_test(a_server_that_hung_up_is_told_from_a_late_one),
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
		cmocka_unit_test(retry_after_is_bounded),
		cmocka_unit_test(retry_after_that_is_neither_is_none),
	};
	return cmocka_run_group_tests(tests, set_up, pki_trust_tear_down);
}
