/*
 * Forms of an exported ledger:
 *
 *	CSV    RFC 4180 with a head row; columns in the order of texts_of()
 *	JSON   one object a line; a value that the entry does not have is left out
 *	XML    <Log xmlns="urn:sluice:log:1"><Entry sequence=...>...</Entry></Log>
 *
 * Times are RFC 3339 in UTC. "leaf" is the entry's hash in the Merkle tree, so
 * that an exported file can be compared with a checkpoint without the store.
 * Which entries, and where to, is for pages and the command line.
 */
#include "domain/ledger_export.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
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

enum ledger_format ledger_format_by_name(const char *name)
{
	if (text_equal(name, "csv")) {
		return LEDGER_FORMAT_CSV;
	}
	if (text_equal(name, "json")) {
		return LEDGER_FORMAT_JSON;
	}
	return text_equal(name, "xml") ? LEDGER_FORMAT_XML
				       : LEDGER_FORMAT_UNSET;
}

const char *ledger_format_type(enum ledger_format format)
{
	switch (format) {
	case LEDGER_FORMAT_CSV:
		return "text/csv; charset=utf-8";
	case LEDGER_FORMAT_JSON:
		return "application/x-ndjson; charset=utf-8";
	case LEDGER_FORMAT_XML:
		return "application/xml; charset=utf-8";
	default:
		return "";
	}
}

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

static void put_csv(struct buf *out, const char *const cells[FIELDS])
{
	struct csv_writer w;

	csv_init(&w, out);
	for (size_t i = 0; i < FIELDS; i++) {
		csv_cell(&w, cells[i]);
	}
	csv_end_row(&w);
}

static void put_json(struct buf *out, const struct ledger_entry *e,
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
	char *line = json_dumps(o, JSON_COMPACT);

	buf_put_str(out, line);
	buf_put_char(out, '\n');
	free(line);
	json_decref(o);
}

static void put_xml(struct buf *out, const struct texts *t)
{
	struct xml_writer w;

	xml_writer_init(&w, out);
	xml_start(&w, "Entry");
	for (size_t i = 0; i < FIELDS; i++) {
		if (t->value[i][0] != '\0' && strcmp(t->name[i], "text") != 0) {
			xml_attr(&w, t->name[i], t->value[i]);
		}
	}
	xml_text(&w, t->value[FIELDS - 2]);
	xml_end(&w);
}

void ledger_export_begin(struct buf *out, enum ledger_format format)
{
	if (format == LEDGER_FORMAT_CSV) {
		const struct ledger_entry none = { 0 };
		struct texts head;

		texts_of(&none, &head);
		put_csv(out, head.name);
	} else if (format == LEDGER_FORMAT_XML) {
		buf_put_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				 "<Log xmlns=\"urn:sluice:log:1\">\n");
	}
}

void ledger_export_entry(struct buf *out, enum ledger_format format,
			 const struct ledger_entry *entry)
{
	struct texts texts;

	texts_of(entry, &texts);
	if (format == LEDGER_FORMAT_CSV) {
		put_csv(out, texts.value);
	} else if (format == LEDGER_FORMAT_JSON) {
		put_json(out, entry, &texts);
	} else {
		put_xml(out, &texts);
	}
}

void ledger_export_end(struct buf *out, enum ledger_format format)
{
	if (format == LEDGER_FORMAT_XML) {
		buf_put_str(out, "</Log>\n");
	}
}
