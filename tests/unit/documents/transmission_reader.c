/*
 * Reading a transmission: whatever the catalogue does not ask for refuses
 * the whole. Wrong inputs are made from a right one by changing one place.
 * What needs the personal gate is in transmission_reader_personal.c.
 */
#include "documents/transmission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define GRANT "019ab0c2-0000-7000-8000-000000000000"

static const char right[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	"<Transmission xmlns=\"urn:sluice:transmission:1\" "
	"transaction=\"" SAMPLES_TRANSACTION "\" machine=\"printer-7\" "
	"reason=\"button\" collectedAt=\"2026-11-23T14:00:00Z\" "
	"catalogue=\"" HEX "\">\n"
	"  <Machine>\n"
	"    <Id>printer-7</Id>\n"
	"    <MakeAndModel>Example Printer 7</MakeAndModel>\n"
	"    <SerialNumber>EX7-004211</SerialNumber>\n"
	"  </Machine>\n"
	"  <Grants>\n"
	"    <Grant service=\"metering\" id=\"" GRANT "\"/>\n"
	"    <Grant service=\"supplies\" id=\"" GRANT "\"/>\n"
	"  </Grants>\n"
	"  <Billing>\n"
	"    <TotalImpressions unit=\"impressions\" source=\"x.1\">7"
	"</TotalImpressions>\n"
	"    <TotalSheets unit=\"sheets\">4</TotalSheets>\n"
	"  </Billing>\n"
	"  <SuppliesUsage>\n"
	"    <Supply>\n"
	"      <Index>1</Index>\n"
	"      <Type>toner</Type>\n"
	"      <SupplyUnit>percent</SupplyUnit>\n"
	"      <Level unit=\"percent\">40</Level>\n"
	"    </Supply>\n"
	"    <Supply>\n"
	"      <Index>2</Index>\n"
	"      <Type>ink</Type>\n"
	"    </Supply>\n"
	"  </SuppliesUsage>\n"
	"</Transmission>\n";

static bool read_bytes(const char *xml, size_t len, size_t step,
		       struct err *err)
{
	struct transmission_reader *r = transmission_reader_new(NULL);
	struct transmission_head head;
	unsigned documents;
	bool fine = true;

	for (size_t at = 0; fine && at < len; at += step) {
		size_t n = len - at < step ? len - at : step;
		fine = transmission_reader_feed(r, xml + at, n, err);
	}
	fine = fine && transmission_reader_finish(r, &head, &documents, err);
	transmission_reader_free(r);
	return fine;
}

/* The right one with the first "from" replaced by "to". */
static enum err_kind changed(const char *from, const char *to)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };
	const char *at = strstr(right, from);

	assert_non_null(at);
	buf_put(&xml, right, (size_t)(at - right));
	buf_put_str(&xml, to);
	buf_put_str(&xml, at + strlen(from));
	bool fine = read_bytes(buf_str(&xml), xml.len, xml.len, &err);
	assert_int_equal(fine, err.kind == ERR_NONE);
	buf_clear(&xml);
	return err.kind;
}

static void pieces_of_any_size_read_alike(void **state)
{
	struct buf all = BUF_INIT;

	(void)state;
	assert_true(read_bytes(right, strlen(right), 1, NULL));
	assert_true(read_bytes(right, strlen(right), 7, NULL));
	samples_transmission(&all, SAMPLES_ALL, true, NULL);
	struct err err = { 0 };
	if (!read_bytes(buf_str(&all), all.len, 13, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&all);
}

static bool on_field(void *ctx, const struct document *document,
		     const char *path, const char *text, const char *unit,
		     const char *source, struct err *err)
{
	struct buf *seen = ctx;

	(void)err;
	buf_printf(seen, "%s|%s=%s|%s|%s\n", document->name, path, text,
		   unit != NULL ? unit : "-", source != NULL ? source : "-");
	return true;
}

static void head_and_fields_come_out_as_they_stand(void **state)
{
	struct buf seen = BUF_INIT;
	struct transmission_seen wanted = { on_field, &seen };
	struct transmission_reader *r = transmission_reader_new(&wanted);
	struct transmission_head head;
	unsigned documents;

	(void)state;
	assert_true(transmission_reader_feed(r, right, strlen(right), NULL));
	assert_true(transmission_reader_finish(r, &head, &documents, NULL));
	assert_string_equal(head.transaction, SAMPLES_TRANSACTION);
	assert_string_equal(head.machine_id, "printer-7");
	assert_string_equal(head.make_and_model, "Example Printer 7");
	assert_string_equal(head.serial_number, "EX7-004211");
	assert_string_equal(head.reason, "button");
	assert_int_equal(head.collected_at, SAMPLES_AT);
	assert_int_equal(head.grants_count, 2);
	assert_int_equal(head.grants[1].service, SERVICE_SUPPLIES);
	assert_int_equal(documents, (1u << DOCUMENT_BILLING) |
					    (1u << DOCUMENT_SUPPLIES_USAGE));
	assert_string_equal(
		buf_str(&seen),
		"Billing|Billing/TotalImpressions=7|impressions|x.1\n"
		"Billing|Billing/TotalSheets=4|sheets|-\n"
		"SuppliesUsage|SuppliesUsage/Supply[1]/Index=1|-|-\n"
		"SuppliesUsage|SuppliesUsage/Supply[1]/Type=toner|-|-\n"
		"SuppliesUsage|SuppliesUsage/Supply[1]/SupplyUnit=percent|-|-\n"
		"SuppliesUsage|SuppliesUsage/Supply[1]/Level=40|percent|-\n"
		"SuppliesUsage|SuppliesUsage/Supply[2]/Index=2|-|-\n"
		"SuppliesUsage|SuppliesUsage/Supply[2]/Type=ink|-|-\n");
	transmission_reader_free(r);
	buf_clear(&seen);
}

static void a_wrong_envelope_is_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "<Transmission xmlns", "<Letter xmlns" },
		{ "urn:sluice:transmission:1", "urn:sluice:transmission:2" },
		{ "reason=\"button\"", "reason=\"whim\"" },
		{ "reason=\"button\" ", "" },
		{ "reason=\"button\"", "reason=\"button\" extra=\"1\"" },
		{ "machine=\"printer-7\"", "machine=\"Printer 7\"" },
		{ "<Id>printer-7<", "<Id>printer-8<" },
		{ "2026-11-23T14:00:00Z", "2026-11-23" },
		{ "0123456789abcdef", "0123456789ABCDEF" },
		{ "0123456789abcdef", "0123" },
		{ "019ab0c2-1234-7abc", "019ab0c2-1234-4abc" },
		{ "<MakeAndModel>Example Printer 7</MakeAndModel>", "" },
		{ "Example Printer 7", "" },
		{ "<SerialNumber>EX7-004211</SerialNumber>",
		  "<SerialNumber>EX7-004211</SerialNumber><More/>" },
		{ "<Id>printer-7</Id>", "<Id><b/></Id>" },
		{ "<Id>", "<Id x='1'>" },
		{ "<Machine>", "<Machine>words" },
		{ "<Grants>", "words<Grants>" },
		{ "service=\"supplies\"", "service=\"metering\"" },
		{ "service=\"supplies\"", "service=\"espionage\"" },
		{ "service=\"supplies\"", "service=\"parts\" x=\"1\"" },
		{ "id=\"" GRANT "\"", "id=\"none\"" },
		{ "<Grant service", "<Gift service" },
		{ "<Machine>", "<Wrong/><Machine>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (changed(rows[i].from, rows[i].to) != ERR_INVALID) {
			fail_msg("%s -> %s", rows[i].from, rows[i].to);
		}
	}
	assert_int_equal(changed("button", "alarm"), ERR_NONE);
}

static void a_document_without_a_grant_is_refused(void **state)
{
	(void)state;
	assert_int_equal(changed("service=\"supplies\"",
				 "service=\"maintenance\""),
			 ERR_INVALID);
	/* Parts have Supplies Usage, too. */
	assert_int_equal(changed("service=\"supplies\"", "service=\"parts\""),
			 ERR_NONE);
	/* Gates and updates cover no document. */
	assert_int_equal(changed("service=\"supplies\"",
				 "service=\"personal\""),
			 ERR_INVALID);
	assert_int_equal(changed("service=\"supplies\"", "service=\"updates\""),
			 ERR_INVALID);
	assert_int_equal(changed("service=\"supplies\"",
				 "service=\"job-data\""),
			 ERR_INVALID);
}

static void unknown_and_misplaced_elements_are_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "<TotalSheets", "<Mystery/><TotalSheets" },
		{ "<Billing>", "<Diary/><Billing>" },
		{ "<Billing>", "<Billing x=\"1\">" },
		{ "<Billing>", "<Billing>words" },
		{ "<Supply>", "<Supply>words" },
		{ "<Supply>", "<Supply unit=\"percent\">" },
		{ "<Index>1</Index>", "" },
		{ "<Index>1</Index>", "<Index>2</Index>" },
		{ "<Index>1</Index>", "<Index>1</Index><Index>1</Index>" },
		{ "<Index>1</Index>", "<Index>1<b/></Index>" },
		{ "<Index>1</Index>", "<Index> 1</Index>" },
		{ "<Index>1</Index>", "<Index>one</Index>" },
		{ "<Index>1</Index>", "<Index></Index>" },
		{ "<Index>1</Index>\n      <Type>toner</Type>",
		  "<Type>toner</Type><Index>1</Index>" },
		{ "<Type>toner</Type>", "<Type>people</Type>" },
		{ "<Level unit=\"percent\">", "<Level>" },
		{ "<Level unit=\"percent\">", "<Level unit=\"sheets\">" },
		{ "<Level unit=\"percent\">", "<Level unit=\"miles\">" },
		{ "<Level unit=\"percent\">",
		  "<Level unit=\"percent\" who=\"Jane\">" },
		{ "source=\"x.1\"", "source=\"Jane Doe\"" },
		{ "<TotalSheets unit=\"sheets\">4</TotalSheets>",
		  "<TotalSheets unit=\"sheets\">4</TotalSheets>"
		  "<TotalSheets unit=\"sheets\">4</TotalSheets>" },
		{ "</SuppliesUsage>", "</SuppliesUsage><Billing>"
				      "<TotalImpressions unit=\"impressions\">7"
				      "</TotalImpressions></Billing>" },
		{ "</Billing>", "</Billing><CustomerInfo/>" },
		{ "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
		  "<!DOCTYPE Transmission>" },
		{ "<TotalSheets", "<?php?><TotalSheets" },
		{ "</Transmission>", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (changed(rows[i].from, rows[i].to) != ERR_INVALID) {
			fail_msg("%s -> %s", rows[i].from, rows[i].to);
		}
	}
}

static void a_field_that_never_leaves_is_refused(void **state)
{
	(void)state;
	assert_int_equal(changed("  <SuppliesUsage>\n",
				 "<Status><PrinterState>idle</PrinterState>"
				 "<QueuedJobCount>1</QueuedJobCount></Status>"
				 "<SuppliesUsage>"),
			 ERR_INVALID);
}

static void a_sample_needs_no_grant_and_a_transmission_one(void **state)
{
	struct buf sample = BUF_INIT;
	struct redact_rules rules = { .services =
					      SERVICE_BIT(SERVICE_METERING) };
	struct withheld_list withheld = { .at = NULL };
	struct transmission_head head;
	struct collected c;

	(void)state;
	samples_collect(&c);
	samples_head(&head, 0);
	assert_true(transmission_write(&head, &c, &rules, &sample, &withheld,
				       NULL));
	assert_true(read_bytes(buf_str(&sample), sample.len, 100, NULL));
	char *reason = strstr((char *)sample.data, "\"sample\"");
	memcpy(reason, "\"button\"", 8);
	assert_false(read_bytes(buf_str(&sample), sample.len, 100, NULL));
	buf_clear(&sample);
	withheld_clear(&withheld);
	collected_clear(&c);
}

static void limits_hold(void **state)
{
	struct buf xml = BUF_INIT;
	struct err err = { 0 };
	const char *at = strstr(right, "<Supply>");

	(void)state;
	buf_put(&xml, right, (size_t)(at - right));
	for (int i = 0; i <= FIELD_REPEAT_MAX; i++) {
		buf_printf(&xml,
			   "<Supply><Index>%d</Index><Type>ink</Type>"
			   "</Supply>",
			   100 + i);
	}
	buf_put_str(&xml, "</SuppliesUsage></Transmission>");
	assert_false(read_bytes(buf_str(&xml), xml.len, 4096, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	buf_reset(&xml);
	err_reset(&err);
	buf_put(&xml, right, (size_t)(at - right));
	while (xml.len <= TRANSMISSION_MAX) {
		buf_printf(&xml, "%1000s\n", "");
	}
	assert_false(read_bytes(buf_str(&xml), xml.len, 4096, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&xml);
}

static bool refuse(void *ctx, const struct document *document, const char *path,
		   const char *text, const char *unit, const char *source,
		   struct err *err)
{
	(void)ctx;
	(void)document;
	(void)path;
	(void)text;
	(void)unit;
	(void)source;
	return err_set(err, ERR_IO, "the disk is full");
}

static void who_takes_the_fields_can_stop_the_reading(void **state)
{
	struct transmission_seen seen = { refuse, NULL };
	struct transmission_reader *r = transmission_reader_new(&seen);
	struct err err = { 0 };

	(void)state;
	assert_false(transmission_reader_feed(r, right, strlen(right), &err));
	assert_int_equal(err.kind, ERR_IO);
	transmission_reader_free(r);
	transmission_reader_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_any_size_read_alike),
		cmocka_unit_test(head_and_fields_come_out_as_they_stand),
		cmocka_unit_test(a_wrong_envelope_is_refused),
		cmocka_unit_test(a_document_without_a_grant_is_refused),
		cmocka_unit_test(unknown_and_misplaced_elements_are_refused),
		cmocka_unit_test(a_field_that_never_leaves_is_refused),
		cmocka_unit_test(
			a_sample_needs_no_grant_and_a_transmission_one),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(who_takes_the_fields_can_stop_the_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
