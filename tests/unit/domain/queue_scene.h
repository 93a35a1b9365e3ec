#ifndef SLUICE_TESTS_QUEUE_SCENE_H
#define SLUICE_TESTS_QUEUE_SCENE_H

#include "domain/queue.h"
#include "tests/unit/domain/people.h"

/*
 * What tests of the queue share: metering, supplies, parts, maintenance and
 * engineering are allowed. Times are after the build of this program, or no
 * clock would be believed.
 */
#define HOUR_S ((int64_t)3600)
#define DAY_S ((int64_t)86400)

/* Noon (UTC) of the 10th of a month after the build. */
int64_t queue_noon(void);
int queue_set_up(void **state);

/* A provisioned device in UTC. */
extern const struct queue_place queue_here;

/* Staged and approved at a time, by "otto" or AUTOMATIC_TIMER. */
void queue_add(struct db *db, unsigned services, const char *actor, int64_t at,
	       struct outbox_item *item);
/* The same of a size. */
void queue_add_sized(struct db *db, unsigned services, const char *actor,
		     size_t bytes, int64_t at, struct outbox_item *item);

/* How an item waits, and until when. */
void assert_hold(struct db *db, const struct outbox_item *item, int64_t now,
		 enum queue_hold hold, int64_t next_at);
/* What goes next; item NULL = none, and when to ask again. */
void assert_next(struct db *db, int64_t now, const struct outbox_item *item,
		 int64_t at);

void queue_set(struct db *db, const char *name, const char *value);

#endif
