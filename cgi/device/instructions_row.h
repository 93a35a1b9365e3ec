#ifndef SLUICE_CGI_DEVICE_INSTRUCTIONS_ROW_H
#define SLUICE_CGI_DEVICE_INSTRUCTIONS_ROW_H

#include "domain/instructions.h"
#include "web/router.h"

/*
 * One instruction: number, kind, sentence (ours), by, reason and words (the
 * vendor's), taken, until, outcome, decided, told, tag.
 */
void instructions_row_fill(const struct visit *visit, json_t *item,
			   const struct instruction_row *row);

/*
 * Calls put for each of those that wait (open), or of all, at most
 * limit, newest first; list is what each has to go into.
 */
MUST_USE bool
instructions_row_each(struct visit *visit, bool open, size_t limit,
		      void (*put)(struct visit *visit, json_t *list,
				  const struct instruction_row *row),
		      json_t *list, struct err *err);

#endif
