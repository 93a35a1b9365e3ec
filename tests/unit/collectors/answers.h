#ifndef SLUICE_TESTS_COLLECTORS_ANSWERS_H
#define SLUICE_TESTS_COLLECTORS_ANSWERS_H

#include <cups/ipp.h>

#include "documents/collected.h"

#define ANSWERS_AT INT64_C(1795442400) /* 2026-11-23T14:00:00Z, when it came */

/* An answer to Get-Printer-Attributes, built in memory; ippDelete() it. */
ipp_t *answers_new(void);

void answers_text(ipp_t *ipp, const char *name, const char *value);
void answers_texts(ipp_t *ipp, const char *name, const char *const *values);
void answers_number(ipp_t *ipp, const char *name, int value);
void answers_octets(ipp_t *ipp, const char *name, const char *const *values);

/* What the collector makes of it, read as the device reads it. */
void answers_collect(ipp_t *ipp, struct collected *c);

#endif
