/* About: strangers learn little. */
#include <string.h>

#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void strangers_see_no_serial_number_and_no_version(void **state)
{
	struct answer answer = pages_get(&pages, NULL, "/about");

	(void)state;
	expect_status(&answer, 200);
	expect_no_text(&answer, "EX7-004211");
	expect_no_text(&answer, PACKAGE_VERSION "<");
	expect_no_text(&answer, "comms.example");
	expect_text(&answer, "Report a vulnerability");
	expect_text(&answer, "Licences");
	answer_clear(&answer);
}

static void who_is_signed_in_sees_them(void **state)
{
	struct answer answer = pages_get(&pages, &pages.auditor, "/about");

	(void)state;
	expect_status(&answer, 200);
	expect_text(&answer, "EX7-004211");
	expect_text(&answer, PACKAGE_VERSION "<");
	expect_text(&answer, "comms.example");
	expect_text(&answer, "not seen with a receipt yet");
	answer_clear(&answer);
}

static void the_certificate_of_the_server_can_be_compared(void **state)
{
	struct outbox_item item;
	struct answer answer;

	(void)state;
	pages_allow(&pages);
	item = pages_item(&pages, OUTBOX_SENT);
	answer = pages_get(&pages, &pages.customer, "/about");
	expect_text(&answer, item.peer);
	answer_clear(&answer);
	answer = pages_get(&pages, NULL, "/about");
	expect_no_text(&answer, item.peer);
	answer_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_see_no_serial_number_and_no_version),
		cmocka_unit_test(who_is_signed_in_sees_them),
		cmocka_unit_test(the_certificate_of_the_server_can_be_compared),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
