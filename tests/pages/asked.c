/*
 * Buttons that ask something of the client daemon, from the press to the
 * answer, as the connection test has one.
 */
#include <stdio.h>
#include <string.h>

#include "domain/requests.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define PRESS "do=now&" NETWORK_KEY

static void pressing_twice_asks_once(void **state)
{
	char path[64];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct answer answer = pages_post(&pages, &pages.admin,
						  "/network/test", PRESS);

		expect_status(&answer, 303);
		answer_field(&answer, "Location", path, sizeof(path));
		answer_clear(&answer);
	}
	assert_string_equal(path, "/network/test?id=1");
	assert_int_equal(network_requests(&pages), 1);
	expect_post(&pages, &pages.admin, "/network/test", "do=now", 400);
	expect_post(&pages, &pages.admin, "/network/test", "do=now&key=short",
		    400);
	assert_int_equal(network_requests(&pages), 1);
}

static struct answer script(const char *query)
{
	struct call call = {
		.method = "GET",
		.path = "/network/test",
		.query = query,
		.who = &pages.auditor,
		.accept = "application/json",
	};

	return pages_call(&pages, &call);
}

static void it_is_followed_until_it_is_over(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.admin, "/network/test", PRESS, 303);
	answer = pages_get(&pages, &pages.auditor, "/network/test?id=1");
	expect_text(&answer, "data-watch=\"/network/test?id=1\"");
	expect_text(&answer, "Waiting for the device&#39;s client.");
	expect_text(&answer, "href=\"/network/test?id=1\">Refresh");
	expect_text(&answer, "sluice.js");
	answer_clear(&answer);

	int64_t id = network_take(&pages, REQUEST_TEST);

	answer = script("id=1");
	expect_text(&answer, "\"text\":\"Testing, step by step.");
	expect_text(&answer, "\"over\":false");
	answer_clear(&answer);
	network_ended(&pages, id, NULL);
	answer = script("id=1");
	expect_text(&answer, "\"over\":true");
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.auditor, "/network/test?id=1");
	expect_no_text(&answer, "data-watch");
	expect_no_text(&answer, "sluice.js");
	answer_clear(&answer);
}

static void why_it_did_not_work_is_told_and_only_as_text(void **state)
{
	struct answer answer;

	(void)state;
	expect_post(&pages, &pages.admin, "/network/test", PRESS, 303);
	network_ended(&pages, network_take(&pages, REQUEST_TEST),
		      "the disk is full " PAGES_HOSTILE);
	answer = pages_get(&pages, &pages.auditor, "/network/test?id=1");
	expect_text(&answer, "The test could not be made.");
	expect_text(&answer, "The disk is full &lt;script&gt;");
	expect_no_text(&answer, "<script>alert");
	answer_clear(&answer);
}

static void a_client_that_does_not_run_is_told(void **state)
{
	struct answer answer;
	int64_t id;

	(void)state;
	assert_true(requests_add(pages.db, REQUEST_TEST, 0, "ada", "an-old-key",
				 pages.now - 60, &id, NULL));
	answer = pages_get(&pages, &pages.auditor, "/network/test?id=1");
	expect_text(&answer, "the client program may not be running");
	answer_clear(&answer);
}

static void a_number_that_is_none_of_it_shows_the_page_alone(void **state)
{
	static const char *const paths[] = {
		"/network/test?id=1",
		"/network/test?id=999999",
		"/network/test?id=0",
	};
	int64_t id;

	(void)state;
	assert_true(requests_add(pages.db, REQUEST_PREVIEW, 2, "olga",
				 "another-key", pages.now, &id, NULL));
	assert_int_equal(id, 1);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct answer answer =
			pages_get(&pages, &pages.auditor, paths[i]);

		expect_status(&answer, 200);
		expect_no_text(&answer, "data-watch");
		expect_no_text(&answer, "role=\"status\"");
		answer_clear(&answer);
	}
	expect_get(&pages, &pages.auditor, "/network/test?id=x", 400);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(pressing_twice_asks_once),
		TEST(it_is_followed_until_it_is_over),
		TEST(why_it_did_not_work_is_told_and_only_as_text),
		TEST(a_client_that_does_not_run_is_told),
		TEST(a_number_that_is_none_of_it_shows_the_page_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
