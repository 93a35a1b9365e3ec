#ifndef SLUICE_TESTS_COLLECTORS_SIM_READING_H
#define SLUICE_TESTS_COLLECTORS_SIM_READING_H

#include "collectors/sim_engine.h"
#include "documents/collected.h"

#define SIM_DAY (24 * 3600)
#define SIM_MONDAY INT64_C(1795392000) /* 2026-11-23T00:00:00Z */

/* What the machine says of itself, read as the device reads it. */
void sim_reading(const struct sim_engine *e, int64_t now, struct collected *c);

/* The same of a machine that lived so many days; fails on any stray. */
void sim_reading_after(int days, struct sim_engine *e, struct collected *c);

/* How many of the root's groups have this text at this path. */
size_t sim_reading_count(const struct collected *c, enum document_kind kind,
			 const char *path, const char *text);

#endif
