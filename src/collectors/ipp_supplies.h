#ifndef SLUICE_COLLECTORS_IPP_SUPPLIES_H
#define SLUICE_COLLECTORS_IPP_SUPPLIES_H

#include <cups/ipp.h>

#include "documents/collected.h"

/* The whole Supplies Usage document. */
void ipp_supplies_put(ipp_t *ipp, struct collected_writer *w);

#endif
