/*
 * A device's contact on its page: when, how its clock goes, and a log that
 * does not fit what is kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "domain/roles.h"
#include "server/checkins.h"
#include "tests/pages/server/staff.h"
#include "tests/unit/server/log_samples.h"

/* What the page shows of it begins there. */
#define PAGE "/device/" SAMPLES_DEVICE

static void answer(struct staff *staff, const struct checkin_request *r,
		   int64_t now)
{
	struct fleet_device device = log_sample_device(&staff->server);
	struct refusal refusal = { .kind = REFUSAL_NONE };
	struct buf note = BUF_INIT;
	if (!checkins_answer(&staff->server.server, &device, r, now, &note,
			     &refusal)) {
		fail_msg("%s", refusal.detail);
	}
	buf_clear(&note);
}

static void a_device_that_never_checked_in_says_so(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "it has not done so yet"));
	assert_true(staff_sees(staff, "no head of it is kept yet"));
}

static void contact_interval_version_and_clock_are_shown(void **state)
{
	struct staff *staff = *state;
	struct checkin_request *r = log_sample_request();
	struct err err = { 0 };
	staff_sign_in(staff, "desk", ROLE_STAFF);
	answer(staff, r, SAMPLES_NOW - 60);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "every hour"));
	assert_true(staff_sees(staff, "allows 15 minutes to 1 day"));
	assert_true(staff_sees(staff, "<dd>0.5</dd>"));
	assert_true(staff_sees(staff, "Clock is off"));
	assert_true(staff_sees(staff, "1 minute 5 seconds ahead"));
	assert_false(staff_sees(staff, "we wish"));
	r->clock = SAMPLES_NOW - 3600;
	assert_true(fleet_want_interval(staff->server.server.db, "desk",
					SAMPLES_DEVICE, 900, SAMPLES_NOW,
					&err));
	answer(staff, r, SAMPLES_NOW);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "we wish 15 minutes"));
	assert_true(staff_sees(staff, "1 hour behind"));
	r->clock = SAMPLES_NOW + 3;
	answer(staff, r, SAMPLES_NOW);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "right to the minute"));
	assert_false(staff_sees(staff, "Clock is off"));
	mem_free(r);
}

static void missing_check_ins_are_counted(void **state)
{
	struct staff *staff = *state;
	struct checkin_request *r = log_sample_request();
	staff_sign_in(staff, "desk", ROLE_STAFF);
	answer(staff, r, SAMPLES_NOW - 6 * 3600);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "Overdue: 5 check-ins missing"));
	assert_true(staff_sees(staff, "(5 check-ins missing)"));
	mem_free(r);
}

static void a_log_that_does_not_fit_is_told(void **state)
{
	struct staff *staff = *state;
	struct checkin_request *r = log_sample_request();
	struct log_sample log;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	log_sample_make(&log, 1, 20);
	log_sample_key(&log, r);
	log_sample_head(&log, 0, 9, r);
	answer(staff, r, SAMPLES_NOW - 100);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "9 entries countersigned"));
	assert_true(staff_sees(staff, "Only grew"));
	log_sample_head(&log, 0, 4, r);
	answer(staff, r, SAMPLES_NOW - 50);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "Does not fit what we keep"));
	assert_true(staff_sees(staff, "An older copy of its database"));
	log_sample_head(&log, 9, 12, r);
	answer(staff, r, SAMPLES_NOW);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "Only grew"));
	assert_false(staff_sees(staff, "An older copy of its database"));
	mem_free(r);
}

/* A log whose 9 entries are kept, and then a copy of 4 with others after it. */
static void put_in_conflict(struct staff *staff, struct log_sample *copy,
			    struct checkin_request *r)
{
	struct log_sample log;
	log_sample_make(&log, 1, 20);
	log_sample_key(&log, r);
	log_sample_head(&log, 0, 9, r);
	answer(staff, r, SAMPLES_NOW - 100);
	log_sample_make(copy, 1, 20);
	log_sample_fork(copy, 4);
	log_sample_head(copy, 0, 6, r);
	answer(staff, r, SAMPLES_NOW - 50);
}

static void a_conflict_is_accepted_after_the_owners_word_alone(void **state)
{
	struct staff *staff = *state;
	struct checkin_request *r = log_sample_request();
	struct log_sample copy;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	put_in_conflict(staff, &copy, r);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "Nothing can be accepted yet"));
	assert_false(staff_sees(staff, "Accept the log as it continues"));
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_true(staff_sees(staff, "1 device with a log that does not fit"));
	assert_true(staff_sees(staff, "Does not fit"));
	/* Whoever makes the form himself gets nowhere. */
	assert_int_equal(404, staff_post(staff, PAGE, "sure=1", true));
	log_sample_statement(&copy, SAMPLES_DEVICE, 9, 6, r);
	answer(staff, r, SAMPLES_NOW - 40);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "with 6 entries; the signed statement"));
	assert_true(staff_sees(staff, "Not accepted yet."));
	/* Without the tick it is asked for. */
	assert_int_equal(400, staff_post(staff, PAGE, "", true));
	assert_true(staff_sees(staff, "Tick the box first"));
	assert_true(staff_sees(staff, "Accept the log as it continues"));
	assert_int_equal(303, staff_post(staff, PAGE, "sure=1", true));
	assert_int_equal(200, staff_get(staff, PAGE "?done=accepted"));
	assert_true(staff_sees(staff, "The log of this device continues."));
	assert_true(staff_sees(staff, "Only grew"));
	assert_false(staff_sees(staff, "Accept the log as it continues"));
	/* Who and what is told for ever, also when the log goes on. */
	r->continuation[0] = '\0';
	log_sample_head(&copy, 6, 12, r);
	answer(staff, r, SAMPLES_NOW - 10);
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "12 entries countersigned"));
	assert_true(staff_sees(staff, "Conflict acknowledged by its owner"));
	assert_true(staff_sees(staff, "by desk."));
	assert_true(staff_sees(staff, "9 entries, countersigned"));
	/* A second time there is nothing to accept. */
	assert_int_equal(404, staff_post(staff, PAGE, "sure=1", true));
	mem_free(r);
}

static void only_staff_accept_it(void **state)
{
	struct staff *staff = *state;
	struct checkin_request *r = log_sample_request();
	struct log_sample copy;
	put_in_conflict(staff, &copy, r);
	log_sample_statement(&copy, SAMPLES_DEVICE, 9, 6, r);
	answer(staff, r, SAMPLES_NOW - 40);
	staff_sign_in(staff, "courier", ROLE_JOB_DATA);
	assert_int_equal(403, staff_post(staff, PAGE, "sure=1", true));
	staff->cookie[0] = '\0';
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(403, staff_post(staff, PAGE, "sure=1", false));
	assert_int_equal(200, staff_get(staff, PAGE));
	assert_true(staff_sees(staff, "Not accepted yet."));
	assert_int_equal(404,
			 staff_post(staff, "/device/nobody", "sure=1", true));
	mem_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(a_device_that_never_checked_in_says_so),
		STAFF_TEST(contact_interval_version_and_clock_are_shown),
		STAFF_TEST(missing_check_ins_are_counted),
		STAFF_TEST(a_log_that_does_not_fit_is_told),
		STAFF_TEST(a_conflict_is_accepted_after_the_owners_word_alone),
		STAFF_TEST(only_staff_accept_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
