/* Signing in (src/domain/accounts_sign_in.c). */
#include "domain/accounts.h"

#include <string.h>

#include "base/mem.h"
#include "domain/roles.h"
#include "tests/unit/domain/people.h"

#define HOME "192.0.2.14"

static void the_right_password_signs_in(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	int64_t id = person(t->db, "anna", ROLE_ADMIN);
	assert_done(accounts_sign_in(t->db, "Anna", GOOD_PASSWORD, HOME, NOW,
				     &a, err));
	assert_int_equal(id, a.id);
	assert_string_equal("anna", a.name);
	assert_int_equal(0, a.last_sign_in_at);
	assert_int_equal(0, a.failures_since);
	assert_last_entry(t->db, LEDGER_SIGN_IN, "from " HOME);
	assert_done(accounts_sign_in(t->db, "anna", GOOD_PASSWORD, HOME,
				     NOW + 5, &a, err));
	assert_int_equal(NOW, a.last_sign_in_at);
	assert_done(accounts_get(t->db, id, &a, err));
	assert_int_equal(NOW + 5, a.last_sign_in_at);
}

/* The same words for each, so that names cannot be tried out. */
static void refusals_look_all_the_same(void **state)
{
	struct temporary_db *t = *state;
	int64_t id = person(t->db, "anna", 0);
	int64_t off = person(t->db, "off", 0);
	assert_done(accounts_set_disabled(t->db, "x", off, true, NOW, err));
	static const struct {
		const char *name, *password, *entry;
	} tries[] = {
		{ "anna", OTHER_PASSWORD, "sign-in as \"anna\": wrong" },
		{ "anna", "", "sign-in as \"anna\": wrong" },
		{ "nobody", GOOD_PASSWORD, "with an unknown name" },
		{ "off", GOOD_PASSWORD, "\"off\": the account is disabled" },
		{ "", GOOD_PASSWORD, "with an unknown name" },
	};
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		struct account a = { .id = 99 };
		assert_false(accounts_sign_in(t->db, tries[i].name,
					      tries[i].password, "", NOW, &a,
					      &why));
		assert_int_equal(ERR_DENIED, why.kind);
		assert_string_equal("name or password is wrong", why.text);
		assert_int_equal(99, a.id);
		assert_last_entry(t->db, LEDGER_REFUSED, tries[i].entry);
	}
	struct account a;
	assert_done(accounts_get(t->db, id, &a, err));
	assert_int_equal(2, a.failures_since);
}

static void what_strangers_type_does_not_stand_in_the_log(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	assert_fails(ERR_DENIED, accounts_sign_in(t->db, "my-secret-password",
						  "x", HOME, NOW, &a, err));
	assert_int_equal(0, temporary_db_number(
				    t->db,
				    "SELECT count(*) FROM "
				    "ledger WHERE entry LIKE '%my-secret%'"));
}

static void the_next_sign_in_tells_of_failures(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	person(t->db, "anna", 0);
	for (int i = 0; i < 3; i++) {
		assert_fails(ERR_DENIED,
			     accounts_sign_in(t->db, "anna", "wrong one", HOME,
					      NOW, &a, err));
	}
	assert_done(accounts_sign_in(t->db, "anna", GOOD_PASSWORD, HOME, NOW,
				     &a, err));
	assert_int_equal(3, a.failures_since);
	assert_last_entry(t->db, LEDGER_SIGN_IN, "after 3 failed tries");
	assert_done(accounts_sign_in(t->db, "anna", GOOD_PASSWORD, HOME, NOW,
				     &a, err));
	assert_int_equal(0, a.failures_since);
	assert_fails(ERR_DENIED, accounts_sign_in(t->db, "anna", "wrong one",
						  HOME, NOW, &a, err));
	assert_done(accounts_sign_in(t->db, "anna", GOOD_PASSWORD, HOME, NOW,
				     &a, err));
	assert_last_entry(t->db, LEDGER_SIGN_IN, "after 1 failed try");
}

static void when_and_where_it_failed_is_kept(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	int64_t id = person(t->db, "anna", 0);
	assert_done(accounts_get(t->db, id, &a, err));
	assert_int_equal(0, a.failed_at);
	assert_string_equal("", a.failed_from);
	assert_false(accounts_sign_in(t->db, "anna", OTHER_PASSWORD,
				      "192.0.2.1", NOW, &a, NULL));
	assert_false(accounts_sign_in(t->db, "anna", OTHER_PASSWORD, HOME,
				      NOW + 7, &a, NULL));
	assert_done(accounts_sign_in(t->db, "anna", GOOD_PASSWORD, "192.0.2.2",
				     NOW + 9, &a, err));
	assert_int_equal(NOW + 7, a.failed_at);
	assert_string_equal(HOME, a.failed_from);
	/* It stays after a good one. */
	assert_done(accounts_get(t->db, id, &a, err));
	assert_int_equal(0, a.failures_since);
	assert_int_equal(NOW + 7, a.failed_at);
}

static void guessing_is_throttled_without_looking(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	person(t->db, "anna", 0);
	for (int i = 0; i < 5; i++) {
		assert_fails(ERR_DENIED,
			     accounts_sign_in(t->db, "anna", "wrong one", HOME,
					      NOW, &a, err));
	}
	assert_last_entry(t->db, LEDGER_REFUSED, "no more tries for 30");
	int64_t before = entries(t->db, LEDGER_UNSET);
	for (int i = 0; i < 20; i++) {
		assert_fails(ERR_LIMIT,
			     accounts_sign_in(t->db, "anna", GOOD_PASSWORD,
					      HOME, NOW + 29, &a, err));
	}
	/* And a pause cannot be used to fill the log. */
	assert_int_equal(before, entries(t->db, LEDGER_UNSET));
	assert_done(accounts_sign_in(t->db, "anna", GOOD_PASSWORD, HOME,
				     NOW + 30, &a, err));
	assert_int_equal(5, a.failures_since);
}

static void a_name_that_does_not_exist_is_throttled_the_same(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	for (int i = 0; i < 5; i++) {
		assert_fails(ERR_DENIED,
			     accounts_sign_in(t->db, "nobody", "wrong one", "",
					      NOW, &a, err));
	}
	assert_fails(ERR_LIMIT, accounts_sign_in(t->db, "nobody", "wrong one",
						 "", NOW, &a, err));
}

static void hostile_names_and_addresses_do_no_harm(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	size_t size = 1024 * 1024;
	char *big = mem_alloc(size + 1);
	memset(big, 'a', size);
	big[size] = '\0';
	int64_t now = NOW;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		now += 3600;
		assert_fails(ERR_DENIED,
			     accounts_sign_in(t->db, hostile_texts[i],
					      hostile_texts[i],
					      hostile_texts[i], now, &a, err));
	}
	now += 3600;
	assert_fails(ERR_DENIED,
		     accounts_sign_in(t->db, big, big, big, now, &a, err));
	assert_ledger_whole(t->db);
	mem_free(big);
}

static void an_entry_that_cannot_be_written_keeps_out(void **state)
{
	struct temporary_db *t = *state;
	struct account a;
	person(t->db, "anna", 0);
	temporary_db_run(t->db, "CREATE TRIGGER full BEFORE INSERT ON ledger "
				"BEGIN SELECT RAISE(ABORT, 'no'); END");
	assert_fails(ERR_INVALID, accounts_sign_in(t->db, "anna", GOOD_PASSWORD,
						   HOME, NOW, &a, err));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(the_right_password_signs_in),
		T(refusals_look_all_the_same),
		T(what_strangers_type_does_not_stand_in_the_log),
		T(the_next_sign_in_tells_of_failures),
		T(when_and_where_it_failed_is_kept),
		T(guessing_is_throttled_without_looking),
		T(a_name_that_does_not_exist_is_throttled_the_same),
		T(hostile_names_and_addresses_do_no_harm),
		T(an_entry_that_cannot_be_written_keeps_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
