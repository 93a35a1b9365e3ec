#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "web/request.h"

struct body {
	const char *at;
	size_t left;
	size_t asked; /* calls */
	size_t piece; /* most bytes a call gives; 0 = all */
};

static ssize_t read_body(void *ctx, void *dst, size_t len)
{
	struct body *body = ctx;

	body->asked++;
	if (body->piece > 0 && len > body->piece) {
		len = body->piece;
	}
	if (len > body->left) {
		len = body->left;
	}
	memcpy(dst, body->at, len);
	body->at += len;
	body->left -= len;
	return (ssize_t)len;
}

/* Entries of an environment, as a web server writes them. */
struct environment {
	char text[16][256];
	char *at[17];
	size_t count;
};

static void put(struct environment *env, const char *name, const char *value)
{
	snprintf(env->text[env->count], 256, "%s=%s", name, value);
	env->at[env->count] = env->text[env->count];
	env->at[++env->count] = NULL;
}

static bool read_it(struct environment *env, const char *form,
		    struct request *request, struct err *err)
{
	struct body body = { .at = form, .left = strlen(form), .piece = 3 };
	char length[24];

	snprintf(length, sizeof(length), "%zu", strlen(form));
	if (form[0] != '\0') {
		put(env, "CONTENT_LENGTH", length);
		put(env, "CONTENT_TYPE", "application/x-www-form-urlencoded");
	}
	*err = (struct err){ .kind = ERR_NONE };
	return request_read(request, env->at, read_body, &body, 1700000000123,
			    err);
}

static void a_get_is_read(void **state)
{
	struct environment env = { .count = 0 };
	struct request request;
	struct err err;

	(void)state;
	put(&env, "REQUEST_METHOD", "GET");
	put(&env, "PATH_INFO", "/log/12");
	put(&env, "QUERY_STRING", "kind=grant&a=b+c%26");
	put(&env, "REMOTE_ADDR", "192.0.2.14");
	put(&env, "HTTP_COOKIE", "a=b");
	put(&env, "HTTP_ACCEPT", "application/json");
	put(&env, "HTTPS", "on");
	assert_true(read_it(&env, "", &request, &err));
	assert_int_equal(request.method, METHOD_GET);
	assert_string_equal(request.path, "/log/12");
	assert_string_equal(request_query(&request, "kind"), "grant");
	assert_string_equal(request_query(&request, "a"), "b c&");
	assert_string_equal(request_query(&request, "none"), "");
	assert_string_equal(request.address, "192.0.2.14");
	assert_string_equal(request.cookies, "a=b");
	assert_true(request.https);
	assert_true(request.wants_json);
	assert_false(request.cross_site);
	assert_int_equal(request.now, 1700000000);
	assert_int_equal(request.now_ms, 1700000000123);
	request_clear(&request);
}

static void a_form_is_read_in_pieces(void **state)
{
	struct environment env = { .count = 0 };
	struct request request;
	struct err err;

	(void)state;
	put(&env, "REQUEST_METHOD", "POST");
	put(&env, "PATH_INFO", "/services");
	assert_true(read_it(&env, "service=metering&decision=allow", &request,
			    &err));
	assert_int_equal(request.method, METHOD_POST);
	assert_string_equal(request_form(&request, "service"), "metering");
	assert_string_equal(request_form(&request, "decision"), "allow");
	request_clear(&request);
}

static void a_big_form_is_refused_before_it_is_read(void **state)
{
	struct environment env = { .count = 0 };
	struct request request;
	struct body body = { .at = "", .left = 0 };
	struct err err = { .kind = ERR_NONE };

	(void)state;
	put(&env, "REQUEST_METHOD", "POST");
	put(&env, "PATH_INFO", "/services");
	put(&env, "CONTENT_TYPE", "application/x-www-form-urlencoded");
	put(&env, "CONTENT_LENGTH", "65537");
	assert_false(request_read(&request, env.at, read_body, &body, 0, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(body.asked, 0);
	assert_string_equal(request.path, "/services");
	request_clear(&request);
}

static void bad_requests_are_refused(void **state)
{
	static const struct {
		const char *name, *value;
	} bad[] = {
		{ "PATH_INFO", "log" },      { "PATH_INFO", "/a\nb" },
		{ "PATH_INFO", "/\xff" },    { "QUERY_STRING", "a=%zz" },
		{ "QUERY_STRING", "a=%00" }, { "QUERY_STRING", "a=%ff" },
		{ "QUERY_STRING", "=1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct environment env = { .count = 0 };
		struct request request;
		struct err err;

		put(&env, "REQUEST_METHOD", "GET");
		put(&env, bad[i].name, bad[i].value);
		assert_false(read_it(&env, "", &request, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_non_null(request.path);
		request_clear(&request);
	}
}

static void bad_forms_are_refused(void **state)
{
	static const char *const lengths[] = { "-1", "1x",
					       "99999999999999999999", "100",
					       "" };
	static const char *const forms[] = { "a=%", "a=1&=2", "a=%00" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct environment env = { .count = 0 };
		struct request request;
		struct body body = { .at = "a=1", .left = 3 };
		struct err err = { .kind = ERR_NONE };

		put(&env, "REQUEST_METHOD", "POST");
		put(&env, "CONTENT_TYPE", "application/x-www-form-urlencoded");
		put(&env, "CONTENT_LENGTH", lengths[i]);
		assert_false(request_read(&request, env.at, read_body, &body, 0,
					  &err));
		assert_int_equal(err.kind, ERR_INVALID);
		request_clear(&request);
	}
	for (size_t i = 0; i < 3; i++) {
		struct environment env = { .count = 0 };
		struct request request;
		struct err err;

		put(&env, "REQUEST_METHOD", "POST");
		assert_false(read_it(&env, forms[i], &request, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		request_clear(&request);
	}
}

static void another_type_than_a_form_is_refused(void **state)
{
	static const struct {
		const char *type;
		bool right;
	} types[] = {
		{ "application/x-www-form-urlencoded", true },
		{ "application/x-www-form-urlencoded; charset=utf-8", true },
		{ "APPLICATION/X-WWW-FORM-URLENCODED", true },
		{ "application/x-www-form-urlencodedx", false },
		{ "multipart/form-data; boundary=x", false },
		{ "text/plain", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct environment env = { .count = 0 };
		struct request request;
		struct body body = { .at = "a=1", .left = 3 };

		put(&env, "REQUEST_METHOD", "POST");
		put(&env, "CONTENT_TYPE", types[i].type);
		put(&env, "CONTENT_LENGTH", "3");
		assert_int_equal(request_read(&request, env.at, read_body,
					      &body, 0, NULL),
				 types[i].right);
		request_clear(&request);
	}
}

static const char file_form[] =
	"--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nt\r\n"
	"--b\r\nContent-Disposition: form-data; name=\"file\"; "
	"filename=\"f\"\r\n\r\n0123456789\r\n--b--\r\n";

static bool read_file_form(struct body *body, const char *length,
			   struct request *request, struct err *err)
{
	struct environment env = { .count = 0 };

	put(&env, "REQUEST_METHOD", "POST");
	put(&env, "CONTENT_TYPE", "multipart/form-data; boundary=b");
	put(&env, "CONTENT_LENGTH", length);
	*err = (struct err){ .kind = ERR_NONE };
	return request_read(request, env.at, read_body, body, 0, err);
}

static void a_file_is_left_to_the_page(void **state)
{
	struct body body = { .at = file_form,
			     .left = sizeof(file_form) - 1,
			     .piece = 7 };
	struct request request;
	char length[24], piece[32], file[64];
	struct err err;
	size_t len = 0;
	ssize_t got;

	(void)state;
	snprintf(length, sizeof(length), "%zu", body.left);
	assert_true(read_file_form(&body, length, &request, &err));
	assert_non_null(request.file);
	assert_string_equal(request_form(&request, "csrf"), "t");
	assert_true(body.left > 10);
	while ((got = request_file_read(&request, piece, sizeof(piece), &err)) >
	       0) {
		memcpy(file + len, piece, (size_t)got);
		len += (size_t)got;
	}
	assert_int_equal(got, 0);
	assert_int_equal(len, 10);
	assert_memory_equal(file, "0123456789", 10);
	request_clear(&request);
}

static void a_refused_file_is_drained_up_to_a_bound(void **state)
{
	struct body body = { .at = file_form,
			     .left = sizeof(file_form) - 1,
			     .piece = 1 };
	struct request request;
	char length[24];
	struct err err;

	(void)state;
	snprintf(length, sizeof(length), "%zu", body.left - 2);
	assert_true(read_file_form(&body, length, &request, &err));
	size_t left = body.left;

	request_file_drain(&request, 4);
	assert_int_equal(body.left, left - 4);
	request_file_drain(&request, 1000);
	assert_int_equal(body.left, 2); /* beyond the length that was told */
	request_clear(&request);
	request_file_drain(&request, 1000); /* no file: nothing to do */
}

static void a_file_that_is_too_large_is_not_read(void **state)
{
	struct body body = { .at = file_form, .left = sizeof(file_form) - 1 };
	struct request request;
	struct err err;

	(void)state;
	assert_false(read_file_form(&body, "17179869185", &request, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(body.asked, 0);
	request_clear(&request);
	/* Fields that were cut off. */
	assert_false(read_file_form(&body, "30", &request, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	request_clear(&request);
}

static void methods_are_known_exactly(void **state)
{
	static const struct {
		const char *name;
		enum request_method method;
	} methods[] = {
		{ "GET", METHOD_GET },   { "HEAD", METHOD_HEAD },
		{ "get", METHOD_OTHER }, { "DELETE", METHOD_OTHER },
		{ "", METHOD_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct environment env = { .count = 0 };
		struct request request;
		struct err err;

		put(&env, "REQUEST_METHOD", methods[i].name);
		assert_true(read_it(&env, "", &request, &err));
		assert_int_equal(request.method, methods[i].method);
		request_clear(&request);
	}
}

static void an_empty_environment_is_the_root(void **state)
{
	struct environment env = { .count = 0 };
	struct request request;
	struct err err;

	(void)state;
	assert_true(read_it(&env, "", &request, &err));
	assert_string_equal(request.path, "/");
	assert_string_equal(request.address, "");
	request_clear(&request);
	request_clear(&request);
}

static void other_sites_are_noticed(void **state)
{
	static const struct {
		const char *value;
		bool cross;
	} sites[] = {
		{ "same-origin", false },
		{ "none", false },
		{ "cross-site", true },
		{ "same-site", true },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		struct environment env = { .count = 0 };
		struct request request;
		struct err err;

		put(&env, "HTTP_SEC_FETCH_SITE", sites[i].value);
		assert_true(read_it(&env, "", &request, &err));
		assert_int_equal(request.cross_site, sites[i].cross);
		request_clear(&request);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_get_is_read),
		cmocka_unit_test(a_form_is_read_in_pieces),
		cmocka_unit_test(a_big_form_is_refused_before_it_is_read),
		cmocka_unit_test(bad_requests_are_refused),
		cmocka_unit_test(bad_forms_are_refused),
		cmocka_unit_test(another_type_than_a_form_is_refused),
		cmocka_unit_test(a_file_is_left_to_the_page),
		cmocka_unit_test(a_refused_file_is_drained_up_to_a_bound),
		cmocka_unit_test(a_file_that_is_too_large_is_not_read),
		cmocka_unit_test(methods_are_known_exactly),
		cmocka_unit_test(an_empty_environment_is_the_root),
		cmocka_unit_test(other_sites_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
