/*
 * What is said of the known time (src/domain/time_known.c): where it is from,
 * and when the floor is doubted.
 */
#include "domain/time_known.h"

#include <string.h>

#include "tests/unit/domain/times.h"

static void the_words_say_what_is_known(void **state)
{
	/* 2026-11-26 07:00 UTC */
	static const struct {
		struct time_known known;
		const char *words;
	} rows[] = {
		{ { .source = TIME_SOURCE_CHECKIN, .source_at = 1795676400 },
		  "Time known to within 0 seconds, from the server's signed "
		  "answer of 26 November 2026, 07:00 UTC." },
		{ { .source = TIME_SOURCE_CHECKIN,
		    .source_at = 1795676400,
		    .within_s = 1 },
		  "Time known to within 1 second, from the server's signed "
		  "answer of 26 November 2026, 07:00 UTC." },
		{ { .source = TIME_SOURCE_RECEIPT,
		    .source_at = 1795676400,
		    .within_s = 119,
		    .clock_ahead_s = -2 * 86400 },
		  "Time known to within 119 seconds, from a receipt of the "
		  "server of 26 November 2026, 07:00 UTC. This device's clock is 2 "
		  "days behind; set it." },
		{ { .source = TIME_SOURCE_CHECKIN,
		    .source_at = 1795676400,
		    .within_s = 120,
		    .clock_ahead_s = 2 * 86400 - 1 },
		  "Time known to within 2 minutes, from the server's signed "
		  "answer of 26 November 2026, 07:00 UTC. This device's clock is 47 "
		  "hours ahead; set it." },
		{ { .source = TIME_SOURCE_BUILD,
		    .floor = 1795676400,
		    .latest = 1795676400,
		    .within_s = -1 },
		  "Time taken from this device's clock, which no signed "
		  "answer has confirmed since the client started; it is later "
		  "than the build of this program of 26 November 2026, 07:00 UTC." },
		{ { .source = TIME_SOURCE_BUILD,
		    .floor = 1795676400,
		    .latest = INT64_MAX,
		    .within_s = -1,
		    .clock_ahead_s = INT64_C(-63115200) },
		  "Time not known: this device's clock cannot be right. It is "
		  "later than the build of this program of 26 November 2026, 07:00 "
		  "UTC. This device's clock is 2 years behind; set it." },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf text = BUF_INIT;
		time_known_put(&text, &rows[i].known);
		assert_string_equal(buf_str(&text), rows[i].words);
		buf_clear(&text);
	}
}

static void assert_doubt(struct db *db, int64_t now, enum time_doubt doubt,
			 const char *words)
{
	struct time_known known = known_at(db, now);
	struct buf text = BUF_INIT;
	assert_int_equal(known.doubt, doubt);
	time_known_put_doubt(&text, &known, now);
	if (strstr(buf_str(&text), words) == NULL) {
		fail_msg("\"%s\" has no \"%s\"", buf_str(&text), words);
	}
	assert_true((text.len == 0) == (doubt == TIME_DOUBT_UNSET));
	buf_clear(&text);
}

/* A clock between build and floor may be the one that is right. */
static void a_floor_that_the_clock_contradicts_is_doubted(void **state)
{
	struct temporary_db *t = *state;
	assert_doubt(t->db, 0, TIME_DOUBT_UNSET, "");
	assert_doubt(t->db, CLOCK_2039, TIME_DOUBT_UNSET, "");
	int64_t led = today() + 13 * YEAR;
	learn(t->db, TIME_SOURCE_RECEIPT, led, 0, led);
	assert_doubt(t->db, led, TIME_DOUBT_UNSET, "");
	assert_doubt(t->db, led - DAY, TIME_DOUBT_UNSET, "");
	assert_doubt(t->db, led - DAY - 1, TIME_DOUBT_CLOCK, "was led ahead");
	assert_doubt(t->db, today(), TIME_DOUBT_CLOCK, "sluice time lower");
	assert_doubt(t->db, time_known_build() - DAY, TIME_DOUBT_CLOCK, "");
	/* Before the build no clock is right. */
	assert_doubt(t->db, time_known_build() - DAY - 1, TIME_DOUBT_UNSET, "");
	assert_doubt(t->db, 0, TIME_DOUBT_UNSET, "");
}

static void an_answer_from_before_the_floor_is_told_and_no_more(void **state)
{
	struct temporary_db *t = *state;
	int64_t led = today() + 13 * YEAR;
	check_in(t->db, led, led);
	struct time_known before = known_at(t->db, today());
	check_in(t->db, today(), today());
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "one of the two is wrong");
	assert_int_equal(known_at(t->db, today()).floor, led);
	assert_int_equal(known_at(t->db, today()).best, before.best);
	assert_doubt(t->db, today(), TIME_DOUBT_ANSWER, "which is before that");
	assert_doubt(t->db, 0, TIME_DOUBT_ANSWER, "sluice time lower");
	/* Again and again is one entry. */
	check_in(t->db, today() + 60, today() + 60);
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 1);
	assert_int_equal(known_at(t->db, today()).early, today() + 60);
	/* A receipt that lay about says nothing. */
	learn(t->db, TIME_SOURCE_RECEIPT, today() + 90, 0, today() + 90);
	assert_int_equal(known_at(t->db, today()).early, today() + 60);
	/* Its clock was wrong, and was put right. */
	check_in(t->db, led + 100, led + 100);
	assert_doubt(t->db, led + 100, TIME_DOUBT_UNSET, "");
	assert_ledger_whole(t->db);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_say_what_is_known),
		TEST(a_floor_that_the_clock_contradicts_is_doubted),
		TEST(an_answer_from_before_the_floor_is_told_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
