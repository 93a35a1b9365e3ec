/*
 * Reads problem details; what was read can be written and read again.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "formats/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problem problem;
	struct problem again;
	struct buf text = BUF_INIT;

	if (!problem_read(data, size, &problem, NULL)) {
		return 0;
	}
	problem_write(&problem, &text);
	if (!problem_read(text.data, text.len, &again, NULL) ||
	    strcmp(problem.detail, again.detail) != 0 ||
	    problem.status != again.status) {
		abort();
	}
	buf_clear(&text);
	return 0;
}
