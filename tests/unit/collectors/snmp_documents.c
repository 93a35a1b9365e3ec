/*
 * From an agent's values to documents, with good, poor and strange printers.
 */
#include "collectors/snmp_documents.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "agent.h"

#define MARKER "1.3.6.1.2.1.43.10.2.1."
#define PATHS "1.3.6.1.2.1.43.13.4.1."
#define SYSTEM "1.3.6.1.2.1.1."
#define GENERAL "1.3.6.1.2.1.43.5.1.1."

static void add_marker(struct agent *a, const char *unit_name, int64_t unit,
		       const char *count_name, int64_t count)
{
	agent_number(a, unit_name, unit);
	agent_number(a, count_name, count);
}

static void one_engine_that_counts_impressions_is_the_meter(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	add_marker(&a, MARKER "3.1.1", 7, MARKER "4.1.1", 48213);
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *b = c.documents[DOCUMENT_BILLING];
	assert_string_equal(item_text(b, "TotalImpressions"), "48213");
	assert_string_equal(item_find(b, "TotalImpressions")->source,
			    MARKER "4.1.1");
	assert_null(item_text(b, "TotalSheets"));
	assert_string_equal(item_text(b, "Marker/LifeCount"), "48213");
	assert_string_equal(item_find(b, "Marker/LifeCount")->unit,
			    "impressions");
	collected_clear(&c);
	agent_clear(&a);
}

static void one_that_counts_sheets_is_the_meter_of_sheets(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	add_marker(&a, MARKER "3.1.1", 8, MARKER "4.1.1", 500);
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *b = c.documents[DOCUMENT_BILLING];
	assert_string_equal(item_text(b, "TotalImpressions"), "unknown");
	assert_string_equal(item_text(b, "TotalSheets"), "500");
	assert_string_equal(item_find(b, "Marker/LifeCount")->unit, "sheets");
	collected_clear(&c);
	agent_clear(&a);
}

static void several_engines_are_not_added_up(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	add_marker(&a, MARKER "3.1.1", 7, MARKER "4.1.1", 100);
	add_marker(&a, MARKER "3.1.2", 7, MARKER "4.1.2", 200);
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *b = c.documents[DOCUMENT_BILLING];
	assert_string_equal(item_text(b, "TotalImpressions"), "unknown");
	assert_string_equal(item_text(b, "Marker/LifeCount"), "100");
	collected_clear(&c);
	agent_clear(&a);
}

static void a_count_of_nobody_knows_what_is_unknown(void **state)
{
	static const int64_t units[] = { 0, 2, 99, -1 };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct agent a = { .asked = 0 };
		struct collected c;
		add_marker(&a, MARKER "3.1.1", units[i], MARKER "4.1.1", 9);
		agent_collect(&a, &c);
		assert_null(c.strays);
		assert_string_equal(agent_value(&c, DOCUMENT_BILLING,
						"TotalImpressions"),
				    "unknown");
		assert_string_equal(agent_value(&c, DOCUMENT_BILLING,
						"Marker/LifeCount"),
				    "unknown");
		collected_clear(&c);
		agent_clear(&a);
	}
}

static void a_printer_that_says_nothing_is_unknown_and_not_zero(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_collect(&a, &c);
	assert_null(c.strays);
	assert_string_equal(agent_value(&c, DOCUMENT_BILLING,
					"TotalImpressions"),
			    "unknown");
	assert_string_equal(agent_value(&c, DOCUMENT_STATUS, "PrinterState"),
			    "unknown");
	assert_null(c.documents[DOCUMENT_FAULTS]);
	assert_null(c.documents[DOCUMENT_SUPPLIES_USAGE]);
	assert_null(c.documents[DOCUMENT_CUSTOMER_INFO]);
	assert_string_equal(agent_value(&c, DOCUMENT_CONFIGURATION, "HostName"),
			    "192.0.2.7");
	collected_clear(&c);
	agent_clear(&a);
}

static void identity_and_owner_are_read(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_text(&a, SYSTEM "1.0", "Example 7; firmware 1");
	agent_text(&a, SYSTEM "4.0", "Front desk");
	agent_text(&a, SYSTEM "5.0", "printer-3f");
	agent_text(&a, SYSTEM "6.0", "Third floor");
	agent_text(&a, "1.3.6.1.2.1.25.3.2.1.3.1", "Example 7");
	agent_text(&a, GENERAL "4.1", "Ada Example");
	agent_text(&a, GENERAL "5.1", "");
	agent_text(&a, GENERAL "16.1", "west");
	agent_text(&a, GENERAL "17.1", "EX7-1");
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *conf = c.documents[DOCUMENT_CONFIGURATION];
	assert_string_equal(item_text(conf, "MakeAndModel"), "Example 7");
	assert_string_equal(item_text(conf, "SerialNumber"), "EX7-1");
	assert_string_equal(item_text(conf, "PrinterName"), "west");
	assert_string_equal(item_text(conf, "HostName"), "printer-3f");
	const struct item *who = c.documents[DOCUMENT_CUSTOMER_INFO];
	assert_string_equal(item_text(who, "PrinterLocation"), "Third floor");
	const struct item *contact = item_find(who, "PrinterContact");
	assert_string_equal(item_text(contact, "ContactName"), "Front desk");
	assert_string_equal(item_text(contact->next, "ContactName"),
			    "Ada Example");
	assert_null(contact->next->next);
	collected_clear(&c);
	agent_clear(&a);
}

static void the_model_is_in_the_description_too(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_text(&a, SYSTEM "1.0", "Example 7");
	agent_text(&a, "1.3.6.1.2.1.25.3.2.1.3.1", " ");
	agent_collect(&a, &c);
	assert_string_equal(agent_value(&c, DOCUMENT_CONFIGURATION,
					"MakeAndModel"),
			    "Example 7");
	collected_clear(&c);
	agent_clear(&a);
}

static void colour_sides_and_speed_are_read(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_number(&a, MARKER "6.1.1", 1);
	agent_number(&a, MARKER "6.1.2", 4);
	agent_number(&a, PATHS "2.1.1", 7);
	agent_number(&a, PATHS "4.1.1", 2700);
	agent_number(&a, PATHS "9.1.1", 5);
	agent_number(&a, PATHS "2.1.2", 7);
	agent_number(&a, PATHS "4.1.2", 2400);
	agent_number(&a, PATHS "9.1.2", 3);
	agent_number(&a, PATHS "2.1.3", 9); /* rows of dots */
	agent_number(&a, PATHS "4.1.3", 99999);
	agent_number(&a, PATHS "9.1.3", 3);
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *conf = c.documents[DOCUMENT_CONFIGURATION];
	assert_string_equal(item_text(conf, "ColorSupported"), "true");
	assert_string_equal(item_text(conf, "PagesPerMinute"), "45");
	const struct item *sides = item_find(conf, "SidesSupported");
	assert_string_equal(sides->text, "two-sided-long-edge");
	assert_string_equal(sides->next->text, "one-sided");
	collected_clear(&c);
	agent_clear(&a);
}

static void the_panel_and_the_time_since_power_on_are_read(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_text(&a, "1.3.6.1.2.1.43.16.5.1.2.1.1", "Ready");
	agent_text(&a, "1.3.6.1.2.1.43.16.5.1.2.1.2", "");
	agent_text(&a, "1.3.6.1.2.1.43.16.5.1.2.1.3", "<Tray 1>");
	agent_number(&a, SNMP_UPTIME, 250);
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *s = c.documents[DOCUMENT_STATUS];
	const struct item *line = item_find(s, "ConsoleText");
	assert_string_equal(line->text, "Ready");
	assert_string_equal(line->next->text, "<Tray 1>");
	assert_string_equal(item_text(s, "PrinterUpTime"), "2");
	collected_clear(&c);
	agent_number(&a, "1.3.6.1.2.1.25.1.1.0", 90000);
	agent_collect(&a, &c);
	assert_string_equal(agent_value(&c, DOCUMENT_STATUS, "PrinterUpTime"),
			    "900");
	collected_clear(&c);
	agent_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			one_engine_that_counts_impressions_is_the_meter),
		cmocka_unit_test(one_that_counts_sheets_is_the_meter_of_sheets),
		cmocka_unit_test(several_engines_are_not_added_up),
		cmocka_unit_test(a_count_of_nobody_knows_what_is_unknown),
		cmocka_unit_test(
			a_printer_that_says_nothing_is_unknown_and_not_zero),
		cmocka_unit_test(identity_and_owner_are_read),
		cmocka_unit_test(the_model_is_in_the_description_too),
		cmocka_unit_test(colour_sides_and_speed_are_read),
		cmocka_unit_test(
			the_panel_and_the_time_since_power_on_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
