/* The own account. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "domain/sessions.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define NEW "&password=another+long+phrase&again=another+long+phrase"

static void the_old_password_is_asked(void **state)
{
	struct answer answer;

	(void)state;
	answer = pages_post(&pages, &pages.customer, "/account",
			    "do=password&old=wrong" NEW);
	expect_status(&answer, 403);
	expect_text(&answer, "The present password is not right.");
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, "/account",
		    "do=password&old=a+long+enough+phrase"
		    "&password=another+long+phrase&again=other",
		    400);
	expect_post(&pages, &pages.customer, "/account",
		    "do=password&old=a+long+enough+phrase"
		    "&password=short&again=short",
		    400);
	expect_post(&pages, &pages.customer, "/account", "do=password", 400);
	expect_post(&pages, &pages.customer, "/account", "do=other", 400);
}

static void changing_it_keeps_this_browser_and_ends_the_others(void **state)
{
	struct person visitor = pages_visitor();
	struct answer answer;
	char cookie[256];

	(void)state;
	answer = pages_post(&pages, &pages.operator, "/account",
			    "do=password&old=a+long+enough+phrase" NEW);
	expect_location(&answer, "/account?done=password");
	answer_field(&answer, "Set-Cookie", cookie, sizeof(cookie));
	answer_clear(&answer);

	/* the old session is over, the new one works */
	answer = pages_get(&pages, &pages.operator, "/");
	expect_location(&answer, "/login");
	answer_clear(&answer);
	assert_int_equal(sscanf(cookie, "__Host-sluice=%63[^;]",
				pages.operator.cookie),
			 1);
	answer = pages_get(&pages, &pages.operator, "/account?done=password");
	expect_status(&answer, 200);
	expect_text(&answer, "Your password is changed.");
	answer_clear(&answer);
	expect_post(&pages, &visitor, "/login",
		    "name=olga&password=another+long+phrase&next=", 303);
}

static void signing_out_everywhere_ends_all_sessions(void **state)
{
	struct answer answer;

	(void)state;
	answer =
		pages_post(&pages, &pages.auditor, "/account", "do=everywhere");
	expect_location(&answer, "/login?out=1");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, "/account");
	expect_location(&answer, "/login?next=%2Faccount");
	answer_clear(&answer);
	expect_get(&pages, &pages.admin, "/account", 200);
}

/* Another browser of somebody who is signed in already. */
static struct person second_browser(const struct person *who)
{
	struct person other = *who;
	struct account account;
	char token[SESSION_TOKEN_SIZE];

	assert_true(accounts_find(pages.db, who->name, &account, NULL));
	assert_true(sessions_start(pages.db, account.id, "192.0.2.99",
				   pages.now, token, NULL));
	snprintf(other.cookie, sizeof(other.cookie), "%s", token);
	return other;
}

static int64_t session_of(const struct person *who)
{
	struct session session;

	assert_true(sessions_find(pages.db, who->cookie, pages.now, &session,
				  NULL));
	return session.id;
}

static void post_end(const struct person *who, int64_t id)
{
	char form[40];
	struct answer answer;

	snprintf(form, sizeof(form), "end=%lld", (long long)id);
	answer = pages_post(&pages, who, "/account", form);
	expect_location(&answer, "/account?done=sessions");
	answer_clear(&answer);
}

static void one_sees_ones_sessions_and_ends_another(void **state)
{
	struct person other = second_browser(&pages.admin);
	struct answer answer = pages_get(&pages, &pages.admin, "/account");

	(void)state;
	expect_text(&answer, "192.0.2.99");
	expect_text(&answer, "This browser");
	expect_text(&answer, "End all other sessions");
	answer_clear(&answer);
	post_end(&pages.admin, session_of(&other));
	answer = pages_get(&pages, &other, "/account");
	expect_location(&answer, "/login?next=%2Faccount");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.admin, "/account?done=sessions");
	expect_text(&answer, "signed out there");
	expect_no_text(&answer, "192.0.2.99");
	expect_no_text(&answer, "End all other sessions");
	answer_clear(&answer);
	assert_int_equal(pages_ledger_count(&pages, "sign-out",
					    "the session from 192.0.2.99"),
			 1);
}

static void all_others_end_at_once(void **state)
{
	struct person other = second_browser(&pages.admin);
	struct answer answer =
		pages_post(&pages, &pages.admin, "/account", "do=others");

	(void)state;
	expect_location(&answer, "/account?done=sessions");
	answer_clear(&answer);
	expect_get(&pages, &pages.admin, "/account", 200);
	expect_get(&pages, &other, "/account", 303);
}

static void the_session_of_somebody_else_is_not_touched(void **state)
{
	(void)state;
	post_end(&pages.admin, session_of(&pages.customer));
	expect_get(&pages, &pages.customer, "/account", 200);
	post_end(&pages.admin, 999999);
	expect_post(&pages, &pages.admin, "/account", "end=x", 400);
	expect_post(&pages, &pages.admin, "/account", "end=-1", 400);
	expect_post(&pages, &pages.admin, "/account", "", 400);
}

static void failed_tries_are_told(void **state)
{
	struct answer answer =
		pages_get(&pages, &pages.customer, "/account?failures=3");

	(void)state;
	expect_text(&answer, "3 failed sign-ins with your name");
	answer_clear(&answer);
	expect_get(&pages, &pages.customer, "/account?failures=x", 400);
	assert_false(accounts_sign_in(pages.db, "frontdesk", "wrong", "<i>&\"",
				      pages.now, &(struct account){ 0 }, NULL));
	answer = pages_get(&pages, &pages.customer, "/account");
	expect_text(&answer, "from &lt;i&gt;&amp;&quot;");
	expect_no_text(&answer, "<i>");
	answer_clear(&answer);
}

/* The longest password there can be passes the form, whole. */
static void a_password_of_1024_characters_of_four_bytes_is_kept(void **state)
{
	static const char *const characters[] = { "%F0%9F%90%9D",
						  "%F0%9F%A6%94",
						  "%F0%9F%90%8C" };
	struct person visitor = pages_visitor();
	struct buf password = BUF_INIT;
	struct buf form = BUF_INIT;
	struct answer answer;

	(void)state;
	for (size_t i = 0; i < 1024; i++) {
		buf_put_str(&password, characters[(i * i + i / 7) % 3]);
	}
	buf_printf(&form,
		   "do=password&old=a+long+enough+phrase&password=%s&again=%s",
		   buf_str(&password), buf_str(&password));
	answer =
		pages_post(&pages, &pages.customer, "/account", buf_str(&form));
	expect_location(&answer, "/account?done=password");
	answer_clear(&answer);
	buf_clear(&form);
	buf_printf(&form, "name=frontdesk&next=&password=%s",
		   buf_str(&password));
	expect_post(&pages, &visitor, "/login", buf_str(&form), 303);

	char *cut =
		mem_strndup(buf_str(&form), form.len - strlen("%F0%9F%90%9D"));

	expect_post(&pages, &visitor, "/login", cut, 403);
	mem_free(cut);
	buf_clear(&form);
	buf_clear(&password);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_old_password_is_asked),
		cmocka_unit_test(
			changing_it_keeps_this_browser_and_ends_the_others),
		cmocka_unit_test(signing_out_everywhere_ends_all_sessions),
		cmocka_unit_test(one_sees_ones_sessions_and_ends_another),
		cmocka_unit_test(all_others_end_at_once),
		cmocka_unit_test(the_session_of_somebody_else_is_not_touched),
		cmocka_unit_test(failed_tries_are_told),
		cmocka_unit_test(
			a_password_of_1024_characters_of_four_bytes_is_kept),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
