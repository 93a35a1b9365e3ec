#ifndef SLUICE_COLLECTORS_SNMP_VALUES_H
#define SLUICE_COLLECTORS_SNMP_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "collectors/snmp_name.h"

/*
 * What an agent answered, kept by OID as text: no library and no socket, so
 * that tests build it in memory.
 */
enum snmp_kind {
	SNMP_KIND_NONE = 0, /* there is no such object */
	SNMP_KIND_NUMBER,   /* INTEGER, Counter, Gauge, TimeTicks */
	SNMP_KIND_BYTES,    /* OCTET STRING */
	SNMP_KIND_NAME,     /* OBJECT IDENTIFIER, its text in bytes */
	SNMP_KIND_OTHER     /* anything else, or a number beyond int64_t */
};

struct snmp_value {
	char name[SNMP_NAME_TEXT];
	enum snmp_kind kind;
	int64_t number; /* NUMBER */
	char *bytes;    /* BYTES, NAME: with a NUL after; else NULL */
	size_t len;     /* of bytes */
};

struct snmp_values {
	struct snmp_value *at;
	size_t count, room;
};

#define SNMP_ROWS_MAX FIELD_REPEAT_MAX /* of one table */
#define SNMP_BYTES_MAX 2048            /* of one value; the rest is cut */

void snmp_values_clear(struct snmp_values *v);

/* bytes may be NULL; they are copied. */
void snmp_values_add(struct snmp_values *v, const char *name,
		     enum snmp_kind kind, int64_t number, const void *bytes,
		     size_t len);

/* NULL = it was not there. */
const struct snmp_value *snmp_values_find(const struct snmp_values *v,
					  const char *name);

/* A cell of a table: entry.column.device.row. NULL = it was not there. */
const struct snmp_value *snmp_values_cell(const struct snmp_values *v,
					  const char *entry, uint32_t column,
					  uint32_t device, uint32_t row);

/* The rows of a table of which any cell was there, ascending; how many. */
size_t snmp_values_rows(const struct snmp_values *v, const char *entry,
			uint32_t device, uint32_t rows[SNMP_ROWS_MAX]);

#endif
