/*
 * What a device was asked and answered, on its page: plain words, who and why,
 * and nothing of it as markup.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "domain/roles.h"
#include "server/instructions.h"
#include "tests/pages/server/staff.h"
#include "tests/unit/server/instructions_samples.h"

#define PAGE "/device/" SAMPLES_DEVICE

static void answer(struct staff *staff, uint64_t number, const char *result,
		   const char *text)
{
	struct checkin_outcome outcome = { .number = number };
	strcpy(outcome.result, result);
	strcpy(outcome.text, text);
	assert_true(instructions_heard(staff->server.server.db, SAMPLES_DEVICE,
				       &outcome, SAMPLES_NOW, NULL));
}

static void show(struct staff *staff)
{
	assert_int_equal(200, staff_get(staff, PAGE));
}

static void a_device_that_was_asked_nothing_says_so(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	show(staff);
	assert_true(staff_sees(staff, "was asked nothing"));
	assert_false(staff_sees(staff, "Entries of its log"));
}

static void each_is_one_sentence_with_who_why_and_answer(void **state)
{
	struct staff *staff = *state;
	struct samples *s = &staff->server;
	struct buf note = BUF_INIT;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	(void)instruction_make(s, INSTRUCTION_SEND);
	show(staff);
	assert_true(
		staff_sees(staff, "Sends the documents of Maintenance now."));
	assert_true(
		staff_sees(staff, "desk: A fault was reported by telephone."));
	assert_true(staff_sees(staff, "by anna"));
	assert_true(staff_sees(staff, "Not fetched yet"));
	assert_true(instructions_note(s->server.db, SAMPLES_DEVICE, 1,
				      SAMPLES_NOW, &note, NULL));
	buf_clear(&note);
	show(staff);
	assert_true(staff_sees(staff, "Fetched, no answer yet"));
	answer(staff, 1, "waiting", "It waits for a person at the device.");
	show(staff);
	assert_true(staff_sees(staff, "Waits for a person at the device"));
	answer(staff, 1, "done", "Queued as transaction 0193.");
	show(staff);
	assert_true(staff_sees(staff, "Done"));
	assert_true(staff_sees(staff, "Queued as transaction 0193."));
}

static void a_refusal_says_why(void **state)
{
	struct staff *staff = *state;
	staff_sign_in(staff, "desk", ROLE_STAFF);
	for (unsigned r = 1; r < INSTRUCTION_REFUSALS; r++) {
		enum instruction_refusal refusal = (enum instruction_refusal)r;
		(void)instruction_make(&staff->server, INSTRUCTION_RENEW);
		answer(staff, r, instruction_refusal_name(refusal),
		       "As the device says it.");
	}
	show(staff);
	assert_true(staff_sees(staff, "Refused"));
	assert_true(staff_sees(staff, "As the device says it."));
	assert_true(staff_sees(staff, "It was dealt with before."));
	assert_true(staff_sees(staff, "It is for another device."));
	assert_true(staff_sees(staff, "which no instruction may."));
}

/* What a device or the vendor wrote stays text. */
static void nothing_of_it_is_markup(void **state)
{
	struct staff *staff = *state;
	struct instruction is = instruction_sample(INSTRUCTION_MESSAGE);
	staff_sign_in(staff, "desk", ROLE_STAFF);
	strcpy(is.message, "<script>alert(1)</script>");
	strcpy(is.reason, "<b>why</b>");
	assert_true(instructions_make(staff->server.server.db,
				      &staff->server.config, &is, "anna",
				      SAMPLES_NOW, NULL));
	answer(staff, 1, "<i>", "<img src=x>");
	show(staff);
	assert_true(staff_sees(staff, "&lt;script&gt;alert(1)"));
	assert_true(staff_sees(staff, "&lt;b&gt;why"));
	assert_true(staff_sees(staff, "&lt;img src=x&gt;"));
	assert_false(staff_sees(staff, "<script>alert"));
	assert_false(staff_sees(staff, "<img src=x>"));
}

static void rows_of_its_log_are_a_table(void **state)
{
	struct staff *staff = *state;
	struct checkin_row row = { .sequence = 12, .bytes = 3912 };
	staff_sign_in(staff, "desk", ROLE_STAFF);
	(void)instruction_make(&staff->server, INSTRUCTION_LEDGER);
	memset(row.leaf, 'e', 64);
	strcpy(row.kind, "received");
	strcpy(row.result, "ok");
	samples_transaction(row.transaction, 7);
	assert_true(instructions_heard_row(staff->server.server.db,
					   SAMPLES_DEVICE, &row, SAMPLES_NOW,
					   NULL));
	show(staff);
	assert_true(staff_sees(staff, "Entries of its log"));
	assert_true(staff_sees(staff, row.leaf));
	assert_true(staff_sees(staff, row.transaction));
	assert_true(staff_sees(staff, ">Received<"));
	assert_true(staff_sees(staff, "3,912"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAFF_TEST(a_device_that_was_asked_nothing_says_so),
		STAFF_TEST(each_is_one_sentence_with_who_why_and_answer),
		STAFF_TEST(a_refusal_says_why),
		STAFF_TEST(nothing_of_it_is_markup),
		STAFF_TEST(rows_of_its_log_are_a_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
