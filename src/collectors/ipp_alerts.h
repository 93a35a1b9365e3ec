#ifndef SLUICE_COLLECTORS_IPP_ALERTS_H
#define SLUICE_COLLECTORS_IPP_ALERTS_H

#include <cups/ipp.h>

#include "documents/collected.h"

/* The whole Faults document, read at this time (UTC seconds). */
void ipp_alerts_put(ipp_t *ipp, int64_t now, struct collected_writer *w);

#endif
