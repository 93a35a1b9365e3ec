#ifndef SLUICE_COLLECTORS_SNMP_STATE_H
#define SLUICE_COLLECTORS_SNMP_STATE_H

#include "collectors/snmp_tables.h"

/* Columns of the Host Resources MIB; the index is the hrDeviceIndex. */
#define SNMP_STATE_DEVICE "1.3.6.1.2.1.25.3.2.1.5"  /* hrDeviceStatus */
#define SNMP_STATE_PRINTER "1.3.6.1.2.1.25.3.5.1.1" /* hrPrinterStatus */
#define SNMP_STATE_BITS \
	"1.3.6.1.2.1.25.3.5.1.2" /* hrPrinterDetectedErrorState */

/*
 * PrinterState, DeviceStatus, PrinterStatus and DetectedErrorState of an open
 * Status document. PrinterState is always there, "unknown" if nothing says.
 */
void snmp_state_put(const struct snmp_printer *printer,
		    struct collected_writer *w);

#endif
