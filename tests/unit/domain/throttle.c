/* Slowing down guesses (src/domain/throttle.c). */
#include "domain/throttle.h"

#include <string.h>

#include "base/mem.h"
#include "tests/unit/domain/people.h"

#define HOME "192.0.2.14"

static struct throttle_try try_at(struct db *db, const char *name,
				  const char *address, int64_t now)
{
	struct throttle_try a;
	assert_done(throttle_begin(db, name, address, now, &a, err));
	return a;
}

static void fail_times(struct db *db, int times, int64_t now)
{
	for (int i = 0; i < times; i++) {
		try_at(db, "anna", HOME, now);
	}
}

static void five_failures_begin_a_pause(void **state)
{
	struct temporary_db *t = *state;
	struct throttle_try a;
	fail_times(t->db, 4, NOW);
	a = try_at(t->db, "anna", HOME, NOW);
	assert_int_equal(30, a.pause_s);
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "anna", HOME, NOW, &a, err));
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "anna", HOME, NOW + 29, &a, err));
	a = try_at(t->db, "anna", HOME, NOW + 30);
	assert_int_equal(60, a.pause_s);
}

static void the_pause_doubles_up_to_a_quarter_hour(void **state)
{
	struct temporary_db *t = *state;
	static const int64_t pauses[] = { 30, 60, 120, 240, 480, 900, 900 };
	int64_t now = NOW;
	fail_times(t->db, 4, now);
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		struct throttle_try a = try_at(t->db, "anna", HOME, now);
		assert_int_equal(pauses[i], a.pause_s);
		assert_fails(ERR_LIMIT,
			     throttle_begin(t->db, "anna", HOME,
					    now + a.pause_s - 1, &a, err));
		now += pauses[i];
	}
}

static void quiet_forgets(void **state)
{
	struct temporary_db *t = *state;
	fail_times(t->db, 4, NOW);
	fail_times(t->db, 4, NOW + THROTTLE_FORGET_S);
	fail_times(t->db, 4, NOW + 2 * THROTTLE_FORGET_S);
}

static void account_and_address_are_counted_each(void **state)
{
	struct temporary_db *t = *state;
	struct throttle_try a;
	static const char *const homes[] = { "192.0.2.1", "192.0.2.2",
					     "192.0.2.3", "192.0.2.4",
					     "192.0.2.5" };
	for (size_t i = 0; i < 5; i++) {
		try_at(t->db, "anna", homes[i], NOW);
	}
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "anna", "192.0.2.9", NOW, &a, err));
	static const char *const names[] = { "b", "c", "d", "e", "f" };
	for (size_t i = 0; i < 5; i++) {
		try_at(t->db, names[i], "198.51.100.1", NOW);
	}
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "g", "198.51.100.1", NOW, &a, err));
	try_at(t->db, "g", "198.51.100.2", NOW);
}

static void names_are_counted_without_regard_to_case(void **state)
{
	struct temporary_db *t = *state;
	static const char *const names[] = { "Anna", "anna", "ANNA", "aNNa",
					     "anNa" };
	struct throttle_try a;
	for (size_t i = 0; i < 5; i++) {
		try_at(t->db, names[i], "", NOW);
	}
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "annA", "", NOW, &a, err));
}

static void what_can_be_no_name_is_counted_together(void **state)
{
	struct temporary_db *t = *state;
	struct throttle_try a;
	for (size_t i = 0; i < 5; i++) {
		try_at(t->db, hostile_texts[i], "", NOW);
	}
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, hostile_texts[6], "", NOW, &a, err));
	assert_int_equal(1, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "sign_in_tries"));
}

static void a_right_try_clears_the_account(void **state)
{
	struct temporary_db *t = *state;
	fail_times(t->db, 4, NOW);
	struct throttle_try a = try_at(t->db, "anna", HOME, NOW);
	assert_done(throttle_passed(t->db, &a, err));
	/* The address has 4 still: somebody with an account of his own must
	 * not be able to clear it for guesses at others. */
	a = try_at(t->db, "anna", HOME, NOW);
	assert_int_equal(30, a.pause_s);
	assert_done(throttle_passed(t->db, &a, err));
	a = try_at(t->db, "anna", "192.0.2.99", NOW);
	assert_int_equal(0, a.pause_s);
}

static void a_right_try_does_not_end_the_pause_of_others(void **state)
{
	struct temporary_db *t = *state;
	fail_times(t->db, 3, NOW);
	struct throttle_try right = try_at(t->db, "otto", HOME, NOW);
	try_at(t->db, "bert", HOME, NOW);
	assert_done(throttle_passed(t->db, &right, err));
	struct throttle_try a;
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "carl", HOME, NOW + 1, &a, err));
}

static void many_at_the_same_time_do_not_slip_through(void **state)
{
	struct temporary_db *t = *state;
	int begun = 0;
	for (int i = 0; i < 100; i++) {
		struct throttle_try a;
		begun += throttle_begin(t->db, "anna", HOME, NOW, &a, NULL);
	}
	assert_int_equal(THROTTLE_TRIES, begun);
}

static void a_clock_set_back_restarts_the_pause(void **state)
{
	struct temporary_db *t = *state;
	struct throttle_try a;
	fail_times(t->db, 5, NOW);
	int64_t before = NOW - 1000000;
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "anna", HOME, before, &a, err));
	assert_fails(ERR_LIMIT,
		     throttle_begin(t->db, "anna", HOME, before + 29, &a, err));
	try_at(t->db, "anna", HOME, before + 30);
}

static void the_text_says_how_long(void **state)
{
	struct temporary_db *t = *state;
	struct err why = { .kind = ERR_NONE };
	struct throttle_try a;
	fail_times(t->db, 5, NOW);
	assert_false(throttle_begin(t->db, "anna", HOME, NOW + 10, &a, &why));
	assert_non_null(strstr(why.text, "20 seconds"));
}

static void old_rows_go(void **state)
{
	struct temporary_db *t = *state;
	fail_times(t->db, 1, NOW);
	try_at(t->db, "otto", "192.0.2.50", NOW + 2 * 24 * 60 * 60);
	assert_int_equal(2, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "sign_in_tries"));
}

static void the_pause_of_an_account_is_told_and_lifted(void **state)
{
	struct temporary_db *t = *state;
	struct throttle_pause pause;
	assert_done(throttle_of_account(t->db, "anna", NOW, &pause, err));
	assert_int_equal(0, pause.failures);
	assert_int_equal(0, pause.paused_until);
	fail_times(t->db, 4, NOW);
	assert_fails(ERR_NOT_FOUND,
		     throttle_lift_account(t->db, "ada", "anna", NOW, err));
	fail_times(t->db, 1, NOW);
	assert_done(throttle_of_account(t->db, "ANNA", NOW + 1, &pause, err));
	assert_string_equal("anna", pause.subject);
	assert_int_equal(5, pause.failures);
	assert_int_equal(NOW, pause.last_at);
	assert_int_equal(NOW + 30, pause.paused_until);
	/* Over, but still counted. */
	assert_done(throttle_of_account(t->db, "anna", NOW + 30, &pause, err));
	assert_int_equal(5, pause.failures);
	assert_int_equal(0, pause.paused_until);

	assert_done(throttle_lift_account(t->db, "ada", "Anna", NOW, err));
	assert_last_entry(t->db, LEDGER_ACCOUNT,
			  "the pause for the account \"anna\" was lifted "
			  "after 5 failed sign-ins");
	try_at(t->db, "anna", "192.0.2.99", NOW);
	assert_int_equal(1, entries(t->db, LEDGER_ACCOUNT));
}

static void paused_addresses_are_listed_and_lifted(void **state)
{
	struct temporary_db *t = *state;
	struct throttle_pause *list = NULL;
	size_t count = 99;
	static const char *const names[] = { "b", "c", "d", "e", "f" };
	assert_done(throttle_addresses(t->db, NOW, &list, &count, err));
	assert_int_equal(0, count);
	mem_free(list);
	for (size_t i = 0; i < 5; i++) {
		try_at(t->db, names[i], HOME, NOW);
		try_at(t->db, "anna", "192.0.2.77", NOW + (int64_t)i * 1000);
	}
	assert_done(throttle_addresses(t->db, NOW + 1, &list, &count, err));
	assert_int_equal(1, count);
	assert_string_equal(HOME, list[0].subject);
	assert_int_equal(NOW + 30, list[0].paused_until);
	mem_free(list);
	assert_fails(ERR_NOT_FOUND,
		     throttle_lift_address(t->db, "ada", "192.0.2.77", NOW,
					   err));
	assert_done(throttle_lift_address(t->db, "ada", HOME, NOW + 1, err));
	assert_last_entry(t->db, LEDGER_ACCOUNT, "the address \"" HOME "\"");
	try_at(t->db, "g", HOME, NOW + 1);
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_fails(ERR_NOT_FOUND,
			     throttle_lift_address(t->db, "ada",
						   hostile_texts[i], NOW, err));
	}
}

/* Devices and addresses of devices, which no account can be called. */
static void what_is_no_account_is_counted_apart(void **state)
{
	struct temporary_db *t = *state;
	struct throttle_try a;
	for (int i = 0; i < 5; i++) {
		assert_done(throttle_begin_other(t->db, "device anna",
						 "device port " HOME, NOW, &a,
						 err));
	}
	assert_fails(ERR_LIMIT, throttle_begin_other(t->db, "device anna", "",
						     NOW, &a, err));
	a = try_at(t->db, "anna", HOME, NOW);
	assert_int_equal(0, a.pause_s);
	/* What could be an account is not taken. */
	assert_fails(ERR_BUG,
		     throttle_begin_other(t->db, "anna", "", NOW, &a, err));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(five_failures_begin_a_pause),
		T(the_pause_doubles_up_to_a_quarter_hour),
		T(quiet_forgets),
		T(account_and_address_are_counted_each),
		T(names_are_counted_without_regard_to_case),
		T(what_can_be_no_name_is_counted_together),
		T(a_right_try_clears_the_account),
		T(a_right_try_does_not_end_the_pause_of_others),
		T(many_at_the_same_time_do_not_slip_through),
		T(a_clock_set_back_restarts_the_pause),
		T(the_text_says_how_long),
		T(old_rows_go),
		T(the_pause_of_an_account_is_told_and_lifted),
		T(paused_addresses_are_listed_and_lifted),
		T(what_is_no_account_is_counted_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
