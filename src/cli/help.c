/*
 * Writes --help from the tables of commands, so that it cannot drift from what
 * the programs take.
 */
#include "cli/help.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "cli/print.h"

#define HELP_WIDTH 78
#define HELP_COLUMN 29 /* of what an option means */

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
	/* Only the device has grants, and something that waits. */
	bool device = text_equal(program, "sluice");
	print_line(out, "Exit codes: 0 done, 1 failed, 2 wrong usage%s",
		   device ? ", 3 refused for want of a grant," : ".");
	if (device) {
		print_line(out, "4 server unreachable (queued, will be "
				"retried).");
	}
}

/*
 * Words with single spaces, broken at the width of a terminal. The first line
 * begins with left, which is used up; the others with so many spaces.
 */
static void put_wrapped(FILE *out, struct buf *left, int indent,
			const char *text)
{
	size_t empty = left->len;
	while (*text != '\0') {
		size_t len = strcspn(text, " \n");
		if (left->len > empty && left->len + 1 + len > HELP_WIDTH) {
			print_line(out, "%s", buf_str(left));
			buf_reset(left);
			buf_printf(left, "%*s", indent, "");
			empty = left->len;
		}
		if (len > 0) {
			buf_put_str(left, left->len > empty ? " " : "");
			buf_put(left, text, len);
		}
		text += len + (text[len] == '\0' ? 0 : 1);
	}
	if (left->len > empty) {
		print_line(out, "%s", buf_str(left));
	}
	buf_clear(left);
}

static void put_option(FILE *out, const struct cli_option *option)
{
	struct buf left = BUF_INIT, text = BUF_INIT;
	buf_printf(&left, "  %s%s%s", option->name,
		   option->value == NULL ? "" : " ",
		   option->value == NULL ? "" : option->value);
	if (left.len >= HELP_COLUMN) {
		print_line(out, "%s", buf_str(&left));
		buf_reset(&left);
	}
	buf_printf(&left, "%*s", (int)(HELP_COLUMN - left.len), "");
	buf_printf(&text, "%s%s", option->help,
		   option->repeats ? " (may be repeated)" : "");
	put_wrapped(out, &left, HELP_COLUMN, buf_str(&text));
	buf_clear(&text);
}

static void put_options(FILE *out, const struct cli_option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		put_option(out, options);
	}
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
		struct buf none = BUF_INIT;
		put_wrapped(out, &none, 0, command->text);
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
