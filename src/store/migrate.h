#ifndef SLUICE_STORE_MIGRATE_H
#define SLUICE_STORE_MIGRATE_H

#include "store/db.h"

/*
 * Brings a database to the newest schema of its side ("device" or "server").
 * The files src/store/schema/{common,device,server}-NNN.sql are built in;
 * each runs once, all in one transaction, recorded in table schema_version.
 * Errors: INVALID (made by a newer version of the program), IO.
 */
MUST_USE bool migrate(struct db *db, const char *side, struct err *err);

#endif
