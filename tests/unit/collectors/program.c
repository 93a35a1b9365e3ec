/* The frame of each collector. */
#include "collectors/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "documents/collected.h"

#define NOON 1795435200 /* 2026-11-23T12:00:00Z */

struct fixture {
	struct program program;
	struct option_row options[2];
	const char *uri;
	char *out, *problems;
	size_t out_len, problems_len;
};

static int make_fixture(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f));
	f->options[0] = (struct option_row){ "--uri", "URI", "it", &f->uri };
	f->program = (struct program){
		.name = "collect-test",
		.purpose = "Does it.",
		.options = f->options,
		.out = open_memstream(&f->out, &f->out_len),
		.problems = open_memstream(&f->problems, &f->problems_len),
	};
	*state = f;
	return f->program.out == NULL || f->program.problems == NULL;
}

static int remove_fixture(void **state)
{
	struct fixture *f = *state;
	fclose(f->program.out);
	fclose(f->program.problems);
	free(f->out);
	free(f->problems);
	mem_free(f);
	return 0;
}

/* Starts with this argument (NULL = none); false: ended with *code. */
static bool start(struct fixture *f, const char *arg, int *code)
{
	char name[] = "collect-test";
	char *copy = mem_strdup(arg);
	char *argv[] = { name, copy, NULL };
	bool goes_on =
		program_start(&f->program, arg == NULL ? 1 : 2, argv, code);
	mem_free(copy);
	fflush(f->program.out);
	fflush(f->program.problems);
	return goes_on;
}

static void a_good_command_line_goes_on_in_silence(void **state)
{
	struct fixture *f = *state;
	int code = 7;
	assert_true(start(f, NULL, &code));
	assert_true(start(f, "--uri=x", &code));
	assert_int_equal(code, 7);
	assert_int_equal(f->out_len + f->problems_len, 0);
}

static void help_is_printed_and_ends_well(void **state)
{
	struct fixture *f = *state;
	int code = 7;
	assert_false(start(f, "--help", &code));
	assert_int_equal(code, 0);
	assert_non_null(strstr(f->out, "usage: collect-test [options]\n"
				       "Does it.\n"));
	assert_non_null(strstr(f->out, "--uri URI"));
	assert_int_equal(f->problems_len, 0);
}

static void the_version_is_printed_and_ends_well(void **state)
{
	struct fixture *f = *state;
	int code = 7;
	assert_false(start(f, "--version", &code));
	assert_int_equal(code, 0);
	assert_string_equal(f->out, "collect-test " PACKAGE_VERSION "\n");
	assert_int_equal(f->problems_len, 0);
}

static void a_wrong_command_line_is_told_apart_from_a_failure(void **state)
{
	struct fixture *f = *state;
	int code = 7;
	assert_false(start(f, "--nonsense", &code));
	assert_int_equal(code, PROGRAM_USAGE);
	assert_int_equal(f->out_len, 0);
	assert_non_null(strstr(f->problems, "collect-test: unknown argument "
					    "--nonsense;"));
}

static void errors_reach_the_terminal_cleaned(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	assert_false(err_set(&err, ERR_RETRY, "no \x1b[31m answer"));
	assert_int_equal(program_fail(&f->program, &err, PROGRAM_FAILED),
			 PROGRAM_FAILED);
	fflush(f->program.problems);
	assert_string_equal(f->problems,
			    "collect-test: no \xef\xbf\xbd[31m answer\n");
}

static void what_was_collected_is_printed(void **state)
{
	struct fixture *f = *state;
	struct collected_writer *w = collected_writer_new("test", NOON);
	assert_true(program_print(&f->program, w, NULL));
	assert_non_null(strstr(f->out, "source=\"test\""));
	assert_non_null(strstr(f->out, "2026-11-23T12:00:00Z"));
}

static void a_full_disk_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	FILE *full = fopen("/dev/full", "w");
	if (full == NULL) {
		skip();
	}
	struct program program = f->program;
	program.out = full;
	struct collected_writer *w = collected_writer_new("test", NOON);
	assert_false(program_print(&program, w, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, "the output cannot be written");
	(void)fclose(full);
}

#define WITH_PROGRAM(test) \
	cmocka_unit_test_setup_teardown(test, make_fixture, remove_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PROGRAM(a_good_command_line_goes_on_in_silence),
		WITH_PROGRAM(help_is_printed_and_ends_well),
		WITH_PROGRAM(the_version_is_printed_and_ends_well),
		WITH_PROGRAM(a_wrong_command_line_is_told_apart_from_a_failure),
		WITH_PROGRAM(errors_reach_the_terminal_cleaned),
		WITH_PROGRAM(what_was_collected_is_printed),
		WITH_PROGRAM(a_full_disk_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
