/*
 * A transmission as a flat list for people: what the preview and the
 * server's page show. Read with transmission_reader.c, so the same bytes
 * are refused here and there.
 */
#include "documents/transmission.h"

#include <string.h>

#include "base/mem.h"

/* "Supply[2]/Level" to its row in the catalogue. */
static const struct field *row_field(const struct document *document,
				     const char *path)
{
	char plain[512];
	size_t len = 0;

	for (const char *c = path; *c != '\0' && len + 1 < sizeof(plain);) {
		if (*c == '[') {
			c += strcspn(c, "]");
			c += *c == ']';
			continue;
		}
		plain[len++] = *c++;
	}
	plain[len] = '\0';
	return document_field(document, plain);
}

struct gathering {
	struct transmission_rows *rows;
	size_t room;
};

static bool on_field(void *ctx, const struct document *document,
		     const char *path, const char *text, const char *unit,
		     const char *source, struct err *err)
{
	struct gathering *g = ctx;
	const char *below = path + strcspn(path, "/");

	(void)err;
	below += *below == '/';
	if (g->rows->count == g->room) {
		g->room = g->room > 0 ? 2 * g->room : 32;
		g->rows->at =
			mem_resize(g->rows->at, g->room * sizeof(*g->rows->at));
	}
	g->rows->at[g->rows->count++] = (struct transmission_row){
		.document = document,
		.path = mem_strdup(below),
		.field = row_field(document, below),
		.text = mem_strdup(text),
		.unit = mem_strdup(unit),
		.source = mem_strdup(source),
	};
	return true;
}

void transmission_rows_clear(struct transmission_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		mem_free(rows->at[i].path);
		mem_free(rows->at[i].text);
		mem_free(rows->at[i].unit);
		mem_free(rows->at[i].source);
	}
	mem_free(rows->at);
	rows->at = NULL;
	rows->count = 0;
}

bool transmission_rows_read(const void *xml, size_t len,
			    struct transmission_rows *rows, struct err *err)
{
	struct transmission_rows found = { NULL, 0 };
	struct gathering g = { &found, 0 };
	struct transmission_seen seen = { .field = on_field, .ctx = &g };
	struct transmission_reader *r = transmission_reader_new(&seen);
	struct transmission_head head;
	unsigned documents;

	bool done = transmission_reader_feed(r, xml, len, err) &&
		    transmission_reader_finish(r, &head, &documents, err);
	transmission_reader_free(r);
	if (!done) {
		transmission_rows_clear(&found);
		return false;
	}
	*rows = found;
	return true;
}
