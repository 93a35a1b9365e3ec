/* One control: what changed is shown line by line before it is confirmed. */
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "domain/consent.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void run(const char *sql, const char *a, const char *b)
{
	struct err err = { .kind = ERR_NONE };
	struct stmt q;

	if (!db_query(pages.db, &q, sql, &err)) {
		fail_msg("%s", err.text);
	}
	if (a != NULL) {
		db_bind_text(&q, 1, a);
		db_bind_text(&q, 2, b);
	}
	if (!db_run(&q, &err)) {
		fail_msg("%s", err.text);
	}
}

/* Takes one line out of the text that was agreed to, or puts one in. */
static void agreed_was(void (*put)(struct buf *out, const struct service *s),
		       const char *without, const char *more, const char *sql)
{
	struct buf now = BUF_INIT;
	struct buf then = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];

	put(&now, service_of(SERVICE_SUPPLIES));
	for (const char *at = buf_str(&now); *at != '\0';) {
		size_t len = strcspn(at, "\n") + 1;

		if (strncmp(at, without, strlen(without)) != 0) {
			buf_put(&then, at, len);
		} else {
			buf_put_str(&then, more);
		}
		at += len;
	}
	sha256_bytes(then.data, then.len, hash);
	hex_encode(hex, hash, sizeof(hash));
	run("INSERT INTO agreed (sha256, text) VALUES (?, ?)", hex,
	    buf_str(&then));
	run(sql, hex, "2");
	buf_clear(&now);
	buf_clear(&then);
}

static void change_what_was_agreed_to(void)
{
	run("DROP TRIGGER grants_end_once", NULL, NULL);
	agreed_was(service_put_text, "sends ", "sends <b>only</b> levels\n",
		   "UPDATE grants SET text_sha256 = ? WHERE service = ?");
	agreed_was(service_put_catalogue, "Supply/PartNumber", "",
		   "UPDATE grants SET catalogue_sha256 = ? WHERE service = ?");
}

static void each_change_is_a_line_with_before_and_now(void **state)
{
	struct answer answer;

	(void)state;
	assert_true(consent_allow(pages.db, "frontdesk", SERVICE_SUPPLIES,
				  pages.now, NULL));
	change_what_was_agreed_to();
	answer = pages_get(&pages, &pages.customer, "/services");
	expect_text(&answer, "Confirm the change");
	expect_text(&answer, "<strong>New:</strong> Supplies Usage, "
			     "Supply/PartNumber");
	expect_text(&answer, "; class machine");
	expect_text(&answer, "<strong>Changed:</strong> Sends");
	expect_text(&answer, "before: &lt;b&gt;only&lt;/b&gt; levels");
	expect_text(&answer, ">Confirm</button>");
	expect_no_text(&answer, "<b>only");
	answer_clear(&answer);
}

static void home_leads_to_the_change(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/");

	(void)state;
	expect_text(&answer, "Needs attention <span class=\"tag\">1</span>");
	expect_text(&answer, "href=\"/services/supplies\"");
	answer_clear(&answer);
}

static void no_end_can_be_chosen_instead_of_confirming(void **state)
{
	struct answer answer =
		pages_get(&pages, &pages.customer, "/services/supplies");

	(void)state;
	expect_text(&answer, "Supply/PartNumber");
	expect_no_text(&answer, "value=\"never\"");
	answer_clear(&answer);
}

static void confirming_ends_the_question(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.customer, "/services",
		    "service=supplies&decision=allow", 303);
	answer = pages_get(&pages, &pages.customer, "/services");
	expect_no_text(&answer, "Confirm the change");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/services/supplies");
	expect_text(&answer, "value=\"never\"");
	answer_clear(&answer);
}

static void an_end_that_is_near_is_a_warning(void **state)
{
	const struct consent_choice choice = {
		.actor = "frontdesk",
		.service = SERVICE_SUPPLIES,
		.language = "en",
		.until = pages.now + 20 * 86400,
		.now = pages.now,
	};
	struct answer answer;

	(void)state;
	assert_true(consent_choose(pages.db, &choice, NULL));
	answer = pages_get(&pages, &pages.customer, "/services");
	expect_text(&answer, "Ends soon");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.customer, "/");
	expect_text(&answer, "It ends by itself on ");
	answer_clear(&answer);
}

static void a_page_of_older_words_decides_nothing(void **state)
{
	struct answer answer = pages_post(
		&pages, &pages.customer, "/services",
		"service=parts&decision=allow&seen=0123456789abcdef");

	(void)state;
	expect_status(&answer, 409);
	expect_text(&answer, "changed while this page was open");
	answer_clear(&answer);
	assert_int_equal(pages_ledger_count(&pages, "grant", "Parts"), 0);
	answer = pages_get(&pages, &pages.customer, "/services/parts");

	const char *seen = strstr(answer.body, "name=\"seen\" value=\"");
	char form[80];

	assert_non_null(seen);
	snprintf(form, sizeof(form), "decision=allow&seen=%.32s",
		 seen + strlen("name=\"seen\" value=\""));
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, "/services/parts", form, 303);
	assert_int_equal(pages_ledger_count(&pages, "grant", "Parts"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_is_a_line_with_before_and_now),
		cmocka_unit_test(home_leads_to_the_change),
		cmocka_unit_test(no_end_can_be_chosen_instead_of_confirming),
		cmocka_unit_test(confirming_ends_the_question),
		cmocka_unit_test(an_end_that_is_near_is_a_warning),
		cmocka_unit_test(a_page_of_older_words_decides_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
