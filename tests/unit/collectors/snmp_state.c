/*
 * The state of a printer from the Host Resources MIB.
 */
#include "collectors/snmp_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "agent.h"

static void states_are_those_of_the_printer_mib(void **state)
{
	/* RFC 3805, section 2.2.13.2; 0 = the object is not there */
	static const struct {
		int64_t device, printer;
		const char *word;
	} rows[] = {
		{ 2, 3, "idle" },    { 2, 4, "processing" },
		{ 3, 3, "idle" },    { 3, 4, "processing" },
		{ 5, 1, "stopped" }, { 5, 5, "stopped" },
		{ 2, 1, "idle" },    { 2, 5, "idle" },
		{ 4, 3, "stopped" }, { 1, 3, "idle" },
		{ 0, 3, "idle" },    { 0, 4, "processing" },
		{ 0, 1, "unknown" }, { 2, 2, "unknown" },
		{ 2, 0, "unknown" }, { 5, 0, "stopped" },
		{ 0, 0, "unknown" }, { 77, 77, "unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct agent a = { .asked = 0 };
		struct collected c;
		if (rows[i].device != 0) {
			agent_number(&a, SNMP_STATE_DEVICE ".1",
				     rows[i].device);
		}
		if (rows[i].printer != 0) {
			agent_number(&a, SNMP_STATE_PRINTER ".1",
				     rows[i].printer);
		}
		agent_collect(&a, &c);
		assert_null(c.strays);
		assert_string_equal(agent_value(&c, DOCUMENT_STATUS,
						"PrinterState"),
				    rows[i].word);
		collected_clear(&c);
		agent_clear(&a);
	}
}

static size_t errors_of(const char *bits, size_t len, const char *first)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	agent_bytes(&a, SNMP_STATE_BITS ".1", bits, len);
	agent_collect(&a, &c);
	assert_null(c.strays);
	if (first != NULL) {
		assert_string_equal(agent_value(&c, DOCUMENT_STATUS,
						"DetectedErrorState"),
				    first);
	}
	size_t count = item_count(c.documents[DOCUMENT_STATUS],
				  document_field(&document_status,
						 "DetectedErrorState"));
	collected_clear(&c);
	agent_clear(&a);
	return count;
}

static void error_bits_count_from_the_highest(void **state)
{
	(void)state;
	assert_int_equal(errors_of("\x80", 1, "low-paper"), 1);
	assert_int_equal(errors_of("\x01", 1, "service-requested"), 1);
	assert_int_equal(
		errors_of("\0\x02", 2, "overdue-preventive-maintenance"), 1);
	assert_int_equal(errors_of("\x04\x04", 2, "jammed"), 2);
	/* Bits that have no name, and bytes after */
	assert_int_equal(errors_of("\xff\xff\xff", 3, "low-paper"), 15);
	assert_int_equal(errors_of("", 0, NULL), 0);
}

static void states_of_a_wrong_type_are_unknown(void **state)
{
	struct agent a = { .asked = 0 };
	struct collected c;

	(void)state;
	agent_text(&a, SNMP_STATE_DEVICE ".1", "running");
	agent_text(&a, SNMP_STATE_PRINTER ".1", "idle");
	agent_number(&a, SNMP_STATE_BITS ".1", 255);
	agent_collect(&a, &c);
	assert_null(c.strays);
	assert_string_equal(agent_value(&c, DOCUMENT_STATUS, "PrinterState"),
			    "unknown");
	assert_string_equal(agent_value(&c, DOCUMENT_STATUS, "DeviceStatus"),
			    "unknown");
	assert_null(agent_value(&c, DOCUMENT_STATUS, "DetectedErrorState"));
	collected_clear(&c);
	agent_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_are_those_of_the_printer_mib),
		cmocka_unit_test(error_bits_count_from_the_highest),
		cmocka_unit_test(states_of_a_wrong_type_are_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
