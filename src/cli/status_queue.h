#ifndef SLUICE_CLI_STATUS_QUEUE_H
#define SLUICE_CLI_STATUS_QUEUE_H

#include <stdio.h>

#include <jansson.h>

#include "cli/device.h"
#include "domain/queue.h"

/* What waits to be sent, as "sluice status" and "sluice send" tell it. */
struct status_queue {
	struct queue queue;
	struct queue_drop *drops; /* of the last day, newest first */
	size_t drops_count;
};

/* Release with status_queue_clear(). */
MUST_USE bool status_queue_read(const struct cli_device *device,
				struct status_queue *q, struct err *err);
void status_queue_clear(struct status_queue *q); /* a zeroed one is fine */

/* One that is not in the queue (prepared, sent) has no hold. */
void status_queue_put_item(const struct queue_item *item, FILE *out);
json_t *status_queue_item_json(const struct queue_item *item);

/* Lines below the items: how full it is, the month, what was dropped. */
void status_queue_put(const struct status_queue *q, FILE *out);
/* Adds "queue", "month" and "dropped". */
void status_queue_add_json(const struct status_queue *q, json_t *all);

/* How one item waits now; hold NONE when it does not. Errors: database's. */
MUST_USE bool status_queue_hold(const struct cli_device *device,
				const char *transaction, enum queue_hold *hold,
				int64_t *next_at, struct err *err);

#endif
