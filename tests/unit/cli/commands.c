/* The table of commands, and that the man pages say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "cli/commands.h"
#include "domain/device_config.h"

static char *read_page(const char *name)
{
	const char *top = getenv("abs_top_srcdir");
	char *path = files_join(top == NULL ? "." : top, name);
	struct buf raw = BUF_INIT, plain = BUF_INIT;
	assert_true(files_read(path, 1 << 20, &raw, NULL));
	mem_free(path);
	/* "\-" of roff is a plain dash to readers. */
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.data[i] != '\\' || raw.data[i + 1] != '-') {
			buf_put(&plain, raw.data + i, 1);
		}
	}
	buf_clear(&raw);
	return buf_take_str(&plain);
}

static void assert_has(const char *page, const char *text)
{
	if (strstr(page, text) == NULL) {
		fail_msg("the man page lacks \"%s\"", text);
	}
}

static void check_table(const char *page, const char *path,
			const struct cli_command *table)
{
	for (; table->name != NULL; table++) {
		char name[200];
		snprintf(name, sizeof(name), "%s%s%s", path,
			 path[0] == '\0' ? "" : " ", table->name);
		assert_non_null(table->summary);
		assert_true(table->run != NULL || table->commands != NULL);
		if (table->run != NULL) {
			char head[240];
			assert_non_null(table->examples);
			snprintf(head, sizeof(head), "\n.SS %s%s%s\n", name,
				 table->arguments == NULL ||
						 table->commands != NULL
					 ? ""
					 : " ",
				 table->arguments == NULL ||
						 table->commands != NULL
					 ? ""
					 : table->arguments);
			assert_has(page, head);
		}
		for (const struct cli_option *o = table->options;
		     o != NULL && o->name != NULL; o++) {
			assert_has(page, o->name);
		}
		if (table->commands != NULL) {
			check_table(page, name, table->commands);
		}
	}
}

static void the_man_page_names_every_command_and_option(void **state)
{
	(void)state;
	char *page = read_page("docs/sluice.1");
	check_table(page, "", device_commands);
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
	char *page = read_page("docs/sluice.conf.5");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_man_page_names_every_command_and_option),
		cmocka_unit_test(the_help_names_every_option),
		cmocka_unit_test(the_man_page_explains_every_setting),
		cmocka_unit_test(a_device_that_is_not_there_is_said_plainly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
