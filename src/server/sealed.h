#ifndef SLUICE_SERVER_SEALED_H
#define SLUICE_SERVER_SEALED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/uuid.h"
#include "server/fleet.h"
#include "server/upload_head.h"
#include "store/db.h"

/*
 * Rows of sealed job data: tables upload_pieces (on its way here) and sealed
 * (received). The bytes are files, see sealed_store.h. Changes are made inside
 * the caller's transaction.
 */
struct sealed_piece {
	char device[FLEET_ID_SIZE];
	char transaction[UUID_TEXT_SIZE];
	char sha256[65]; /* of the whole, hex */
	uint64_t bytes;  /* of the whole */
	char purpose[UPLOAD_PURPOSE_SIZE];
	char recipients[UPLOAD_RECIPIENTS_SIZE]; /* age keys, space between */
	int64_t created_at;
	int64_t expires_at; /* moves on while bytes come */
};

struct sealed {
	int64_t number; /* order of arrival, from 1 */
	char device[FLEET_ID_SIZE];
	char transaction[UUID_TEXT_SIZE];
	char sha256[65];
	uint64_t bytes;
	char purpose[UPLOAD_PURPOSE_SIZE];
	char recipients[UPLOAD_RECIPIENTS_SIZE];
	int64_t received_at;
	int64_t expires_at;
	char certificate[65]; /* SHA-256 of the device's, hex */
	uint64_t ledger_index;
	int64_t deleted_at;   /* 0 = the file is here */
	char deleted_by[129]; /* "" = by its date */
};

/* Errors: IO, RETRY (the transaction is taken, too). */
MUST_USE bool sealed_piece_insert(struct db *db,
				  const struct sealed_piece *piece,
				  struct err *err);
/* Errors: NOT_FOUND. */
MUST_USE bool sealed_piece_find(struct db *db, const char *device,
				const char *transaction,
				struct sealed_piece *piece, struct err *err);
MUST_USE bool sealed_piece_prolong(struct db *db,
				   const struct sealed_piece *piece,
				   int64_t expires_at, struct err *err);
MUST_USE bool sealed_piece_remove(struct db *db, const char *device,
				  const char *transaction, struct err *err);
/* Those that ended by now. *list: caller mem_free()s. */
MUST_USE bool sealed_pieces_due(struct db *db, int64_t now,
				struct sealed_piece **list, size_t *count,
				struct err *err);

/* item->number is set. */
MUST_USE bool sealed_insert(struct db *db, struct sealed *item,
			    const char *receipt, struct err *err);
/* device NULL = the first of that id. Errors: NOT_FOUND. */
MUST_USE bool sealed_find(struct db *db, const char *device,
			  const char *transaction, struct sealed *item,
			  struct err *err);
/* Appends it. Errors: NOT_FOUND. */
MUST_USE bool sealed_receipt(struct db *db, int64_t number, struct buf *receipt,
			     struct err *err);
/* Newest first, numbers below before (0 = any), at most limit (0 = all). */
MUST_USE bool sealed_list(struct db *db, int64_t before, size_t limit,
			  struct sealed **list, size_t *count, struct err *err);
/* Those that are here and ended by now, oldest first. */
MUST_USE bool sealed_due(struct db *db, int64_t now, struct sealed **list,
			 size_t *count, struct err *err);
/* by "" = by its date. Errors: NOT_FOUND (deleted already). */
MUST_USE bool sealed_mark_deleted(struct db *db, const struct sealed *item,
				  const char *by, int64_t now, struct err *err);

#endif
