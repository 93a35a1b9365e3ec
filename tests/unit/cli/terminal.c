/* Passwords come from a terminal unseen, or from input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/terminal.h"

/* Standard input that is no terminal. */
static bool from_pipe(const char *text, struct buf *password, struct err *err)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], text, strlen(text)),
			 (ssize_t)strlen(text));
	close(ends[1]);
	const struct cli cli = { .problems = stderr, .in_fd = ends[0] };
	bool ok = terminal_password(&cli, "Password", password, err);
	close(ends[0]);
	return ok;
}

static void one_line_of_input_is_the_password(void **state)
{
	(void)state;
	struct buf password = BUF_INIT;
	assert_true(from_pipe("se cret\nmore\n", &password, NULL));
	assert_string_equal(buf_str(&password), "se cret");
	buf_burn(&password);
	assert_true(from_pipe("no line end", &password, NULL));
	assert_string_equal(buf_str(&password), "no line end");
	buf_burn(&password);
}

static void nothing_and_too_much_are_refused(void **state)
{
	(void)state;
	struct buf password = BUF_INIT;
	struct err err = { 0 };
	assert_false(from_pipe("", &password, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	assert_false(from_pipe("\nx\n", &password, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_reset(&err);
	char big[9001];
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_false(from_pipe(big, &password, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_burn(&password);
}

static void a_code_is_one_line_as_well(void **state)
{
	(void)state;
	int ends[2];
	struct buf code = BUF_INIT;
	struct err err = { 0 };
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "K7Q PM\nmore\n", 12), 12);
	close(ends[1]);
	const struct cli cli = { .problems = stderr, .in_fd = ends[0] };
	assert_true(terminal_code(&cli, "Code", &code, &err));
	assert_string_equal(buf_str(&code), "K7Q PM");
	buf_burn(&code);
	assert_true(terminal_code(&cli, "Code", &code, &err));
	buf_burn(&code);
	assert_false(terminal_code(&cli, "Code", &code, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_string_equal(err.text, "No code was given.");
	close(ends[0]);
}

static bool confirmed(const char *input, bool yes, struct err *err)
{
	int ends[2];
	struct cli_args args = { .conf = "" };
	if (yes) {
		args.options[args.options_count++].name = "--yes";
	}
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], input, strlen(input)),
			 (ssize_t)strlen(input));
	close(ends[1]);
	const struct cli cli = { .problems = stderr, .in_fd = ends[0] };
	bool ok = terminal_confirm(&cli, &args, "It is gone.", "lower", err);
	close(ends[0]);
	return ok;
}

static void only_the_word_or_the_option_confirms(void **state)
{
	(void)state;
	static const char *const others[] = { "",         "\n",      "y\n",
					      "lower \n", "Lower\n", "low\n" };
	assert_true(confirmed("lower\n", false, NULL));
	assert_true(confirmed("", true, NULL));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct err err = { 0 };
		assert_false(confirmed(others[i], false, &err));
		assert_int_equal(err.kind, ERR_INVALID);
		assert_non_null(strstr(err.text, "Nothing was changed."));
	}
}

/* Types an answer whenever a prompt has come; a child, as a person is. */
static pid_t type_at(int master, FILE *prompts, const char *const answers[2])
{
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < 2; i++) {
			int c;
			while ((c = fgetc(prompts)) != ':') {
				if (c == EOF) {
					_exit(1);
				}
			}
			size_t len = strlen(answers[i]);
			if (write(master, answers[i], len) != (ssize_t)len) {
				_exit(1);
			}
		}
		_exit(0);
	}
	return pid;
}

/* Runs it on a terminal; shown gets what the terminal echoed. */
static bool at_terminal(const char *const answers[2], struct buf *password,
			char shown[200], struct err *err)
{
	int ends[2];
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	assert_int_equal(pipe(ends), 0);
	FILE *reader = fdopen(ends[0], "r");
	FILE *writer = fdopen(ends[1], "w");
	pid_t typist = type_at(master, reader, answers);
	const struct cli cli = { .problems = writer, .in_fd = slave };
	bool ok = terminal_password(&cli, "Password", password, err);
	struct termios after;
	assert_int_equal(tcgetattr(slave, &after), 0);
	assert_true((after.c_lflag & ECHO) != 0);
	fclose(writer);
	waitpid(typist, NULL, 0);
	fclose(reader);
	assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
	ssize_t len = read(master, shown, 199);
	shown[len < 0 ? 0 : len] = '\0';
	close(slave);
	close(master);
	return ok;
}

static void at_a_terminal_it_is_asked_twice_and_not_shown(void **state)
{
	(void)state;
	const char *const answers[2] = { "secret words\n", "secret words\n" };
	struct buf password = BUF_INIT;
	char shown[200];
	assert_true(at_terminal(answers, &password, shown, NULL));
	assert_string_equal(buf_str(&password), "secret words");
	assert_null(strstr(shown, "secret"));
	buf_burn(&password);
}

static void two_different_ones_are_refused(void **state)
{
	(void)state;
	const char *const answers[2] = { "secret words\n", "secret wards\n" };
	struct buf password = BUF_INIT;
	struct err err = { 0 };
	char shown[200];
	assert_false(at_terminal(answers, &password, shown, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	buf_burn(&password);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_of_input_is_the_password),
		cmocka_unit_test(a_code_is_one_line_as_well),
		cmocka_unit_test(only_the_word_or_the_option_confirms),
		cmocka_unit_test(nothing_and_too_much_are_refused),
		cmocka_unit_test(at_a_terminal_it_is_asked_twice_and_not_shown),
		cmocka_unit_test(two_different_ones_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
