#ifndef SLUICE_COLLECTORS_SNMP_DOCUMENTS_H
#define SLUICE_COLLECTORS_SNMP_DOCUMENTS_H

#include "collectors/snmp_tables.h"
#include "documents/collected.h"

/* Writes all documents from what was read of one printer. */
void snmp_documents_put(const struct snmp_printer *printer,
			struct collected_writer *w);

/* The single objects that it reads, whole OIDs; NULL ends. */
extern const char *const snmp_documents_objects[];

/* Those of the printer, to which its hrDeviceIndex is added; NULL ends. */
extern const char *const snmp_documents_columns[];

#endif
