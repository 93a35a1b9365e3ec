/*
 * Check-ins as they are kept: an entry before anything leaves and one when it
 * failed, what people see, and nothing half done after faults.
 */
#include "domain/checkins.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "domain/consent.h"
#include "domain/settings.h"
#include "tests/unit/domain/people.h"

#define REQUEST "<CheckIn/>"
#define ANSWER "sluice.checkin/v1\n"
#define PEER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct checkin_state read_all(struct db *db, int64_t now)
{
	struct checkin_state state;
	assert_done(checkins_read(db, now, &state, err));
	return state;
}

static int64_t begin(struct db *db, enum checkin_reason reason, int64_t now)
{
	int64_t number = 0;
	assert_done(checkins_begin(db, reason, "daemon", PEER, REQUEST,
				   strlen(REQUEST), now, &number, err));
	return number;
}

static void end_well(struct db *db, int64_t number, int64_t now, int64_t next)
{
	const struct checkin_end end = {
		.number = number,
		.answer = ANSWER,
		.bytes_out = 400,
		.bytes_in = 500,
		.wished_s = 900,
		.next_at = next,
	};
	assert_done(checkins_end(db, &end, now, err));
}

static void end_badly(struct db *db, int64_t number, bool permanent,
		      int64_t now)
{
	const struct checkin_end end = {
		.number = number,
		.problem = "The server did not answer.",
		.permanent = permanent,
		.retry_at = now + 60,
	};
	assert_done(checkins_end(db, &end, now, err));
}

static void a_new_device_has_none_and_is_off(void **state)
{
	struct temporary_db *t = *state;
	struct checkin_state s = read_all(t->db, NOW);
	struct checkin_done *list = NULL;
	size_t count = 9;
	assert_false(s.on);
	assert_int_equal(s.last_at, 0);
	assert_int_equal(s.next_at, 0);
	assert_int_equal(s.missed, 0);
	assert_string_equal(s.problem, "");
	assert_done(checkins_list(t->db, 5, &list, &count, err));
	assert_int_equal(count, 0);
	mem_free(list);
}

static void one_that_ends_well_is_kept_with_both_ways(void **state)
{
	struct temporary_db *t = *state;
	struct buf request = BUF_INIT, answer = BUF_INIT;
	struct checkin_done *list = NULL;
	size_t count = 0;
	allow_services(t->db, METERING, NOW);
	int64_t number = begin(t->db, CHECKIN_SLOT, NOW);
	assert_last_entry(t->db, LEDGER_CHECK_IN,
			  "check-in 1 begins: it was due");
	int64_t before = entries(t->db, LEDGER_CHECK_IN);
	end_well(t->db, number, NOW + 2, NOW + 1000);
	/* The wish was news; a good end is no entry. */
	assert_int_equal(entries(t->db, LEDGER_CHECK_IN), before + 1);
	assert_last_entry(t->db, LEDGER_CHECK_IN, "every 15 minutes");
	assert_int_equal(
		temporary_db_number(t->db,
				    "SELECT count(*) FROM ledger WHERE entry "
				    "LIKE '%every 15 minutes; the limits%'"),
		0);
	temporary_db_reopen(t);
	struct checkin_state s = read_all(t->db, NOW + 2);
	assert_true(s.on);
	assert_int_equal(s.last_at, NOW + 2);
	assert_int_equal(s.contact_at, NOW + 2);
	assert_int_equal(s.next_at, NOW + 1000);
	assert_int_equal(s.interval_s, 900);
	assert_done(checkins_list(t->db, 5, &list, &count, err));
	assert_int_equal(count, 1);
	assert_int_equal(list[0].number, 1);
	assert_int_equal(list[0].reason, CHECKIN_SLOT);
	assert_string_equal(list[0].result, "ok");
	assert_int_equal(list[0].bytes_out, 400);
	assert_int_equal(list[0].bytes_in, 500);
	mem_free(list);
	assert_done(checkins_bytes(t->db, 1, &request, &answer, err));
	assert_string_equal(buf_str(&request), REQUEST);
	assert_string_equal(buf_str(&answer), ANSWER);
	buf_clear(&request);
	buf_clear(&answer);
	assert_ledger_whole(t->db);
}

static void the_entry_names_bytes_hash_peer_and_who_asked(void **state)
{
	struct temporary_db *t = *state;
	struct ledger_entry entry;
	struct buf text = BUF_INIT;
	int64_t number;
	assert_done(checkins_begin(t->db, CHECKIN_PERSON, "otto", PEER, REQUEST,
				   strlen(REQUEST), NOW, &number, err));
	assert_done(ledger_get(t->db, 0, &entry, &text, err));
	assert_string_equal(entry.actor, "otto");
	assert_string_equal(entry.peer, PEER);
	assert_int_equal(entry.bytes, strlen(REQUEST));
	assert_string_equal(entry.sha256, "158aba4794d1d2724c26d269613a6465"
					  "0506c64d764c97e3ce2f8456eed1a028");
	buf_clear(&text);
}

static void a_failure_is_told_and_counted(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	int64_t number = begin(t->db, CHECKIN_SLOT, NOW);
	end_badly(t->db, number, false, NOW + 5);
	assert_last_entry(t->db, LEDGER_CHECK_IN,
			  "check-in 1: The server did not answer.; tried "
			  "again from 2025-11-24T16:01:05Z");
	/* One that found no server at all has no row, and an entry. */
	end_badly(t->db, 0, true, NOW + 70);
	assert_last_entry(t->db, LEDGER_CHECK_IN, "did not answer");
	struct checkin_state s = read_all(t->db, NOW + 70);
	assert_int_equal(s.failures, 2);
	assert_true(s.permanent);
	assert_int_equal(s.next_at, NOW + 130);
	assert_string_equal(s.problem, "The server did not answer.");
	struct checkin_done *list = NULL;
	size_t count = 0;
	assert_done(checkins_list(t->db, 5, &list, &count, err));
	assert_string_equal(list[0].result, "failed");
	assert_string_equal(list[0].problem, "The server did not answer.");
	mem_free(list);
	assert_int_equal(
		temporary_db_number(t->db,
				    "SELECT count(*) FROM ledger WHERE entry "
				    "LIKE '%check-in 0%'"),
		0);
	assert_int_equal(s.last_at, 0);
	assert_int_equal(
		temporary_db_number(t->db, "SELECT count(*) FROM checkins"), 1);
	/* A good one ends it. */
	end_well(t->db, begin(t->db, CHECKIN_SLOT, NOW + 130), NOW + 131,
		 NOW + 3600);
	s = read_all(t->db, NOW + 131);
	assert_int_equal(s.failures, 0);
	assert_false(s.permanent);
	assert_string_equal(s.problem, "");
}

static void one_that_died_is_ended_by_the_next(void **state)
{
	struct temporary_db *t = *state;
	struct checkin_done *list = NULL;
	size_t count = 0;
	(void)begin(t->db, CHECKIN_SLOT, NOW);
	temporary_db_reopen(t);
	int64_t number = begin(t->db, CHECKIN_SLOT, NOW + 100);
	assert_int_equal(number, 2);
	assert_int_equal(entries(t->db, LEDGER_CHECK_IN), 3);
	end_well(t->db, number, NOW + 101, NOW + 1000);
	assert_done(checkins_list(t->db, 5, &list, &count, err));
	assert_int_equal(count, 2);
	assert_string_equal(list[0].result, "ok");
	assert_string_equal(list[1].result, "failed");
	assert_non_null(strstr(list[1].problem, "stopped before the answer"));
	mem_free(list);
}

static void old_rows_go_and_numbers_go_on(void **state)
{
	struct temporary_db *t = *state;
	struct buf request = BUF_INIT, answer = BUF_INIT;
	struct checkin_done *list = NULL;
	size_t count = 0;
	for (int i = 0; i < CHECKINS_KEPT + 3; i++) {
		end_well(t->db, begin(t->db, CHECKIN_SLOT, NOW + i), NOW + i,
			 NOW + 1000);
	}
	assert_done(checkins_list(t->db, 1000, &list, &count, err));
	assert_int_equal(count, CHECKINS_KEPT);
	assert_int_equal(list[0].number, CHECKINS_KEPT + 3);
	assert_int_equal(list[count - 1].number, 4);
	mem_free(list);
	assert_fails(ERR_NOT_FOUND,
		     checkins_bytes(t->db, 3, &request, &answer, err));
	assert_int_equal(request.len, 0);
	/* The wish was told once. */
	assert_int_equal(entries(t->db, LEDGER_CHECK_IN),
			 CHECKINS_KEPT + 3 + 1);
}

static void a_wish_outside_of_the_limits_is_refused_in_the_log(void **state)
{
	struct temporary_db *t = *state;
	struct checkin_end end = { .number = begin(t->db, CHECKIN_SLOT, NOW),
				   .answer = ANSWER,
				   .wished_s = 60,
				   .next_at = NOW + 900 };
	assert_done(checkins_end(t->db, &end, NOW, err));
	assert_last_entry(t->db, LEDGER_CHECK_IN,
			  "every 1 minute; the limits that were set here "
			  "hold");
	assert_int_equal(read_all(t->db, NOW).interval_s, 900);
	/* One that says nothing of it leaves the last. */
	end_well(t->db, begin(t->db, CHECKIN_SLOT, NOW + 9), NOW + 9,
		 NOW + 900);
	assert_last_entry(t->db, LEDGER_CHECK_IN, "every 15 minutes");
	end = (struct checkin_end){
		.number = begin(t->db, CHECKIN_SLOT, NOW + 20),
		.answer = ANSWER,
		.next_at = NOW + 900,
	};
	int64_t before = entries(t->db, LEDGER_CHECK_IN);
	assert_done(checkins_end(t->db, &end, NOW + 21, err));
	assert_int_equal(read_all(t->db, NOW + 21).wished_s, 900);
	assert_int_equal(entries(t->db, LEDGER_CHECK_IN), before);
}

/* Before quiet hours the next one is further away than the interval. */
static void what_is_not_yet_expected_is_not_missed(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	end_well(t->db, begin(t->db, CHECKIN_SLOT, NOW), NOW, NOW + 36000);
	assert_int_equal(read_all(t->db, NOW + 36000).missed, 0);
	/* A try that failed meanwhile makes it no later. */
	end_badly(t->db, 0, false, NOW + 30000);
	assert_int_equal(read_all(t->db, NOW + 35999).missed, 0);
	assert_true(read_all(t->db, NOW + 36000 + 4 * 900).missed >= 3);
}

static void misses_count_from_contact_and_only_while_allowed(void **state)
{
	struct temporary_db *t = *state;
	assert_int_equal(read_all(t->db, NOW + 900000).missed, 0);
	allow_services(t->db, METERING, NOW);
	/* Never a contact: since it was allowed. */
	assert_int_equal(read_all(t->db, NOW + 3600).missed, 0);
	assert_int_equal(read_all(t->db, NOW + 4 * 3600).missed, 3);
	end_well(t->db, begin(t->db, CHECKIN_SLOT, NOW + 14400), NOW + 14400,
		 NOW + 15300);
	assert_int_equal(read_all(t->db, NOW + 15300).missed, 0);
	end_badly(t->db, 0, false, NOW + 15400);
	assert_int_equal(read_all(t->db, NOW + 15400).missed, 1);
	assert_int_equal(read_all(t->db, NOW + 15400 + 1800).missed, 3);
	/* An upload is a sign of life, too. */
	assert_done(settings_set(t->db, "last_contact_at", "1764017000", err));
	assert_int_equal(read_all(t->db, NOW + 15400 + 1800).missed, 0);
}

static void what_is_no_check_in_is_refused(void **state)
{
	struct temporary_db *t = *state;
	int64_t number = 77;
	assert_fails(ERR_INVALID,
		     checkins_begin(t->db, CHECKIN_REASON_UNSET, "daemon", PEER,
				    REQUEST, strlen(REQUEST), NOW, &number,
				    err));
	assert_fails(ERR_INVALID,
		     checkins_begin(t->db, CHECKIN_SLOT, "", PEER, REQUEST,
				    strlen(REQUEST), NOW, &number, err));
	assert_fails(ERR_INVALID,
		     checkins_begin(t->db, CHECKIN_SLOT, NULL, PEER, REQUEST,
				    strlen(REQUEST), NOW, &number, err));
	assert_fails(ERR_INVALID,
		     checkins_begin(t->db,
				    (enum checkin_reason)(CHECKIN_OUTCOME + 1),
				    "daemon", PEER, REQUEST, strlen(REQUEST),
				    NOW, &number, err));
	assert_fails(ERR_INVALID,
		     checkins_begin(t->db, CHECKIN_SLOT, "daemon", PEER, "a\0b",
				    3, NOW, &number, err));
	assert_int_equal(number, 77);
	assert_int_equal(entries(t->db, LEDGER_UNSET), 0);
}

static void a_full_disk_leaves_nothing_half_done(void **state)
{
	struct temporary_db *t = *state;
	static char big[65536];
	int64_t number = 77;
	memset(big, 'x', sizeof(big) - 1);
	temporary_db_fill(t->db, true);
	struct err why = { .kind = ERR_NONE };
	assert_false(checkins_begin(t->db, CHECKIN_SLOT, "daemon", PEER, big,
				    sizeof(big) - 1, NOW, &number, &why));
	assert_int_equal(number, 77);
	temporary_db_fill(t->db, false);
	assert_int_equal(
		temporary_db_number(t->db, "SELECT count(*) FROM checkins"), 0);
	assert_int_equal(entries(t->db, LEDGER_UNSET), 0);
	assert_int_equal(begin(t->db, CHECKIN_SLOT, NOW), 1);
}

/* Each thing that an end writes: one that fails leaves the whole undone. */
static void no_end_is_half_kept(void **state)
{
	static const char *const names[] = {
		"checkin_failures", "checkin_permanent",   "checkin_next_at",
		"checkin_problem",  "checkin_wished",      "checkin_last_at",
		"last_contact_at",  "checkin_expected_at",
	};
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	int64_t number = begin(t->db, CHECKIN_SLOT, NOW);
	const struct checkin_end well = { .number = number,
					  .answer = ANSWER,
					  .wished_s = 900,
					  .next_at = NOW + 900 },
				 badly = { .number = number,
					   .problem = "no",
					   .retry_at = NOW + 60 };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char write[96];
		snprintf(write, sizeof(write),
			 "INSERT ON settings WHEN NEW.name = '%s'", names[i]);
		temporary_db_refuse(t->db, write);
		if (i < 4) {
			assert_fails(ERR_INVALID,
				     checkins_end(t->db, &badly, NOW, err));
		}
		assert_fails(ERR_INVALID, checkins_end(t->db, &well, NOW, err));
	}
	temporary_db_refuse(t->db, "UPDATE ON checkins");
	assert_fails(ERR_INVALID, checkins_end(t->db, &well, NOW, err));
	assert_fails(ERR_INVALID, checkins_end(t->db, &badly, NOW, err));
	temporary_db_refuse(t->db, "INSERT ON ledger");
	assert_fails(ERR_INVALID, checkins_end(t->db, &well, NOW, err));
	assert_fails(ERR_INVALID, checkins_end(t->db, &badly, NOW, err));
	temporary_db_refuse(t->db, NULL);
	assert_int_equal(temporary_db_number(t->db,
					     "SELECT count(*) FROM checkins "
					     "WHERE result = 'begun'"),
			 1);
	struct checkin_state s = read_all(t->db, NOW);
	assert_int_equal(s.failures, 0);
	assert_int_equal(s.next_at, 0);
	assert_int_equal(s.wished_s, 0);
	assert_int_equal(entries(t->db, LEDGER_CHECK_IN), 1);
}

static void what_cannot_be_read_is_told(void **state)
{
	struct temporary_db *t = *state;
	struct checkin_state s = { .failures = 77 };
	struct checkin_done *list = NULL;
	struct buf request = BUF_INIT, answer = BUF_INIT;
	const struct checkin_end end = { .number = 1, .answer = ANSWER };
	size_t count = 77;
	int64_t number = 77;
	temporary_db_refuse(t->db, "INSERT ON checkins");
	assert_fails(ERR_INVALID, checkins_begin(t->db, CHECKIN_SLOT, "daemon",
						 PEER, REQUEST, strlen(REQUEST),
						 NOW, &number, err));
	temporary_db_run(t->db, "DROP TABLE checkins");
	assert_fails(ERR_BUG, checkins_begin(t->db, CHECKIN_SLOT, "daemon",
					     PEER, REQUEST, strlen(REQUEST),
					     NOW, &number, err));
	assert_fails(ERR_BUG, checkins_end(t->db, &end, NOW, err));
	assert_fails(ERR_BUG, checkins_list(t->db, 5, &list, &count, err));
	assert_fails(ERR_BUG, checkins_bytes(t->db, 1, &request, &answer, err));
	temporary_db_run(t->db, "DROP TABLE settings");
	assert_fails(ERR_BUG, checkins_read(t->db, NOW, &s, err));
	assert_int_equal(s.failures, 77);
	assert_null(list);
	assert_int_equal(number, 77);
}

static void hostile_problems_stay_one_line(void **state)
{
	struct temporary_db *t = *state;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		const struct checkin_end end = {
			.number = begin(t->db, CHECKIN_SLOT, NOW),
			.problem = hostile_texts[i],
			.retry_at = NOW + 60,
		};
		assert_done(checkins_end(t->db, &end, NOW, err));
		assert_null(strchr(read_all(t->db, NOW).problem, '\n'));
	}
	assert_ledger_whole(t->db);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_has_none_and_is_off),
		T(one_that_ends_well_is_kept_with_both_ways),
		T(the_entry_names_bytes_hash_peer_and_who_asked),
		T(a_failure_is_told_and_counted),
		T(one_that_died_is_ended_by_the_next),
		T(old_rows_go_and_numbers_go_on),
		T(a_wish_outside_of_the_limits_is_refused_in_the_log),
		T(misses_count_from_contact_and_only_while_allowed),
		T(what_is_no_check_in_is_refused),
		T(a_full_disk_leaves_nothing_half_done),
		T(what_is_not_yet_expected_is_not_missed),
		T(no_end_is_half_kept),
		T(what_cannot_be_read_is_told),
		T(hostile_problems_stay_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
