/*
 * Why something waits, and what goes next. Asked anew each time, from what is
 * kept and from the clock as it stands: nothing here writes but the server's
 * wish for a pause. The items are outbox.c's, limits queue_settings.c's, what
 * is dropped queue_room.c's, the month queue_month.c's.
 */
#include "domain/queue.h"

#include <string.h>

#include "base/mem.h"
#include "domain/consent.h"
#include "domain/retry_budget.h"
#include "domain/settings.h"
#include "domain/time_known.h"

#define OPEN (-1) /* until something changes */

static const struct {
	const char *name;
	const char *words;
} holds[QUEUE_HOLDS] = {
	[QUEUE_HOLD_NONE] = { "", "" },
	[QUEUE_HOLD_NOT_ALLOWED] = { "not-allowed",
				     "Remote services are not allowed" },
	[QUEUE_HOLD_QUIET] = { "quiet",
			       "Waits for the end of the quiet hours" },
	[QUEUE_HOLD_MONTH] = { "month",
			       "Waits for the next month: this month's limit "
			       "leaves too little" },
	[QUEUE_HOLD_BUDGET] = { "budget",
				"Waits: too many tries failed within a day" },
	[QUEUE_HOLD_SERVER] = { "server",
				"The server asked this device to wait" },
	[QUEUE_HOLD_RETRY] = { "retry", "Waits for the next try" },
	[QUEUE_HOLD_ORDER] = { "order",
			       "Waits until an older one of the same kind is "
			       "sent" },
	[QUEUE_HOLD_IDENTITY] = { "identity",
				  "Waits for a certificate: this device has "
				  "none for the server yet" },
};

const char *queue_hold_name(enum queue_hold hold)
{
	return (unsigned)hold < QUEUE_HOLDS ? holds[hold].name : "";
}

void queue_put_hold(struct buf *out, enum queue_hold hold)
{
	buf_put_str(out, (unsigned)hold < QUEUE_HOLDS ? holds[hold].words : "");
}

/* ---- kinds of documents ---- */

/* Bits of the document kinds; Customer Info goes with any and orders none. */
static unsigned kinds_of(const struct service *service)
{
	unsigned kinds = 0;
	for (const enum document_kind *k = service->documents;
	     *k != DOCUMENT_UNSET; k++) {
		kinds |= *k != DOCUMENT_CUSTOMER_INFO ? 1u << *k : 0;
	}
	return kinds;
}

unsigned queue_kin(unsigned services)
{
	const struct service *s;
	unsigned kinds = 0, kin = 0;
	for (size_t i = 0; (s = service_at(i)) != NULL; i++) {
		kinds |= (services & SERVICE_BIT(s->id)) != 0 ? kinds_of(s) : 0;
	}
	for (size_t i = 0; (s = service_at(i)) != NULL; i++) {
		kin |= (kinds_of(s) & kinds) != 0 ? SERVICE_BIT(s->id) : 0;
	}
	return kin;
}

/* ---- the server's wish ---- */

bool queue_hold_until(struct db *db, int64_t until, struct err *err)
{
	return settings_set_number(db, "hold_until", until, err);
}

bool queue_held_until(struct db *db, int64_t now, int64_t *until,
		      struct err *err)
{
	int64_t found;
	if (!settings_get_number(db, "hold_until", &found, err)) {
		return false;
	}
	*until = found > now && found - now <= QUEUE_LONGEST_S ? found : 0;
	return true;
}

/* ---- judging ---- */

/* What holds for all, and what the items before have left behind. */
struct judge {
	int64_t now;
	int64_t ahead; /* of the clock: hours of the day go by the best time */
	bool allowed, provisioned;
	struct queue_limits limits;
	struct queue_month month;
	struct timetable hours;
	struct retry_budget budget;
	int64_t held_until;
	unsigned blocked; /* services whose kinds an older one holds */
	int64_t blocked_until[SERVICES_END];
};

/*
 * Of the decisions only that about remote services as a whole: those about an
 * item's own services are asked for when it goes.
 */
static bool judge_begin(struct judge *j, struct db *db,
			const struct queue_place *place, int64_t now,
			struct err *err)
{
	struct consent remote;
	struct time_known time;
	memset(j, 0, sizeof(*j));
	if (!time_known_read(db, now, &time, err) ||
	    !consent_read_remote(db, now, &remote, err) ||
	    !automatic_hours(db, place->device_id, place->offset, &j->hours,
			     err) ||
	    !queue_limits_read(db, &j->limits, err) ||
	    !queue_month_read(db, now, &j->month, err) ||
	    !retry_budget_read(db, now, &j->budget, err) ||
	    !queue_held_until(db, now, &j->held_until, err)) {
		return false;
	}
	j->now = now;
	j->ahead = now - time.best;
	j->allowed = remote.state == CONSENT_ALLOWED;
	j->provisioned = place->provisioned;
	return true;
}

/* The reason that holds for longest is the one that is told. */
struct verdict {
	enum queue_hold hold;
	int64_t at;
};

static void hold_for(struct verdict *v, enum queue_hold hold, int64_t at)
{
	if (v->at != OPEN && (at == OPEN || at > v->at)) {
		*v = (struct verdict){ hold, at };
	}
}

/* When it fell due by itself; far ahead means that the clock was set back. */
static int64_t ready_at(const struct outbox_item *item, int64_t now)
{
	int64_t at = item->next_try_at;
	if (at > now + QUEUE_LONGEST_S) {
		at = 0;
	}
	if (item->approved_at > at && item->approved_at <= now) {
		at = item->approved_at;
	}
	return at;
}

/* Both by the clock. */
static int64_t allowed_at(const struct judge *j, int64_t at)
{
	return timetable_allowed(&j->hours, at - j->ahead) + j->ahead;
}

/*
 * What became ready within quiet hours goes at their end and a bit, each
 * device after its own; not all of them in the same minute.
 */
static void judge_quiet(const struct judge *j, int64_t ready, struct verdict *v)
{
	int64_t from = v->at > ready ? v->at : ready;
	if (v->at == OPEN || from > j->now + QUEUE_LONGEST_S) {
		return;
	}
	int64_t at = allowed_at(j, from);
	if (at <= j->now) {
		at = allowed_at(j, j->now);
	}
	if (at > j->now) {
		hold_for(v, QUEUE_HOLD_QUIET, at);
	}
}

static void judge_month(const struct judge *j, const struct outbox_item *item,
			struct verdict *v)
{
	uint64_t cost = queue_cost(item->bytes, j->limits.rate);
	if (cost > j->month.left) {
		hold_for(v, QUEUE_HOLD_MONTH,
			 cost > j->limits.month ? OPEN : j->month.ends_at);
	}
}

static void judge_order(const struct judge *j, unsigned services,
			struct verdict *v)
{
	unsigned behind = queue_kin(services) & j->blocked;
	for (unsigned id = 0; id < SERVICES_END; id++) {
		if ((behind & SERVICE_BIT(id)) != 0) {
			hold_for(v, QUEUE_HOLD_ORDER, j->blocked_until[id]);
		}
	}
}

/* Newer ones of its kinds wait behind it. */
static void block(struct judge *j, unsigned services, int64_t until)
{
	j->blocked |= services;
	for (unsigned id = 0; id < SERVICES_END; id++) {
		int64_t *kept = &j->blocked_until[id];
		if ((services & SERVICE_BIT(id)) != 0 && *kept != OPEN &&
		    (until == OPEN || until > *kept)) {
			*kept = until;
		}
	}
}

/* Items come oldest first. */
static struct verdict judge(struct judge *j, const struct outbox_item *item)
{
	struct verdict v = { QUEUE_HOLD_NONE, 0 };
	int64_t ready = ready_at(item, j->now);
	bool by_itself = automatic_is_actor(item->approved_by);
	if (!j->allowed) {
		return (struct verdict){ QUEUE_HOLD_NOT_ALLOWED, OPEN };
	}
	if (!j->provisioned) {
		return (struct verdict){ QUEUE_HOLD_IDENTITY, OPEN };
	}
	if (ready > j->now) {
		hold_for(&v, QUEUE_HOLD_RETRY, ready);
	}
	if (j->held_until != 0) {
		hold_for(&v, QUEUE_HOLD_SERVER, j->held_until);
	}
	judge_month(j, item, &v);
	judge_order(j, item->services, &v);
	const struct verdict of_all = v;
	if (by_itself && j->budget.left == 0) {
		hold_for(&v, QUEUE_HOLD_BUDGET, j->budget.renewed_at);
	}
	if (by_itself || j->limits.quiet_all) {
		judge_quiet(j, ready, &v);
	}
	/* What holds it because nobody pressed Send holds no others. */
	if (of_all.hold != QUEUE_HOLD_NONE) {
		block(j, item->services, of_all.at);
	}
	return v;
}

/* ---- reading ---- */

struct reading {
	struct judge judge;
	struct queue *queue;
};

static bool take_item(void *ctx, const struct outbox_item *item)
{
	struct reading *r = ctx;
	struct queue *q = r->queue;
	q->items = mem_resize(q->items, (q->count + 1) * sizeof(*q->items));
	struct queue_item *one = &q->items[q->count++];
	*one = (struct queue_item){ .item = *item };
	q->bytes += item->bytes;
	if (item->state == OUTBOX_QUEUED) {
		struct verdict v = judge(&r->judge, item);
		one->hold = v.hold;
		one->next_at = v.at;
	}
	return true;
}

bool queue_read(struct db *db, const struct queue_place *place, int64_t now,
		struct queue *queue, struct err *err)
{
	struct queue found = { .items = NULL };
	struct reading r = { .queue = &found };
	if (!db_snapshot(db, err)) {
		return false;
	}
	bool ok = judge_begin(&r.judge, db, place, now, err) &&
		  outbox_each_waiting(db, take_item, &r, err);
	if (!db_finish(db, ok, err)) {
		queue_clear(&found);
		return false;
	}
	found.limits = r.judge.limits;
	found.month_used = r.judge.month.used;
	*queue = found;
	return true;
}

void queue_clear(struct queue *queue)
{
	mem_free(queue->items);
	queue->items = NULL;
	queue->count = 0;
}

/* ---- what goes next ---- */

struct search {
	struct judge judge;
	struct outbox_item item;
	bool found;
	int64_t at;
};

static bool find_next(void *ctx, const struct outbox_item *item)
{
	struct search *s = ctx;
	if (item->state != OUTBOX_QUEUED) {
		return true;
	}
	struct verdict v = judge(&s->judge, item);
	s->found =
		v.hold == QUEUE_HOLD_NONE || v.hold == QUEUE_HOLD_NOT_ALLOWED;
	if (s->found) {
		s->item = *item;
	} else if (v.at != OPEN && v.at < s->at) {
		s->at = v.at;
	}
	return !s->found;
}

bool queue_next(struct db *db, const struct queue_place *place, int64_t now,
		struct outbox_item *item, int64_t *at, struct err *err)
{
	struct search s = { .at = INT64_MAX };
	if (!db_snapshot(db, err)) {
		return false;
	}
	bool ok = judge_begin(&s.judge, db, place, now, err) &&
		  outbox_each_waiting(db, find_next, &s, err);
	if (!db_finish(db, ok, err)) {
		return false;
	}
	if (!s.found) {
		*at = s.at;
		return err_set(err, ERR_NOT_FOUND,
			       "nothing waits to be sent now");
	}
	*item = s.item;
	return true;
}
