/*
 * Supplies from printer-supply and from marker-*.
 */
#include "collectors/ipp_supplies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "answers.h"

static const struct item *nth(const struct collected *c, size_t n)
{
	const struct item *i = c->documents[DOCUMENT_SUPPLIES_USAGE]->children;
	while (i != NULL && n-- > 0) {
		i = i->next;
	}
	return i;
}

static void printer_supply_is_read_with_the_mibs_meanings(void **state)
{
	static const char *const supplies[] = {
		"type=toner;class=supplyThatIsConsumed;unit=percent;"
		"maxcapacity=100;level=62;colorantname=black;",
		"type=wasteToner;class=receptacleThatIsFilled;unit=percent;"
		"maxcapacity=100;level=35;colorantname=none;",
		"type=staples;unit=items;maxcapacity=-2;level=-3", NULL
	};
	static const char *const names[] = { "Black", "Waste", NULL };
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	answers_octets(ipp, "printer-supply", supplies);
	answers_texts(ipp, "printer-supply-description", names);
	answers_collect(ipp, &c);
	assert_null(c.strays);
	assert_string_equal(item_text(nth(&c, 0), "Level"), "62");
	assert_string_equal(item_find(nth(&c, 0), "Level")->unit, "percent");
	assert_string_equal(item_text(nth(&c, 0), "ColorantName"), "black");
	assert_string_equal(item_text(nth(&c, 0), "Description"), "Black");
	assert_string_equal(item_text(nth(&c, 1), "Class"),
			    "receptacleThatIsFilled");
	assert_null(item_text(nth(&c, 1), "ColorantName"));
	assert_string_equal(item_text(nth(&c, 2), "Level"), "some");
	assert_string_equal(item_text(nth(&c, 2), "MaxCapacity"), "unknown");
	assert_string_equal(item_text(nth(&c, 2), "Index"), "3");
	assert_null(item_text(nth(&c, 2), "Description"));
	collected_clear(&c);
	ippDelete(ipp);
}

static void strange_supplies_are_other_and_unknown(void **state)
{
	static const char *const supplies[] = {
		"type=gold;class=noble;unit=bars;maxcapacity=lots;level=;",
		"nonsense", "level=9999999999999999999;", NULL
	};
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	answers_octets(ipp, "printer-supply", supplies);
	answers_collect(ipp, &c);
	assert_null(c.strays);
	assert_string_equal(item_text(nth(&c, 0), "Type"), "other");
	assert_string_equal(item_text(nth(&c, 0), "Class"), "other");
	assert_string_equal(item_text(nth(&c, 0), "SupplyUnit"), "unknown");
	assert_string_equal(item_text(nth(&c, 0), "MaxCapacity"), "unknown");
	assert_null(item_text(nth(&c, 0), "Level"));
	assert_string_equal(item_text(nth(&c, 1), "Type"), "unknown");
	assert_string_equal(item_text(nth(&c, 2), "Level"), "unknown");
	collected_clear(&c);
	ippDelete(ipp);
}

static void add_markers(ipp_t *ipp)
{
	static const char *const names[] = { "Black", "Waste", NULL };
	static const char *const types[] = { "toner", "waste-toner", NULL };
	static const char *const colors[] = { "#000000", "none", NULL };
	static const int levels[] = { 62, -3 };
	static const int low[] = { 10, 0 };

	answers_texts(ipp, "marker-names", names);
	answers_texts(ipp, "marker-types", types);
	answers_texts(ipp, "marker-colors", colors);
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_INTEGER, "marker-levels",
		       2, levels);
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_INTEGER,
		       "marker-low-levels", 2, low);
}

static void markers_stand_in_where_there_is_no_printer_supply(void **state)
{
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	add_markers(ipp);
	answers_collect(ipp, &c);
	assert_null(c.strays);
	assert_string_equal(item_text(nth(&c, 0), "Type"), "toner");
	assert_string_equal(item_text(nth(&c, 0), "ColorantName"), "black");
	assert_string_equal(item_text(nth(&c, 0), "LowLevel"), "10");
	assert_string_equal(item_text(nth(&c, 1), "Type"), "wasteToner");
	assert_string_equal(item_text(nth(&c, 1), "Class"),
			    "receptacleThatIsFilled");
	assert_string_equal(item_text(nth(&c, 1), "Level"), "some");
	assert_string_equal(item_find(nth(&c, 1), "Level")->source,
			    "marker-levels");
	collected_clear(&c);
	ippDelete(ipp);
}

static void limits_are_taken_from_the_marker_of_the_same_name(void **state)
{
	static const char *const supplies[] = {
		"type=wasteToner;unit=percent;level=3;",
		"type=toner;unit=percent;level=62;", NULL
	};
	static const char *const names[] = { "Waste", "Black", NULL };
	ipp_t *ipp = answers_new();
	struct collected c;

	(void)state;
	add_markers(ipp);
	answers_octets(ipp, "printer-supply", supplies);
	answers_texts(ipp, "printer-supply-description", names);
	answers_collect(ipp, &c);
	assert_string_equal(item_text(nth(&c, 0), "LowLevel"), "0");
	assert_string_equal(item_text(nth(&c, 1), "LowLevel"), "10");
	assert_null(nth(&c, 2));
	collected_clear(&c);
	ippDelete(ipp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printer_supply_is_read_with_the_mibs_meanings),
		cmocka_unit_test(strange_supplies_are_other_and_unknown),
		cmocka_unit_test(
			markers_stand_in_where_there_is_no_printer_supply),
		cmocka_unit_test(
			limits_are_taken_from_the_marker_of_the_same_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
