/*
 * The owner's word (src/domain/time_floor.c): a floor that was led ahead comes
 * down again, never below the build, and what is learned from there on has all
 * its limits.
 */
#include "domain/time_floor.h"

#include <string.h>

#include "base/clock.h"
#include "domain/settings.h"
#include "tests/unit/domain/times.h"

#define OWNER "command line: root"

/* A wrong clock and an answer that agreed with it. */
static void lead_ahead(struct db *db)
{
	(void)check_in(db, today() + 13 * YEAR, today() + 13 * YEAR);
	assert_int_equal(known_at(db, today()).floor, today() + 13 * YEAR);
}

static int64_t lower(struct db *db, int64_t to)
{
	int64_t from = 0;
	assert_done(time_floor_lower(db, OWNER, to, today(), &from, err));
	return from;
}

static void it_goes_back_to_the_build(void **state)
{
	struct temporary_db *t = *state;
	char was[CLOCK_TEXT_SIZE], is[CLOCK_TEXT_SIZE];
	lead_ahead(t->db);
	assert_int_equal(lower(t->db, time_known_build()), today() + 13 * YEAR);
	struct time_known known = known_at(t->db, today());
	assert_int_equal(known.floor, time_known_build());
	assert_int_equal(known.source, TIME_SOURCE_BUILD);
	assert_int_equal(known.best, today());
	assert_int_equal(known.earliest, today());
	assert_int_equal(known.answer, 0);
	assert_int_equal(known.within_s, -1);
	assert_int_equal(known.doubt, TIME_DOUBT_UNSET);
	clock_format(was, today() + 13 * YEAR);
	clock_format(is, time_known_build());
	assert_last_entry(t->db, LEDGER_CONFIGURATION, was);
	assert_last_entry(t->db, LEDGER_CONFIGURATION, is);
	assert_ledger_whole(t->db);
}

static void it_goes_back_to_a_time_that_the_owner_names(void **state)
{
	struct temporary_db *t = *state;
	struct buf text = BUF_INIT;
	lead_ahead(t->db);
	(void)lower(t->db, today() - 5 * DAY);
	/* A clock of 1970 takes it for the time. */
	struct time_known known = known_at(t->db, 0);
	assert_int_equal(known.floor, today() - 5 * DAY);
	assert_int_equal(known.best, today() - 5 * DAY);
	assert_int_equal(known.source, TIME_SOURCE_OWNER);
	time_known_put(&text, &known);
	assert_non_null(strstr(buf_str(&text), "the word of this device's "
					       "owner"));
	buf_clear(&text);
}

/* What was refused as too old before is believed again. */
static void the_real_server_is_heard_again(void **state)
{
	struct temporary_db *t = *state;
	lead_ahead(t->db);
	(void)check_in(t->db, today(), today());
	assert_int_equal(known_at(t->db, today()).floor, today() + 13 * YEAR);
	(void)lower(t->db, time_known_build());
	(void)check_in(t->db, today(), today());
	struct time_known known = known_at(t->db, today());
	assert_int_equal(known.floor, today());
	assert_true(known.within_s >= 0);
	assert_int_equal(known.doubt, TIME_DOUBT_UNSET);
}

/* The way ahead has the limits that it had on a new device. */
static void it_is_no_easier_to_lead_ahead_again(void **state)
{
	struct temporary_db *t = *state;
	int64_t farthest = time_known_build() + TIME_BELIEVED_S;
	lead_ahead(t->db);
	(void)lower(t->db, time_known_build());
	/* A clock that tells nothing: 400 days in all. */
	for (int i = 1; i <= 5; i++) {
		int64_t at = time_known_build() + i * 300 * DAY;
		(void)check_in(t->db, at, 100 + i);
	}
	assert_true(known_at(t->db, 105).floor <= farthest + 105);
	/* One that is right: 30 days ahead of it. */
	(void)lower(t->db, time_known_build());
	(void)check_in(t->db, today() + 31 * DAY, today());
	assert_true(known_at(t->db, today()).floor <= today());
}

static void it_never_goes_below_the_build_or_up(void **state)
{
	struct temporary_db *t = *state;
	int64_t from = 7;
	int64_t before;
	/* On a new device there is nothing to lower. */
	assert_fails(ERR_INVALID,
		     time_floor_lower(t->db, OWNER, time_known_build(), today(),
				      &from, err));
	lead_ahead(t->db);
	before = entries(t->db, LEDGER_CONFIGURATION);
	static const int64_t bad[] = { INT64_MIN, -1, 0, 1577836800 };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_fails(ERR_INVALID,
			     time_floor_lower(t->db, OWNER, bad[i], today(),
					      &from, err));
	}
	assert_fails(ERR_INVALID,
		     time_floor_lower(t->db, OWNER, time_known_build() - 1,
				      today(), &from, err));
	assert_fails(ERR_INVALID,
		     time_floor_lower(t->db, OWNER, today() + 13 * YEAR,
				      today(), &from, err));
	assert_fails(ERR_INVALID, time_floor_lower(t->db, OWNER, INT64_MAX,
						   today(), &from, err));
	assert_int_equal(from, 7);
	assert_int_equal(known_at(t->db, today()).floor, today() + 13 * YEAR);
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), before);
}

static void assert_says(struct db *db, int64_t to, const char *words,
			int64_t time)
{
	int64_t from = 0;
	char at[CLOCK_TEXT_SIZE];
	struct err why = { .kind = ERR_NONE };
	assert_false(time_floor_lower(db, OWNER, to, today(), &from, &why));
	clock_format(at, time);
	assert_non_null(strstr(why.text, words));
	assert_non_null(strstr(why.text, at));
}

/* A person who was refused learns what would do. */
static void a_refusal_names_the_time_to_stay_below_or_above(void **state)
{
	struct temporary_db *t = *state;
	lead_ahead(t->db);
	assert_says(t->db, today() + 13 * YEAR, "That is no lower",
		    today() + 13 * YEAR);
	assert_says(t->db, time_known_build() - 1, "before this program",
		    time_known_build());
	(void)lower(t->db, time_known_build());
	assert_says(t->db, today(), "That is no lower", time_known_build());
}

/* Without its entry it does not happen. */
static void no_entry_no_change(void **state)
{
	struct temporary_db *t = *state;
	int64_t from = 0;
	lead_ahead(t->db);
	temporary_db_refuse(t->db, "INSERT ON ledger");
	assert_fails(ERR_INVALID,
		     time_floor_lower(t->db, OWNER, time_known_build(), today(),
				      &from, err));
	assert_int_equal(from, 0);
	assert_int_equal(known_at(t->db, today()).floor, today() + 13 * YEAR);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(it_goes_back_to_the_build),
		TEST(it_goes_back_to_a_time_that_the_owner_names),
		TEST(the_real_server_is_heard_again),
		TEST(it_is_no_easier_to_lead_ahead_again),
		TEST(it_never_goes_below_the_build_or_up),
		TEST(a_refusal_names_the_time_to_stay_below_or_above),
		TEST(no_entry_no_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
