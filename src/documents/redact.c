/*
 * The only place that decides what leaves a device. Pure: what was found and
 * what is allowed go in, what may leave and what is withheld come out; no
 * clock, no file, no setting. Default deny: a value leaves only when its
 * field has a row in the catalogue (collected_reader.c saw to that), its
 * document is one of a service that the transmission is for, the service
 * keeps its group, its class and those of all groups around it pass, and
 * what it tells of did not happen before that was allowed. transmission.c
 * writes what this gives; nothing else does.
 */
#include "documents/redact.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "documents/log_line.h"

struct redaction {
	const struct redact_rules *given;
	const struct redact_rules *rules; /* given, or less of it */
	const struct document *document;
	int64_t since; /* what happened before stays; 0 = no limit */
	struct withheld_list *withheld;
};

static const char too_old[] =
	"it happened before it was allowed, or nobody knows when";
static const char not_asked[] = "no service of this transmission asks for it";
static const char too_many[] =
	"there are more names of the network than can be kept";
static const char before_personal[] =
	"it happened before personal data was allowed, or nobody knows when";

const char *redact_refusal(const struct field *field,
			   const struct redact_rules *rules)
{
	switch (field->class) {
	case CLASS_MACHINE:
		return NULL;
	case CLASS_NETWORK:
		return rules->personal || rules->pseudonym_key != NULL
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

/* As redact_refusal(), for what happened at some time. */
static const char *refusal_of(const struct redaction *r,
			      const struct field *field)
{
	const char *refusal = redact_refusal(field, r->rules);

	return refusal != NULL && redact_refusal(field, r->given) == NULL
		       ? before_personal
		       : refusal;
}

/* The same with the personal gate shut; rules is where r's then stand. */
static struct redaction shut(const struct redaction *r,
			     struct redact_rules *rules)
{
	struct redaction less = *r;

	*rules = *r->rules;
	rules->personal = false;
	less.rules = rules;
	return less;
}

void withheld_clear(struct withheld_list *list)
{
	mem_free(list->at);
	pseudonym_list_clear(&list->pseudonyms);
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

/*
 * The word that stands for a name of the network, remembered for the page.
 * false: there are too many; one that nobody could look up does not leave.
 */
static bool put_pseudonym(const struct redaction *r, const char *value,
			  struct buf *out)
{
	char token[PSEUDONYM_SIZE];

	pseudonym_make(token, r->rules->pseudonym_key, value);
	if (!pseudonym_list_add(&r->withheld->pseudonyms, token, value)) {
		return false;
	}
	buf_put_str(out, token);
	return true;
}

static void put_slot(const struct redaction *r, const struct field *field,
		     const struct log_line_slot *slot, struct buf *out)
{
	const struct field as = { .class = slot->class };
	const char *refusal = refusal_of(r, &as);
	bool may = refusal == NULL;

	if (may && (slot->class != CLASS_NETWORK || r->rules->personal)) {
		buf_put(out, slot->at, slot->len);
		return;
	}
	if (may) {
		char *value = mem_strndup(slot->at, slot->len);
		bool done = put_pseudonym(r, value, out);
		mem_free(value);
		if (done) {
			return;
		}
		refusal = too_many;
	}
	buf_put_str(out, log_line_mark(slot->class));
	withhold(r->withheld, r->document->name, field->path, slot->class,
		 refusal, 1);
}

/* The time at the front of a line; each form has one. */
static bool line_time(const struct log_line *line, int64_t *at)
{
	char text[CLOCK_TEXT_SIZE] = "";

	if (line->count == 0 || line->slots[0].len >= sizeof(text)) {
		return false;
	}
	memcpy(text, line->slots[0].at, line->slots[0].len);
	return clock_parse(text, at);
}

/* The line with its slots replaced as they have to be; NULL = too long. */
static struct item *rewrite_line(const struct redaction *r,
				 const struct item *item,
				 const struct log_line *line)
{
	struct buf text = BUF_INIT;
	const char *from = item->text;

	for (size_t i = 0; i < line->count; i++) {
		const struct log_line_slot *slot = &line->slots[i];
		buf_put(&text, from, (size_t)(slot->at - from));
		put_slot(r, item->field, slot, &text);
		from = slot->at + slot->len;
	}
	buf_put_str(&text, from);
	bool fits = field_is_line(buf_str(&text), FIELD_TEXT_MAX);
	struct item *copy = !fits ? NULL
				  : item_new(item->field, buf_str(&text),
					     item->unit, item->source);
	buf_clear(&text);
	return copy;
}

static struct item *redact_line(const struct redaction *r,
				const struct item *item)
{
	struct pseudonym_list *pseudonyms = &r->withheld->pseudonyms;
	size_t known = pseudonyms->count;
	struct redaction less = *r;
	struct redact_rules rules;
	struct log_line line;
	int64_t at;

	if (!log_line_match(r->document->forms, item->text, &line)) {
		withhold_values(r, item, "a line in no form of the catalogue");
		return NULL;
	}
	if (!line_time(&line, &at) || at < r->since) {
		withhold_values(r, item, too_old);
		return NULL;
	}
	if (at < r->rules->personal_since) {
		less = shut(r, &rules);
	}
	struct item *copy = rewrite_line(&less, item, &line);
	if (copy == NULL) {
		pseudonym_list_cut(pseudonyms, known);
		withhold_values(r, item, "the line is too long with its codes");
	}
	return copy;
}

static struct item *redact_value(const struct redaction *r,
				 const struct item *item)
{
	if (item->field->type == TYPE_LINE) {
		return redact_line(r, item);
	}
	if (item->field->class != CLASS_NETWORK || r->rules->personal) {
		return item_new(item->field, item->text, item->unit,
				item->source);
	}
	struct buf token = BUF_INIT;
	struct item *copy = NULL;
	if (put_pseudonym(r, item->text, &token)) {
		copy = item_new(item->field, buf_str(&token), item->unit,
				item->source);
	} else {
		withhold_values(r, item, too_many);
	}
	buf_clear(&token);
	return copy;
}

/*
 * Did what the group tells of happen before? A time that must be given and
 * is not known counts as before. 0 = no limit.
 */
static bool happened_before(const struct item *group, int64_t since)
{
	int64_t at;

	for (const struct item *i = group->children; i != NULL; i = i->next) {
		if (i->field->moment && since > 0) {
			return clock_parse(i->text, &at) ? at < since
							 : i->field->required;
		}
	}
	return false;
}

static struct item *redact_item(const struct redaction *r,
				const struct item *item);

/* What may leave of a group whose class passes. */
static struct item *redact_group(const struct redaction *r,
				 const struct item *item)
{
	struct pseudonym_list *pseudonyms = &r->withheld->pseudonyms;
	size_t known = pseudonyms->count;
	struct redaction less = *r;
	struct redact_rules rules;
	struct item *copy = item_new(item->field, NULL, NULL, NULL);

	if (happened_before(item, r->rules->personal_since)) {
		less = shut(r, &rules);
	}
	for (const struct item *i = item->children; i != NULL; i = i->next) {
		struct item *child = redact_item(&less, i);
		if (child != NULL) {
			item_add(copy, child);
		}
	}
	if (copy->children == NULL || item_missing(r->document, copy) != NULL) {
		/* What is left of it says nothing; it goes as a whole. */
		withhold_values(r, copy, "what it belongs to is withheld");
		pseudonym_list_cut(pseudonyms, known);
		item_free(copy);
		return NULL;
	}
	return copy;
}

/* A copy of what may leave of it; NULL = nothing. */
static struct item *redact_item(const struct redaction *r,
				const struct item *item)
{
	const char *refusal = refusal_of(r, item->field);
	bool is_group = item->field->type == TYPE_GROUP;

	if (refusal == NULL && is_group && happened_before(item, r->since)) {
		refusal = too_old;
	}
	if (refusal != NULL) {
		withhold_values(r, item, refusal);
		return NULL;
	}
	return is_group ? redact_group(r, item) : redact_value(r, item);
}

/*
 * Does a service of the transmission want this? item NULL = the document.
 * The first of the services that do decides from when on: *since.
 */
static bool is_wanted(const struct redaction *r, const struct item *item,
		      int64_t *since)
{
	const struct service *s;
	bool wanted = false;

	for (size_t n = 0; (s = service_at(n)) != NULL; n++) {
		if ((r->rules->services & SERVICE_BIT(s->id)) == 0 ||
		    !service_has(s, r->document->kind)) {
			continue;
		}
		if (item == NULL || item->field->type != TYPE_GROUP ||
		    s->keeps == NULL || s->keeps(r->document->kind, item)) {
			int64_t from = r->rules->since[s->id];
			*since = wanted && *since < from ? *since : from;
			wanted = true;
		}
	}
	return wanted;
}

/* What is left of a document that is not whole without this field. */
static void withhold_rest(const struct redaction *r, const struct item *copy,
			  const struct field *missing)
{
	char reason[160];

	snprintf(reason, sizeof(reason),
		 "the document is not complete: %s is missing",
		 field_name(missing));
	withhold_values(r, copy, reason);
}

static struct item *redact_document(const struct redaction *r,
				    const struct item *root)
{
	struct pseudonym_list *pseudonyms = &r->withheld->pseudonyms;
	size_t known = pseudonyms->count;
	struct item *copy = item_new(NULL, NULL, NULL, NULL);

	for (const struct item *i = root->children; i != NULL; i = i->next) {
		struct redaction of = *r;
		if (!is_wanted(r, i, &of.since)) {
			withhold(r->withheld, r->document->name, i->field->path,
				 i->field->class, not_asked, 1);
			continue;
		}
		struct item *child = redact_item(&of, i);
		if (child != NULL) {
			item_add(copy, child);
		}
	}
	const struct field *missing = item_missing(r->document, copy);
	if (copy->children != NULL && missing == NULL) {
		return copy;
	}
	if (copy->children != NULL) {
		withhold_rest(r, copy, missing);
	}
	pseudonym_list_cut(pseudonyms, known);
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
	struct redaction r = { .given = rules,
			       .rules = rules,
			       .withheld = withheld };

	for (size_t n = 0; (r.document = document_at(n)) != NULL; n++) {
		enum document_kind kind = r.document->kind;
		const struct item *root = collected->documents[kind];
		out[kind] = NULL;
		if (root == NULL) {
			continue;
		}
		if (!is_wanted(&r, NULL, &r.since)) {
			withhold(withheld, r.document->name, "", CLASS_MACHINE,
				 not_asked, item_values(root));
			continue;
		}
		out[kind] = redact_document(&r, root);
	}
	for (const struct stray *s = collected->strays; s != NULL;
	     s = s->next) {
		withhold_stray(withheld, s);
	}
}
