/* Sessions (src/domain/sessions.c). */
#include "domain/sessions.h"

#include <string.h>

#include "base/mem.h"
#include "domain/roles.h"
#include "tests/unit/domain/people.h"

#define HOME "192.0.2.14"

static bool count_entry(void *ctx, const struct ledger_entry *entry,
			struct err *err)
{
	(void)err;
	*(int64_t *)ctx += entry->kind == LEDGER_SIGN_OUT;
	return true;
}

static int64_t anna(struct db *db)
{
	return person(db, "anna", ROLE_ADMIN);
}

static void a_session_is_found_by_its_token(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE], other[SESSION_TOKEN_SIZE];
	struct session s;
	int64_t id = anna(t->db);
	assert_done(sessions_start(t->db, id, HOME, NOW, token, err));
	assert_done(sessions_start(t->db, id, HOME, NOW, other, err));
	assert_string_not_equal(token, other);
	assert_int_equal(43, strlen(token));
	assert_done(sessions_find(t->db, token, NOW, &s, err));
	assert_int_equal(id, s.account.id);
	assert_int_equal(ROLE_ADMIN, s.account.roles);
	assert_string_equal(HOME, s.address);
	assert_int_equal(NOW, s.created_at);
}

static void other_tokens_are_not_found(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, "", NOW, &s, err));
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, NULL, NOW, &s, err));
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_fails(ERR_NOT_FOUND,
			     sessions_find(t->db, hostile_texts[i], NOW, &s,
					   err));
	}
	token[5] = token[5] == 'A' ? 'B' : 'A';
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, token, NOW, &s, err));
}

static void the_token_is_not_in_the_database(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	struct stmt q;
	assert_done(db_query(t->db, &q,
			     "SELECT count(*) FROM sessions WHERE "
			     "instr(token_sha256, CAST(? AS BLOB)) > 0",
			     err));
	db_bind_text(&q, 1, token);
	assert_true(db_row(&q));
	assert_int_equal(0, db_int(&q, 0));
	assert_done(db_done(&q, err));
}

static void idle_ends_it(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	int64_t now = NOW + SESSION_IDLE_S - 1;
	assert_done(sessions_find(t->db, token, now, &s, err));
	now += SESSION_IDLE_S - 1;
	assert_done(sessions_find(t->db, token, now, &s, err));
	now += SESSION_IDLE_S;
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, token, now, &s, err));
}

static void twelve_hours_end_it(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	int64_t now = NOW;
	while (now + 600 < NOW + SESSION_ABSOLUTE_S) {
		now += 600;
		assert_done(sessions_find(t->db, token, now, &s, err));
	}
	assert_fails(ERR_NOT_FOUND,
		     sessions_find(t->db, token, NOW + SESSION_ABSOLUTE_S, &s,
				   err));
}

static void a_clock_set_back_ends_it(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	assert_done(sessions_find(t->db, token, NOW - 30, &s, err));
	assert_fails(ERR_NOT_FOUND,
		     sessions_find(t->db, token, NOW - 3600, &s, err));
}

static void seen_is_written_once_a_minute(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	static const char seen[] = "SELECT seen_at FROM sessions";
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	assert_done(sessions_find(t->db, token, NOW + 59, &s, err));
	assert_int_equal(NOW, temporary_db_number(t->db, seen));
	assert_done(sessions_find(t->db, token, NOW + 60, &s, err));
	assert_int_equal(NOW + 60, temporary_db_number(t->db, seen));
}

static void reading_works_when_nothing_can_be_written(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	temporary_db_run(t->db, "PRAGMA query_only = ON");
	assert_done(sessions_find(t->db, token, NOW + 300, &s, err));
	temporary_db_run(t->db, "PRAGMA query_only = OFF");
}

static void disabled_acts_at_once(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	int64_t id = anna(t->db);
	assert_done(sessions_start(t->db, id, HOME, NOW, token, err));
	temporary_db_run(t->db, "UPDATE accounts SET disabled = 1");
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, token, NOW, &s, err));
	assert_fails(ERR_DENIED,
		     sessions_start(t->db, id, HOME, NOW, token, err));
	assert_fails(ERR_NOT_FOUND,
		     sessions_start(t->db, 999, HOME, NOW, token, err));
}

static void signing_out_kills_it_here(void **state)
{
	struct temporary_db *t = *state;
	char one[SESSION_TOKEN_SIZE], two[SESSION_TOKEN_SIZE];
	struct session s;
	int64_t id = anna(t->db);
	assert_done(sessions_start(t->db, id, HOME, NOW, one, err));
	assert_done(sessions_start(t->db, id, HOME, NOW, two, err));
	assert_done(sessions_find(t->db, one, NOW, &s, err));
	assert_done(sessions_end(t->db, "anna", id, s.id, NOW, err));
	assert_last_entry(t->db, LEDGER_SIGN_OUT, "the session from " HOME);
	assert_int_equal(1, entries(t->db, LEDGER_SIGN_OUT));
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, one, NOW, &s, err));
	assert_fails(ERR_NOT_FOUND,
		     sessions_end(t->db, "anna", id, s.id, NOW, err));
	assert_int_equal(1, entries(t->db, LEDGER_SIGN_OUT));
	assert_done(sessions_find(t->db, two, NOW, &s, err));
	assert_done(sessions_end_all(t->db, "anna", id, 0, NOW, err));
	assert_last_entry(t->db, LEDGER_SIGN_OUT, "all sessions of \"anna\"");
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, two, NOW, &s, err));
	assert_done(sessions_end_all(t->db, "anna", id, 0, NOW, err));
	assert_int_equal(2, entries(t->db, LEDGER_SIGN_OUT));
}

/* Who did it stands in the log, and another account's is not touched. */
static void one_session_is_ended_by_somebody_else(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	int64_t id = anna(t->db);
	int64_t bert = person(t->db, "bert", ROLE_OPERATOR);
	assert_done(sessions_start(t->db, id, HOME, NOW, token, err));
	assert_done(sessions_find(t->db, token, NOW, &s, err));
	assert_fails(ERR_NOT_FOUND,
		     sessions_end(t->db, "bert", bert, s.id, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     sessions_end(t->db, "bert", 0, s.id + 1, NOW, err));
	assert_done(sessions_find(t->db, token, NOW, &s, err));
	assert_done(sessions_end(t->db, "bert", 0, s.id, NOW, err));
	assert_last_entry(t->db, LEDGER_SIGN_OUT,
			  "a session of \"anna\" from " HOME " was ended");
	struct ledger_filter filter = { .actor = "bert" };
	int64_t by_bert = 0;
	assert_done(ledger_each(t->db, &filter, 0, count_entry, &by_bert, err));
	assert_int_equal(1, by_bert);
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, token, NOW, &s, err));
}

static void all_others_end_and_this_one_stays(void **state)
{
	struct temporary_db *t = *state;
	char one[SESSION_TOKEN_SIZE], two[SESSION_TOKEN_SIZE];
	char other[SESSION_TOKEN_SIZE];
	struct session s;
	int64_t id = anna(t->db);
	int64_t bert = person(t->db, "bert", ROLE_OPERATOR);
	assert_done(sessions_start(t->db, id, HOME, NOW, one, err));
	assert_done(sessions_start(t->db, id, HOME, NOW, two, err));
	assert_done(sessions_start(t->db, bert, HOME, NOW, other, err));
	assert_done(sessions_find(t->db, one, NOW, &s, err));
	assert_done(sessions_end_all(t->db, "anna", id, s.id, NOW, err));
	assert_last_entry(t->db, LEDGER_SIGN_OUT,
			  "all other sessions of \"anna\" were ended (1)");
	assert_done(sessions_find(t->db, one, NOW, &s, err));
	assert_done(sessions_find(t->db, other, NOW, &s, err));
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, two, NOW, &s, err));
}

static void the_list_has_what_stands_the_last_used_first(void **state)
{
	struct temporary_db *t = *state;
	char token[3][SESSION_TOKEN_SIZE];
	struct session s, *list = NULL;
	size_t count = 99;
	int64_t id = anna(t->db);
	int64_t bert = person(t->db, "bert", ROLE_OPERATOR);
	assert_done(sessions_list(t->db, 0, NOW, &list, &count, err));
	assert_int_equal(0, count);
	mem_free(list);
	assert_done(sessions_start(t->db, id, HOME, NOW, token[0], err));
	assert_done(sessions_start(t->db, id, "192.0.2.2", NOW, token[1], err));
	assert_done(sessions_start(t->db, bert, HOME, NOW, token[2], err));
	assert_done(sessions_find(t->db, token[0], NOW + 60, &s, err));
	assert_done(sessions_list(t->db, id, NOW + 60, &list, &count, err));
	assert_int_equal(2, count);
	assert_string_equal(HOME, list[0].address);
	assert_int_equal(NOW + 60, list[0].seen_at);
	assert_string_equal("192.0.2.2", list[1].address);
	assert_string_equal("anna", list[1].account.name);
	mem_free(list);
	assert_done(sessions_list(t->db, 0, NOW + 60, &list, &count, err));
	assert_int_equal(3, count);
	mem_free(list);
	/* Those that were not used for a while are no sessions any more. */
	assert_done(sessions_list(t->db, 0, NOW + SESSION_IDLE_S, &list, &count,
				  err));
	assert_int_equal(1, count);
	mem_free(list);
	temporary_db_run(t->db, "UPDATE accounts SET disabled = 1");
	assert_done(sessions_list(t->db, 0, NOW, &list, &count, err));
	assert_int_equal(0, count);
	mem_free(list);
}

/* As for whoever asks on behalf of the person: looking is no using. */
static void a_session_is_found_by_its_id(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s, again = { .id = 9 };
	assert_done(sessions_start(t->db, anna(t->db), HOME, NOW, token, err));
	assert_done(sessions_find(t->db, token, NOW, &s, err));
	int64_t last = NOW + SESSION_IDLE_S - 1;
	assert_done(sessions_get(t->db, s.id, last, &again, err));
	assert_int_equal(s.id, again.id);
	assert_string_equal("anna", again.account.name);
	assert_int_equal(NOW, again.seen_at);
	assert_int_equal(NOW, temporary_db_number(t->db, "SELECT seen_at FROM "
							 "sessions"));
	assert_fails(ERR_NOT_FOUND,
		     sessions_get(t->db, s.id, last + 1, &again, err));
	assert_fails(ERR_NOT_FOUND,
		     sessions_get(t->db, s.id, NOW - 3600, &again, err));
	assert_fails(ERR_NOT_FOUND,
		     sessions_get(t->db, s.id + 1, NOW, &again, err));
	assert_fails(ERR_NOT_FOUND, sessions_get(t->db, 0, NOW, &again, err));
	temporary_db_run(t->db, "UPDATE accounts SET roles = 0");
	assert_done(sessions_get(t->db, s.id, NOW, &again, err));
	assert_int_equal(0, again.account.roles);
	temporary_db_run(t->db, "UPDATE accounts SET disabled = 1");
	assert_fails(ERR_NOT_FOUND,
		     sessions_get(t->db, s.id, NOW, &again, err));
	assert_int_equal(s.id, again.id);
}

/* The id of a session that ended is never another one's. */
static void an_id_comes_once(void **state)
{
	struct temporary_db *t = *state;
	char token[SESSION_TOKEN_SIZE];
	struct session s, next;
	int64_t id = anna(t->db);
	assert_done(sessions_start(t->db, id, HOME, NOW, token, err));
	assert_done(sessions_find(t->db, token, NOW, &s, err));
	assert_done(sessions_end(t->db, "anna", id, s.id, NOW, err));
	assert_done(sessions_start(t->db, id, HOME, NOW, token, err));
	assert_done(sessions_find(t->db, token, NOW, &next, err));
	assert_true(next.id > s.id);
	assert_fails(ERR_NOT_FOUND, sessions_get(t->db, s.id, NOW, &s, err));
}

static void an_account_has_at_most_ten(void **state)
{
	struct temporary_db *t = *state;
	char token[12][SESSION_TOKEN_SIZE];
	struct session s;
	int64_t id = anna(t->db);
	for (size_t i = 0; i < 12; i++) {
		assert_done(
			sessions_start(t->db, id, HOME, NOW, token[i], err));
	}
	assert_fails(ERR_NOT_FOUND,
		     sessions_find(t->db, token[1], NOW, &s, err));
	assert_done(sessions_find(t->db, token[2], NOW, &s, err));
	assert_int_equal(10, temporary_db_number(t->db, "SELECT count(*) "
							"FROM sessions"));
	/* And old rows of anybody go. */
	assert_done(sessions_start(t->db, id, HOME, NOW + SESSION_IDLE_S,
				   token[0], err));
	assert_int_equal(1, temporary_db_number(t->db, "SELECT count(*) "
						       "FROM sessions"));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_session_is_found_by_its_token),
		T(other_tokens_are_not_found),
		T(the_token_is_not_in_the_database),
		T(idle_ends_it),
		T(twelve_hours_end_it),
		T(a_clock_set_back_ends_it),
		T(seen_is_written_once_a_minute),
		T(reading_works_when_nothing_can_be_written),
		T(disabled_acts_at_once),
		T(signing_out_kills_it_here),
		T(an_account_has_at_most_ten),
		T(one_session_is_ended_by_somebody_else),
		T(all_others_end_and_this_one_stays),
		T(the_list_has_what_stands_the_last_used_first),
		T(a_session_is_found_by_its_id),
		T(an_id_comes_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
