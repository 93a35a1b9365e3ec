/* The forms of exported logs, which scripts and spreadsheets read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "domain/ledger_export.h"

static const struct ledger_entry full = {
	.sequence = 7,
	.at = 1795442527,
	.kind = LEDGER_GRANT,
	.actor = "=sam,\"x\"",
	.service = "metering",
	.bytes = 4204,
	.result = "ok",
	.text = "Allowed <metering> & more",
};

static struct buf export(enum ledger_format format,
			 const struct ledger_entry *entry)
{
	struct buf out = BUF_INIT;

	ledger_export_begin(&out, format);
	if (entry != NULL) {
		ledger_export_entry(&out, format, entry);
	}
	ledger_export_end(&out, format);
	return out;
}

static void forms_are_known_by_name(void **state)
{
	(void)state;
	assert_int_equal(ledger_format_by_name("csv"), LEDGER_FORMAT_CSV);
	assert_int_equal(ledger_format_by_name("json"), LEDGER_FORMAT_JSON);
	assert_int_equal(ledger_format_by_name("xml"), LEDGER_FORMAT_XML);
	assert_int_equal(ledger_format_by_name("CSV"), LEDGER_FORMAT_UNSET);
	assert_int_equal(ledger_format_by_name(NULL), LEDGER_FORMAT_UNSET);
	assert_string_equal(ledger_format_type(LEDGER_FORMAT_CSV),
			    "text/csv; charset=utf-8");
	assert_string_equal(ledger_format_type(LEDGER_FORMAT_UNSET), "");
}

static void csv_has_a_head_and_no_formulas(void **state)
{
	static const char begin[] =
		"sequence,at,kind,transaction,actor,service,grant,"
		"peer,bytes,sha256,result,text,leaf\r\n"
		"7,2026-11-23T14:02:07Z,grant,,\"'=sam,\"\"x\"\"\","
		"metering,,,4204,,ok,Allowed <metering> & more,";
	struct buf out = export(LEDGER_FORMAT_CSV, &full);

	(void)state;
	assert_memory_equal(out.data, begin, sizeof(begin) - 1);
	buf_clear(&out);
}

static void json_is_one_object_a_line_without_empty_members(void **state)
{
	struct buf out = export(LEDGER_FORMAT_JSON, &full);
	json_t *o = json_loadb((const char *)out.data, out.len, 0, NULL);

	(void)state;
	assert_non_null(o);
	assert_int_equal(out.data[out.len - 1], '\n');
	assert_int_equal(json_integer_value(json_object_get(o, "sequence")), 7);
	assert_int_equal(json_integer_value(json_object_get(o, "bytes")), 4204);
	assert_string_equal(json_string_value(json_object_get(o, "actor")),
			    "=sam,\"x\"");
	assert_null(json_object_get(o, "peer"));
	assert_int_equal(strlen(json_string_value(json_object_get(o, "leaf"))),
			 64);
	json_decref(o);
	buf_clear(&out);
}

static void xml_is_whole_and_escaped(void **state)
{
	struct buf out = export(LEDGER_FORMAT_XML, &full);

	(void)state;
	assert_non_null(
		strstr(buf_str(&out), "<Log xmlns=\"urn:sluice:log:1\">"));
	assert_non_null(
		strstr(buf_str(&out), "Allowed &lt;metering&gt; &amp;"));
	assert_non_null(strstr(buf_str(&out), "</Entry>"));
	assert_non_null(strstr(buf_str(&out), "</Log>\n"));
	buf_clear(&out);
}

static void nothing_is_an_empty_export(void **state)
{
	struct buf csv = export(LEDGER_FORMAT_CSV, NULL);
	struct buf json = export(LEDGER_FORMAT_JSON, NULL);

	(void)state;
	assert_non_null(strstr(buf_str(&csv), "sequence,at,"));
	assert_int_equal(json.len, 0);
	buf_clear(&csv);
	buf_clear(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_known_by_name),
		cmocka_unit_test(csv_has_a_head_and_no_formulas),
		cmocka_unit_test(
			json_is_one_object_a_line_without_empty_members),
		cmocka_unit_test(xml_is_whole_and_escaped),
		cmocka_unit_test(nothing_is_an_empty_export),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
