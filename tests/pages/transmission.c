/* How one transmission is shown, whatever stands in it. */
#include <stdio.h>

#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static struct answer show(const struct outbox_item *item)
{
	char path[64];

	snprintf(path, sizeof(path), "/preview/%s", item->transaction);
	return pages_get(&pages, &pages.customer, path);
}

static void each_field_has_words_value_and_reason(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer = show(&item);

	(void)state;
	expect_text(&answer, "<th scope=\"row\" data-label=\"What\">Total "
			     "impressions</th>");
	expect_text(&answer,
		    "148,211 <span class=\"muted\">impressions</span>");
	expect_text(&answer, "<span class=\"muted\">unknown</span>");
	answer_clear(&answer);
}

static void withheld_fields_are_named_and_their_values_are_not(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer = show(&item);

	(void)state;
	expect_text(&answer, "Printer location");
	expect_text(&answer, "personal data is not allowed");
	answer_clear(&answer);
}

static void bytes_that_are_gone_leave_their_hash(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer;
	struct stmt q;

	(void)state;
	assert_true(db_query(pages.db, &q, "DELETE FROM bodies", NULL));
	assert_true(db_run(&q, NULL));
	answer = show(&item);
	expect_status(&answer, 200);
	expect_text(&answer, item.sha256);
	expect_text(&answer, "no longer kept");
	answer_clear(&answer);
}

static void bytes_that_cannot_be_read_are_still_shown(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer;
	struct stmt q;

	(void)state;
	assert_true(db_query(pages.db, &q,
			     "UPDATE bodies SET body = CAST('<a>&' AS BLOB)",
			     NULL));
	assert_true(db_run(&q, NULL));
	answer = show(&item);
	expect_status(&answer, 200);
	expect_text(&answer, "A plain summary cannot be made");
	expect_text(&answer, "&lt;a&gt;&amp;");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_has_words_value_and_reason),
		cmocka_unit_test(
			withheld_fields_are_named_and_their_values_are_not),
		cmocka_unit_test(bytes_that_are_gone_leave_their_hash),
		cmocka_unit_test(bytes_that_cannot_be_read_are_still_shown),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
