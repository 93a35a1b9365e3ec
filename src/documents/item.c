/*
 * The tree of what was found: making, ordering and finding items. Rows of a
 * document are one array with parents before children, so the order of two
 * siblings in the catalogue is the order of their field pointers.
 */
#include "documents/item.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

struct item *item_new(const struct field *field, const char *text,
		      const char *unit, const char *source)
{
	struct item *item = mem_zalloc(sizeof(*item));

	item->field = field;
	item->text = mem_strdup(text);
	item->unit = mem_strdup(unit);
	item->source = mem_strdup(source);
	return item;
}

void item_free(struct item *item)
{
	while (item != NULL) {
		struct item *next = item->next;
		item_free(item->children);
		mem_free(item->text);
		mem_free(item->unit);
		mem_free(item->source);
		mem_free(item);
		item = next;
	}
}

void item_add(struct item *parent, struct item *child)
{
	struct item **at = &parent->children;

	while (*at != NULL && (*at)->field <= child->field) {
		at = &(*at)->next;
	}
	child->next = *at;
	*at = child;
}

size_t item_count(const struct item *parent, const struct field *field)
{
	size_t count = 0;

	for (const struct item *i = parent->children; i != NULL; i = i->next) {
		count += i->field == field;
	}
	return count;
}

size_t item_values(const struct item *item)
{
	size_t count = item->text != NULL;

	for (const struct item *i = item->children; i != NULL; i = i->next) {
		count += item_values(i);
	}
	return count;
}

static const struct item *find_step(const struct item *parent, const char *name,
				    size_t len)
{
	for (const struct item *i = parent->children; i != NULL; i = i->next) {
		const char *have = field_name(i->field);
		if (strncmp(have, name, len) == 0 && have[len] == '\0') {
			return i;
		}
	}
	return NULL;
}

const struct item *item_find(const struct item *parent, const char *path)
{
	while (parent != NULL) {
		const char *slash = strchr(path, '/');
		size_t len =
			slash != NULL ? (size_t)(slash - path) : strlen(path);
		parent = find_step(parent, path, len);
		if (slash == NULL) {
			break;
		}
		path = slash + 1;
	}
	return parent;
}

const char *item_text(const struct item *parent, const char *path)
{
	const struct item *item = item_find(parent, path);
	return item != NULL ? item->text : NULL;
}

const struct field *item_missing(const struct document *document,
				 const struct item *parent)
{
	const char *above = parent->field != NULL ? parent->field->path : "";

	for (const struct field *f = document->fields; f->path != NULL; f++) {
		if (f->required && field_is_below(f, above) &&
		    item_count(parent, f) == 0) {
			return f;
		}
	}
	return NULL;
}

#define PATH_DEPTH (sizeof(((struct item_path *)0)->lens) / sizeof(size_t))

void item_path_push(struct item_path *path, const char *name)
{
	assert(path->depth < PATH_DEPTH);
	size_t len = strlen(path->text);
	path->lens[path->depth++] = len;
	if (len > 0 && len + 1 < sizeof(path->text)) {
		path->text[len++] = '/';
	}
	size_t room = sizeof(path->text) - 1 - len;
	size_t add = strlen(name);
	if (add > room) {
		/* 10xxxxxx continues a character: cut before its first byte */
		add = room;
		while (add > 0 && ((unsigned char)name[add] & 0xc0) == 0x80) {
			add--;
		}
	}
	memcpy(path->text + len, name, add);
	path->text[len + add] = '\0';
}

void item_path_pop(struct item_path *path)
{
	assert(path->depth > 0);
	path->text[path->lens[--path->depth]] = '\0';
}
