/*
 * What the simulated printer says is in the catalogue, all of it, always.
 */
#include "collectors/sim_documents.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MONDAY INT64_C(1795392000)

static void read_engine(const struct sim_engine *e, int64_t now,
			struct collected *c)
{
	struct collected_writer *w = collected_writer_new("sim", now);
	struct buf xml = BUF_INIT;
	struct err err = { 0 };

	sim_documents_put(e, now, w);
	collected_writer_finish(w, &xml);
	memset(c, 0, sizeof(*c));
	if (!collected_read(c, xml.data, xml.len, &err)) {
		fail_msg("%s", err.text);
	}
	buf_clear(&xml);
}

static void nothing_is_outside_the_catalogue_at_any_time(void **state)
{
	struct sim_engine e;
	const struct document *d;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	for (int hour = 0; hour < 24 * 40; hour++) {
		struct collected c;
		sim_engine_run(&e, MONDAY + hour * 3600);
		read_engine(&e, MONDAY + hour * 3600, &c);
		if (c.strays != NULL) {
			fail_msg("%s: %s", c.strays->path, c.strays->reason);
		}
		for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
			assert_non_null(c.documents[d->kind]);
		}
		collected_clear(&c);
	}
}

static uint64_t number(const struct item *root, const char *path)
{
	const char *text = item_text(root, path);

	assert_non_null(text);
	return strtoull(text, NULL, 10);
}

static void meters_add_up(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_engine_init(&e, 5, MONDAY);
	sim_engine_run(&e, MONDAY + 20 * 24 * 3600);
	read_engine(&e, MONDAY + 20 * 24 * 3600, &c);
	const struct item *b = c.documents[DOCUMENT_BILLING];
	uint64_t total = number(b, "TotalImpressions");
	assert_int_equal(total, number(b, "MonochromeImpressions") +
					number(b, "FullColorImpressions"));
	assert_int_equal(number(b, "TotalSheets"),
			 number(b, "MonochromeSheets") +
				 number(b, "FullColorSheets"));
	uint64_t by_size = 0, by_service = 0;
	for (const struct item *i = b->children; i != NULL; i = i->next) {
		if (strcmp(i->field->path, "SizeClass") == 0) {
			by_size += number(i, "Impressions");
		}
		if (strcmp(i->field->path, "Service") == 0 &&
		    item_text(i, "Impressions") != NULL) {
			by_service += number(i, "Impressions");
		}
	}
	assert_int_equal(by_size, total);
	assert_int_equal(by_service, total);
	assert_int_equal(number(b, "Marker/LifeCount"), total);
	collected_clear(&c);
}

static void every_document_has_what_must_be_withheld(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	read_engine(&e, MONDAY, &c);
	assert_non_null(
		item_text(c.documents[DOCUMENT_STATUS], "PrinterStateMessage"));
	assert_non_null(
		item_text(c.documents[DOCUMENT_STATUS], "QueuedJobCount"));
	assert_non_null(
		item_text(c.documents[DOCUMENT_CONFIGURATION], "HostName"));
	assert_non_null(item_text(c.documents[DOCUMENT_CUSTOMER_INFO],
				  "PrinterContact/ContactName"));
	collected_clear(&c);
}

static void a_fault_stops_the_printer(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	e.fault = SIM_FAULT_JAM;
	read_engine(&e, MONDAY, &c);
	const struct item *s = c.documents[DOCUMENT_STATUS];
	assert_string_equal(item_text(s, "PrinterState"), "stopped");
	assert_string_equal(item_text(s, "PrinterStateReasons"),
			    "media-jam-error");
	assert_string_equal(item_text(s, "DetectedErrorState"), "jammed");
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_outside_the_catalogue_at_any_time),
		cmocka_unit_test(meters_add_up),
		cmocka_unit_test(every_document_has_what_must_be_withheld),
		cmocka_unit_test(a_fault_stops_the_printer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
