/* What tests of the queue share. */
#include "tests/unit/domain/queue_scene.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/time_known.h"

#define ALL                                                 \
	(METERING | SUPPLIES | SERVICE_BIT(SERVICE_PARTS) | \
	 SERVICE_BIT(SERVICE_MAINTENANCE) | SERVICE_BIT(SERVICE_ENGINEERING))

static int64_t utc(int64_t at)
{
	(void)at;
	return 0;
}

const struct queue_place queue_here = {
	.device_id = "device-1",
	.offset = utc,
	.provisioned = true,
};

int64_t queue_noon(void)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t at = 0;
	clock_format(text, time_known_build() + 40 * DAY_S);
	memcpy(text + 8, "10T12:00:00Z", 13);
	assert_true(clock_parse(text, &at));
	return at;
}

int queue_set_up(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	allow_services(t->db, ALL, queue_noon() - 100 * DAY_S);
	return 0;
}

static void approve(struct db *db, const char *actor,
		    const struct outbox_item *item, int64_t at)
{
	if (automatic_is_actor(actor)) {
		assert_done(outbox_approve_automatic(
			db, actor, item->transaction, item->sha256, "a test",
			at, err));
	} else {
		assert_done(outbox_approve(db, actor, item->transaction,
					   item->sha256, at, err));
	}
}

static void add(struct db *db, unsigned services, const char *actor,
		const char *body, int64_t at, struct outbox_item *item)
{
	stage_item(db, services, false, body, at, item);
	approve(db, actor, item, at);
	assert_done(outbox_get(db, item->transaction, item, err));
}

void queue_add(struct db *db, unsigned services, const char *actor, int64_t at,
	       struct outbox_item *item)
{
	add(db, services, actor, NULL, at, item);
}

void queue_add_sized(struct db *db, unsigned services, const char *actor,
		     size_t bytes, int64_t at, struct outbox_item *item)
{
	char *body = mem_zalloc(bytes + 1);
	memset(body, 'x', bytes);
	add(db, services, actor, body, at, item);
	mem_free(body);
}

void assert_hold(struct db *db, const struct outbox_item *item, int64_t now,
		 enum queue_hold hold, int64_t next_at)
{
	struct queue queue;
	bool found = false;
	assert_done(queue_read(db, &queue_here, now, &queue, err));
	for (size_t i = 0; i < queue.count; i++) {
		if (strcmp(queue.items[i].item.transaction,
			   item->transaction) == 0) {
			found = true;
			assert_string_equal(
				queue_hold_name(hold),
				queue_hold_name(queue.items[i].hold));
			assert_int_equal(next_at, queue.items[i].next_at);
		}
	}
	assert_true(found);
	queue_clear(&queue);
}

void assert_next(struct db *db, int64_t now, const struct outbox_item *item,
		 int64_t at)
{
	struct outbox_item found;
	int64_t again = 0;
	if (item == NULL) {
		assert_fails(ERR_NOT_FOUND, queue_next(db, &queue_here, now,
						       &found, &again, err));
		assert_int_equal(at, again);
	} else {
		assert_done(
			queue_next(db, &queue_here, now, &found, &again, err));
		assert_string_equal(item->transaction, found.transaction);
	}
}

void queue_set(struct db *db, const char *name, const char *value)
{
	assert_done(
		queue_setting_set(db, "ada", name, value, queue_noon(), err));
}
