/*
 * Sealed job data on the console: who sees what, and that taking is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "domain/roles.h"
#include "tests/pages/server/staff.h"
#include "tests/unit/server/sealed_samples.h"

#define PURPOSE_HTML "stripes in cyan"

static int64_t count(struct staff *staff, const char *sql)
{
	struct stmt q;
	struct err err = { 0 };
	assert_true(db_query(staff->server.server.db, &q, sql, &err));
	assert_true(db_row(&q));
	int64_t n = db_int(&q, 0);
	assert_true(db_done(&q, &err));
	return n;
}

static void receive(struct staff *staff, struct sealed *item, char path[128])
{
	sealed_receive(&staff->server, SAMPLES_DEVICE, 1, 70000, SAMPLES_NOW,
		       item);
	snprintf(path, 128, "/jobdata/%s?device=" SAMPLES_DEVICE,
		 item->transaction);
}

static void staff_see_that_it_exists_and_no_more(void **state)
{
	struct staff *staff = *state;
	struct sealed item;
	char path[128];
	staff_sign_in(staff, "desk", ROLE_STAFF | ROLE_ADMIN);
	assert_int_equal(200, staff_get(staff, "/jobdata"));
	assert_true(staff_sees(staff, "No sealed job data was received"));
	receive(staff, &item, path);
	assert_int_equal(200, staff_get(staff, "/jobdata"));
	assert_true(staff_sees(staff, item.transaction));
	assert_true(staff_sees(staff, SAMPLES_DEVICE));
	assert_true(staff_sees(staff, "70,000"));
	assert_true(staff_sees(staff, "Kept until 21 February 2027"));
	assert_false(staff_sees(staff, PURPOSE_HTML));
	assert_false(staff_sees(staff, "age1"));
	assert_false(staff_sees(staff, "href=\"/jobdata/"));
	assert_int_equal(403, staff_get(staff, path));
	assert_int_equal(403, staff_post(staff, path, "act=take", true));
	assert_int_equal(403,
			 staff_post(staff, path, "act=delete&sure=1", true));
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
	assert_int_equal(0, count(staff, "SELECT count(*) FROM notices"));
}

static void administering_alone_sees_nothing(void **state)
{
	struct staff *staff = *state;
	struct sealed item;
	char path[128];
	staff_sign_in(staff, "clerk", ROLE_ADMIN);
	receive(staff, &item, path);
	assert_int_equal(403, staff_get(staff, "/jobdata"));
	assert_int_equal(403, staff_get(staff, path));
	assert_int_equal(403, staff_post(staff, path, "act=take", true));
}

static void the_role_takes_it_and_the_customer_is_told(void **state)
{
	struct staff *staff = *state;
	struct sealed item;
	struct buf whole = BUF_INIT;
	char path[128], text[128];
	staff_sign_in(staff, "colour-desk", ROLE_JOB_DATA);
	receive(staff, &item, path);
	assert_int_equal(303, staff_get(staff, "/"));
	assert_string_equal("/jobdata",
			    staff_sent_to(staff, text, sizeof(text)));
	assert_int_equal(200, staff_get(staff, "/jobdata"));
	assert_true(staff_sees(staff, PURPOSE_HTML));
	assert_false(staff_sees(staff, "href=\"/device/"));
	assert_int_equal(200, staff_get(staff, path));
	assert_true(staff_sees(staff, PURPOSE_HTML));
	assert_true(staff_sees(staff, "age1lggyhqrw2nlhcxprm67z43rta597azn8gkna"
				      "wjehu9d9dl0jq3yqqvfafg"));
	assert_true(staff_sees(staff, "The customer is told."));
	assert_true(staff_sees(staff, item.sha256));
	/* Looking at the page alone is no taking. */
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
	assert_int_equal(403, staff_post(staff, path, "act=take", false));
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));

	assert_int_equal(200, staff_get(staff, path));
	assert_int_equal(200, staff_post(staff, path, "act=take", true));
	sealed_bytes(&whole, 70000, 1);
	const char *body = strstr(buf_str(&staff->m.out), "\r\n\r\n") + 4;
	size_t len = staff->m.out.len - (size_t)(body - buf_str(&staff->m.out));
	assert_int_equal(whole.len, len);
	assert_memory_equal(whole.data, body, len);
	assert_string_equal("application/octet-stream",
			    memory_header(&staff->m, "Content-Type", text,
					  sizeof(text)));
	assert_string_equal("70000", memory_header(&staff->m, "Content-Length",
						   text, sizeof(text)));
	memory_header(&staff->m, "Content-Disposition", text, sizeof(text));
	assert_non_null(strstr(text, item.transaction));
	assert_non_null(strstr(text, ".age\""));
	assert_int_equal(1, samples_entries(&staff->server, LEDGER_READ));
	assert_int_equal(1, count(staff, "SELECT count(*) FROM notices WHERE "
					 "kind = 'opened' AND "
					 "who = 'colour-desk'"));
	buf_clear(&whole);
}

static void deleting_wants_a_tick(void **state)
{
	struct staff *staff = *state;
	struct sealed item;
	char path[128], text[128];
	staff_sign_in(staff, "colour-desk", ROLE_STAFF | ROLE_JOB_DATA);
	receive(staff, &item, path);
	assert_int_equal(200, staff_get(staff, path));
	assert_int_equal(400, staff_post(staff, path, "act=delete", true));
	assert_true(staff_sees(staff, "Tick the box first"));
	assert_int_equal(303,
			 staff_post(staff, path, "act=delete&sure=1", true));
	staff_sent_to(staff, text, sizeof(text));
	assert_int_equal(200, staff_get(staff, text));
	assert_true(staff_sees(staff, "The file is deleted."));
	assert_true(staff_sees(staff, "Deleted by colour-desk"));
	assert_int_equal(200, staff_get(staff, path));
	assert_false(staff_sees(staff, "act"
				       "\" value=\"take"));
	assert_int_equal(404, staff_post(staff, path, "act=take", true));
	assert_int_equal(1, count(staff, "SELECT count(*) FROM notices WHERE "
					 "kind = 'deleted'"));
}

static void hostile_words_stay_words(void **state)
{
	struct staff *staff = *state;
	struct sealed item;
	struct stmt q;
	struct err err = { 0 };
	char path[128];
	staff_sign_in(staff, "colour-desk", ROLE_JOB_DATA);
	receive(staff, &item, path);
	assert_true(db_query(staff->server.server.db, &q,
			     "INSERT INTO sealed SELECT 99, device, "
			     "'0193594e-7a11-7c3e-9d54-000000000099', sha256, "
			     "bytes, '<script>alert(1)</script>', recipients, "
			     "received_at, expires_at, certificate, receipt, "
			     "ledger_index, 0, '' FROM sealed",
			     &err) &&
		    db_run(&q, &err));
	assert_int_equal(200, staff_get(staff, "/jobdata"));
	assert_false(staff_sees(staff, "<script>alert"));
	assert_true(staff_sees(staff, "&lt;script&gt;alert(1)"));
	assert_int_equal(200, staff_get(staff, "/jobdata/0193594e-7a11-7c3e-"
					       "9d54-000000000099"));
	assert_false(staff_sees(staff, "<script>alert"));
}

static void addresses_and_forms_that_lead_nowhere(void **state)
{
	struct staff *staff = *state;
	struct sealed item;
	char path[128], other[160];
	staff_sign_in(staff, "colour-desk", ROLE_JOB_DATA);
	receive(staff, &item, path);
	assert_int_equal(404, staff_get(staff, "/jobdata/nonsense"));
	assert_int_equal(404, staff_get(staff, "/jobdata/..%2f..%2fkeys"));
	snprintf(other, sizeof(other), "/jobdata/%s?device=" SAMPLES_OTHER,
		 item.transaction);
	assert_int_equal(404, staff_get(staff, other));
	assert_int_equal(400, staff_get(staff, "/jobdata?before=x"));
	assert_int_equal(200, staff_get(staff, path));
	assert_int_equal(400, staff_post(staff, path, "act=mystery", true));
	assert_int_equal(400, staff_post(staff, path, "", true));
	assert_int_equal(400, staff_post(staff, path, "act=take&to=me", true));
	assert_int_equal(0, samples_entries(&staff->server, LEDGER_READ));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(staff_see_that_it_exists_and_no_more),
		STAFF_TEST(administering_alone_sees_nothing),
		STAFF_TEST(the_role_takes_it_and_the_customer_is_told),
		STAFF_TEST(deleting_wants_a_tick),
		STAFF_TEST(hostile_words_stay_words),
		STAFF_TEST(addresses_and_forms_that_lead_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
