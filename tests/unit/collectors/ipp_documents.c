/*
 * From IPP attributes to documents, with good, poor and hostile printers.
 */
#include "collectors/ipp_documents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "answers.h"

static const char *value(const struct collected *c, enum document_kind kind,
			 const char *path)
{
	const struct item *root = c->documents[kind];
	return root != NULL ? item_text(root, path) : NULL;
}

static void add_meters(ipp_t *ipp)
{
	ipp_t *col = ippNew();

	answers_number(ipp, "printer-impressions-completed", 100);
	ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "monochrome", 40);
	ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER,
		      "monochrome-two-sided", 20);
	ippAddInteger(col, IPP_TAG_ZERO, IPP_TAG_INTEGER, "full-color", 30);
	ippAddCollection(ipp, IPP_TAG_PRINTER,
			 "printer-impressions-completed-col", col);
	ippDelete(col);
}

static void meters_are_read_with_their_source(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	add_meters(ipp);
	answers_number(ipp, "printer-media-sheets-completed", 90);
	answers_collect(ipp, &c);
	const struct item *b = c.documents[DOCUMENT_BILLING];
	assert_string_equal(item_text(b, "TotalImpressions"), "100");
	assert_string_equal(item_find(b, "TotalImpressions")->source,
			    "printer-impressions-completed");
	assert_string_equal(item_text(b, "MonochromeImpressions"), "60");
	assert_string_equal(item_text(b, "FullColorImpressions"), "30");
	assert_string_equal(item_text(b, "ImpressionsTwoSided"), "20");
	assert_string_equal(item_text(b, "TotalSheets"), "90");
	/* No member of that kind was there: that is not 0. */
	assert_null(item_text(b, "BlankImpressions"));
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void a_printer_that_says_nothing_is_unknown_and_not_zero(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	answers_collect(ipp, &c);
	assert_string_equal(value(&c, DOCUMENT_BILLING, "TotalImpressions"),
			    "unknown");
	assert_string_equal(value(&c, DOCUMENT_STATUS, "PrinterState"),
			    "unknown");
	assert_null(c.documents[DOCUMENT_SUPPLIES_USAGE]);
	assert_null(c.documents[DOCUMENT_CUSTOMER_INFO]);
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void out_of_band_counters_are_unknown(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	ippAddOutOfBand(ipp, IPP_TAG_PRINTER, IPP_TAG_NOVALUE,
			"printer-impressions-completed");
	answers_number(ipp, "printer-media-sheets-completed", -2);
	answers_collect(ipp, &c);
	assert_string_equal(value(&c, DOCUMENT_BILLING, "TotalImpressions"),
			    "unknown");
	assert_string_equal(value(&c, DOCUMENT_BILLING, "TotalSheets"),
			    "unknown");
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void state_and_reasons_are_read(void **state)
{
	static const char *const reasons[] = { "media-jam-error",
					       "toner-low-warning" };
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	ippAddInteger(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM, "printer-state", 5);
	ippAddStrings(ipp, IPP_TAG_PRINTER, IPP_TAG_KEYWORD,
		      "printer-state-reasons", 2, NULL, reasons);
	answers_text(ipp, "printer-state-message", "Ask the front desk");
	ippAddBoolean(ipp, IPP_TAG_PRINTER, "printer-is-accepting-jobs", 1);
	answers_number(ipp, "queued-job-count", 2);
	answers_collect(ipp, &c);
	const struct item *s = c.documents[DOCUMENT_STATUS];
	assert_string_equal(item_text(s, "PrinterState"), "stopped");
	assert_string_equal(item_text(s, "PrinterStateReasons"), reasons[0]);
	assert_string_equal(item_text(s, "PrinterIsAcceptingJobs"), "true");
	assert_string_equal(item_text(s, "QueuedJobCount"), "2");
	assert_string_equal(item_text(s, "PrinterStateMessage"),
			    "Ask the front desk");
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void the_serial_number_is_found_in_the_device_id_too(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	answers_text(ipp, "printer-device-id",
		     "MFG:Example;MDL:Printer 7;SN:EX7-1;");
	answers_collect(ipp, &c);
	assert_string_equal(value(&c, DOCUMENT_CONFIGURATION, "SerialNumber"),
			    "EX7-1");
	assert_null(c.strays);
	collected_clear(&c);
	answers_text(ipp, "printer-serial-number", "EX7-2");
	answers_collect(ipp, &c);
	assert_string_equal(value(&c, DOCUMENT_CONFIGURATION, "SerialNumber"),
			    "EX7-2");
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void owner_and_contact_are_read(void **state)
{
	ipp_t *ipp = answers_new(), *col = ippNew();
	struct collected c;

	(void)state;
	answers_text(ipp, "printer-location", "Room 2.14");
	ippAddString(col, IPP_TAG_ZERO, IPP_TAG_NAME, "contact-name", NULL,
		     "Front desk");
	ippAddCollection(ipp, IPP_TAG_PRINTER, "printer-contact-col", col);
	answers_collect(ipp, &c);
	assert_string_equal(value(&c, DOCUMENT_CUSTOMER_INFO,
				  "PrinterLocation"),
			    "Room 2.14");
	assert_string_equal(value(&c, DOCUMENT_CUSTOMER_INFO,
				  "PrinterContact/ContactName"),
			    "Front desk");
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(col);
	ippDelete(ipp);
}

static void values_of_a_wrong_kind_break_nothing(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	answers_text(ipp, "printer-impressions-completed", "many");
	answers_text(ipp, "printer-impressions-completed-col", "more");
	answers_text(ipp, "printer-state", "tired");
	answers_number(ipp, "printer-make-and-model", 7);
	answers_number(ipp, "printer-contact-col", 7);
	answers_number(ipp, "printer-supply", 7);
	answers_number(ipp, "printer-input-tray", 7);
	answers_text(ipp, "printer-state-reasons", "Jane Doe's paper");
	answers_text(ipp, "printer-config-change-date-time", "yesterday");
	answers_collect(ipp, &c);
	assert_string_equal(value(&c, DOCUMENT_BILLING, "TotalImpressions"),
			    "unknown");
	assert_string_equal(value(&c, DOCUMENT_STATUS, "PrinterState"),
			    "unknown");
	/* What is no value of its field is left out and said. */
	assert_null(value(&c, DOCUMENT_STATUS, "PrinterStateReasons"));
	assert_non_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void hostile_text_is_cleaned(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	answers_text(ipp, "printer-info",
		     "</PrinterInfo><Evil/>&#0;\x1b[31m \xff\nnext");
	answers_collect(ipp, &c);
	assert_string_equal(value(&c, DOCUMENT_CONFIGURATION, "PrinterInfo"),
			    "</PrinterInfo><Evil/>&#0;\xef\xbf\xbd[31m "
			    "\xef\xbf\xbd next");
	assert_null(c.strays);
	collected_clear(&c);
	ippDelete(ipp);
}

static void what_is_read_is_asked_for(void **state)
{
	(void)state;
	for (size_t i = 1; ipp_documents_attributes[i] != NULL; i++) {
		assert_true(strcmp(ipp_documents_attributes[i - 1],
				   ipp_documents_attributes[i]) < 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meters_are_read_with_their_source),
		cmocka_unit_test(
			a_printer_that_says_nothing_is_unknown_and_not_zero),
		cmocka_unit_test(out_of_band_counters_are_unknown),
		cmocka_unit_test(state_and_reasons_are_read),
		cmocka_unit_test(
			the_serial_number_is_found_in_the_device_id_too),
		cmocka_unit_test(owner_and_contact_are_read),
		cmocka_unit_test(values_of_a_wrong_kind_break_nothing),
		cmocka_unit_test(hostile_text_is_cleaned),
		cmocka_unit_test(what_is_read_is_asked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
