/*
 * What several collectors found, put together.
 */
#include "documents/collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void add(struct collected *c, const char *at, const char *body)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	buf_printf(&xml,
		   "<Collected xmlns='urn:sluice:collected:1' "
		   "source='test' collectedAt='%s'>%s</Collected>",
		   at, body);
	if (!collected_read(c, xml.data, xml.len, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&xml);
}

#define EARLY "2026-11-23T13:59:00Z"
#define LATE "2026-11-23T14:00:00Z"

static void later_collectors_fill_gaps_and_replace_nothing(void **state)
{
	struct collected c = { 0 };

	(void)state;
	add(&c, LATE, "<Status><PrinterState>idle</PrinterState></Status>");
	add(&c, LATE,
	    "<Status><PrinterState>stopped</PrinterState>"
	    "<PrinterUpTime>7</PrinterUpTime></Status>"
	    "<Billing><TotalImpressions>5</TotalImpressions>"
	    "</Billing>");
	const struct item *status = c.documents[DOCUMENT_STATUS];
	assert_string_equal(item_text(status, "PrinterState"), "idle");
	assert_string_equal(item_text(status, "PrinterUpTime"), "7");
	assert_non_null(c.documents[DOCUMENT_BILLING]);
	collected_clear(&c);
	assert_null(c.documents[DOCUMENT_BILLING]);
}

static void unknown_gives_way_to_what_another_collector_knows(void **state)
{
	struct collected c = { 0 };

	(void)state;
	add(&c, LATE,
	    "<Billing><TotalImpressions>unknown</TotalImpressions>"
	    "<TotalSheets>9</TotalSheets></Billing>");
	add(&c, LATE,
	    "<Billing><TotalImpressions>5</TotalImpressions>"
	    "<TotalSheets>unknown</TotalSheets></Billing>");
	const struct item *billing = c.documents[DOCUMENT_BILLING];
	assert_string_equal(item_text(billing, "TotalImpressions"), "5");
	assert_string_equal(item_text(billing, "TotalSheets"), "9");
	collected_clear(&c);
}

static void groups_of_one_kind_come_from_one_collector(void **state)
{
	struct collected c = { 0 };

	(void)state;
	add(&c, LATE,
	    "<SuppliesUsage><Supply><Index>1</Index>"
	    "<Type>toner</Type></Supply></SuppliesUsage>");
	add(&c, LATE,
	    "<SuppliesUsage><Supply><Index>1</Index>"
	    "<Type>ink</Type></Supply><Supply><Index>2</Index>"
	    "<Type>ink</Type></Supply></SuppliesUsage>");
	assert_int_equal(item_values(c.documents[DOCUMENT_SUPPLIES_USAGE]), 2);
	collected_clear(&c);
}

static void the_oldest_time_counts(void **state)
{
	struct collected c = { 0 };

	(void)state;
	add(&c, LATE, "");
	assert_int_equal(c.at, 1795442400);
	add(&c, EARLY, "");
	assert_int_equal(c.at, 1795442340);
	add(&c, LATE, "");
	assert_int_equal(c.at, 1795442340);
	collected_clear(&c);
}

static void strays_of_all_collectors_are_added_up(void **state)
{
	struct collected c = { 0 };

	(void)state;
	add(&c, LATE, "<Diary/>");
	add(&c, LATE, "<Diary/><Letters/>");
	assert_int_equal(c.strays->count, 2);
	assert_string_equal(c.strays->next->path, "Letters");
	assert_null(c.strays->next->next);
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			later_collectors_fill_gaps_and_replace_nothing),
		cmocka_unit_test(
			unknown_gives_way_to_what_another_collector_knows),
		cmocka_unit_test(groups_of_one_kind_come_from_one_collector),
		cmocka_unit_test(the_oldest_time_counts),
		cmocka_unit_test(strays_of_all_collectors_are_added_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
