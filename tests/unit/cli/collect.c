/* "sluice collect": collectors that are right, wrong and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/commands.h"

/* Our own folder, where programs are made. */
static char *dir;

#define HEAD                                                            \
	"<?xml version=\"1.0\"?><Collected "                            \
	"xmlns=\"urn:sluice:collected:1\" source=\"maker\" collectedAt" \
	"=\"2026-01-02T03:04:05Z\">"

/* Runs "collect --check" on a script; both outputs are in *c. */
static void check_script(struct capture *c, const char *script, int code)
{
	char *path = files_join(dir, "collect-maker");
	char line[400];

	assert_true(files_write(path, script, strlen(script), 0755, NULL));
	snprintf(line, sizeof(line), "collect --check %s", path);
	int got = capture_run(c, device_commands, line);
	if (got != code) {
		fail_msg("%d, not %d: %s%s", got, code, c->out, c->problems);
	}
	mem_free(path);
}

static void check_output(struct capture *c, const char *xml, int code)
{
	char script[4000];

	snprintf(script, sizeof(script), "#!/bin/sh\ncat <<'END'\n%s\nEND\n",
		 xml);
	check_script(c, script, code);
}

static void assert_says(const struct capture *c, const char *text)
{
	if (strstr(c->out, text) == NULL && strstr(c->problems, text) == NULL) {
		fail_msg("it does not say \"%s\": %s%s", text, c->out,
			 c->problems);
	}
}

static void a_good_one_is_counted_and_passes(void **state)
{
	struct capture c;

	(void)state;
	check_output(&c,
		     HEAD "<Billing><TotalImpressions>5</TotalImpressions>"
			  "<TotalSheets>4</TotalSheets></Billing></Collected>",
		     0);
	assert_says(&c, "Collector \"collect-maker\": ");
	assert_says(&c, "of at most 1,048,576 bytes");
	assert_says(&c, "of at most 60 s");
	assert_says(&c, "Read at: 2026-01-02 03:04:05Z");
	assert_says(&c, "\nBilling         2\n");
	assert_says(&c, "\nFaults          -\n");
	assert_says(&c, "All of it is in the catalogue.");
	assert_string_equal(c.problems, "");
	capture_clear(&c);
}

static void each_stray_is_named_and_fails(void **state)
{
	struct capture c;

	(void)state;
	check_output(&c,
		     HEAD "<Billing><TotalImpressions>5</TotalImpressions>"
			  "<Mystery>1</Mystery>"
			  "<TotalSheets>some</TotalSheets></Billing>"
			  "<Faults><Fault><Code>jam</Code></Fault></Faults>"
			  "<Horoscope><Sign>x</Sign></Horoscope></Collected>",
		     1);
	assert_says(&c, "  Billing/Mystery: not in the catalogue (1)\n");
	assert_says(&c, "  Billing/TotalSheets: TotalSheets is not a whole");
	assert_says(&c, "  Faults/Fault: has no SeverityLevel (1)\n");
	assert_says(&c, "  Horoscope: no document of this name");
	assert_says(&c, "\nBilling         1\n");
	assert_null(strstr(c.out, "All of it"));
	capture_clear(&c);
}

static void what_stays_is_counted_and_is_no_fault(void **state)
{
	struct capture c;

	(void)state;
	check_output(&c,
		     HEAD
		     "<Status><PrinterState>idle</PrinterState>"
		     "<QueuedJobCount>3</QueuedJobCount></Status>"
		     "<Events><Event><Time>unknown</Time><Type>other</Type>"
		     "</Event></Events>"
		     "<Nvm><AccessSetting><Id>admin-password</Id>"
		     "<Value>secret-word</Value></AccessSetting></Nvm>"
		     "<Engineering><Log><Name>a</Name><Line>free words</Line>"
		     "<Line>2026-01-01T00:00:00Z tray: 1 empty</Line>"
		     "</Log></Engineering></Collected>",
		     0);
	assert_says(&c, "allowed: 1 log lines in no form");
	assert_says(&c, "allowed: 1 groups whose time is unknown");
	assert_says(&c, "allowed: 3 values about jobs, and secrets");
	/* Values are nobody's business here. */
	assert_null(strstr(c.out, "secret-word"));
	assert_null(strstr(c.out, "free words"));
	capture_clear(&c);
}

static void a_time_of_the_future_fails(void **state)
{
	struct capture c;

	(void)state;
	check_output(&c,
		     "<Collected xmlns=\"urn:sluice:collected:1\" "
		     "source=\"x\" collectedAt=\"9000-01-01T00:00:00Z\">"
		     "<Billing><TotalImpressions>5</TotalImpressions>"
		     "</Billing></Collected>",
		     1);
	assert_says(&c, "collectedAt is in the future");
	capture_clear(&c);
}

static void failures_say_why(void **state)
{
	static const struct {
		const char *script, *says;
	} rows[] = {
		{ "#!/bin/sh\necho '<Collected'\n", "Failed: Collector" },
		{ "#!/bin/sh\nexit 0\n", "it printed nothing" },
		{ "#!/bin/sh\necho the cable is out >&2\nexit 3\n",
		  "It said: the cable is out" },
		{ "#!/bin/sh\nexec yes\n", "more than" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture c;
		check_script(&c, rows[i].script, 1);
		assert_says(&c, rows[i].says);
		capture_clear(&c);
	}
}

static void arguments_are_the_programs_own(void **state)
{
	struct capture c;
	char *path = files_join(dir, "collect-args");
	const char *script = "#!/bin/sh\necho \"$# $1 $2\" >&2\nexit 1\n";
	char line[400];

	(void)state;
	assert_true(files_write(path, script, strlen(script), 0755, NULL));
	snprintf(line, sizeof(line), "collect --check %s --conf --help", path);
	assert_int_equal(capture_run(&c, device_commands, line), 1);
	assert_says(&c, "It said: 2 --conf --help");
	capture_clear(&c);
	mem_free(path);
}

static void it_has_a_folder_of_its_own_that_goes(void **state)
{
	struct capture c;

	(void)state;
	check_script(&c,
		     "#!/bin/sh\nmkdir sub && echo x >sub/kept && "
		     "echo \"in $(pwd)\" >&2\nexit 1\n",
		     1);
	assert_says(&c, "It said: in /tmp/sluice-check-");
	char *at = strstr(c.out, "/tmp/sluice-check-");
	at[strlen("/tmp/") + strcspn(at + strlen("/tmp/"), "/")] = '\0';
	assert_false(files_exists(at));
	capture_clear(&c);
}

static void what_cannot_be_run_is_told(void **state)
{
	struct capture c;

	(void)state;
	assert_int_equal(capture_run(&c, device_commands,
				     "collect --check /nonexistent/x"),
			 1);
	assert_says(&c, "/nonexistent/x cannot be run: there is no such "
			"program.\n");
	capture_clear(&c);
	assert_int_equal(capture_run(&c, device_commands,
				     "collect --check collect-nobody"),
			 1);
	assert_says(&c, "./collect-nobody");
	capture_clear(&c);
	assert_int_equal(capture_run(&c, device_commands, "collect word"), 2);
	assert_says(&c, "--check");
	capture_clear(&c);
	assert_int_equal(capture_run(&c, device_commands, "collect"), 1);
	assert_says(&c, "sluice init");
	capture_clear(&c);
}

static void our_own_simulation_passes(void **state)
{
	struct capture c;
	char *sim = capture_program("sluice-collect-sim");
	char line[400];

	(void)state;
	/* On some days it has run no test and no front end failed. */
	snprintf(line, sizeof(line),
		 "collect --check %s --fault jam "
		 "--now 2026-01-20T14:00:00Z",
		 sim);
	assert_int_equal(capture_run(&c, device_commands, line), 0);
	assert_says(&c, "All of it is in the catalogue.");
	assert_null(strstr(c.out, " -\n"));
	capture_clear(&c);
	free(sim);
}

static void a_device_runs_those_that_it_names(void **state)
{
	struct capture_device d;
	struct capture c;
	char *path, *more = NULL;
	struct buf conf = BUF_INIT;

	(void)state;
	capture_device_make(&d);
	capture_device_check(&d, 0, "collect", "Collector \"sim\": ");
	capture_device_check(&d, 0, "collect", "All of it is in the catalogue");
	/* Nothing was staged or written into the log by that. */
	capture_device_check(&d, 0, "status", "Nothing waits.");
	/* One that fails beside it is told, and is a failure here. */
	path = d.conf;
	assert_true(files_read(path, 1 << 20, &conf, NULL));
	assert_true(asprintf(&more,
			     "%s\n[collector:bad]\nprogram = /bin/false\n",
			     buf_str(&conf)) > 0);
	assert_true(files_write(path, more, strlen(more), 0600, NULL));
	capture_device_run(&d, &c, 1, "collect");
	assert_says(&c, "Failed: Collector \"bad\"");
	assert_says(&c, "All of it is in the catalogue.");
	capture_clear(&c);
	free(more);
	buf_clear(&conf);
	capture_device_remove(&d);
}

static void limits_come_from_the_configuration(void **state)
{
	struct capture_device d;
	struct capture c;
	char *sim = capture_program("sluice-collect-sim");
	char line[600];
	struct buf conf = BUF_INIT;

	(void)state;
	capture_device_make(&d);
	assert_true(files_read(d.conf, 1 << 20, &conf, NULL));
	buf_put_str(&conf, "\n[collect]\noutput_bytes = 1024\n");
	assert_true(files_write(d.conf, conf.data, conf.len, 0600, NULL));
	snprintf(line, sizeof(line), "collect --conf %s --check %s", d.conf,
		 sim);
	assert_int_equal(capture_run(&c, device_commands, line), 1);
	assert_says(&c, "more than 1024 bytes");
	capture_clear(&c);
	assert_int_equal(
		capture_run(&c, device_commands,
			    "collect --conf /nonexistent/c --check /bin/true"),
		1);
	capture_clear(&c);
	buf_clear(&conf);
	free(sim);
	capture_device_remove(&d);
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
		cmocka_unit_test(a_good_one_is_counted_and_passes),
		cmocka_unit_test(each_stray_is_named_and_fails),
		cmocka_unit_test(what_stays_is_counted_and_is_no_fault),
		cmocka_unit_test(a_time_of_the_future_fails),
		cmocka_unit_test(failures_say_why),
		cmocka_unit_test(arguments_are_the_programs_own),
		cmocka_unit_test(it_has_a_folder_of_its_own_that_goes),
		cmocka_unit_test(what_cannot_be_run_is_told),
		cmocka_unit_test(our_own_simulation_passes),
		cmocka_unit_test(a_device_runs_those_that_it_names),
		cmocka_unit_test(limits_come_from_the_configuration),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
