/*
 * Home's card says, in words and in colour, no better than what stands in the
 * list below it.
 */
#include <stdio.h>
#include <string.h>

#include "domain/consent.h"
#include "domain/settings.h"
#include "domain/witnessed.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

/* What the card above all says: its colour with its word. */
static void expect_card(const char *tone, const char *word)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/");
	char card[64], tag[96];

	snprintf(card, sizeof(card), "<div class=\"card state %s\">", tone);
	snprintf(tag, sizeof(tag), "%s</span>", word);
	expect_text(&answer, card);

	const char *at = strstr(answer.body, card);
	const char *end = strstr(at, "<div><p>");
	const char *found = strstr(at, tag);

	assert_non_null(end);
	if (found == NULL || found > end) {
		fail_msg("the card says: %.*s", (int)(end - at), at);
	}
	answer_clear(&answer);
}

static void expect_home(const char *text)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/");

	expect_text(&answer, text);
	answer_clear(&answer);
}

/* From good to ever worse; nothing hides behind a green "On". */
static void the_card_tells_the_worst_that_stands_below_it(void **state)
{
	struct outbox_item item;

	(void)state;
	expect_card("", "Off");
	assert_true(consent_allow(pages.db, "frontdesk", SERVICE_UNSET,
				  pages.now - 10 * 3600, NULL));
	expect_card("warn", "No certificate");
	network_certificate(&pages, -30, 335);
	network_checked_in(&pages, 600, NULL);
	expect_card("", "Check-ins only");
	pages_allow(&pages);
	expect_card("ok", "On");
	/* One that failed is tried again by itself. */
	network_checked_in(&pages, 300, "the name cannot be found");
	expect_card("ok", "On");
	expect_home("The last check-in did not work.");

	network_instruction(&pages, 1, INSTRUCTION_SEND);
	expect_card("warn", "Waits for a person");
	expect_home("<a href=\"#repairs\">1 thing needs attention: "
		    "Instruction (waits for a person).</a>");
	item = pages_item(&pages, OUTBOX_SENDING);
	assert_true(outbox_retry(pages.db, item.transaction, "no answer",
				 pages.now + 600, pages.now, NULL));
	expect_home("2 things need attention: ");
	expect_card("warn", "Waits for a person");
	assert_true(witnessed_keep(pages.db, 1, "a head\n", pages.now, NULL));
	assert_true(witnessed_told(pages.db, 4711, "conflict", pages.now,
				   pages.now, NULL));
	expect_card("bad", "Conflict");
	/* The gravest first, as in the list. */
	expect_home("3 things need attention: Log (conflict); ");
	network_certificate(&pages, -400, -1);
	expect_card("bad", "Certificate run out");
	expect_home("and others.</a>");
}

static void check_ins_that_were_missed_are_not_on(void **state)
{
	struct answer answer;

	(void)state;
	assert_true(consent_allow(pages.db, "frontdesk", SERVICE_UNSET,
				  pages.now - 10 * 3600, NULL));
	pages_allow(&pages);
	network_certificate(&pages, -30, 335);
	network_checked_in(&pages, 9 * 3600, NULL);
	expect_card("warn", "No contact");
	expect_home("1 thing needs attention: Connection (no contact).</a>");
	/* The same card on Services, without a list. */
	answer = pages_get(&pages, &pages.customer, "/services");
	expect_text(&answer, "<div class=\"card state warn\">");
	expect_text(&answer, "No contact</span>");
	expect_no_text(&answer, "needs attention");
	answer_clear(&answer);
}

static void a_clock_that_is_off_is_told_by_the_card(void **state)
{
	char later[24];

	(void)state;
	pages_allow(&pages);
	network_certificate(&pages, -30, 335);
	network_checked_in(&pages, 600, NULL);
	snprintf(later, sizeof(later), "%lld",
		 (long long)pages.now + 10 * 86400);
	assert_true(settings_set(pages.db, "time_floor", later, NULL));
	expect_card("warn", "Behind");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_card_tells_the_worst_that_stands_below_it),
		TEST(check_ins_that_were_missed_are_not_on),
		TEST(a_clock_that_is_off_is_told_by_the_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
