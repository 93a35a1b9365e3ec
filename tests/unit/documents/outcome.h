#ifndef SLUICE_TESTS_DOCUMENTS_OUTCOME_H
#define SLUICE_TESTS_DOCUMENTS_OUTCOME_H

#include "documents/redact.h"
#include "samples.h"

/* What redact() made of something, for the tests of it. */
struct outcome {
	struct collected found;
	struct item *out[DOCUMENT_KINDS];
	struct withheld_list withheld;
};

/* Of samples_collect(), or of samples_collect_body(). */
void outcome_of_samples(struct outcome *o, const struct redact_rules *rules);
void outcome_of(struct outcome *o, const struct redact_rules *rules,
		const char *body);
void outcome_clear(struct outcome *o);

/* The first row of withheld for this field; NULL = none. */
const struct withheld *outcome_withheld(const struct outcome *o,
					const char *document, const char *path);

/* How many of it are withheld for this reason, as far as it is given. */
unsigned outcome_count(const struct outcome *o, const char *document,
		       const char *path, const char *reason);

/* How many values are withheld at all. */
size_t outcome_values(const struct outcome *o);

#endif
