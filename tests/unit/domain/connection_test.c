/* The last test of the connection (src/domain/connection_test.c). */
#include "domain/connection_test.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/domain/people.h"

static struct connection_test made;

static void make(size_t count, enum connection_result result)
{
	memset(&made, 0, sizeof(made));
	made.at = NOW;
	made.count = count;
	for (size_t i = 0; i < count; i++) {
		struct connection_step *s = &made.steps[i];
		snprintf(s->name, sizeof(s->name), "step-%zu", i);
		snprintf(s->title, sizeof(s->title), "Step %zu", i);
		s->result = i == 1 ? result : CONNECTION_OK;
		snprintf(s->text, sizeof(s->text), "seen %zu", i);
	}
	snprintf(made.steps[1].remedy, sizeof(made.steps[1].remedy), "do it");
}

static void there_is_none_at_first(void **state)
{
	struct temporary_db *t = *state;
	struct connection_test test;
	memset(&test, 7, sizeof(test));
	assert_done(connection_test_read(t->db, &test, err));
	assert_int_equal(test.at, 0);
	assert_int_equal(test.count, 0);
}

static void what_was_written_is_read(void **state)
{
	struct temporary_db *t = *state;
	static const enum connection_result results[] = { CONNECTION_OK,
							  CONNECTION_FAILED,
							  CONNECTION_WARNING,
							  CONNECTION_SKIPPED };
	for (size_t i = 0; i < 4; i++) {
		struct connection_test test;
		make(CONNECTION_STEPS_MAX, results[i]);
		assert_done(connection_test_write(t->db, "ada", &made, err));
		temporary_db_reopen(t);
		assert_done(connection_test_read(t->db, &test, err));
		assert_memory_equal(&test, &made, sizeof(test));
	}
}

static void a_new_test_takes_the_place_of_the_last(void **state)
{
	struct temporary_db *t = *state;
	struct connection_test test;
	make(9, CONNECTION_FAILED);
	assert_done(connection_test_write(t->db, "ada", &made, err));
	make(3, CONNECTION_OK);
	assert_done(connection_test_write(t->db, "ada", &made, err));
	assert_done(connection_test_read(t->db, &test, err));
	assert_int_equal(test.count, 3);
}

/* How many entries of each result there are. */
static void assert_results(struct db *db, int64_t ok, int64_t failed)
{
	assert_int_equal(
		temporary_db_number(
			db, "SELECT count(*) FROM ledger WHERE result = 'ok'"),
		ok);
	assert_int_equal(
		temporary_db_number(
			db,
			"SELECT count(*) FROM ledger WHERE result = 'failed'"),
		failed);
}

static void each_is_an_entry_that_names_what_failed(void **state)
{
	struct temporary_db *t = *state;
	make(4, CONNECTION_FAILED);
	assert_done(connection_test_write(t->db, "ada", &made, err));
	assert_last_entry(t->db, LEDGER_TEST,
			  "the connection was tested: Step 1 failed. seen 1");
	assert_results(t->db, 0, 1);
	/* The first one that failed is what has to be looked at. */
	made.steps[0].result = CONNECTION_FAILED;
	assert_done(connection_test_write(t->db, "ada", &made, err));
	assert_last_entry(t->db, LEDGER_TEST, "Step 0 failed. seen 0");
	make(4, CONNECTION_WARNING);
	assert_done(connection_test_write(t->db, "ada", &made, err));
	assert_last_entry(t->db, LEDGER_TEST, "no step failed");
	assert_results(t->db, 1, 2);
	assert_int_equal(entries(t->db, LEDGER_TEST), 3);
	assert_ledger_whole(t->db);
}

static void hostile_texts_stay_texts(void **state)
{
	struct temporary_db *t = *state;
	struct connection_test test;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		make(2, CONNECTION_FAILED);
		snprintf(made.steps[1].text, sizeof(made.steps[1].text), "%s",
			 hostile_texts[i]);
		assert_done(connection_test_write(t->db, "ada", &made, err));
		assert_done(connection_test_read(t->db, &test, err));
		assert_null(strpbrk(test.steps[1].text, "\n\r\033"));
		assert_ledger_whole(t->db);
	}
}

/* Rows that another program put there do not overrun the list. */
static void more_steps_than_there_are_are_not_read(void **state)
{
	struct temporary_db *t = *state;
	struct connection_test test;
	make(CONNECTION_STEPS_MAX, CONNECTION_OK);
	assert_done(connection_test_write(t->db, "ada", &made, err));
	temporary_db_run(t->db,
			 "INSERT INTO connection_test SELECT number + 100, at, "
			 "step, title, result, text, remedy FROM "
			 "connection_test");
	assert_done(connection_test_read(t->db, &test, err));
	assert_memory_equal(&test, &made, sizeof(test));
}

static void a_full_disk_keeps_the_last(void **state)
{
	struct temporary_db *t = *state;
	struct connection_test test;
	make(3, CONNECTION_OK);
	assert_done(connection_test_write(t->db, "ada", &made, err));
	temporary_db_fill(t->db, true);
	bool failed = false;
	for (int i = 0; i < 200 && !failed; i++) {
		make(CONNECTION_STEPS_MAX, CONNECTION_FAILED);
		memset(made.steps[0].text, 'x', sizeof(made.steps[0].text) - 1);
		struct err err = { .kind = ERR_NONE };
		failed = !connection_test_write(t->db, "ada", &made, &err);
	}
	assert_true(failed);
	temporary_db_fill(t->db, false);
	assert_done(connection_test_read(t->db, &test, err));
	assert_true(test.count == 3 || test.count == CONNECTION_STEPS_MAX);
	assert_ledger_whole(t->db);
}

static void results_have_names(void **state)
{
	(void)state;
	assert_string_equal(connection_result_name(CONNECTION_UNSET), "");
	assert_string_equal(connection_result_name(CONNECTION_SKIPPED),
			    "skipped");
	assert_string_equal(connection_result_name((enum connection_result)99),
			    "");
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(there_is_none_at_first),
		TEST(what_was_written_is_read),
		TEST(a_new_test_takes_the_place_of_the_last),
		TEST(each_is_an_entry_that_names_what_failed),
		TEST(hostile_texts_stay_texts),
		TEST(more_steps_than_there_are_are_not_read),
		TEST(a_full_disk_keeps_the_last),
		cmocka_unit_test(results_have_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
