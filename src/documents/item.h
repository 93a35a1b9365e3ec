#ifndef SLUICE_DOCUMENTS_ITEM_H
#define SLUICE_DOCUMENTS_ITEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "documents/document.h"

/*
 * What collectors found, as a tree. One item = one element: a group with
 * children, or a value with text. Items are owned by their struct collected.
 */
struct item {
	const struct field *field; /* NULL for a document's root */
	char *text;                /* value; NULL for groups */
	char *unit;                /* NULL = none */
	char *source; /* raw source, OID or IPP attribute; NULL = none */
	struct item *children; /* first child, in catalogue order */
	struct item *next;     /* next sibling */
};

/* Texts are copied; each may be NULL. */
struct item *item_new(const struct field *field, const char *text,
		      const char *unit, const char *source);

/* With its children and next ones; NULL is fine. */
void item_free(struct item *item);

/* Puts a child in its place by catalogue order, after those of its own field. Takes child. */
void item_add(struct item *parent, struct item *child);

/* How many children of this field there are. */
size_t item_count(const struct item *parent, const struct field *field);

/* How many values (not groups) there are in it and below. */
size_t item_values(const struct item *item);

/* First child of this name, NULL if none. Path of one step or several: "Supply/Level". */
const struct item *item_find(const struct item *parent, const char *path);

/* The text of what item_find() finds; NULL if none. */
const char *item_text(const struct item *parent, const char *path);

/* The first required field that parent (a root or group of document) misses; NULL = complete. */
const struct field *item_missing(const struct document *document,
				 const struct item *parent);

/*
 * The place in a document while it is read: "SuppliesUsage/Supply/Level".
 * Longer ones are clipped between characters; push and pop stay in step.
 */
struct item_path {
	char text[256];
	size_t lens[32]; /* length before each push */
	unsigned depth;
};

void item_path_push(struct item_path *path, const char *name);
void item_path_pop(struct item_path *path);

#endif
