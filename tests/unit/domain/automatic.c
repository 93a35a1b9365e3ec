/* What people decide about automatic sends (src/domain/automatic.c). */
#include "domain/automatic.h"

#include "tests/unit/domain/people.h"

#define DAY AUTOMATIC_GRACE_S

static struct automatic read_at(struct db *db, int64_t now)
{
	struct consents all;
	struct automatic a;
	assert_done(consent_read(db, now, &all, err));
	assert_done(automatic_read(db, &all, now, &a, err));
	return a;
}

static const struct automatic_service *of(const struct automatic *a,
					  enum service_id id)
{
	const struct automatic_service *s = automatic_service_of(a, id);
	assert_non_null(s);
	return s;
}

static void a_new_device_has_the_presets_and_sends_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = read_at(t->db, NOW);
	assert_true(a.on);
	assert_int_equal(TIMETABLE_DERIVED, a.send_time);
	assert_int_equal(a.quiet_from, a.quiet_until);
	assert_int_equal(10, a.low_supply);
	assert_int_equal(0, a.ready);
	assert_int_equal(0, a.timer_at);
	assert_int_equal(AUTOMATIC_NOT_ALLOWED,
			 of(&a, SERVICE_METERING)->state);
}

static void a_service_begins_a_day_after_it_was_allowed(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	struct automatic a = read_at(t->db, NOW + DAY - 1);
	assert_int_equal(AUTOMATIC_GRACE, of(&a, SERVICE_METERING)->state);
	assert_int_equal(NOW + DAY, of(&a, SERVICE_METERING)->begins_at);
	assert_int_equal(0, a.ready);
	a = read_at(t->db, NOW + DAY);
	assert_int_equal(AUTOMATIC_RUNS, of(&a, SERVICE_METERING)->state);
	assert_int_equal(METERING, a.ready);
}

static void the_day_begins_when_remote_services_are_allowed_too(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	assert_done(
		consent_allow(t->db, "carla", SERVICE_UNSET, NOW + DAY, err));
	struct automatic a = read_at(t->db, NOW + DAY);
	assert_int_equal(NOW + 2 * DAY, of(&a, SERVICE_METERING)->begins_at);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING,
				     NOW + DAY, NULL, err));
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING,
				  NOW + 3 * DAY, err));
	a = read_at(t->db, NOW + 3 * DAY);
	assert_int_equal(NOW + 4 * DAY, of(&a, SERVICE_METERING)->begins_at);
}

static void the_day_can_be_ended_for_this_grant_alone(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	assert_done(automatic_choose(t->db, "carla", SERVICE_METERING,
				     AUTOMATIC_NOW, NOW + 60, err));
	assert_last_entry(t->db, LEDGER_CONFIGURATION, "from now on; the 24");
	struct automatic a = read_at(t->db, NOW + 60);
	assert_int_equal(AUTOMATIC_RUNS, of(&a, SERVICE_METERING)->state);
	assert_int_equal(METERING, a.ready);
	assert_int_equal(AUTOMATIC_GRACE, of(&a, SERVICE_SUPPLIES)->state);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW + 70,
				     NULL, err));
	assert_done(
		consent_allow(t->db, "carla", SERVICE_METERING, NOW + 80, err));
	a = read_at(t->db, NOW + 80);
	assert_int_equal(AUTOMATIC_GRACE, of(&a, SERVICE_METERING)->state);
}

static void never_stays_until_somebody_decides_otherwise(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	assert_done(automatic_choose(t->db, "carla", SERVICE_METERING,
				     AUTOMATIC_NEVER, NOW, err));
	assert_last_entry(t->db, LEDGER_CONFIGURATION, "only when Send");
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW,
				     NULL, err));
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	struct automatic a = read_at(t->db, NOW + 9 * DAY);
	assert_int_equal(AUTOMATIC_CANCELLED, of(&a, SERVICE_METERING)->state);
	assert_int_equal(0, a.ready);
	assert_done(automatic_choose(t->db, "carla", SERVICE_METERING,
				     AUTOMATIC_NOW, NOW + 9 * DAY, err));
	a = read_at(t->db, NOW + 9 * DAY);
	assert_int_equal(METERING, a.ready);
}

static void deciding_twice_writes_one_entry(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	for (int i = 0; i < 2; i++) {
		assert_done(automatic_choose(t->db, "carla", SERVICE_METERING,
					     AUTOMATIC_NEVER, NOW, err));
		assert_done(automatic_set(t->db, "ada", "send_time", "18:00",
					  NOW, err));
	}
	assert_int_equal(2, entries(t->db, LEDGER_CONFIGURATION));
	assert_ledger_whole(t->db);
}

static void a_choice_needs_a_service_that_is_allowed_and_sends(void **state)
{
	struct temporary_db *t = *state;
	assert_fails(ERR_DENIED,
		     automatic_choose(t->db, "carla", SERVICE_METERING,
				      AUTOMATIC_NOW, NOW, err));
	assert_fails(ERR_INVALID,
		     automatic_choose(t->db, "carla", SERVICE_UPDATES,
				      AUTOMATIC_NEVER, NOW, err));
	assert_fails(ERR_INVALID,
		     automatic_choose(t->db, "carla", GATE_PERSONAL,
				      AUTOMATIC_NEVER, NOW, err));
	assert_fails(ERR_INVALID, automatic_choose(t->db, "", SERVICE_METERING,
						   AUTOMATIC_NEVER, NOW, err));
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static void settings_are_kept_with_before_and_after(void **state)
{
	struct temporary_db *t = *state;
	assert_done(
		automatic_set(t->db, "ada", "send_time", "18:00", NOW, err));
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "Time of the daily send (send_time): \"derived\" "
			  "before, \"18:00\" now");
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "22:00-06:30",
				  NOW, err));
	assert_done(automatic_set(t->db, "ada", "low_supply", "25", NOW, err));
	struct automatic a = read_at(t->db, NOW);
	assert_int_equal(18 * 60, a.send_time);
	assert_int_equal(22 * 60, a.quiet_from);
	assert_int_equal(6 * 60 + 30, a.quiet_until);
	assert_int_equal(25, a.low_supply);
	assert_int_equal(NOW, a.timer_at);
	assert_done(
		automatic_set(t->db, "ada", "send_time", "derived", NOW, err));
	assert_done(
		automatic_set(t->db, "ada", "quiet_hours", "none", NOW, err));
	a = read_at(t->db, NOW);
	assert_int_equal(TIMETABLE_DERIVED, a.send_time);
	assert_int_equal(a.quiet_from, a.quiet_until);
}

static void what_is_no_value_changes_nothing(void **state)
{
	static const char *const wrong[][2] = {
		{ "automatic", "" },
		{ "automatic", "yes" },
		{ "send_time", "25:00" },
		{ "send_time", "" },
		{ "quiet_hours", "22:00" },
		{ "quiet_hours", "22:00-" },
		{ "quiet_hours", "22:00-22:00" },
		{ "quiet_hours", "22:00/06:00" },
		{ "low_supply", "0" },
		{ "low_supply", "51" },
		{ "low_supply", "1e1" },
		{ "low_supply", "-1" },
	};
	struct temporary_db *t = *state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_fails(ERR_INVALID,
			     automatic_set(t->db, "ada", wrong[i][0],
					   wrong[i][1], NOW, err));
	}
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_fails(ERR_INVALID,
			     automatic_set(t->db, "ada", "send_time",
					   hostile_texts[i], NOW, err));
	}
	/* Values that programs keep are no settings of people. */
	assert_fails(ERR_NOT_FOUND,
		     automatic_set(t->db, "ada", "time_floor", "1", NOW, err));
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static void every_setting_can_be_read_by_name(void **state)
{
	struct temporary_db *t = *state;
	const struct setting *s;
	for (size_t i = 0; (s = automatic_setting_at(i)) != NULL; i++) {
		struct buf value = BUF_INIT;
		assert_done(automatic_get(t->db, s->name, &value, err));
		assert_done(automatic_set(t->db, "ada", s->name,
					  buf_str(&value), NOW, err));
		buf_clear(&value);
	}
	struct buf value = BUF_INIT;
	assert_fails(ERR_NOT_FOUND,
		     automatic_get(t->db, "nothing", &value, err));
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static enum outbox_state after_queueing(struct db *db, const char *maker,
					const char *name, const char *value)
{
	struct outbox_item item;
	queue_item(db, METERING, NOW, &item);
	temporary_db_drop_triggers(db);
	struct stmt q;
	assert_true(db_query(db, &q,
			     "UPDATE transmissions SET created_by = ? "
			     "WHERE id = ?",
			     NULL));
	db_bind_text(&q, 1, maker);
	db_bind_text(&q, 2, item.transaction);
	assert_true(db_run(&q, NULL));
	assert_done(automatic_set(db, "ada", name, value, NOW, err));
	return state_of(db, item.transaction);
}

static void switching_off_cancels_what_nobody_pressed(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	assert_int_equal(OUTBOX_CANCELLED,
			 after_queueing(t->db, "timer", "automatic", "off"));
	assert_int_equal(OUTBOX_QUEUED,
			 after_queueing(t->db, "otto", "automatic", "on"));
	assert_int_equal(OUTBOX_CANCELLED,
			 after_queueing(t->db, "alarm", "automatic", "off"));
	struct automatic a = read_at(t->db, NOW + 2 * DAY);
	assert_false(a.on);
	assert_int_equal(0, a.ready);
	assert_int_equal(AUTOMATIC_RUNS, of(&a, SERVICE_METERING)->state);
}

static int64_t no_offset(int64_t utc)
{
	(void)utc;
	return 0;
}

static void assert_same_hours(struct db *db)
{
	struct timetable hours;
	struct automatic a = read_at(db, NOW);
	struct timetable t = automatic_timetable(&a, "ex7", no_offset);
	assert_done(automatic_hours(db, "ex7", no_offset, &hours, err));
	assert_int_equal(t.spread, hours.spread);
	assert_int_equal(t.send_time, hours.send_time);
	assert_int_equal(t.quiet_from, hours.quiet_from);
	assert_int_equal(t.quiet_until, hours.quiet_until);
	assert_ptr_equal(t.offset, hours.offset);
}

static void the_hours_hold_whatever_is_allowed(void **state)
{
	struct temporary_db *t = *state;
	assert_same_hours(t->db);
	assert_done(automatic_set(t->db, "ada", "quiet_hours", "22:00-06:30",
				  NOW, err));
	assert_done(
		automatic_set(t->db, "ada", "send_time", "18:00", NOW, err));
	assert_same_hours(t->db);
	allow_services(t->db, METERING, NOW);
	assert_same_hours(t->db);
	assert_int_equal(22 * 60, read_at(t->db, NOW).quiet_from);
}

static void the_timers_marks_are_kept(void **state)
{
	struct temporary_db *t = *state;
	assert_done(automatic_timer_missed(t->db, NOW + 60, err));
	assert_int_equal(NOW + 60, read_at(t->db, NOW).catch_up_at);
	assert_done(automatic_timer_done(t->db, NOW + 70, err));
	temporary_db_reopen(t);
	struct automatic a = read_at(t->db, NOW);
	assert_int_equal(NOW + 70, a.timer_at);
	assert_int_equal(0, a.catch_up_at);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(a_new_device_has_the_presets_and_sends_nothing),
		TEST(a_service_begins_a_day_after_it_was_allowed),
		TEST(the_day_begins_when_remote_services_are_allowed_too),
		TEST(the_day_can_be_ended_for_this_grant_alone),
		TEST(never_stays_until_somebody_decides_otherwise),
		TEST(deciding_twice_writes_one_entry),
		TEST(a_choice_needs_a_service_that_is_allowed_and_sends),
		TEST(settings_are_kept_with_before_and_after),
		TEST(what_is_no_value_changes_nothing),
		TEST(every_setting_can_be_read_by_name),
		TEST(switching_off_cancels_what_nobody_pressed),
		TEST(the_hours_hold_whatever_is_allowed),
		TEST(the_timers_marks_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
