#ifndef SLUICE_CGI_DEVICE_TRANSMISSION_H
#define SLUICE_CGI_DEVICE_TRANSMISSION_H

#include "domain/outbox.h"
#include "web/router.h"

/* What preview, send, receipt and log pages show of one transmission. */

/* Finds visit->step in the outbox; 404 in plain words. */
MUST_USE bool transmission_find(struct visit *visit, struct outbox_item *item,
				struct err *err);

/*
 * Facts for a list or a page: transaction, services, bytes, sha256, made,
 * by, approved, attempts, peer, tag.
 */
void transmission_fill_facts(json_t *view, const struct outbox_item *item);

/*
 * What the partial documents.html needs: documents, withheld, exact bytes,
 * and "document_titles". Bytes that retention removed are no error.
 */
MUST_USE bool transmission_fill_content(struct visit *visit,
					const struct outbox_item *item,
					struct err *err);

#endif
