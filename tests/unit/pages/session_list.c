/* The list of sessions and its buttons (cgi/people/session_list.c). */
#include "cgi/people/session_list.h"

#include <stdio.h>
#include <string.h>

#include "domain/roles.h"
#include "tests/unit/domain/people.h"

/* "anna" with two browsers, and "bert" with one. */
struct asked {
	struct people people;
	struct request request;
	struct visit visit;
	int64_t anna, bert;
	int64_t here, there, berts;
};

static int64_t start(struct asked *a, struct db *db, int64_t account,
		     const char *address)
{
	char token[SESSION_TOKEN_SIZE];

	assert_done(sessions_start(db, account, address, NOW, token, err));
	assert_done(sessions_find(db, token, NOW, &a->people.session, err));
	return a->people.session.id;
}

static void begin(struct asked *a, struct db *db)
{
	memset(a, 0, sizeof(*a));
	a->people.db = db;
	a->anna = person(db, "anna", ROLE_ADMIN);
	a->bert = person(db, "bert", ROLE_OPERATOR);
	a->berts = start(a, db, a->bert, "192.0.2.3");
	a->there = start(a, db, a->anna, "192.0.2.2");
	a->here = start(a, db, a->anna, "<b>192.0.2.1</b>");
	a->request.now = NOW;
	a->visit.app = &a->people;
	a->visit.request = &a->request;
	a->visit.view = json_object();
}

static void end(struct asked *a)
{
	json_decref(a->visit.view);
	urlencoded_clear(&a->request.form);
}

static void form(struct asked *a, const char *text)
{
	static const struct urlencoded_limits limits = { 100, 4, 50 };

	urlencoded_clear(&a->request.form);
	assert_done(urlencoded_parse(text, strlen(text), &limits,
				     &a->request.form, err));
}

static void form_end(struct asked *a, int64_t id)
{
	char text[32];

	snprintf(text, sizeof(text), "end=%lld", (long long)id);
	form(a, text);
}

static size_t sessions_of(struct asked *a, int64_t account)
{
	json_object_clear(a->visit.view);
	assert_done(session_list_fill(&a->visit, account, err));
	return json_array_size(json_object_get(a->visit.view, "sessions"));
}

static void the_one_of_this_browser_is_marked(void **state)
{
	struct temporary_db *t = *state;
	struct asked a;

	begin(&a, t->db);
	assert_int_equal(2, sessions_of(&a, a.anna));

	const json_t *rows = json_object_get(a.visit.view, "sessions");
	const json_t *first = json_array_get(rows, 0);

	assert_true(json_is_true(json_object_get(first, "here")));
	assert_true(json_is_false(
		json_object_get(json_array_get(rows, 1), "here")));
	assert_string_equal(
		"<b>192.0.2.1</b>",
		json_string_value(json_object_get(first, "address")));
	assert_true(
		json_is_true(json_object_get(a.visit.view, "session_others")));
	assert_int_equal(1, sessions_of(&a, a.bert));
	assert_true(
		json_is_false(json_object_get(a.visit.view, "session_here")));
	end(&a);
}

static void one_of_the_account_is_ended_and_no_other(void **state)
{
	struct temporary_db *t = *state;
	struct asked a;

	begin(&a, t->db);
	form(&a, "do=password");
	assert_false(session_list_asked(&a.visit));
	form_end(&a, a.berts);
	assert_true(session_list_asked(&a.visit));
	assert_done(session_list_act(&a.visit, a.anna, err));
	assert_int_equal(1, sessions_of(&a, a.bert));
	form_end(&a, a.there);
	assert_done(session_list_act(&a.visit, a.anna, err));
	assert_int_equal(1, sessions_of(&a, a.anna));
	/* ended meanwhile, or no number */
	assert_done(session_list_act(&a.visit, a.anna, err));
	form(&a, "end=0");
	assert_done(session_list_act(&a.visit, a.anna, err));
	assert_int_equal(1, entries(t->db, LEDGER_SIGN_OUT));
	end(&a);
}

static void all_others_end_and_this_one_stays(void **state)
{
	struct temporary_db *t = *state;
	struct asked a;

	begin(&a, t->db);
	form(&a, "do=others");
	assert_true(session_list_asked(&a.visit));
	assert_done(session_list_act(&a.visit, a.anna, err));
	assert_int_equal(1, sessions_of(&a, a.anna));
	assert_int_equal(1, sessions_of(&a, a.bert));
	assert_done(session_list_act(&a.visit, a.bert, err));
	assert_int_equal(0, sessions_of(&a, a.bert));
	end(&a);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(the_one_of_this_browser_is_marked),
		T(one_of_the_account_is_ended_and_no_other),
		T(all_others_end_and_this_one_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
