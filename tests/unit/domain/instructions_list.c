/* Reading instructions (src/domain/instructions_list.c). */
#include "domain/instructions.h"

#include <string.h>

#include "base/mem.h"
#include "tests/support/vendor.h"
#include "tests/unit/domain/instructions_fixture.h"

static void take(struct db *db, uint64_t number, enum instruction_kind kind)
{
	const struct instruction is = instruction_of(number, kind);
	(void)take_instruction(db, &is, NOW);
}

static void all_that_it_asks_comes_back(void **state)
{
	struct temporary_db *t = *state;
	for (unsigned k = 1; k < INSTRUCTION_KINDS; k++) {
		const enum instruction_kind kind = (enum instruction_kind)k;
		const struct instruction is = instruction_of(k, kind);
		take(t->db, k, kind);
		struct instruction_row row = instruction_now(t->db, k);
		assert_int_equal(row.is.kind, k);
		assert_true(row.is.number == k);
		assert_string_equal(row.is.device, is.device);
		assert_string_equal(row.is.by, is.by);
		assert_string_equal(row.is.reason, is.reason);
		assert_string_equal(row.is.services, is.services);
		assert_int_equal(row.is.interval_s, is.interval_s);
		assert_string_equal(row.is.package, is.package);
		assert_string_equal(row.is.message, is.message);
		assert_true(row.is.from == is.from && row.is.to == is.to);
		assert_int_equal(row.is.issued_at, is.issued_at);
		assert_int_equal(row.is.expires_at, is.expires_at);
		assert_int_equal(row.taken_at, NOW);
	}
}

static void the_last_number_counts_refused_ones(void **state)
{
	struct temporary_db *t = *state;
	uint64_t last = 9;
	assert_done(instructions_last(t->db, &last, err));
	assert_int_equal(last, 0);
	take(t->db, 1, INSTRUCTION_RENEW);
	assert_done(instructions_take_refused(
		t->db, 2, NULL, NULL, INSTRUCTION_REFUSAL_FORM, "x", NOW, err));
	assert_done(instructions_last(t->db, &last, err));
	assert_int_equal(last, 2);
}

static void assert_numbers(const struct instruction_row *list, size_t count,
			   const uint64_t *numbers, size_t expected)
{
	assert_int_equal(count, expected);
	for (size_t i = 0; i < expected; i++) {
		assert_true(list[i].is.number == numbers[i]);
	}
}

static void lists_are_newest_first_and_bounded(void **state)
{
	static const uint64_t all[] = { 4, 3, 2, 1 }, open[] = { 4, 1 };
	struct temporary_db *t = *state;
	struct instruction_row *list = NULL;
	size_t count = 9;
	assert_done(instructions_list(t->db, false, 9, &list, &count, err));
	assert_int_equal(count, 0);
	mem_free(list);
	take(t->db, 1, INSTRUCTION_SEND);
	take(t->db, 2, INSTRUCTION_RENEW);
	take(t->db, 3, INSTRUCTION_MESSAGE);
	take(t->db, 4, INSTRUCTION_LEDGER);
	assert_done(instructions_list(t->db, false, 9, &list, &count, err));
	assert_numbers(list, count, all, 4);
	mem_free(list);
	assert_done(instructions_list(t->db, false, 2, &list, &count, err));
	assert_numbers(list, count, all, 2);
	mem_free(list);
	assert_done(instructions_list(t->db, true, 9, &list, &count, err));
	assert_numbers(list, count, open, 2);
	mem_free(list);
}

static void the_oldest_is_carried_out_first(void **state)
{
	struct temporary_db *t = *state;
	struct instruction_row row;
	take(t->db, 1, INSTRUCTION_SEND);
	take(t->db, 2, INSTRUCTION_RENEW);
	take(t->db, 3, INSTRUCTION_MESSAGE);
	assert_done(instructions_next(t->db, &row, err));
	assert_true(row.is.number == 2);
	assert_done(instructions_decide(t->db, "carla", 1, true, NOW, err));
	assert_done(instructions_next(t->db, &row, err));
	assert_true(row.is.number == 1);
}

static void home_shows_what_nobody_read(void **state)
{
	static const uint64_t both[] = { 2, 1 }, one[] = { 2 };
	struct temporary_db *t = *state;
	struct instruction_row *list = NULL;
	size_t count = 9;
	take(t->db, 1, INSTRUCTION_MESSAGE);
	take(t->db, 2, INSTRUCTION_PACKAGE);
	take(t->db, 3, INSTRUCTION_RENEW);
	assert_done(instructions_unseen(t->db, 9, &list, &count, err));
	assert_int_equal(count, 0);
	mem_free(list);
	for (uint64_t n = 1; n <= 3; n++) {
		assert_done(instructions_finish(
			t->db, n, INSTRUCTION_REFUSAL_NONE, "ok", NOW, err));
	}
	assert_done(instructions_unseen(t->db, 9, &list, &count, err));
	assert_numbers(list, count, both, 2);
	mem_free(list);
	assert_done(instructions_seen(t->db, "carla", 1, NOW, err));
	assert_done(instructions_unseen(t->db, 9, &list, &count, err));
	assert_numbers(list, count, one, 1);
	mem_free(list);
}

static void assert_unreported(struct db *db, const uint64_t *numbers,
			      size_t expected)
{
	struct instruction_row *list = NULL;
	size_t count = 9;
	assert_done(instructions_unreported(db, 9, &list, &count, err));
	assert_numbers(list, count, numbers, expected);
	mem_free(list);
}

/* That one waits is told, and again what became of it. */
static void the_server_is_told_each_state_once(void **state)
{
	static const uint64_t first[] = { 1, 3 };
	struct temporary_db *t = *state;
	take(t->db, 1, INSTRUCTION_SEND);
	take(t->db, 2, INSTRUCTION_RENEW); /* not yet carried out */
	assert_done(instructions_take_refused(
		t->db, 3, NULL, NULL, INSTRUCTION_REFUSAL_FORM, "x", NOW, err));
	assert_unreported(t->db, first, 2);
	/* What is not its state any more was not told. */
	assert_done(instructions_reported(t->db, 1, INSTRUCTION_DONE, err));
	assert_unreported(t->db, first, 2);
	assert_done(instructions_reported(t->db, 1, INSTRUCTION_ASKED, err));
	assert_done(instructions_reported(t->db, 3, INSTRUCTION_REFUSED, err));
	assert_unreported(t->db, NULL, 0);
	assert_done(instructions_decide(t->db, "carla", 1, false, NOW, err));
	assert_unreported(t->db, first, 1);
	assert_done(instructions_reported(t->db, 1, INSTRUCTION_REFUSED, err));
	assert_unreported(t->db, NULL, 0);
}

/* It is evidence, but nobody known said it. */
static void what_nobody_known_signed_is_not_read(void **state)
{
	struct temporary_db *t = *state;
	const struct instruction is = instruction_of(1, INSTRUCTION_SEND);
	struct buf text = BUF_INIT, note = BUF_INIT;
	assert_done(instruction_put(&text, &is, err));
	vendor_sign_text(buf_str(&text), &note);
	assert_done(instructions_take_refused(t->db, 1, NULL, buf_str(&note),
					      INSTRUCTION_REFUSAL_SIGNATURE,
					      "x", NOW, err));
	assert_done(instructions_take_refused(t->db, 2, &is, buf_str(&note),
					      INSTRUCTION_REFUSAL_DEVICE, "x",
					      NOW, err));
	struct instruction_row row = instruction_now(t->db, 1);
	assert_int_equal(row.is.kind, INSTRUCTION_UNSET);
	assert_string_equal(row.is.by, "");
	assert_string_equal(row.is.services, "");
	row = instruction_now(t->db, 2);
	assert_int_equal(row.is.kind, INSTRUCTION_SEND);
	assert_true(row.is.number == 2);
	assert_int_equal(temporary_db_number(t->db, "SELECT count(*) "
						    "FROM instructions "
						    "WHERE note <> ''"),
			 2);
	buf_clear(&note);
	buf_clear(&text);
}

/* What a note that cannot be read does not say, the columns do. */
static void every_column_comes_back(void **state)
{
	struct temporary_db *t = *state;
	const struct instruction is = instruction_of(7, INSTRUCTION_SEND);
	assert_done(instructions_take_refused(t->db, 7, &is, "no note",
					      INSTRUCTION_REFUSAL_FORM,
					      "It cannot be read.", NOW, err));
	struct instruction_row row = instruction_now(t->db, 7);
	assert_int_equal(row.is.kind, INSTRUCTION_UNSET);
	assert_string_equal(row.is.by, is.by);
	assert_string_equal(row.is.reason, is.reason);
	assert_string_equal(row.is.services, "");
	assert_int_equal(row.is.issued_at, is.issued_at);
	assert_int_equal(row.is.expires_at, is.expires_at);
	assert_string_equal(row.outcome, "It cannot be read.");
	assert_int_equal(row.ended_at, NOW);
	assert_false(row.reported);
	assert_done(instructions_reported(t->db, 7, INSTRUCTION_REFUSED, err));
	assert_true(instruction_now(t->db, 7).reported);
	take(t->db, 8, INSTRUCTION_MESSAGE);
	take(t->db, 9, INSTRUCTION_SEND);
	assert_done(instructions_decide(t->db, "carla", 9, true, NOW + 1, err));
	row = instruction_now(t->db, 9);
	assert_string_equal(row.decided_by, "carla");
	assert_int_equal(row.decided_at, NOW + 1);
	assert_done(instructions_finish(t->db, 8, INSTRUCTION_REFUSAL_NONE,
					"Shown.", NOW + 2, err));
	assert_done(instructions_seen(t->db, "otto", 8, NOW + 3, err));
	row = instruction_now(t->db, 8);
	assert_string_equal(row.seen_by, "otto");
	assert_int_equal(row.seen_at, NOW + 3);
	assert_int_equal(row.ended_at, NOW + 2);
	assert_string_equal(row.outcome, "Shown.");
}

static void what_is_not_there_is_not_found(void **state)
{
	struct temporary_db *t = *state;
	struct instruction_row row = { .taken_at = 77 };
	assert_fails(ERR_NOT_FOUND, instructions_get(t->db, 1, &row, err));
	assert_fails(ERR_NOT_FOUND,
		     instructions_get(t->db, UINT64_MAX, &row, err));
	assert_fails(ERR_NOT_FOUND, instructions_next(t->db, &row, err));
	assert_int_equal(row.taken_at, 77);
}

static void what_cannot_be_read_is_told(void **state)
{
	struct temporary_db *t = *state;
	struct instruction_row row = { .taken_at = 77 }, *list = NULL;
	uint64_t number = 77;
	size_t count = 77;
	take(t->db, 1, INSTRUCTION_SEND);
	temporary_db_refuse(t->db, "UPDATE ON instructions");
	assert_fails(ERR_INVALID,
		     instructions_reported(t->db, 1, INSTRUCTION_ASKED, err));
	temporary_db_drop_triggers(t->db);
	temporary_db_run(t->db, "DROP TABLE instructions");
	assert_fails(ERR_BUG, instructions_last(t->db, &number, err));
	assert_fails(ERR_BUG, instructions_taken(t->db, NOW, &number, err));
	assert_fails(ERR_BUG, instructions_get(t->db, 1, &row, err));
	assert_fails(ERR_BUG, instructions_next(t->db, &row, err));
	assert_fails(ERR_BUG,
		     instructions_list(t->db, true, 9, &list, &count, err));
	assert_fails(ERR_BUG,
		     instructions_reported(t->db, 1, INSTRUCTION_ASKED, err));
	assert_null(list);
	assert_int_equal(number + count, 2 * 77);
	assert_int_equal(row.taken_at, 77);
}

/* Good and refused ones; only the day around the clock. */
static void what_came_in_a_day_is_counted(void **state)
{
	struct temporary_db *t = *state;
	static const int64_t at[] = { NOW - 86400, NOW - 86399, NOW,
				      NOW + 86399, NOW + 86400 };
	uint64_t count = 0;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		assert_done(instructions_take_refused(
			t->db, i + 1, NULL, NULL, INSTRUCTION_REFUSAL_FORM,
			"It cannot be read.", at[i], err));
	}
	assert_done(instructions_taken(t->db, NOW, &count, err));
	assert_int_equal(count, 3);
}

static void every_state_has_words(void **state)
{
	(void)state;
	for (int s = INSTRUCTION_ASKED; s <= INSTRUCTION_REFUSED; s++) {
		enum instruction_state one = (enum instruction_state)s;
		assert_true(instruction_state_name(one)[0] != '\0');
		assert_true(instruction_state_title(one)[0] != '\0');
	}
	assert_string_equal(instruction_state_name(INSTRUCTION_STATE_UNSET),
			    "");
	assert_string_equal(instruction_state_title((enum instruction_state)99),
			    "");
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(all_that_it_asks_comes_back),
		TEST(the_last_number_counts_refused_ones),
		TEST(what_came_in_a_day_is_counted),
		TEST(lists_are_newest_first_and_bounded),
		TEST(the_oldest_is_carried_out_first),
		TEST(home_shows_what_nobody_read),
		TEST(the_server_is_told_each_state_once),
		TEST(what_nobody_known_signed_is_not_read),
		TEST(every_column_comes_back),
		TEST(what_is_not_there_is_not_found),
		TEST(what_cannot_be_read_is_told),
		cmocka_unit_test(every_state_has_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
