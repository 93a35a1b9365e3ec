/* What the router asks about people (cgi/people/people.c). */
#include "cgi/people/people.h"

#include <string.h>

#include "domain/roles.h"
#include "domain/setup.h"
#include "tests/unit/domain/people.h"

#define HOME "192.0.2.14"

static const struct navigation entries_of[] = {
	{ "/log", "Log", ROLE_AUDITOR },
	{ "/about", "About", ROLE_SIGNED_IN },
	{ NULL, NULL, ROLE_UNSET },
};

/* "anna" asks for /log at the hour NOW, with these roles. */
struct asked {
	struct log log;
	struct people people;
	struct page page;
	struct request request;
	struct visit visit;
};

static void ask(struct asked *a, struct db *db, unsigned roles)
{
	memset(a, 0, sizeof(*a));
	a->log.fd = -1;
	a->people.db = db;
	a->people.log = &a->log;
	a->people.place = "device";
	a->page.path = "/log";
	a->page.section = "/log";
	a->request.now = NOW;
	strcpy(a->request.address, HOME);
	a->visit.app = &a->people;
	a->visit.page = &a->page;
	a->visit.request = &a->request;
	if (roles != ROLE_UNSET) {
		char token[SESSION_TOKEN_SIZE];
		int64_t id = person(db, "anna", roles);

		assert_done(sessions_start(db, id, HOME, NOW, token, err));
		assert_done(people_find_session(&a->people, &a->request, token,
						err));
		a->visit.signed_in = true;
	}
}

static void a_stranger_is_led_to_sign_in_and_named_by_address(void **state)
{
	struct temporary_db *t = *state;
	struct asked a;

	ask(&a, t->db, ROLE_UNSET);
	assert_int_equal(ACCESS_SIGN_IN,
			 people_access(&a.people, ROLE_SIGNED_IN));
	assert_int_equal(ACCESS_ALLOWED,
			 people_access(&a.people, ROLE_ANYBODY));
	assert_string_equal(HOME, people_actor(&a.visit));
	assert_false(people_may(&a.visit, ROLE_SIGNED_IN));
}

static void who_is_signed_in_may_what_the_roles_say(void **state)
{
	struct temporary_db *t = *state;
	struct asked a;

	ask(&a, t->db, ROLE_OPERATOR);
	assert_int_equal(ACCESS_ALLOWED,
			 people_access(&a.people, ROLE_OPERATOR));
	assert_int_equal(ACCESS_DENIED, people_access(&a.people, ROLE_AUDITOR));
	assert_string_equal("anna", people_actor(&a.visit));
	assert_true(people_may(&a.visit, ROLE_SIGNED_IN));
}

static void set_up_comes_first_while_there_is_no_account(void **state)
{
	static const char *const open[] = { "/setup", "/help", "/about" };
	struct temporary_db *t = *state;
	char code[SETUP_CODE_SIZE];
	struct asked a;

	ask(&a, t->db, ROLE_UNSET);
	assert_done(setup_make_code(t->db, NOW, 3600, code, err));
	assert_string_equal("/setup", people_first_stop(&a.people, &a.page));
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		struct page page = { .path = open[i] };

		assert_null(people_first_stop(&a.people, &page));
	}
	person(t->db, "anna", ROLE_ADMIN);
	assert_null(people_first_stop(&a.people, &a.page));
}

static void only_known_people_fill_the_ledger_with_refusals(void **state)
{
	struct temporary_db *t = *state;
	struct asked a;

	ask(&a, t->db, ROLE_UNSET);
	people_note_refusal(&a.people, &a.visit, 403, "role");
	assert_int_equal(0, entries(t->db, LEDGER_REFUSED));
	ask(&a, t->db, ROLE_OPERATOR);
	people_note_refusal(&a.people, &a.visit, 403, "role");
	assert_last_entry(t->db, LEDGER_REFUSED, "page /log: role");
}

static size_t entries_shown(const json_t *view)
{
	return json_array_size(json_object_get(view, "nav"));
}

static void a_page_shows_the_entries_its_visitor_may_see(void **state)
{
	struct temporary_db *t = *state;
	struct asked a;
	json_t *view = json_object();

	ask(&a, t->db, ROLE_UNSET);
	assert_null(people_decorate(&a.visit, view, entries_of));
	assert_int_equal(0, entries_shown(view));
	json_object_clear(view);
	ask(&a, t->db, ROLE_OPERATOR);

	const json_t *account = people_decorate(&a.visit, view, entries_of);

	assert_int_equal(1, entries_shown(view));
	assert_string_equal("operator", json_string_value(json_object_get(
						account, "roles")));
	json_decref(view);
}

static void check_roles(struct temporary_db *t, unsigned roles,
			const char *words)
{
	struct asked a;
	json_t *view = json_object();

	ask(&a, t->db, roles);

	const json_t *account = people_decorate(&a.visit, view, entries_of);

	assert_string_equal(
		words, json_string_value(json_object_get(account, "roles")));
	json_decref(view);
}

static const unsigned four_roles =
	ROLE_ADMIN | ROLE_CUSTOMER | ROLE_OPERATOR | ROLE_AUDITOR;

static void four_roles_are_said_in_few_words(void **state)
{
	check_roles(*state, four_roles, "all roles but job-data");
}

static void all_roles_are_said_in_two_words(void **state)
{
	check_roles(*state, four_roles | ROLE_JOB_DATA, "all roles");
}

#define with_db(test)                                              \
	cmocka_unit_test_setup_teardown(test, temporary_db_device, \
					temporary_db_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_db(a_stranger_is_led_to_sign_in_and_named_by_address),
		with_db(who_is_signed_in_may_what_the_roles_say),
		with_db(set_up_comes_first_while_there_is_no_account),
		with_db(only_known_people_fill_the_ledger_with_refusals),
		with_db(a_page_shows_the_entries_its_visitor_may_see),
		with_db(four_roles_are_said_in_few_words),
		with_db(all_roles_are_said_in_two_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
