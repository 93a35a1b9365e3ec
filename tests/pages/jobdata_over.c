/*
 * How far an order is, and what came of it: the progress for page and script,
 * the confirmation with receipts and the server's notices, the record.
 */
#include "tests/pages/jobdata_support.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "domain/job_seal.h"

static struct jobdata_pages p;

static const struct job_sealed sealed = {
	.plain_bytes = 1000,
	.plain_sha256 =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaa",
	.sealed_bytes = 1204,
	.sealed_sha256 =
		"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
		"bbbbbbbbb",
};

static void must(bool done, const struct err *err)
{
	if (!done) {
		fail_msg("%s", err->text);
	}
}

static void seal(const struct jobs_item *item)
{
	struct err err = { .kind = ERR_NONE };

	must(jobs_sealed(p.pages.db, item->transaction, &sealed, p.pages.now,
			 &err),
	     &err);
}

static void begin(const struct jobs_item *item, uint64_t offset)
{
	struct err err = { .kind = ERR_NONE };

	must(jobs_begin(p.pages.db, item->transaction,
			"cccccccccccccccccccccccccccccccccccccccccccccccccccccc"
			"cccccccccc",
			p.pages.now, &err) &&
		     jobs_progress(p.pages.db, item->transaction, offset, &err),
	     &err);
}

static void finish(const struct jobs_item *item)
{
	struct err err = { .kind = ERR_NONE };

	must(jobs_sent(p.pages.db, item->transaction, "sluice.receipt/v1\n",
		       p.pages.now, p.pages.now, &err),
	     &err);
}

static struct jobs_order sent_order(void)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");

	for (size_t i = 0; i < 2; i++) {
		struct jobs_item item = jobdata_item(&p, order.id, i);

		seal(&item);
		begin(&item, 1204);
		finish(&item);
	}
	return jobdata_order_of(&p, order.id);
}

/* A member of the answer for the script. */
static json_t *script(const struct jobs_order *order, const struct person *who)
{
	struct call call = { .method = "GET",
			     .path = jobdata_path("", order),
			     .who = who,
			     .accept = "application/json" };
	struct answer a = pages_call(&p.pages, &call);

	expect_status(&a, 200);
	json_t *answer = json_loads(a.body, 0, NULL);

	assert_non_null(answer);
	answer_clear(&a);
	return answer;
}

static void expect_script(const struct jobs_order *order, const char *text,
			  json_int_t stage)
{
	json_t *answer = script(order, &p.sender);

	assert_string_equal(json_string_value(json_object_get(answer, "text")),
			    text);
	assert_int_equal(json_integer_value(json_object_get(answer, "stage")),
			 stage);
	assert_true(json_is_false(json_object_get(answer, "over")));
	json_decref(answer);
}

static void the_progress_has_real_stages(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");
	struct jobs_item first = jobdata_item(&p, order.id, 0);

	(void)state;
	expect_script(&order, "Job 1 of 2: waiting to be sealed.", 0);
	seal(&first);
	expect_script(&order, "Job 1 of 2: sealed, waiting for the server.",
		      20);
	begin(&first, 602);
	expect_script(&order, "Job 1 of 2: uploading, 602 of 1,204 bytes.", 57);
	struct answer a =
		pages_get(&p.pages, &p.sender, jobdata_path("", &order));

	expect_text(&a, "602 of 1,204 bytes");
	expect_text(&a, "role=\"status\"");
	expect_text(&a, "data-watch=");
	expect_text(&a, "Refresh");
	expect_text(&a, "Cancel this send");
	expect_text(&a,
		    "Sending stops when you sign out or your session ends.");
	answer_clear(&a);
}

static void a_receipt_leads_to_the_next_job(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");
	struct jobs_item first = jobdata_item(&p, order.id, 0);

	(void)state;
	seal(&first);
	begin(&first, 1204);
	expect_script(&order,
		      "Job 1 of 2: uploaded; waiting for the signed receipt.",
		      95);
	finish(&first);
	expect_script(&order, "Job 2 of 2: waiting to be sealed.", 100);
}

static void others_do_not_follow(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");
	const struct person *const others[] = { &p.another, &p.elsewhere };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		json_t *answer = script(&order, others[i]);

		assert_true(json_is_true(json_object_get(answer, "over")));
		assert_string_equal(
			json_string_value(json_object_get(answer, "text")), "");
		json_decref(answer);
	}
	struct answer a =
		pages_get(&p.pages, &p.elsewhere, jobdata_path("", &order));

	expect_text(&a, "2 jobs, chosen by sven");
	expect_text(&a, "Cancel this send");
	answer_clear(&a);
}

static void what_was_sent_is_confirmed_with_all_that_counts(void **state)
{
	struct jobs_order order = sent_order();
	struct jobs_item item = jobdata_item(&p, order.id, 1);
	struct answer a =
		pages_get(&p.pages, &p.sender, jobdata_path("", &order));

	(void)state;
	expect_status(&a, 200);
	expect_text(&a, "Sent and confirmed");
	expect_text(&a, item.transaction);
	expect_text(&a, sealed.plain_sha256);
	expect_text(&a, sealed.sealed_sha256);
	expect_text(&a, "1,204 bytes");
	expect_text(&a, "Colour desk");
	expect_text(&a, p.recipient);
	expect_text(&a, "Save this record");
	expect_text(&a, "Ask the server");
	expect_text(&a, "nobody took it as far as is known here");
	expect_no_word(&a, "roll");
	answer_clear(&a);
	a = pages_get(&p.pages, &p.pages.auditor, jobdata_path("", &order));
	expect_text(&a, "2 jobs, sent by sven");
	expect_no_text(&a, sealed.plain_sha256);
	answer_clear(&a);
}

static void what_the_server_told_is_shown(void **state)
{
	struct jobs_order order = sent_order();
	struct jobs_item item = jobdata_item(&p, order.id, 0);
	struct jobs_notice notice = { .number = 1,
				      .kind = JOBS_NOTICE_OPENED,
				      .at = p.pages.now,
				      .who = "<desk>" };
	struct err err = { .kind = ERR_NONE };

	(void)state;
	memcpy(notice.transaction, item.transaction, UUID_TEXT_SIZE);
	must(jobs_note(p.pages.db, &notice, p.pages.now, &err), &err);
	struct answer a =
		pages_post(&p.pages, &p.sender, jobdata_path("ask/", &order),
			   "key=0123456789abcdef");

	expect_status(&a, 303);
	answer_clear(&a);
	char path[96];

	snprintf(path, sizeof(path), "%s?done=asked", jobdata_path("", &order));
	a = pages_get(&p.pages, &p.sender, path);
	expect_text(&a, "The server is asked.");
	expect_text(&a, "taken by &lt;desk&gt;");
	answer_clear(&a);
}

static void the_record_holds_it_and_no_name(void **state)
{
	struct jobs_order order = sent_order();
	struct answer a =
		pages_get(&p.pages, &p.sender, jobdata_path("record/", &order));
	char field[160];

	(void)state;
	expect_status(&a, 200);
	answer_field(&a, "Content-Disposition", field, sizeof(field));
	assert_memory_equal(field, "attachment; filename=\"job-data-", 31);
	expect_text(&a, "EX7-004211");
	expect_text(&a, "Can be opened by   Colour desk, ");
	expect_text(&a, sealed.plain_sha256);
	expect_text(&a, "sluice.receipt/v1");
	expect_text(&a, "look at the colours");
	expect_no_word(&a, "roll");
	answer_clear(&a);
	expect_get(&p.pages, &p.another, jobdata_path("record/", &order), 403);
	expect_get(&p.pages, &p.pages.operator, jobdata_path("record/", &order),
		   403);
	/* he himself, another day */
	expect_get(&p.pages, &p.elsewhere, jobdata_path("record/", &order),
		   200);
}

static void why_it_was_dropped_is_told(void **state)
{
	struct jobs_order order = jobdata_confirmed(&p, "spool");

	(void)state;
	jobdata_withdraw(&p);
	struct answer a =
		pages_get(&p.pages, &p.sender, jobdata_path("", &order));

	expect_status(&a, 200);
	expect_text(&a, "Not sent");
	expect_text(&a, "Job data withdrawn");
	expect_no_text(&a, "Ask the server");
	answer_clear(&a);
}

#define TEST(name)                                                     \
	cmocka_unit_test_prestate_setup_teardown(name, jobdata_set_up, \
						 jobdata_tear_down, &p)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_progress_has_real_stages),
		TEST(a_receipt_leads_to_the_next_job),
		TEST(others_do_not_follow),
		TEST(what_was_sent_is_confirmed_with_all_that_counts),
		TEST(what_the_server_told_is_shown),
		TEST(the_record_holds_it_and_no_name),
		TEST(why_it_was_dropped_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
