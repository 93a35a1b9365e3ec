/*
 * Signed heads of the ledger, table ledger_checkpoints. Their text is that of
 * c2sp.org/tlog-checkpoint: origin, size in decimal, root in base64, a line
 * each. Signing is the daemon's (or server's), who alone has the key;
 * checking them is in ledger_verify.c.
 */
#include "domain/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"

void ledger_checkpoint_text(struct buf *out, const char *origin,
			    const struct ledger_head *head)
{
	buf_printf(out, "%s\n%" PRIu64 "\n", origin, head->size);
	base64_put(out, head->root, sizeof(head->root));
	buf_put_char(out, '\n');
}

bool ledger_checkpoint_save(struct db *db, const struct ledger_head *head,
			    const char *note, int64_t now, struct err *err)
{
	/* The newest entry it covers says when; a time here could be forged. */
	(void)now;
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO ledger_checkpoints "
		      "(size, note, root) SELECT ?1, ?2, ?3 WHERE NOT EXISTS "
		      "(SELECT 1 FROM ledger_checkpoints "
		      "WHERE size = ?1 AND note = ?2)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)head->size);
	db_bind_text(&q, 2, note);
	db_bind_blob(&q, 3, head->root, sizeof(head->root));
	return db_run(&q, err);
}

bool ledger_checkpoint_last(struct db *db, struct ledger_head *head,
			    struct buf *note, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT size, note, root FROM "
		      "ledger_checkpoints ORDER BY size DESC, note DESC "
		      "LIMIT 1",
		      err)) {
		return false;
	}
	struct ledger_head found = { 0, { 0 } };
	struct buf text = BUF_INIT;
	bool any = db_row(&q);
	bool whole = false;
	if (any) {
		size_t len;
		const void *root = db_blob(&q, 2, &len);
		whole = len == sizeof(found.root);
		if (whole) {
			memcpy(found.root, root, len);
		}
		found.size = (uint64_t)db_int(&q, 0);
		buf_put_str(&text, db_text(&q, 1));
	}
	bool ok = db_done(&q, err);
	if (ok && !any) {
		ok = err_set(err, ERR_NOT_FOUND,
			     "the log has no signed head "
			     "yet");
	} else if (ok && !whole) {
		ok = err_set(err, ERR_INVALID,
			     "the log is damaged: a signed "
			     "head has no root");
	}
	if (ok) {
		*head = found;
		buf_put(note, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}
