/*
 * Trays and bins.
 */
#include "collectors/ipp_trays.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "answers.h"

static void trays_and_bins_are_read(void **state)
{
	static const char *const in[] = {
		"type=sheetFeedAutoRemovableTray;maxcapacity=520;level=340;"
		"status=0;name=Tray 1;medianame=Letterhead;",
		"type=drawer;maxcapacity=-2;level=-3;unit=sheets;status=x;",
		";", NULL
	};
	static const char *const out[] = {
		"type=unRemovableBin;maxcapacity=500;remaining=-2;", NULL
	};
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	answers_octets(ipp, "printer-input-tray", in);
	answers_octets(ipp, "printer-output-tray", out);
	answers_collect(ipp, &c);
	assert_null(c.strays);
	const struct item *root = c.documents[DOCUMENT_CONFIGURATION];
	const struct item *tray = item_find(root, "InputTray");
	assert_string_equal(item_text(tray, "Level"), "340");
	assert_string_equal(item_find(tray, "Level")->unit, "sheets");
	assert_string_equal(item_text(tray, "Name"), "Tray 1");
	assert_string_equal(item_text(tray, "MediaName"), "Letterhead");
	tray = tray->next;
	assert_string_equal(item_text(tray, "Index"), "2");
	assert_string_equal(item_text(tray, "Type"), "other");
	assert_string_equal(item_text(tray, "Level"), "some");
	assert_string_equal(item_text(tray, "Status"), "unknown");
	assert_string_equal(item_text(tray->next, "Index"), "3");
	assert_string_equal(item_text(root, "OutputTray/Remaining"), "unknown");
	collected_clear(&c);
	ippDelete(ipp);
}

static void more_trays_than_anybody_has_are_cut(void **state)
{
	static const char *many[1001];
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		many[i] = "type=other;";
	}
	answers_octets(ipp, "printer-input-tray", many);
	answers_collect(ipp, &c);
	assert_null(c.strays);
	const struct item *root = c.documents[DOCUMENT_CONFIGURATION];
	assert_int_equal(item_count(root, item_find(root, "InputTray")->field),
			 FIELD_REPEAT_MAX);
	collected_clear(&c);
	ippDelete(ipp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trays_and_bins_are_read),
		cmocka_unit_test(more_trays_than_anybody_has_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
