/* The state sentence, as it stands on Home and Services. */
#include "domain/automatic.h"
#include "domain/consent.h"
#include "tests/pages/support.h"

static struct pages pages;

static int set_up(void **state)
{
	*state = &pages;
	return pages_set_up(state);
}

static void expect_state(const char *text)
{
	static const char *const paths[] = { "/", "/services" };

	for (size_t i = 0; i < 2; i++) {
		struct answer answer =
			pages_get(&pages, &pages.customer, paths[i]);

		expect_text(&answer, text);
		answer_clear(&answer);
	}
}

static void allow(enum service_id service)
{
	assert_true(
		consent_allow(pages.db, "frontdesk", service, pages.now, NULL));
}

static void it_follows_every_decision(void **state)
{
	(void)state;
	expect_state("Nothing is being sent.</strong> No service is allowed.");
	allow(SERVICE_UNSET);
	expect_state("No documents are being sent.</strong> Remote services");
	expect_state("but no single service is: the device checks in");
	allow(SERVICE_METERING);
	expect_state("1 service is allowed.");
	allow(SERVICE_SUPPLIES);
	expect_state("2 services are allowed.");
	assert_true(consent_withdraw(pages.db, "frontdesk", SERVICE_UNSET,
				     pages.now, NULL, NULL));
	expect_state("remote services as a whole are not allowed.");
}

static void it_knows_the_last_confirmed_send(void **state)
{
	(void)state;
	expect_state("Nothing was ever sent from here.");
	allow(SERVICE_UNSET);
	pages_item(&pages, OUTBOX_SENT);
	expect_state("Last confirmed send: ");
}

static void it_says_what_is_sent_next(void **state)
{
	(void)state;
	allow(SERVICE_UNSET);
	allow(SERVICE_METERING);
	expect_state("Next automatic send: ");
	expect_state("so that you can think again.");
	assert_true(automatic_set(pages.db, "frontdesk", "automatic", "off",
				  pages.now, NULL));
	expect_state("Automatic sending is off.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_follows_every_decision),
		cmocka_unit_test(it_says_what_is_sent_next),
		cmocka_unit_test(it_knows_the_last_confirmed_send),
	};

	return cmocka_run_group_tests(tests, set_up, pages_tear_down);
}
