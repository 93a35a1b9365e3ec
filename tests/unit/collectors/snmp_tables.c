/*
 * Tables of the Printer MIB as groups, and that all of them agree with the
 * catalogue.
 */
#include "collectors/snmp_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "agent.h"

#define INPUT "1.3.6.1.2.1.43.8.2.1."
#define SUPPLY "1.3.6.1.2.1.43.11.1.1."
#define COLORANT "1.3.6.1.2.1.43.12.1.1.4.1."
#define ALERT "1.3.6.1.2.1.43.18.1.1."

static const struct field *field_of(const struct snmp_table *t,
				    const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", t->group, name);
	return document_field(document_of(t->document), path);
}

static void each_column_is_a_field_and_each_word_one_of_its(void **state)
{
	(void)state;
	for (size_t i = 0; snmp_tables[i] != NULL; i++) {
		const struct snmp_table *t = snmp_tables[i];
		size_t n = 0;
		for (; t->columns[n].number != 0; n++) {
			const struct snmp_column *c = &t->columns[n];
			assert_true(n == 0 ||
				    c->number > t->columns[n - 1].number);
			if (c->field == NULL) {
				continue;
			}
			const struct field *f = field_of(t, c->field);
			assert_non_null(f);
			for (const struct snmp_word *w = c->words;
			     w != NULL && w->word != NULL; w++) {
				assert_true(f->choices == NULL ||
					    field_word_in(f->choices, w->word));
				if (w->number == 0) {
					break;
				}
			}
		}
		assert_true(n < SNMP_COLUMNS_MAX);
	}
}

static void each_unit_is_one_of_the_catalogue(void **state)
{
	static const struct {
		const struct snmp_table *table;
		const char *field;
	} rows[] = {
		{ &snmp_table_inputs, "Level" },
		{ &snmp_table_outputs, "Remaining" },
		{ &snmp_table_markers, "LifeCount" },
		{ &snmp_table_supplies, "Level" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct field *f = field_of(rows[i].table, rows[i].field);
		const struct snmp_word *w = rows[i].table->units;
		for (; w->number != 0; w++) {
			assert_true(field_word_in(f->units, w->word));
		}
	}
}

static void a_supply_has_its_colour_and_its_unit(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_number(&a, SUPPLY "3.1.4", 2);
	agent_number(&a, SUPPLY "4.1.4", 4);
	agent_number(&a, SUPPLY "5.1.4", 4);
	agent_number(&a, SUPPLY "7.1.4", 13);
	agent_number(&a, SUPPLY "9.1.4", -3);
	agent_text(&a, COLORANT "2", "cyan");
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *s =
		item_find(c.documents[DOCUMENT_SUPPLIES_USAGE], "Supply");
	assert_string_equal(item_text(s, "Index"), "4");
	assert_string_equal(item_text(s, "Class"), "receptacleThatIsFilled");
	assert_string_equal(item_text(s, "Type"), "wasteToner");
	assert_string_equal(item_text(s, "Level"), "some");
	assert_string_equal(item_find(s, "Level")->unit, "tenthsOfGrams");
	assert_string_equal(item_find(s, "Level")->source, SUPPLY "9.1.4");
	assert_string_equal(item_text(s, "SupplyUnit"), "tenthsOfGrams");
	assert_string_equal(item_text(s, "ColorantName"), "cyan");
	assert_string_equal(item_find(s, "ColorantName")->source, COLORANT "2");
	collected_clear(&c);
	agent_clear(&a);
}

static void a_supply_of_no_colour_kind_or_unit_is_one(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_number(&a, SUPPLY "3.1.1", 0);
	agent_number(&a, SUPPLY "9.1.1", 50);
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *s =
		item_find(c.documents[DOCUMENT_SUPPLIES_USAGE], "Supply");
	assert_string_equal(item_text(s, "Type"), "unknown");
	assert_string_equal(item_find(s, "Level")->unit, "unknown");
	assert_null(item_text(s, "ColorantName"));
	collected_clear(&c);
	agent_clear(&a);
}

static void trays_have_their_names_and_levels(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_number(&a, INPUT "2.1.1", 3);
	agent_number(&a, INPUT "8.1.1", 8);
	agent_number(&a, INPUT "9.1.1", 520);
	agent_number(&a, INPUT "10.1.1", 340);
	agent_text(&a, INPUT "13.1.1", "Tray 1");
	agent_number(&a, INPUT "2.2.1", 3); /* another device's */
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *t =
		item_find(c.documents[DOCUMENT_CONFIGURATION], "InputTray");
	assert_string_equal(item_text(t, "Type"), "sheetFeedAutoRemovableTray");
	assert_string_equal(item_text(t, "Level"), "340");
	assert_string_equal(item_find(t, "Level")->unit, "sheets");
	assert_string_equal(item_text(t, "Name"), "Tray 1");
	assert_true(t->next == NULL || t->next->field != t->field);
	collected_clear(&c);
	agent_clear(&a);
}

static void alerts_that_went_meanwhile_are_left_out(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	/* What a walk keeps of a row that went: some columns. */
	agent_number(&a, ALERT "7.1.3", 8);
	agent_text(&a, ALERT "8.1.3", "gone");
	agent_number(&a, ALERT "2.1.4", 3);
	agent_number(&a, ALERT "7.1.4", 808);
	agent_collect(&a, &c);
	assert_null(c.strays);
	const struct item *f = item_find(c.documents[DOCUMENT_FAULTS], "Fault");
	assert_string_equal(item_text(f, "Index"), "4");
	assert_string_equal(item_text(f, "Code"), "inputMediaSupplyEmpty");
	assert_null(f->next);
	collected_clear(&c);
	agent_clear(&a);
}

static void alert_times_are_told_in_utc(void **state)
{
	static const struct {
		int64_t up, then;
		const char *time;
	} rows[] = {
		{ 360000, 360000, "2026-11-23T14:00:00Z" },
		{ 360000, 354000, "2026-11-23T13:59:00Z" },
		{ 360000, 1, "2026-11-23T13:00:01Z" },
		/* After now: the clock of the agent began again. */
		{ 360000, 360001, "unknown" },
		/* An agent that keeps no time */
		{ 360000, 0, "unknown" },
		{ 360000, -5, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct agent a = { .asked = 0 };
		struct collected c;
		agent_number(&a, SNMP_UPTIME, rows[i].up);
		agent_number(&a, ALERT "2.1.1", 3);
		agent_number(&a, ALERT "9.1.1", rows[i].then);
		agent_collect(&a, &c);
		assert_null(c.strays);
		assert_string_equal(agent_value(&c, DOCUMENT_FAULTS,
						"Fault/Time"),
				    rows[i].time);
		collected_clear(&c);
		agent_clear(&a);
	}
}

static void alert_times_without_uptime_are_unknown(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_number(&a, ALERT "2.1.1", 3);
	agent_number(&a, ALERT "9.1.1", 100);
	agent_collect(&a, &c);
	assert_string_equal(agent_value(&c, DOCUMENT_FAULTS, "Fault/Time"),
			    "unknown");
	collected_clear(&c);
	agent_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_column_is_a_field_and_each_word_one_of_its),
		cmocka_unit_test(each_unit_is_one_of_the_catalogue),
		cmocka_unit_test(a_supply_has_its_colour_and_its_unit),
		cmocka_unit_test(a_supply_of_no_colour_kind_or_unit_is_one),
		cmocka_unit_test(trays_have_their_names_and_levels),
		cmocka_unit_test(alerts_that_went_meanwhile_are_left_out),
		cmocka_unit_test(alert_times_are_told_in_utc),
		cmocka_unit_test(alert_times_without_uptime_are_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
