/*
 * Reading what a collector printed: nothing it says is believed.
 */
#include "documents/collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

#define HEAD                                                       \
	"<Collected xmlns='urn:sluice:collected:1' source='test' " \
	"collectedAt='2026-11-23T14:00:00Z'>"
#define TAIL "</Collected>"

static bool read_text(struct collected *c, const char *xml, struct err *err)
{
	return collected_read(c, xml, strlen(xml), err);
}

static void take(struct collected *c, const char *body)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	memset(c, 0, sizeof(*c));
	buf_printf(&xml, "%s%s%s", HEAD, body, TAIL);
	if (!read_text(c, buf_str(&xml), &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&xml);
}

static void expect_stray(const struct collected *c, const char *path,
			 const char *reason)
{
	for (const struct stray *s = c->strays; s != NULL; s = s->next) {
		if (strcmp(s->path, path) == 0) {
			assert_non_null(strstr(s->reason, reason));
			return;
		}
	}
	fail_msg("no stray %s", path);
}

static void values_are_found_under_their_names(void **state)
{
	struct collected c;

	(void)state;
	take(&c, "<Billing><TotalImpressions unit='impressions' "
		 "source='printer-impressions-completed'> 1204\n"
		 "</TotalImpressions></Billing>"
		 "<Status><PrinterState>idle</PrinterState></Status>");
	assert_int_equal(c.at, 1795442400);
	const struct item *total =
		item_find(c.documents[DOCUMENT_BILLING], "TotalImpressions");
	assert_string_equal(total->text, "1204");
	assert_string_equal(total->unit, "impressions");
	assert_string_equal(total->source, "printer-impressions-completed");
	assert_string_equal(item_text(c.documents[DOCUMENT_STATUS],
				      "PrinterState"),
			    "idle");
	assert_null(c.documents[DOCUMENT_CUSTOMER_INFO]);
	assert_null(c.strays);
	collected_clear(&c);
}

static void order_does_not_matter_and_becomes_the_catalogues(void **state)
{
	struct collected c;

	(void)state;
	take(&c, "<Billing><TotalSheets>3</TotalSheets>"
		 "<TotalImpressions>4</TotalImpressions></Billing>");
	const struct item *first = c.documents[DOCUMENT_BILLING]->children;
	assert_string_equal(field_name(first->field), "TotalImpressions");
	assert_string_equal(first->unit, "impressions"); /* the preset */
	assert_null(c.strays);
	collected_clear(&c);
}

static void a_field_that_is_in_no_row_is_left_out_and_counted(void **state)
{
	struct collected c;

	(void)state;
	take(&c, "<Status><PrinterState>idle</PrinterState>"
		 "<Mystery>canary</Mystery><Mystery><Deep>canary</Deep>"
		 "</Mystery></Status><Diary><Page>canary</Page></Diary>");
	assert_int_equal(item_values(c.documents[DOCUMENT_STATUS]), 1);
	expect_stray(&c, "Status/Mystery", "not in the catalogue");
	assert_int_equal(c.strays->count, 2);
	expect_stray(&c, "Diary", "no document of this name");
	collected_clear(&c);
}

static void a_wrong_value_is_left_out_and_not_repeated(void **state)
{
	struct collected c;

	(void)state;
	take(&c, "<Status><PrinterState>idle</PrinterState>"
		 "<PrinterUpTime>Jane Doe</PrinterUpTime>"
		 "<PrinterStatus></PrinterStatus>"
		 "<DeviceStatus>down<b/></DeviceStatus>"
		 "<PrinterIsAcceptingJobs x='y'>true</PrinterIsAcceptingJobs>"
		 "<ConsoleText source='Jane Doe'>x</ConsoleText></Status>");
	assert_int_equal(item_values(c.documents[DOCUMENT_STATUS]), 1);
	expect_stray(&c, "Status/PrinterUpTime", "not a whole number");
	expect_stray(&c, "Status/PrinterStatus", "not one of the words");
	expect_stray(&c, "Status/DeviceStatus", "holds elements");
	expect_stray(&c, "Status/PrinterIsAcceptingJobs", "attribute");
	expect_stray(&c, "Status/ConsoleText", "source");
	for (const struct stray *s = c.strays; s != NULL; s = s->next) {
		assert_null(strstr(s->reason, "Jane"));
	}
	collected_clear(&c);
}

static void groups_without_their_key_are_left_out(void **state)
{
	struct collected c;

	(void)state;
	take(&c, "<SuppliesUsage>"
		 "<Supply><Index>1</Index><Type>toner</Type></Supply>"
		 "<Supply><Type>toner</Type></Supply>"
		 "<Supply>text</Supply><Supply x='1'/></SuppliesUsage>");
	const struct item *root = c.documents[DOCUMENT_SUPPLIES_USAGE];
	assert_int_equal(item_values(root), 2);
	expect_stray(&c, "SuppliesUsage/Supply", "has no Index");
	collected_clear(&c);
}

static void a_document_that_contradicts_itself_is_left_out(void **state)
{
	struct collected c;

	(void)state;
	take(&c, "<SuppliesUsage>"
		 "<Supply><Index>1</Index><Type>toner</Type></Supply>"
		 "<Supply><Index>1</Index><Type>ink</Type></Supply>"
		 "</SuppliesUsage><Billing><TotalSheets>1</TotalSheets>"
		 "</Billing><Status/>");
	assert_null(c.documents[DOCUMENT_SUPPLIES_USAGE]);
	expect_stray(&c, "SuppliesUsage", "one Index");
	assert_null(c.documents[DOCUMENT_BILLING]);
	expect_stray(&c, "Billing", "has no TotalImpressions");
	assert_null(c.documents[DOCUMENT_STATUS]);
	expect_stray(&c, "Status", "holds nothing");
	collected_clear(&c);
}

static void a_second_value_of_a_single_field_is_left_out(void **state)
{
	struct collected c;

	(void)state;
	take(&c, "<Status><PrinterState>idle</PrinterState>"
		 "<PrinterState>stopped</PrinterState></Status>"
		 "<Status><PrinterState>stopped</PrinterState></Status>");
	assert_string_equal(item_text(c.documents[DOCUMENT_STATUS],
				      "PrinterState"),
			    "idle");
	expect_stray(&c, "Status/PrinterState", "more than once");
	expect_stray(&c, "Status", "more than once");
	collected_clear(&c);
}

static void repeats_and_strays_are_bounded(void **state)
{
	struct buf body = BUF_INIT;
	struct collected c;
	size_t strays = 0;

	(void)state;
	buf_put_str(&body, "<Status><PrinterState>idle</PrinterState>");
	for (int i = 0; i < 300; i++) {
		buf_put_str(&body, "<ConsoleText>x</ConsoleText>");
		buf_printf(&body, "<Mystery%d/>", i);
	}
	buf_put_str(&body, "</Status>");
	take(&c, buf_str(&body));
	assert_int_equal(item_values(c.documents[DOCUMENT_STATUS]),
			 FIELD_REPEAT_MAX + 1);
	unsigned count = 0;
	for (const struct stray *s = c.strays; s != NULL; s = s->next) {
		strays++;
		count += s->count;
	}
	assert_int_equal(strays, COLLECTED_STRAYS_MAX);
	assert_int_equal(count, 300 + 44);
	expect_stray(&c, "(others)", "more fields");
	collected_clear(&c);
	buf_clear(&body);
}

static void bad_xml_adds_nothing(void **state)
{
	static const char *const bad[] = {
		"",
		"not XML",
		HEAD "<Status><PrinterState>idle</PrinterState></Status>",
		"<!DOCTYPE x [<!ENTITY a 'b'>]>" HEAD TAIL,
		"<?php x?>" HEAD TAIL,
		"<Collected source='x' collectedAt='2026-11-23T14:00:00Z'/>",
		"<Other xmlns='urn:sluice:collected:1'/>",
		"<Collected xmlns='urn:sluice:collected:1' source='x'/>",
		"<Collected xmlns='urn:sluice:collected:1' source='a b' "
		"collectedAt='2026-11-23T14:00:00Z'/>",
		"<Collected xmlns='urn:sluice:collected:1' source='x' "
		"collectedAt='yesterday'/>",
		"<Collected xmlns='urn:sluice:collected:1' source='x' y='z' "
		"collectedAt='2026-11-23T14:00:00Z'/>",
		HEAD "words" TAIL,
		HEAD "<Status><PrinterState>\xff</PrinterState></Status>" TAIL,
		HEAD "<a xmlns='urn:other'/>" TAIL,
		HEAD TAIL HEAD TAIL,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct collected c = { 0 };
		struct err err = { 0 };
		assert_false(read_text(&c, bad[i], &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_int_equal(c.at, 0);
		for (size_t k = 0; k < DOCUMENT_KINDS; k++) {
			assert_null(c.documents[k]);
		}
		assert_null(c.strays);
	}
}

static void too_big_and_too_deep_is_a_limit(void **state)
{
	struct buf xml = BUF_INIT;
	struct collected c = { 0 };
	struct err err = { 0 };

	(void)state;
	buf_put_str(&xml, HEAD "<Status>");
	for (int i = 0; i < 40; i++) {
		buf_put_str(&xml, "<a>");
	}
	assert_false(read_text(&c, buf_str(&xml), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_reset(&xml);
	err_reset(&err);
	buf_put_str(&xml, HEAD);
	while (xml.len <= COLLECTED_MAX) {
		buf_printf(&xml, "%4096s", "");
	}
	assert_false(read_text(&c, buf_str(&xml), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&xml);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_under_their_names),
		cmocka_unit_test(
			order_does_not_matter_and_becomes_the_catalogues),
		cmocka_unit_test(
			a_field_that_is_in_no_row_is_left_out_and_counted),
		cmocka_unit_test(a_wrong_value_is_left_out_and_not_repeated),
		cmocka_unit_test(groups_without_their_key_are_left_out),
		cmocka_unit_test(
			a_document_that_contradicts_itself_is_left_out),
		cmocka_unit_test(a_second_value_of_a_single_field_is_left_out),
		cmocka_unit_test(repeats_and_strays_are_bounded),
		cmocka_unit_test(bad_xml_adds_nothing),
		cmocka_unit_test(too_big_and_too_deep_is_a_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
