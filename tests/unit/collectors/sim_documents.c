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

#include "sim_reading.h"

#define MONDAY SIM_MONDAY

static void nothing_is_outside_the_catalogue_at_any_time(void **state)
{
	struct sim_engine e;
	const struct document *d;
	unsigned seen = 0;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	for (int hour = 0; hour < 24 * 40; hour++) {
		struct collected c;
		sim_engine_run(&e, MONDAY + hour * 3600);
		sim_reading(&e, MONDAY + hour * 3600, &c);
		if (c.strays != NULL) {
			fail_msg("%s: %s", c.strays->path, c.strays->reason);
		}
		for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
			seen |= c.documents[d->kind] != NULL ? 1u << d->kind
							     : 0;
		}
		collected_clear(&c);
	}
	assert_int_equal(seen, (1u << DOCUMENT_KINDS) - 2);
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
	sim_reading(&e, MONDAY + 20 * 24 * 3600, &c);
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
	sim_reading(&e, MONDAY, &c);
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

/* ---- what may leave and what may not have no text in common ---- */

static bool is_private(const struct item *item)
{
	return item->field->class != CLASS_MACHINE &&
	       item->field->class != CLASS_UNSET && item->text != NULL;
}

static void look_below(const struct item *at, const char *text)
{
	for (; at != NULL; at = at->next) {
		if (at->text != NULL && !is_private(at) &&
		    at->field->type != TYPE_LINE &&
		    strstr(at->text, text) != NULL) {
			fail_msg("\"%s\" may not leave and stands in %s", text,
				 at->field->path);
		}
		look_below(at->children, text);
	}
}

static void look_everywhere(const struct collected *c, const struct item *at)
{
	for (; at != NULL; at = at->next) {
		/* Counts of jobs are numbers as others are. */
		if (is_private(at) && at->field->type != TYPE_COUNTER) {
			assert_true(strlen(at->text) >= 4);
			for (size_t k = 1; k < DOCUMENT_KINDS; k++) {
				const struct item *d = c->documents[k];
				look_below(d != NULL ? d->children : NULL,
					   at->text);
			}
		}
		look_everywhere(c, at->children);
	}
}

static void a_search_for_what_may_not_leave_finds_only_that(void **state)
{
	(void)state;
	for (int days = 10; days <= 60; days += 10) {
		struct sim_engine e;
		struct collected c;
		sim_reading_after(days, &e, &c);
		for (size_t k = 1; k < DOCUMENT_KINDS; k++) {
			const struct item *d = c.documents[k];
			look_everywhere(&c, d != NULL ? d->children : NULL);
		}
		collected_clear(&c);
	}
}

static void a_fault_stops_the_printer(void **state)
{
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_engine_init(&e, 1, MONDAY);
	e.fault = SIM_FAULT_JAM;
	sim_reading(&e, MONDAY, &c);
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
		cmocka_unit_test(
			a_search_for_what_may_not_leave_finds_only_that),
		cmocka_unit_test(a_fault_stops_the_printer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
