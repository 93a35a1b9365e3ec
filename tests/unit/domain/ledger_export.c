/* Exported ledgers (src/domain/ledger_export.c). */
#include "domain/ledger_export.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "formats/merkle.h"
#include "tests/unit/domain/people.h"

static const enum ledger_format formats[] = { LEDGER_FORMAT_CSV,
					      LEDGER_FORMAT_JSON,
					      LEDGER_FORMAT_XML };

static struct ledger_entry entry_with(const char *text)
{
	return (struct ledger_entry){
		.sequence = 3,
		.at = NOW,
		.kind = LEDGER_REFUSED,
		.actor = text,
		.result = "refused",
		.text = text,
	};
}

static void export_one(struct buf *out, enum ledger_format format,
		       const struct ledger_entry *entry)
{
	buf_reset(out);
	ledger_export_begin(out, format);
	ledger_export_entry(out, format, entry);
	ledger_export_end(out, format);
}

static void formats_have_names_and_types(void **state)
{
	(void)state;
	assert_int_equal(LEDGER_FORMAT_CSV, ledger_format_by_name("csv"));
	assert_int_equal(LEDGER_FORMAT_JSON, ledger_format_by_name("json"));
	assert_int_equal(LEDGER_FORMAT_XML, ledger_format_by_name("xml"));
	assert_int_equal(LEDGER_FORMAT_UNSET, ledger_format_by_name("html"));
	assert_int_equal(LEDGER_FORMAT_UNSET, ledger_format_by_name(NULL));
	assert_string_equal("", ledger_format_type(LEDGER_FORMAT_UNSET));
	for (size_t i = 0; i < 3; i++) {
		assert_true(ledger_format_type(formats[i])[0] != '\0');
	}
}

static void each_form_carries_the_leaf_of_the_entry(void **state)
{
	(void)state;
	struct ledger_entry e = entry_with("plain");
	struct buf text = BUF_INIT, out = BUF_INIT;
	uint8_t leaf[MERKLE_HASH_SIZE];
	char hex[2 * MERKLE_HASH_SIZE + 1];
	ledger_entry_put(&text, &e);
	merkle_leaf_hash(text.data, text.len, leaf);
	hex_encode(hex, leaf, sizeof(leaf));
	for (size_t i = 0; i < 3; i++) {
		export_one(&out, formats[i], &e);
		assert_non_null(strstr(buf_str(&out), hex));
		assert_non_null(strstr(buf_str(&out), "refused"));
		assert_non_null(strstr(buf_str(&out), "2025-11-24T16:00:00Z"));
	}
	buf_clear(&text);
	buf_clear(&out);
}

static void hostile_texts_stay_in_their_cell(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		if (!text_is_one_line(hostile_texts[i],
				      strlen(hostile_texts[i]))) {
			continue; /* the store holds clean lines only */
		}
		struct ledger_entry e = entry_with(hostile_texts[i]);
		export_one(&out, LEDGER_FORMAT_CSV, &e);
		assert_null(strstr(buf_str(&out), ",=cmd"));
		assert_true(text_is_utf8(buf_str(&out), out.len));
		export_one(&out, LEDGER_FORMAT_XML, &e);
		assert_null(strstr(buf_str(&out), "<script>"));
		export_one(&out, LEDGER_FORMAT_JSON, &e);
		const char *line_end = strchr(buf_str(&out), '\n');
		assert_non_null(line_end);
		assert_int_equal('\0', line_end[1]);
	}
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_have_names_and_types),
		cmocka_unit_test(each_form_carries_the_leaf_of_the_entry),
		cmocka_unit_test(hostile_texts_stay_in_their_cell),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
