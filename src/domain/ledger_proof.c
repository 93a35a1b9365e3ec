/*
 * Proofs over the hashes that the ledger keeps, for whoever holds an earlier
 * head of it. Checking them is formats/merkle_proof.c's.
 */
#include "domain/ledger_parts.h"

bool ledger_consistency(struct db *db, uint64_t old_size, uint64_t size,
			struct merkle_proof *proof, struct err *err)
{
	struct ledger_nodes nodes = { db, err };
	struct merkle_proof made;
	uint64_t now;
	if (!ledger_size(db, &now, err)) {
		return false;
	}
	if (old_size == 0 || old_size > size || size > now) {
		return err_set(err, ERR_INVALID,
			       "the log was never of these sizes");
	}
	if (!merkle_consistency_prove(old_size, size, ledger_node_read, &nodes,
				      &made)) {
		return err_set(err, ERR_INVALID,
			       "the log is damaged: its tree cannot be read");
	}
	*proof = made;
	return true;
}
