#ifndef SLUICE_CGI_DEVICE_RECEIPT_H
#define SLUICE_CGI_DEVICE_RECEIPT_H

#include "domain/outbox.h"
#include "web/router.h"

/* "steps" of the delivery, each with its tag. */
void receipt_fill_steps(json_t *view, const struct outbox_item *item);

/* The page of a transmission that is SENT; facts are in the view already. */
MUST_USE bool receipt_show(struct visit *visit, const struct outbox_item *item,
			   struct err *err);

#endif
