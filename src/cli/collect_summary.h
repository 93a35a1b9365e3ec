#ifndef SLUICE_CLI_COLLECT_SUMMARY_H
#define SLUICE_CLI_COLLECT_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "documents/collected.h"

/*
 * Prints what was collected: how many values each document has, what of it
 * stays whatever is allowed, and each stray with path and reason.
 *
 * now  UTC seconds, after the collectors ended
 *
 * Gives true when all of it is in the catalogue and its time is none of the
 * future. Values themselves are never printed.
 */
bool collect_summary_put(const struct collected *collected, int64_t now,
			 FILE *out);

#endif
