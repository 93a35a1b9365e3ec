#ifndef SLUICE_COLLECTORS_SNMP_TABLES_H
#define SLUICE_COLLECTORS_SNMP_TABLES_H

#include <stdint.h>

#include "collectors/snmp_fields.h"
#include "collectors/snmp_values.h"
#include "documents/collected.h"

/*
 * The tables of the Printer MIB (RFC 3805) and which column is which field.
 * What is asked for and what is written are one list, so that nothing is
 * asked that is not used. Each table is indexed by hrDeviceIndex and a row.
 */
struct snmp_column {
	uint32_t number;
	const char *field; /* below the group; NULL = read, not written */
	enum snmp_form form;
	const struct snmp_word *words;
};

#define SNMP_COLUMNS_MAX 10

struct snmp_table {
	const char *entry; /* OID of the table's entry */
	const char *group; /* "Supply"; NULL = no group of its own */
	enum document_kind document;
	uint32_t unit_column;                         /* 0 = no unit */
	const struct snmp_word *units;                /* its words */
	struct snmp_column columns[SNMP_COLUMNS_MAX]; /* number 0 ends */
};

extern const struct snmp_table snmp_table_inputs;
extern const struct snmp_table snmp_table_outputs;
extern const struct snmp_table snmp_table_markers;
extern const struct snmp_table snmp_table_supplies;
extern const struct snmp_table snmp_table_colorants;
extern const struct snmp_table snmp_table_paths;
extern const struct snmp_table snmp_table_console;
extern const struct snmp_table snmp_table_alerts;

/* All of these, in the order in which they are asked for; NULL ends. */
extern const struct snmp_table *const snmp_tables[];

/* What was read from one printer. */
struct snmp_printer {
	const struct snmp_values *values;
	uint32_t device;  /* its hrDeviceIndex */
	const char *host; /* that it was reached by; NULL = not known */
	int64_t now;      /* when sysUpTime was read, UTC seconds */
};

/*
 * Writes a table as groups of the open document, a row a group. A row that
 * misses what its group needs is left out if that cannot be "unknown": it
 * went while it was read.
 */
void snmp_table_put(const struct snmp_table *table,
		    const struct snmp_printer *printer,
		    struct collected_writer *w);

/* Cell of a table of this printer; NULL = it was not there. */
const struct snmp_value *snmp_table_cell(const struct snmp_table *table,
					 const struct snmp_printer *printer,
					 uint32_t column, uint32_t row);

/* Rows of a table of this printer. */
size_t snmp_table_rows(const struct snmp_table *table,
		       const struct snmp_printer *printer,
		       uint32_t rows[SNMP_ROWS_MAX]);

#define SNMP_UPTIME "1.3.6.1.2.1.1.3.0" /* sysUpTime.0 */

#endif
