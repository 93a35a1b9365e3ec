/*
 * The frame of each job source: command line, list, errors, and the buffer
 * that a job's bytes pass through. Where jobs come from is each source's own;
 * who starts it and reads what it prints is client/job_source.c.
 */
#include "collectors/job_program.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

/* Words at the end that are no options; 0 = wrong. */
static int count_operands(int argc, char *const argv[])
{
	if (argc >= 4 && text_equal(argv[argc - 2], "get")) {
		return 3; /* the job may be called "list" */
	}
	return argc >= 3 && text_equal(argv[argc - 1], "list") ? 2 : 0;
}

bool job_program_start(const struct program *program, int argc,
		       char *const argv[], struct job_call *call, int *code)
{
	struct err err = { .kind = ERR_NONE };
	int operands = count_operands(argc, argv);
	/* --help and --version need no more words. */
	bool asks = argc >= 2 && text_starts_with(argv[1], "--");
	int options = operands > 0 ? argc - operands : asks ? 2 : 1;
	if (!program_start(program, options, argv, code)) {
		return false;
	}
	if (operands == 0) {
		err_set(&err, ERR_INVALID,
			"the last words must be %s; --help says more",
			program->operands);
		*code = program_fail(program, &err, PROGRAM_USAGE);
		return false;
	}
	*call = (struct job_call){ .where = argv[options] };
	if (operands == 3) {
		call->id = argv[argc - 1];
	}
	if (call->id != NULL && !job_id_valid(call->id)) {
		err_set(&err, ERR_INVALID, "that is no id of a job");
		*code = program_fail(program, &err, PROGRAM_USAGE);
		return false;
	}
	return true;
}

int job_program_fail(const struct program *program, const struct err *err)
{
	struct buf line = BUF_INIT;
	text_put_clean(&line, err->text, strlen(err->text));
	fprintf(program->problems, "%s\n", buf_str(&line));
	buf_clear(&line);
	return PROGRAM_FAILED;
}

bool job_program_print(const struct program *program,
		       const struct job_list *list, struct err *err)
{
	struct buf out = BUF_INIT;
	job_list_put(&out, list);
	bool done = fwrite(out.data, 1, out.len, program->out) == out.len &&
		    fflush(program->out) == 0;
	buf_burn(&out);
	return done || err_set(err, ERR_IO, "The list cannot be written.");
}

uint8_t *job_buffer_new(void)
{
	uint8_t *buffer = mem_alloc(JOB_BUFFER_SIZE);
	/* Who may lock no memory has swap that others cannot read. */
	(void)mlock(buffer, JOB_BUFFER_SIZE);
	return buffer;
}

void job_buffer_free(uint8_t *buffer)
{
	if (buffer != NULL) {
		mem_burn(buffer, JOB_BUFFER_SIZE);
		(void)munlock(buffer, JOB_BUFFER_SIZE);
		mem_free(buffer);
	}
}

bool job_program_write(int fd, const void *data, size_t len, struct err *err)
{
	for (const uint8_t *at = data; len > 0;) {
		ssize_t n = write(fd, at, len);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return err_set_errno(err, ERR_IO, errno,
					     "The job cannot be handed on");
		}
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool job_is_gone(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "There is no such job any more.");
}

bool job_has_changed(struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "The job changed while it was read (it grew or was "
		       "written to). Send it again when it is complete.");
}
