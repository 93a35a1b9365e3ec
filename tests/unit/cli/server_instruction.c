/*
 * "sluice-server instruction": what is made, what is refused with a hint, and
 * how it is listed.
 */
#include "cli/server_commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "capture.h"
#include "tests/unit/server/instructions_samples.h"

/* Runs a line on the server and checks code and what some output says. */
static void expect(struct samples *s, int code, const char *line,
		   const char *text)
{
	struct capture c;
	char whole[1200];
	snprintf(whole, sizeof(whole), "%s --conf %s/server.conf", line,
		 s->dir);
	int got = capture_run(&c, server_commands, whole);
	if (got != code ||
	    (strstr(c.out, text) == NULL && strstr(c.problems, text) == NULL)) {
		fail_msg("%s: %d %s%s", line, got, c.out, c.problems);
	}
	capture_clear(&c);
}

#define D SAMPLES_DEVICE

static void every_kind_is_made_by_its_command(void **state)
{
	struct samples *s = *state;
	expect(s, 0, "instruction list " D, "was asked nothing yet");
	expect(s, 0,
	       "instruction send " D
	       " --services maintenance,supplies,,maintenance --reason fault",
	       "Instruction 1 for " D " is made: Sends the documents of "
	       "Maintenance and Supplies now.");
	expect(s, 0, "instruction interval " D " 1800 --reason quieter",
	       "checks in every");
	expect(s, 0, "instruction package " D " engine-2.4.1 --reason new",
	       "new package");
	expect(s, 0, "instruction message " D " hello --reason call",
	       "Shows a message");
	expect(s, 0, "instruction renew " D " --reason key --days 1",
	       "Renews this device's certificate");
	expect(s, 0, "instruction ledger " D " 3 12 --reason audit --by carla",
	       "entries 3 to 12");
	expect(s, 0, "instruction list " D, "none yet");
	expect(s, 0, "instruction list " D " --json", "\"by\": \"carla\"");
	struct instruction_made first = instruction_answer(s, 1);
	assert_string_equal(first.is.services, "maintenance supplies");
	assert_int_equal(first.expires_at - first.made_at, 7 * 86400);
	struct instruction_made fifth = instruction_answer(s, 5);
	assert_int_equal(fifth.expires_at - fifth.made_at, 86400);
}

static void the_device_is_taken_as_people_type_it(void **state)
{
	struct samples *s = *state;
	expect(s, 0, "instruction renew EX7-004211 --reason key",
	       "Instruction 1 for " D " is made");
	expect(s, 0,
	       "instruction send Ex7\xe2\x80\x91"
	       "004211 --services "
	       "supplies --reason empty",
	       "Instruction 2 for " D);
	expect(s, 0, "instruction list EX7-004211 --json", "\"number\": 2");
	expect(s, 0, "instruction list EX7-000007",
	       SAMPLES_OTHER " was asked nothing yet");
	expect(s, 2, "instruction list EX7_004211", "no device's id");
	expect(s, 2, "instruction renew EX7_004211 --reason key",
	       "\"EX7_004211\" is no device's id");
}

static void what_is_wrong_is_said_and_makes_nothing(void **state)
{
	static const struct {
		int code;
		const char *line, *text;
	} bad[] = {
		{ 2, "instruction send " D " --services metering", "--reason" },
		{ 2, "instruction send " D " --reason x", "--services" },
		{ 2, "instruction send " D " --services job-data --reason x",
		  "no service that sends" },
		{ 2, "instruction send " D " --services all --reason x",
		  "no service that sends" },
		{ 2, "instruction send " D " --services , --reason x",
		  "--services: one line of text is taken" },
		{ 2, "instruction message " D " a\033b --reason x",
		  "TEXT: one line of text is taken, of at most 500 bytes." },
		{ 1, "instruction renew nobody --reason x", "no device" },
		{ 2, "instruction interval " D " 1h --reason x",
		  "whole number" },
		{ 2, "instruction interval " D " 0 --reason x", "604800" },
		{ 2, "instruction interval " D " 299 --reason x",
		  "300 to 604800" },
		{ 2, "instruction interval " D " 604801 --reason x",
		  "300 to 604800" },
		{ 2, "instruction ledger " D " 0 100 --reason x",
		  "100 entries" },
		{ 2, "instruction ledger " D " 5 4 --reason x", "to" },
		{ 2, "instruction renew " D " --reason x --days 91", "--days" },
		{ 2, "instruction renew " D " --reason x --days 0", "--days" },
		{ 1, "instruction list nobody", "no device" },
		{ 1, "instruction key", "already" },
	};
	struct samples *s = *state;
	uint64_t last = 9;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		expect(s, bad[i].code, bad[i].line, bad[i].text);
	}
	assert_true(instructions_made_last(s->server.db, D, &last, NULL));
	assert_int_equal(last, 0);
}

static void an_older_server_gets_its_key(void **state)
{
	struct samples *s = *state;
	char *key = server_config_key_path(&s->config, SERVER_INSTRUCTION_KEY);
	char *verifier =
		server_config_key_path(&s->config, SERVER_INSTRUCTION_VERIFIER);
	assert_int_equal(remove(key), 0);
	assert_int_equal(remove(verifier), 0);
	expect(s, 1, "instruction renew " D " --reason x", "instruction key");
	expect(s, 0, "instruction key", "instruction.verifier");
	expect(s, 0, "instruction renew " D " --reason x", "is made");
	mem_free(verifier);
	mem_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(every_kind_is_made_by_its_command),
		SAMPLES_TEST(the_device_is_taken_as_people_type_it),
		SAMPLES_TEST(what_is_wrong_is_said_and_makes_nothing),
		SAMPLES_TEST(an_older_server_gets_its_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
