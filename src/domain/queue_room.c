/*
 * The bounds of what waits: by age and by bytes. What goes is cancelled as a
 * person would cancel it, with an entry that says why, and the first words of
 * that entry are what finds it again.
 */
#include "domain/queue.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/time_known.h"

#define DROPPED "dropped: "

/* Those that go, and why. */
struct victims {
	const struct queue_limits *limits;
	int64_t made_before; /* what was made before is too old */
	int64_t made_after;  /* unless it was made before that */
	uint64_t total;      /* bytes of all that waits */
	bool of_people;      /* now those that a person approved */
	char (*ids)[UUID_TEXT_SIZE];
	size_t count;
};

static void add(struct victims *v, const struct outbox_item *item)
{
	v->ids = mem_resize(v->ids, (v->count + 1) * sizeof(*v->ids));
	memcpy(v->ids[v->count++], item->transaction, UUID_TEXT_SIZE);
	v->total -= item->bytes;
}

static bool sum(void *ctx, const struct outbox_item *item)
{
	struct victims *v = ctx;
	v->total += item->bytes;
	return true;
}

/*
 * One that bears a time from before this program existed was made by a clock
 * that stood wrong: nobody knows how old it is.
 */
static bool find_old(void *ctx, const struct outbox_item *item)
{
	struct victims *v = ctx;
	if (item->state == OUTBOX_QUEUED && item->created_at < v->made_before &&
	    item->created_at >= v->made_after) {
		add(v, item);
	}
	return true;
}

static bool find_oldest(void *ctx, const struct outbox_item *item)
{
	struct victims *v = ctx;
	if (v->total <= v->limits->bytes) {
		return false;
	}
	if (item->state == OUTBOX_QUEUED &&
	    automatic_is_actor(item->approved_by) != v->of_people) {
		add(v, item);
	}
	return true;
}

static bool drop(struct db *db, struct victims *v, const char *why, int64_t now,
		 size_t *dropped, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; ok && i < v->count; i++) {
		ok = outbox_cancel(db, "daemon", v->ids[i], why, now, err);
	}
	*dropped += v->count;
	v->count = 0;
	return ok;
}

static bool drop_old(struct db *db, struct victims *v, int64_t now,
		     size_t *dropped, struct err *err)
{
	struct time_known time;
	struct buf why = BUF_INIT;
	if (!time_known_read(db, now, &time, err)) {
		return false;
	}
	/*
	 * By the clock, which made the time that it has, and by what is known:
	 * a clock that is weeks behind makes nothing old at once, nor does a
	 * floor that was led ahead.
	 */
	v->made_before = (now < time.best ? now : time.best) - v->limits->age_s;
	v->made_after = time_known_build();
	if (!outbox_each_waiting(db, find_old, v, err)) {
		return false;
	}
	buf_printf(&why,
		   DROPPED "it waited for more than %" PRId64
			   " days (queue_days)",
		   v->limits->age_s / 86400);
	bool ok = drop(db, v, buf_str(&why), now, dropped, err);
	buf_clear(&why);
	return ok;
}

static bool drop_oldest(struct db *db, struct victims *v, bool of_people,
			int64_t now, size_t *dropped, struct err *err)
{
	struct buf why = BUF_INIT;
	v->of_people = of_people;
	if (!outbox_each_waiting(db, find_oldest, v, err)) {
		return false;
	}
	buf_printf(&why,
		   DROPPED "more than %" PRIu64
			   " megabytes would wait (queue_bytes), and the "
			   "oldest goes first",
		   v->limits->bytes / QUEUE_MEGABYTE);
	bool ok = drop(db, v, buf_str(&why), now, dropped, err);
	buf_clear(&why);
	return ok;
}

static bool make_room(struct db *db, uint64_t incoming, int64_t now,
		      size_t *dropped, struct err *err)
{
	struct queue_limits limits;
	struct victims v = { .limits = &limits };
	if (!queue_limits_read(db, &limits, err)) {
		return false;
	}
	if (incoming > limits.bytes) {
		return err_set(err, ERR_LIMIT,
			       "this transmission is more than all that may "
			       "wait to be sent, %" PRIu64
			       " megabytes (queue_bytes)",
			       limits.bytes / QUEUE_MEGABYTE);
	}
	bool ok = outbox_each_waiting(db, sum, &v, err) &&
		  drop_old(db, &v, now, dropped, err);
	v.total += incoming;
	ok = ok && drop_oldest(db, &v, false, now, dropped, err) &&
	     drop_oldest(db, &v, true, now, dropped, err);
	mem_free(v.ids);
	return ok;
}

bool queue_make_room(struct db *db, uint64_t incoming, int64_t now,
		     size_t *dropped, struct err *err)
{
	size_t count = 0;
	if (!db_begin(db, err) ||
	    !db_finish(db, make_room(db, incoming, now, &count, err), err)) {
		return false;
	}
	if (dropped != NULL) {
		*dropped = count;
	}
	return true;
}

/* ---- what was dropped ---- */

struct drops {
	struct queue_drop *at;
	size_t count, most;
};

static bool take_drop(void *ctx, const struct ledger_entry *entry,
		      struct err *err)
{
	struct drops *d = ctx;
	(void)err;
	if (d->count == d->most || entry->text == NULL ||
	    !text_starts_with(entry->text, DROPPED)) {
		return true;
	}
	d->at = mem_resize(d->at, (d->count + 1) * sizeof(*d->at));
	struct queue_drop *one = &d->at[d->count++];
	one->at = entry->at;
	line_copy(one->transaction, sizeof(one->transaction),
		  entry->transaction);
	line_copy(one->why, sizeof(one->why), entry->text);
	return true;
}

bool queue_drops(struct db *db, int64_t since, size_t limit,
		 struct queue_drop **list, size_t *count, struct err *err)
{
	const struct ledger_filter filter = { .kind = LEDGER_CANCELLED,
					      .actor = "daemon",
					      .since = since };
	struct drops found = { .most = limit };
	if (!ledger_each(db, &filter, 0, take_drop, &found, err)) {
		mem_free(found.at);
		return false;
	}
	*list = found.at;
	*count = found.count;
	return true;
}
