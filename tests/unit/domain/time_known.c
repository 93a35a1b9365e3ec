/*
 * What is known of the time (src/domain/time_known.c), for clocks that are
 * right, that forget, that run ahead and that are set.
 */
#include "domain/time_known.h"

#include <string.h>

#include "domain/settings.h"
#include "tests/unit/domain/times.h"

static void assert_words(struct db *db, int64_t now, const char *words)
{
	struct time_known known = known_at(db, now);
	struct buf text = BUF_INIT;
	time_known_put(&text, &known);
	if (strstr(buf_str(&text), words) == NULL) {
		fail_msg("\"%s\" has no \"%s\"", buf_str(&text), words);
	}
	buf_clear(&text);
}

static void assert_judged(struct db *db, int64_t now, int64_t best,
			  int64_t proved)
{
	int64_t b, p;
	assert_done(time_known_judge(db, now, &b, &p, err));
	assert_int_equal(b, best);
	assert_int_equal(p, proved);
}

static void a_new_device_believes_its_clock_after_the_build(void **state)
{
	struct temporary_db *t = *state;
	struct time_known known = known_at(t->db, today());
	assert_int_equal(known.best, today());
	assert_int_equal(known.earliest, today());
	assert_int_equal(known.latest, today());
	assert_int_equal(known.floor, time_known_build());
	assert_int_equal(known.source, TIME_SOURCE_BUILD);
	assert_int_equal(known.clock_ahead_s, 0);
	assert_int_equal(known.within_s, -1);
	assert_string_equal(time_known_from(&known), "this device's clock");
	assert_words(t->db, today(), "from this device's clock, which no");
}

static void a_clock_that_cannot_be_right_leaves_the_floor(void **state)
{
	struct temporary_db *t = *state;
	static const int64_t clocks[] = { 0, -5, 1577836800, CLOCK_2039,
					  INT64_MAX };
	int64_t build = time_known_build();
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		struct time_known known = known_at(t->db, clocks[i]);
		assert_int_equal(known.best, build);
		assert_int_equal(known.earliest, build);
		assert_true(known.latest == INT64_MAX);
		assert_true(known.clock_ahead_s != 0);
		assert_string_equal(time_known_from(&known),
				    "the build of this program");
	}
	assert_words(t->db, 0,
		     "clock cannot be right. It is later than the "
		     "build");
	assert_words(t->db, 0, "behind; set it.");
	assert_words(t->db, CLOCK_2039, "too far ahead to be believed");
	assert_words(t->db, CLOCK_2039, "years ahead; set it.");
}

static void a_clock_a_little_behind_the_floor_is_right(void **state)
{
	struct temporary_db *t = *state;
	learn(t->db, TIME_SOURCE_RECEIPT, today() + 100, 0, today());
	struct time_known known = known_at(t->db, today());
	assert_int_equal(known.best, today() + 100);
	assert_int_equal(known.latest, today() + 100);
	assert_int_equal(known.clock_ahead_s, 0);
}

static void a_receipt_raises_the_floor_and_nothing_lowers_it(void **state)
{
	struct temporary_db *t = *state;
	assert_false(learn(t->db, TIME_SOURCE_RECEIPT, today(), 0, 0));
	assert_int_equal(known_at(t->db, 0).best, today());
	assert_int_equal(known_at(t->db, 0).source, TIME_SOURCE_RECEIPT);
	learn(t->db, TIME_SOURCE_RECEIPT, today() - DAY, 0, 0);
	assert_false(learn(t->db, TIME_SOURCE_RECEIPT, 1, 0, today()));
	assert_false(learn(t->db, TIME_SOURCE_RECEIPT, 0, 0, today()));
	assert_false(learn(t->db, TIME_SOURCE_RECEIPT, -7, 0, today()));
	learn(t->db, TIME_SOURCE_CHECKIN, today() - 2 * DAY, 1, 2);
	assert_int_equal(known_at(t->db, 0).floor, today());
	assert_int_equal(known_at(t->db, 0).source, TIME_SOURCE_RECEIPT);
	assert_words(t->db, 0, " UTC.");
	assert_words(t->db, 0, "later than a receipt of the server of ");
	temporary_db_reopen(t);
	assert_int_equal(known_at(t->db, 0).floor, today());
}

static void a_fresh_answer_says_how_far_the_clock_is_off(void **state)
{
	struct temporary_db *t = *state;
	assert_true(check_in(t->db, today(), CLOCK_2039));
	struct time_known known = known_at(t->db, CLOCK_2039 + 3600);
	assert_int_equal(known.best, today() + 3600);
	assert_in_range(known.within_s, 2, 10);
	assert_int_equal(known.earliest, known.best - known.within_s);
	assert_int_equal(known.latest, known.best + known.within_s);
	assert_int_equal(known.clock_ahead_s, CLOCK_2039 - today());
	assert_int_equal(known.source_at, today());
	assert_string_equal(time_known_from(&known),
			    "the server's signed answer");
	assert_words(t->db, CLOCK_2039,
		     "Time known to within 3 seconds, from "
		     "the server's signed answer of ");
	/* A cheap clock is less sure after a month. */
	known = known_at(t->db, CLOCK_2039 + 30 * DAY);
	assert_in_range(known.within_s, 300, 3600);
	assert_words(t->db, CLOCK_2039 + 30 * DAY, "to within 8 minutes");
}

static void a_clock_of_1970_counts_on_from_the_answer(void **state)
{
	struct temporary_db *t = *state;
	assert_true(check_in(t->db, today(), 3600));
	assert_int_equal(known_at(t->db, 3600 + DAY).best, today() + DAY);
	/* It forgot again: only the floor is left. */
	struct time_known known = known_at(t->db, 60);
	assert_int_equal(known.best, today());
	assert_true(known.latest == INT64_MAX);
	assert_int_equal(known.within_s, -1);
}

static void it_is_news_once(void **state)
{
	struct temporary_db *t = *state;
	assert_false(check_in(t->db, today(), today() + 60));
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 0);
	assert_true(check_in(t->db, today() + 60, 60));
	assert_false(check_in(t->db, today() + 90, 90));
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 1);
	assert_last_entry(t->db, LEDGER_CONFIGURATION, "years behind");
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "the server's signed time is 20");
	assert_false(check_in(t->db, today() + 120, today() + 120));
	assert_true(check_in(t->db, today() + 150, CLOCK_2039));
	assert_last_entry(t->db, LEDGER_CONFIGURATION, "years ahead");
	assert_ledger_whole(t->db);
}

static void a_start_or_a_jump_forgets_how_far_it_is_off(void **state)
{
	struct temporary_db *t = *state;
	check_in(t->db, today(), CLOCK_2039);
	assert_done(time_known_doubt(t->db, err));
	struct time_known known = known_at(t->db, CLOCK_2039 + 60);
	assert_int_equal(known.best, today());
	assert_true(known.latest == INT64_MAX);
	/* The clock was set right. */
	assert_int_equal(known_at(t->db, today() + 60).best, today() + 60);
	assert_int_equal(known_at(t->db, today() + 60).clock_ahead_s, 0);
}

/* A clock that is believed, and a server that says something else. */
static void a_server_far_ahead_does_not_move_the_floor(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = today(), wrong = now + TIME_STEP_S + DAY;
	learn(t->db, TIME_SOURCE_RECEIPT, wrong, 0, now);
	assert_int_equal(known_at(t->db, now).floor, time_known_build());
	check_in(t->db, wrong, now);
	struct time_known known = known_at(t->db, now);
	assert_int_equal(known.floor, time_known_build());
	assert_int_equal(known.best, wrong);
	assert_int_equal(known.within_s, -1);
	/* Either may be right. */
	assert_int_equal(known.earliest, now);
	assert_int_equal(known.latest, wrong);
	/* Further than is believed it says nothing, and is no news. */
	known = known_at(t->db, now + 1);
	assert_false(check_in(t->db, now + TIME_BELIEVED_S + DAY, now + 1));
	assert_int_equal(known_at(t->db, now + 1).best, known.best);
	assert_int_equal(known_at(t->db, now + 1).source_at, wrong);
	/* The next answer mends it. */
	check_in(t->db, now + 60, now + 60);
	assert_int_equal(known_at(t->db, now + 60).best, now + 60);
	learn(t->db, TIME_SOURCE_RECEIPT, now + TIME_STEP_S, 0, now);
	assert_int_equal(known_at(t->db, now).floor, now + TIME_STEP_S);
}

/*
 * A server that went ahead twice: its floor is proved, but that it is later
 * than the second time is not, or its own certificate may seem over for good.
 */
static void a_floor_ahead_of_the_clock_proves_no_more_than_itself(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = today(), floor = now + TIME_STEP_S;
	learn(t->db, TIME_SOURCE_RECEIPT, floor, 0, now);
	check_in(t->db, floor + 40 * DAY, now);
	struct time_known known = known_at(t->db, now);
	assert_int_equal(known.floor, floor);
	assert_int_equal(known.earliest, floor);
	assert_int_equal(known.best, floor + 40 * DAY);
	assert_int_equal(known.latest, floor + 40 * DAY);
	assert_int_equal(known.within_s, -1);
	assert_judged(t->db, now, floor + 40 * DAY, floor);
}

/* A clock that stands in any year is no witness for a server's time in it. */
static void a_clock_far_ahead_lets_no_server_follow(void **state)
{
	struct temporary_db *t = *state;
	learn(t->db, TIME_SOURCE_RECEIPT, CLOCK_2039 - 3 * DAY, 0, CLOCK_2039);
	check_in(t->db, CLOCK_2039 - 3 * DAY, CLOCK_2039);
	assert_int_equal(known_at(t->db, CLOCK_2039).floor, time_known_build());
	assert_int_equal(known_at(t->db, CLOCK_2039).best, time_known_build());
}

/* Long after the build, a clock that answers agreed with stays one. */
static void a_clock_that_was_confirmed_stays_right(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = time_known_build() + 3 * YEAR;
	check_in(t->db, now, now);
	learn(t->db, TIME_SOURCE_RECEIPT, now + TIME_STEP_S + DAY, 0, now);
	assert_int_equal(known_at(t->db, now).floor, now);
}

/* What an answer said of the clock ends where nothing is believed any more. */
static void an_answer_holds_no_longer_than_is_believed(void **state)
{
	struct temporary_db *t = *state;
	check_in(t->db, today(), CLOCK_2039);
	int64_t last = CLOCK_2039 + TIME_BELIEVED_S;
	assert_int_equal(known_at(t->db, last).best, today() + TIME_BELIEVED_S);
	struct time_known known = known_at(t->db, last + 1);
	assert_int_equal(known.best, today());
	assert_int_equal(known.within_s, -1);
	assert_true(known.latest == INT64_MAX);
}

static void a_clock_that_was_set_back_is_within_nothing(void **state)
{
	struct temporary_db *t = *state;
	check_in(t->db, today(), today());
	struct time_known known = known_at(t->db, today() - 3600);
	assert_int_equal(known.within_s, -1);
	assert_int_equal(known.earliest, today());
}

static void a_newer_build_is_the_floor(void **state)
{
	struct temporary_db *t = *state;
	learn(t->db, TIME_SOURCE_RECEIPT, today(), 0, today());
	assert_done(settings_set(t->db, "time_floor", "1764000000", err));
	struct time_known known = known_at(t->db, 0);
	assert_int_equal(known.floor, time_known_build());
	assert_int_equal(known.source, TIME_SOURCE_BUILD);
	assert_int_equal(known.source_at, 0);
}

/* An answer is the newest fact, also when it is earlier than the floor. */
static void a_fresh_answer_is_where_the_time_is_from(void **state)
{
	struct temporary_db *t = *state;
	learn(t->db, TIME_SOURCE_RECEIPT, today() + 100, 0, today());
	assert_int_equal(known_at(t->db, today()).source, TIME_SOURCE_RECEIPT);
	check_in(t->db, today() + 50, today() + 50);
	struct time_known known = known_at(t->db, today() + 50);
	assert_int_equal(known.source, TIME_SOURCE_CHECKIN);
	assert_int_equal(known.source_at, today() + 50);
	assert_int_equal(known.floor, today() + 100);
}

/*
 * A server that wants to be ahead of all certificates, and may answer as often
 * as it likes.
 */
static void it_does_not_get_on_step_by_step(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = today();
	check_in(t->db, now, now);
	for (int i = 1; i <= 100; i++) {
		int64_t at = now + i * 15 * DAY;
		check_in(t->db, at, now + i);
		learn(t->db, TIME_SOURCE_RECEIPT, at, 0, now + i);
	}
	int64_t floor = known_at(t->db, now + 100).floor;
	assert_in_range(floor - now, 15 * DAY, TIME_STEP_S + 100);
	/* Nor after starts, as long as the clock goes on. */
	for (int i = 1; i <= 10; i++) {
		assert_done(time_known_doubt(t->db, err));
		check_in(t->db, now + TIME_STEP_S + i * DAY, now + 200);
	}
	floor = known_at(t->db, now + 200).floor;
	assert_in_range(floor - now, 0, TIME_STEP_S + 200);
}

/* The same with a clock that tells nothing: once from start to start. */
static void nor_when_the_clock_forgets(void **state)
{
	struct temporary_db *t = *state;
	int64_t start = today(), most = start + TIME_BELIEVED_S;
	check_in(t->db, start, 60);
	assert_done(time_known_doubt(t->db, err));
	for (int i = 1; i <= 100; i++) {
		int64_t at = start + i * 100 * DAY;
		check_in(t->db, at, 60 + i);
		learn(t->db, TIME_SOURCE_RECEIPT, at, 0, 60 + i);
		assert_true(known_at(t->db, 60 + i).best <= most + i);
	}
	int64_t floor = known_at(t->db, 200).floor;
	assert_in_range(floor - start, 100 * DAY, TIME_BELIEVED_S + 100);
	assert_true(known_at(t->db, 200).best <= most + 200);
	/* One that runs for years goes on with its server. */
	for (int64_t d = 1; d <= 3 * YEAR; d += 10 * DAY) {
		check_in(t->db, floor + d, 200 + d);
	}
	assert_true(known_at(t->db, 200 + 3 * YEAR).floor - floor >
		    3 * YEAR - 20 * DAY);
}

/* As above, with one that stands in 2039. */
static void nor_when_the_clock_is_far_ahead(void **state)
{
	struct temporary_db *t = *state;
	int64_t start = today();
	check_in(t->db, start, CLOCK_2039);
	assert_done(time_known_doubt(t->db, err));
	for (int i = 1; i <= 100; i++) {
		int64_t at = start + i * 100 * DAY;
		check_in(t->db, at, CLOCK_2039 + i);
	}
	int64_t floor = known_at(t->db, CLOCK_2039 + 200).floor;
	assert_in_range(floor - start, 100 * DAY, TIME_BELIEVED_S + 100);
	/* Another start, another step; a jump of the clock is no pace. */
	assert_done(time_known_doubt(t->db, err));
	assert_done(time_known_doubt(t->db, err));
	int64_t later = CLOCK_2039 + 20 * YEAR;
	for (int i = 1; i <= 100; i++) {
		check_in(t->db, floor + i * 100 * DAY, later + i);
	}
	int64_t next = known_at(t->db, later + 200).floor;
	assert_in_range(next - floor, 300 * DAY, TIME_BELIEVED_S + 100);
}

static void no_answer_moves_the_floor_by_more_than_is_believed(void **state)
{
	struct temporary_db *t = *state;
	int64_t most = time_known_build() + TIME_BELIEVED_S;
	learn(t->db, TIME_SOURCE_RECEIPT, most + 1, 0, 0);
	check_in(t->db, most + 1, 60);
	check_in(t->db, INT64_MAX, 60);
	assert_int_equal(known_at(t->db, 60).floor, time_known_build());
	assert_int_equal(known_at(t->db, 60).best, time_known_build());
	check_in(t->db, most, 60);
	assert_int_equal(known_at(t->db, 60).floor, most);
}

/* A device that lay in a store for three years, with a battery. */
static void clock_and_server_together_are_believed(void **state)
{
	struct temporary_db *t = *state;
	int64_t now = time_known_build() + 3 * YEAR;
	assert_true(known_at(t->db, now).latest == INT64_MAX);
	assert_false(check_in(t->db, now + 5, now));
	assert_int_equal(known_at(t->db, now).floor, now + 5);
	assert_in_range(known_at(t->db, now).within_s, 1, 10);
}

static void an_answer_from_before_a_jump_is_none(void **state)
{
	struct temporary_db *t = *state;
	/* The clock was set back while the question was on its way. */
	learn(t->db, TIME_SOURCE_CHECKIN, today(), today() + DAY, today());
	assert_int_equal(known_at(t->db, today()).within_s, -1);
	assert_int_equal(known_at(t->db, today()).floor, today());
}

static void decisions_are_judged_by_what_was_noted(void **state)
{
	struct temporary_db *t = *state;
	assert_judged(t->db, 5, 5, 5);
	assert_judged(t->db, CLOCK_2039, CLOCK_2039, CLOCK_2039);
	assert_done(time_known_doubt(t->db, err));
	int64_t build = time_known_build();
	assert_judged(t->db, 5, build, build);
	assert_judged(t->db, CLOCK_2039, build, build);
	/* Believed: a device that never meets its server ends grants, too. */
	assert_judged(t->db, today(), today(), today());
	check_in(t->db, today(), today());
	assert_judged(t->db, today() + 60, today() + 60, today() + 57);
	/* A server that the clock contradicts ends nothing for good. */
	check_in(t->db, today() + 300 * DAY, today() + 60);
	assert_judged(t->db, today() + 60, today() + 300 * DAY, today() + 60);
}

static void what_is_damaged_counts_as_never_set(void **state)
{
	struct temporary_db *t = *state;
	static const char *const names[] = { "time_floor",     "time_source",
					     "time_source_at", "time_ahead",
					     "time_within",    "time_clock" };
	check_in(t->db, today(), today());
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_done(settings_set(t->db, names[i], "99999999999999999",
					 err));
	}
	struct time_known known = known_at(t->db, today());
	assert_int_equal(known.floor, time_known_build());
	assert_int_equal(known.source, TIME_SOURCE_BUILD);
	assert_int_equal(known.within_s, -1);
	assert_int_equal(known.best, today());
}

static void a_full_disk_keeps_what_was_known(void **state)
{
	struct temporary_db *t = *state;
	check_in(t->db, today(), today());
	temporary_db_fill(t->db, true);
	bool failed = false;
	for (int i = 1; i < 2000 && !failed; i++) {
		struct err err = { .kind = ERR_NONE };
		failed =
			!time_known_learn(t->db, TIME_SOURCE_CHECKIN,
					  today() + i, i % 2 == 0 ? 1 : today(),
					  i % 2 == 0 ? 2 : today() + i, NULL,
					  &err);
	}
	assert_true(failed);
	temporary_db_fill(t->db, false);
	assert_true(known_at(t->db, 0).floor >= today());
	assert_ledger_whole(t->db);
}

/* Nothing counts as learned that is not kept, its entry included. */
static void what_cannot_be_kept_is_not_learned(void **state)
{
	struct temporary_db *t = *state;
	check_in(t->db, today(), today());
	temporary_db_refuse(t->db, "INSERT ON ledger");
	bool jumped = false;
	assert_fails(ERR_INVALID,
		     time_known_learn(t->db, TIME_SOURCE_CHECKIN, today() + 60,
				      58, 60, &jumped, err));
	assert_false(jumped);
	assert_int_equal(known_at(t->db, 0).floor, today());
	temporary_db_refuse(t->db,
			    "UPDATE ON settings WHEN NEW.name = 'time_ahead'");
	assert_fails(ERR_INVALID,
		     time_known_learn(t->db, TIME_SOURCE_CHECKIN, today() + 60,
				      today(), today() + 60, NULL, err));
	assert_fails(ERR_INVALID, time_known_doubt(t->db, err));
	assert_int_equal(known_at(t->db, 0).floor, today());
	temporary_db_run(t->db, "DROP TABLE settings");
	struct time_known known = { .floor = 77 };
	int64_t best = 77, proved = 77;
	assert_fails(ERR_BUG, time_known_read(t->db, today(), &known, err));
	assert_fails(ERR_BUG,
		     time_known_judge(t->db, today(), &best, &proved, err));
	assert_int_equal(known.floor + best + proved, 3 * 77);
}

static void the_last_answers_time_is_kept(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(known_at(t->db, today()).answer, 0);
	(void)check_in(t->db, today() - 100, today());
	assert_int_equal(known_at(t->db, today() + DAY).answer, today() - 100);
	(void)check_in(t->db, today() + 200, today() + 100);
	assert_int_equal(known_at(t->db, today() + DAY).answer, today() + 200);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(a_new_device_believes_its_clock_after_the_build),
		TEST(a_clock_that_cannot_be_right_leaves_the_floor),
		TEST(the_last_answers_time_is_kept),
		TEST(a_clock_a_little_behind_the_floor_is_right),
		TEST(a_receipt_raises_the_floor_and_nothing_lowers_it),
		TEST(a_fresh_answer_says_how_far_the_clock_is_off),
		TEST(a_clock_of_1970_counts_on_from_the_answer),
		TEST(it_is_news_once),
		TEST(a_start_or_a_jump_forgets_how_far_it_is_off),
		TEST(a_server_far_ahead_does_not_move_the_floor),
		TEST(it_does_not_get_on_step_by_step),
		TEST(nor_when_the_clock_forgets),
		TEST(no_answer_moves_the_floor_by_more_than_is_believed),
		TEST(clock_and_server_together_are_believed),
		TEST(an_answer_from_before_a_jump_is_none),
		TEST(decisions_are_judged_by_what_was_noted),
		TEST(what_is_damaged_counts_as_never_set),
		TEST(a_floor_ahead_of_the_clock_proves_no_more_than_itself),
		TEST(a_clock_far_ahead_lets_no_server_follow),
		TEST(a_clock_that_was_confirmed_stays_right),
		TEST(an_answer_holds_no_longer_than_is_believed),
		TEST(a_clock_that_was_set_back_is_within_nothing),
		TEST(a_newer_build_is_the_floor),
		TEST(a_fresh_answer_is_where_the_time_is_from),
		TEST(nor_when_the_clock_is_far_ahead),
		TEST(a_full_disk_keeps_what_was_known),
		TEST(what_cannot_be_kept_is_not_learned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
