/* Faults and levels in what was collected (src/client/conditions.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/conditions.h"

#include "base/buf.h"
#include "base/mem.h"

#define SUPPLIES SERVICE_BIT(SERVICE_SUPPLIES)
#define PARTS SERVICE_BIT(SERVICE_PARTS)

struct found {
	struct condition *at;
	size_t count;
};

/* What is found in these documents, with a threshold of 10 percent. */
static struct found find(const char *documents)
{
	struct collected collected;
	struct found found = { NULL, 0 };
	struct buf xml = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	memset(&collected, 0, sizeof(collected));
	buf_printf(&xml,
		   "<Collected xmlns=\"%s\" source=\"test\" "
		   "collectedAt=\"2026-11-23T14:00:00Z\">%s</Collected>",
		   COLLECTED_NAMESPACE, documents);
	if (!collected_read(&collected, xml.data, xml.len, &err)) {
		fail_msg("%s", err.text);
	}
	assert_null(collected.strays);
	conditions_find(&collected, 10, &found.at, &found.count);
	collected_clear(&collected);
	buf_clear(&xml);
	return found;
}

static struct found find_supply(const char *fields)
{
	struct buf text = BUF_INIT;
	buf_printf(&text,
		   "<SuppliesUsage><Supply><Index>1</Index>%s</Supply>"
		   "</SuppliesUsage>",
		   fields);
	struct found found = find(buf_str(&text));
	buf_clear(&text);
	return found;
}

/* State of one supply; UNSET when it is left out. */
static enum condition_state supply(const char *fields)
{
	struct found found = find_supply(fields);
	enum condition_state state =
		found.count > 0 ? found.at[0].state : CONDITION_UNSET;
	assert_true(found.count <= 1);
	mem_free(found.at);
	return state;
}

#define CONSUMED "<Class>supplyThatIsConsumed</Class><Type>toner</Type>"
#define FILLED "<Class>receptacleThatIsFilled</Class><Type>wasteToner</Type>"

static enum condition_state percent(const char *kind, const char *level)
{
	char text[256];
	snprintf(text, sizeof(text), "%s<Level unit=\"percent\">%s</Level>",
		 kind, level);
	return supply(text);
}

static void a_level_is_low_below_and_clear_well_above(void **state)
{
	(void)state;
	assert_int_equal(percent(CONSUMED, "0"), CONDITION_RAISED);
	assert_int_equal(percent(CONSUMED, "9"), CONDITION_RAISED);
	assert_int_equal(percent(CONSUMED, "10"), CONDITION_BETWEEN);
	assert_int_equal(percent(CONSUMED, "14"), CONDITION_BETWEEN);
	assert_int_equal(percent(CONSUMED, "15"), CONDITION_CLEAR);
	assert_int_equal(percent(CONSUMED, "100"), CONDITION_CLEAR);
}

static void a_receptacle_is_full_above(void **state)
{
	(void)state;
	assert_int_equal(percent(FILLED, "100"), CONDITION_RAISED);
	assert_int_equal(percent(FILLED, "91"), CONDITION_RAISED);
	assert_int_equal(percent(FILLED, "90"), CONDITION_BETWEEN);
	assert_int_equal(percent(FILLED, "86"), CONDITION_BETWEEN);
	assert_int_equal(percent(FILLED, "85"), CONDITION_CLEAR);
	assert_int_equal(percent(FILLED, "0"), CONDITION_CLEAR);
	assert_int_equal(percent("<Type>wasteInk</Type>", "95"),
			 CONDITION_RAISED);
}

static void what_is_no_number_is_left_out(void **state)
{
	static const char *const none[] = { "unknown", "some", "other" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(percent(CONSUMED, none[i]), CONDITION_UNSET);
		assert_int_equal(percent(FILLED, none[i]), CONDITION_UNSET);
	}
	assert_int_equal(supply(CONSUMED), CONDITION_UNSET);
	assert_int_equal(percent("<Class>other</Class><Type>toner</Type>", "1"),
			 CONDITION_UNSET);
}

#define UNIT " unit=\"impressions\">"

static void other_units_are_taken_of_the_capacity(void **state)
{
	(void)state;
	assert_int_equal(supply(CONSUMED "<MaxCapacity" UNIT
					 "20000</MaxCapacity><Level" UNIT
					 "1999</Level>"),
			 CONDITION_RAISED);
	assert_int_equal(supply(CONSUMED "<MaxCapacity" UNIT
					 "20000</MaxCapacity><Level" UNIT
					 "3000</Level>"),
			 CONDITION_CLEAR);
	/* Of what? */
	assert_int_equal(supply(CONSUMED "<Level" UNIT "12</Level>"),
			 CONDITION_UNSET);
	assert_int_equal(supply(CONSUMED "<MaxCapacity" UNIT
					 "unknown</MaxCapacity><Level" UNIT
					 "12</Level>"),
			 CONDITION_UNSET);
}

static void the_printers_own_threshold_comes_first(void **state)
{
	(void)state;
	assert_int_equal(supply(CONSUMED "<Level>24</Level>"
					 "<LowLevel>25</LowLevel>"),
			 CONDITION_RAISED);
	assert_int_equal(supply(CONSUMED "<Level>29</Level>"
					 "<LowLevel>25</LowLevel>"),
			 CONDITION_BETWEEN);
	assert_int_equal(supply(CONSUMED "<Level>30</Level>"
					 "<LowLevel>25</LowLevel>"),
			 CONDITION_CLEAR);
	assert_int_equal(supply(CONSUMED "<Level>5</Level>"
					 "<LowLevel>2</LowLevel>"),
			 CONDITION_BETWEEN);
	assert_int_equal(supply(FILLED "<Level>80</Level>"
				       "<HighLevel>75</HighLevel>"),
			 CONDITION_RAISED);
	/* Even without a capacity. */
	assert_int_equal(supply(CONSUMED "<Level" UNIT
					 "400</Level><LowLevel" UNIT
					 "500</LowLevel>"),
			 CONDITION_RAISED);
	assert_int_equal(supply(CONSUMED "<Level" UNIT
					 "750</Level><LowLevel" UNIT
					 "500</LowLevel>"),
			 CONDITION_CLEAR);
}

static void a_threshold_that_makes_no_sense_is_not_the_printers(void **state)
{
	(void)state;
	assert_int_equal(supply(CONSUMED "<Level>50</Level>"
					 "<LowLevel>100</LowLevel>"),
			 CONDITION_CLEAR);
	assert_int_equal(supply(CONSUMED "<Level>5</Level>"
					 "<LowLevel>0</LowLevel>"),
			 CONDITION_RAISED);
	assert_int_equal(supply(CONSUMED "<Level>5</Level>"
					 "<LowLevel>unknown</LowLevel>"),
			 CONDITION_RAISED);
	assert_int_equal(supply(FILLED "<Level>50</Level>"
				       "<HighLevel>0</HighLevel>"),
			 CONDITION_CLEAR);
	/* Nearly full is clear, however high the threshold. */
	assert_int_equal(supply(CONSUMED "<Level>100</Level>"
					 "<LowLevel>99</LowLevel>"),
			 CONDITION_CLEAR);
}

static void a_huge_level_is_no_low_one(void **state)
{
	(void)state;
	assert_int_equal(supply(CONSUMED "<Level>9223372036854775807</Level>"),
			 CONDITION_UNSET);
	assert_int_equal(supply(CONSUMED "<Level>1000000000000</Level>"),
			 CONDITION_CLEAR);
}

static void a_part_is_told_to_both_services(void **state)
{
	struct found found = find(
		"<SuppliesUsage>"
		"<Supply><Index>1</Index><Type>toner</Type>"
		"<Level>8</Level><ColorantName>black</ColorantName></Supply>"
		"<Supply><Index>2</Index><Type>fuser</Type>"
		"<Level>3</Level></Supply></SuppliesUsage>");
	(void)state;
	assert_int_equal(found.count, 2);
	assert_int_equal(found.at[0].services, SUPPLIES);
	assert_string_equal(found.at[0].key, "supply 1 toner");
	assert_string_equal(found.at[0].text, "toner 1 (black) at 8 %");
	assert_int_equal(found.at[1].services, SUPPLIES | PARTS);
	assert_string_equal(found.at[1].text, "fuser 2 at 3 %");
	mem_free(found.at);
}

#define FAULT(severity, more)                                                     \
	"<Fault><SeverityLevel>" severity "</SeverityLevel>"                      \
	"<Group>mediaPath</Group><GroupIndex>1</GroupIndex><Code>jam</Code>" more \
	"</Fault>"

static void faults_are_those_that_need_somebody(void **state)
{
	struct found found = find("<Faults>" FAULT(
		"other",
		"") "<Fault><SeverityLevel>warning</SeverityLevel>"
		    "<Code>markerTonerAlmostEmpty</Code></Fault>" FAULT(
			    "critical",
			    "<Description>Ask Jo on floor 2</Description>"
			    "<Time>2026-11-23T13:00:00Z</Time>") "</Faults>");
	(void)state;
	assert_int_equal(found.count, 2);
	assert_string_equal(found.at[0].text,
			    "markerTonerAlmostEmpty (warning)");
	assert_int_equal(found.at[0].began_at, 0);
	assert_string_equal(found.at[1].text, "jam at mediaPath 1 (critical)");
	assert_string_equal(found.at[1].key, "fault mediaPath 1 - jam");
	assert_int_equal(found.at[1].began_at, 1795438800);
	assert_int_equal(found.at[1].services,
			 SERVICE_BIT(SERVICE_MAINTENANCE));
	assert_true(found.at[1].is_fault);
	assert_int_equal(found.at[1].state, CONDITION_RAISED);
	mem_free(found.at);
}

static void a_record_of_the_same_fault_is_one_with_the_newest_time(void **state)
{
	struct found found = find(
		"<Faults>" FAULT("critical",
				 "<Time>2026-11-23T13:00:00Z</Time>")
			FAULT("critical", "<Time>2026-11-23T13:30:00Z</Time>") FAULT(
				"critical",
				"<Time>2026-11-22T13:00:00Z</Time>") "</Faults>");
	(void)state;
	assert_int_equal(found.count, 1);
	assert_int_equal(found.at[0].began_at, 1795440600);
	mem_free(found.at);
}

static void nothing_collected_finds_nothing(void **state)
{
	struct found found = find("");
	(void)state;
	assert_int_equal(found.count, 0);
	mem_free(found.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_is_low_below_and_clear_well_above),
		cmocka_unit_test(a_receptacle_is_full_above),
		cmocka_unit_test(what_is_no_number_is_left_out),
		cmocka_unit_test(other_units_are_taken_of_the_capacity),
		cmocka_unit_test(the_printers_own_threshold_comes_first),
		cmocka_unit_test(
			a_threshold_that_makes_no_sense_is_not_the_printers),
		cmocka_unit_test(a_huge_level_is_no_low_one),
		cmocka_unit_test(a_part_is_told_to_both_services),
		cmocka_unit_test(faults_are_those_that_need_somebody),
		cmocka_unit_test(
			a_record_of_the_same_fault_is_one_with_the_newest_time),
		cmocka_unit_test(nothing_collected_finds_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
