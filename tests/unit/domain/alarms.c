/* Which conditions are news (src/domain/alarms.c). */
#include "domain/alarms.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/unit/domain/people.h"

#define PARTS SERVICE_BIT(SERVICE_PARTS)
#define MAINTENANCE SERVICE_BIT(SERVICE_MAINTENANCE)
#define HOUR 3600
#define DAY ALARM_WINDOW_S
#define ALLOWED (NOW - 10 * DAY)

/* All that has alarms was allowed ten days ago. */
static struct automatic device(void)
{
	static const enum service_id ids[] = { SERVICE_SUPPLIES, SERVICE_PARTS,
					       SERVICE_MAINTENANCE };
	struct automatic a = { .on = true, .count = 3 };
	for (size_t i = 0; i < 3; i++) {
		a.services[i].service = service_of(ids[i]);
		a.services[i].since = ALLOWED;
		a.ready |= SERVICE_BIT(ids[i]);
	}
	return a;
}

static struct condition toner(enum condition_state state)
{
	return (struct condition){ .key = "supply 1 toner",
				   .text = "toner 1 at 8 %",
				   .state = state,
				   .services = SUPPLIES };
}

static struct condition jam(int64_t began_at)
{
	return (struct condition){ .key = "fault mediaPath 1 - jam",
				   .text = "jam",
				   .state = CONDITION_RAISED,
				   .is_fault = true,
				   .services = MAINTENANCE,
				   .began_at = began_at };
}

/* Takes a look with both documents; gives the services that are due. */
static unsigned look(struct db *db, const struct automatic *a,
		     const struct condition *at, size_t count, int64_t now)
{
	const struct alarms_look l = { .at = at,
				       .count = count,
				       .has_faults = true,
				       .has_supplies = true,
				       .automatic = a,
				       .now = now };
	struct alarms_due due;
	assert_done(alarms_take(db, &l, &due, err));
	assert_int_equal(due.services != 0, due.count != 0);
	buf_clear(&due.text);
	return due.services;
}

static unsigned one(struct db *db, struct condition c, int64_t now)
{
	struct automatic a = device();
	return look(db, &a, &c, 1, now);
}

static size_t standing(struct db *db)
{
	struct alarm *list = NULL;
	size_t count = 0;
	assert_done(alarms_list(db, &list, &count, err));
	mem_free(list);
	return count;
}

static void a_low_supply_is_told_once_until_it_clears(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(SUPPLIES, one(t->db, toner(CONDITION_RAISED), NOW));
	assert_int_equal(1, standing(t->db));
	for (int i = 1; i < 50; i++) {
		assert_int_equal(0, one(t->db,
					toner(i % 2 == 0 ? CONDITION_RAISED
							 : CONDITION_BETWEEN),
					NOW + i * 300));
	}
	assert_int_equal(0, one(t->db, toner(CONDITION_CLEAR), NOW + DAY));
	assert_int_equal(0, standing(t->db));
	assert_int_equal(SUPPLIES,
			 one(t->db, toner(CONDITION_RAISED), NOW + DAY + 300));
}

static void what_was_never_raised_is_not_kept(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(0, one(t->db, toner(CONDITION_BETWEEN), NOW));
	assert_int_equal(0, one(t->db, toner(CONDITION_CLEAR), NOW));
	assert_int_equal(0, temporary_db_number(t->db,
						"SELECT count(*) FROM alarms"));
}

static void a_restart_forgets_nothing(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(SUPPLIES, one(t->db, toner(CONDITION_RAISED), NOW));
	temporary_db_reopen(t);
	assert_int_equal(0, one(t->db, toner(CONDITION_RAISED), NOW + 60));
}

static void a_level_that_is_not_told_neither_clears_nor_is_new(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	assert_int_equal(SUPPLIES, one(t->db, toner(CONDITION_RAISED), NOW));
	assert_int_equal(0, look(t->db, &a, NULL, 0, NOW + 300));
	assert_int_equal(0, one(t->db, toner(CONDITION_RAISED), NOW + 600));
	assert_int_equal(0, look(t->db, &a, NULL, 0, NOW + 900));
	assert_int_equal(1, standing(t->db));
	/* A day later nobody believes that it is still there. */
	assert_int_equal(0, look(t->db, &a, NULL, 0, NOW + 900 + DAY));
	assert_int_equal(0, standing(t->db));
}

static void a_fault_is_told_once_until_it_is_gone(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	assert_int_equal(MAINTENANCE, one(t->db, jam(NOW - 5), NOW));
	assert_int_equal(0, one(t->db, jam(NOW - 5), NOW + 300));
	/* Clocks of machines are read with an error of seconds. */
	assert_int_equal(0, one(t->db, jam(NOW - 4), NOW + 600));
	assert_int_equal(0, look(t->db, &a, NULL, 0, NOW + 900));
	assert_int_equal(0, standing(t->db));
	assert_int_equal(MAINTENANCE, one(t->db, jam(NOW + 1000), NOW + 1200));
}

static void a_fault_that_began_anew_is_news(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(MAINTENANCE, one(t->db, jam(NOW - 5), NOW));
	assert_int_equal(MAINTENANCE, one(t->db, jam(NOW + HOUR), NOW + HOUR));
}

static void a_fault_from_before_the_grant_is_no_alarm(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(0, one(t->db, jam(ALLOWED - 1), NOW));
	assert_int_equal(1, standing(t->db));
	assert_int_equal(0, one(t->db, jam(ALLOWED - 1), NOW + 300));
	assert_int_equal(MAINTENANCE, one(t->db, jam(NOW + 400), NOW + 600));
}

static void without_a_time_the_first_look_tells_what_is_old(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	struct condition two[] = { jam(0), jam(0) };
	strcpy(two[1].key, "fault cover 1 - coverOpen");
	assert_int_equal(0, look(t->db, &a, two, 1, NOW));
	assert_int_equal(0, look(t->db, &a, two, 1, NOW + 300));
	assert_int_equal(MAINTENANCE, look(t->db, &a, two, 2, NOW + 600));
	/* Another grant: another first look. */
	assert_int_equal(0, look(t->db, &a, NULL, 0, NOW + 900));
	a.services[2].since = NOW + 1000;
	assert_int_equal(0, look(t->db, &a, two, 2, NOW + 1200));
}

static void a_service_allowed_later_is_told_what_is_low(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	struct condition drum = toner(CONDITION_RAISED);
	drum.services = SUPPLIES | PARTS;
	a.ready = SUPPLIES;
	assert_int_equal(SUPPLIES, look(t->db, &a, &drum, 1, NOW));
	a.ready = SUPPLIES | PARTS;
	a.services[1].since = NOW + 100;
	assert_int_equal(PARTS, look(t->db, &a, &drum, 1, NOW + 300));
	assert_int_equal(0, look(t->db, &a, &drum, 1, NOW + 600));
}

static void what_takes_no_part_is_not_due(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	struct condition both[] = { toner(CONDITION_RAISED), jam(NOW) };
	a.ready = PARTS;
	assert_int_equal(0, look(t->db, &a, both, 2, NOW));
}

static void without_documents_nothing_clears(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	const struct alarms_look nothing = { .automatic = &a, .now = NOW };
	struct alarms_due due;
	assert_int_equal(MAINTENANCE, one(t->db, jam(NOW - 5), NOW));
	assert_done(alarms_take(t->db, &nothing, &due, err));
	assert_int_equal(1, standing(t->db));
	assert_int_equal(0, one(t->db, jam(NOW - 5), NOW + 300));
}

static void one_that_comes_and_goes_is_bounded(void **state)
{
	struct temporary_db *t = *state;
	unsigned sent = 0;
	for (int i = 0; i < 200; i++) {
		sent += one(t->db,
			    toner(i % 2 == 0 ? CONDITION_RAISED
					     : CONDITION_CLEAR),
			    NOW + i * 300) != 0;
	}
	assert_int_equal(ALARM_FIRES_MAX, sent);
	assert_int_equal(0, one(t->db, toner(CONDITION_CLEAR), NOW + DAY));
	assert_int_equal(SUPPLIES,
			 one(t->db, toner(CONDITION_RAISED), NOW + DAY + 1));
}

static void a_machine_full_of_faults_is_bounded(void **state)
{
	struct temporary_db *t = *state;
	unsigned sent = 0;
	for (int i = 0; i < 200; i++) {
		struct condition c = jam(NOW + i * 60);
		snprintf(c.key, sizeof(c.key), "fault %d", i);
		sent += one(t->db, c, NOW + i * 60) != 0;
	}
	assert_int_equal(ALARM_FIRES_ALL_MAX, sent);
}

static void rows_go_a_day_after_they_cleared(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	assert_int_equal(MAINTENANCE, one(t->db, jam(NOW), NOW));
	assert_int_equal(0, look(t->db, &a, NULL, 0, NOW + 300));
	assert_int_equal(1, temporary_db_number(t->db,
						"SELECT count(*) FROM alarms"));
	assert_int_equal(0, look(t->db, &a, NULL, 0, NOW + 300 + DAY));
	assert_int_equal(0, temporary_db_number(t->db,
						"SELECT count(*) FROM alarms"));
}

static void it_says_what_it_is_about(void **state)
{
	struct temporary_db *t = *state;
	struct automatic a = device();
	struct condition both[] = { toner(CONDITION_RAISED), jam(NOW) };
	const struct alarms_look l = { .at = both,
				       .count = 2,
				       .has_faults = true,
				       .has_supplies = true,
				       .automatic = &a,
				       .now = NOW };
	struct alarms_due due;
	assert_done(alarms_take(t->db, &l, &due, err));
	assert_string_equal("toner 1 at 8 %; jam", buf_str(&due.text));
	assert_int_equal(SUPPLIES | MAINTENANCE, due.services);
	buf_clear(&due.text);
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(a_low_supply_is_told_once_until_it_clears),
		TEST(what_was_never_raised_is_not_kept),
		TEST(a_restart_forgets_nothing),
		TEST(a_level_that_is_not_told_neither_clears_nor_is_new),
		TEST(a_fault_is_told_once_until_it_is_gone),
		TEST(a_fault_that_began_anew_is_news),
		TEST(a_fault_from_before_the_grant_is_no_alarm),
		TEST(without_a_time_the_first_look_tells_what_is_old),
		TEST(a_service_allowed_later_is_told_what_is_low),
		TEST(what_takes_no_part_is_not_due),
		TEST(without_documents_nothing_clears),
		TEST(one_that_comes_and_goes_is_bounded),
		TEST(a_machine_full_of_faults_is_bounded),
		TEST(rows_go_a_day_after_they_cleared),
		TEST(it_says_what_it_is_about),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
