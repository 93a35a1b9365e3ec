/*
 * One transaction: its documents, bytes and receipt; each look is recorded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/ledger.h"
#include "domain/roles.h"
#include "tests/pages/server/staff.h"

static void open_one(struct staff *staff, char path[128], const char *prefix)
{
	char id[UUID_TEXT_SIZE];
	staff_sign_in(staff, "desk", ROLE_STAFF);
	staff_receive(staff, SAMPLES_DEVICE, 1, SAMPLES_NOW);
	samples_transaction(id, 1);
	snprintf(path, 128, "%s%s?device=" SAMPLES_DEVICE, prefix, id);
}

static void documents_are_tables_with_units_and_unknowns(void **state)
{
	struct staff *staff = *state;
	char path[128];
	open_one(staff, path, "/transaction/");
	assert_int_equal(200, staff_get(staff, path));
	assert_true(staff_sees(staff, "148,211 <span class=\"muted\">"
				      "impressions</span>"));
	assert_true(staff_sees(staff, "<span class=\"muted\">unknown</span>"));
	assert_true(staff_sees_word(staff, "148211"));
	assert_true(staff_sees(staff, "Supply 2"));
	assert_true(staff_sees(staff, "1.3.6.1.2.1.43.10.2.1.4.1.1"));
	assert_true(staff_sees(staff, "&lt;TotalImpressions unit=&quot;"));
	assert_true(staff_sees(staff, "sluice.receipt/v1"));
	assert_true(staff_sees(staff, "same as in receipt and ledger"));
	assert_true(staff_sees(staff, "0193594e-0000-7000-8000-000000000002"));
	assert_false(staff_sees(staff, "canary"));
}

static void each_look_is_recorded(void **state)
{
	struct staff *staff = *state;
	char path[128];
	open_one(staff, path, "/transaction/");
	assert_int_equal(200, staff_get(staff, path));
	assert_int_equal(200, staff_get(staff, path));
	assert_int_equal(2, samples_entries(&staff->server, LEDGER_READ));
}

static void the_bytes_are_saved_as_they_came(void **state)
{
	struct staff *staff = *state;
	struct buf body = BUF_INIT;
	char path[128], id[UUID_TEXT_SIZE], text[128];
	open_one(staff, path, "/bytes/");
	samples_transaction(id, 1);
	samples_upload(&body, SAMPLES_DEVICE, id);
	assert_int_equal(200, staff_get(staff, path));
	assert_string_equal(buf_str(&body), staff->m.content);
	memory_header(&staff->m, "Content-Disposition", text, sizeof(text));
	assert_int_equal(0, strncmp("attachment", text, 10));
	memory_header(&staff->m, "Content-Security-Policy", text, sizeof(text));
	assert_true(strlen(text) > 0);
	assert_int_equal(1, samples_entries(&staff->server, LEDGER_READ));
	buf_clear(&body);
}

static void addresses_that_lead_nowhere(void **state)
{
	struct staff *staff = *state;
	char path[128], id[UUID_TEXT_SIZE];
	open_one(staff, path, "/transaction/");
	samples_transaction(id, 1);
	snprintf(path, sizeof(path), "/transaction/%s", id);
	assert_int_equal(200, staff_get(staff, path));
	snprintf(path, sizeof(path), "/transaction/%s?device=" SAMPLES_OTHER,
		 id);
	assert_int_equal(404, staff_get(staff, path));
	samples_transaction(id, 2);
	snprintf(path, sizeof(path), "/transaction/%s", id);
	assert_int_equal(404, staff_get(staff, path));
	assert_int_equal(404, staff_get(staff, "/transaction/nonsense"));
	assert_int_equal(404, staff_get(staff, "/bytes/nonsense"));
	assert_int_equal(1, samples_entries(&staff->server, LEDGER_READ));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(documents_are_tables_with_units_and_unknowns),
		STAFF_TEST(each_look_is_recorded),
		STAFF_TEST(the_bytes_are_saved_as_they_came),
		STAFF_TEST(addresses_that_lead_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
