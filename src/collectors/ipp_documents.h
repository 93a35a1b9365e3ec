#ifndef SLUICE_COLLECTORS_IPP_DOCUMENTS_H
#define SLUICE_COLLECTORS_IPP_DOCUMENTS_H

#include <cups/ipp.h>

#include "documents/collected.h"

/*
 * Writes all documents from one answer to Get-Printer-Attributes. The name
 * of the attribute is kept as each value's source. host is what the printer
 * was reached by; NULL = not known. now: UTC seconds of the answer.
 */
void ipp_documents_put(ipp_t *answer, const char *host, int64_t now,
		       struct collected_writer *w);

/* The attributes that it reads, for the request; NULL ends. */
extern const char *const ipp_documents_attributes[];

#endif
