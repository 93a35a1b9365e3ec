/*
 * Writes --help from the tables of commands, so that it cannot drift from what
 * the programs take.
 */
#include "cli/help.h"

#include <string.h>

#include "base/buf.h"
#include "cli/print.h"

#define HELP_WIDTH 78

static void put_commands(FILE *out, const struct cli_command *commands)
{
	print_line(out, "Commands:");
	for (; commands->name != NULL; commands++) {
		print_line(out, "  %-14s %s", commands->name,
			   commands->summary);
	}
}

void help_table(FILE *out, const char *program, const char *path,
		const char *about, const struct cli_command *commands)
{
	print_line(out, "%s%s%s: %s", program, path[0] == '\0' ? "" : " ", path,
		   about);
	print_line(out, "%s", "");
	print_line(out, "Usage: %s%s%s COMMAND [OPTIONS]", program,
		   path[0] == '\0' ? "" : " ", path);
	print_line(out, "%s", "");
	put_commands(out, commands);
	print_line(out, "%s", "");
	print_line(out, "\"%s%s%s COMMAND --help\" says more about one.",
		   program, path[0] == '\0' ? "" : " ", path);
	print_line(out, "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 "
			"refused for want of a grant,");
	print_line(out, "4 server unreachable (queued, will be retried).");
}

static void put_options(FILE *out, const struct cli_option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		char left[60];
		snprintf(left, sizeof(left), "%s%s%s", options->name,
			 options->value == NULL ? "" : " ",
			 options->value == NULL ? "" : options->value);
		print_line(out, "  %-26s %s%s", left, options->help,
			   options->repeats ? " (may be repeated)" : "");
	}
}

/* Words with single spaces, broken at the width of a terminal. */
static void put_wrapped(FILE *out, const char *text)
{
	struct buf line = BUF_INIT;
	while (*text != '\0') {
		size_t len = strcspn(text, " \n");
		if (line.len > 0 && line.len + 1 + len > HELP_WIDTH) {
			print_line(out, "%s", buf_str(&line));
			buf_reset(&line);
		}
		if (len > 0) {
			buf_put_str(&line, line.len > 0 ? " " : "");
			buf_put(&line, text, len);
		}
		text += len + (text[len] == '\0' ? 0 : 1);
	}
	if (line.len > 0) {
		print_line(out, "%s", buf_str(&line));
	}
	buf_clear(&line);
}

/* Lines as they are, moved to the right. */
static void put_indented(FILE *out, const char *lines)
{
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");
		print_line(out, "  %.*s", (int)len, lines);
		lines += len + (lines[len] == '\0' ? 0 : 1);
	}
}

void help_command(FILE *out, const char *program, const char *path,
		  const struct cli_command *command,
		  const struct cli_option *common)
{
	print_line(out, "%s %s: %s", program, path, command->summary);
	print_line(out, "%s", "");
	print_line(out, "Usage: %s %s [OPTIONS]%s%s", program, path,
		   command->arguments == NULL ? "" : " ",
		   command->arguments == NULL ? "" : command->arguments);
	if (command->text != NULL) {
		print_line(out, "%s", "");
		put_wrapped(out, command->text);
	}
	print_line(out, "%s", "");
	if (command->commands != NULL) {
		put_commands(out, command->commands);
		print_line(out, "%s", "");
	}
	print_line(out, "Options:");
	put_options(out, command->options);
	put_options(out, common);
	if (command->examples != NULL) {
		print_line(out, "%s", "");
		print_line(out, "Examples:");
		put_indented(out, command->examples);
	}
}
