/* The certificate: facts, a one-time code from typing to its end, renewal. */
#include <stdio.h>
#include <string.h>

#include "domain/enrolment.h"
#include "tests/pages/network_support.h"

static struct pages pages;

static int make(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

#define PATH "/network/certificate"
#define ENROL "do=enrol&" NETWORK_KEY "&code="

static void expect_page(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, PATH);

	expect_status(&answer, 200);
	expect_text(&answer, text);
	answer_clear(&answer);
}

static void expect_not(const struct person *who, const char *text)
{
	struct answer answer = pages_get(&pages, who, PATH);

	expect_no_text(&answer, text);
	answer_clear(&answer);
}

static enum enrolment_state state_now(void)
{
	struct enrolment enrolment;

	assert_true(enrolment_read(pages.db, &enrolment, NULL));
	return enrolment.state;
}

static void it_says_what_the_certificate_says(void **state)
{
	(void)state;
	network_certificate(&pages, -30, 335);
	expect_page(&pages.auditor, "CN=ex7-004211, serialNumber=EX7-004211");
	expect_page(&pages.auditor, "CN=Example &lt;devices&gt;");
	expect_page(&pages.auditor, "9f3b9f3b9f3b");
	expect_page(&pages.auditor, "Its key was made on this device");
}

static void the_form_says_what_it_does_and_what_leaves(void **state)
{
	(void)state;
	pages_allow(&pages);
	expect_page(&pages.admin, "name=\"code\"");
	expect_page(&pages.admin, "the code, the public key and the serial "
				  "number; no documents");
	expect_page(&pages.admin, "The device asks comms.example");
	expect_page(&pages.admin, "ex7-004211, serial number EX7-004211");
	expect_page(&pages.auditor, "Only an account with the role admin");
	expect_not(&pages.auditor, "name=\"code\"");
	expect_post(&pages, &pages.customer, PATH, ENROL "7K3M9PQX2R4T", 403);
	expect_post(&pages, &pages.auditor, PATH, ENROL "7K3M9PQX2R4T", 403);
	assert_int_equal(state_now(), ENROLMENT_NONE);
}

/* So that nobody loses a try by a code that cannot be one. */
static void what_a_code_looks_like_is_said_before_a_try(void **state)
{
	(void)state;
	pages_allow(&pages);
	expect_page(&pages.admin, "As the vendor gave it: 20 letters and "
				  "digits. Capitals");
}

static void without_permission_there_is_no_form(void **state)
{
	struct answer answer;

	(void)state;
	network_certificate(&pages, -30, 335);
	expect_not(&pages.admin, "name=\"code\"");
	expect_not(&pages.admin, "Renew now");
	expect_page(&pages.admin, "Nothing is sent while remote services as a "
				  "whole are not allowed.");
	answer = pages_post(&pages, &pages.admin, PATH, ENROL "7K3M9PQX2R4T");
	expect_status(&answer, 409);
	answer_clear(&answer);
	answer =
		pages_post(&pages, &pages.admin, PATH, "do=renew&" NETWORK_KEY);
	expect_status(&answer, 409);
	expect_text(&answer, "Allow them under Services first.");
	answer_clear(&answer);
	assert_int_equal(network_requests(&pages), 0);
}

static void a_code_is_left_for_the_client(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	answer = pages_post(&pages, &pages.admin, PATH, ENROL "7K3M-9PQX-2R4T");
	expect_location(&answer, PATH "?id=1");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, PATH, ENROL "7K3M-9PQX-2R4T", 303);
	assert_int_equal(network_requests(&pages), 1);
	assert_int_equal(state_now(), ENROLMENT_ASKED);
	expect_page(&pages.auditor, "A one-time code waits to be tried.");
	/* while it is followed, one card is enough */
	answer = pages_get(&pages, &pages.auditor, PATH "?id=1");
	expect_text(&answer, "Under way");
	expect_no_text(&answer, "A one-time code waits to be tried.");
	answer_clear(&answer);
	expect_page(&pages.auditor, "Typed by ada, ");
	expect_not(&pages.auditor, "Take the code back");
	/* nobody reads it again */
	expect_not(&pages.admin, "7K3M");
}

static void what_is_wrong_is_said_and_kept(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	answer = pages_post(&pages, &pages.admin, PATH, ENROL);
	expect_status(&answer, 400);
	expect_text(&answer, "There is a problem");
	expect_text(&answer, "id=\"code-error\"");
	answer_clear(&answer);
	/* longer than any code */
	answer = pages_post(&pages, &pages.admin, PATH,
			    ENROL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
				  "AAAAAAAAAAAA");
	expect_status(&answer, 400);
	expect_text(&answer, "value=\"AAAA");
	answer_clear(&answer);
	expect_post(&pages, &pages.admin, PATH, "do=everything&" NETWORK_KEY,
		    400);
	assert_int_equal(state_now(), ENROLMENT_NONE);
}

static void it_can_be_taken_back(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	network_certificate(&pages, -400, -3);
	expect_post(&pages, &pages.admin, PATH, ENROL "7K3M9PQX2R4T", 303);
	expect_page(&pages.admin, "Take the code back");
	answer = pages_post(&pages, &pages.admin, PATH, "do=cancel");
	expect_location(&answer, PATH "?done=cancelled");
	answer_clear(&answer);
	assert_int_equal(state_now(), ENROLMENT_ENROLLED);
	answer = pages_post(&pages, &pages.admin, PATH, "do=cancel");
	expect_location(&answer, PATH);
	answer_clear(&answer);
	answer = pages_get(&pages, &pages.admin, PATH "?done=cancelled");
	expect_text(&answer, "The code was taken back.");
	expect_text(&answer, "Replace it with a one-time code");
	answer_clear(&answer);
}

static void how_it_goes_on_is_told(void **state)
{
	(void)state;
	pages_allow(&pages);
	expect_post(&pages, &pages.admin, PATH, ENROL "7K3M9PQX2R4T", 303);
	assert_true(
		enrolment_begin(pages.db, "daemon", "asks", pages.now, NULL));
	assert_true(enrolment_tried(pages.db, ENROLMENT_PENDING, "daemon", NULL,
				    pages.now + 3600, pages.now, NULL));
	expect_page(&pages.auditor, "has not decided yet");
	expect_page(&pages.auditor, "Next try: ");
	assert_true(enrolment_tried(pages.db, ENROLMENT_REFUSED, "daemon",
				    "the code is not known " PAGES_HOSTILE, 0,
				    pages.now, NULL));
	expect_page(&pages.auditor,
		    "The code was refused.</strong> The code is not known "
		    "&lt;script&gt;");
	expect_page(&pages.auditor, "Another one can be typed below.");
	expect_page(&pages.admin, "name=\"code\"");
}

static void a_refusal_that_was_read_can_be_cleared(void **state)
{
	(void)state;
	pages_allow(&pages);
	network_certificate(&pages, -30, 335);
	expect_post(&pages, &pages.admin, PATH, ENROL "7K3M9PQX2R4T", 303);
	assert_true(
		enrolment_begin(pages.db, "daemon", "asks", pages.now, NULL));
	assert_true(enrolment_tried(pages.db, ENROLMENT_REFUSED, "daemon", "no",
				    0, pages.now, NULL));
	expect_page(&pages.admin, "Clear this message");
	expect_not(&pages.auditor, "Clear this message");
	expect_post(&pages, &pages.auditor, PATH, "do=clear", 403);
	expect_post(&pages, &pages.admin, PATH, "do=clear", 303);
	assert_int_equal(state_now(), ENROLMENT_ENROLLED);
	expect_not(&pages.admin, "The code was refused.");
	/* pressed again, it takes back no code that was typed meanwhile */
	expect_post(&pages, &pages.admin, PATH,
		    "do=enrol&key=0123456789abcdef9999&code=7K3M9PQX2R4T", 303);
	expect_post(&pages, &pages.admin, PATH, "do=clear", 303);
	assert_int_equal(state_now(), ENROLMENT_ASKED);
}

static void renewing_is_one_press(void **state)
{
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	expect_not(&pages.admin, "Renew now"); /* nothing to renew */
	network_certificate(&pages, -30, 335);
	expect_page(&pages.admin, "Renew now");
	expect_not(&pages.customer, "Renew now");
	answer =
		pages_post(&pages, &pages.admin, PATH, "do=renew&" NETWORK_KEY);
	expect_location(&answer, PATH "?id=1");
	answer_clear(&answer);
	network_ended(&pages, network_take(&pages, REQUEST_ENROL), NULL);
	expect_not(&pages.admin, "The device has its certificate.");
	answer = pages_get(&pages, &pages.admin, PATH "?id=1");
	expect_text(&answer, "The device has its certificate.");
	answer_clear(&answer);
	/* A wrong code takes nothing from a certificate that stands. */
	assert_true(enrolment_tried(pages.db, ENROLMENT_REFUSED, "daemon", "no",
				    0, pages.now, NULL));
	expect_page(&pages.admin, "Renew now");
	network_certificate(&pages, -400, -3);
	expect_not(&pages.admin, "Renew now"); /* a code is needed */
}

static void a_renewal_that_failed_is_told(void **state)
{
	(void)state;
	pages_allow(&pages);
	network_certificate(&pages, -300, 60);
	assert_true(enrolment_tried(pages.db, ENROLMENT_ENROLLED, "daemon",
				    "the authority does not answer",
				    pages.now + 3600, pages.now, NULL));
	expect_page(&pages.auditor,
		    "The last renewal did not work: The authority does not "
		    "answer.");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, pages_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(it_says_what_the_certificate_says),
		TEST(the_form_says_what_it_does_and_what_leaves),
		TEST(what_a_code_looks_like_is_said_before_a_try),
		TEST(without_permission_there_is_no_form),
		TEST(a_code_is_left_for_the_client),
		TEST(what_is_wrong_is_said_and_kept),
		TEST(it_can_be_taken_back),
		TEST(how_it_goes_on_is_told),
		TEST(a_refusal_that_was_read_can_be_cleared),
		TEST(renewing_is_one_press),
		TEST(a_renewal_that_failed_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
