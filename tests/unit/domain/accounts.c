/* Accounts (src/domain/accounts.c). */
#include "domain/accounts.h"

#include <string.h>

#include "base/mem.h"
#include "domain/roles.h"
#include "domain/sessions.h"
#include "tests/unit/domain/people.h"

static void there_is_no_default_account(void **state)
{
	struct temporary_db *t = *state;
	int64_t count = -1;
	struct account a;
	assert_done(accounts_count(t->db, &count, err));
	assert_int_equal(0, count);
	assert_fails(ERR_NOT_FOUND, accounts_find(t->db, "admin", &a, err));
	assert_fails(ERR_NOT_FOUND, accounts_get(t->db, 1, &a, err));
}

static void an_account_is_made_with_its_entry(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = person(t->db, "Anna.B", ROLE_ADMIN | ROLE_CUSTOMER);
	struct account a;
	assert_done(accounts_find(t->db, "anna.b", &a, err));
	assert_int_equal(id, a.id);
	assert_string_equal("Anna.B", a.name);
	assert_int_equal(ROLE_ADMIN | ROLE_CUSTOMER, a.roles);
	assert_false(a.disabled);
	assert_int_equal(NOW, a.created_at);
	assert_int_equal(0, a.last_sign_in_at);
	assert_last_entry(t->db, LEDGER_ACCOUNT,
			  "account \"Anna.B\" made; roles: admin, customer");
	assert_int_equal(1, entries(t->db, LEDGER_ACCOUNT));
}

static void bad_names_are_invalid(void **state)
{
	struct temporary_db *t = *state;
	char longest[66];
	memset(longest, 'a', 65);
	longest[65] = '\0';
	const char *const names[] = { "",       " ",           "a b",
				      "a\n",    "\xc3\xa9",    "a'b",
				      "<b>",    "a/b",         longest,
				      "daemon", "Timer",       "ALARM",
				      "Policy", "instruction", "server" };
	int64_t id = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_fails(ERR_INVALID,
			     accounts_create(t->db, "x", names[i],
					     GOOD_PASSWORD, NULL, ROLE_ADMIN,
					     NOW, &id, err));
	}
	assert_fails(ERR_INVALID,
		     accounts_create(t->db, "x", NULL, GOOD_PASSWORD, NULL,
				     ROLE_ADMIN, NOW, &id, err));
	assert_int_equal(0, id);
	longest[64] = '\0';
	assert_true(person(t->db, longest, ROLE_AUDITOR) > 0);
	assert_int_equal(1, entries(t->db, LEDGER_UNSET));
}

static void bad_passwords_and_roles_are_invalid(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = 0;
	assert_fails(ERR_INVALID, accounts_create(t->db, "x", "anna", "short",
						  NULL, 0, NOW, &id, err));
	assert_fails(ERR_INVALID,
		     accounts_create(t->db, "x", "anna", "password", NULL, 0,
				     NOW, &id, err));
	assert_fails(ERR_INVALID,
		     accounts_create(t->db, "x", "anna", GOOD_PASSWORD, NULL,
				     ROLE_ANYBODY, NOW, &id, err));
	assert_fails(ERR_INVALID,
		     accounts_create(t->db, "x", "anna", GOOD_PASSWORD, NULL,
				     1u << 20, NOW, &id, err));
	id = person(t->db, "anna", 0);
	assert_fails(ERR_INVALID, accounts_set_password(t->db, "x", id, "short",
							NULL, NOW, err));
	assert_fails(ERR_INVALID,
		     accounts_set_roles(t->db, "x", id, 1u << 9, NOW, err));
}

static void a_taken_name_is_denied(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = 0;
	person(t->db, "anna", ROLE_ADMIN);
	assert_fails(ERR_DENIED,
		     accounts_create(t->db, "x", "ANNA", GOOD_PASSWORD, NULL,
				     ROLE_ADMIN, NOW, &id, err));
	assert_int_equal(1, entries(t->db, LEDGER_ACCOUNT));
}

static void the_last_admin_stays(void **state)
{
	struct temporary_db *t = *state;
	int64_t anna = person(t->db, "anna", ROLE_ADMIN | ROLE_CUSTOMER);
	int64_t bert = person(t->db, "bert", ROLE_ADMIN);
	assert_done(accounts_set_disabled(t->db, "anna", bert, true, NOW, err));
	assert_fails(ERR_DENIED, accounts_set_roles(t->db, "anna", anna,
						    ROLE_CUSTOMER, NOW, err));
	assert_fails(ERR_DENIED, accounts_set_disabled(t->db, "anna", anna,
						       true, NOW, err));
	assert_done(
		accounts_set_roles(t->db, "anna", anna, ROLE_ADMIN, NOW, err));
	assert_done(
		accounts_set_disabled(t->db, "anna", bert, false, NOW, err));
	assert_done(accounts_set_roles(t->db, "bert", anna, 0, NOW, err));
	assert_last_entry(t->db, LEDGER_ACCOUNT, "roles: none");
	assert_ledger_whole(t->db);
}

static void changes_act_on_sessions_and_are_logged(void **state)
{
	struct temporary_db *t = *state;
	int64_t anna = person(t->db, "anna", ROLE_ADMIN);
	int64_t bert = person(t->db, "bert", ROLE_AUDITOR);
	char token[SESSION_TOKEN_SIZE];
	struct session s;
	(void)anna;
	assert_done(sessions_start(t->db, bert, "192.0.2.1", NOW, token, err));
	assert_done(accounts_set_roles(t->db, "anna", bert, ROLE_OPERATOR, NOW,
				       err));
	assert_done(sessions_find(t->db, token, NOW, &s, err));
	assert_int_equal(ROLE_OPERATOR, s.account.roles);
	assert_done(accounts_set_password(t->db, "anna", bert, OTHER_PASSWORD,
					  NULL, NOW, err));
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, token, NOW, &s, err));
	assert_done(sessions_start(t->db, bert, "192.0.2.1", NOW, token, err));
	assert_done(accounts_set_disabled(t->db, "anna", bert, true, NOW, err));
	assert_fails(ERR_NOT_FOUND, sessions_find(t->db, token, NOW, &s, err));
	assert_int_equal(5, entries(t->db, LEDGER_ACCOUNT));
	/* Nothing changed: no entry. */
	assert_done(accounts_set_disabled(t->db, "anna", bert, true, NOW, err));
	assert_done(accounts_set_roles(t->db, "anna", bert, ROLE_OPERATOR, NOW,
				       err));
	assert_int_equal(5, entries(t->db, LEDGER_ACCOUNT));
}

static void changing_nobody_is_not_found(void **state)
{
	struct temporary_db *t = *state;
	assert_fails(ERR_NOT_FOUND,
		     accounts_set_password(t->db, "x", 7, GOOD_PASSWORD, NULL,
					   NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     accounts_set_roles(t->db, "x", 7, 0, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     accounts_set_disabled(t->db, "x", 7, true, NOW, err));
}

static void all_are_listed_by_name(void **state)
{
	struct temporary_db *t = *state;
	struct account *list = NULL;
	size_t count = 7;
	assert_done(accounts_list(t->db, &list, &count, err));
	assert_int_equal(0, count);
	mem_free(list);
	person(t->db, "Zoe", 0);
	person(t->db, "anna", 0);
	assert_done(accounts_list(t->db, &list, &count, err));
	assert_int_equal(2, count);
	assert_string_equal("anna", list[0].name);
	assert_string_equal("Zoe", list[1].name);
	mem_free(list);
}

static void without_an_entry_there_is_no_change(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = person(t->db, "anna", ROLE_ADMIN);
	person(t->db, "bert", ROLE_ADMIN);
	temporary_db_run(t->db, "CREATE TRIGGER full BEFORE INSERT ON ledger "
				"BEGIN SELECT RAISE(ABORT, 'no'); END");
	assert_fails(ERR_INVALID,
		     accounts_set_roles(t->db, "x", id, 0, NOW, err));
	struct account a;
	assert_done(accounts_get(t->db, id, &a, err));
	assert_int_equal(ROLE_ADMIN, a.roles);
}

static void words_about_the_machine_are_no_password(void **state)
{
	struct temporary_db *t = *state;
	static const char *const known[] = { "EX7-004211", "Example 7000",
					     NULL };
	int64_t id = 0;
	assert_fails(ERR_INVALID,
		     accounts_create(t->db, "x", "longname", "longname1", known,
				     0, NOW, &id, err));
	assert_fails(ERR_INVALID,
		     accounts_create(t->db, "x", "anna", "ex7-004211", known, 0,
				     NOW, &id, err));
	assert_done(accounts_create(t->db, "x", "anna", "ex7-004211", NULL, 0,
				    NOW, &id, err));
	assert_fails(ERR_INVALID,
		     accounts_set_password(t->db, "x", id, "Example7000!",
					   known, NOW, err));
	assert_done(accounts_set_password(t->db, "x", id, GOOD_PASSWORD, known,
					  NOW, err));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(there_is_no_default_account),
		T(an_account_is_made_with_its_entry),
		T(bad_names_are_invalid),
		T(bad_passwords_and_roles_are_invalid),
		T(a_taken_name_is_denied),
		T(the_last_admin_stays),
		T(changes_act_on_sessions_and_are_logged),
		T(changing_nobody_is_not_found),
		T(all_are_listed_by_name),
		T(without_an_entry_there_is_no_change),
		T(words_about_the_machine_are_no_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
