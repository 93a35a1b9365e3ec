#ifndef SLUICE_COLLECTORS_IPP_TRAYS_H
#define SLUICE_COLLECTORS_IPP_TRAYS_H

#include <cups/ipp.h>

#include "documents/collected.h"

/* InputTray and OutputTray of an open Configuration document. */
void ipp_trays_put(ipp_t *ipp, struct collected_writer *w);

#endif
