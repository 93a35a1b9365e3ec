/* Preview: asking, waiting, seeing, downloading. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "documents/service.h"
#include "domain/requests.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define KEY "key=0123456789abcdef0123"

static void nothing_is_ticked_and_samples_are_explained(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/preview");

	(void)state;
	expect_status(&answer, 200);
	expect_no_text(&answer, " checked");
	expect_text(&answer, "can never be sent");
	/* a service without documents has nothing to show */
	expect_no_text(&answer, "value=\"updates\"");
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, "/preview", KEY "&service=updates",
		    400);
}

static void choosing_nothing_is_said_beside_the_choice(void **state)
{
	struct answer answer =
		pages_post(&pages, &pages.customer, "/preview", KEY);

	(void)state;
	expect_status(&answer, 400);
	expect_text(&answer, "Choose at least one service.");
	answer_clear(&answer);
	expect_post(&pages, &pages.customer, "/preview", KEY "&service=all",
		    400);
	expect_post(&pages, &pages.customer, "/preview", "service=metering",
		    400);
	expect_post(&pages, &pages.customer, "/preview",
		    "key=x&service=metering", 400);
}

static void pressing_twice_asks_once(void **state)
{
	struct answer first = pages_post(&pages, &pages.customer, "/preview",
					 KEY "&service=metering");
	struct answer second = pages_post(&pages, &pages.customer, "/preview",
					  KEY "&service=metering");
	struct request_row row;
	char one[64];
	char two[64];

	(void)state;
	expect_status(&first, 303);
	answer_field(&first, "Location", one, sizeof(one));
	answer_field(&second, "Location", two, sizeof(two));
	assert_string_equal(one, two);
	assert_string_equal(one, "/preview/1");
	assert_true(requests_get(pages.db, 1, &row, NULL));
	assert_int_equal(row.services, SERVICE_BIT(SERVICE_METERING));
	assert_string_equal(row.actor, "frontdesk");
	answer_clear(&first);
	answer_clear(&second);
}

static void while_it_waits_the_page_says_so(void **state)
{
	struct answer answer = pages_get(&pages, &pages.customer, "/preview/1");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Waiting for the device");
	expect_text(&answer, "Refresh");
	expect_text(&answer, "role=\"status\"");
	expect_no_text(&answer, "http-equiv");
	answer_clear(&answer);
}

static void the_script_gets_the_state_as_json(void **state)
{
	struct call call = {
		.method = "GET",
		.path = "/preview/1",
		.who = &pages.customer,
		.accept = "application/json",
	};
	struct answer answer = pages_call(&pages, &call);
	char type[64];

	(void)state;
	expect_status(&answer, 200);
	answer_field(&answer, "Content-Type", type, sizeof(type));
	assert_string_equal(type, "application/json; charset=utf-8");
	expect_text(&answer, "\"over\":false");
	answer_clear(&answer);
}

static void a_refused_request_says_why(void **state)
{
	struct err why = { .kind = ERR_RETRY,
			   .text = "the collector ipp did not answer" };
	struct answer answer;

	(void)state;
	assert_true(requests_refused(pages.db, 1, &why, pages.now, NULL));
	answer = pages_get(&pages, &pages.customer, "/preview/1");
	expect_status(&answer, 200);
	expect_text(&answer, "The collector ipp did not answer.");
	expect_text(&answer, "Nothing was sent.");
	answer_clear(&answer);
}

static void a_finished_request_leads_to_the_transmission(void **state)
{
	struct outbox_item item = pages_stage(&pages);
	char path[64];
	int64_t id;

	(void)state;
	assert_true(requests_add(pages.db, REQUEST_PREVIEW, item.services,
				 "frontdesk", "another-key-0123456789",
				 pages.now, &id, NULL));
	assert_true(
		requests_done(pages.db, id, item.transaction, pages.now, NULL));
	snprintf(path, sizeof(path), "/preview/%d", (int)id);

	struct answer answer = pages_get(&pages, &pages.customer, path);

	snprintf(path, sizeof(path), "/preview/%s", item.transaction);
	expect_location(&answer, path);
	answer_clear(&answer);
}

static void a_sample_is_marked_and_cannot_go_on_to_send(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SAMPLE);
	char path[64];
	struct answer answer;

	(void)state;
	snprintf(path, sizeof(path), "/preview/%s", item.transaction);
	answer = pages_get(&pages, &pages.operator, path);
	expect_status(&answer, 200);
	expect_text(&answer, "Sample: can never be sent.");
	expect_no_text(&answer, "Go on to Send");
	answer_clear(&answer);
}

static void the_preview_shows_the_exact_bytes_and_their_hash(void **state)
{
	char path[64];
	struct buf body = BUF_INIT;
	struct answer answer;

	(void)state;
	pages_allow(&pages);

	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);

	snprintf(path, sizeof(path), "/preview/%s", item.transaction);
	answer = pages_get(&pages, &pages.operator, path);
	expect_status(&answer, 200);
	expect_text(&answer, item.sha256);
	expect_text(&answer, "Total impressions");
	expect_text(&answer, "148,211");
	expect_text(&answer, "unknown");
	expect_text(&answer, "Personal data is not allowed.");
	expect_text(&answer, "Go on to Send");
	expect_text(&answer, "&amp;lt;script&amp;gt;alert");
	expect_no_text(&answer, "<script>alert");
	answer_clear(&answer);

	snprintf(path, sizeof(path), "/bytes/%s", item.transaction);
	answer = pages_get(&pages, &pages.operator, path);
	expect_status(&answer, 200);
	assert_true(outbox_body(pages.db, item.transaction, &body, NULL));
	assert_string_equal(answer.body, buf_str(&body));
	assert_non_null(strstr(answer.head, "attachment; filename=\""));
	assert_non_null(strstr(answer.head, "sandbox"));
	buf_clear(&body);
	answer_clear(&answer);
}

static void a_customer_sees_it_and_an_operator_sends(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);
	struct answer answer;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "/preview/%s", item.transaction);
	answer = pages_get(&pages, &pages.customer, path);
	expect_status(&answer, 200);
	expect_no_text(&answer, "Go on to Send");
	expect_text(&answer, "until an operator presses Send");
	answer_clear(&answer);
	expect_get(&pages, &pages.admin, path, 403);
	answer = pages_get(&pages, &pages.auditor, path);
	expect_status(&answer, 200);
	expect_no_text(&answer, "Go on to Send");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, "/preview");
	expect_text(&answer, item.transaction);
	expect_no_text(&answer, "Make the preview");
	answer_clear(&answer);
	expect_post(&pages, &pages.auditor, "/preview", KEY "&service=metering",
		    403);
}

static void a_preview_that_does_not_exist_is_not_found(void **state)
{
	(void)state;
	expect_get(&pages, &pages.customer, "/preview/999", 404);
	expect_get(&pages, &pages.customer, "/preview/nonsense", 404);
	expect_get(&pages, &pages.customer,
		   "/preview/0193594e-7a11-7c3e-9d54-2f0f6a1be7c1", 404);
	expect_get(&pages, &pages.customer,
		   "/bytes/0193594e-7a11-7c3e-9d54-2f0f6a1be7c1", 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_ticked_and_samples_are_explained),
		cmocka_unit_test(choosing_nothing_is_said_beside_the_choice),
		cmocka_unit_test(pressing_twice_asks_once),
		cmocka_unit_test(while_it_waits_the_page_says_so),
		cmocka_unit_test(the_script_gets_the_state_as_json),
		cmocka_unit_test(a_refused_request_says_why),
		cmocka_unit_test(a_finished_request_leads_to_the_transmission),
		cmocka_unit_test(a_sample_is_marked_and_cannot_go_on_to_send),
		cmocka_unit_test(
			the_preview_shows_the_exact_bytes_and_their_hash),
		cmocka_unit_test(a_customer_sees_it_and_an_operator_sends),
		cmocka_unit_test(a_preview_that_does_not_exist_is_not_found),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
