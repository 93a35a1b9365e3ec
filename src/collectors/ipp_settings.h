#ifndef SLUICE_COLLECTORS_IPP_SETTINGS_H
#define SLUICE_COLLECTORS_IPP_SETTINGS_H

#include <cups/ipp.h>

#include "documents/collected.h"

/* The whole NVM document, from *-default attributes. */
void ipp_settings_put(ipp_t *ipp, struct collected_writer *w);

#endif
