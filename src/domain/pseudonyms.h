#ifndef SLUICE_DOMAIN_PSEUDONYMS_H
#define SLUICE_DOMAIN_PSEUDONYMS_H

#include <stdint.h>

#include "base/buf.h"
#include "documents/pseudonym.h"
#include "store/db.h"

/*
 * Which word stands for which name or address of the customer's network
 * (documents/pseudonym.h). Table pseudonyms; shown to the customer, never
 * sent.
 */
MUST_USE bool pseudonyms_save(struct db *db, const struct pseudonym_list *list,
			      int64_t now, struct err *err);

/* Appends the value that a word stands for. NOT_FOUND. */
MUST_USE bool pseudonyms_value(struct db *db, const char *token,
			       struct buf *value, struct err *err);

/* All, last used first; row returns false to stop with its error. */
MUST_USE bool pseudonyms_each(struct db *db,
			      bool (*row)(void *ctx, const char *token,
					  const char *value, int64_t last_at,
					  struct err *err),
			      void *ctx, struct err *err);

#endif
