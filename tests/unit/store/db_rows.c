/* Many rows at once (src/store/db_rows.c). */
#include "tests/unit/store/temporary_db.h"

#include "base/mem.h"

#define ROWS "SELECT n, 'row ' || n FROM t ORDER BY n"

struct row {
	int64_t n;
	char text[8];
};

static void read_row(const struct stmt *q, void *into)
{
	struct row *row = into;
	row->n = db_int(q, 0);
	db_copy_text(q, 1, row->text, sizeof(row->text));
}

static int with_table(void **state)
{
	temporary_db_empty(state);
	struct temporary_db *t = *state;
	temporary_db_run(t->db, "CREATE TABLE t (n INTEGER) STRICT");
	return 0;
}

static void every_row_is_read_in_its_order(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	void *list = NULL;
	size_t count = 0;
	temporary_db_run(t->db,
			 "INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 0 "
			 "UNION ALL SELECT x + 1 FROM c WHERE x < 99) "
			 "SELECT x FROM c");
	assert_done(db_query(t->db, &q, ROWS, err));
	assert_done(db_read_all(&q, sizeof(struct row), read_row, &list, &count,
				err));
	const struct row *rows = list;
	assert_int_equal(100, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(i, rows[i].n);
	}
	assert_string_equal("row 0", rows[0].text);
	assert_string_equal("row 99", rows[99].text);
	mem_free(list);
}

static void no_rows_are_no_list(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	void *list = &q;
	size_t count = 7;
	assert_done(db_query(t->db, &q, ROWS, err));
	assert_done(db_read_all(&q, sizeof(struct row), read_row, &list, &count,
				err));
	assert_null(list);
	assert_int_equal(0, count);
}

static void a_failure_on_the_way_gives_no_list(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	void *list = NULL;
	size_t count = 7;
	temporary_db_run(t->db, "INSERT INTO t VALUES (1), "
				"(-9223372036854775807 - 1)");
	/* The smallest number has no absolute value: SQLite fails there. */
	assert_done(db_query(t->db, &q, "SELECT abs(n) FROM t ORDER BY rowid",
			     err));
	assert_fails(ERR_BUG, db_read_all(&q, sizeof(struct row), read_row,
					  &list, &count, err));
	assert_null(list);
	assert_int_equal(7, count);
}

static void text_that_does_not_fit_is_left_empty(void **state)
{
	struct temporary_db *t = *state;
	struct stmt q;
	char text[4] = "old";
	assert_done(db_query(t->db, &q, "SELECT 'abc', 'abcd', NULL", err));
	assert_true(db_row(&q));
	db_copy_text(&q, 0, text, sizeof(text));
	assert_string_equal("abc", text);
	db_copy_text(&q, 1, text, sizeof(text));
	assert_string_equal("", text);
	db_copy_text(&q, 2, text, sizeof(text));
	assert_string_equal("", text);
	assert_done(db_done(&q, err));
}

#define WITH_TABLE(test) \
	cmocka_unit_test_setup_teardown(test, with_table, temporary_db_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TABLE(every_row_is_read_in_its_order),
		WITH_TABLE(no_rows_are_no_list),
		WITH_TABLE(a_failure_on_the_way_gives_no_list),
		WITH_TABLE(text_that_does_not_fit_is_left_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
