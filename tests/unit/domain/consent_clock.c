/*
 * Grants of a device whose clock is wrong, or is set: none is longer than it
 * was given for, and none is lost (src/domain/consent*.c).
 */
#include "domain/time_known.h"
#include "tests/unit/domain/grants.h"

#include <string.h>

#define CLOCK_1970 ((int64_t)3600)
#define CLOCK_2039 INT64_C(2177452800)

/* After the build, so that such a clock is believed. */
static int64_t today(void)
{
	return time_known_build() + 10 * DAY_S;
}

static int start(void **state)
{
	int done = temporary_db_device(state);
	struct temporary_db *t = *state;
	assert_done(time_known_doubt(t->db, err));
	return done;
}

static void learn(struct db *db, int64_t signed_at, int64_t clock)
{
	assert_done(time_known_learn(db, TIME_SOURCE_CHECKIN, signed_at, clock,
				     clock, NULL, err));
}

static void assert_state(struct db *db, int64_t clock, enum consent_state state)
{
	assert_int_equal(control_now(db, SERVICE_METERING, clock).state, state);
}

static void a_wrong_clock_gives_no_other_end(void **state)
{
	static const int64_t clocks[] = { 1, CLOCK_1970, 1577836800,
					  CLOCK_2039 };
	struct temporary_db *t = *state;
	int64_t build = time_known_build();
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		allow_services(t->db, METERING, clocks[i]);
		struct consent c =
			control_now(t->db, SERVICE_METERING, clocks[i]);
		assert_int_equal(c.until, build + CONSENT_PRESET_S);
		assert_int_equal(c.since, build);
		/* Put right, it stands; and ends in its time. */
		assert_state(t->db, clocks[i], CONSENT_ALLOWED);
		assert_state(t->db, today(), CONSENT_ALLOWED);
		assert_state(t->db, c.until - 1, CONSENT_ALLOWED);
		assert_state(t->db, c.until, CONSENT_EXPIRED);
		assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING,
					     clocks[i], NULL, err));
	}
	assert_ledger_whole(t->db);
}

static void an_end_that_was_chosen_is_measured_by_what_is_known(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, CLOCK_2039);
	allow_until(t->db, SERVICE_SUPPLIES, today(), CLOCK_2039);
	const struct consent_choice past = { .actor = "carla",
					     .service = SERVICE_PARTS,
					     .language = "en",
					     .until = time_known_build() - 1,
					     .now = CLOCK_1970 };
	assert_fails(ERR_INVALID, consent_choose(t->db, &past, err));
	struct consent_choice far = past;
	far.until = today() + 11 * 366 * DAY_S;
	far.now = far.until - DAY_S;
	assert_fails(ERR_INVALID, consent_choose(t->db, &far, err));
}

static void a_clock_that_is_not_believed_ends_nothing(void **state)
{
	struct temporary_db *t = *state;
	size_t ended = 9;
	struct outbox_item item;
	allow_services(t->db, METERING, today());
	queue_item(t->db, METERING, today(), &item);
	/* So far ahead that it is not believed. */
	assert_done(consent_expire(t->db, CLOCK_2039, &ended, err));
	assert_int_equal(ended, 0);
	assert_state(t->db, CLOCK_2039, CONSENT_ALLOWED);
	assert_int_equal(state_of(t->db, item.transaction), OUTBOX_QUEUED);
	/* Believed: without remote services nobody will ever confirm it. */
	int64_t late = today() + CONSENT_PRESET_S + 1;
	assert_done(consent_expire(t->db, late, &ended, err));
	assert_int_equal(ended, 2);
	assert_int_equal(effective_at(t->db, late), 0);
	assert_int_equal(state_of(t->db, item.transaction), OUTBOX_CANCELLED);
}

static void a_proved_end_is_an_end_wherever_the_clock_is_set(void **state)
{
	struct temporary_db *t = *state;
	size_t ended = 0;
	struct outbox_item item;
	allow_services(t->db, METERING, today());
	queue_item(t->db, METERING, today(), &item);
	int64_t late = today() + CONSENT_PRESET_S + DAY_S;
	/* Its clock stands in 1970; the server says what time it is. */
	learn(t->db, late, CLOCK_1970);
	assert_state(t->db, CLOCK_1970, CONSENT_EXPIRED);
	assert_done(consent_expire(t->db, CLOCK_1970, &ended, err));
	assert_true(ended >= 1);
	assert_int_equal(state_of(t->db, item.transaction), OUTBOX_CANCELLED);
	assert_state(t->db, today(), CONSENT_EXPIRED);
	assert_state(t->db, 1, CONSENT_EXPIRED);
	assert_int_equal(effective_at(t->db, today()), 0);
	assert_ledger_whole(t->db);
}

/* Set back, it counts from the last that the server said. */
static void a_clock_set_back_lengthens_no_grant(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, today());
	allow_until(t->db, SERVICE_METERING, today() + 3 * DAY_S, today());
	learn(t->db, today() + 2 * DAY_S, today() + 2 * DAY_S);
	/* A day is left, and so much passes by this clock. */
	int64_t clock = today() - 300 * DAY_S;
	learn(t->db, today() + 2 * DAY_S + 60, clock);
	assert_state(t->db, clock + DAY_S / 2, CONSENT_ALLOWED);
	assert_state(t->db, clock + DAY_S, CONSENT_EXPIRED);
}

static void its_entry_has_the_clocks_time(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, CLOCK_1970);
	assert_int_equal(temporary_db_number(t->db,
					     "SELECT max(at) FROM ledger"),
			 CLOCK_1970);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, start, temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(a_wrong_clock_gives_no_other_end),
		TEST(an_end_that_was_chosen_is_measured_by_what_is_known),
		TEST(a_clock_that_is_not_believed_ends_nothing),
		TEST(a_proved_end_is_an_end_wherever_the_clock_is_set),
		TEST(a_clock_set_back_lengthens_no_grant),
		TEST(its_entry_has_the_clocks_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
