/*
 * "sluice-server job-data": who may take sealed files, and what it leaves.
 */
#include "cli/server_commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "domain/ledger.h"
#include "tests/unit/server/sealed_samples.h"

#define PASSWORD "a long enough pass\n"

/* Runs a line on the server and checks code and what some output says. */
/* The commands go by the real clock, which may be far ahead of the samples. */
#define KEPT_LONG_DAYS 36500

static void expect(struct samples *s, int code, const char *line,
		   const char *text)
{
	struct capture c;
	char whole[1200];
	snprintf(whole, sizeof(whole), "%s --conf %s/server.conf", line,
		 s->dir);
	int got = capture_run_input(&c, server_commands, whole, PASSWORD);
	if (got != code ||
	    (strstr(c.out, text) == NULL && strstr(c.problems, text) == NULL)) {
		fail_msg("%s: %d %s%s", line, got, c.out, c.problems);
	}
	capture_clear(&c);
}

static void only_the_role_takes_and_deletes(void **state)
{
	struct samples *s = *state;
	struct sealed item;
	struct buf whole = BUF_INIT, taken = BUF_INIT;
	struct err err = { 0 };
	char line[400];
	char *path = files_join(s->dir, "out.age");
	expect(s, 0, "job-data list", "No sealed job data");
	s->config.jobs_keep_days = KEPT_LONG_DAYS;
	sealed_receive(s, SAMPLES_DEVICE, 1, 200000, SAMPLES_NOW, &item);
	sealed_bytes(&whole, 200000, 1);
	expect(s, 0, "job-data list", item.transaction);
	expect(s, 0, "job-data list --json", "\"state\": \"here\"");
	expect(s, 0, "staff add desk --admin", "is made");
	expect(s, 2, "staff add odd --role customer", "no role customer");
	expect(s, 0, "staff add colour-desk --role job-data", "is made");
	expect(s, 0, "staff list", "staff, job-data");
	snprintf(line, sizeof(line), "job-data take %s --as desk --output %s",
		 item.transaction, path);
	expect(s, 1, line, "desk may not take job data");
	assert_false(files_exists(path));
	snprintf(line, sizeof(line), "job-data take %s --as nobody --output %s",
		 item.transaction, path);
	expect(s, 1, line, "no such account");
	snprintf(line, sizeof(line),
		 "job-data take %s --device EX7_1 --as colour-desk --output %s",
		 item.transaction, path);
	expect(s, 2, line, "no device's id");
	snprintf(line, sizeof(line),
		 "job-data take %s --device EX7-000007 --as colour-desk "
		 "--output %s",
		 item.transaction, path);
	expect(s, 1, line, "no such sealed");
	snprintf(line, sizeof(line),
		 "job-data take %s --device EX7-004211 --as colour-desk "
		 "--output %s",
		 item.transaction, path);
	expect(s, 0, line, "The customer is told that colour-desk took it");
	snprintf(line, sizeof(line),
		 "job-data take %s --as colour-desk --output %s",
		 item.transaction, path);
	assert_true(files_read(path, 1 << 20, &taken, &err));
	assert_int_equal(whole.len, taken.len);
	assert_memory_equal(whole.data, taken.data, taken.len);
	/* It is not written over, and then nothing is told. */
	expect(s, 1, line, "Nothing was taken");
	assert_int_equal(1, samples_entries(s, LEDGER_READ));
	snprintf(line, sizeof(line), "job-data delete %s --as desk",
		 item.transaction);
	expect(s, 1, line, "may not");
	snprintf(line, sizeof(line), "job-data delete %s --as colour-desk",
		 item.transaction);
	expect(s, 0, line, "is deleted");
	expect(s, 1, line, "deleted before");
	expect(s, 0, "job-data list", "deleted");
	mem_free(path);
	buf_clear(&whole);
	buf_clear(&taken);
}

static void what_is_past_its_date_is_deleted(void **state)
{
	struct samples *s = *state;
	struct sealed old, young;
	sealed_receive(s, SAMPLES_DEVICE, 1, 300, 1000000, &old);
	s->config.jobs_keep_days = KEPT_LONG_DAYS;
	sealed_receive(s, SAMPLES_DEVICE, 2, 300, SAMPLES_NOW, &young);
	expect(s, 0, "job-data expire", "1 sealed files, 0 uploads");
	expect(s, 0, "job-data list", "expired");
	expect(s, 0, "job-data expire", "0 sealed files, 0 uploads");
}

static void wrong_lines_are_refused(void **state)
{
	struct samples *s = *state;
	expect(s, 0, "staff add colour-desk --role job-data", "is made");
	expect(s, 2, "job-data take x", "--as and --output");
	expect(s, 2, "job-data delete x", "--as is needed");
	expect(s, 2, "job-data delete ../../x --as colour-desk",
	       "no transaction");
	expect(s, 1,
	       "job-data delete 0193594e-7a11-7c3e-9d54-000000000009 "
	       "--as colour-desk",
	       "no such sealed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(only_the_role_takes_and_deletes),
		SAMPLES_TEST(what_is_past_its_date_is_deleted),
		SAMPLES_TEST(wrong_lines_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
