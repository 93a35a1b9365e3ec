/* The receipt and the record to save. */
#include <stdio.h>
#include <string.h>

#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void the_receipt_names_the_same_hash_everywhere(void **state)
{
	struct answer answer;
	char path[64];

	(void)state;
	pages_allow(&pages);

	struct outbox_item item = pages_item(&pages, OUTBOX_SENT);

	snprintf(path, sizeof(path), "/send/%s", item.transaction);
	answer = pages_get(&pages, &pages.customer, path);
	expect_status(&answer, 200);
	expect_text(&answer, "Sent and confirmed");
	expect_text(&answer, item.sha256);
	expect_text(&answer, item.transaction);
	expect_text(&answer, "same in preview, log and receipt");
	expect_text(&answer, "entry 88213 of the server");
	expect_text(&answer, item.grants);
	expect_text(&answer, "What happens next");
	answer_clear(&answer);
}

static void a_receipt_for_another_hash_is_shown_as_wrong(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SENDING);
	struct answer answer;
	char path[64];

	(void)state;
	assert_true(outbox_sent(pages.db, item.transaction,
				"sluice.receipt/v1\nsha256 00\nindex 1\n",
				pages.now, pages.now, NULL));
	snprintf(path, sizeof(path), "/send/%s", item.transaction);
	answer = pages_get(&pages, &pages.operator, path);
	expect_text(&answer, "the receipt names another SHA-256");
	answer_clear(&answer);
}

static void the_record_is_a_file_to_save(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SENT);
	struct answer answer;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "/record/%s", item.transaction);
	answer = pages_get(&pages, &pages.operator, path);
	expect_status(&answer, 200);
	assert_non_null(strstr(answer.head, "attachment; filename=\"record-"));
	expect_text(&answer, item.sha256);
	expect_text(&answer, "sluice.receipt/v1");
	expect_text(&answer, "Approved by  pat");
	answer_clear(&answer);
	expect_get(&pages, &pages.admin, path, 403);
	expect_get(&pages, &pages.operator, "/record/none", 404);
}

static void who_may_not_read_the_log_gets_no_link_to_it(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SENT);
	struct answer answer;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "/send/%s", item.transaction);
	answer = pages_get(&pages, &pages.operator, path);
	expect_no_text(&answer, "Show in log");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, path);
	expect_text(&answer, "Show in log");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_receipt_names_the_same_hash_everywhere),
		cmocka_unit_test(a_receipt_for_another_hash_is_shown_as_wrong),
		cmocka_unit_test(the_record_is_a_file_to_save),
		cmocka_unit_test(who_may_not_read_the_log_gets_no_link_to_it),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
