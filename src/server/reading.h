#ifndef SLUICE_SERVER_READING_H
#define SLUICE_SERVER_READING_H

#include "server/received.h"

/*
 * The only way to a device's documents for people at the server: each look is
 * an entry of the ledger, committed before the bytes are given out. (What a
 * customer may see of these entries comes with the check-in.)
 */
MUST_USE bool reading_body(struct db *db, const char *actor,
			   const struct received *item, int64_t now,
			   struct buf *body, struct err *err);

/* Are these the bytes whose hash receipt and ledger name? */
bool reading_is_whole(const struct received *item, const void *body,
		      size_t len);

#endif
