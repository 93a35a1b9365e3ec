#ifndef SLUICE_SERVER_INSTRUCTIONS_PARTS_H
#define SLUICE_SERVER_INSTRUCTIONS_PARTS_H

#include "server/instructions.h"

/* What instructions.c and instructions_reports.c share. */

struct instructions_words {
	const char *actor;
	const char *service; /* NULL = none */
	const char *result;
	const char *text;
};

/* An entry about one of a device. */
MUST_USE bool instructions_entry(struct db *db, const char *device,
				 uint64_t number,
				 const struct instructions_words *words,
				 int64_t now, struct err *err);

#endif
