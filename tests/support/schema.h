#ifndef SLUICE_TESTS_SUPPORT_SCHEMA_H
#define SLUICE_TESTS_SUPPORT_SCHEMA_H

#include <stddef.h>

#include "store/db.h"

/*
 * Fails the test unless the bytes are a transmission of the schema that
 * "sluice catalogue --xsd" prints, as xmllint says. Where there is no xmllint,
 * nothing is looked at.
 */
void schema_check(const void *xml, size_t len);

/* The same for all bodies in a device's database. */
void schema_check_stored(struct db *db);

#endif
