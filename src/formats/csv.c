/*
 * CSV for spreadsheets. Only writes; nothing in this program reads CSV.
 */
#include "formats/csv.h"

#include <string.h>

#define CSV_FORMULA_STARTS "=+-@\t\r"

void csv_init(struct csv_writer *w, struct buf *out)
{
	w->out = out;
	w->in_row = false;
}

static void next_cell(struct csv_writer *w)
{
	if (w->in_row) {
		buf_put_char(w->out, ',');
	}
	w->in_row = true;
}

void csv_cell(struct csv_writer *w, const char *text)
{
	next_cell(w);
	if (text == NULL || text[0] == '\0') {
		return;
	}
	bool formula = strchr(CSV_FORMULA_STARTS, text[0]) != NULL;
	if (strpbrk(text, ",\"\r\n") == NULL) {
		buf_put_str(w->out, formula ? "'" : NULL);
		buf_put_str(w->out, text);
		return;
	}
	buf_put_str(w->out, formula ? "\"'" : "\"");
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '"') {
			buf_put_char(w->out, '"');
		}
		buf_put_char(w->out, *at);
	}
	buf_put_char(w->out, '"');
}

void csv_end_row(struct csv_writer *w)
{
	buf_put_str(w->out, "\r\n");
	w->in_row = false;
}

void csv_row(struct csv_writer *w, const char *const *cells)
{
	for (size_t i = 0; cells[i] != NULL; i++) {
		csv_cell(w, cells[i]);
	}
	csv_end_row(w);
}
