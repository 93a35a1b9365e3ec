/* Send: confirming, pressing, progress, cancelling. */
#include <stdio.h>

#include "domain/requests.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static char path[64];
static char form[128];

static const char *at(const char *page, const struct outbox_item *item)
{
	snprintf(path, sizeof(path), "%s%s", page, item->transaction);
	return path;
}

static const char *hash(const struct outbox_item *item)
{
	snprintf(form, sizeof(form), "sha256=%s", item->sha256);
	return form;
}

static enum outbox_state state_of(const struct outbox_item *item)
{
	struct outbox_item now;

	assert_true(outbox_get(pages.db, item->transaction, &now, NULL));
	return now.state;
}

static void the_list_is_empty_at_first(void **state)
{
	struct answer answer = pages_get(&pages, &pages.operator, "/send");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Nothing is ready. Make a preview first.");
	answer_clear(&answer);
	pages_allow(&pages);
}

static void the_confirmation_names_documents_host_and_hash(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);
	struct answer answer =
		pages_get(&pages, &pages.operator, at("/send/", &item));

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Send this?");
	expect_text(&answer, "Billing");
	expect_text(&answer, "comms.example");
	expect_text(&answer, item.sha256);
	expect_text(&answer, ">Send now</button>");
	expect_text(&answer, ">Don't send</button>");
	answer_clear(&answer);
	assert_int_equal(state_of(&item), OUTBOX_STAGED);
}

static void opening_the_page_sends_nothing(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);

	(void)state;
	expect_get(&pages, &pages.operator, at("/send/", &item), 200);
	expect_get(&pages, &pages.operator, "/send", 200);
	assert_int_equal(state_of(&item), OUTBOX_STAGED);
}

static void pressing_send_approves_exactly_this_hash(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);
	struct answer answer = pages_post(&pages, &pages.operator,
					  at("/send/", &item), hash(&item));

	(void)state;
	expect_location(&answer, path);
	answer_clear(&answer);
	assert_int_equal(state_of(&item), OUTBOX_QUEUED);

	struct outbox_item now;

	assert_true(outbox_get(pages.db, item.transaction, &now, NULL));
	assert_string_equal(now.approved_by, "olga");

	/* What is queued is the request: there is no row beside it. */
	struct request_row row;

	assert_false(requests_take(pages.db, &row, NULL));
}

static void pressing_it_twice_sends_once(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);
	size_t before = pages_ledger_count(&pages, "approved", NULL);

	(void)state;
	expect_post(&pages, &pages.operator, at("/send/", &item), hash(&item),
		    303);
	expect_post(&pages, &pages.operator, at("/send/", &item), hash(&item),
		    303);
	assert_int_equal(pages_ledger_count(&pages, "approved", NULL),
			 before + 1);
}

static void another_hash_is_refused(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);

	(void)state;
	item.sha256[0] = item.sha256[0] == '0' ? '1' : '0';
	expect_post(&pages, &pages.operator, at("/send/", &item), hash(&item),
		    409);
	expect_post(&pages, &pages.operator, at("/send/", &item), "sha256=zz",
		    400);
	expect_post(&pages, &pages.operator, at("/send/", &item), "", 400);
	assert_int_equal(state_of(&item), OUTBOX_STAGED);
}

static void only_an_operator_presses_send(void **state)
{
	const struct person *others[] = { &pages.customer, &pages.auditor,
					  &pages.admin };
	struct outbox_item item = pages_item(&pages, OUTBOX_STAGED);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		expect_post(&pages, others[i], at("/send/", &item), hash(&item),
			    403);
	}
	assert_int_equal(state_of(&item), OUTBOX_STAGED);
}

static void what_waits_says_why_and_until_when(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SENDING);
	struct answer answer;

	(void)state;
	assert_true(outbox_retry(pages.db, item.transaction,
				 "the server could not be reached",
				 pages.now + 600, pages.now, NULL));
	answer = pages_get(&pages, &pages.operator, at("/send/", &item));
	expect_status(&answer, 200);
	expect_text(&answer, "Not sent yet");
	expect_text(&answer, "The server could not be reached.");
	expect_text(&answer, "will be tried again by itself at about");
	expect_text(&answer, "href=\"/network\">See the connection</a>");
	expect_text(&answer, "Cancel this send");
	answer_clear(&answer);
}

static void progress_shows_the_real_stage_without_a_script(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_SENDING);
	struct call call = {
		.method = "GET",
		.path = at("/send/", &item),
		.who = &pages.operator,
		.accept = "application/json",
	};
	struct answer answer = pages_get(&pages, &pages.operator, path);

	(void)state;
	expect_text(&answer, "Uploading.");
	expect_text(&answer, "Refresh");
	expect_text(&answer, "safe to close this page");
	expect_no_text(&answer, "Sent and confirmed");
	expect_no_text(&answer, "Cancel this send");
	answer_clear(&answer);
	answer = pages_call(&pages, &call);
	expect_text(&answer, "\"text\":\"Uploading.\"");
	expect_text(&answer, "\"over\":false");
	answer_clear(&answer);
}

static void what_failed_for_good_says_so(void **state)
{
	struct outbox_item item = pages_item(&pages, OUTBOX_FAILED);
	struct answer answer =
		pages_get(&pages, &pages.operator, at("/send/", &item));

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "Not sent");
	expect_text(&answer, "The server refused: no such device.");
	expect_no_text(&answer, "confirmed");
	answer_clear(&answer);
}

static void cancelling_works_until_it_is_on_its_way(void **state)
{
	struct outbox_item waiting = pages_item(&pages, OUTBOX_QUEUED);
	struct outbox_item going = pages_item(&pages, OUTBOX_SENDING);

	(void)state;
	expect_post(&pages, &pages.operator, at("/cancel/", &waiting), "", 303);
	assert_int_equal(state_of(&waiting), OUTBOX_CANCELLED);
	expect_post(&pages, &pages.operator, at("/cancel/", &waiting), "", 303);
	expect_post(&pages, &pages.operator, at("/cancel/", &going), "", 409);
	assert_int_equal(state_of(&going), OUTBOX_SENDING);

	struct answer answer =
		pages_get(&pages, &pages.operator, at("/send/", &waiting));

	expect_text(&answer, "Cancelled, not sent");
	answer_clear(&answer);
}

static void a_sample_cannot_be_sent(void **state)
{
	struct pages other;
	struct outbox_item item;
	struct person who;

	(void)state;
	pages_make(&other);
	who = pages_person(&other, "olga", ROLE_OPERATOR);
	item = pages_item(&other, OUTBOX_SAMPLE);
	expect_post(&other, &who, at("/send/", &item), hash(&item), 409);
	expect_get(&other, &who, at("/send/", &item), 303);
	pages_remove(&other);
}

static void expect_send(struct pages *p, const char *text)
{
	struct answer answer = pages_get(p, &p->operator, "/send");

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static void the_queue_says_why_each_waits_and_when_it_is_tried(void **state)
{
	struct pages other;
	struct pages *p = &other;
	struct outbox_item item;

	(void)state;
	pages_set_up((void **)&p);
	pages_allow(p);
	item = pages_item(p, OUTBOX_QUEUED);
	expect_send(p, "In the order in which it goes");
	expect_send(p, at("/send/", &item));
	expect_send(p, "Waits for a certificate");
	expect_send(p, "when that changes");
	network_certificate(p, -30, 335);
	expect_send(p, "Goes next.");
	expect_send(p, "data-label=\"Next\">now<");
	assert_true(outbox_begin(p->db, item.transaction, "", p->now, NULL));
	assert_true(outbox_retry(p->db, item.transaction,
				 "the server answered 503 " PAGES_HOSTILE,
				 p->now + 600, p->now, NULL));
	expect_send(p, "Waits for the next try.");
	expect_send(p, "The server answered 503 &lt;script&gt;");
	pages_remove(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_empty_at_first),
		cmocka_unit_test(
			the_confirmation_names_documents_host_and_hash),
		cmocka_unit_test(opening_the_page_sends_nothing),
		cmocka_unit_test(pressing_send_approves_exactly_this_hash),
		cmocka_unit_test(pressing_it_twice_sends_once),
		cmocka_unit_test(another_hash_is_refused),
		cmocka_unit_test(only_an_operator_presses_send),
		cmocka_unit_test(what_waits_says_why_and_until_when),
		cmocka_unit_test(
			the_queue_says_why_each_waits_and_when_it_is_tried),
		cmocka_unit_test(
			progress_shows_the_real_stage_without_a_script),
		cmocka_unit_test(what_failed_for_good_says_so),
		cmocka_unit_test(cancelling_works_until_it_is_on_its_way),
		cmocka_unit_test(a_sample_cannot_be_sent),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
