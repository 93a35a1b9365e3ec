#ifndef SLUICE_COLLECTORS_SNMP_FIELDS_H
#define SLUICE_COLLECTORS_SNMP_FIELDS_H

#include <stdbool.h>

#include "collectors/snmp_values.h"
#include "collectors/snmp_words.h"
#include "documents/collected.h"

/* How an object's value becomes a field's. */
enum snmp_form {
	SNMP_FORM_UNSET = 0,
	SNMP_FORM_TEXT,    /* a string; anything else is left out */
	SNMP_FORM_COUNT,   /* a number from 0, else "unknown" */
	SNMP_FORM_INTEGER, /* a number, else "unknown" */
	SNMP_FORM_LEVEL,   /* -1 "other", -2 "unknown", -3 "some" */
	SNMP_FORM_WORD,    /* a word of a table for the number */
	SNMP_FORM_CODE,    /* the same; "code-N" if it has none */
	SNMP_FORM_NAMED,   /* number of a row of the colorants */
	SNMP_FORM_UPTIME   /* sysUpTime of then, as UTC */
};

/*
 * Writes one field from one value, with its OID as the source. A value of a
 * wrong type becomes "unknown" where the field may be that, else nothing.
 * Strings lose NULs and spaces at their end, line ends within become spaces,
 * and they are cut between characters to what the field takes.
 *
 * value  NULL = nothing is written
 * words  for WORD and CODE
 * unit   NULL = the field has none
 * form   TEXT to CODE
 */
void snmp_field_put(struct collected_writer *w, const struct field *field,
		    const struct snmp_value *value, enum snmp_form form,
		    const struct snmp_word *words, const char *unit);

/* Text of a string of an agent: clean UTF-8 of at most max bytes. */
void snmp_field_text(struct buf *out, const struct snmp_value *value,
		     size_t max);

/* May the field be "unknown"? */
bool snmp_field_may_be_unknown(const struct field *field);

#endif
