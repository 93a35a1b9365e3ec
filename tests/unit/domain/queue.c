/* Why something waits and what goes next (src/domain/queue.c). */
#include "domain/queue.h"

#include <string.h>

#include "domain/consent.h"
#include "domain/retry_budget.h"
#include "domain/settings.h"
#include "domain/time_known.h"
#include "tests/unit/domain/queue_scene.h"

#define PARTS SERVICE_BIT(SERVICE_PARTS)
#define MAINTENANCE SERVICE_BIT(SERVICE_MAINTENANCE)

static void retry_at(struct db *db, const struct outbox_item *item, int64_t at,
		     int64_t now)
{
	assert_done(
		outbox_retry(db, item->transaction, "no answer", at, now, err));
}

static void use_up_the_days_tries(struct db *db, int64_t now)
{
	for (int i = 0; i < RETRY_BUDGET_TRIES; i++) {
		assert_done(retry_budget_spend(db, now, err));
	}
}

static void an_empty_queue_has_nothing_to_wait_for(void **state)
{
	struct temporary_db *t = *state;
	struct queue queue;
	assert_next(t->db, queue_noon(), NULL, INT64_MAX);
	assert_done(queue_read(t->db, &queue_here, queue_noon(), &queue, err));
	assert_int_equal(0, queue.count);
	assert_int_equal(0, queue.bytes);
	assert_int_equal(16000000, queue.limits.bytes);
	queue_clear(&queue);
}

static void the_oldest_goes_first(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two;
	struct queue queue;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &one);
	queue_add(t->db, SUPPLIES, "otto", now, &two);
	assert_next(t->db, now, &one, 0);
	assert_hold(t->db, &one, now, QUEUE_HOLD_NONE, 0);
	assert_hold(t->db, &two, now, QUEUE_HOLD_NONE, 0);
	assert_done(queue_read(t->db, &queue_here, now, &queue, err));
	assert_int_equal(2, queue.count);
	assert_string_equal(one.transaction, queue.items[0].item.transaction);
	assert_int_equal(one.bytes + two.bytes, queue.bytes);
	queue_clear(&queue);
	assert_done(outbox_begin(t->db, one.transaction, "p", now, err));
	assert_next(t->db, now, &two, 0);
	assert_done(queue_read(t->db, &queue_here, now, &queue, err));
	assert_int_equal(2, queue.count); /* the one on its way as well */
	queue_clear(&queue);
}

static void another_kind_passes_one_that_waits_for_its_retry(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, same, other;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &old);
	retry_at(t->db, &old, now + 600, now);
	queue_add(t->db, METERING, AUTOMATIC_ALARM, now, &same);
	queue_add(t->db, SUPPLIES, AUTOMATIC_ALARM, now, &other);
	assert_hold(t->db, &old, now, QUEUE_HOLD_RETRY, now + 600);
	assert_hold(t->db, &same, now, QUEUE_HOLD_ORDER, now + 600);
	assert_hold(t->db, &other, now, QUEUE_HOLD_NONE, 0);
	assert_next(t->db, now, &other, 0);
	assert_done(outbox_fail(t->db, other.transaction, "no", now, err));
	assert_next(t->db, now, NULL, now + 600);
	assert_next(t->db, now + 600, &old, 0);
}

static void a_permanent_failure_frees_the_newer(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, same;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &old);
	retry_at(t->db, &old, now + 600, now);
	queue_add(t->db, METERING, AUTOMATIC_ALARM, now, &same);
	assert_next(t->db, now, NULL, now + 600);
	assert_done(outbox_fail(t->db, old.transaction, "403", now, err));
	assert_next(t->db, now, &same, 0);
}

/* Parts and supplies share a document; what waits behind waits on. */
static void order_is_by_kind_of_document(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, kin, behind, other;
	int64_t now = queue_noon();
	assert_int_equal(SUPPLIES | PARTS, queue_kin(SUPPLIES));
	assert_int_equal(SUPPLIES | PARTS | MAINTENANCE, queue_kin(PARTS));
	assert_int_equal(METERING, queue_kin(METERING));
	assert_int_equal(METERING,
			 queue_kin(METERING | SERVICE_BIT(GATE_PERSONAL)));
	assert_int_equal(0, queue_kin(0));
	queue_add(t->db, SUPPLIES, AUTOMATIC_TIMER, now, &old);
	retry_at(t->db, &old, now + 600, now);
	queue_add(t->db, PARTS, AUTOMATIC_TIMER, now, &kin);
	queue_add(t->db, MAINTENANCE, AUTOMATIC_TIMER, now, &behind);
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &other);
	assert_hold(t->db, &kin, now, QUEUE_HOLD_ORDER, now + 600);
	assert_hold(t->db, &behind, now, QUEUE_HOLD_ORDER, now + 600);
	assert_hold(t->db, &other, now, QUEUE_HOLD_NONE, 0);
	retry_at(t->db, &kin, now + 900, now);
	assert_hold(t->db, &behind, now, QUEUE_HOLD_ORDER, now + 900);
	assert_hold(t->db, &kin, now, QUEUE_HOLD_RETRY, now + 900);
	assert_next(t->db, now + 600, &old, 0);
}

/* Pressing Send tries what stands before it now, and once. */
static void who_presses_send_does_not_wait_for_an_old_pause(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, other, mine;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &old);
	queue_add(t->db, SUPPLIES, AUTOMATIC_TIMER, now, &other);
	retry_at(t->db, &old, now + 6 * HOUR_S, now);
	retry_at(t->db, &other, now + 6 * HOUR_S, now);
	queue_add(t->db, METERING, "otto", now, &mine);
	assert_next(t->db, now, &old, 0);
	assert_hold(t->db, &other, now, QUEUE_HOLD_RETRY, now + 6 * HOUR_S);
	retry_at(t->db, &old, now + 6 * HOUR_S, now);
	assert_hold(t->db, &mine, now, QUEUE_HOLD_ORDER, now + 6 * HOUR_S);
}

static void quiet_hours_hold_what_nobody_pressed(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item automatic, mine;
	int64_t night = queue_noon() + 11 * HOUR_S; /* 23:00 */
	int64_t six = queue_noon() + 18 * HOUR_S, at = 0;
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "22:00-06:00",
				  queue_noon(), err));
	queue_add(t->db, METERING, AUTOMATIC_ALARM, night, &automatic);
	struct outbox_item found;
	assert_fails(ERR_NOT_FOUND,
		     queue_next(t->db, &queue_here, night, &found, &at, err));
	assert_in_range(at, six, six + 15 * 60 - 1);
	assert_hold(t->db, &automatic, night, QUEUE_HOLD_QUIET, at);
	/* Not at six sharp, with all others, but at its own time. */
	if (at > six) {
		assert_next(t->db, six, NULL, at);
	}
	assert_next(t->db, at, &automatic, 0);
	/* A person's of the same kind passes it. */
	queue_add(t->db, METERING, "otto", night, &mine);
	assert_next(t->db, night, &mine, 0);
	queue_set(t->db, "quiet_hours_for", "all");
	assert_next(t->db, night, NULL, at);
	assert_hold(t->db, &mine, night, QUEUE_HOLD_QUIET, at);
}

static void a_pause_that_ends_in_quiet_hours_lasts_until_their_end(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon(), at = 0;
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "12:05-13:00",
				  now, err));
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &item);
	assert_next(t->db, now, &item, 0);
	retry_at(t->db, &item, now + 600, now);
	struct outbox_item found;
	assert_fails(ERR_NOT_FOUND,
		     queue_next(t->db, &queue_here, now, &found, &at, err));
	assert_in_range(at, now + HOUR_S, now + HOUR_S + 15 * 60 - 1);
	assert_hold(t->db, &item, now, QUEUE_HOLD_QUIET, at);
}

/* The clock stands at five in the afternoon, and it is eleven at night. */
static void quiet_hours_go_by_the_best_known_time(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon() + 5 * HOUR_S, late = 6 * HOUR_S;
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "22:00-06:00",
				  queue_noon(), err));
	assert_done(time_known_learn(t->db, TIME_SOURCE_CHECKIN, now + late,
				     now - 1, now, NULL, err));
	queue_add(t->db, METERING, AUTOMATIC_ALARM, now, &item);
	struct outbox_item found;
	int64_t at = 0;
	assert_fails(ERR_NOT_FOUND,
		     queue_next(t->db, &queue_here, now, &found, &at, err));
	assert_in_range(at, now + 7 * HOUR_S, now + 7 * HOUR_S + 15 * 60);
	assert_next(t->db, at, &item, 0);
}

static void the_days_tries_hold_what_nobody_pressed(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item automatic, mine;
	int64_t now = queue_noon();
	use_up_the_days_tries(t->db, now - HOUR_S);
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &automatic);
	assert_next(t->db, now, NULL, now + 23 * HOUR_S);
	assert_hold(t->db, &automatic, now, QUEUE_HOLD_BUDGET,
		    now + 23 * HOUR_S);
	queue_add(t->db, METERING, "otto", now, &mine);
	assert_next(t->db, now, &mine, 0);
	assert_done(outbox_fail(t->db, mine.transaction, "no", now, err));
	temporary_db_reopen(t);
	assert_next(t->db, now, NULL, now + 23 * HOUR_S);
	assert_next(t->db, now + 23 * HOUR_S, &automatic, 0);
}

static void the_servers_wish_holds_everything_over_a_restart(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon(), until = 7;
	queue_add(t->db, METERING, "otto", now, &item);
	assert_done(queue_hold_until(t->db, now + 7200, err));
	temporary_db_reopen(t);
	assert_next(t->db, now, NULL, now + 7200);
	assert_hold(t->db, &item, now + 7199, QUEUE_HOLD_SERVER, now + 7200);
	assert_next(t->db, now + 7200, &item, 0);
	assert_done(queue_held_until(t->db, now + 7200, &until, err));
	assert_int_equal(0, until);
	assert_done(queue_hold_until(t->db, now + QUEUE_LONGEST_S, err));
	assert_next(t->db, now, NULL, now + QUEUE_LONGEST_S);
	/* A clock that was set back does not make it longer. */
	assert_next(t->db, now - 1, &item, 0);
	assert_next(t->db, now - 30 * DAY_S, &item, 0);
	assert_done(queue_hold_until(t->db, -1, err));
	assert_done(settings_set(t->db, "hold_until", "soon", err));
	assert_next(t->db, now, &item, 0);
}

static void a_clock_that_was_set_back_holds_nothing_for_years(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, "otto", now, &item);
	retry_at(t->db, &item, now + QUEUE_LONGEST_S, now);
	assert_next(t->db, now, NULL, now + QUEUE_LONGEST_S);
	assert_next(t->db, now - 1, &item, 0);
	assert_next(t->db, 0, &item, 0);
}

static void the_month_holds_what_does_not_fit(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item big, same, other;
	struct queue_month month;
	int64_t now = queue_noon();
	queue_set(t->db, "month_limit", "1");
	queue_add_sized(t->db, METERING, "otto", 400000, now, &big);
	queue_add(t->db, METERING, "otto", now, &same);
	queue_add(t->db, SUPPLIES, "otto", now, &other);
	uint64_t room = queue_cost(400000, 0);
	assert_done(queue_settle(t->db, 0, 1000000 - room, now, err));
	assert_next(t->db, now, &big, 0);
	assert_done(queue_settle(t->db, 0, 1, now, err));
	assert_done(queue_month_read(t->db, now, &month, err));
	assert_int_equal(room - 1, month.left);
	assert_next(t->db, now, &other, 0); /* it fits, and is another kind */
	assert_hold(t->db, &big, now, QUEUE_HOLD_MONTH, month.ends_at);
	assert_hold(t->db, &same, now, QUEUE_HOLD_ORDER, month.ends_at);
	assert_next(t->db, month.ends_at, &big, 0);
}

static void more_than_a_month_allows_waits_for_a_person(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon();
	queue_set(t->db, "month_limit", "1");
	queue_add_sized(t->db, METERING, "otto", 1000000, now, &item);
	assert_hold(t->db, &item, now, QUEUE_HOLD_MONTH, -1);
	assert_next(t->db, now, NULL, INT64_MAX);
	queue_set(t->db, "month_limit", "2");
	assert_next(t->db, now, &item, 0);
}

static void without_a_certificate_nothing_is_tried(void **state)
{
	struct temporary_db *t = *state;
	struct queue_place place = queue_here;
	struct outbox_item item, found;
	struct queue queue;
	int64_t at = 0, now = queue_noon();
	place.provisioned = false;
	queue_add(t->db, METERING, "otto", now, &item);
	assert_fails(ERR_NOT_FOUND,
		     queue_next(t->db, &place, now, &found, &at, err));
	assert_int_equal(INT64_MAX, at);
	assert_done(queue_read(t->db, &place, now, &queue, err));
	assert_int_equal(QUEUE_HOLD_IDENTITY, queue.items[0].hold);
	assert_int_equal(-1, queue.items[0].next_at);
	queue_clear(&queue);
}

/* It comes, so that who takes it ends it, with no socket. */
static void what_is_not_allowed_any_more_comes_to_be_ended(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, "otto", now, &item);
	assert_done(queue_hold_until(t->db, now + 7200, err));
	temporary_db_run(t->db, "UPDATE grants SET ended_at = 1, "
				"ended_by = 'x', end_reason = 'expired' "
				"WHERE service = 0");
	assert_hold(t->db, &item, now, QUEUE_HOLD_NOT_ALLOWED, -1);
	assert_next(t->db, now, &item, 0);
}

static void each_reason_has_words_and_a_name(void **state)
{
	(void)state;
	for (int i = QUEUE_HOLD_NONE; i <= QUEUE_HOLDS; i++) {
		struct buf text = BUF_INIT;
		bool any = i != QUEUE_HOLD_NONE && i != QUEUE_HOLDS;
		queue_put_hold(&text, (enum queue_hold)i);
		assert_int_equal(any, text.len > 0);
		assert_int_equal(any, queue_hold_name((enum queue_hold)i)[0] !=
					      '\0');
		buf_clear(&text);
	}
}

/* What waits for a person holds its kind, and nothing ends that by itself. */
static void what_waits_for_a_person_waits_behind_nothing_else(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, big, newer;
	int64_t now = queue_noon();
	queue_set(t->db, "month_limit", "1");
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "11:00-13:00",
				  now, err));
	queue_add(t->db, METERING, "otto", now, &old);
	queue_add_sized(t->db, METERING, AUTOMATIC_TIMER, 1000000, now, &big);
	queue_add(t->db, METERING, "otto", now, &newer);
	retry_at(t->db, &old, now + 600, now);
	assert_hold(t->db, &big, now, QUEUE_HOLD_MONTH, -1);
	assert_hold(t->db, &newer, now, QUEUE_HOLD_ORDER, -1);
	assert_done(outbox_fail(t->db, old.transaction, "no", now, err));
	assert_hold(t->db, &newer, now, QUEUE_HOLD_ORDER, -1);
	assert_next(t->db, now, NULL, INT64_MAX);
}

/* Each kind waits for its own, and the first of all times is the next. */
static void each_kind_has_its_own_wait(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item first, second, same, last;
	int64_t now = queue_noon();
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &first);
	queue_add(t->db, SUPPLIES, AUTOMATIC_TIMER, now, &second);
	retry_at(t->db, &first, now + 600, now);
	retry_at(t->db, &second, now + 300, now);
	queue_add(t->db, SUPPLIES, AUTOMATIC_TIMER, now, &same);
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &last);
	assert_hold(t->db, &same, now, QUEUE_HOLD_ORDER, now + 300);
	assert_hold(t->db, &last, now, QUEUE_HOLD_ORDER, now + 600);
	assert_next(t->db, now, NULL, now + 300);
	retry_at(t->db, &second, now + 900, now);
	assert_hold(t->db, &same, now, QUEUE_HOLD_ORDER, now + 900);
	assert_next(t->db, now, NULL, now + 600);
}

/* Quiet hours hold no others, but what would hold them without does. */
static void a_pause_in_quiet_hours_keeps_the_order(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item old, mine;
	int64_t now = queue_noon();
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "12:05-13:00",
				  now, err));
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &old);
	queue_add(t->db, METERING, "otto", now, &mine);
	retry_at(t->db, &old, now + 600, now);
	assert_hold(t->db, &mine, now, QUEUE_HOLD_ORDER, now + 600);
	assert_next(t->db, now + 600, &mine, 0);
}

/* The device was off when it could have gone. */
static void quiet_hours_hold_what_was_ready_before_them(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item, found;
	int64_t evening = queue_noon() + 9 * HOUR_S; /* 21:00 */
	int64_t night = evening + 2 * HOUR_S, six = evening + 9 * HOUR_S;
	int64_t at = 0;
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "22:00-06:00",
				  queue_noon(), err));
	queue_add(t->db, METERING, AUTOMATIC_TIMER, evening, &item);
	assert_next(t->db, evening, &item, 0);
	assert_fails(ERR_NOT_FOUND,
		     queue_next(t->db, &queue_here, night, &found, &at, err));
	assert_in_range(at, six, six + 15 * 60 - 1);
	assert_hold(t->db, &item, night, QUEUE_HOLD_QUIET, at);
}

/* Weeks ahead nobody knows what hours will be quiet: then it is asked. */
static void the_end_of_a_month_is_told_whatever_hours_are_quiet(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct queue_month month;
	struct queue queue;
	int64_t now = queue_noon();
	queue_set(t->db, "month_limit", "1");
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "22:00-06:00",
				  now, err));
	queue_add(t->db, METERING, AUTOMATIC_TIMER, now, &item);
	assert_done(queue_settle(t->db, 0, 999999, now, err));
	assert_done(queue_month_read(t->db, now, &month, err));
	assert_hold(t->db, &item, now, QUEUE_HOLD_MONTH, month.ends_at);
	assert_done(queue_read(t->db, &queue_here, now, &queue, err));
	assert_int_equal(999999, queue.month_used);
	queue_clear(&queue);
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, queue_set_up, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(an_empty_queue_has_nothing_to_wait_for),
		T(the_oldest_goes_first),
		T(another_kind_passes_one_that_waits_for_its_retry),
		T(a_permanent_failure_frees_the_newer),
		T(order_is_by_kind_of_document),
		T(who_presses_send_does_not_wait_for_an_old_pause),
		T(quiet_hours_hold_what_nobody_pressed),
		T(quiet_hours_go_by_the_best_known_time),
		T(a_pause_that_ends_in_quiet_hours_lasts_until_their_end),
		T(the_days_tries_hold_what_nobody_pressed),
		T(the_servers_wish_holds_everything_over_a_restart),
		T(a_clock_that_was_set_back_holds_nothing_for_years),
		T(the_month_holds_what_does_not_fit),
		T(more_than_a_month_allows_waits_for_a_person),
		T(without_a_certificate_nothing_is_tried),
		T(what_is_not_allowed_any_more_comes_to_be_ended),
		T(what_waits_for_a_person_waits_behind_nothing_else),
		T(each_kind_has_its_own_wait),
		T(a_pause_in_quiet_hours_keeps_the_order),
		T(quiet_hours_hold_what_was_ready_before_them),
		T(the_end_of_a_month_is_told_whatever_hours_are_quiet),
		cmocka_unit_test(each_reason_has_words_and_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
