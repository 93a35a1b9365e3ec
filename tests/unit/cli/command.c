/* How command lines are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "cli/print.h"

static int echo(struct cli *cli, const struct cli_args *args, struct err *err)
{
	(void)err;
	print_line(cli->out, "conf=%s count=%zu flag=%d", args->conf,
		   args->count, cli_flag(args, "--flag"));
	for (size_t i = 0; i < args->count; i++) {
		print_line(cli->out, "arg=%s", args->at[i]);
	}
	const char *value;
	for (size_t n = 0; (value = cli_value_at(args, "--many", n)) != NULL;
	     n++) {
		print_line(cli->out, "many=%s", value);
	}
	return CLI_DONE;
}

static int number(struct cli *cli, const struct cli_args *args, struct err *err)
{
	long long value = 7;
	if (cli_number(args, "--one", 1, 9, &value, err)) {
		print_line(cli->out, "one=%lld", value);
	}
	return CLI_DONE;
}

static int fail_dirty(struct cli *cli, const struct cli_args *args,
		      struct err *err)
{
	(void)cli;
	(void)args;
	err_set(err, ERR_RETRY, "It is \033[31mred\nand forged");
	return CLI_UNREACHABLE;
}

static int fail_plainly(struct cli *cli, const struct cli_args *args,
			struct err *err)
{
	(void)cli;
	(void)args;
	err_set(err, ERR_IO, "No.");
	return CLI_DONE;
}

static const struct cli_option options[] = {
	{ "--flag", NULL, "a flag", false },
	{ "--one", "N", "a value", false },
	{ "--many", "TEXT", "many values", true },
	{ "--rest", "WORD [ARG]...", "all that follows", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command subs[] = {
	{ "deep", NULL, "below", NULL, NULL, NULL, 0, 0, echo, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

static const struct cli_command commands[] = {
	{ "echo", "[WORD...]", "prints", "More about it.",
	  "sluice echo\nsluice echo 2", options, 0, 2, echo, NULL },
	{ "number", NULL, "number", NULL, NULL, options, 0, 0, number, NULL },
	{ "fail", NULL, "fails", NULL, NULL, NULL, 0, 0, fail_dirty, NULL },
	{ "plain", NULL, "fails", NULL, NULL, NULL, 0, 0, fail_plainly, NULL },
	{ "group", NULL, "has more", NULL, NULL, NULL, 0, 0, NULL, subs },
	{ "both", NULL, "runs and has more", NULL, NULL, options, 0, 0, echo,
	  subs },
	{ "one", "WORD", "needs one", NULL, NULL, NULL, 1, 1, echo, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

static void check(const char *line, int code, const char *out,
		  const char *problems)
{
	struct capture c;
	int got = capture_run(&c, commands, line);
	if (out != NULL) {
		assert_non_null(strstr(c.out, out));
	}
	if (problems != NULL) {
		assert_non_null(strstr(c.problems, problems));
	}
	assert_int_equal(got, code);
	capture_clear(&c);
}

static void options_and_arguments_are_told_apart(void **state)
{
	(void)state;
	check("echo", 0, "conf=/nonexistent/sluice.conf count=0 flag=0", NULL);
	check("echo --flag a --conf /x b", 0, "conf=/x count=2 flag=1", NULL);
	check("echo --many=a --many b", 0, "many=a\nmany=b\n", NULL);
	check("echo -- --flag", 0, "flag=0\narg=--flag\n", NULL);
	check("echo -", 0, "arg=-\n", NULL);
}

static void wrong_usage_is_2_with_a_hint(void **state)
{
	(void)state;
	check("", 2, NULL, "Usage: sluice COMMAND");
	check("nothing", 2, NULL, "Try \"sluice --help\"");
	check("nothing", 2, NULL, "There is no command \"nothing\"");
	check("echo --wrong", 2, NULL, "Try \"sluice echo --help\"");
	check("echo --wrong=1", 2, NULL, "There is no option \"--wrong=1\"");
	check("echo --one", 2, NULL, "--one needs a value: --one N");
	check("echo --flag=1", 2, NULL, "--flag takes no value");
	check("echo --one 1 --one 2", 2, NULL, "--one is given twice");
	check("echo a b c", 2, NULL, "too many arguments");
	check("one", 2, NULL, "Usage: sluice one WORD");
	check("group", 2, NULL, "deep");
	check("group what", 2, NULL, "There is no command \"group what\"");
	check("group deep --x", 2, NULL, "Try \"sluice group deep --help\"");
}

static void long_command_lines_are_refused(void **state)
{
	(void)state;
	char line[2048] = "echo";
	for (int i = 0; i < 60; i++) {
		strcat(line, " --many x");
	}
	check(line, 2, NULL, "too many options");
	strcpy(line, "echo");
	for (int i = 0; i < 70; i++) {
		strcat(line, " x");
	}
	check(line, 2, NULL, "too many arguments");
}

static void help_is_0_and_on_standard_output(void **state)
{
	(void)state;
	check("--help", 0, "  echo           prints", NULL);
	check("help", 0, "Exit codes:", NULL);
	check("group --help", 0, "deep", NULL);
	check("echo --help", 0, "--one N", NULL);
	check("echo --help", 0, "Examples:\n  sluice echo\n  sluice echo 2\n",
	      NULL);
	check("echo -h", 0, "--conf FILE", NULL);
	check("help echo", 0, "--one N", NULL);
	check("help group", 0, "deep", NULL);
	check("help group deep", 0, "Usage: sluice group deep", NULL);
	check("help what", 2, NULL, "There is no command \"what\"");
	check("echo a b c --help", 0, "Usage: sluice echo [OPTIONS] [WORD...]",
	      NULL);
}

static void a_command_may_run_and_have_more(void **state)
{
	(void)state;
	check("both --flag", 0, "flag=1", NULL);
	check("both deep", 0, "flag=0", NULL);
	check("group deep", 0, "count=0", NULL);
}

static void numbers_are_checked(void **state)
{
	(void)state;
	check("number", 0, "one=7", NULL);
	check("number --one 9", 0, "one=9", NULL);
	check("number --one 10", 1, NULL, "number from 1 to 9");
	check("number --one x", 1, NULL, "number from 1 to 9");
}

static void failures_are_one_clean_line(void **state)
{
	(void)state;
	struct capture c;
	assert_int_equal(capture_run(&c, commands, "fail"), 4);
	assert_null(strchr(c.problems, '\033'));
	assert_ptr_equal(strchr(c.problems, '\n'),
			 c.problems + strlen(c.problems) - 1);
	assert_non_null(strstr(c.problems, "sluice: It is "));
	capture_clear(&c);
	check("plain", 1, NULL, "sluice: No.");
}

static void an_option_can_take_the_rest_of_the_line(void **state)
{
	(void)state;
	struct capture c;
	assert_int_equal(capture_run(&c, commands,
				     "echo --flag --rest prog --help --one"),
			 0);
	assert_string_equal(c.out, "conf=/nonexistent/sluice.conf count=2 "
				   "flag=1\narg=--help\narg=--one\n");
	capture_clear(&c);
	assert_int_equal(capture_run(&c, commands, "echo --rest=prog --flag"),
			 0);
	assert_non_null(strstr(c.out, "count=1 flag=0\narg=--flag\n"));
	capture_clear(&c);
	assert_int_equal(capture_run(&c, commands, "echo --rest"), 2);
	capture_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_option_can_take_the_rest_of_the_line),
		cmocka_unit_test(options_and_arguments_are_told_apart),
		cmocka_unit_test(wrong_usage_is_2_with_a_hint),
		cmocka_unit_test(long_command_lines_are_refused),
		cmocka_unit_test(help_is_0_and_on_standard_output),
		cmocka_unit_test(a_command_may_run_and_have_more),
		cmocka_unit_test(numbers_are_checked),
		cmocka_unit_test(failures_are_one_clean_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
