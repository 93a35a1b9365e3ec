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

#endif
