/*
 * Paper trays and output bins from printer-input-tray and printer-output-tray
 * (PWG 5100.13), one "key=value;" string each, with the Printer MIB's words
 * and its -1, -2, -3.
 */
#include "collectors/ipp_trays.h"

#include <stdio.h>

#include "base/text.h"
#include "collectors/ipp_pairs.h"
#include "collectors/ipp_values.h"

#define WORD_SIZE 64

/* How one kind of tray is told. */
struct tray_kind {
	const char *attr;
	const char *group;
	const char *level_key, *level_name;
	const char *media_key; /* NULL = it has none */
};

static const struct tray_kind kinds[] = {
	{ "printer-input-tray", "InputTray", "level", "Level", "medianame" },
	{ "printer-output-tray", "OutputTray", "remaining", "Remaining", NULL },
};

/* The words that the catalogue knows for a field of the tray. */
static const struct field *tray_field(const struct tray_kind *kind,
				      const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", kind->group, name);
	return document_field(&document_configuration, path);
}

static void put_level(const struct tray_kind *kind, const char *pairs,
		      const char *key, const char *name, const char *unit,
		      struct collected_writer *w)
{
	char level[WORD_SIZE];

	if (ipp_pairs_get(pairs, key, level, sizeof(level))) {
		ipp_put_level(w, name, level, unit, kind->attr);
	}
}

static void put_text(const struct tray_kind *kind, const char *pairs,
		     const char *key, const char *name,
		     struct collected_writer *w)
{
	char text[IPP_VALUE_SIZE];

	if (ipp_pairs_get(pairs, key, text, sizeof(text))) {
		collected_writer_field(w, name, text, NULL, kind->attr);
	}
}

static void put_tray(const struct tray_kind *kind, int index, const char *pairs,
		     struct collected_writer *w)
{
	char number[16], type[WORD_SIZE], unit[WORD_SIZE], status[WORD_SIZE];
	uint64_t bits;

	collected_writer_group(w, kind->group);
	snprintf(number, sizeof(number), "%d", index);
	collected_writer_field(w, "Index", number, NULL, kind->attr);
	collected_writer_field(w, "Type",
			       ipp_pairs_word(pairs, "type",
					      tray_field(kind, "Type")->choices,
					      "other", type, sizeof(type)),
			       NULL, kind->attr);
	const char *word =
		ipp_pairs_word(pairs, "unit",
			       tray_field(kind, "MaxCapacity")->units,
			       "unknown", unit, sizeof(unit));
	if (word == NULL) {
		word = "sheets"; /* what trays count in when nothing is said */
	}
	put_level(kind, pairs, "maxcapacity", "MaxCapacity", word, w);
	put_level(kind, pairs, kind->level_key, kind->level_name, word, w);
	if (ipp_pairs_get(pairs, "status", status, sizeof(status))) {
		bool known = text_parse_u64(status, 0, INT64_MAX, &bits);
		collected_writer_field(w, "Status", known ? status : "unknown",
				       NULL, kind->attr);
	}
	put_text(kind, pairs, "name", "Name", w);
	if (kind->media_key != NULL) {
		put_text(kind, pairs, kind->media_key, "MediaName", w);
	}
	collected_writer_group_end(w);
}

void ipp_trays_put(ipp_t *ipp, struct collected_writer *w)
{
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		ipp_attribute_t *attr = ipp_value_find(ipp, kinds[k].attr);
		int count = ipp_value_count(attr);
		for (int i = 0; i < count; i++) {
			char pairs[IPP_VALUE_SIZE];
			if (ipp_value_text(attr, i, pairs)) {
				put_tray(&kinds[k], i + 1, pairs, w);
			}
		}
	}
}
