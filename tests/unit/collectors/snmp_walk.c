/*
 * Walks through good, weak, broken and hostile agents.
 */
#include "collectors/snmp_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent.h"

#define COLUMNS 3

struct walk {
	struct agent agent;
	struct snmp_agent carried;
	struct snmp_values values;
	struct err err;
};

static int begin(void **state)
{
	static struct walk walk;

	memset(&walk, 0, sizeof(walk));
	walk.carried.carry = agent_carry;
	walk.carried.data = &walk.agent;
	*state = &walk;
	return 0;
}

static int end(void **state)
{
	struct walk *w = *state;

	agent_clear(&w->agent);
	snmp_values_clear(&w->values);
	return 0;
}

/* Columns 1 to 3 of 1.2, each with so many rows of device 1; and a tail. */
static void fill(struct walk *w, int rows)
{
	char name[64];

	for (int column = 1; column <= COLUMNS; column++) {
		for (int row = 1; row <= rows; row++) {
			snprintf(name, sizeof(name), "1.2.%d.1.%d", column,
				 row);
			agent_number(&w->agent, name, 100 * column + row);
		}
	}
	agent_text(&w->agent, "1.9.0", "tail");
}

static bool walk(struct walk *w)
{
	struct snmp_name roots[COLUMNS];

	for (unsigned i = 0; i < COLUMNS; i++) {
		assert_true(snmp_name_parse(&roots[i], "1.2"));
		assert_true(snmp_name_add(&roots[i], i + 1));
		assert_true(snmp_name_add(&roots[i], 1));
	}
	return snmp_walk(&w->carried, roots, COLUMNS, &w->values, &w->err);
}

static void check_table(const struct walk *w, unsigned rows)
{
	assert_int_equal(w->values.count, COLUMNS * rows);
	for (unsigned column = 1; column <= COLUMNS; column++) {
		for (unsigned row = 1; row <= rows; row++) {
			const struct snmp_value *cell = snmp_values_cell(
				&w->values, "1.2", column, 1, row);
			assert_non_null(cell);
			assert_int_equal(cell->number, 100 * column + row);
		}
	}
}

static void a_table_is_read_to_its_end_and_no_further(void **state)
{
	struct walk *w = *state;

	fill(w, 20);
	assert_true(walk(w));
	check_table(w, 20);
	assert_true(w->agent.asked <= 3);
}

static void a_table_that_is_not_there_is_empty(void **state)
{
	struct walk *w = *state;

	fill(w, 0);
	assert_true(walk(w));
	assert_int_equal(w->values.count, 0);
}

static void agents_without_get_bulk_are_asked_one_by_one(void **state)
{
	struct walk *w = *state;

	fill(w, 5);
	w->agent.bulk_status = SNMP_STATUS_GENERAL;
	assert_true(walk(w));
	check_table(w, 5);
	assert_true(w->carried.one_by_one);
}

static void agents_that_cannot_take_several_names_get_one(void **state)
{
	struct walk *w = *state;

	fill(w, 5);
	w->agent.bulk_status = SNMP_STATUS_GENERAL;
	w->agent.many_status = SNMP_STATUS_TOO_BIG;
	w->agent.end_status = SNMP_STATUS_NO_SUCH_NAME;
	assert_true(walk(w));
	check_table(w, 5);
}

static void answers_that_were_cut_are_asked_on(void **state)
{
	struct walk *w = *state;

	fill(w, 20);
	w->agent.cut = 7;
	assert_true(walk(w));
	check_table(w, 20);
}

static void an_agent_that_only_fails_is_an_error(void **state)
{
	struct walk *w = *state;

	w->agent.bulk_status = w->agent.many_status = SNMP_STATUS_GENERAL;
	w->agent.end_status = SNMP_STATUS_GENERAL;
	assert_false(walk(w));
	assert_int_equal(w->err.kind, ERR_INVALID);
	assert_non_null(strstr(w->err.text, "error 5"));
}

static void going_in_circles_is_an_error(void **state)
{
	struct walk *w = *state;

	fill(w, 5);
	w->agent.circles = true;
	w->agent.bulk_status = SNMP_STATUS_GENERAL;
	/* The first answer is in order; the second gives the same again. */
	assert_false(walk(w));
	assert_int_equal(w->err.kind, ERR_INVALID);
	assert_non_null(strstr(w->err.text, "not in order"));
}

static void stopping_in_the_middle_is_an_error(void **state)
{
	for (unsigned after = 1; after < 6; after++) {
		struct walk *w = *state;
		fill(w, 5);
		w->agent.bulk_status = SNMP_STATUS_GENERAL;
		w->agent.silent_after = after;
		assert_false(walk(w));
		assert_int_equal(w->err.kind, ERR_RETRY);
		end(state);
		begin(state);
	}
}

static void a_table_is_cut_at_its_bound(void **state)
{
	struct walk *w = *state;

	fill(w, SNMP_ROWS_MAX + 10);
	assert_true(walk(w));
	check_table(w, SNMP_ROWS_MAX);
}

static void questions_have_a_bound(void **state)
{
	struct walk *w = *state;

	fill(w, 5);
	w->carried.asked = SNMP_QUESTIONS;
	assert_false(walk(w));
	assert_int_equal(w->err.kind, ERR_LIMIT);
	assert_int_equal(w->agent.asked, 0);
}

/* Answers to whatever with no value, or with more than was asked. */
static bool carry_wrong(void *data, const struct snmp_question *question,
			struct snmp_answer *answer, struct err *err)
{
	const size_t *count = data;

	(void)question;
	(void)err;
	answer->status = SNMP_STATUS_GOOD;
	answer->count = *count;
	memset(answer->found, 0, sizeof(answer->found));
	return true;
}

static void a_wrong_number_of_values_is_an_error(void **state)
{
	static size_t counts[] = { 0, SNMP_ANSWER_MAX };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct walk *w = *state;
		struct snmp_name name = { .len = 0 };
		struct snmp_found first;
		w->carried.carry = carry_wrong;
		w->carried.data = &counts[i];
		assert_true(snmp_name_parse(&name, "1.2"));
		assert_false(
			snmp_walk_first(&w->carried, &name, &first, &w->err));
		assert_int_equal(w->err.kind, ERR_INVALID);
		begin(state);
	}
}

static void objects_are_read_and_missing_ones_left_out(void **state)
{
	struct walk *w = *state;
	struct snmp_name names[20];

	fill(w, 1);
	for (uint32_t i = 0; i < 20; i++) {
		assert_true(snmp_name_parse(&names[i], "1.9"));
		assert_true(snmp_name_add(&names[i], i));
	}
	agent_number(&w->agent, "1.9.19", 7);
	assert_true(snmp_walk_get(&w->carried, names, 20, &w->values, &w->err));
	assert_int_equal(w->values.count, 2);
	assert_string_equal(snmp_values_find(&w->values, "1.9.0")->bytes,
			    "tail");
	assert_int_equal(snmp_values_find(&w->values, "1.9.19")->number, 7);
	assert_int_equal(w->agent.asked, 2);
	w->agent.many_status = SNMP_STATUS_NO_SUCH_NAME;
	snmp_values_clear(&w->values);
	assert_true(snmp_walk_get(&w->carried, names, 20, &w->values, &w->err));
	assert_int_equal(w->values.count, 2);
}

static void the_first_object_below_is_found(void **state)
{
	struct walk *w = *state;
	struct snmp_name name;
	struct snmp_found first;

	fill(w, 1);
	assert_true(snmp_name_parse(&name, "1.2"));
	assert_true(snmp_walk_first(&w->carried, &name, &first, &w->err));
	assert_int_equal(first.kind, SNMP_KIND_NUMBER);
	assert_int_equal(first.name.len, 5);
	assert_true(snmp_name_parse(&name, "1.3"));
	assert_true(snmp_walk_first(&w->carried, &name, &first, &w->err));
	assert_int_equal(first.kind, SNMP_KIND_NONE);
	w->agent.end_status = SNMP_STATUS_NO_SUCH_NAME;
	assert_true(snmp_name_parse(&name, "1.10"));
	assert_true(snmp_walk_first(&w->carried, &name, &first, &w->err));
	assert_int_equal(first.kind, SNMP_KIND_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_table_is_read_to_its_end_and_no_further),
		TEST(a_table_that_is_not_there_is_empty),
		TEST(agents_without_get_bulk_are_asked_one_by_one),
		TEST(agents_that_cannot_take_several_names_get_one),
		TEST(answers_that_were_cut_are_asked_on),
		TEST(an_agent_that_only_fails_is_an_error),
		TEST(going_in_circles_is_an_error),
		TEST(stopping_in_the_middle_is_an_error),
		TEST(a_table_is_cut_at_its_bound),
		TEST(questions_have_a_bound),
		TEST(a_wrong_number_of_values_is_an_error),
		TEST(objects_are_read_and_missing_ones_left_out),
		TEST(the_first_object_below_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
