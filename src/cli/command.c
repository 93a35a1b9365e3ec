/*
 * Reads command lines against the tables of commands: options, --help, hints.
 * Knows no command; commands.c (device) and the server's table list them.
 */
#include "cli/command.h"

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/help.h"
#include "cli/print.h"

#define HELP_WORDS_MAX 3 /* after "help" */

static const struct cli_option common_options[] = {
	{ "--conf", "FILE", "configuration to use", false },
	{ "--help", NULL, "this text", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option *find_option(const struct cli_option *options,
					    const char *name, size_t len)
{
	for (; options != NULL && options->name != NULL; options++) {
		if (strlen(options->name) == len &&
		    memcmp(options->name, name, len) == 0) {
			return options;
		}
	}
	return NULL;
}

static const struct cli_command *find_command(const struct cli_command *table,
					      const char *name)
{
	for (; table->name != NULL; table++) {
		if (text_equal(table->name, name)) {
			return table;
		}
	}
	return NULL;
}

int cli_misused(struct cli *cli, const char *command, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = NULL;
	if (vasprintf(&text, fmt, args) >= 0) {
		print_line(cli->problems, "%s: %s", cli->program, text);
		mem_free(text);
	}
	va_end(args);
	print_line(cli->problems, "Try \"%s%s%s --help\".", cli->program,
		   command == NULL ? "" : " ", command == NULL ? "" : command);
	return CLI_USAGE;
}

/* Reads one option at argv[*i]; false = refused, and it was said why. */
static bool read_option(struct cli *cli, const struct cli_command *command,
			const char *path, int argc, char *const argv[], int *i,
			struct cli_args *args)
{
	const char *word = argv[*i];
	const char *equals = strchr(word, '=');
	size_t len = equals == NULL ? strlen(word) : (size_t)(equals - word);
	const struct cli_option *option =
		find_option(command->options, word, len);
	if (option == NULL) {
		option = find_option(common_options, word, len);
	}
	if (option == NULL) {
		cli_misused(cli, path, "There is no option \"%s\".", word);
		return false;
	}
	const char *value = NULL;
	if (option->value != NULL && equals != NULL) {
		value = equals + 1;
	} else if (option->value != NULL && *i + 1 < argc) {
		value = argv[++*i];
	} else if (option->value != NULL) {
		cli_misused(cli, path, "%s needs a value: %s %s.", option->name,
			    option->name, option->value);
		return false;
	} else if (equals != NULL) {
		cli_misused(cli, path, "%s takes no value.", option->name);
		return false;
	}
	if (!option->repeats && cli_flag(args, option->name)) {
		cli_misused(cli, path, "%s is given twice.", option->name);
		return false;
	}
	if (args->options_count == CLI_OPTIONS_MAX) {
		cli_misused(cli, path, "There are too many options.");
		return false;
	}
	args->options[args->options_count].name = option->name;
	args->options[args->options_count++].value = value;
	return true;
}

/* The last option that was read: is all that follows its own? */
static bool takes_the_rest(const struct cli_command *command,
			   const struct cli_args *args)
{
	const char *name = args->options[args->options_count - 1].name;
	const struct cli_option *option =
		find_option(command->options, name, strlen(name));
	return option != NULL && option->value != NULL &&
	       text_ends_with(option->value, "...");
}

static bool read_args(struct cli *cli, const struct cli_command *command,
		      const char *path, int argc, char *const argv[],
		      struct cli_args *args)
{
	bool only_arguments = false;
	for (int i = 0; i < argc; i++) {
		if (!only_arguments && text_equal(argv[i], "--")) {
			only_arguments = true;
		} else if (!only_arguments && text_equal(argv[i], "-h")) {
			args->options_count = 1;
			args->options[0].name = "--help";
			return true;
		} else if (!only_arguments && argv[i][0] == '-' &&
			   argv[i][1] != '\0') {
			if (!read_option(cli, command, path, argc, argv, &i,
					 args)) {
				return false;
			}
			only_arguments = takes_the_rest(command, args);
		} else if (args->count == CLI_ARGUMENTS_MAX) {
			cli_misused(cli, path, "There are too many arguments.");
			return false;
		} else {
			args->at[args->count++] = argv[i];
		}
		if (cli_flag(args, "--help")) {
			return true;
		}
	}
	return true;
}

static int run_one(struct cli *cli, const struct cli_command *command,
		   const char *path, int argc, char *const argv[])
{
	struct cli_args args = { 0 };
	if (!read_args(cli, command, path, argc, argv, &args)) {
		return CLI_USAGE;
	}
	if (cli_flag(&args, "--help")) {
		help_command(cli->out, cli->program, path, command,
			     common_options);
		return CLI_DONE;
	}
	if (args.count < command->least || args.count > command->most) {
		return cli_misused(
			cli, path, "%s. Usage: %s %s %s",
			args.count < command->least
				? "Something is missing"
				: "There are too many arguments",
			cli->program, path,
			command->arguments == NULL ? "" : command->arguments);
	}
	args.conf = cli_value(&args, "--conf");
	if (args.conf == NULL) {
		args.conf = cli->default_conf;
	}
	struct err err = { 0 };
	int code = command->run(cli, &args, &err);
	/* Who reads no more, "head" say, knows and wants no more. */
	(void)fflush(cli->out);
	bool left = print_reader_left(cli->out);
	if (err.kind != ERR_NONE) {
		if (!left || err.kind != ERR_IO) {
			print_line(cli->problems, "%s: %s", cli->program,
				   err.text);
		}
		code = code == CLI_DONE ? cli_exit_of(&err) : code;
	}
	if (fflush(cli->out) != 0 || ferror(cli->out)) {
		if (!left) {
			print_line(cli->problems,
				   "%s: The result could not be written.",
				   cli->program);
		}
		code = code == CLI_DONE ? CLI_FAILED : code;
	}
	return code;
}

static bool asks_for_help(const char *word)
{
	return text_equal(word, "--help") || text_equal(word, "-h") ||
	       text_equal(word, "help");
}

static int run_table(struct cli *cli, const struct cli_command *commands,
		     const char *path, const char *about, int argc,
		     char *const argv[]);

/* "help user add" is "user add --help". */
static int run_help(struct cli *cli, const struct cli_command *commands,
		    const char *about, int argc, char *const argv[])
{
	char asked[] = "--help";
	char *words[HELP_WORDS_MAX + 1];
	for (int i = 0; i < argc; i++) {
		words[i] = argv[i];
	}
	words[argc] = asked;
	return run_table(cli, commands, "", about, argc + 1, words);
}

/* path is the words that led to this table, "" at the top. */
static int run_table(struct cli *cli, const struct cli_command *commands,
		     const char *path, const char *about, int argc,
		     char *const argv[])
{
	const char *hint = path[0] == '\0' ? NULL : path;
	if (argc < 1) {
		help_table(cli->problems, cli->program, path, about, commands);
		return CLI_USAGE;
	}
	if (asks_for_help(argv[0])) {
		help_table(cli->out, cli->program, path, about, commands);
		return CLI_DONE;
	}
	const struct cli_command *command = find_command(commands, argv[0]);
	if (command == NULL) {
		return cli_misused(cli, hint, "There is no command \"%s%s%s\".",
				   path, hint == NULL ? "" : " ", argv[0]);
	}
	char name[80];
	snprintf(name, sizeof(name), "%s%s%s", path, hint == NULL ? "" : " ",
		 command->name);
	bool own = command->run != NULL;
	if (command->commands != NULL &&
	    (!own || (argc > 1 && find_command(command->commands, argv[1])))) {
		return run_table(cli, command->commands, name, command->summary,
				 argc - 1, argv + 1);
	}
	return run_one(cli, command, name, argc - 1, argv + 1);
}

int cli_run(struct cli *cli, const struct cli_command *commands,
	    const char *about, int argc, char *const argv[])
{
	char version[] = "version";
	char *const one[] = { version };
	if (argc == 1 && text_equal(argv[0], "--version")) {
		return run_table(cli, commands, "", about, 1, one);
	}
	if (argc > 1 && argc <= HELP_WORDS_MAX + 1 &&
	    text_equal(argv[0], "help")) {
		return run_help(cli, commands, about, argc - 1, argv + 1);
	}
	return run_table(cli, commands, "", about, argc, argv);
}

bool cli_flag(const struct cli_args *args, const char *name)
{
	for (size_t i = 0; i < args->options_count; i++) {
		if (text_equal(args->options[i].name, name)) {
			return true;
		}
	}
	return false;
}

const char *cli_value_at(const struct cli_args *args, const char *name,
			 size_t n)
{
	for (size_t i = 0; i < args->options_count; i++) {
		if (text_equal(args->options[i].name, name) && n-- == 0) {
			return args->options[i].value;
		}
	}
	return NULL;
}

const char *cli_value(const struct cli_args *args, const char *name)
{
	const char *value = NULL;
	for (size_t n = 0; cli_value_at(args, name, n) != NULL; n++) {
		value = cli_value_at(args, name, n);
	}
	return value;
}

bool cli_number(const struct cli_args *args, const char *name, long long least,
		long long most, long long *value, struct err *err)
{
	const char *text = cli_value(args, name);
	if (text == NULL) {
		return true;
	}
	int64_t number = 0;
	if (!text_parse_i64(text, least, most, &number)) {
		return err_set(err, ERR_INVALID,
			       "%s must be a number from %lld to %lld.", name,
			       least, most);
	}
	*value = number;
	return true;
}

bool cli_end(const char *text, int64_t *at)
{
	char day[CLOCK_TEXT_SIZE];
	if (strlen(text) != strlen("2026-11-23")) {
		return clock_parse(text, at);
	}
	(void)snprintf(day, sizeof(day), "%.10sT23:59:59Z", text);
	return clock_parse(day, at);
}

int cli_exit_of(const struct err *err)
{
	return err->kind == ERR_NONE ? CLI_DONE : CLI_FAILED;
}

int cli_exit_of_words(const struct err *err)
{
	return err->kind == ERR_INVALID ? CLI_USAGE : cli_exit_of(err);
}
