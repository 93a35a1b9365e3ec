/*
 * The frame of each collector: options, help, errors, the end of the output.
 * How a command line is read is options.c's; what is collected, and when the
 * sandbox is entered, is each collector's own.
 */
#include "collectors/program.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "documents/collected.h"

static void print_help(const struct program *program)
{
	struct buf help = BUF_INIT;
	options_put_help(&help, program->name, program->operands,
			 program->purpose, program->options);
	fputs(buf_str(&help), program->out);
	buf_clear(&help);
}

bool program_start(const struct program *program, int argc, char *const argv[],
		   int *code)
{
	struct err err = { 0 };
	switch (options_read(program->options, argc, argv, &err)) {
	case OPTIONS_HELP:
		print_help(program);
		*code = 0;
		return false;
	case OPTIONS_VERSION:
		fprintf(program->out, "%s %s\n", program->name,
			PACKAGE_VERSION);
		*code = 0;
		return false;
	case OPTIONS_WRONG:
		*code = program_fail(program, &err, PROGRAM_USAGE);
		return false;
	case OPTIONS_RUN:
		break;
	}
	return true;
}

int program_fail(const struct program *program, const struct err *err, int code)
{
	struct buf line = BUF_INIT;
	text_put_clean(&line, err->text, strlen(err->text));
	fprintf(program->problems, "%s: %s\n", program->name, buf_str(&line));
	buf_clear(&line);
	return code;
}

bool program_print(const struct program *program, struct collected_writer *w,
		   struct err *err)
{
	struct buf out = BUF_INIT;
	collected_writer_finish(w, &out);
	bool done = fwrite(out.data, 1, out.len, program->out) == out.len &&
		    fflush(program->out) == 0;
	buf_clear(&out);
	return done || err_set(err, ERR_IO, "the output cannot be written");
}
