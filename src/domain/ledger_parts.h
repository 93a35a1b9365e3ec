#ifndef SLUICE_DOMAIN_LEDGER_PARTS_H
#define SLUICE_DOMAIN_LEDGER_PARTS_H

#include "domain/ledger.h"

/* What the files ledger*.c share. Nobody else includes this. */

/* The columns, in the order in which ledger_row() reads them. */
#define LEDGER_COLUMNS                                                       \
	"sequence, at, kind, transaction_id, actor, service, grants, peer, " \
	"bytes, sha256, result, text, entry"
#define LEDGER_COLUMN_KIND 2
#define LEDGER_COLUMN_ENTRY 12

/*
 * The row as an entry; texts are borrowed until the next db_row(). An unknown
 * kind is LEDGER_UNSET.
 */
void ledger_row(const struct stmt *q, struct ledger_entry *entry);

/* Entries in the log. */
MUST_USE bool ledger_size(struct db *db, uint64_t *size, struct err *err);

/* A merkle_node_fn over table ledger_nodes. */
struct ledger_nodes {
	struct db *db;
	struct err *err;
};
bool ledger_node_read(void *ctx, unsigned level, uint64_t index,
		      uint8_t out[32]);

#endif
