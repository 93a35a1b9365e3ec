/* Command lines of job sources, and what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collectors/job_program.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

/* What the program wrote to its two outputs. */
struct said {
	FILE *file[2];
	char text[2][65536];
};

static const char *value;
static const struct option_row rows[] = {
	{ "--timeout", "SECONDS", "for each answer", &value },
	{ NULL, NULL, NULL, NULL },
};

static struct program program_saying(struct said *said)
{
	for (int i = 0; i < 2; i++) {
		memset(said->text[i], 0, sizeof(said->text[i]));
		said->file[i] =
			fmemopen(said->text[i], sizeof(said->text[i]) - 1, "w");
		assert_non_null(said->file[i]);
		setbuf(said->file[i], NULL);
	}
	return (struct program){ .name = "jobs",
				 .purpose = "Does it.",
				 .operands = "URI list, or URI get ID",
				 .options = rows,
				 .out = said->file[0],
				 .problems = said->file[1] };
}

static void close_said(struct said *said)
{
	fclose(said->file[0]);
	fclose(said->file[1]);
}

/* words: ends with NULL. Gives what job_program_start() gave. */
static bool start(const char *const words[], struct job_call *call, int *code,
		  struct said *said)
{
	struct program program = program_saying(said);
	char copies[8][80];
	char *argv[9];
	int argc = 0;
	value = NULL;
	for (; words[argc] != NULL; argc++) {
		snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	bool ok = job_program_start(&program, argc, argv, call, code);
	static char where[80], id[80];
	if (ok) {
		snprintf(where, sizeof(where), "%s", call->where);
		call->where = where;
	}
	if (ok && call->id != NULL) {
		snprintf(id, sizeof(id), "%s", call->id);
		call->id = id;
	}
	close_said(said);
	return ok;
}

static void the_last_words_say_what_to_do(void **state)
{
	(void)state;
	struct said said;
	struct job_call call;
	int code = -1;
	const char *const list[] = { "jobs", "ipp://h/", "list", NULL };
	assert_true(start(list, &call, &code, &said));
	assert_string_equal(call.where, "ipp://h/");
	assert_null(call.id);
	const char *const get[] = { "jobs", "--timeout", "5", "ipp://h/",
				    "get",  "12.1",      NULL };
	assert_true(start(get, &call, &code, &said));
	assert_string_equal(call.where, "ipp://h/");
	assert_string_equal(call.id, "12.1");
	assert_non_null(value);
	/* A job may be called so. */
	const char *const named[] = { "jobs", "/spool", "get", "list", NULL };
	assert_true(start(named, &call, &code, &said));
}

static void assert_ends(const char *const words[], int code, const char *says)
{
	struct said said;
	struct job_call call;
	int got = -1;
	assert_false(start(words, &call, &got, &said));
	assert_int_equal(got, code);
	if (strstr(said.text[code == 0 ? 0 : 1], says) == NULL) {
		fail_msg("\"%s\" \"%s\"", said.text[0], said.text[1]);
	}
}

static void others_are_told(void **state)
{
	(void)state;
	const char *const help[] = { "jobs", "--help", NULL };
	assert_ends(help, 0, "usage: jobs [options] URI list, or URI get ID\n");
	const char *const version[] = { "jobs", "--version", NULL };
	assert_ends(version, 0, "jobs ");
	const char *const none[] = { "jobs", NULL };
	assert_ends(none, PROGRAM_USAGE, "URI list, or URI get ID");
	const char *const only[] = { "jobs", "list", NULL };
	assert_ends(only, PROGRAM_USAGE, "");
	const char *const half[] = { "jobs", "ipp://h/", "get", NULL };
	assert_ends(half, PROGRAM_USAGE, "");
	const char *const two[] = { "jobs", "a", "b", "list", NULL };
	assert_ends(two, PROGRAM_USAGE, "");
	const char *const id[] = { "jobs", "ipp://h/", "get", "../a", NULL };
	assert_ends(id, PROGRAM_USAGE, "no id of a job");
	const char *const option[] = { "jobs", "--x", "y", "u", "list", NULL };
	assert_ends(option, PROGRAM_USAGE, "--x");
}

static void a_reason_is_one_line_without_a_name(void **state)
{
	(void)state;
	struct said said;
	struct program program = program_saying(&said);
	struct err err = { .kind = ERR_NONE };
	assert_false(job_has_changed(&err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_int_equal(job_program_fail(&program, &err), PROGRAM_FAILED);
	close_said(&said);
	assert_string_equal(said.text[1],
			    "The job changed while it was read (it grew or "
			    "was written to). Send it again when it is "
			    "complete.\n");
	err_reset(&err);
	assert_false(job_is_gone(&err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
}

static void a_list_is_printed(void **state)
{
	(void)state;
	struct said said;
	struct program program = program_saying(&said);
	struct job_list list = JOB_LIST_INIT;
	char name[] = "a";
	struct job job = { .id = "1", .name = name };
	(void)job_list_source(&list, NULL, NULL);
	assert_true(job_list_add(&list, &job));
	assert_true(job_program_print(&program, &list, NULL));
	close_said(&said);
	job_list_clear(&list);
	assert_true(
		job_list_read(said.text[0], strlen(said.text[0]), &list, NULL));
	assert_non_null(job_list_find(&list, "", "1"));
	job_list_clear(&list);
}

static void bytes_go_to_a_descriptor(void **state)
{
	(void)state;
	int ends[2];
	char text[8] = "";
	struct err err = { .kind = ERR_NONE };
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	uint8_t *buffer = job_buffer_new();
	memset(buffer, 'x', JOB_BUFFER_SIZE);
	assert_int_equal(pipe(ends), 0);
	assert_true(job_program_write(ends[1], buffer, 3, &err));
	assert_int_equal(read(ends[0], text, sizeof(text)), 3);
	assert_string_equal(text, "xxx");
	close(ends[0]);
	assert_false(job_program_write(ends[1], buffer, 3, &err));
	assert_int_equal(err.kind, ERR_IO);
	close(ends[1]);
	job_buffer_free(buffer);
	job_buffer_free(NULL);
	(void)signal(SIGPIPE, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_words_say_what_to_do),
		cmocka_unit_test(others_are_told),
		cmocka_unit_test(a_reason_is_one_line_without_a_name),
		cmocka_unit_test(a_list_is_printed),
		cmocka_unit_test(bytes_go_to_a_descriptor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
