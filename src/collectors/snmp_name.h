#ifndef SLUICE_COLLECTORS_SNMP_NAME_H
#define SLUICE_COLLECTORS_SNMP_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "documents/field.h"

/* The name of an object, an OID. Source: RFC 2578, section 3.5. */
#define SNMP_NAME_STEPS 128
#define SNMP_NAME_TEXT (FIELD_SOURCE_MAX + 1) /* with NUL */

struct snmp_name {
	uint32_t step[SNMP_NAME_STEPS];
	size_t len; /* steps */
};

/* Reads "1.3.6.1.2.1.1.3.0"; false when it is none. */
MUST_USE bool snmp_name_parse(struct snmp_name *name, const char *text);

/* Writes it so. false: longer than any name that we ask for. */
MUST_USE bool snmp_name_text(char dst[SNMP_NAME_TEXT],
			     const struct snmp_name *name);

/* Adds one step; false when there is no room. */
MUST_USE bool snmp_name_add(struct snmp_name *name, uint32_t step);

/* Below zero, zero, above zero, in the order of a walk. */
int snmp_name_compare(const struct snmp_name *a, const struct snmp_name *b);

/* Is it in the tree below root, root itself not counted? */
bool snmp_name_is_below(const struct snmp_name *name,
			const struct snmp_name *root);

#endif
