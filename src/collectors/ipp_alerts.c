/*
 * Faults from printer-alert and printer-alert-description (PWG 5100.9): the
 * printer's alert table, one "key=value;" string a row, with the Printer
 * MIB's words. What a printer says in words of its own becomes "other" or is
 * left out, since the field is a list of words. IPP keeps no record of alerts
 * that are over, and no history of states: there are no Events.
 */
#include "collectors/ipp_alerts.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "collectors/ipp_pairs.h"
#include "collectors/ipp_values.h"

#define ALERT "printer-alert"
#define WORD_SIZE 128
#define TICKS 100 /* a second, in MIB time */

/* A key whose words the catalogue lists. */
struct word_row {
	const char *key, *name, *path;
	const char *otherwise; /* for words of the printer's own; NULL = none */
	const char *missing;   /* when there is no such key; NULL = no field */
};

static const struct word_row words[] = {
	{ "severity", "SeverityLevel", "Fault/SeverityLevel", "other",
	  "other" },
	{ "training", "TrainingLevel", "Fault/TrainingLevel", "other", NULL },
	{ "group", "Group", "Fault/Group", "other", NULL },
};

static void put_words(const char *pairs, struct collected_writer *w)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char word[WORD_SIZE];
		const struct field *f =
			document_field(&document_faults, words[i].path);
		const char *text =
			ipp_pairs_word(pairs, words[i].key, f->choices,
				       words[i].otherwise, word, sizeof(word));
		collected_writer_field(w, words[i].name,
				       text != NULL ? text : words[i].missing,
				       NULL, ALERT);
	}
}

/* A whole number from least on; a printer's -1 and -2 say that it has none. */
static void put_number(const char *pairs, const char *key, const char *name,
		       int64_t least, struct collected_writer *w)
{
	char text[WORD_SIZE];
	int64_t value;

	if (!ipp_pairs_get(pairs, key, text, sizeof(text))) {
		return;
	}
	bool known = text_parse_i64(text, least, INT32_MAX, &value);
	collected_writer_field(w, name, known ? text : "unknown", NULL, ALERT);
}

/*
 * When it began, as the seconds of printer-up-time then. Some printers give
 * the MIB's hundredths: what is beyond the time they have been up is read so.
 * false = cannot be told.
 */
static bool began_at(ipp_t *ipp, const char *text, int64_t now, int64_t *at)
{
	char up_text[IPP_VALUE_SIZE];
	int64_t up, then;

	if (!ipp_value_text(ipp_value_find(ipp, "printer-up-time"), 0,
			    up_text) ||
	    !text_parse_i64(up_text, 0, INT32_MAX, &up) ||
	    !text_parse_i64(text, 0, UINT32_MAX, &then)) {
		return false;
	}
	if (then > up) {
		then /= TICKS;
	}
	*at = now - (up - then);
	return then <= up && *at > 0;
}

static void put_time(ipp_t *ipp, const char *pairs, int64_t now,
		     struct collected_writer *w)
{
	char text[WORD_SIZE], time[CLOCK_TEXT_SIZE] = "unknown";
	int64_t at;

	if (!ipp_pairs_get(pairs, "time", text, sizeof(text))) {
		return;
	}
	if (began_at(ipp, text, now, &at)) {
		clock_format(time, at);
	}
	collected_writer_field(w, "Time", time, NULL, ALERT);
}

static void put_alert(ipp_t *ipp, int n, const char *pairs, int64_t now,
		      struct collected_writer *w)
{
	char code[WORD_SIZE], description[IPP_VALUE_SIZE];

	collected_writer_group(w, "Fault");
	put_number(pairs, "index", "Index", 0, w);
	put_words(pairs, w);
	put_number(pairs, "groupindex", "GroupIndex", 0, w);
	put_number(pairs, "location", "Location", INT32_MIN, w);
	if (ipp_pairs_get(pairs, "code", code, sizeof(code))) {
		collected_writer_field(w, "Code", code, NULL, ALERT);
	}
	if (ipp_value_text(ipp_value_find(ipp, "printer-alert-description"), n,
			   description)) {
		collected_writer_field(w, "Description", description, NULL,
				       "printer-alert-description");
	}
	put_time(ipp, pairs, now, w);
	collected_writer_group_end(w);
}

void ipp_alerts_put(ipp_t *ipp, int64_t now, struct collected_writer *w)
{
	ipp_attribute_t *alerts = ipp_value_find(ipp, ALERT);
	int count = ipp_value_count(alerts);

	collected_writer_document(w, DOCUMENT_FAULTS);
	for (int i = 0; i < count; i++) {
		char pairs[IPP_VALUE_SIZE], code[WORD_SIZE];
		/* A printer without an alert sends an empty one. */
		if (ipp_value_text(alerts, i, pairs) &&
		    ipp_pairs_get(pairs, "code", code, sizeof(code))) {
			put_alert(ipp, i, pairs, now, w);
		}
	}
}
