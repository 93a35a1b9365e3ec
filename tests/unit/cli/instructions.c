/* What the server asks for, on the command line of the device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "domain/instructions.h"
#include "tests/support/vendor.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static struct db *open_db(void)
{
	struct db *db = NULL;
	char *path = files_join(device.dir, "state/sluice.db");
	assert_true(db_open(path, DB_READ_WRITE, &db, NULL));
	mem_free(path);
	return db;
}

static void take(uint64_t number, enum instruction_kind kind)
{
	struct instruction is = {
		.device = "ex7",
		.number = number,
		.kind = kind,
		.issued_at = clock_utc_now() - 60,
		.expires_at = clock_utc_now() + 86400,
		.by = "desk",
		.reason = "A fault was reported.",
	};
	struct buf text = BUF_INIT, note = BUF_INIT;
	enum instruction_state state;
	struct db *db = open_db();
	if (kind == INSTRUCTION_SEND) {
		strcpy(is.services, "metering");
	} else if (kind == INSTRUCTION_MESSAGE) {
		strcpy(is.message, "We call at \xe2\x82\xac nine.");
	}
	assert_true(instruction_put(&text, &is, NULL));
	vendor_sign_text(buf_str(&text), &note);
	assert_true(instructions_take(db, &is, buf_str(&note), clock_utc_now(),
				      &state, NULL));
	buf_clear(&note);
	buf_clear(&text);
	db_close(db);
}

static struct instruction_row row_of(uint64_t number)
{
	struct instruction_row row;
	struct db *db = open_db();
	assert_true(instructions_get(db, number, &row, NULL));
	db_close(db);
	return row;
}

static void check(int code, const char *line, const char *text)
{
	capture_device_check(&device, code, line, text);
}

/* The code, and what it says to be wrong. */
static void check_refused(int code, const char *line, const char *text)
{
	struct capture c;
	capture_device_run(&device, &c, code, line);
	if (strstr(c.problems, text) == NULL) {
		fail_msg("%s: %s", line, c.problems);
	}
	capture_clear(&c);
}

static void one_is_shown_with_who_and_why_and_decided_on(void **state)
{
	(void)state;
	check(0, "instructions", "asked for nothing yet");
	take(1, INSTRUCTION_SEND);
	take(2, INSTRUCTION_LEDGER);
	check(0, "instructions",
	      "1  Waits for a person. Sends the documents of Metering now.\n"
	      "   Asked by desk: A fault was reported.\n");
	check(0, "instructions list", "\"sluice instructions allow 1\"");
	check(0, "instructions --json", "\"state\": \"asked\"");
	check(0, "instructions --json", "\"taken_at\": \"20");
	check(0, "instructions --json", "\"decided_at\": null");
	check(0, "instructions allow 1", "allowed, this time");
	check(0, "instructions allow 1", "allowed, this time");
	assert_int_equal(row_of(1).state, INSTRUCTION_APPROVED);
	assert_non_null(strstr(row_of(1).decided_by, "command line: "));
	check(0, "instructions refuse 2", "refused");
	assert_int_equal(row_of(2).refusal, INSTRUCTION_REFUSAL_PERSON);
	check_refused(1, "instructions allow 2", "does not wait any more");
	check_refused(1, "instructions allow 9", "no such instruction");
	check_refused(2, "instructions allow x", "no number");
	check_refused(2, "instructions allow", "");
	check_refused(2, "instructions run 1", "");
}

static void a_message_is_shown_and_marked_as_read(void **state)
{
	(void)state;
	take(3, INSTRUCTION_MESSAGE);
	struct db *db = open_db();
	assert_true(instructions_finish(db, 3, INSTRUCTION_REFUSAL_NONE,
					"Shown.", clock_utc_now(), NULL));
	db_close(db);
	check(0, "instructions", "Message: We call at \xe2\x82\xac nine.\n");
	check_refused(1, "instructions read 1", "shows nothing");
	check(0, "instructions read 3", "marked as read");
	assert_true(row_of(3).seen_at != 0);
}

static void a_policy_is_shown_and_set(void **state)
{
	(void)state;
	check(0, "instructions policy", "always asked first");
	check(0, "instructions policy send allow --until 2099-06-30",
	      "Send documents now: allowed without asking until "
	      "30 June 2099, 23:59 UTC.");
	check(0, "instructions policy", "until 30 June 2099");
	check(0, "instructions policy message never", "Show a message: never.");
	check(0, "instructions policy send ask", "always asked first");
	check_refused(2, "instructions policy send allow --until 2020-01-01",
		      "must lie ahead");
	check_refused(2, "instructions policy send allow --until soon",
		      "--until must be");
	check_refused(2, "instructions policy send ask --until 2099-01-01",
		      "needs an end");
	check_refused(2, "instructions policy job-data allow",
		      "no kind \"job-data\"");
	check_refused(2, "instructions policy send always",
		      "never, ask or allow");
	check_refused(2, "instructions policy send", "Give a kind");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_shown_with_who_and_why_and_decided_on),
		cmocka_unit_test(a_message_is_shown_and_marked_as_read),
		cmocka_unit_test(a_policy_is_shown_and_set),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
