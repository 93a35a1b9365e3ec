/*
 * The ledger: canonical text of entries, appending, the head. Reading is in
 * ledger_query.c, checking in ledger_verify.c, signed heads in
 * ledger_checkpoint.c. Rows are only ever added; triggers of the schema
 * refuse the rest.
 *
 * Canonical text of an entry (format "sluice.entry/v1"): UTF-8, lines that
 * end in LF (0x0A), each a name, one space (0x20) and a value, in this order:
 *
 *	sluice.entry/v1             this line, exactly
 *	sequence 17                 decimal from 0, no leading zeros
 *	at 2026-11-23T14:02:07Z     RFC 3339, UTC, whole seconds
 *	kind grant                  ledger_kind_name()
 *	transaction UUID            lower case
 *	actor NAME                  who
 *	service metering supplies   names, one space between
 *	grant UUID UUID             in the order of the services
 *	peer HEX                    SHA-256 of the peer's certificate
 *	bytes 2048                  decimal, no leading zeros
 *	sha256 HEX                  of the transmission
 *	result ok                   ok, refused, waiting, failed
 *	text ...                    for people
 *
 * A field without a value (for bytes: 0) has no line; the first four lines
 * are always there. Values are clean lines as line.h says, cut to the
 * number of bytes in the table "texts" below. The leaf of the Merkle tree is
 * SHA-256(0x00 || canonical text), RFC 6962, section 2.1.
 */
#include "domain/ledger.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "domain/ledger_parts.h"
#include "domain/line.h"
#include "formats/merkle.h"

enum {
	TEXT_TRANSACTION,
	TEXT_ACTOR,
	TEXT_SERVICE,
	TEXT_GRANT,
	TEXT_PEER,
	TEXT_SHA256,
	TEXT_RESULT,
	TEXT_TEXT,
	TEXTS
};

static const struct {
	const char *name;
	size_t max; /* bytes */
} texts[TEXTS] = {
	[TEXT_TRANSACTION] = { "transaction", 64 },
	[TEXT_ACTOR] = { "actor", 128 },
	[TEXT_SERVICE] = { "service", 256 },
	[TEXT_GRANT] = { "grant", 512 },
	[TEXT_PEER] = { "peer", 128 },
	[TEXT_SHA256] = { "sha256", 128 },
	[TEXT_RESULT] = { "result", 32 },
	[TEXT_TEXT] = { "text", 1024 },
};

/* An entry's texts, cleaned. */
struct cleaned {
	struct buf text[TEXTS];
};

static void cleaned_init(struct cleaned *c, const struct ledger_entry *e)
{
	const char *const raw[TEXTS] = {
		[TEXT_TRANSACTION] = e->transaction,
		[TEXT_ACTOR] = e->actor,
		[TEXT_SERVICE] = e->service,
		[TEXT_GRANT] = e->grant,
		[TEXT_PEER] = e->peer,
		[TEXT_SHA256] = e->sha256,
		[TEXT_RESULT] = e->result,
		[TEXT_TEXT] = e->text,
	};
	*c = (struct cleaned){ { BUF_INIT } };
	for (size_t i = 0; i < TEXTS; i++) {
		line_put(&c->text[i], raw[i], texts[i].max);
	}
}

static void cleaned_clear(struct cleaned *c)
{
	for (size_t i = 0; i < TEXTS; i++) {
		buf_clear(&c->text[i]);
	}
}

static void put_canonical(struct buf *out, const struct ledger_entry *e,
			  const struct cleaned *c)
{
	char at[CLOCK_TEXT_SIZE];
	clock_format(at, e->at);
	buf_printf(out,
		   "sluice.entry/v1\nsequence %" PRId64 "\nat %s\n"
		   "kind %s\n",
		   e->sequence, at, ledger_kind_name(e->kind));
	for (size_t i = 0; i < TEXTS; i++) {
		if (i == TEXT_SHA256 && e->bytes != 0) {
			buf_printf(out, "bytes %" PRIu64 "\n", e->bytes);
		}
		if (c->text[i].len > 0) {
			buf_put_str(out, texts[i].name);
			buf_put_char(out, ' ');
			buf_put(out, c->text[i].data, c->text[i].len);
			buf_put_char(out, '\n');
		}
	}
}

void ledger_entry_put(struct buf *out, const struct ledger_entry *entry)
{
	struct cleaned c;
	cleaned_init(&c, entry);
	put_canonical(out, entry, &c);
	cleaned_clear(&c);
}

bool ledger_size(struct db *db, uint64_t *size, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT coalesce(max(sequence), -1) + 1 "
		      "FROM ledger",
		      err)) {
		return false;
	}
	int64_t value = db_row(&q) ? db_int(&q, 0) : 0;
	if (!db_done(&q, err)) {
		return false;
	}
	*size = value < 0 ? 0 : (uint64_t)value;
	return true;
}

bool ledger_node_read(void *ctx, unsigned level, uint64_t index,
		      uint8_t out[32])
{
	const struct ledger_nodes *nodes = ctx;
	struct stmt q;
	if (!db_query(nodes->db, &q,
		      "SELECT hash FROM ledger_nodes "
		      "WHERE level = ? AND place = ?",
		      nodes->err)) {
		return false;
	}
	db_bind_int(&q, 1, level);
	db_bind_int(&q, 2, (int64_t)index);
	uint8_t hash[MERKLE_HASH_SIZE];
	bool found = false;
	if (db_row(&q)) {
		size_t len;
		const void *data = db_blob(&q, 0, &len);
		found = len == sizeof(hash);
		if (found) {
			memcpy(hash, data, sizeof(hash));
		}
	}
	if (!db_done(&q, nodes->err)) {
		return false;
	}
	if (!found) {
		return err_set(nodes->err, ERR_INVALID,
			       "the log is damaged: "
			       "node %" PRIu64 " of level %u is missing",
			       index, level);
	}
	memcpy(out, hash, sizeof(hash));
	return true;
}

static bool load_tree(struct db *db, uint64_t size, struct merkle *tree,
		      struct err *err)
{
	struct ledger_nodes nodes = { db, err };
	return merkle_load(tree, size, ledger_node_read, &nodes) ||
	       err_set(err, ERR_INVALID,
		       "the log is damaged: its tree cannot "
		       "be read");
}

static bool insert_node(void *ctx, unsigned level, uint64_t index,
			const uint8_t hash[32])
{
	const struct ledger_nodes *nodes = ctx;
	struct stmt q;
	if (!db_query(nodes->db, &q,
		      "INSERT INTO ledger_nodes "
		      "(level, place, hash) VALUES (?, ?, ?)",
		      nodes->err)) {
		return false;
	}
	db_bind_int(&q, 1, level);
	db_bind_int(&q, 2, (int64_t)index);
	db_bind_blob(&q, 3, hash, MERKLE_HASH_SIZE);
	return db_run(&q, nodes->err);
}

static bool insert_row(struct db *db, const struct ledger_entry *e,
		       const struct cleaned *c, const char *canonical,
		       struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO ledger (" LEDGER_COLUMNS ") "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, e->sequence);
	db_bind_int(&q, 2, e->at);
	db_bind_text(&q, 3, ledger_kind_name(e->kind));
	db_bind_text(&q, 4, buf_str(&c->text[TEXT_TRANSACTION]));
	db_bind_text(&q, 5, buf_str(&c->text[TEXT_ACTOR]));
	db_bind_text(&q, 6, buf_str(&c->text[TEXT_SERVICE]));
	db_bind_text(&q, 7, buf_str(&c->text[TEXT_GRANT]));
	db_bind_text(&q, 8, buf_str(&c->text[TEXT_PEER]));
	db_bind_int(&q, 9, (int64_t)e->bytes);
	db_bind_text(&q, 10, buf_str(&c->text[TEXT_SHA256]));
	db_bind_text(&q, 11, buf_str(&c->text[TEXT_RESULT]));
	db_bind_text(&q, 12, buf_str(&c->text[TEXT_TEXT]));
	db_bind_text(&q, 13, canonical);
	return db_run(&q, err);
}

static bool append(struct db *db, struct ledger_entry *e, struct err *err)
{
	uint64_t size;
	struct merkle tree;
	if (!ledger_size(db, &size, err) || !load_tree(db, size, &tree, err)) {
		return false;
	}
	e->sequence = (int64_t)size;

	struct cleaned c;
	struct buf canonical = BUF_INIT;
	cleaned_init(&c, e);
	put_canonical(&canonical, e, &c);
	uint8_t leaf[MERKLE_HASH_SIZE];
	merkle_leaf_hash(canonical.data, canonical.len, leaf);
	struct ledger_nodes nodes = { db, err };
	bool ok = insert_row(db, e, &c, buf_str(&canonical), err) &&
		  merkle_append_store(&tree, leaf, insert_node, &nodes);
	buf_clear(&canonical);
	cleaned_clear(&c);
	return ok;
}

bool ledger_append(struct db *db, struct ledger_entry *entry, struct err *err)
{
	assert(entry->kind > LEDGER_UNSET && entry->kind < LEDGER_KINDS);
	assert(entry->bytes <= INT64_MAX);
	struct ledger_entry e = *entry;
	if (!db_begin(db, err)) {
		return false;
	}
	if (!db_finish(db, append(db, &e, err), err)) {
		return false;
	}
	entry->sequence = e.sequence;
	return true;
}

bool ledger_configuration(struct db *db, const char *actor, const char *service,
			  const char *text, int64_t now, struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_CONFIGURATION,
		.actor = actor,
		.service = service,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

bool ledger_head(struct db *db, struct ledger_head *head, struct err *err)
{
	struct ledger_head made;
	struct merkle tree;
	if (!ledger_size(db, &made.size, err) ||
	    !load_tree(db, made.size, &tree, err)) {
		return false;
	}
	merkle_root(&tree, made.root);
	*head = made;
	return true;
}
