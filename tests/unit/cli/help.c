/* The text of --help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/help.h"

static const struct cli_option options[] = {
	{ "--many", "TEXT", "many values", true },
	{ "--longer", "\"NAME=PROGRAM ARGS\"",
	  "what has so much to say that it does not fit into one line of a "
	  "terminal",
	  false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command command = {
	.name = "x",
	.arguments = "WORD",
	.summary = "does it",
	.text = "A text that is so long that it must be broken into two lines, "
		"because a terminal has 80 columns.",
	.examples = "sluice x 1\nsluice x 2",
	.options = options,
};

static char *help_of(const struct cli_command *which)
{
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	help_command(file, "sluice", "x", which, options);
	fclose(file);
	return out;
}

static void a_command_is_explained_whole(void **state)
{
	(void)state;
	char *out = help_of(&command);
	assert_non_null(strstr(out, "sluice x: does it\n"));
	assert_non_null(strstr(out, "Usage: sluice x [OPTIONS] WORD\n"));
	assert_non_null(strstr(out, "--many TEXT"));
	assert_non_null(strstr(out, "  --many TEXT                many values "
				    "(may be repeated)\n"));
	assert_non_null(strstr(out,
			       "  --longer \"NAME=PROGRAM ARGS\"\n"
			       "                             what has so"));
	assert_non_null(strstr(out, "  sluice x 1\n  sluice x 2\n"));
	free(out);
}

static void no_line_is_wider_than_a_terminal(void **state)
{
	(void)state;
	char *out = help_of(&command);
	for (char *line = strtok(out, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		assert_true(strlen(line) < 80);
	}
	free(out);
}

static void what_is_not_there_leaves_no_gap(void **state)
{
	(void)state;
	const struct cli_command bare = { .name = "x", .summary = "does it" };
	char *out = help_of(&bare);
	assert_non_null(strstr(out, "Usage: sluice x [OPTIONS]\n\nOptions:"));
	assert_null(strstr(out, "Examples:"));
	free(out);
}

static void a_table_lists_its_commands(void **state)
{
	(void)state;
	const struct cli_command table[] = { command, { .name = NULL } };
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	help_table(file, "sluice", "", "about it", table);
	fclose(file);
	assert_non_null(strstr(out, "sluice: about it\n"));
	assert_non_null(strstr(out, "  x              does it\n"));
	assert_non_null(strstr(out, "\"sluice COMMAND --help\""));
	assert_non_null(strstr(out, "2 wrong usage, 3 refused"));
	free(out);
}

/* A server has no grants, and nothing that waits. */
static void the_exit_codes_are_those_of_the_program(void **state)
{
	(void)state;
	const struct cli_command table[] = { command, { .name = NULL } };
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	help_table(file, "sluice-server", "", "about it", table);
	fclose(file);
	assert_non_null(strstr(out, "2 wrong usage.\n"));
	assert_null(strstr(out, "grant"));
	free(out);
}

static void what_runs_by_itself_lists_its_commands_too(void **state)
{
	(void)state;
	const struct cli_command table[] = { command, { .name = NULL } };
	struct cli_command both = command;
	both.commands = table;
	char *out = help_of(&both);
	assert_non_null(strstr(
		out, "\nCommands:\n  x              does it\n\nOptions:\n"));
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_explained_whole),
		cmocka_unit_test(no_line_is_wider_than_a_terminal),
		cmocka_unit_test(what_is_not_there_leaves_no_gap),
		cmocka_unit_test(a_table_lists_its_commands),
		cmocka_unit_test(the_exit_codes_are_those_of_the_program),
		cmocka_unit_test(what_runs_by_itself_lists_its_commands_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
