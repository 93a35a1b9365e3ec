/*
 * "sluice-server code", "certificate" and "anchors".
 */
#include "cli/server_commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "server/certificates.h"
#include "server/codes.h"
#include "tests/unit/server/samples.h"

/* Runs a line on the server; the caller capture_clear()s. */
static void run(struct samples *s, struct capture *c, int code,
		const char *line)
{
	char whole[1200];
	snprintf(whole, sizeof(whole), "%s --conf %s/server.conf", line,
		 s->dir);
	int got = capture_run_input(c, server_commands, whole, "");
	if (got != code) {
		fail_msg("%s: %d %s%s", line, got, c->out, c->problems);
	}
}

static void expect(struct samples *s, int code, const char *line,
		   const char *text)
{
	struct capture c;
	run(s, &c, code, line);
	if (strstr(c.out, text) == NULL && strstr(c.problems, text) == NULL) {
		fail_msg("%s: %s%s", line, c.out, c.problems);
	}
	capture_clear(&c);
}

static void the_code_stands_alone_on_the_first_line(void **state)
{
	struct samples *s = *state;
	struct capture c;
	struct code_row row;
	struct err err = { 0 };
	char code[CODE_SIZE + 1] = "";
	int64_t now = clock_utc_now();
	run(s, &c, 0,
	    "code make ex7-new --title Third --serial EX7-9 --days 3");
	size_t len = strcspn(c.out, "\n");
	assert_int_equal(CODE_SIZE - 1, len);
	memcpy(code, c.out, len);
	assert_true(codes_find(s->server.db, "ex7-new", code, now, &row, &err));
	assert_string_equal("Third", row.title);
	assert_string_equal("EX7-9", row.serial_number);
	assert_in_range(row.expires_at, now + 3 * 86400 - 60,
			now + 3 * 86400 + 60);
	capture_clear(&c);
	expect(s, 0, "code list", "open");
	expect(s, 0, "code list --json", "\"state\": \"open\"");
	/* The list is no second look at it. */
	run(s, &c, 0, "code list --json");
	assert_null(strstr(c.out, code));
	capture_clear(&c);
	expect(s, 0, "code withdraw 1", "withdrawn");
	expect(s, 1, "code withdraw 1", "no open code");
	expect(s, 0, "code list", "withdrawn");
}

static void an_id_is_taken_as_people_type_it(void **state)
{
	struct samples *s = *state;
	expect(s, 0, "code make EX7-New", "For device ex7-new,");
}

static void wrong_lines_make_no_code(void **state)
{
	struct samples *s = *state;
	expect(s, 2, "code make", "DEVICE");
	expect(s, 2, "code make EX7_1", "\"EX7_1\" is no device's id");
	expect(s, 2, "code make ex7 --days 0", "--days");
	expect(s, 2, "code make ex7 --days 91", "--days");
	expect(s, 2, "code make ex7 --serial no_underscore", "serial number");
	expect(s, 2, "code withdraw first", "number");
	expect(s, 0, "device revoke " SAMPLES_OTHER, "revoked");
	expect(s, 1, "code make " SAMPLES_OTHER, "for good");
	expect(s, 0, "code list", "no code yet");
}

/* The samples are of a fixed day, the commands of today. */
static void certificates_are_listed_and_revoked(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	char line[200];
	int64_t now = clock_utc_now();
	const struct certificate_new soon = {
		.sha256 = "cccccccccccccccccccccccccccccccc"
			  "cccccccccccccccccccccccccccccccc",
		.device = SAMPLES_OTHER,
		.serial = "0c",
		.origin = "renewed",
		.pem = "",
		.not_before = now - 86400,
		.not_after = now + 20 * 86400 + 3600,
	};
	assert_true(certificates_keep(s->server.db, &soon, now, &err));
	expect(s, 0, "certificate list", "20 days (!30)");
	expect(s, 0, "certificate list --device " SAMPLES_DEVICE, "added");
	expect(s, 0, "certificate list --device nobody", "no certificate");
	expect(s, 0, "certificate list --json", "\"step\": 30");
	snprintf(line, sizeof(line), "certificate revoke %s --reason lost",
		 soon.sha256);
	expect(s, 0, line, "is revoked");
	expect(s, 0, "certificate list --json", "\"reason\": \"lost\"");
	assert_false(certificates_check(s->server.db, soon.sha256, now, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	expect(s, 1, "certificate revoke 00", "no certificate");
	expect(s, 2, "certificate revoke", "SHA256");
}

static bool has(const char *dir, const char *name)
{
	char *path = files_join(dir, name);
	bool there = files_exists(path);
	mem_free(path);
	return there;
}

static void anchors_are_what_all_devices_share(void **state)
{
	struct samples *s = *state;
	char line[200], dir[128];
	struct err err = { 0 };
	snprintf(dir, sizeof(dir), "%s/anchors", s->dir);
	snprintf(line, sizeof(line), "anchors --out %s", dir);
	expect(s, 2, "anchors", "--out is needed");
	expect(s, 0, line, "nothing in it is secret");
	assert_true(has(dir, "server-anchor.pem"));
	assert_true(has(dir, "receipt.verifier"));
	assert_true(has(dir, "server.name"));
	assert_true(has(dir, "instruction.verifier"));
	assert_false(has(dir, "identity.pem"));
	assert_false(has(dir, "device.id"));
	/* A server of before has no key for instructions. */
	char *path =
		server_config_key_path(&s->config, SERVER_INSTRUCTION_VERIFIER);
	assert_int_equal(unlink(path), 0);
	snprintf(line, sizeof(line), "anchors --out %s.old", dir);
	expect(s, 0, line, "nothing in it is secret");
	snprintf(line, sizeof(line), "%s.old", dir);
	assert_false(has(line, "instruction.verifier"));
	snprintf(line, sizeof(line), "anchors --out %s", dir);
	/* What is no key is not handed on. */
	assert_true(files_write(path, "garbage\n", 8, 0644, &err));
	expect(s, 1, line, "instruction.verifier");
	mem_free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(the_code_stands_alone_on_the_first_line),
		SAMPLES_TEST(an_id_is_taken_as_people_type_it),
		SAMPLES_TEST(wrong_lines_make_no_code),
		SAMPLES_TEST(certificates_are_listed_and_revoked),
		SAMPLES_TEST(anchors_are_what_all_devices_share),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
