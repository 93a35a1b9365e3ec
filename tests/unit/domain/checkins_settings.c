/* The customer's limits of check-ins, and what the server wishes. */
#include "domain/checkins.h"

#include <string.h>

#include "domain/settings.h"
#include "tests/unit/domain/people.h"

static struct checkin_state read_all(struct db *db)
{
	struct checkin_state state;
	assert_done(checkins_read(db, NOW, &state, err));
	return state;
}

static void set(struct db *db, const char *name, const char *value)
{
	assert_done(checkin_setting_set(db, "ada", name, value, NOW, err));
}

static void a_new_device_takes_a_quarter_hour_to_a_day(void **state)
{
	struct temporary_db *t = *state;
	struct checkin_state s = read_all(t->db);
	assert_int_equal(s.least_s, 900);
	assert_int_equal(s.most_s, 86400);
	assert_int_equal(s.interval_s, CHECKIN_PRESET_S);
}

static void limits_are_kept_with_before_and_after(void **state)
{
	struct temporary_db *t = *state;
	set(t->db, "checkin_least", "2h");
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "(checkin_least): \"15m\" before, \"2h\" now");
	set(t->db, "checkin_most", "7d");
	temporary_db_reopen(t);
	assert_int_equal(read_all(t->db).least_s, 7200);
	assert_int_equal(read_all(t->db).most_s, 7 * 86400);
	assert_int_equal(read_all(t->db).interval_s, 7200);
	set(t->db, "checkin_least", "300");
	assert_int_equal(read_all(t->db).least_s, 300);
	set(t->db, "checkin_least", "900s");
	assert_int_equal(read_all(t->db).least_s, 900);
	set(t->db, "checkin_least", "900s");
	assert_int_equal(entries(t->db, LEDGER_UNSET), 4);
	assert_ledger_whole(t->db);
}

static void what_is_no_time_changes_nothing(void **state)
{
	static const char *const wrong[] = {
		"",
		"m",
		"0",
		"299",
		"4m",
		"8d",
		"169h",
		"1w",
		"1.5h",
		"-1h",
		"1h ",
		" 1h",
		"01h",
		"1H",
		"1hm",
		"99999999999999999999d",
		"99999999999d",
		"on",
	};
	struct temporary_db *t = *state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		if (checkin_setting_set(t->db, "ada", "checkin_least", wrong[i],
					NOW, &why)) {
			fail_msg("taken: \"%s\"", wrong[i]);
		}
		assert_int_equal(ERR_INVALID, why.kind);
		assert_non_null(strstr(why.text, ": write "));
	}
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_fails(ERR_INVALID,
			     checkin_setting_set(t->db, "ada", "checkin_most",
						 hostile_texts[i], NOW, err));
	}
	assert_int_equal(entries(t->db, LEDGER_UNSET), 0);
}

static void the_shortest_is_never_longer_than_the_longest(void **state)
{
	struct temporary_db *t = *state;
	set(t->db, "checkin_most", "1h");
	assert_fails(ERR_INVALID,
		     checkin_setting_set(t->db, "ada", "checkin_least", "2h",
					 NOW, err));
	assert_fails(ERR_INVALID,
		     checkin_setting_set(t->db, "ada", "checkin_most", "5m",
					 NOW, err));
	set(t->db, "checkin_least", "1h");
	assert_int_equal(read_all(t->db).interval_s, 3600);
}

static void every_setting_can_be_read_by_name(void **state)
{
	struct temporary_db *t = *state;
	const struct setting *s;
	size_t count = 0;
	for (; (s = checkin_setting_at(count)) != NULL; count++) {
		struct buf value = BUF_INIT;
		assert_done(checkin_setting_value(t->db, s->name, &value, err));
		set(t->db, s->name, buf_str(&value));
		buf_clear(&value);
	}
	assert_int_equal(count, 2);
	assert_int_equal(entries(t->db, LEDGER_UNSET), 0);
	struct buf value = BUF_INIT;
	assert_fails(ERR_NOT_FOUND,
		     checkin_setting_value(t->db, "checkin_wished", &value,
					   err));
	assert_fails(ERR_NOT_FOUND,
		     checkin_setting_set(t->db, "ada", "time_floor", "1h", NOW,
					 err));
	buf_clear(&value);
}

static void a_damaged_limit_can_be_set_again(void **state)
{
	struct temporary_db *t = *state;
	struct checkin_state s;
	assert_done(settings_set(t->db, "checkin_most", "never", err));
	assert_fails(ERR_INVALID, checkins_read(t->db, NOW, &s, err));
	set(t->db, "checkin_least", "1h");
	set(t->db, "checkin_most", "2h");
	assert_int_equal(read_all(t->db).most_s, 7200);
}

static void a_wish_holds_within_the_limits_alone(void **state)
{
	struct temporary_db *t = *state;
	bool within = false;
	assert_done(checkins_wish(t->db, 900, &within, err));
	assert_true(within);
	assert_int_equal(read_all(t->db).interval_s, 900);
	assert_done(checkins_wish(t->db, 899, &within, err));
	assert_false(within);
	assert_int_equal(read_all(t->db).interval_s, 900);
	assert_int_equal(read_all(t->db).wished_s, 899);
	assert_done(checkins_wish(t->db, 86401, &within, err));
	assert_false(within);
	assert_int_equal(read_all(t->db).interval_s, 86400);
	/* Kept: it holds once the limits allow it. */
	set(t->db, "checkin_most", "2d");
	assert_int_equal(read_all(t->db).interval_s, 86401);
	assert_fails(ERR_INVALID, checkins_wish(t->db, 0, &within, err));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_takes_a_quarter_hour_to_a_day),
		T(limits_are_kept_with_before_and_after),
		T(what_is_no_time_changes_nothing),
		T(the_shortest_is_never_longer_than_the_longest),
		T(every_setting_can_be_read_by_name),
		T(a_damaged_limit_can_be_set_again),
		T(a_wish_holds_within_the_limits_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
