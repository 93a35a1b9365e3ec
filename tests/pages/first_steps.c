/* The task list of a new device, on Home. */
#include "domain/consent.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void expect_home(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, "/");

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static void expect_not_home(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, "/");

	expect_no_text(&answer, text);
	answer_clear(&answer);
}

static void those_who_set_up_see_it_and_no_others(void **state)
{
	(void)state;
	/* the four accounts of the tests are more than one */
	expect_home(&pages.customer, "1 of 8 done");
	expect_home(&pages.admin, "First steps");
	expect_not_home(&pages.operator, "First steps");
	expect_not_home(&pages.auditor, "First steps");
}

static void a_step_links_only_for_its_role(void **state)
{
	(void)state;
	expect_home(&pages.customer, "<a href=\"/services\">Choose services");
	expect_not_home(&pages.customer, "<a href=\"/users\">");
	expect_home(&pages.admin, "<a href=\"/users\">Make accounts");
	expect_not_home(&pages.admin, "<a href=\"/services\">Choose");
}

static void what_can_be_seen_is_done_by_itself(void **state)
{
	(void)state;
	assert_true(consent_allow(pages.db, "frontdesk", SERVICE_SUPPLIES,
				  pages.now, NULL));
	expect_home(&pages.customer, "2 of 8 done");
	pages_stage(&pages);
	expect_home(&pages.customer, "3 of 8 done");
	assert_true(
		consent_allow(pages.db, "ada", GATE_PERSONAL, pages.now, NULL));
	expect_home(&pages.customer, "4 of 8 done");
}

static void the_rest_is_marked_by_a_person(void **state)
{
	(void)state;
	expect_post(&pages, &pages.admin, "/", "mark=job-data", 303);
	expect_post(&pages, &pages.admin, "/", "mark=job-data", 303);
	expect_home(&pages.customer, "5 of 8 done");
	expect_post(&pages, &pages.admin, "/", "mark=nonsense", 400);
	expect_post(&pages, &pages.admin, "/", "mark=", 400);
	expect_post(&pages, &pages.operator, "/", "mark=settings", 403);
	expect_post(&pages, &pages.auditor, "/", "mark=settings", 403);
	expect_home(&pages.customer, "5 of 8 done");
}

static void it_can_be_hidden_and_shown_again(void **state)
{
	(void)state;
	expect_post(&pages, &pages.customer, "/", "mark=hide", 303);
	expect_not_home(&pages.customer, "5 of 8 done");
	expect_home(&pages.customer, "Show the first steps again");
	expect_post(&pages, &pages.customer, "/", "mark=show", 303);
	expect_home(&pages.customer, "5 of 8 done");
}

static void connecting_is_a_certificate_and_a_test(void **state)
{
	(void)state;
	expect_home(&pages.admin, "<a href=\"/network\">Connect");
	expect_not_home(&pages.customer, "<a href=\"/network\">Connect");
	network_certificate(&pages, -30, 335);
	expect_home(&pages.customer, "5 of 8 done");
	network_test(&pages, CONNECTION_FAILED);
	expect_home(&pages.customer, "6 of 8 done");
}

static void it_goes_when_all_is_done(void **state)
{
	(void)state;
	expect_post(&pages, &pages.admin, "/", "mark=settings", 303);
	expect_post(&pages, &pages.admin, "/", "mark=connection", 303);
	expect_not_home(&pages.admin, "First steps");
	expect_not_home(&pages.admin, "first steps again");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_who_set_up_see_it_and_no_others),
		cmocka_unit_test(a_step_links_only_for_its_role),
		cmocka_unit_test(what_can_be_seen_is_done_by_itself),
		cmocka_unit_test(the_rest_is_marked_by_a_person),
		cmocka_unit_test(it_can_be_hidden_and_shown_again),
		cmocka_unit_test(connecting_is_a_certificate_and_a_test),
		cmocka_unit_test(it_goes_when_all_is_done),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
