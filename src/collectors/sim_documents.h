#ifndef SLUICE_COLLECTORS_SIM_DOCUMENTS_H
#define SLUICE_COLLECTORS_SIM_DOCUMENTS_H

#include "collectors/sim_engine.h"
#include "documents/collected.h"

/* Writes all documents of the printer as it is at this time (UTC seconds). */
void sim_documents_put(const struct sim_engine *e, int64_t now,
		       struct collected_writer *w);

#endif
