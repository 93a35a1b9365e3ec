/*
 * Command lines of collectors.
 */
#include "collectors/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static const char *uri, *seed;

static enum options_result read_args(struct err *err, const char *one,
				     const char *two, const char *three)
{
	char *argv[] = { (char *)"prog", (char *)one, (char *)two,
			 (char *)three, NULL };
	const struct option_row rows[] = {
		{ "--uri", "URI", "where", &uri },
		{ "--seed", "N", "which", &seed },
		{ NULL, NULL, NULL, NULL },
	};
	int argc = 1;

	uri = seed = NULL;
	while (argv[argc] != NULL) {
		argc++;
	}
	return options_read(rows, argc, argv, err);
}

static void values_follow_or_stand_behind_the_sign(void **state)
{
	(void)state;
	assert_int_equal(read_args(NULL, "--uri", "ipp://x", "--seed=7"),
			 OPTIONS_RUN);
	assert_string_equal(uri, "ipp://x");
	assert_string_equal(seed, "7");
	assert_int_equal(read_args(NULL, NULL, NULL, NULL), OPTIONS_RUN);
	assert_null(uri);
}

static void help_and_version_come_first(void **state)
{
	(void)state;
	assert_int_equal(read_args(NULL, "--help", "--nonsense", NULL),
			 OPTIONS_HELP);
	assert_int_equal(read_args(NULL, "--uri=x", "--version", NULL),
			 OPTIONS_VERSION);
}

static void wrong_arguments_are_named(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(read_args(&err, "--uri", NULL, NULL), OPTIONS_WRONG);
	assert_string_equal(err.text, "--uri wants URI after it");
	err_reset(&err);
	assert_int_equal(read_args(&err, "--ur=x", NULL, NULL), OPTIONS_WRONG);
	assert_non_null(strstr(err.text, "--ur=x"));
	err_reset(&err);
	assert_int_equal(read_args(&err, "--uri=x", "--uri=y", NULL),
			 OPTIONS_WRONG);
	assert_int_equal(read_args(NULL, "word", NULL, NULL), OPTIONS_WRONG);
	assert_int_equal(read_args(NULL, "--help=1", NULL, NULL),
			 OPTIONS_WRONG);
}

static void help_lists_every_row(void **state)
{
	const struct option_row rows[] = {
		{ "--uri", "URI", "the printer", &uri },
		{ NULL, NULL, NULL, NULL },
	};
	struct buf out = BUF_INIT;

	(void)state;
	options_put_help(&out, "prog", NULL, "Does it.", rows);
	assert_non_null(strstr(buf_str(&out), "usage: prog [options]\nDoes"));
	assert_non_null(strstr(buf_str(&out), "--uri URI"));
	assert_non_null(strstr(buf_str(&out), "--version"));
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_follow_or_stand_behind_the_sign),
		cmocka_unit_test(help_and_version_come_first),
		cmocka_unit_test(wrong_arguments_are_named),
		cmocka_unit_test(help_lists_every_row),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
