/*
 * "sluice-server recipients": from the vendor's key to a published list.
 */
#include "cli/server_commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "tests/support/vendor.h"

#define DAY_S (24 * 60 * 60)

struct office {
	char *dir;
};

/* "@" in a line stands for the folder. */
static int run(const struct office *o, struct capture *c, const char *line)
{
	struct buf whole = BUF_INIT;
	for (const char *at = line; *at != '\0'; at++) {
		if (*at == '@') {
			buf_put_str(&whole, o->dir);
		} else {
			buf_put_char(&whole, *at);
		}
	}
	int code = capture_run(c, server_commands, buf_str(&whole));
	buf_clear(&whole);
	return code;
}

static void expect(const struct office *o, int code, const char *line,
		   const char *text)
{
	struct capture c;
	int got = run(o, &c, line);
	if (got != code ||
	    (strstr(c.out, text) == NULL && strstr(c.problems, text) == NULL)) {
		fail_msg("%s: %d %s%s", line, got, c.out, c.problems);
	}
	capture_clear(&c);
}

static void write_file(const struct office *o, const char *name,
		       const char *text)
{
	char *path = files_join(o->dir, name);
	assert_true(files_write(path, text, strlen(text), 0644, NULL));
	mem_free(path);
}

static void read_file(const struct office *o, const char *name,
		      struct buf *text)
{
	char *path = files_join(o->dir, name);
	buf_reset(text);
	assert_true(files_read(path, 1 << 20, text, NULL));
	mem_free(path);
}

/* The text of a list made at this time. */
static void write_list(const struct office *o, const char *name,
		       uint64_t number, int64_t made)
{
	struct recipients list;
	struct buf text = BUF_INIT;
	vendor_list(&list, number, made);
	assert_true(recipients_put(&text, &list, NULL));
	write_file(o, name, buf_str(&text));
	buf_clear(&text);
}

static void sign(const struct office *o, const char *keys, const char *note)
{
	struct capture c;
	char line[300];
	snprintf(line, sizeof(line), "recipients sign %s @/list.txt", keys);
	if (run(o, &c, line) != 0) {
		fail_msg("%s: %s", line, c.problems);
	}
	write_file(o, note, c.out);
	capture_clear(&c);
}

static int set_up(void **state)
{
	struct office *o = mem_zalloc(sizeof(*o));
	o->dir = capture_make_dir();
	*state = o;
	expect(o, 0, "recipients new-key @/vendor.key vendor.example/x",
	       "keep it offline");
	return 0;
}

static int tear_down(void **state)
{
	struct office *o = *state;
	capture_remove_dir(o->dir);
	mem_free(o);
	return 0;
}

static void a_key_is_made_once_and_is_private(void **state)
{
	const struct office *o = *state;
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct stat info;
	char *path = files_join(o->dir, "vendor.key");
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	read_file(o, "vendor.key", &before);
	expect(o, 1, "recipients new-key @/vendor.key vendor.example/x",
	       "already; nothing was changed");
	read_file(o, "vendor.key", &after);
	assert_string_equal(buf_str(&before), buf_str(&after));
	read_file(o, "vendor.key.verifier", &after);
	assert_memory_equal("vendor.example/x+", after.data, 17);
	expect(o, 2, "recipients new-key @/other.key a+b", "without +");
	expect(o, 2, "recipients new-key @/other.key", "Something is missing");
	write_file(o, "third.key.verifier", "x\n");
	expect(o, 1, "recipients new-key @/third.key a", "third.key.verifier");
	mem_free(path);
	buf_clear(&before);
	buf_clear(&after);
}

static void a_list_is_signed_and_checked(void **state)
{
	const struct office *o = *state;
	write_list(o, "list.txt", 7, clock_utc_now());
	sign(o, "--key @/vendor.key", "list.note");
	expect(o, 0,
	       "recipients check --verifier @/vendor.key.verifier @/list.note",
	       "List 7 of Example Printers");
	expect(o, 0,
	       "recipients check --verifier @/vendor.key.verifier @/list.note",
	       "Colour desk");
	expect(o, 0, "recipients new-key @/new.key vendor.example/x",
	       "new.key");
	expect(o, 1,
	       "recipients check --verifier @/new.key.verifier @/list.note",
	       "list of recipients");
	/* While the key changes, both sign. */
	sign(o, "--key @/vendor.key --key @/new.key", "both.note");
	expect(o, 0,
	       "recipients check --verifier @/new.key.verifier @/both.note",
	       "List 7");
	expect(o, 0,
	       "recipients check --verifier @/vendor.key.verifier @/both.note",
	       "List 7");
}

static void what_is_wrong_with_a_list_is_told(void **state)
{
	const struct office *o = *state;
	const char *line = "recipients sign --key @/vendor.key @/list.txt";
	expect(o, 1, line, "list.txt cannot be opened");
	write_file(o, "list.txt", "sluice.recipients/v1\nvendor a\nnumber 0\n");
	expect(o, 1, line, "line 3: number: must be a whole number");
	write_file(o, "list.txt",
		   "sluice.recipients/v1\nvendor a\nnumber 1\n"
		   "issued 1.11.2026\n");
	expect(o, 1, line, "line 4: issued: must be a time like");
	write_list(o, "list.txt", 7, clock_utc_now() - 31 * DAY_S);
	expect(o, 1, line, "expired at");
	write_list(o, "list.txt", 7, clock_utc_now() - 15 * DAY_S);
	expect(o, 0, line, "Test Person is past its date");
	write_list(o, "list.txt", 7, clock_utc_now() + DAY_S);
	expect(o, 0, line, "number 7\n");
	expect(o, 2, "recipients sign @/list.txt", "--key is needed");
	expect(o, 2, "recipients check @/list.txt", "--verifier is needed");
	expect(o, 1, "recipients sign --key @/list.txt @/list.txt",
	       "must be 0600");
	expect(o, 1, "recipients sign --key @/none.key @/list.txt",
	       "none.key cannot be opened");
	expect(o, 1,
	       "recipients sign --key @/vendor.key --key @/vendor.key "
	       "--key @/vendor.key --key @/vendor.key --key @/vendor.key "
	       "@/list.txt",
	       "at most 4 keys");
}

static void a_server_gives_the_list_that_the_vendor_signed(void **state)
{
	const struct office *o = *state;
	struct buf note = BUF_INIT, held = BUF_INIT;
	const char *publish = "recipients publish @/list.note --conf "
			      "@/server/server.conf";
	write_list(o, "list.txt", 7, clock_utc_now());
	sign(o, "--key @/vendor.key", "list.note");
	expect(o, 1, publish, "There is no server");
	expect(o, 0,
	       "init --conf @/server/server.conf --name comms.example "
	       "--port 18443 --console-port 18444 --listen 127.0.0.1",
	       "Set-up code: ");
	expect(o, 1, publish, "server/vendor.verifier");
	read_file(o, "vendor.key.verifier", &held);
	write_file(o, "server/vendor.verifier", buf_str(&held));
	expect(o, 0, publish, "Published: list 7 of Example Printers, 2");
	read_file(o, "list.note", &note);
	read_file(o, "server/state/recipients.note", &held);
	assert_string_equal(buf_str(&note), buf_str(&held));
	write_list(o, "list.txt", 6, clock_utc_now());
	sign(o, "--key @/vendor.key", "list.note");
	expect(o, 1, publish, "number 7 was taken in already");
	expect(o, 0, "log verify --conf @/server/server.conf",
	       "none missing or changed");
	buf_clear(&note);
	buf_clear(&held);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_key_is_made_once_and_is_private),
		TEST(a_list_is_signed_and_checked),
		TEST(what_is_wrong_with_a_list_is_told),
		TEST(a_server_gives_the_list_that_the_vendor_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
