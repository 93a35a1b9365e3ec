/*
 * Reasons of the API: each has its status, and secrets of the server stay in
 * its running log.
 */
#include "server/refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"

static void every_reason_has_a_status_and_a_name(void **state)
{
	(void)state;
	for (int kind = REFUSAL_NONE + 1; kind < REFUSAL_KINDS; kind++) {
		int status = refusal_status((enum refusal_kind)kind);
		assert_in_range(status, 400, 599);
		assert_true(strlen(refusal_name((enum refusal_kind)kind)) > 0);
	}
	assert_int_equal(422, refusal_status(REFUSAL_REUSED));
	assert_int_equal(413, refusal_status(REFUSAL_SIZE));
	assert_int_equal(403, refusal_status(REFUSAL_FOREIGN));
	assert_int_equal(403, refusal_status(REFUSAL_COMPLETE));
	assert_int_equal(409, refusal_status(REFUSAL_OFFSET));
	assert_int_equal(423, refusal_status(REFUSAL_LOCKED));
	assert_int_equal(507, refusal_status(REFUSAL_ROOM));
	assert_int_equal(429, refusal_status(REFUSAL_OFTEN));
	assert_int_equal(429, refusal_status(REFUSAL_QUOTA));
}

/* A reader finds each status with its word in docs/wire.md. */
static void the_document_of_the_wire_has_them_all(void **state)
{
	const char *top = getenv("abs_top_srcdir");
	char *path = files_join(top == NULL ? "." : top, "docs/wire.md");
	struct buf text = BUF_INIT;
	(void)state;
	assert_true(files_read(path, 1 << 20, &text, NULL));
	for (int kind = REFUSAL_NONE + 1; kind < REFUSAL_KINDS; kind++) {
		char row[64];
		snprintf(row, sizeof(row), "\n| %d | `%s` | ",
			 refusal_status((enum refusal_kind)kind),
			 refusal_name((enum refusal_kind)kind));
		if (strstr(buf_str(&text), row) == NULL) {
			fail_msg("docs/wire.md lacks%s", row);
		}
	}
	buf_clear(&text);
	mem_free(path);
}

static void what_may_work_later_is_said(void **state)
{
	(void)state;
	assert_true(refusal_is_passing(REFUSAL_BUSY));
	assert_true(refusal_is_passing(REFUSAL_STORAGE));
	assert_true(refusal_is_passing(REFUSAL_CUT));
	assert_true(refusal_is_passing(REFUSAL_LOCKED));
	assert_true(refusal_is_passing(REFUSAL_ROOM));
	assert_true(refusal_is_passing(REFUSAL_OFTEN));
	assert_true(refusal_is_passing(REFUSAL_QUOTA));
	assert_false(refusal_is_passing(REFUSAL_COMPLETE));
	assert_false(refusal_is_passing(REFUSAL_DIGEST));
	assert_false(refusal_is_passing(REFUSAL_REVOKED));
}

static void the_first_reason_counts(void **state)
{
	struct refusal refusal = { 0 };
	(void)state;
	assert_false(refusal_set(&refusal, REFUSAL_SIZE, "first %d", 1));
	assert_false(refusal_set(&refusal, REFUSAL_TYPE, "second"));
	assert_int_equal(REFUSAL_SIZE, refusal.kind);
	assert_string_equal("first 1", refusal.detail);
}

static void faults_of_the_server_tell_no_details(void **state)
{
	static const struct {
		enum err_kind err;
		enum refusal_kind kind;
	} rows[] = {
		{ ERR_RETRY, REFUSAL_BUSY },
		{ ERR_IO, REFUSAL_STORAGE },
		{ ERR_BUG, REFUSAL_BUG },
		{ ERR_INVALID, REFUSAL_CONTENT },
		{ ERR_LIMIT, REFUSAL_CONTENT },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct refusal refusal = { 0 };
		struct err err = { 0 };
		err_set(&err, rows[i].err, "secret/path");
		assert_false(refusal_set_err(&refusal, REFUSAL_CONTENT, &err));
		assert_int_equal(rows[i].kind, refusal.kind);
		assert_int_equal(rows[i].kind == REFUSAL_CONTENT,
				 strstr(refusal.detail, "secret") != NULL);
	}
}

static void it_is_written_as_problem_details(void **state)
{
	struct refusal refusal = { 0 };
	struct problem problem;
	struct buf out = BUF_INIT;
	struct err err = { 0 };
	(void)state;
	refusal_set(&refusal, REFUSAL_DIGEST, "a < b & c");
	refusal_put(&out, &refusal);
	assert_true(problem_read(out.data, out.len, &problem, &err));
	assert_int_equal(422, problem.status);
	assert_string_equal("urn:sluice:problem:digest", problem.type);
	assert_string_equal("Digest mismatch", problem.title);
	assert_string_equal("a < b & c", problem.detail);
	buf_clear(&out);
}

/* Check-ins, uploads and job data are answered with the same ones. */
static void what_all_requests_share_names_no_upload(void **state)
{
	static const enum refusal_kind shared[] = { REFUSAL_SLOW, REFUSAL_SIZE,
						    REFUSAL_CUT };
	(void)state;
	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		struct refusal refusal = { 0 };
		struct buf out = BUF_INIT;
		struct problem problem;
		struct err err = { 0 };
		refusal_set(&refusal, shared[i], "x");
		refusal_put(&out, &refusal);
		assert_true(problem_read(out.data, out.len, &problem, &err));
		assert_null(strcasestr(problem.title, "upload"));
		buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reason_has_a_status_and_a_name),
		cmocka_unit_test(the_document_of_the_wire_has_them_all),
		cmocka_unit_test(what_may_work_later_is_said),
		cmocka_unit_test(the_first_reason_counts),
		cmocka_unit_test(faults_of_the_server_tell_no_details),
		cmocka_unit_test(it_is_written_as_problem_details),
		cmocka_unit_test(what_all_requests_share_names_no_upload),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
