/*
 * What the tests of the known time share: a day after the build, and answers
 * that are learned from.
 */
#ifndef TESTS_UNIT_DOMAIN_TIMES_H
#define TESTS_UNIT_DOMAIN_TIMES_H

#include "domain/time_known.h"
#include "tests/unit/domain/people.h"

#define DAY ((int64_t)86400)
#define YEAR (365 * DAY)
#define CLOCK_2039 INT64_C(2177452800)

/* After the build, and so that a clock there is believed. */
static inline int64_t today(void)
{
	return time_known_build() + 10 * DAY;
}

static inline struct time_known known_at(struct db *db, int64_t now)
{
	struct time_known known;
	assert_done(time_known_read(db, now, &known, err));
	assert_true(known.earliest <= known.best);
	assert_true(known.best <= known.latest);
	assert_true(known.earliest >= known.floor);
	return known;
}

static inline bool learn(struct db *db, enum time_source source,
			 int64_t signed_at, int64_t asked_at, int64_t now)
{
	bool jumped = false;
	assert_done(time_known_learn(db, source, signed_at, asked_at, now,
				     &jumped, err));
	return jumped;
}

/* The answer took two seconds. */
static inline bool check_in(struct db *db, int64_t signed_at, int64_t now)
{
	return learn(db, TIME_SOURCE_CHECKIN, signed_at, now > 2 ? now - 2 : 1,
		     now);
}

#endif
