/*
 * Supplies from printer-supply and printer-supply-description (PWG 5100.13);
 * a printer that has none of these but marker-* (CUPS) is read by those. The
 * words are the Printer MIB's either way.
 */
#include "collectors/ipp_supplies.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "collectors/ipp_pairs.h"
#include "collectors/ipp_values.h"

#define WORD_SIZE 64
#define SUPPLY "printer-supply"

static const char *words_of(const char *path)
{
	return document_field(&document_supplies_usage, path)->choices;
}

static void put_index(struct collected_writer *w, int n, const char *source)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", n + 1);
	collected_writer_field(w, "Index", number, NULL, source);
}

static void put_pair(const char *pairs, const char *key, const char *name,
		     struct collected_writer *w)
{
	char text[IPP_VALUE_SIZE];

	if (ipp_pairs_get(pairs, key, text, sizeof(text))) {
		collected_writer_field(w, name, text, NULL, SUPPLY);
	}
}

static void put_pair_level(const char *pairs, const char *key, const char *name,
			   const char *unit, struct collected_writer *w)
{
	char level[WORD_SIZE];

	if (ipp_pairs_get(pairs, key, level, sizeof(level))) {
		ipp_put_level(w, name, level, unit, SUPPLY);
	}
}

/* The n-th value of a marker attribute whose name is this description. */
static void put_marker_limit(ipp_t *ipp, const char *description,
			     const char *attr, const char *name,
			     const char *unit, struct collected_writer *w)
{
	ipp_attribute_t *names = ipp_value_find(ipp, "marker-names");
	int count = ipp_value_count(names);

	/* marker-* levels are percent whatever the supply's unit is. */
	for (int i = 0; strcmp(unit, "percent") == 0 && i < count; i++) {
		char text[IPP_VALUE_SIZE], limit[IPP_VALUE_SIZE];
		if (ipp_value_text(names, i, text) &&
		    strcmp(text, description) == 0 &&
		    ipp_value_text(ipp_value_find(ipp, attr), i, limit)) {
			ipp_put_level(w, name, limit, unit, attr);
			return;
		}
	}
}

/* "none" is how a fuser says that it has no colour. */
static void put_colorant(const char *pairs, struct collected_writer *w)
{
	char name[WORD_SIZE];

	if (ipp_pairs_get(pairs, "colorantname", name, sizeof(name)) &&
	    strcmp(name, "none") != 0) {
		put_pair(pairs, "colorantname", "ColorantName", w);
	}
}

static void put_supply(ipp_t *ipp, int n, const char *pairs,
		       struct collected_writer *w)
{
	char class[WORD_SIZE], type[WORD_SIZE], unit[WORD_SIZE];
	char description[IPP_VALUE_SIZE] = "";
	const char *t = ipp_pairs_word(pairs, "type", words_of("Supply/Type"),
				       "other", type, sizeof(type));
	const char *u =
		ipp_pairs_word(pairs, "unit", words_of("Supply/SupplyUnit"),
			       "unknown", unit, sizeof(unit));

	u = u != NULL ? u : "unknown";
	collected_writer_group(w, "Supply");
	put_index(w, n, SUPPLY);
	collected_writer_field(w, "Class",
			       ipp_pairs_word(pairs, "class",
					      words_of("Supply/Class"), "other",
					      class, sizeof(class)),
			       NULL, SUPPLY);
	collected_writer_field(w, "Type", t != NULL ? t : "unknown", NULL,
			       SUPPLY);
	collected_writer_field(w, "SupplyUnit", u, NULL, SUPPLY);
	put_pair_level(pairs, "maxcapacity", "MaxCapacity", u, w);
	put_pair_level(pairs, "level", "Level", u, w);
	if (ipp_value_text(ipp_value_find(ipp, "printer-supply-description"), n,
			   description)) {
		put_marker_limit(ipp, description, "marker-low-levels",
				 "LowLevel", u, w);
		put_marker_limit(ipp, description, "marker-high-levels",
				 "HighLevel", u, w);
	}
	put_colorant(pairs, w);
	collected_writer_field(w, "Description", description, NULL,
			       "printer-supply-description");
	put_pair(pairs, "serialnumber", "SerialNumber", w);
	put_pair(pairs, "partnumber", "PartNumber", w);
	collected_writer_group_end(w);
}

/* "waste-toner" to "wasteToner", when that is a word of the MIB. */
static const char *marker_type(const char *text, char *dst, size_t size)
{
	size_t len = 0;

	for (; *text != '\0' && len + 1 < size; text++) {
		if (text[0] == '-' && islower((unsigned char)text[1])) {
			text++;
			dst[len++] = (char)toupper((unsigned char)*text);
		} else {
			dst[len++] = *text;
		}
	}
	dst[len] = '\0';
	return field_word_in(words_of("Supply/Type"), dst) ? dst : "other";
}

/* marker-colors are "#RRGGBB" or "none"; the process colours have names. */
static const char *marker_color(const char *text)
{
	static const char *const names[][2] = {
		{ "#000000", "black" },
		{ "#00FFFF", "cyan" },
		{ "#FF00FF", "magenta" },
		{ "#FFFF00", "yellow" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasecmp(names[i][0], text) == 0) {
			return names[i][1];
		}
	}
	return strcmp(text, "none") == 0 ? NULL : text;
}

static void put_marker_level(ipp_t *ipp, int n, const char *attr,
			     const char *name, struct collected_writer *w)
{
	char text[IPP_VALUE_SIZE];

	if (ipp_value_text(ipp_value_find(ipp, attr), n, text)) {
		ipp_put_level(w, name, text, "percent", attr);
	}
}

static void put_marker(ipp_t *ipp, int n, struct collected_writer *w)
{
	char text[IPP_VALUE_SIZE], type[WORD_SIZE] = "unknown";
	const char *word = "unknown";

	collected_writer_group(w, "Supply");
	put_index(w, n, "marker-names");
	if (ipp_value_text(ipp_value_find(ipp, "marker-types"), n, text)) {
		word = marker_type(text, type, sizeof(type));
	}
	collected_writer_field(w, "Class",
			       strncmp(word, "waste", 5) == 0
				       ? "receptacleThatIsFilled"
				       : "supplyThatIsConsumed",
			       NULL, "marker-types");
	collected_writer_field(w, "Type", word, NULL, "marker-types");
	collected_writer_field(w, "SupplyUnit", "percent", NULL,
			       "marker-levels");
	collected_writer_field(w, "MaxCapacity", "100", "percent",
			       "marker-levels");
	put_marker_level(ipp, n, "marker-levels", "Level", w);
	put_marker_level(ipp, n, "marker-low-levels", "LowLevel", w);
	put_marker_level(ipp, n, "marker-high-levels", "HighLevel", w);
	if (ipp_value_text(ipp_value_find(ipp, "marker-colors"), n, text)) {
		collected_writer_field(w, "ColorantName", marker_color(text),
				       NULL, "marker-colors");
	}
	if (ipp_value_text(ipp_value_find(ipp, "marker-names"), n, text)) {
		collected_writer_field(w, "Description", text, NULL,
				       "marker-names");
	}
	collected_writer_group_end(w);
}

void ipp_supplies_put(ipp_t *ipp, struct collected_writer *w)
{
	ipp_attribute_t *supply = ipp_value_find(ipp, SUPPLY);
	int count = ipp_value_count(supply);

	collected_writer_document(w, DOCUMENT_SUPPLIES_USAGE);
	if (count == 0) {
		count = ipp_value_count(ipp_value_find(ipp, "marker-names"));
		for (int i = 0; i < count; i++) {
			put_marker(ipp, i, w);
		}
		return;
	}
	for (int i = 0; i < count; i++) {
		char pairs[IPP_VALUE_SIZE];
		if (ipp_value_text(supply, i, pairs)) {
			put_supply(ipp, i, pairs, w);
		}
	}
}
