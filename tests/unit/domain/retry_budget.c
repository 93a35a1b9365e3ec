/*
 * The budget of tries that fail: it is used up, comes back a day later, and no
 * restart or clock that goes back renews it.
 */
#include "domain/retry_budget.h"

#include "domain/settings.h"
#include "tests/unit/domain/people.h"

static unsigned left(struct db *db, int64_t now)
{
	struct retry_budget budget;
	assert_done(retry_budget_read(db, now, &budget, err));
	return budget.left;
}

static int64_t renewed_at(struct db *db, int64_t now)
{
	struct retry_budget budget;
	assert_done(retry_budget_read(db, now, &budget, err));
	return budget.renewed_at;
}

static void spend(struct db *db, unsigned count, int64_t now)
{
	for (unsigned i = 0; i < count; i++) {
		assert_done(retry_budget_spend(db, now, err));
	}
}

static void a_new_device_has_all_of_it(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(left(t->db, NOW), RETRY_BUDGET_TRIES);
}

static void it_is_used_up_and_comes_back_after_the_window(void **state)
{
	struct temporary_db *t = *state;
	spend(t->db, 1, NOW);
	assert_int_equal(left(t->db, NOW), RETRY_BUDGET_TRIES - 1);
	spend(t->db, RETRY_BUDGET_TRIES - 1, NOW + 3600);
	assert_int_equal(left(t->db, NOW + 3600), 0);
	/* A person's try is counted, and nothing goes below 0. */
	spend(t->db, 3, NOW + 3700);
	assert_int_equal(left(t->db, NOW + 3700), 0);
	assert_int_equal(renewed_at(t->db, NOW + 3700),
			 NOW + RETRY_BUDGET_WINDOW_S);
	assert_int_equal(left(t->db, NOW + RETRY_BUDGET_WINDOW_S - 1), 0);
	assert_int_equal(left(t->db, NOW + RETRY_BUDGET_WINDOW_S),
			 RETRY_BUDGET_TRIES);
	spend(t->db, 1, NOW + RETRY_BUDGET_WINDOW_S);
	assert_int_equal(left(t->db, NOW + RETRY_BUDGET_WINDOW_S),
			 RETRY_BUDGET_TRIES - 1);
}

static void a_restart_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	spend(t->db, 40, NOW);
	temporary_db_reopen(t);
	assert_int_equal(left(t->db, NOW + 10), RETRY_BUDGET_TRIES - 40);
}

/* Without a clock of its own a device starts in 1970 each time. */
static void a_clock_that_forgets_renews_nothing(void **state)
{
	struct temporary_db *t = *state;
	assert_done(settings_set(t->db, "time_floor", "1764000000", err));
	for (int i = 0; i < 5; i++) {
		spend(t->db, 12, 30);
		temporary_db_reopen(t);
	}
	assert_int_equal(left(t->db, 30), 0);
	assert_int_equal(left(t->db, NOW + 60), 0);
	assert_int_equal(renewed_at(t->db, 30), 30 + RETRY_BUDGET_WINDOW_S);
}

static void a_clock_that_goes_back_renews_nothing(void **state)
{
	struct temporary_db *t = *state;
	spend(t->db, RETRY_BUDGET_TRIES, NOW);
	assert_int_equal(left(t->db, NOW - 100000), 0);
	spend(t->db, 1, NOW - 100000);
	assert_int_equal(left(t->db, NOW - 100000), 0);
	/* And does not hold it back for ever. */
	assert_int_equal(left(t->db, NOW - 100000 + RETRY_BUDGET_WINDOW_S),
			 RETRY_BUDGET_TRIES);
}

static void damaged_counters_begin_anew(void **state)
{
	struct temporary_db *t = *state;
	assert_done(settings_set(t->db, "retry_used", "many", err));
	assert_done(settings_set(t->db, "retry_from", "-5", err));
	assert_int_equal(left(t->db, NOW), RETRY_BUDGET_TRIES);
	spend(t->db, 1, NOW);
	assert_int_equal(left(t->db, NOW), RETRY_BUDGET_TRIES - 1);
}

static void it_counts_within_a_transaction_that_is_undone(void **state)
{
	struct temporary_db *t = *state;
	assert_done(db_begin(t->db, err));
	spend(t->db, 5, NOW);
	db_rollback(t->db);
	assert_int_equal(left(t->db, NOW), RETRY_BUDGET_TRIES);
}

/* A try that cannot be counted is none that may be made. */
static void a_try_that_cannot_be_counted_fails(void **state)
{
	static const char *const writes[] = {
		"UPDATE ON settings WHEN NEW.name = 'retry_from'",
		"UPDATE ON settings WHEN NEW.name = 'retry_used'",
	};
	struct temporary_db *t = *state;
	struct retry_budget budget = { .left = 77 };
	spend(t->db, 1, NOW);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(t->db, writes[i]);
		assert_fails(ERR_INVALID,
			     retry_budget_spend(t->db, NOW + 9, err));
		temporary_db_refuse(t->db, NULL);
		assert_int_equal(left(t->db, NOW + 9), RETRY_BUDGET_TRIES - 1);
	}
	temporary_db_run(t->db, "DROP TABLE settings");
	assert_fails(ERR_BUG, retry_budget_spend(t->db, NOW, err));
	assert_fails(ERR_BUG, retry_budget_read(t->db, NOW, &budget, err));
	assert_int_equal(budget.left, 77);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_has_all_of_it),
		T(it_is_used_up_and_comes_back_after_the_window),
		T(a_restart_changes_nothing),
		T(a_clock_that_forgets_renews_nothing),
		T(a_clock_that_goes_back_renews_nothing),
		T(damaged_counters_begin_anew),
		T(it_counts_within_a_transaction_that_is_undone),
		T(a_try_that_cannot_be_counted_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
