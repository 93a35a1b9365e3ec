#ifndef SLUICE_COLLECTORS_SNMP_READING_H
#define SLUICE_COLLECTORS_SNMP_READING_H

#include <stdint.h>

#include "collectors/snmp_walk.h"

/*
 * Reads all that the documents take from the first printer of an agent.
 * sysUpTime comes last, so that no alert is younger.
 *
 * values  empty; on success release with snmp_values_clear()
 * device  gets the printer's hrDeviceIndex
 *
 * Errors: those of snmp_walk(); NOT_FOUND (an agent, but of no printer). All
 * or nothing: a table that was not read to its end is an error, since half
 * of one looks like a printer with less in it.
 */
MUST_USE bool snmp_reading_take(struct snmp_agent *agent,
				struct snmp_values *values, uint32_t *device,
				struct err *err);

#endif
