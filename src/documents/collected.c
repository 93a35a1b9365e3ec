/*
 * What was found, gathered from several collectors: merging and the list of
 * strays. Reading one collector's output is in collected_reader.c, the
 * writer for collectors in collected_writer.c.
 */
#include "documents/collected.h"

#include <string.h>

#include "base/mem.h"
#include "documents/collected_parts.h"

static void strays_free(struct stray *stray)
{
	while (stray != NULL) {
		struct stray *next = stray->next;
		mem_free(stray->path);
		mem_free(stray->reason);
		mem_free(stray);
		stray = next;
	}
}

void collected_clear(struct collected *c)
{
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		item_free(c->documents[i]);
	}
	strays_free(c->strays);
	memset(c, 0, sizeof(*c));
}

static void stray_append(struct collected *c, const char *path,
			 const char *reason, unsigned count)
{
	struct stray **at = &c->strays;

	for (; *at != NULL; at = &(*at)->next) {
		if (strcmp((*at)->path, path) == 0 &&
		    strcmp((*at)->reason, reason) == 0) {
			(*at)->count += count;
			return;
		}
	}
	struct stray *stray = mem_zalloc(sizeof(*stray));
	stray->path = mem_strdup(path);
	stray->reason = mem_strdup(reason);
	stray->count = count;
	*at = stray;
}

static bool is_known_stray(const struct collected *c, const char *path,
			   const char *reason, size_t *count)
{
	*count = 0;
	for (const struct stray *s = c->strays; s != NULL; s = s->next) {
		if (strcmp(s->path, path) == 0 &&
		    strcmp(s->reason, reason) == 0) {
			return true;
		}
		++*count;
	}
	return false;
}

void collected_add_stray(struct collected *c, const char *path,
			 const char *reason, unsigned count)
{
	size_t have;

	if (!is_known_stray(c, path, reason, &have) &&
	    have >= COLLECTED_STRAYS_MAX - 1) {
		path = "(others)";
		reason = "more fields that are wrong or not in the catalogue";
	}
	stray_append(c, path, reason, count);
}

static bool is_unknown(const struct item *item)
{
	return item->text != NULL && strcmp(item->text, "unknown") == 0;
}

static const struct item *first_of(const struct item *root,
				   const struct field *field)
{
	const struct item *i = root->children;
	while (i != NULL && i->field != field) {
		i = i->next;
	}
	return i;
}

/* Takes all children of one field out of root. */
static struct item *take_field(struct item *root, const struct field *field)
{
	struct item **at = &root->children;

	while (*at != NULL && (*at)->field != field) {
		at = &(*at)->next;
	}
	struct item *first = *at;
	struct item **end = at;
	while (*end != NULL && (*end)->field == field) {
		end = &(*end)->next;
	}
	struct item *rest = *end;
	*end = NULL;
	*at = rest;
	return first;
}

/* Moves from later what root has not. */
static void merge_document(struct item *root, struct item *later)
{
	while (later->children != NULL) {
		const struct field *field = later->children->field;
		struct item *found = take_field(later, field);
		const struct item *have = first_of(root, field);
		if (have != NULL && is_unknown(have) && !is_unknown(found)) {
			item_free(take_field(root, field));
			have = NULL;
		}
		if (have != NULL) {
			item_free(found);
			continue;
		}
		while (found != NULL) {
			struct item *next = found->next;
			item_add(root, found);
			found = next;
		}
	}
}

void collected_merge(struct collected *c, struct collected *later)
{
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		if (c->documents[i] == NULL) {
			c->documents[i] = later->documents[i];
			later->documents[i] = NULL;
		} else if (later->documents[i] != NULL) {
			merge_document(c->documents[i], later->documents[i]);
		}
	}
	for (const struct stray *s = later->strays; s != NULL; s = s->next) {
		collected_add_stray(c, s->path, s->reason, s->count);
	}
	/* The oldest: data is covered only by a grant that stood then. */
	if (c->at == 0 || later->at < c->at) {
		c->at = later->at;
	}
	collected_clear(later);
}
