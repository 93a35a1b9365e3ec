/*
 * Checks the whole ledger from its first entry: numbers without a gap, each
 * row against its canonical text, each stored hash against the recomputed
 * one, each signed head against the tree of its size and its signature. Reads
 * one unchanging state; writers need not wait. The format is ledger.c's.
 */
#include "domain/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "domain/ledger_parts.h"
#include "formats/merkle.h"
#include "formats/note.h"

struct check {
	struct db *db;
	struct err *err;
	const char *verifier_text;
	struct note_verifier verifier;
	struct merkle tree; /* of the entries so far */
	struct stmt heads;  /* signed heads by size */
	bool head_waits;    /* heads stands on one not checked yet */
	struct ledger_report report;
};

static bool check_node(void *ctx, unsigned level, uint64_t index,
		       const uint8_t hash[32])
{
	struct check *c = ctx;
	struct ledger_nodes nodes = { c->db, c->err };
	uint8_t stored[MERKLE_HASH_SIZE];
	if (!ledger_node_read(&nodes, level, index, stored)) {
		return false;
	}
	if (memcmp(stored, hash, sizeof(stored)) == 0) {
		return true;
	}
	if (level == 0) {
		return err_set(c->err, ERR_INVALID,
			       "entry %" PRIu64 " was "
			       "changed: its hash is another",
			       index);
	}
	return err_set(c->err, ERR_INVALID,
		       "node %" PRIu64 " of level %u was "
		       "changed (entries %" PRIu64 " to %" PRIu64 ")",
		       index, level, index << level,
		       ((index + 1) << level) - 1);
}

/* A NUL in a text would hide what stands behind it from all who read it. */
static bool has_nul(const struct stmt *q, int columns)
{
	for (int i = 0; i < columns; i++) {
		size_t len;
		(void)db_blob(q, i, &len);
		if (strlen(db_text(q, i)) != len) {
			return true;
		}
	}
	return false;
}

static bool check_row(struct check *c, const struct stmt *q)
{
	struct ledger_entry entry;
	ledger_row(q, &entry);
	if ((uint64_t)entry.sequence != c->tree.size) {
		return err_set(c->err, ERR_INVALID,
			       "entry %" PRIu64 " is "
			       "missing",
			       c->tree.size);
	}
	size_t len;
	const void *stored = db_blob(q, LEDGER_COLUMN_ENTRY, &len);
	struct buf canonical = BUF_INIT;
	ledger_entry_put(&canonical, &entry);
	bool same = entry.kind != LEDGER_UNSET &&
		    !has_nul(q, LEDGER_COLUMN_ENTRY) && canonical.len == len &&
		    memcmp(canonical.data, stored, len) == 0;
	buf_clear(&canonical);
	if (!same) {
		return err_set(c->err, ERR_INVALID,
			       "entry %" PRId64 " was "
			       "changed: its fields are not those of its "
			       "text",
			       entry.sequence);
	}
	uint8_t leaf[MERKLE_HASH_SIZE];
	merkle_leaf_hash(stored, len, leaf);
	return merkle_append_store(&c->tree, leaf, check_node, c);
}

static bool check_note(struct check *c, const struct ledger_head *head,
		       const char *note)
{
	if (*c->verifier_text == '\0') {
		return err_set(c->err, ERR_INVALID,
			       "the log has signed heads "
			       "but no key was given to check them");
	}
	struct note_opened opened;
	if (!note_open(note, strlen(note), &c->verifier, 1, &opened, c->err)) {
		/* Whatever was wrong with it, the log does not hold. */
		c->err->kind = ERR_INVALID;
		return err_prefix(c->err, "signed head of %" PRIu64 " entries",
				  head->size);
	}
	struct buf text = BUF_INIT;
	ledger_checkpoint_text(&text, c->verifier.name, head);
	bool same = opened.text_len == text.len &&
		    memcmp(opened.text, text.data, text.len) == 0;
	buf_clear(&text);
	return same || err_set(c->err, ERR_INVALID,
			       "the signed head of "
			       "%" PRIu64 " entries says something else: "
			       "entries before it were changed",
			       head->size);
}

/* Checks the signed heads of exactly the entries so far. */
static bool check_heads(struct check *c)
{
	while (c->head_waits &&
	       (uint64_t)db_int(&c->heads, 0) == c->tree.size) {
		struct ledger_head head = { c->tree.size, { 0 } };
		merkle_root(&c->tree, head.root);
		size_t len;
		const void *root = db_blob(&c->heads, 2, &len);
		if (len != sizeof(head.root) || has_nul(&c->heads, 2) ||
		    memcmp(root, head.root, len) != 0) {
			return err_set(c->err, ERR_INVALID,
				       "the signed head "
				       "of %" PRIu64 " entries has another "
				       "root",
				       head.size);
		}
		if (!check_note(c, &head, db_text(&c->heads, 1))) {
			return false;
		}
		c->report.checkpoints++;
		c->report.signed_size = head.size;
		c->head_waits = db_row(&c->heads);
	}
	return true;
}

static bool check_entries(struct check *c)
{
	struct stmt q;
	if (!db_query(c->db, &q,
		      "SELECT " LEDGER_COLUMNS " FROM ledger "
		      "ORDER BY sequence",
		      c->err)) {
		return false;
	}
	bool ok = check_heads(c);
	while (ok && db_row(&q)) {
		ok = check_row(c, &q) && check_heads(c);
	}
	bool done = db_done(&q, ok ? c->err : NULL);
	return ok && done;
}

/* No node beyond those of the entries. */
static bool check_no_more_nodes(struct check *c)
{
	struct stmt q;
	if (!db_query(c->db, &q,
		      "SELECT level, place FROM ledger_nodes "
		      "WHERE place NOT BETWEEN 0 AND (? >> level) - 1 "
		      "OR level NOT BETWEEN 0 AND 62 "
		      "ORDER BY level, place LIMIT 1",
		      c->err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)c->tree.size);
	bool more = db_row(&q);
	int64_t level = more ? db_int(&q, 0) : 0;
	int64_t place = more ? db_int(&q, 1) : 0;
	if (!db_done(&q, c->err)) {
		return false;
	}
	return !more || err_set(c->err, ERR_INVALID,
				"node %" PRId64 " of "
				"level %" PRId64 " belongs to no entry: "
				"entries at the end are missing",
				place, level);
}

static bool check_all(struct check *c)
{
	if (!db_query(c->db, &c->heads,
		      "SELECT size, note, root FROM "
		      "ledger_checkpoints ORDER BY size, note",
		      c->err)) {
		return false;
	}
	c->head_waits = db_row(&c->heads);
	bool ok = check_entries(c);
	if (ok && c->head_waits) {
		ok = err_set(c->err, ERR_INVALID,
			     "a head of %" PRId64
			     " entries was signed, but the log has %" PRIu64
			     ": entries at the end are missing",
			     db_int(&c->heads, 0), c->tree.size);
	}
	bool done = db_done(&c->heads, ok ? c->err : NULL);
	return ok && done && check_no_more_nodes(c);
}

bool ledger_verify(struct db *db, const char *verifier,
		   struct ledger_report *report, struct err *err)
{
	struct check *c = mem_zalloc(sizeof(*c));
	struct err own = { .kind = ERR_NONE };
	c->db = db;
	c->err = &own;
	c->verifier_text = verifier == NULL ? "" : verifier;
	merkle_init(&c->tree);

	bool ok = *c->verifier_text == '\0' ||
		  note_verifier_parse(c->verifier_text, &c->verifier, c->err);
	if (ok && db_snapshot(db, c->err)) {
		ok = db_finish(db, check_all(c), c->err);
	} else {
		ok = false;
	}
	if (ok) {
		c->report.entries = c->tree.size;
		c->report.head.size = c->tree.size;
		merkle_root(&c->tree, c->report.head.root);
		*report = c->report;
	} else {
		err_set(err, own.kind, "%s", own.text);
	}
	mem_free(c);
	return ok;
}
