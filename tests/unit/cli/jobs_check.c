/* "sluice job-source --check": sources that are right, wrong and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/commands.h"

/* Our own folder, where programs are made. */
static char *dir;

#define LIST(jobs)                                              \
	"echo '<Jobs xmlns=\"urn:sluice:jobs:1\"><Source>" jobs \
	"</Source></Jobs>'"
#define JOB(bytes) \
	"<Job id=\"12\"><Name>Secret name</Name><Bytes>" bytes "</Bytes></Job>"

/* Runs the check on "list" and "get 12" of a script; all that it printed. */
static void check(const char *list, const char *get, int code, const char *says)
{
	struct capture c;
	char script[4000], line[400];
	char *path = files_join(dir, "jobs-maker");
	snprintf(script, sizeof(script),
		 "#!/bin/sh\ncase \"$*\" in\n'-x list') %s;;\n'-x get 12') "
		 "%s;;\n*) echo There is none. >&2; exit 1;;\nesac\n",
		 list, get);
	assert_true(files_write(path, script, strlen(script), 0755, NULL));
	snprintf(line, sizeof(line), "job-source --check %s -x", path);
	int got = capture_run(&c, device_commands, line);
	if (got != code || strstr(c.out, says) == NULL) {
		fail_msg("%d, not %d: %s%s", got, code, c.out, c.problems);
	}
	/* Names and contents are nobody's business here. */
	assert_null(strstr(c.out, "Secret"));
	assert_null(strstr(c.problems, "Secret"));
	capture_clear(&c);
	mem_free(path);
}

static void a_good_one_passes(void **state)
{
	(void)state;
	check(LIST(JOB("14")), "printf 'Secret content'", 0,
	      "Job source \"jobs-maker\": 1 job\n");
	check(LIST(JOB("14")), "printf 'Secret content'", 0,
	      "The first job: 14 bytes as listed");
	check(LIST(JOB("1024")), "printf 'Secret content'", 0, "as listed");
	check(LIST(JOB("")), "printf 'Secret content'", 0,
	      "does not tell its size");
	check(LIST(JOB("14")), "printf 'Secret content'", 0,
	      "A job that is not there is refused: There is none.");
	check(LIST(""), "exit 1", 0, "Put a job in");
	check(LIST("<Problem>Asleep.</Problem>" JOB("14")),
	      "printf 'Secret content'", 0, "It says: Asleep.");
}

static void others_fail_and_say_why(void **state)
{
	(void)state;
	check(LIST(JOB("13")), "printf 'Secret content'", 1,
	      "has 14 bytes, but the list says 13 bytes");
	check(LIST(JOB("2048")), "printf 'Secret content'", 1, "Failed: ");
	check(LIST(JOB("14")), "printf Secret; echo It grew. >&2; exit 1", 1,
	      "Failed: the first job: It grew.");
	check("echo '<Jobs'", "exit 1", 1, "Failed: ");
	check("exit 0", "exit 1", 1, "printed nothing");
	check("echo The queue is gone. >&2; exit 1", "exit 1", 1,
	      "Failed: The queue is gone.");
}

static void one_that_gives_anything_fails(void **state)
{
	(void)state;
	struct capture c;
	char *path = files_join(dir, "jobs-any");
	char line[400];
	const char *script = "#!/bin/sh\n[ $1 = get ] || " LIST("") "\n";
	assert_true(files_write(path, script, strlen(script), 0755, NULL));
	snprintf(line, sizeof(line), "job-source --check %s", path);
	assert_int_equal(capture_run(&c, device_commands, line), 1);
	assert_non_null(strstr(c.out, "there is no such job"));
	capture_clear(&c);
	mem_free(path);
}

static void our_own_folder_passes(void **state)
{
	(void)state;
	struct capture c;
	char *program = capture_program("sluice-jobs-folder");
	char *spool = files_join(dir, "spool");
	char *job = files_join(spool, "job");
	char line[600];
	assert_true(files_make_dir(spool, 0755, NULL));
	assert_true(files_write(job, "content", 7, 0644, NULL));
	snprintf(line, sizeof(line), "job-source --check %s %s", program,
		 spool);
	if (capture_run(&c, device_commands, line) != 0) {
		fail_msg("%s%s", c.out, c.problems);
	}
	assert_non_null(strstr(c.out, "7 bytes as listed"));
	capture_clear(&c);
	mem_free(job);
	mem_free(spool);
	free(program);
}

static void what_cannot_be_run_is_told(void **state)
{
	(void)state;
	struct capture c;
	assert_int_equal(capture_run(&c, device_commands,
				     "job-source --check /nonexistent/x"),
			 1);
	assert_non_null(strstr(c.problems, "/nonexistent/x cannot be run"));
	capture_clear(&c);
	assert_int_equal(capture_run(&c, device_commands, "job-source"), 2);
	assert_non_null(strstr(c.problems, "--check"));
	capture_clear(&c);
	assert_int_equal(capture_run(&c, device_commands,
				     "job-source --conf /nonexistent/c "
				     "--check /bin/true"),
			 1);
	capture_clear(&c);
}

static int make_dir(void **state)
{
	(void)state;
	dir = capture_make_dir();
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	capture_remove_dir(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_one_passes),
		cmocka_unit_test(others_fail_and_say_why),
		cmocka_unit_test(one_that_gives_anything_fails),
		cmocka_unit_test(our_own_folder_passes),
		cmocka_unit_test(what_cannot_be_run_is_told),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
