/*
 * An authority whose clock is ahead: a certificate that begins later waits
 * beside the one in use, and never takes its place before it is valid and
 * proved; one that begins too late is refused; and a device that has none
 * loses nothing by it. Waiting costs none of the day's tries, failing does.
 */
#include "tests/unit/client/enrol_scene.h"

#include <stdlib.h>
#include <string.h>

#include "client/identity.h"
#include "client/link.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"
#include "domain/time_known.h"

#define EXIT_SKIPPED 77
#define HOUR ((int64_t)3600)

static bool has_next(struct enrol_scene *s)
{
	char sha256[65];
	enrol_scene_hash(s, ENROL_NEXT_FILE, sha256);
	return sha256[0] != '\0';
}

/* Certificate of a day before and after now, and a time that was signed. */
static void know(struct enrol_scene *s, char sha256[65])
{
	int64_t now = device_time();
	assert_true(enrol_recover(&s->device.client, NULL));
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	enrol_scene_assert_uses(s, sha256);
	assert_true(time_known_learn(s->device.db, TIME_SOURCE_CHECKIN, now,
				     now - 1, now, NULL, NULL));
}

static void assert_waits(struct enrol_scene *s, const char *before)
{
	struct link link;
	enrol_scene_assert_uses(s, before);
	assert_true(has_next(s));
	/* What is in use works. */
	assert_true(link_load(&s->device.client, &link, NULL));
	assert_true(link.trust->time_floor <= device_time());
	link_clear(&link);
}

static unsigned spent(struct enrol_scene *s)
{
	struct retry_budget budget;
	assert_true(
		retry_budget_read(s->device.db, device_time(), &budget, NULL));
	return RETRY_BUDGET_TRIES - (unsigned)budget.left;
}

static void
a_renewal_that_begins_later_waits_beside_the_one_in_use(void **state)
{
	struct enrol_scene *s = *state;
	char before[65], after[65], next[65];
	int64_t now = device_time();
	know(s, before);
	enrol_scene_serve(s, "begins=36000");
	int64_t due = enrol_scene_round(s, true);
	assert_waits(s, before);
	enrol_scene_hear(s, "connection known");
	enrol_scene_hear(s, "request POST /.well-known/est/simplereenroll");
	enrol_scene_hear(s, "issued");
	enrol_scene_hear(s, "request GET /.well-known/est/cacerts");
	/* It was shown to nobody, and nobody is asked until then. */
	assert_true(fault_is_quiet(&s->fault));
	assert_in_range(due, now + 9 * HOUR, now + 11 * HOUR);
	assert_non_null(strstr(enrol_scene_row(s).problem, "begins only at"));
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ENROLLED);
	assert_int_equal(spent(s), 0);
	unsigned entries = enrol_scene_entries(s);
	for (int i = 1; i < 9; i++) {
		device_set_time(now + i * HOUR);
		assert_in_range(enrol_scene_round(s, false), now + 9 * HOUR,
				now + 11 * HOUR);
	}
	assert_true(fault_is_quiet(&s->fault));
	assert_int_equal(enrol_scene_entries(s), entries);
	/* Nor does a start forget it, or a person hurry it. */
	assert_true(enrol_recover(&s->device.client, NULL));
	enrol_scene_round(s, true);
	assert_true(fault_is_quiet(&s->fault));
	assert_waits(s, before);
	/* Its time has come: it is proved, and takes the place. */
	enrol_scene_hash(s, ENROL_NEXT_FILE, next);
	device_set_time(due + 60);
	enrol_scene_serve(s, "ahead=37000");
	enrol_scene_round(s, false);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, after);
	assert_string_equal(after, next);
	enrol_scene_assert_uses(s, next);
	assert_false(has_next(s));
	assert_string_equal(enrol_scene_row(s).problem, "");
}

static void when_its_time_has_come_it_still_has_to_be_proved(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	enrol_scene_serve(s, "begins=36000");
	int64_t due = enrol_scene_round(s, true);
	assert_waits(s, before);
	device_set_time(due + 60);
	enrol_scene_serve(s, "ahead=37000,status=403");
	enrol_scene_round(s, false);
	enrol_scene_assert_uses(s, before);
	/* The server said no: a new one is asked for later. */
	assert_false(has_next(s));
}

static void one_that_begins_after_the_end_of_the_other_is_refused(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	enrol_scene_serve(s, "begins=200000");
	int64_t due = enrol_scene_round(s, true);
	enrol_scene_assert_uses(s, before);
	assert_false(has_next(s));
	assert_non_null(strstr(enrol_scene_row(s).problem, "begins too late"));
	assert_in_range(due, device_time() + HOUR, device_time() + 2 * HOUR);
	/* Its clock is put right. */
	device_set_time(due);
	enrol_scene_serve(s, "");
	enrol_scene_round(s, false);
	char after[65];
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, after);
	assert_string_not_equal(after, before);
	enrol_scene_assert_uses(s, after);
}

/* The clock may be behind: only a signed time says that it is not. */
static void a_clock_that_nobody_confirmed_may_be_a_day_behind(void **state)
{
	struct enrol_scene *s = *state;
	char before[65], after[65];
	assert_true(enrol_recover(&s->device.client, NULL));
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, before);
	enrol_scene_serve(s, "begins=36000,ahead=37000");
	enrol_scene_round(s, true);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, after);
	assert_string_not_equal(after, before);
	enrol_scene_assert_uses(s, after);
}

static void with_a_code_the_one_in_use_stays_as_well(void **state)
{
	struct enrol_scene *s = *state;
	char before[65], after[65];
	know(s, before);
	enrol_scene_serve(s, "begins=36000,code=" ENROL_CODE);
	enrol_scene_ask(s);
	int64_t due = enrol_scene_round(s, false);
	assert_waits(s, before);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_PENDING);
	device_set_time(due + 60);
	enrol_scene_serve(s, "ahead=37000");
	enrol_scene_round(s, false);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, after);
	assert_string_not_equal(after, before);
	enrol_scene_assert_uses(s, after);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ENROLLED);
}

/* There is nothing that it could stop. */
static void the_first_one_is_shown_at_once(void **state)
{
	struct enrol_scene *s = *state;
	char after[65];
	int64_t now = device_time();
	enrol_scene_forget(s);
	assert_true(time_known_learn(s->device.db, TIME_SOURCE_CHECKIN, now,
				     now - 1, now, NULL, NULL));
	enrol_scene_serve(s, "begins=36000,ahead=37000,code=" ENROL_CODE);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, after);
	assert_string_not_equal(after, "");
	enrol_scene_assert_uses(s, after);
}

/* The server's own certificate is over by then, so nothing can be proved. */
static void
the_first_one_that_begins_in_years_asks_for_another_code(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	enrol_scene_serve(s, "begins=400000000,code=" ENROL_CODE);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_REFUSED);
	assert_non_null(strstr(enrol_scene_row(s).problem, "begins too late"));
	assert_false(has_next(s));
	enrol_scene_serve(s, "code=" ENROL_CODE);
	enrol_scene_ask(s);
	enrol_scene_round(s, false);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ENROLLED);
}

/* A server that works on it costs none either. */
static void a_try_in_vain_is_spent(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	know(s, before);
	enrol_scene_serve(s, "status=500");
	(void)enrol_scene_round(s, true);
	assert_int_equal(spent(s), 1);
	enrol_scene_ask(s);
	enrol_scene_serve(s, "code=" ENROL_CODE ",pending=1");
	(void)enrol_scene_round(s, true);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_PENDING);
	assert_int_equal(spent(s), 1);
}

/* What a person has just started is not held back; what failed since is. */
static void the_servers_wish_holds_what_was_tried_in_vain(void **state)
{
	struct enrol_scene *s = *state;
	int64_t until = device_time() + 3600;
	assert_true(queue_hold_until(s->device.db, until, NULL));
	enrol_scene_serve(s, "status=500");
	enrol_scene_ask(s);
	(void)enrol_scene_round(s, false);
	assert_int_equal(enrol_scene_row(s).attempts, 1);
	device_set_time(enrol_scene_row(s).next_try_at);
	enrol_scene_serve(s, "code=" ENROL_CODE);
	assert_int_equal(enrol_scene_round(s, false), until);
	assert_true(fault_is_quiet(&s->fault));
	device_set_time(until);
	(void)enrol_scene_round(s, false);
	assert_int_equal(enrol_scene_row(s).state, ENROLMENT_ENROLLED);
}

/* An authority that issues nothing new has not renewed it. */
static void the_one_in_use_is_no_renewal(void **state)
{
	struct enrol_scene *s = *state;
	char before[65];
	enrol_scene_serve(s, "again,code=" ENROL_CODE);
	enrol_scene_ask(s);
	(void)enrol_scene_round(s, false);
	know(s, before);
	(void)enrol_scene_round(s, true);
	struct enrolment row = enrol_scene_row(s);
	assert_int_equal(row.state, ENROLMENT_ENROLLED);
	assert_non_null(strstr(row.problem, "no newer certificate"));
	assert_false(has_next(s));
	enrol_scene_assert_uses(s, before);
	assert_int_equal(spent(s), 1);
}

#define test(function)                                                \
	cmocka_unit_test_setup_teardown(function, enrol_scene_set_up, \
					enrol_scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_renewal_that_begins_later_waits_beside_the_one_in_use),
		test(when_its_time_has_come_it_still_has_to_be_proved),
		test(one_that_begins_after_the_end_of_the_other_is_refused),
		test(a_clock_that_nobody_confirmed_may_be_a_day_behind),
		test(with_a_code_the_one_in_use_stays_as_well),
		test(the_first_one_is_shown_at_once),
		test(a_try_in_vain_is_spent),
		test(the_one_in_use_is_no_renewal),
		test(the_servers_wish_holds_what_was_tried_in_vain),
		test(the_first_one_that_begins_in_years_asks_for_another_code),
	};
	if (system("openssl version >/dev/null 2>&1") != 0) {
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
