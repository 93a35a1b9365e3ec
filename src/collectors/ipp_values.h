#ifndef SLUICE_COLLECTORS_IPP_VALUES_H
#define SLUICE_COLLECTORS_IPP_VALUES_H

#include <cups/ipp.h>
#include <stdbool.h>
#include <stddef.h>

#include "documents/collected.h"

#define IPP_VALUE_SIZE 2048 /* bytes of one value as text, with NUL */

/*
 * One value of an attribute as text in dst: strings as they are, numbers in
 * decimal, "true", dates in RFC 3339 UTC. Out-of-band values (unknown,
 * no-value) give "unknown". false = no such value, or of a kind that has no
 * text (collections).
 */
bool ipp_value_text(ipp_attribute_t *attr, int n, char dst[IPP_VALUE_SIZE]);

/* Number of values, at most FIELD_REPEAT_MAX; 0 for NULL. */
int ipp_value_count(ipp_attribute_t *attr);

/* By name among the printer's attributes; NULL if there is none. */
ipp_attribute_t *ipp_value_find(ipp_t *ipp, const char *name);

/* The first value of attribute "attr" becomes field "name"; none, no field. */
void ipp_put_value(struct collected_writer *w, const char *name, ipp_t *ipp,
		   const char *attr);

/* All values, one field each. */
void ipp_put_values(struct collected_writer *w, const char *name, ipp_t *ipp,
		    const char *attr);

/* A number >= 0; below zero is "unknown". unit may be NULL. false = none was there. */
bool ipp_put_count(struct collected_writer *w, const char *name, ipp_t *ipp,
		   const char *attr, const char *unit);

/*
 * A level by the Printer MIB: -1 "other", -2 "unknown", -3 "some", else the
 * number; what is no number is "unknown". text may be NULL: no field.
 */
void ipp_put_level(struct collected_writer *w, const char *name,
		   const char *text, const char *unit, const char *source);

#endif
