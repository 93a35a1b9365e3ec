/* The log: list, filters, paging, one entry, export, verify. */
#include <stdio.h>
#include <string.h>

#include "domain/ledger.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void add_entries(size_t count)
{
	assert_true(db_begin(pages.db, NULL));
	for (size_t i = 0; i < count; i++) {
		char text[32];
		struct ledger_entry entry = {
			.at = pages.now,
			.kind = LEDGER_CONFIGURATION,
			.actor = "=cmd|calc",
			.result = "ok",
			.text = text,
		};

		snprintf(text, sizeof(text), "change number %zu", i);
		assert_true(ledger_append(pages.db, &entry, NULL));
	}
	assert_true(db_commit(pages.db, NULL));
}

static void newest_stands_first_and_pages_keep_their_place(void **state)
{
	struct answer answer;
	const char *link;
	char older[64];

	(void)state;
	add_entries(150);
	answer = pages_get(&pages, &pages.auditor, "/log");
	expect_status(&answer, 200);
	expect_text(&answer, "change number 149");
	expect_no_text(&answer, "change number 49<");
	link = strstr(answer.body, "/log?before=");
	assert_non_null(link);
	snprintf(older, sizeof(older), "%.*s", (int)strcspn(link, "\""), link);
	answer_clear(&answer);

	add_entries(3);
	answer = pages_get(&pages, &pages.auditor, older);
	expect_status(&answer, 200);
	expect_text(&answer, "change number 49<");
	expect_no_text(&answer, "change number 50<");
	answer_clear(&answer);
}

static void filters_narrow_the_list_and_are_kept(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	answer = pages_get(&pages, &pages.customer,
			   "/log?kind=grant&service=metering&result=ok&actor="
			   "frontdesk&since=2020-01-01&until=2099-12-31");
	expect_status(&answer, 200);
	expect_text(&answer, "Metering allowed");
	expect_no_text(&answer, "change number");
	expect_text(&answer, "value=\"2020-01-01\"");
	expect_text(&answer, "Show everything");
	expect_text(&answer, "format=csv&amp;kind=grant");
	answer_clear(&answer);
	/* Every kind that the device writes can be chosen. */
	answer = pages_get(&pages, &pages.customer, "/log?kind=check-in");
	expect_text(&answer, "value=\"check-in\" selected");
	expect_text(&answer, "value=\"instruction\"");
	expect_text(&answer, "value=\"enrolment\"");
	expect_text(&answer, "value=\"test\"");
	expect_no_text(&answer, "value=\"device\"");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/log?actor=nobody");
	expect_text(&answer, "No entries fit.");
	answer_clear(&answer);
}

static void wrong_filters_are_refused_in_plain_words(void **state)
{
	(void)state;
	expect_get(&pages, &pages.customer, "/log?kind=nonsense", 400);
	expect_get(&pages, &pages.customer, "/log?since=yesterday", 400);
	expect_get(&pages, &pages.customer, "/log?since=2026-13-45", 400);
	expect_get(&pages, &pages.customer, "/log?before=-1", 400);
	expect_get(&pages, &pages.customer, "/log?transaction=1", 400);
	expect_get(&pages, &pages.customer, "/log?kind=grant&kind=sent", 400);
}

static void an_entry_shows_bytes_grant_receipt_and_the_switch(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SENT);
	struct answer answer;
	const char *link;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "/log?transaction=%s", item.transaction);
	answer = pages_get(&pages, &pages.auditor, path);
	expect_status(&answer, 200);
	link = strstr(answer.body, "<a href=\"/log/1");
	assert_non_null(link);
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(link + 9, "\""),
		 link + 9);
	answer_clear(&answer);

	answer = pages_get(&pages, &pages.auditor, path);
	expect_status(&answer, 200);
	expect_text(&answer, item.sha256);
	expect_text(&answer, item.grants);
	expect_text(&answer, "sluice.receipt/v1");
	expect_text(&answer, "sluice.entry/v1");
	expect_text(&answer, "href=\"/services\"");
	expect_text(&answer, "The same transaction");
	expect_text(&answer, "&amp;lt;script&amp;gt;");
	expect_no_text(&answer, "<script>alert");
	answer_clear(&answer);
	expect_get(&pages, &pages.auditor, "/log/99999", 404);
	expect_get(&pages, &pages.auditor, "/log/abc", 404);
}

/* The words change, what was hashed and what is exported does not. */
static void times_in_details_read_as_elsewhere(void **state)
{
	struct ledger_entry entry = {
		.at = pages.now,
		.kind = LEDGER_CONFIGURATION,
		.result = "ok",
		.text = "tried again from 2026-11-23T14:02:07Z; no more",
	};
	const char *words = "tried again from 23 November 2026, 14:02:07 UTC";
	struct ledger_head head;
	struct answer answer;
	char path[32];

	(void)state;
	assert_true(db_begin(pages.db, NULL));
	assert_true(ledger_append(pages.db, &entry, NULL));
	assert_true(db_commit(pages.db, NULL));
	assert_true(ledger_head(pages.db, &head, NULL));
	answer = pages_get(&pages, &pages.auditor, "/log");
	expect_text(&answer, words);
	expect_no_text(&answer, "2026-11-23T");
	answer_clear(&answer);
	snprintf(path, sizeof(path), "/log/%llu",
		 (unsigned long long)head.size - 1);
	answer = pages_get(&pages, &pages.auditor, path);
	expect_text(&answer, words);
	expect_text(&answer, "text tried again from 2026-11-23T14:02:07Z");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, "/log/export?format=json");
	expect_text(&answer, "tried again from 2026-11-23T14:02:07Z");
	answer_clear(&answer);
}

/* The list cuts a long text between two words; one word is cut anywhere. */
static void a_long_text_is_cut_after_a_word(void **state)
{
	struct ledger_entry entry = {
		.at = pages.now,
		.kind = LEDGER_CONFIGURATION,
		.result = "ok",
		.text = "a text that goes on for longer than a list can show "
			"it and has its cut in the last letters of one word, "
			"which is here extraordinarily long",
	};
	struct answer answer;

	(void)state;
	assert_true(db_begin(pages.db, NULL));
	assert_true(ledger_append(pages.db, &entry, NULL));
	entry.text = "0123456789012345678901234567890123456789"
		     "0123456789012345678901234567890123456789"
		     "012345678901234567890123456789012345678\xc3\xa9 e";
	assert_true(ledger_append(pages.db, &entry, NULL));
	assert_true(db_commit(pages.db, NULL));
	answer = pages_get(&pages, &pages.auditor, "/log");
	expect_text(&answer, "which is here\xe2\x80\xa6<");
	expect_text(&answer, "9012345678\xe2\x80\xa6<");
	answer_clear(&answer);
}

static void exports_are_files_and_safe_for_spreadsheets(void **state)
{
	static const struct {
		const char *path, *name, *text;
	} forms[] = {
		{ "/log/export?format=csv&kind=configuration", ".csv\"",
		  "'=cmd|calc" },
		{ "/log/export?format=json", ".json\"", "\"sequence\":0" },
		{ "/log/export?format=xml", ".xml\"",
		  "<Log xmlns=\"urn:sluice:log:1\">" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct answer answer =
			pages_get(&pages, &pages.auditor, forms[i].path);

		expect_status(&answer, 200);
		expect_text(&answer, forms[i].text);
		expect_text(&answer, "change number 149");
		assert_non_null(strstr(answer.head, "attachment"));
		assert_non_null(strstr(answer.head, forms[i].name));
		answer_clear(&answer);
	}
	expect_get(&pages, &pages.auditor, "/log/export?format=pdf", 400);
	expect_get(&pages, &pages.auditor, "/log/export", 400);
}

static void verify_finds_the_log_whole(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, "/log/verify");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "No entry is missing or changed.");
	answer_clear(&answer);
}

static void operators_do_not_read_the_log(void **state)
{
	(void)state;
	expect_get(&pages, &pages.operator, "/log", 403);
	expect_get(&pages, &pages.operator, "/log/1", 403);
	expect_get(&pages, &pages.operator, "/log/export?format=csv", 403);
	expect_get(&pages, &pages.operator, "/log/verify", 403);
	expect_get(&pages, &pages.admin, "/log", 200);
}

static void verify_names_what_was_changed(void **state)
{
	struct answer answer;
	struct stmt q;

	(void)state;
	assert_true(
		db_query(pages.db, &q, "DROP TRIGGER ledger_no_update", NULL));
	assert_true(db_run(&q, NULL));
	assert_true(db_query(pages.db, &q,
			     "UPDATE ledger SET actor = 'nobody' "
			     "WHERE sequence = 5",
			     NULL));
	assert_true(db_run(&q, NULL));
	answer = pages_get(&pages, &pages.auditor, "/log/verify");
	expect_status(&answer, 200);
	expect_text(&answer, "Broken");
	expect_text(&answer, "Entry 5 ");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			newest_stands_first_and_pages_keep_their_place),
		cmocka_unit_test(filters_narrow_the_list_and_are_kept),
		cmocka_unit_test(wrong_filters_are_refused_in_plain_words),
		cmocka_unit_test(
			an_entry_shows_bytes_grant_receipt_and_the_switch),
		cmocka_unit_test(times_in_details_read_as_elsewhere),
		cmocka_unit_test(a_long_text_is_cut_after_a_word),
		cmocka_unit_test(exports_are_files_and_safe_for_spreadsheets),
		cmocka_unit_test(verify_finds_the_log_whole),
		cmocka_unit_test(operators_do_not_read_the_log),
		cmocka_unit_test(verify_names_what_was_changed),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
