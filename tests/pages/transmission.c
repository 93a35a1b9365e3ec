/* How one transmission is shown, whatever stands in it. */
#include <stdio.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "documents/catalogue.h"
#include "documents/transmission.h"
#include "domain/pseudonyms.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static struct answer show(const struct outbox_item *item)
{
	char path[64];

	snprintf(path, sizeof(path), "/preview/%s", item->transaction);
	return pages_get(&pages, &pages.customer, path);
}

static void each_field_has_words_value_and_reason(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer = show(&item);

	(void)state;
	expect_text(&answer, "<th scope=\"row\" data-label=\"What\">Total "
			     "impressions<span class=\"sub\">");
	expect_text(&answer,
		    "148,211 <span class=\"muted\">impressions</span>");
	expect_text(&answer, "<span class=\"muted\">unknown</span>");
	answer_clear(&answer);
}

static void withheld_fields_are_named_and_their_values_are_not(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer = show(&item);

	(void)state;
	expect_text(&answer, "Printer location");
	expect_text(&answer, "<strong>Personal data is not allowed.</strong>");
	expect_text(&answer, "<strong>No personal data.</strong>");
	answer_clear(&answer);
}

/* Puts a transmission in place of the one that is kept. */
static void replace_body(const char *documents)
{
	struct err err = { .kind = ERR_NONE };
	struct buf xml = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	struct stmt q;

	catalogue_hash(hash);
	hex_encode(hex, hash, sizeof(hash));
	buf_printf(&xml,
		   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<Transmission xmlns=\"" TRANSMISSION_NAMESPACE "\" "
		   "transaction=\"0193594e-7a11-7c3e-9d54-2f0f6a1be7c1\" "
		   "machine=\"ex7-004211\" reason=\"sample\" "
		   "collectedAt=\"2026-11-23T14:02:07Z\" catalogue=\"%s\">"
		   "<Machine><Id>ex7-004211</Id><MakeAndModel>X</MakeAndModel>"
		   "<SerialNumber>1</SerialNumber></Machine><Grants/>"
		   "%s</Transmission>",
		   hex, documents);
	assert_true(db_query(pages.db, &q,
			     "UPDATE bodies SET body = CAST(? AS BLOB)", &err));
	db_bind_text(&q, 1, buf_str(&xml));
	assert_true(db_run(&q, &err));
	buf_clear(&xml);
}

#define TOKEN "pseudonym-0123456789abcdef01234567"

static void a_code_stands_beside_what_it_means(void **state)
{
	char value[] = "<b>printer-7</b>.example";
	struct pseudonym one = { .token = TOKEN, .value = value };
	struct pseudonym_list list = { .at = &one, .count = 1 };
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer;

	(void)state;
	replace_body("<Engineering><Log><Name>system</Name>"
		     "<Line>2026-11-23T14:02:07Z network: lease " TOKEN
		     " for 3 s</Line></Log></Engineering>");
	answer = show(&item);
	expect_text(&answer, "network: lease " TOKEN);
	expect_no_text(&answer, "stands for");
	answer_clear(&answer);
	assert_true(pseudonyms_save(pages.db, &list, pages.now, NULL));
	answer = show(&item);
	expect_text(&answer,
		    "stands for <strong>&lt;b&gt;printer-7&lt;/b&gt;.example"
		    "</strong> &mdash; only this device knows");
	answer_clear(&answer);
}

static void personal_rows_are_marked_and_counted(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer;

	(void)state;
	replace_body("<CustomerInfo><PrinterLocation>Room 7"
		     "</PrinterLocation></CustomerInfo>");
	answer = show(&item);
	expect_text(&answer,
		    "<strong>1 personal value, marked below.</strong>");
	expect_text(&answer, "<tr class=\"pii\">");
	expect_text(&answer, "#personal\"/></svg>Personal</span>");
	answer_clear(&answer);
}

static void bytes_that_are_gone_leave_their_hash(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer;
	struct stmt q;

	(void)state;
	assert_true(db_query(pages.db, &q, "DELETE FROM bodies", NULL));
	assert_true(db_run(&q, NULL));
	answer = show(&item);
	expect_status(&answer, 200);
	expect_text(&answer, item.sha256);
	expect_text(&answer, "no longer kept");
	answer_clear(&answer);
}

static void bytes_that_cannot_be_read_are_still_shown(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	struct answer answer;
	struct stmt q;

	(void)state;
	assert_true(db_query(pages.db, &q,
			     "UPDATE bodies SET body = CAST('<a>&' AS BLOB)",
			     NULL));
	assert_true(db_run(&q, NULL));
	answer = show(&item);
	expect_status(&answer, 200);
	expect_text(&answer, "A plain summary cannot be made");
	expect_text(&answer, "&lt;a&gt;&amp;");
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_field_has_words_value_and_reason),
		cmocka_unit_test(
			withheld_fields_are_named_and_their_values_are_not),
		cmocka_unit_test(a_code_stands_beside_what_it_means),
		cmocka_unit_test(personal_rows_are_marked_and_counted),
		cmocka_unit_test(bytes_that_are_gone_leave_their_hash),
		cmocka_unit_test(bytes_that_cannot_be_read_are_still_shown),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
