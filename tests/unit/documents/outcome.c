/*
 * What the tests of redact.c start from. See outcome.h.
 */
#include "outcome.h"

#include <string.h>

#include "base/text.h"

static void run(struct outcome *o, const struct redact_rules *rules)
{
	memset(o->out, 0, sizeof(o->out));
	memset(&o->withheld, 0, sizeof(o->withheld));
	redact(&o->found, rules, o->out, &o->withheld);
}

void outcome_of_samples(struct outcome *o, const struct redact_rules *rules)
{
	samples_collect(&o->found);
	run(o, rules);
}

void outcome_of(struct outcome *o, const struct redact_rules *rules,
		const char *body)
{
	samples_collect_body(&o->found, body);
	run(o, rules);
}

void outcome_clear(struct outcome *o)
{
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		item_free(o->out[i]);
	}
	withheld_clear(&o->withheld);
	collected_clear(&o->found);
}

const struct withheld *outcome_withheld(const struct outcome *o,
					const char *document, const char *path)
{
	for (size_t i = 0; i < o->withheld.count; i++) {
		const struct withheld *w = &o->withheld.at[i];
		if (strcmp(w->document, document) == 0 &&
		    strcmp(w->path, path) == 0) {
			return w;
		}
	}
	return NULL;
}

unsigned outcome_count(const struct outcome *o, const char *document,
		       const char *path, const char *reason)
{
	unsigned count = 0;

	for (size_t i = 0; i < o->withheld.count; i++) {
		const struct withheld *w = &o->withheld.at[i];
		if (strcmp(w->document, document) == 0 &&
		    strcmp(w->path, path) == 0 &&
		    text_starts_with(w->reason, reason)) {
			count += w->count;
		}
	}
	return count;
}

size_t outcome_values(const struct outcome *o)
{
	size_t count = 0;

	for (size_t i = 0; i < o->withheld.count; i++) {
		count += o->withheld.at[i].count;
	}
	return count;
}
