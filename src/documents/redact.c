/*
 * The only place that decides what leaves a device. Pure: what was found and
 * what is allowed go in, what may leave and what is withheld come out; no
 * clock, no file, no setting. Default deny: a value leaves only when its
 * field has a row in the catalogue (collected_reader.c saw to that), its
 * document is one of a service that the transmission is for, the service
 * keeps its group, and its class and those of all groups around it pass.
 * transmission.c writes what this gives; nothing else does.
 */
#include "documents/redact.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct redaction {
	const struct redact_rules *rules;
	const struct document *document;
	struct withheld_list *withheld;
};

const char *redact_refusal(const struct field *field,
			   const struct redact_rules *rules)
{
	switch (field->class) {
	case CLASS_MACHINE:
		return NULL;
	case CLASS_NETWORK:
		return rules->personal
			       ? NULL
			       : "network names and addresses are personal data, "
				 "which is not allowed";
	case CLASS_PERSONAL:
		return rules->personal ? NULL : "personal data is not allowed";
	case CLASS_JOB:
		return "says something about jobs; never sent in a document";
	case CLASS_SECRET:
		return "secret; never sent";
	case CLASS_UNSET:
		break;
	}
	return "not in the catalogue";
}

void withheld_clear(struct withheld_list *list)
{
	mem_free(list->at);
	list->at = NULL;
	list->count = 0;
}

/* Clips between characters, as paths of strays may be long. */
static void copy_clipped(char *dst, size_t size, const char *src)
{
	size_t len = strlen(src);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && ((unsigned char)src[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	memcpy(dst, src, len);
	dst[len] = '\0';
}

static void withhold(struct withheld_list *list, const char *document,
		     const char *path, enum field_class class,
		     const char *reason, size_t count)
{
	struct withheld row = { .class = class, .count = (unsigned)count };

	copy_clipped(row.document, sizeof(row.document), document);
	copy_clipped(row.path, sizeof(row.path), path);
	copy_clipped(row.reason, sizeof(row.reason), reason);
	for (size_t i = 0; i < list->count; i++) {
		struct withheld *have = &list->at[i];
		if (strcmp(have->document, row.document) == 0 &&
		    strcmp(have->path, row.path) == 0 &&
		    strcmp(have->reason, row.reason) == 0) {
			have->count += row.count;
			return;
		}
	}
	list->at = mem_resize(list->at, (list->count + 1) * sizeof(row));
	list->at[list->count++] = row;
}

/* Each value in it and below is withheld, for this one reason. */
static void withhold_values(const struct redaction *r, const struct item *item,
			    const char *reason)
{
	if (item->text != NULL) {
		withhold(r->withheld, r->document->name, item->field->path,
			 item->field->class, reason, 1);
	}
	for (const struct item *i = item->children; i != NULL; i = i->next) {
		withhold_values(r, i, reason);
	}
}

/* A copy of what may leave of it; NULL = nothing. */
static struct item *redact_item(const struct redaction *r,
				const struct item *item)
{
	const char *refusal = redact_refusal(item->field, r->rules);

	if (refusal != NULL) {
		withhold_values(r, item, refusal);
		return NULL;
	}
	struct item *copy =
		item_new(item->field, item->text, item->unit, item->source);
	for (const struct item *i = item->children; i != NULL; i = i->next) {
		struct item *child = redact_item(r, i);
		if (child != NULL) {
			item_add(copy, child);
		}
	}
	bool is_group = item->field->type == TYPE_GROUP;
	if (is_group && (copy->children == NULL ||
			 item_missing(r->document, copy) != NULL)) {
		/* What is left of it says nothing; it goes as a whole. */
		withhold_values(r, copy, "what it belongs to is withheld");
		item_free(copy);
		return NULL;
	}
	return copy;
}

static bool service_has(const struct service *service, enum document_kind kind)
{
	for (const enum document_kind *k = service->documents;
	     *k != DOCUMENT_UNSET; k++) {
		if (*k == kind) {
			return true;
		}
	}
	return false;
}

/* Does a service of the transmission want this? item NULL = the document. */
static bool is_wanted(const struct redaction *r, const struct item *item)
{
	const struct service *s;

	for (size_t n = 0; (s = service_at(n)) != NULL; n++) {
		if ((r->rules->services & SERVICE_BIT(s->id)) == 0 ||
		    !service_has(s, r->document->kind)) {
			continue;
		}
		if (item == NULL || item->field->type != TYPE_GROUP ||
		    s->keeps == NULL || s->keeps(r->document->kind, item)) {
			return true;
		}
	}
	return false;
}

static struct item *redact_document(const struct redaction *r,
				    const struct item *root)
{
	struct item *copy = item_new(NULL, NULL, NULL, NULL);

	for (const struct item *i = root->children; i != NULL; i = i->next) {
		if (!is_wanted(r, i)) {
			withhold(r->withheld, r->document->name, i->field->path,
				 i->field->class,
				 "no service of this transmission asks for it",
				 1);
			continue;
		}
		struct item *child = redact_item(r, i);
		if (child != NULL) {
			item_add(copy, child);
		}
	}
	const struct field *missing = item_missing(r->document, copy);
	if (copy->children != NULL && missing == NULL) {
		return copy;
	}
	if (copy->children != NULL) {
		char reason[160];
		snprintf(reason, sizeof(reason),
			 "the document is not complete: %s is missing",
			 field_name(missing));
		withhold_values(r, copy, reason);
	}
	item_free(copy);
	return NULL;
}

static void withhold_stray(struct withheld_list *withheld,
			   const struct stray *stray)
{
	char document[40];
	size_t len = strcspn(stray->path, "/");
	const char *path = stray->path + len;
	char *name = mem_strndup(stray->path, len);

	copy_clipped(document, sizeof(document), name);
	mem_free(name);
	withhold(withheld, document, *path == '/' ? path + 1 : path,
		 CLASS_UNSET, stray->reason, stray->count);
}

void redact(const struct collected *collected, const struct redact_rules *rules,
	    struct item *out[DOCUMENT_KINDS], struct withheld_list *withheld)
{
	struct redaction r = { .rules = rules, .withheld = withheld };

	for (size_t n = 0; (r.document = document_at(n)) != NULL; n++) {
		enum document_kind kind = r.document->kind;
		const struct item *root = collected->documents[kind];
		out[kind] = NULL;
		if (root == NULL) {
			continue;
		}
		if (!is_wanted(&r, NULL)) {
			withhold(withheld, r.document->name, "", CLASS_MACHINE,
				 "no service of this transmission asks for it",
				 item_values(root));
			continue;
		}
		out[kind] = redact_document(&r, root);
	}
	for (const struct stray *s = collected->strays; s != NULL;
	     s = s->next) {
		withhold_stray(withheld, s);
	}
}
