/*
 * Exports the ledger as CSV, JSON lines or XML:
 *
 *	CSV    RFC 4180 with a head row; columns in the order of put_csv()
 *	JSON   one object a line; a value that the entry does not have is left out
 *	XML    <Log xmlns="urn:sluice:log:1"><Entry sequence=...>...</Entry></Log>
 *
 * Times are RFC 3339 in UTC. "leaf" is the entry's hash in the Merkle tree, so
 * that an exported file can be compared with a checkpoint without the store.
 */
#include "cli/log_export.h"

#include <inttypes.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "cli/print.h"
#include "formats/csv.h"
#include "formats/merkle.h"
#include "formats/xml_writer.h"

#define FIELDS 13

/* One entry as texts, in the order of all forms. */
struct texts {
	const char *name[FIELDS];
	const char *value[FIELDS]; /* "" = none */
	char sequence[24], at[CLOCK_TEXT_SIZE], bytes[24], leaf[65];
};

struct export
{
	FILE *out;
	enum log_format format;
};

static void leaf_of(const struct ledger_entry *entry, char hex[65])
{
	struct buf text = BUF_INIT;
	uint8_t hash[MERKLE_HASH_SIZE];
	ledger_entry_put(&text, entry);
	merkle_leaf_hash(text.data, text.len, hash);
	hex_encode(hex, hash, sizeof(hash));
	buf_clear(&text);
}

static const char *or_none(const char *text)
{
	return text == NULL ? "" : text;
}

static void texts_of(const struct ledger_entry *e, struct texts *t)
{
	snprintf(t->sequence, sizeof(t->sequence), "%" PRId64, e->sequence);
	snprintf(t->bytes, sizeof(t->bytes), "%" PRIu64, e->bytes);
	clock_format(t->at, e->at);
	leaf_of(e, t->leaf);
	const struct {
		const char *name, *value;
	} fields[FIELDS] = {
		{ "sequence", t->sequence },
		{ "at", t->at },
		{ "kind", ledger_kind_name(e->kind) },
		{ "transaction", or_none(e->transaction) },
		{ "actor", or_none(e->actor) },
		{ "service", or_none(e->service) },
		{ "grant", or_none(e->grant) },
		{ "peer", or_none(e->peer) },
		{ "bytes", e->bytes == 0 ? "" : t->bytes },
		{ "sha256", or_none(e->sha256) },
		{ "result", or_none(e->result) },
		{ "text", or_none(e->text) },
		{ "leaf", t->leaf },
	};
	for (size_t i = 0; i < FIELDS; i++) {
		t->name[i] = fields[i].name;
		t->value[i] = fields[i].value;
	}
}

static void put_csv(FILE *out, const char *const cells[FIELDS])
{
	struct buf row = BUF_INIT;
	struct csv_writer w;
	csv_init(&w, &row);
	for (size_t i = 0; i < FIELDS; i++) {
		csv_cell(&w, cells[i]);
	}
	csv_end_row(&w);
	print_bytes(out, row.data, row.len);
	buf_clear(&row);
}

static void put_json(FILE *out, const struct ledger_entry *e,
		     const struct texts *t)
{
	json_t *o = json_object();
	for (size_t i = 0; i < FIELDS; i++) {
		if (t->value[i] == t->sequence) {
			json_object_set_new(o, t->name[i],
					    json_integer(e->sequence));
		} else if (t->value[i] == t->bytes) {
			json_object_set_new(o, t->name[i],
					    json_integer((json_int_t)e->bytes));
		} else if (t->value[i][0] != '\0') {
			json_object_set_new(o, t->name[i],
					    json_string(t->value[i]));
		}
	}
	print_json_line(out, o);
}

static void put_xml(FILE *out, const struct texts *t)
{
	struct buf text = BUF_INIT;
	struct xml_writer w;
	xml_writer_init(&w, &text);
	xml_start(&w, "Entry");
	for (size_t i = 0; i + 2 < FIELDS; i++) {
		if (t->value[i][0] != '\0') {
			xml_attr(&w, t->name[i], t->value[i]);
		}
	}
	xml_attr(&w, "leaf", t->leaf);
	xml_text(&w, t->value[FIELDS - 2]);
	xml_end(&w);
	print_bytes(out, text.data, text.len);
	buf_clear(&text);
}

static bool put_entry(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	const struct export *export = ctx;
	struct texts texts;
	texts_of(entry, &texts);
	if (export->format == LOG_CSV) {
		put_csv(export->out, texts.value);
	} else if (export->format == LOG_JSON) {
		put_json(export->out, entry, &texts);
	} else {
		put_xml(export->out, &texts);
	}
	if (ferror(export->out)) {
		return err_set(err, ERR_IO, "The export could not be written.");
	}
	return true;
}

bool log_export(struct db *db, const struct ledger_filter *filter, size_t limit,
		enum log_format format, FILE *out, struct err *err)
{
	struct export export = { out, format };
	if (format == LOG_CSV) {
		const struct ledger_entry none = { 0 };
		struct texts head;
		texts_of(&none, &head);
		put_csv(out, head.name);
	} else if (format == LOG_XML) {
		print_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				"<Log xmlns=\"urn:sluice:log:1\">\n");
	}
	if (!ledger_each(db, filter, limit, put_entry, &export, err)) {
		return false;
	}
	if (format == LOG_XML) {
		print_text(out, "</Log>\n");
	}
	return true;
}
