/* Instructions: what waits, the two answers, the rules, what became of it. */
#include <stdio.h>
#include <string.h>

#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define PATH "/instructions"

static void expect_page(const struct person *who, const char *path,
			const char *text)
{
	struct answer answer = pages_get(&pages, who, path);

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static struct instruction_row row_now(uint64_t number)
{
	struct instruction_row row;

	assert_true(instructions_get(pages.db, number, &row, NULL));
	return row;
}

static enum instruction_policy rule_now(enum instruction_kind kind,
					int64_t *until)
{
	struct instruction_rule rule;

	assert_true(
		instruction_rule_get(pages.db, kind, pages.now, &rule, NULL));
	if (until != NULL) {
		*until = rule.until;
	}
	return rule.policy;
}

static void one_that_waits_is_a_sentence_with_who_and_why(void **state)
{
	struct answer answer;

	(void)state;
	expect_page(&pages.auditor, PATH, "None. When one waits, Home says");
	network_instruction(&pages, 1, INSTRUCTION_SEND);
	answer = pages_get(&pages, &pages.customer, PATH);
	expect_text(&answer, "Sends the documents of Maintenance and Supplies "
			     "now.");
	expect_text(&answer, "desk at comms.example");
	expect_text(&answer, "<q>Because &lt;i&gt;so&lt;/i&gt;.</q>");
	expect_text(&answer, "then it is refused by itself");
	expect_text(&answer, "value=\"refuse\">Refuse</button>");
	expect_text(&answer, "value=\"allow\">Allow</button>");
	answer_clear(&answer);
	expect_page(&pages.customer, "/", "Look and decide");
	expect_page(&pages.auditor, "/", "href=\"/instructions#number-1\"");
}

static void those_who_decide_have_the_buttons(void **state)
{
	struct answer answer;

	(void)state;
	network_instruction(&pages, 1, INSTRUCTION_SEND);
	answer = pages_get(&pages, &pages.operator, PATH);
	expect_status(&answer, 200);
	expect_text(&answer, "Only an account with the role customer or admin");
	expect_no_text(&answer, "value=\"allow\"");
	expect_no_text(&answer, "value=\"never\"");
	answer_clear(&answer);
	expect_post(&pages, &pages.operator, PATH, "do=allow&number=1", 403);
	expect_post(&pages, &pages.auditor, PATH, "do=never&kind=send", 403);
	assert_int_equal(row_now(1).state, INSTRUCTION_ASKED);
	expect_page(&pages.admin, PATH, "value=\"allow\"");
}

static void yes_and_no_are_one_press_each(void **state)
{
	struct answer answer;

	(void)state;
	network_instruction(&pages, 1, INSTRUCTION_SEND);
	network_instruction(&pages, 2, INSTRUCTION_INTERVAL);
	for (int i = 0; i < 2; i++) { /* pressed twice */
		answer = pages_post(&pages, &pages.customer, PATH,
				    "do=allow&number=1");
		expect_location(&answer, PATH "?done=allowed");
		answer_clear(&answer);
		answer = pages_post(&pages, &pages.admin, PATH,
				    "do=refuse&number=2");
		expect_location(&answer, PATH "?done=refused");
		answer_clear(&answer);
	}
	assert_int_equal(row_now(1).state, INSTRUCTION_APPROVED);
	assert_string_equal(row_now(1).decided_by, "frontdesk");
	assert_int_equal(row_now(2).state, INSTRUCTION_REFUSED);
	expect_page(&pages.customer, PATH "?done=allowed",
		    "Allowed, this time.");
	expect_page(&pages.auditor, PATH, "Allowed by frontdesk.");
	expect_page(&pages.auditor, PATH, "Refused by ada.");
	expect_page(&pages.auditor, PATH, "not told yet");
	expect_page(&pages.auditor, PATH, "href=\"/log?kind=instruction\"");
	/* the other answer comes too late */
	answer =
		pages_post(&pages, &pages.customer, PATH, "do=refuse&number=1");
	expect_status(&answer, 409);
	expect_text(&answer, "There is a problem");
	answer_clear(&answer);
	assert_int_equal(row_now(1).state, INSTRUCTION_APPROVED);
	expect_post(&pages, &pages.customer, PATH, "do=allow&number=9", 404);
	expect_post(&pages, &pages.customer, PATH, "do=allow", 404);
	/* allowed, and refused for another reason */
	assert_true(instructions_finish(pages.db, 1, INSTRUCTION_REFUSAL_LIMITS,
					"It lies outside the limits.",
					pages.now, NULL));
	expect_page(&pages.auditor, PATH,
		    "It lies outside the limits. Allowed by frontdesk.");
}

static void a_rule_is_never_ask_allow_or_a_day(void **state)
{
	struct answer answer;
	int64_t until = 0;

	(void)state;
	assert_int_equal(rule_now(INSTRUCTION_SEND, NULL), INSTRUCTION_ASK);
	answer = pages_post(&pages, &pages.customer, PATH,
			    "do=always&kind=send");
	expect_location(&answer, PATH "?done=rule");
	answer_clear(&answer);
	assert_int_equal(rule_now(INSTRUCTION_SEND, &until), INSTRUCTION_ALLOW);
	assert_int_equal(until, 0);
	expect_page(&pages.auditor, PATH,
		    "Without an end. Decided by "
		    "frontdesk, ");
	expect_post(&pages, &pages.customer, PATH,
		    "do=until&kind=send&date=2099-01-31", 303);
	assert_int_equal(rule_now(INSTRUCTION_SEND, &until), INSTRUCTION_ALLOW);
	assert_int_equal(until, INT64_C(4073587199));
	expect_page(&pages.auditor, PATH,
		    "Until 31 January 2099, then it asks first.");
	expect_post(&pages, &pages.admin, PATH, "do=never&kind=message", 303);
	assert_int_equal(rule_now(INSTRUCTION_MESSAGE, NULL),
			 INSTRUCTION_NEVER);
	expect_post(&pages, &pages.admin, PATH, "do=ask&kind=send", 303);
	assert_int_equal(rule_now(INSTRUCTION_SEND, NULL), INSTRUCTION_ASK);
}

static void a_day_that_is_wrong_is_said_and_kept(void **state)
{
	struct answer answer =
		pages_post(&pages, &pages.customer, PATH,
			   "do=until&kind=renew&date=2020-01-31");

	(void)state;
	expect_status(&answer, 400);
	expect_text(&answer, "<a href=\"#date\">");
	expect_text(&answer, "id=\"date\" name=\"date\" value=\"2020-01-31\"");
	expect_text(&answer, "<details open>");
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, PATH,
		    "do=until&kind=renew&date=", 400);
	expect_post(&pages, &pages.customer, PATH,
		    "do=until&kind=renew&date=soon", 400);
	expect_post(&pages, &pages.customer, PATH, "do=always&kind=shell", 400);
	expect_post(&pages, &pages.customer, PATH, "do=always", 400);
	expect_post(&pages, &pages.customer, PATH, "do=run&kind=send", 400);
	assert_int_equal(rule_now(INSTRUCTION_RENEW, NULL), INSTRUCTION_ALLOW);
	assert_int_equal(pages_ledger_count(&pages, "configuration", NULL), 0);
}

static void words_of_the_vendor_are_quoted_until_they_are_read(void **state)
{
	struct answer answer;

	(void)state;
	network_instruction(&pages, 1, INSTRUCTION_MESSAGE);
	assert_true(instructions_finish(pages.db, 1, INSTRUCTION_REFUSAL_NONE,
					"Shown on Home.", pages.now, NULL));
	answer = pages_get(&pages, &pages.customer, "/");
	expect_text(&answer, "The vendor writes");
	expect_text(&answer, "Call &lt;b&gt;us&lt;/b&gt; &amp;");
	expect_no_text(&answer, "<b>us");
	expect_text(&answer, "These are the vendor's words, not the device's.");
	expect_text(&answer, "Mark as read");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.operator, "/");
	expect_text(&answer, "The vendor writes");
	expect_no_text(&answer, "Mark as read");
	answer_clear(&answer);
	expect_post(&pages, &pages.operator, PATH, "do=seen&number=1", 403);
	for (int i = 0; i < 2; i++) {
		answer = pages_post(&pages, &pages.customer, PATH,
				    "do=seen&number=1");
		expect_location(&answer, "/");
		answer_clear(&answer);
	}
	answer = pages_get(&pages, &pages.customer, "/");
	expect_no_text(&answer, "The vendor writes");
	answer_clear(&answer);
	expect_page(&pages.auditor, PATH, "Call &lt;b&gt;us");
	network_instruction(&pages, 2, INSTRUCTION_SEND);
	expect_post(&pages, &pages.customer, PATH, "do=seen&number=2", 409);
}

static void one_that_could_not_be_read_is_told(void **state)
{
	(void)state;
	assert_true(instructions_take_refused(
		pages.db, 1, NULL, NULL, INSTRUCTION_REFUSAL_SIGNATURE,
		"It is not signed by the vendor's key.", pages.now, NULL));
	expect_page(&pages.auditor, PATH, "Number 1");
	expect_page(&pages.auditor, PATH, "It is not signed by the vendor");
	expect_page(&pages.auditor, PATH, "</svg>Refused</span>");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(one_that_waits_is_a_sentence_with_who_and_why),
		TEST(those_who_decide_have_the_buttons),
		TEST(yes_and_no_are_one_press_each),
		TEST(a_rule_is_never_ask_allow_or_a_day),
		TEST(a_day_that_is_wrong_is_said_and_kept),
		TEST(words_of_the_vendor_are_quoted_until_they_are_read),
		TEST(one_that_could_not_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
