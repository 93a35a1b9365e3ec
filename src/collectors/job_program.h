#ifndef SLUICE_COLLECTORS_JOB_PROGRAM_H
#define SLUICE_COLLECTORS_JOB_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "collectors/program.h"
#include "formats/job_list.h"

/*
 * A job source as a program (docs/job-sources.md):
 *
 *	PROGRAM [options] WHERE list
 *	PROGRAM [options] WHERE get ID
 */
struct job_call {
	const char *where; /* borrowed from argv */
	const char *id;    /* valid; NULL = list */
};

/*
 * Reads the command line, as program_start() does; program->operands says what
 * WHERE is. false: the program ends with *code.
 */
MUST_USE bool job_program_start(const struct program *program, int argc,
				char *const argv[], struct job_call *call,
				int *code);

/*
 * Tells why there is no list or no job, in the words of err alone: the daemon
 * shows them to a person. Gives PROGRAM_FAILED.
 */
int job_program_fail(const struct program *program, const struct err *err);

/* Prints the list to program->out. Errors: IO. */
MUST_USE bool job_program_print(const struct program *program,
				const struct job_list *list, struct err *err);

/*
 * The only place of a job's bytes in this process: kept out of the swap where
 * that is allowed, wiped when it is freed.
 */
#define JOB_BUFFER_SIZE ((size_t)64 * 1024)
uint8_t *job_buffer_new(void);
void job_buffer_free(uint8_t *buffer); /* NULL is fine */

/* All of it to a descriptor, without a buffer between. Errors: IO. */
MUST_USE bool job_program_write(int fd, const void *data, size_t len,
				struct err *err);

/* What "get" says when it was not the whole job. Each sets err, gives false. */
bool job_is_gone(struct err *err);
bool job_has_changed(struct err *err);

#endif
