/* The table of commands, and that the man pages say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "capture.h"
#include "cli/commands.h"
#include "domain/device_config.h"
#include "man_page.h"

static void assert_has(const char *page, const char *text)
{
	if (strstr(page, text) == NULL) {
		fail_msg("the man page lacks \"%s\"", text);
	}
}

static void check_table(const struct cli_command *table)
{
	for (; table->name != NULL; table++) {
		assert_non_null(table->summary);
		assert_true(table->run != NULL || table->commands != NULL);
		assert_true(table->run == NULL || table->examples != NULL);
		if (table->commands != NULL) {
			check_table(table->commands);
		}
	}
}

static void every_command_says_what_it_does(void **state)
{
	(void)state;
	check_table(device_commands);
}

static void the_man_page_names_every_command_and_option(void **state)
{
	(void)state;
	char *page = man_page_read("docs/sluice.1");
	man_page_check(page, device_commands);
	mem_free(page);
}

static void every_option_says_what_it_does(const struct cli_command *table)
{
	for (; table->name != NULL; table++) {
		for (const struct cli_option *o = table->options;
		     o != NULL && o->name != NULL; o++) {
			assert_memory_equal(o->name, "--", 2);
			assert_non_null(o->help);
		}
		if (table->commands != NULL) {
			every_option_says_what_it_does(table->commands);
		}
	}
}

static void the_help_names_every_option(void **state)
{
	(void)state;
	every_option_says_what_it_does(device_commands);
	for (const struct cli_command *t = device_commands; t->name != NULL;
	     t++) {
		struct capture c;
		char line[100];
		snprintf(line, sizeof(line), "%s --help", t->name);
		assert_int_equal(capture_run(&c, device_commands, line), 0);
		for (const struct cli_option *o = t->options;
		     o != NULL && o->name != NULL; o++) {
			assert_non_null(strstr(c.out, o->name));
		}
		capture_clear(&c);
	}
}

static void the_man_page_explains_every_setting(void **state)
{
	(void)state;
	char *page = man_page_read("docs/sluice.conf.5");
	size_t keys = 0;
	for (const struct config_setting *s = device_config_settings;
	     s->section != NULL; s++, keys++) {
		char want[400];
		size_t len = strlen(s->section);
		bool named = s->section[len - 1] == ':';
		snprintf(want, sizeof(want), "\n.SH [%s%s]\n", s->section,
			 named ? "NAME" : "");
		const char *at = strstr(page, want);
		assert_non_null(at);
		snprintf(want, sizeof(want), "\n.TP\n.B %s\n%s\n%s%s%s", s->key,
			 s->help, s->preset == NULL ? "" : ".br\nPreset: ",
			 s->preset == NULL ? "" : s->preset,
			 s->preset == NULL ? "" : ".\n");
		assert_has(at, want);
	}
	/* And no key that is none. */
	const char *at = strstr(page, "\n.SH [");
	for (; (at = strstr(at, "\n.TP\n")) != NULL; at++) {
		keys--;
	}
	assert_int_equal(keys, 0);
	mem_free(page);
}

static void a_device_that_is_not_there_is_said_plainly(void **state)
{
	(void)state;
	struct capture c;
	assert_int_equal(capture_run(&c, device_commands, "status"), 1);
	assert_non_null(strstr(c.problems, "sluice init --conf "
					   "/nonexistent/sluice.conf"));
	capture_clear(&c);
}

/*
 * A value that an option or an argument cannot have is wrong usage, in every
 * command that takes one: 2, with nothing done. The server's are in
 * server_commands.c.
 */
static void wrong_values_are_wrong_usage(void **state)
{
	static const char *const lines[] = {
		"allow nothing",
		"allow supplies --until soon",
		"allow supplies --until 2001-01-01",
		"allow supplies --until sent",
		"catalogue --document nothing",
		"checkin --show one",
		"checkin --show 0",
		"instructions allow one",
		"instructions refuse one",
		"instructions read one",
		"instructions policy nothing ask",
		"instructions policy send perhaps",
		"instructions policy send allow --until soon",
		"instructions policy send allow --until 2001-01-01",
		"log --before one",
		"log --kind nothing",
		"log --limit -1",
		"log --since soon",
		"log --until soon",
		"log show x",
		"log show 2 --xml",
		"preview nothing",
		"run --log-level loud",
		"send nothing",
		"settings set send_time 25:00",
		"settings set metering tomorrow",
		"settings set nothing 1",
		"time lower x --yes",
		"user add pat --roles nobody",
		"user end-session x",
		"user roles pat nobody",
		"withdraw nothing",
	};
	struct capture_device d;
	(void)state;
	capture_device_make(&d);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		capture_device_check(&d, 2, lines[i], NULL);
	}
	capture_device_remove(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_says_what_it_does),
		cmocka_unit_test(the_man_page_names_every_command_and_option),
		cmocka_unit_test(the_help_names_every_option),
		cmocka_unit_test(the_man_page_explains_every_setting),
		cmocka_unit_test(a_device_that_is_not_there_is_said_plainly),
		cmocka_unit_test(wrong_values_are_wrong_usage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
