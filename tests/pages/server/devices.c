/*
 * The list of devices.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/ledger.h"
#include "domain/roles.h"
#include "tests/pages/server/staff.h"

#define DAY_S 86400

static void the_silent_stand_first_and_are_named(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff_receive(staff, SAMPLES_DEVICE, 1, SAMPLES_NOW - 9 * DAY_S - 1);
	staff_receive(staff, SAMPLES_OTHER, 2, SAMPLES_NOW - DAY_S);
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_true(staff_sees(staff, "Silent for 9 days"));
	assert_true(staff_sees(staff, "2 devices."));
	assert_true(staff_sees(staff, "1 device overdue"));
	assert_true(staff_sees(staff, "Metering, Supplies"));
	assert_true(staff_sees(staff, "Example Printer 7"));
	const char *silent =
		strstr(staff->m.content, "/device/" SAMPLES_DEVICE);
	const char *seen = strstr(staff->m.content, "/device/" SAMPLES_OTHER);
	assert_true(silent != NULL && seen != NULL && silent < seen);
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
}

static void check_in(struct staff *staff, const char *id, int64_t at,
		     int64_t interval_s)
{
	const struct fleet_checkin checkin = { .at = at,
					       .interval_s = interval_s,
					       .least_s = 300,
					       .most_s = 86400,
					       .expected_at = at + interval_s,
					       .version = "0.5" };
	struct err err = { 0 };
	assert_true(
		fleet_checked_in(staff->server.server.db, id, &checkin, &err));
}

/* Not who is silent for longest, but who is overdue. */
static void the_overdue_stand_before_those_that_come_seldom(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	check_in(staff, SAMPLES_DEVICE, SAMPLES_NOW - 20 * 3600, 86400);
	check_in(staff, SAMPLES_OTHER, SAMPLES_NOW - 2 * 3600, 900);
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_true(staff_sees(staff, "1 device overdue"));
	assert_true(staff_sees(staff, "Overdue: 7 check-ins missing"));
	assert_true(staff_sees(staff, ">next "));
	const char *late = strstr(staff->m.content, "/device/" SAMPLES_OTHER);
	const char *fine = strstr(staff->m.content, "/device/" SAMPLES_DEVICE);
	assert_true(late != NULL && fine != NULL && late < fine);
	check_in(staff, SAMPLES_OTHER, SAMPLES_NOW, 900);
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_true(staff_sees(staff, "when it was due"));
	assert_false(staff_sees(staff, "Overdue"));
}

static void what_is_not_known_is_not_guessed(void **state)
{
	struct staff *staff = *state;
	struct err err = { 0 };
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_true(fleet_revoke(staff->server.server.db, "root", SAMPLES_OTHER,
				 SAMPLES_NOW, &err));
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_true(staff_sees(staff, "Never seen"));
	assert_true(staff_sees(staff, "Revoked"));
	assert_true(staff_sees(staff, "none named yet"));
	assert_true(staff_sees(staff, ">unknown<"));
}

static void add_device(struct staff *staff, const char *id, char digit)
{
	char sha256[65] = "";
	struct err err = { 0 };
	memset(sha256, digit, sizeof(sha256) - 1);
	const struct fleet_new row = { .id = id,
				       .title = "",
				       .serial_number = "",
				       .ledger_key = "",
				       .certificate = sha256,
				       .certificate_serial = id,
				       .not_after = SAMPLES_NOW + DAY_S };
	assert_true(fleet_add(staff->server.server.db, "root", &row,
			      SAMPLES_NOW, &err));
}

/* A head of its log, and one that did not fit it; 0 = none did not. */
static void keep_head(struct staff *staff, const char *id, int64_t conflict_at)
{
	struct err err = { 0 };
	struct stmt q;
	assert_true(db_query(staff->server.server.db, &q,
			     "INSERT INTO witnessed (device, size, root, note, "
			     "at, conflict_at) "
			     "VALUES (?, 9, zeroblob(32), 'x', ?, ?)",
			     &err));
	db_bind_text(&q, 1, id);
	db_bind_int(&q, 2, SAMPLES_NOW - 100);
	db_bind_int(&q, 3, conflict_at);
	assert_true(db_run(&q, &err));
}

/* How often the tag of a log that does not fit is on the page. */
static size_t misfits(const struct staff *staff)
{
	size_t count = 0;
	const char *at = staff->m.content;
	while ((at = strstr(at, "</svg>Does not fit</span>")) != NULL) {
		count++;
		at++;
	}
	return count;
}

/* Of several devices those whose newest head did not fit, and no others. */
static void each_device_has_the_state_of_its_own_log(void **state)
{
	struct staff *staff = *state;
	struct err err = { 0 };
	staff_sign_in(staff, "desk", ROLE_STAFF);
	add_device(staff, "ex7-bad", 'a');
	add_device(staff, "ex7-gone", 'b');
	check_in(staff, SAMPLES_OTHER, SAMPLES_NOW - 20, 900);
	check_in(staff, SAMPLES_DEVICE, SAMPLES_NOW - 20, 900);
	check_in(staff, "ex7-bad", SAMPLES_NOW, 900);
	keep_head(staff, SAMPLES_OTHER, 0);
	keep_head(staff, SAMPLES_DEVICE, SAMPLES_NOW - 200); /* over */
	keep_head(staff, "ex7-bad", SAMPLES_NOW - 50);
	keep_head(staff, "ex7-gone", SAMPLES_NOW - 50);
	assert_true(fleet_revoke(staff->server.server.db, "root", "ex7-gone",
				 SAMPLES_NOW, &err));
	assert_int_equal(200, staff_get(staff, "/devices"));
	assert_true(staff_sees(staff, "4 devices."));
	assert_true(staff_sees(staff, "1 device with a log that does not fit"));
	assert_int_equal(1, misfits(staff));
	const char *bad = strstr(staff->m.content, "/device/ex7-bad");
	const char *next = strstr(staff->m.content, "/device/" SAMPLES_OTHER);
	assert_true(bad != NULL && next != NULL && bad < next);
	const char *tag = strstr(staff->m.content, "</svg>Does not fit</span>");
	assert_true(tag > bad && tag < next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(the_silent_stand_first_and_are_named),
		STAFF_TEST(the_overdue_stand_before_those_that_come_seldom),
		STAFF_TEST(what_is_not_known_is_not_guessed),
		STAFF_TEST(each_device_has_the_state_of_its_own_log),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
