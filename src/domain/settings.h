#ifndef SLUICE_DOMAIN_SETTINGS_H
#define SLUICE_DOMAIN_SETTINGS_H

#include "base/buf.h"
#include "store/db.h"

/*
 * Named values that programs keep between runs. Table settings. Names are in
 * settings.c's table; another name aborts.
 */
/* Preset if never set */
MUST_USE bool settings_get(struct db *db, const char *name, struct buf *value,
			   struct err *err);
MUST_USE bool settings_set(struct db *db, const char *name, const char *value,
			   struct err *err);

/* As numbers from 0 on; what is none counts as 0. */
MUST_USE bool settings_get_number(struct db *db, const char *name,
				  int64_t *value, struct err *err);
MUST_USE bool settings_set_number(struct db *db, const char *name,
				  int64_t value, struct err *err);

/*
 * Calls each for every value that was set and whose name begins with prefix;
 * both texts are borrowed during the call.
 */
MUST_USE bool settings_each(struct db *db, const char *prefix,
			    void (*each)(void *ctx, const char *name,
					 const char *value),
			    void *ctx, struct err *err);

#endif
