#ifndef SLUICE_COLLECTORS_SIM_STATE_H
#define SLUICE_COLLECTORS_SIM_STATE_H

#include "base/buf.h"
#include "base/err.h"
#include "collectors/sim_engine.h"

#define SIM_STATE_MAX 16384 /* bytes of a state file */

/* The file's text; see sim_state.c. */
void sim_state_put(const struct sim_engine *e, struct buf *out);

/* Reads it again. Errors: INVALID (not such a text, or values that cannot be). */
MUST_USE bool sim_state_parse(struct sim_engine *e, const char *text,
			      size_t len, struct err *err);

#endif
