#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "web/response.h"

static bool collect(void *ctx, const void *data, size_t len)
{
	buf_put(ctx, data, len);
	return true;
}

static bool refuse(void *ctx, const void *data, size_t len)
{
	(void)ctx;
	(void)data;
	(void)len;
	return false;
}

static struct buf sent(const struct response *response, bool head_only)
{
	struct buf out = BUF_INIT;

	assert_true(response_send(response, head_only, collect, &out, NULL));
	return out;
}

static void expect(const struct buf *out, const char *text)
{
	if (strstr(buf_str(out), text) == NULL) {
		fail_msg("no \"%s\" in %s", text, buf_str(out));
	}
}

static void every_response_carries_the_security_fields(void **state)
{
	struct response response;

	(void)state;
	response_init(&response);
	buf_put_str(&response.body, "hello");

	struct buf out = sent(&response, false);

	assert_memory_equal(out.data, "Status: 200 OK\r\n", 16);
	expect(&out, "\r\nContent-Type: text/html; charset=utf-8\r\n");
	expect(&out, "\r\nContent-Length: 5\r\n");
	expect(&out, "\r\nContent-Security-Policy: default-src 'none'; "
		     "style-src 'self'; script-src 'self'; img-src 'self'; "
		     "connect-src 'self'; form-action 'self'; base-uri 'none'; "
		     "object-src 'none'; frame-ancestors 'none'\r\n");
	expect(&out, "\r\nX-Content-Type-Options: nosniff\r\n");
	expect(&out, "\r\nReferrer-Policy: no-referrer\r\n");
	expect(&out, "\r\nCross-Origin-Opener-Policy: same-origin\r\n");
	expect(&out, "\r\nCross-Origin-Resource-Policy: same-origin\r\n");
	expect(&out, "\r\nStrict-Transport-Security: max-age=31536000\r\n");
	expect(&out, "\r\nCache-Control: no-store\r\n");
	expect(&out, "\r\n\r\nhello");
	buf_clear(&out);

	out = sent(&response, true);
	expect(&out, "Content-Length: 5\r\n");
	assert_null(strstr(buf_str(&out), "hello"));
	buf_clear(&out);
	response_clear(&response);
}

static void redirects_stay_on_this_site(void **state)
{
	static const struct {
		const char *path, *location;
	} cases[] = {
		{ "/log?a=1", "Location: /log?a=1\r\n" },
		{ "https://evil.example/", "Location: /\r\n" },
		{ "//evil.example", "Location: /\r\n" },
		{ "/a\r\nX: y", "Location: /\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct response response;

		response_init(&response);
		response_redirect(&response, cases[i].path);

		struct buf out = sent(&response, false);

		expect(&out, "Status: 303 See Other\r\n");
		expect(&out, cases[i].location);
		assert_true(response.done);
		buf_clear(&out);
		response_clear(&response);
	}
}

static void downloads_are_saved_under_a_safe_name(void **state)
{
	static const struct {
		const char *name, *safe;
	} cases[] = {
		{ "record-1.txt", "\"record-1.txt\"" },
		{ "../../etc/passwd", "\"_._.._etc_passwd\"" },
		{ "a\"b;c\r\n.x", "\"a_b_c__.x\"" },
		{ ".hidden", "\"_hidden\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct response response;

		response_init(&response);
		response_download(&response, "application/xml; charset=utf-8",
				  cases[i].name, "<a/>", 4);

		struct buf out = sent(&response, false);

		expect(&out, "Content-Disposition: attachment; filename=");
		expect(&out, cases[i].safe);
		expect(&out, "; sandbox\r\n");
		expect(&out, "\r\n\r\n<a/>");
		buf_clear(&out);
		response_clear(&response);
	}
}

/* A file of len bytes that nobody can name. */
static int file_of(size_t len)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	for (size_t i = 0; i < len; i++) {
		fputc((int)(i % 251), file);
	}
	assert_int_equal(fflush(file), 0);

	int fd = dup(fileno(file));

	fclose(file);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void a_file_is_sent_from_its_descriptor(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 200000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct response response;
		char length[64];

		response_init(&response);
		response_download_file(&response, "application/octet-stream",
				       "a.age", file_of(sizes[i]), sizes[i]);

		struct buf out = sent(&response, false);
		const char *body = strstr(buf_str(&out), "\r\n\r\n") + 4;
		size_t head = (size_t)(body - buf_str(&out));

		snprintf(length, sizeof(length), "Content-Length: %zu\r\n",
			 sizes[i]);
		expect(&out, length);
		expect(&out, "attachment; filename=\"a.age\"");
		expect(&out, "; sandbox\r\n");
		assert_int_equal(sizes[i], out.len - head);
		for (size_t at = 0; at < sizes[i]; at++) {
			assert_int_equal(at % 251, out.data[head + at]);
		}
		buf_clear(&out);
		response_clear(&response);
	}
}

static void a_file_that_ends_early_is_an_error(void **state)
{
	struct response response;
	struct buf out = BUF_INIT;
	struct err err = { .kind = ERR_NONE };

	(void)state;
	response_init(&response);
	response_download_file(&response, "application/octet-stream", "a.age",
			       file_of(10), 11);

	int fd = response.file_fd;

	assert_false(response_send(&response, false, collect, &out, &err));
	assert_int_equal(err.kind, ERR_IO);
	/* The response closes it, also when it becomes another one. */
	response_reset(&response);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	buf_clear(&out);
	response_clear(&response);
}

static void json_is_sent_as_json(void **state)
{
	struct response response;
	json_t *value = json_pack("{s:s}", "text", "a<b");

	(void)state;
	response_init(&response);
	response_json(&response, value);

	struct buf out = sent(&response, false);

	expect(&out, "Content-Type: application/json; charset=utf-8\r\n");
	expect(&out, "\r\n\r\n{\"text\":\"a<b\"}");
	buf_clear(&out);
	json_decref(value);
	response_clear(&response);
}

static void a_reset_drops_all_but_cookies(void **state)
{
	struct response response;

	(void)state;
	response_init(&response);
	response_field(&response, "X-Test", "1");
	buf_put_str(&response.cookies, "Set-Cookie: a=b\r\n");
	buf_put_str(&response.body, "half a page");
	response.status = 409;
	response_reset(&response);

	struct buf out = sent(&response, false);

	expect(&out, "Status: 200 OK");
	expect(&out, "Set-Cookie: a=b\r\n");
	assert_null(strstr(buf_str(&out), "X-Test"));
	assert_null(strstr(buf_str(&out), "half"));
	buf_clear(&out);
	response_clear(&response);
}

static void a_browser_that_is_gone_is_an_error(void **state)
{
	struct response response;
	struct err err = { .kind = ERR_NONE };

	(void)state;
	response_init(&response);
	assert_false(response_send(&response, false, refuse, NULL, &err));
	assert_int_equal(err.kind, ERR_IO);
	response_clear(&response);
}

static void statuses_that_are_used_have_a_reason(void **state)
{
	static const int statuses[] = { 200, 303, 400, 403, 404, 405,
					409, 413, 429, 500, 503 };

	(void)state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		assert_string_not_equal(response_reason(statuses[i]), "");
	}
	assert_string_equal(response_reason(999), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_response_carries_the_security_fields),
		cmocka_unit_test(redirects_stay_on_this_site),
		cmocka_unit_test(downloads_are_saved_under_a_safe_name),
		cmocka_unit_test(a_file_is_sent_from_its_descriptor),
		cmocka_unit_test(a_file_that_ends_early_is_an_error),
		cmocka_unit_test(json_is_sent_as_json),
		cmocka_unit_test(a_reset_drops_all_but_cookies),
		cmocka_unit_test(a_browser_that_is_gone_is_an_error),
		cmocka_unit_test(statuses_that_are_used_have_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
