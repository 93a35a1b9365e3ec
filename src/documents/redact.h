#ifndef SLUICE_DOCUMENTS_REDACT_H
#define SLUICE_DOCUMENTS_REDACT_H

#include "documents/transmission.h"

/*
 * Why a field may not leave under these rules, for people; NULL = it may,
 * of class network perhaps as a pseudonym. What is in no service's documents
 * never comes so far.
 */
const char *redact_refusal(const struct field *field,
			   const struct redact_rules *rules);

/*
 * Copies from collected what may leave. out[kind] is the document's root to
 * item_free(), NULL where nothing of it may leave. Everything else that was
 * found, strays too, is put into withheld (appended).
 */
void redact(const struct collected *collected, const struct redact_rules *rules,
	    struct item *out[DOCUMENT_KINDS], struct withheld_list *withheld);

#endif
