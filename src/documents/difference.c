/*
 * Compares what was agreed to with what it would be now. The texts come from
 * service.c and catalogue.c, which specify the lines; that a grant is
 * suspended until somebody has seen this is domain/consent.c's.
 */
#include "documents/difference.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/document.h"

/* A line with its key and the rest, both ended; key is NULL after the last. */
struct line {
	char *key;
	char *rest;
};

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void add(struct difference_list *list, enum difference_kind kind,
		const char *what, const char *before, const char *now)
{
	list->at = mem_resize(list->at, (list->count + 1) * sizeof(*list->at));
	list->at[list->count++] = (struct difference){
		.kind = kind,
		.what = mem_strdup(what),
		.before = mem_strdup(or_empty(before)),
		.now = mem_strdup(or_empty(now)),
	};
}

void difference_clear(struct difference_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		mem_free(list->at[i].what);
		mem_free(list->at[i].before);
		mem_free(list->at[i].now);
	}
	mem_free(list->at);
	*list = (struct difference_list){ .at = NULL };
}

static void add_line(struct line **lines, size_t *count, char *key, char *rest)
{
	*lines = mem_resize(*lines, (*count + 1) * sizeof(**lines));
	(*lines)[*count] = (struct line){ key, rest };
	*count += key != NULL;
}

static void free_lines(struct line *lines)
{
	for (struct line *l = lines; l->key != NULL; l++) {
		mem_free(l->key);
		mem_free(l->rest);
	}
	mem_free(lines);
}

static const char *find(const struct line *lines, const char *key)
{
	for (; lines->key != NULL; lines++) {
		if (strcmp(lines->key, key) == 0) {
			return lines->rest;
		}
	}
	return NULL;
}

/* ---- words: "purpose Reads the page counters", a line each ---- */

static const struct {
	const char *key, *title;
} words[] = {
	{ "title", "Name" },         { "purpose", "Purpose" },
	{ "sends", "Sends" },        { "never", "Never sends" },
	{ "when", "When" },          { "on", "If allowed" },
	{ "off", "If not allowed" },
};

static struct line *read_words(const char *text)
{
	struct line *lines = NULL;
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		size_t key = strcspn(text, " \n");
		if (key < len) {
			add_line(&lines, &count, mem_strndup(text, key),
				 mem_strndup(text + key + 1, len - key - 1));
		}
		text += len + (text[len] == '\n');
	}
	add_line(&lines, &count, NULL, NULL);
	return lines;
}

void difference_words(const char *before, const char *now,
		      struct difference_list *list)
{
	struct line *old = read_words(or_empty(before));
	struct line *new = read_words(or_empty(now));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *was = find(old, words[i].key);
		const char *is = find(new, words[i].key);
		if (!text_equal(was, is)) {
			add(list,
			    was == NULL  ? DIFFERENCE_NEW
			    : is == NULL ? DIFFERENCE_GONE
					 : DIFFERENCE_CHANGED,
			    words[i].title, was, is);
		}
	}
	free_lines(old);
	free_lines(new);
}

/* ---- fields: rows of catalogue_put_rows() ---- */

#define FORM "form"

/* "Billing" as people call it; the name for one of another version. */
static const char *title_of(const char *name)
{
	const struct document *document = document_by_name(name);
	return document != NULL ? document->title : name;
}

/* The key is document, TAB, path; a form's is "form", TAB, the form. */
static void read_row(struct line **lines, size_t *count, const char *document,
		     const char *row, size_t len)
{
	struct buf key = BUF_INIT;
	size_t path = strcspn(row, "\t");

	if (path >= len) {
		return;
	}
	if (path == strlen(FORM) && strncmp(row, FORM, path) == 0) {
		buf_put(&key, row, len);
	} else {
		buf_printf(&key, "%s\t", document);
		buf_put(&key, row, path);
	}
	add_line(lines, count, mem_strndup(buf_str(&key), key.len),
		 mem_strndup(row + path + 1, len - path - 1));
	buf_clear(&key);
}

static struct line *read_rows(const char *text)
{
	static const char head[] = "document ";
	struct line *lines = NULL;
	size_t count = 0;
	char *document = mem_strdup("");

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		if (text_starts_with(text, head)) {
			mem_free(document);
			document = mem_strndup(text + strlen(head),
					       len - strlen(head));
		} else {
			read_row(&lines, &count, document, text, len);
		}
		text += len + (text[len] == '\n');
	}
	mem_free(document);
	add_line(&lines, &count, NULL, NULL);
	return lines;
}

/* The columns of catalogue.c behind the path; the purpose comes last. */
static const char *const columns[] = { "type",     "class",  "number",
				       "presence", "unit",   "words",
				       "units",    "source", NULL };
#define COLUMN_CLASS 1
#define COLUMN_PURPOSE (sizeof(columns) / sizeof(columns[0]) - 1)

/* Where column n of a row begins, from 0, and how long it is. */
static const char *column_of(const char *row, size_t n, size_t *len)
{
	while (n > 0 && *row != '\0') {
		row += strcspn(row, "\t");
		row += *row == '\t';
		n--;
	}
	*len = strcspn(row, "\t");
	return row;
}

static bool column_differs(const char *row, const char *other, size_t n)
{
	size_t len, other_len;
	const char *column = column_of(row, n, &len);
	const char *beside = column_of(other, n, &other_len);

	return len != other_len || memcmp(column, beside, len) != 0;
}

/*
 * "What to ship; class machine"; then what else differs from the other row,
 * "; unit sheets", so that a changed field never reads alike. other NULL =
 * there is none.
 */
static void describe(struct buf *out, const char *row, const char *other)
{
	size_t len;

	if (row == NULL) {
		return;
	}
	const char *purpose = column_of(row, COLUMN_PURPOSE, &len);
	buf_put(out, purpose, len);
	const char *class = column_of(row, COLUMN_CLASS, &len);
	buf_put_str(out, "; class ");
	buf_put(out, class, len);
	for (size_t n = 0; other != NULL && columns[n] != NULL; n++) {
		if (n != COLUMN_CLASS && column_differs(row, other, n)) {
			const char *column = column_of(row, n, &len);
			buf_printf(out, "; %s ", columns[n]);
			buf_put(out, column, len);
		}
	}
}

static void add_row(struct difference_list *list, enum difference_kind kind,
		    const char *key, const char *was, const char *is)
{
	size_t len = strcspn(key, "\t");
	const char *path = key + len + (key[len] == '\t');
	struct buf what = BUF_INIT, before = BUF_INIT, now = BUF_INIT;

	if (len == strlen(FORM) && strncmp(key, FORM, len) == 0) {
		buf_put_str(&what, "a form of log lines");
		buf_put_str(was != NULL ? &before : &now, path);
	} else {
		char *document = mem_strndup(key, len);
		buf_printf(&what, "%s, %s", title_of(document), path);
		mem_free(document);
		describe(&before, was, is);
		describe(&now, is, was);
	}
	add(list, kind, buf_str(&what), buf_str(&before), buf_str(&now));
	buf_clear(&what);
	buf_clear(&before);
	buf_clear(&now);
}

void difference_fields(const char *before, const char *now,
		       struct difference_list *list)
{
	struct line *old = read_rows(or_empty(before));
	struct line *new = read_rows(or_empty(now));

	for (const struct line *l = new; l->key != NULL; l++) {
		const char *was = find(old, l->key);
		if (was == NULL) {
			add_row(list, DIFFERENCE_NEW, l->key, NULL, l->rest);
		} else if (strcmp(was, l->rest) != 0) {
			add_row(list, DIFFERENCE_CHANGED, l->key, was, l->rest);
		}
	}
	for (const struct line *l = old; l->key != NULL; l++) {
		if (find(new, l->key) == NULL) {
			add_row(list, DIFFERENCE_GONE, l->key, l->rest, NULL);
		}
	}
	free_lines(old);
	free_lines(new);
}
