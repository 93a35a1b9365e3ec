/*
 * One device: what is known, what may not be seen, its transactions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/ledger.h"
#include "domain/roles.h"
#include "server/fleet_storage.h"
#include "tests/pages/server/staff.h"

static void it_shows_what_the_customer_allowed_and_the_rest(void **state)
{
	struct staff *staff = *state;
	char id[UUID_TEXT_SIZE];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff_receive(staff, SAMPLES_DEVICE, 1, SAMPLES_NOW);
	samples_transaction(id, 1);
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	assert_true(staff_sees(staff, id));
	assert_true(staff_sees(staff, "Billing, Supplies Usage"));
	assert_true(staff_sees(staff, staff->server.device.sha256));
	assert_true(staff_sees(staff, "What we may not see"));
	assert_true(staff_sees(staff, "<dt>Maintenance</dt>"));
	assert_false(staff_sees(staff, "<dt>Metering</dt>"));
	assert_true(staff_sees(staff, "Personal data"));
	assert_true(staff_sees(staff, "Job data"));
	/* The list is no look at documents. */
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
	assert_false(staff_sees(staff, "148,211"));
	assert_false(staff_sees_word(staff, "148211"));
}

static void a_new_device_says_so(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_OTHER));
	assert_true(staff_sees(staff, "Nothing was received"));
	assert_true(staff_sees(staff, "Never seen"));
	assert_true(staff_sees(staff, "<dt>Metering</dt>"));
}

static void a_long_list_has_pages(void **state)
{
	struct staff *staff = *state;
	char id[UUID_TEXT_SIZE];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	for (unsigned n = 1; n <= 21; n++) {
		staff_receive(staff, SAMPLES_DEVICE, n, SAMPLES_NOW);
	}
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	samples_transaction(id, 1);
	assert_false(staff_sees(staff, id));
	assert_true(staff_sees(staff, "?before=2#transactions"));
	assert_int_equal(200, staff_get(staff,
					"/device/" SAMPLES_DEVICE "?before=2"));
	assert_true(staff_sees(staff, id));
	assert_true(staff_sees(staff, ">Newest<"));
}

/* The longest list is the last, and each part can be gone to. */
static void its_parts_have_an_order_and_a_list_of_them(void **state)
{
	static const char *const parts[] = { "known",        "contact",
					     "unseen",       "certificates",
					     "instructions", "transactions" };
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	const char *link = staff->m.content, *part = staff->m.content;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char text[40];
		(void)snprintf(text, sizeof(text), "href=\"#%s\"", parts[i]);
		link = strstr(link, text);
		assert_non_null(link);
		(void)snprintf(text, sizeof(text), "id=\"%s\"", parts[i]);
		part = strstr(part, text);
		assert_non_null(part);
		assert_true(link < part);
	}
	/* What is folded up says in its line what is in it. */
	assert_true(
		staff_sees(staff, "<details class=\"card\" id=\"unseen\">"));
	assert_true(staff_sees(staff, "Metering, Supplies, Parts, Maintenance, "
				      "Engineering, Software updates, Personal "
				      "data, Job data</span></summary>"));
	assert_true(staff_sees(staff, "1 certificate</span></summary>"));
	assert_true(staff_sees(staff, "</svg>Ends within 30 days</span>\n "
				      "<span class=\"muted\">1 certificate"));
	/* There is none of what it never told. */
	assert_false(staff_sees(staff, "#log\""));
	/* A list that fits on the page has no pages. */
	assert_false(staff_sees(staff, "class=\"pages\""));
}

static void a_full_day_is_told_in_a_sentence(void **state)
{
	struct staff *staff = *state;
	struct samples *server = &staff->server;
	struct err err = { 0 };
	struct refusal refusal = { .kind = REFUSAL_NONE };
	server->config.day_bytes = 2000000;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_true(fleet_storage_take(server->server.db, SAMPLES_DEVICE,
				       1234567, 2000000, SAMPLES_NOW,
				       &refusal));
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	assert_true(staff_sees(staff, "(today 1.2 MB of at most 2 MB)"));
	assert_false(staff_sees(staff, "Day is full"));
	assert_true(fleet_storage_note(server->server.db, SAMPLES_DEVICE,
				       2000000, SAMPLES_NOW, &err));
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_DEVICE));
	assert_true(staff_sees(staff, "Day is full"));
	assert_true(staff_sees(staff,
			       "sent more than the 2 MB that are stored of "
			       "one device in a day"));
	assert_true(staff_sees(staff, "waits there until 24 Nov"));
	assert_int_equal(200, staff_get(staff, "/device/" SAMPLES_OTHER));
	assert_false(staff_sees(staff, "Day is full"));
	assert_true(staff_sees(staff, "(today 0 kB of at most 2 MB)"));
}

static void addresses_that_lead_nowhere(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	assert_int_equal(404, staff_get(staff, "/device/nobody"));
	assert_int_equal(404, staff_get(staff, "/device/<script>"));
	assert_false(staff_sees(staff, "<script>"));
	assert_int_equal(400, staff_get(staff, "/device/" SAMPLES_DEVICE
					       "?before=-1"));
	assert_int_equal(400, staff_get(staff,
					"/device/" SAMPLES_DEVICE "?before=0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(it_shows_what_the_customer_allowed_and_the_rest),
		STAFF_TEST(a_new_device_says_so),
		STAFF_TEST(a_long_list_has_pages),
		STAFF_TEST(its_parts_have_an_order_and_a_list_of_them),
		STAFF_TEST(a_full_day_is_told_in_a_sentence),
		STAFF_TEST(addresses_that_lead_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
