/* The first set-up (src/domain/setup.c). */
#include "domain/setup.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "domain/accounts.h"
#include "domain/roles.h"
#include "tests/unit/domain/people.h"

#define HOME "192.0.2.14"
#define VALID_S 3600
#define FIRST (ROLE_ADMIN | ROLE_CUSTOMER)

static void make(struct db *db, char code[SETUP_CODE_SIZE])
{
	assert_done(setup_make_code(db, NOW, VALID_S, code, err));
}

#define finish(db_, code_, now_, id_)                                      \
	setup_finish(db_, code_, "anna", GOOD_PASSWORD, NULL, FIRST, HOME, \
		     now_, id_, err)

static void the_code_makes_the_first_account(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE];
	int64_t id = 0;
	bool open = false;
	struct account a;
	make(t->db, code);
	assert_done(setup_is_open(t->db, &open, err));
	assert_true(open);
	assert_done(finish(t->db, code, NOW, &id));
	assert_done(accounts_get(t->db, id, &a, err));
	assert_string_equal("anna", a.name);
	assert_int_equal(FIRST, a.roles);
	assert_int_equal(NOW, a.last_sign_in_at); /* by that very step */
	assert_done(setup_is_open(t->db, &open, err));
	assert_false(open);
	assert_last_entry(t->db, LEDGER_SETUP, "first account");
	assert_done(accounts_sign_in(t->db, "anna", GOOD_PASSWORD, HOME, NOW,
				     &a, err));
	assert_ledger_whole(t->db);
}

static void codes_have_the_form_and_differ(void **state)
{
	struct temporary_db *t = *state;
	char one[SETUP_CODE_SIZE], two[SETUP_CODE_SIZE];
	make(t->db, one);
	make(t->db, two);
	assert_string_not_equal(one, two);
	for (size_t i = 0; i < 14; i++) {
		if (i == 4 || i == 9) {
			assert_int_equal('-', one[i]);
		} else {
			assert_non_null(strchr("ABCDEFGHJKLMNPQRSTUVWXYZ"
					       "23456789",
					       one[i]));
		}
	}
	assert_int_equal('\0', one[14]);
	/* The newer one replaces the older one. */
	int64_t id = 0;
	assert_fails(ERR_DENIED, finish(t->db, one, NOW, &id));
	assert_done(finish(t->db, two, NOW, &id));
}

static void case_dashes_and_spaces_do_not_matter(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE], typed[64] = " ";
	int64_t id = 0;
	make(t->db, code);
	size_t used = 1;
	for (size_t i = 0; code[i] != '\0'; i++) {
		if (code[i] != '-') {
			typed[used++] = (char)tolower((unsigned char)code[i]);
			typed[used++] = ' ';
		}
	}
	typed[used] = '\0';
	assert_done(finish(t->db, typed, NOW, &id));
}

static void a_wrong_code_is_denied_and_logged(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE];
	int64_t id = 0;
	make(t->db, code);
	code[0] = code[0] == 'A' ? 'B' : 'A';
	assert_fails(ERR_DENIED, finish(t->db, code, NOW, &id));
	assert_last_entry(t->db, LEDGER_REFUSED, "wrong code");
	struct err why = { .kind = ERR_NONE };
	assert_false(setup_finish(t->db, code, "anna", GOOD_PASSWORD, NULL,
				  FIRST, HOME, NOW, &id, &why));
	assert_non_null(strstr(why.text, "letter by letter"));
	assert_fails(ERR_DENIED, finish(t->db, "", NOW, &id));
	assert_fails(ERR_DENIED, finish(t->db, NULL, NOW, &id));
	for (size_t i = 0; i < 5; i++) {
		assert_fails(ERR_DENIED,
			     finish(t->db, hostile_texts[i], NOW, &id));
	}
	assert_int_equal(0, id);
}

static void without_a_code_nothing_can_be_made(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = 0;
	assert_fails(ERR_DENIED, finish(t->db, "AAAA-AAAA-AAAA", NOW, &id));
}

static void ten_wrong_tries_block_it(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE];
	int64_t id = 0;
	make(t->db, code);
	for (int i = 0; i < 10; i++) {
		assert_fails(ERR_DENIED,
			     finish(t->db, "AAAA-AAAA-AAAA", NOW, &id));
	}
	int64_t before = entries(t->db, LEDGER_UNSET);
	assert_fails(ERR_LIMIT, finish(t->db, code, NOW, &id));
	assert_fails(ERR_LIMIT, finish(t->db, "AAAA-AAAA-AAAA", NOW, &id));
	assert_int_equal(before, entries(t->db, LEDGER_UNSET));
	make(t->db, code);
	assert_done(finish(t->db, code, NOW, &id));
}

static void an_expired_code_is_denied(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE];
	int64_t id = 0;
	make(t->db, code);
	assert_fails(ERR_DENIED, finish(t->db, code, NOW + VALID_S, &id));
	assert_last_entry(t->db, LEDGER_REFUSED, "used or expired");
	struct err why = { .kind = ERR_NONE };
	assert_false(setup_finish(t->db, code, "anna", GOOD_PASSWORD, NULL,
				  FIRST, HOME, NOW + VALID_S, &id, &why));
	assert_non_null(strstr(why.text, "init --new-code"));
	assert_done(finish(t->db, code, NOW + VALID_S - 1, &id));
}

static void set_up_is_done_once(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE], more[SETUP_CODE_SIZE];
	int64_t id = 0;
	make(t->db, code);
	assert_done(finish(t->db, code, NOW, &id));
	assert_fails(ERR_DENIED, finish(t->db, code, NOW, &id));
	assert_fails(ERR_DENIED,
		     setup_make_code(t->db, NOW, VALID_S, more, err));
}

static void a_bad_password_does_not_use_the_code_up(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE];
	int64_t id = 0;
	make(t->db, code);
	assert_fails(ERR_INVALID,
		     setup_finish(t->db, code, "anna", "short", NULL, FIRST,
				  HOME, NOW, &id, err));
	assert_fails(ERR_INVALID,
		     setup_finish(t->db, code, "a b", GOOD_PASSWORD, NULL,
				  FIRST, HOME, NOW, &id, err));
	assert_fails(ERR_INVALID,
		     setup_finish(t->db, code, "anna", GOOD_PASSWORD, NULL,
				  1u << 30, HOME, NOW, &id, err));
	assert_done(finish(t->db, code, NOW, &id));
}

static void the_code_is_not_in_the_database(void **state)
{
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE];
	make(t->db, code);
	struct stmt q;
	assert_done(db_query(t->db, &q,
			     "SELECT count(*) FROM ledger WHERE "
			     "instr(entry, substr(?, 1, 4)) > 0",
			     err));
	db_bind_text(&q, 1, code);
	assert_true(db_row(&q));
	assert_int_equal(0, db_int(&q, 0));
	assert_done(db_done(&q, err));
	assert_int_equal(
		32, temporary_db_number(t->db,
					"SELECT "
					"length(code_sha256) FROM setup_code"));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(the_code_makes_the_first_account),
		T(codes_have_the_form_and_differ),
		T(case_dashes_and_spaces_do_not_matter),
		T(a_wrong_code_is_denied_and_logged),
		T(without_a_code_nothing_can_be_made),
		T(ten_wrong_tries_block_it),
		T(an_expired_code_is_denied),
		T(set_up_is_done_once),
		T(a_bad_password_does_not_use_the_code_up),
		T(the_code_is_not_in_the_database),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
