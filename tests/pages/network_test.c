/* The connection test: who presses, what its steps say. */
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define PATH "/network/test"

static void expect_page(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, PATH);

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static void administrators_press_and_all_read(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, PATH);

	(void)state;
	expect_status(&answer, 200);
	expect_no_text(&answer, ">Test connection</button>");
	expect_text(&answer, "There was no test yet.");
	answer_clear(&answer);
	expect_page(&pages.admin, ">Test connection</button>");
	expect_post(&pages, &pages.auditor, PATH, "do=now&" NETWORK_KEY, 403);
	expect_post(&pages, &pages.customer, PATH, "do=now&" NETWORK_KEY, 403);
	expect_post(&pages, &pages.admin, PATH, "do=more&" NETWORK_KEY, 400);
	assert_int_equal(network_requests(&pages), 0);
}

/* It may be made, because the client then stays on the device. */
static void without_permission_it_says_that_nothing_is_sent(void **state)
{
	(void)state;
	expect_page(&pages.admin, "looks only at the device itself and nothing "
				  "is sent");
	expect_post(&pages, &pages.admin, PATH, "do=now&" NETWORK_KEY, 303);
	assert_int_equal(network_take(&pages, REQUEST_TEST), 1);
	pages_allow(&pages);
	struct answer answer = pages_get(&pages, &pages.admin, PATH);
	expect_no_text(&answer, "nothing is sent");
	answer_clear(&answer);
}

static void each_step_has_result_sight_and_remedy(void **state)
{
	(void)state;
	network_test(&pages, CONNECTION_FAILED);
	expect_page(&pages.auditor, "Name of the server");
	expect_page(&pages.auditor, "comms.example is 192.0.2.7");
	expect_page(&pages.auditor, "</svg>Good</span>");
	expect_page(&pages.auditor, "</svg>Failed</span>");
	expect_page(&pages.auditor, "</svg>Left out</span>");
	expect_page(&pages.auditor, "issued by &lt;b&gt;Inspector&lt;/b&gt;");
	expect_page(&pages.auditor, "Ask your network to let it through.");
	expect_page(&pages.auditor, "It ends at ");
	expect_page(&pages.admin, ">Test again</button>");
	network_test(&pages, CONNECTION_WARNING);
	expect_page(&pages.auditor, "</svg>Look</span>");
	network_test(&pages, CONNECTION_OK);
	expect_page(&pages.auditor, "3 steps, all good.");
	expect_page(&pages.auditor, "</svg>All good</span>");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(administrators_press_and_all_read),
		TEST(without_permission_it_says_that_nothing_is_sent),
		TEST(each_step_has_result_sight_and_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
