/* Statements: binding, cache, errors on the way (src/store/db_statement.c). */
#include "tests/unit/store/temporary_db.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static int with_table(void **state)
{
	temporary_db_empty(state);
	struct temporary_db *t = *state;
	temporary_db_run(t->db, "CREATE TABLE t (a INTEGER UNIQUE, b TEXT, "
				"c BLOB) STRICT");
	return 0;
}

static void values_come_back_as_they_were_bound(void **state)
{
	struct temporary_db *t = *state;
	static const char hostile[] =
		"'); DROP TABLE t; --\n\"\\ \xe2\x80\xae\xd7\xa9 %s%n";
	struct stmt q;
	assert_done(db_query(t->db, &q, "INSERT INTO t VALUES (?, ?, ?)", err));
	db_bind_int(&q, 1, INT64_MIN);
	db_bind_text(&q, 2, hostile);
	db_bind_blob(&q, 3, "\0\1\2", 3);
	assert_done(db_run(&q, err));
	assert_int_equal(1, db_last_id(t->db));
	assert_int_equal(1, db_changes(t->db));
	assert_done(db_query(t->db, &q, "SELECT a, b, c, NULL FROM t", err));
	assert_true(db_row(&q));
	assert_true(db_int(&q, 0) == INT64_MIN);
	assert_string_equal(hostile, db_text(&q, 1));
	size_t len;
	assert_memory_equal("\0\1\2", db_blob(&q, 2, &len), 3);
	assert_int_equal(3, len);
	assert_true(db_is_null(&q, 3));
	assert_false(db_is_null(&q, 2));
	assert_string_equal("", db_text(&q, 3));
	assert_int_equal(0, db_int(&q, 3));
	assert_non_null(db_blob(&q, 3, &len));
	assert_int_equal(0, len);
	assert_false(db_row(&q));
	assert_false(db_row(&q));
	assert_done(db_done(&q, err));
}

static void a_megabyte_of_text_goes_in_and_out(void **state)
{
	struct temporary_db *t = *state;
	size_t size = 1024 * 1024;
	char *big = mem_alloc(size + 1);
	memset(big, '"', size);
	big[size] = '\0';
	struct stmt q;
	assert_done(db_query(t->db, &q, "INSERT INTO t (b) VALUES (?)", err));
	db_bind_text(&q, 1, big);
	assert_done(db_run(&q, err));
	assert_done(db_query(t->db, &q, "SELECT b FROM t", err));
	assert_true(db_row(&q));
	assert_string_equal(big, db_text(&q, 0));
	assert_done(db_done(&q, err));
	mem_free(big);
}

static void null_binds_null_and_empty_is_not_null(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	assert_done(db_query(t->db, &q, "INSERT INTO t VALUES (?, ?, ?)", err));
	db_bind_null(&q, 1);
	db_bind_text(&q, 2, NULL);
	db_bind_blob(&q, 3, NULL, 0);
	assert_done(db_run(&q, err));
	assert_int_equal(
		1, temporary_db_number(
			   t->db,
			   "SELECT count(*) "
			   "FROM t WHERE a IS NULL AND b IS NULL AND c = x''"));
}

static void the_same_text_is_prepared_once_and_binds_anew(void **state)
{
	struct temporary_db *t = *state;
	for (int i = 0; i < 200; i++) {
		struct stmt q;
		char sql[64];
		snprintf(sql, sizeof(sql),
			 "INSERT INTO t (a, b) VALUES "
			 "(?, '%d')",
			 i % 60);
		assert_done(db_query(t->db, &q, sql, err));
		/* A value of the last use would break UNIQUE. */
		db_bind_int(&q, 1, i);
		assert_done(db_run(&q, err));
	}
	struct stmt q;
	assert_done(db_query(t->db, &q, "SELECT ?", err));
	db_bind_int(&q, 1, 7);
	assert_true(db_row(&q));
	assert_done(db_done(&q, err));
	assert_done(db_query(t->db, &q, "SELECT ?", err));
	assert_true(db_row(&q));
	assert_true(db_is_null(&q, 0));
	assert_done(db_done(&q, err));
}

static void the_same_statement_may_be_in_use_twice(void **state)
{
	struct temporary_db *t = *state;
	temporary_db_run(t->db, "INSERT INTO t (a) VALUES (1), (2), (3)");
	struct stmt outer, inner;
	static const char sql[] = "SELECT a FROM t ORDER BY a";
	int pairs = 0;
	assert_done(db_query(t->db, &outer, sql, err));
	while (db_row(&outer)) {
		assert_done(db_query(t->db, &inner, sql, err));
		while (db_row(&inner)) {
			pairs++;
		}
		assert_done(db_done(&inner, err));
	}
	assert_done(db_done(&outer, err));
	assert_int_equal(9, pairs);
}

static void more_statements_than_are_kept_can_be_open(void **state)
{
	struct temporary_db *t = *state;
	enum { MANY = 60 };
	struct stmt q[MANY];
	for (int i = 0; i < MANY; i++) {
		assert_done(db_query(t->db, &q[i], "SELECT 1", err));
		assert_true(db_row(&q[i]));
	}
	for (int i = 0; i < MANY; i++) {
		assert_done(db_done(&q[i], err));
	}
}

static void a_broken_rule_is_invalid_and_told_by_done(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	temporary_db_run(t->db, "INSERT INTO t (a) VALUES (1)");
	assert_done(db_query(t->db, &q, "INSERT INTO t (a) VALUES (1)", err));
	assert_false(db_row(&q));
	assert_fails(ERR_INVALID, db_done(&q, err));
	assert_done(db_query(t->db, &q, "INSERT INTO t (a) VALUES (?)", err));
	db_bind_text(&q, 1, "no number");
	assert_fails(ERR_INVALID, db_run(&q, err));
}

static void wrong_sql_and_wrong_places_are_bugs(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	assert_fails(ERR_BUG, db_query(t->db, &q, "SELEC 1", err));
	assert_false(db_row(&q));
	assert_fails(ERR_BUG, db_done(&q, err));
	assert_done(db_query(t->db, &q, "SELECT ?", err));
	db_bind_int(&q, 2, 1);
	assert_false(db_row(&q));
	assert_fails(ERR_BUG, db_done(&q, err));
	assert_fails(ERR_BUG, db_done(&q, err));
}

static void double_quotes_are_no_strings(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	assert_fails(ERR_BUG, db_query(t->db, &q, "SELECT \"nothing\"", err));
}

static void too_big_a_value_is_a_limit(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	assert_done(db_query(t->db, &q,
			     "INSERT INTO t (c) VALUES "
			     "(zeroblob(100000000))",
			     err));
	assert_fails(ERR_LIMIT, db_run(&q, err));
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_table, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(values_come_back_as_they_were_bound),
		T(a_megabyte_of_text_goes_in_and_out),
		T(null_binds_null_and_empty_is_not_null),
		T(the_same_text_is_prepared_once_and_binds_anew),
		T(the_same_statement_may_be_in_use_twice),
		T(more_statements_than_are_kept_can_be_open),
		T(a_broken_rule_is_invalid_and_told_by_done),
		T(wrong_sql_and_wrong_places_are_bugs),
		T(double_quotes_are_no_strings),
		T(too_big_a_value_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
