/*
 * Check-ins: when one is due, the one request and its answer, and how a
 * failure is put off. The request is checkin_request.c's, what an answer
 * changes checkin_answer.c's, what people see domain/checkins.h's. The entry
 * and the row are written when the first byte is about to leave, never later;
 * no transaction is open while the network is waited for.
 */
#include "client/checkin_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "client/identity.h"
#include "client/schedule.h"
#include "client/timer.h"
#include "crypto/random.h"
#include "domain/consent.h"
#include "domain/instructions.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"

#define ANSWER_MAX ((size_t)16 * 1024) /* bytes */
#define ABOUT_BYTES 2048               /* of a request, with its head */
#define DAY_S ((int64_t)86400)
#define JITTER_PART 20             /* of an interval or a day */
#define FAR_S ((int64_t)3 * DAY_S) /* no pause of ours is longer */
#define DAEMON "daemon"

/* ---- the gates ---- */

static bool check_allowed(struct client *client, bool *allowed, struct err *err)
{
	struct consent remote;
	if (!consent_read_remote(client->db, client->now(), &remote, err)) {
		return false;
	}
	*allowed = remote.state == CONSENT_ALLOWED;
	return true;
}

static bool not_allowed(struct err *err)
{
	return err_set(err, ERR_DENIED,
		       "Remote services are not allowed, so this device does "
		       "not check in. Allow them first: \"sluice allow "
		       "remote\", or the page Services.");
}

/* Allowed still, within the month, and written down: the byte may leave. */
static bool write_begin(struct checkin_attempt *a, const char *peer,
			struct err *err)
{
	bool allowed = false;
	if (!check_allowed(a->client, &allowed, err)) {
		return false;
	}
	return (allowed || not_allowed(err)) &&
	       meter_book(&a->meter, queue_cost(a->text.len, 0), err) &&
	       checkins_begin(a->client->db, a->reason, a->actor, peer,
			      buf_str(&a->text), a->text.len, a->asked_at,
			      &a->number, err);
}

static bool begin(struct checkin_attempt *a, const uint8_t peer[SHA256_SIZE],
		  struct err *err)
{
	char hex[2 * SHA256_SIZE + 1];
	struct db *db = a->client->db;
	uint64_t booked = a->meter.booked;
	hex_encode(hex, peer, SHA256_SIZE);
	a->asked_at = a->client->now();
	if (!db_begin(db, &a->gate) ||
	    !db_finish(db, write_begin(a, hex, &a->gate), &a->gate)) {
		meter_unbook(&a->meter, a->meter.booked - booked);
		a->number = 0;
		return err_set(err, a->gate.kind, "%s", a->gate.text);
	}
	return true;
}

/* Between first byte and last: is it still allowed? */
static bool going(void *ctx, struct err *err)
{
	struct checkin_attempt *a = ctx;
	bool allowed = false;
	if (check_allowed(a->client, &allowed, &a->gate) &&
	    (allowed || not_allowed(&a->gate))) {
		return true;
	}
	return err_set(err, a->gate.kind, "%s", a->gate.text);
}

/* Before the name is looked up, and before the first byte. */
static bool watch(void *ctx, enum upload_stage stage,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	return stage == UPLOAD_CONNECTING ? going(ctx, err)
	       : stage == UPLOAD_SENDING  ? begin(ctx, peer, err)
					  : true;
}

/* ---- failures ---- */

/* What a status says, in words for a check-in. */
static void put_status(const struct checkin_attempt *a,
		       const struct http_answer *answer, bool permanent,
		       struct err *why)
{
	int status = answer->head.status;
	struct buf words = BUF_INIT;
	words.max = 256;
	ask_put_words(answer, &words);
	err_set(why, permanent ? ERR_DENIED : ERR_RETRY,
		"The server %s answered the check-in with %d%s. %s",
		a->link.server.name, status, buf_str(&words),
		status == 401 || status == 403
			? "Ask the vendor whether this device is registered."
		: permanent ? "Ask the vendor to check the server."
			    : "This will be tried again.");
	buf_clear(&words);
}

/* The server said no for good: once a day is enough to notice a change. */
static int64_t after_refusal(int64_t now, uint32_t random)
{
	return now + DAY_S +
	       (int64_t)((uint64_t)(DAY_S / JITTER_PART) * random >> 32);
}

static int64_t retry_at(const struct checkin_attempt *a, bool permanent,
			int status, int64_t retry_after_s, int64_t now)
{
	unsigned attempts = upload_is_misled(status) ? SCHEDULE_ATTEMPTS_LONGEST
						     : a->state.failures + 1;
	int64_t at = schedule_next_try(attempts, now, retry_after_s, a->random);
	int64_t daily = permanent ? after_refusal(now, a->random) : at;
	return daily > at ? daily : at;
}

/* The row, the entry, the budget, and the server's wish for all that waits. */
static bool write_failure(struct checkin_attempt *a, const char *problem,
			  bool permanent, int status, int64_t retry_after_s,
			  struct err *err)
{
	struct db *db = a->client->db;
	int64_t now = a->client->now();
	int64_t hold = schedule_next_try(1, now, retry_after_s, a->random);
	struct checkin_end end = {
		.number = a->number,
		.problem = problem,
		.permanent = permanent,
		.retry_at = retry_at(a, permanent, status, retry_after_s, now),
	};
	return checkin_allowed_at(a->client, &end.retry_at, err) &&
	       checkins_end(db, &end, now, err) &&
	       retry_budget_spend(db, now, err) &&
	       (retry_after_s <= 0 || queue_hold_until(db, hold, err));
}

static bool fail(struct checkin_attempt *a, const struct err *why,
		 bool permanent, int status, int64_t retry_after_s,
		 struct err *err)
{
	struct db *db = a->client->db;
	if (client_is_stopped(a->client)) {
		return true; /* ours, not theirs; the next one ends its row */
	}
	log_warn(a->client->log, "check-in: %s", why->text);
	return db_begin(db, err) &&
	       db_finish(db,
			 write_failure(a, why->text, permanent, status,
				       retry_after_s, err),
			 err);
}

/* We stopped it: withdrawn on the way, this month's limit, the database. */
static bool was_gated(struct checkin_attempt *a, struct err *err)
{
	const struct checkin_end end = {
		.number = a->number,
		.problem = a->gate.text,
		.retry_at = a->client->now(),
	};
	if (a->gate.kind != ERR_DENIED && a->gate.kind != ERR_LIMIT) {
		return err_set(err, a->gate.kind, "%s", a->gate.text);
	}
	log_info(a->client->log, "no check-in: %s", a->gate.text);
	return a->number == 0 ||
	       checkins_end(a->client->db, &end, a->client->now(), err);
}

/* ---- one check-in ---- */

/*
 * The request over the way. true with *why unset: it went well and is kept;
 * with *why set: it is written down that it failed.
 */
static bool exchange(struct checkin_attempt *a, struct ask_way *way,
		     struct checkin_answer *said, struct err *why,
		     struct err *err)
{
	const struct ask what = {
		.method = "POST",
		.target = CHECKIN_TARGET,
		.body_type = CHECKIN_MEDIA_TYPE,
		.body = a->text.data,
		.body_len = a->text.len,
		.answer_bytes = ANSWER_MAX,
	};
	struct http_answer answer = HTTP_ANSWER_INIT;
	bool ok = true, permanent = false;
	if (!ask_do(way, &what, &answer, why)) {
		return a->gate.kind != ERR_NONE
			       ? was_gated(a, err)
			       : fail(a, why, false, 0, 0, err);
	}
	if (answer.head.status != 200) {
		struct err kind = { .kind = ERR_NONE };
		ask_refused(way, &answer, &kind);
		permanent = kind.kind != ERR_RETRY;
		put_status(a, &answer, permanent, why);
	} else if (checkin_believe(a, &answer.body, said, why)) {
		ok = checkin_keep(a, &answer.body, said, answer.bytes_out,
				  answer.bytes_in, err);
	}
	if (why->kind != ERR_NONE) {
		ok = fail(a, why, permanent, answer.head.status,
			  answer.retry_after_s, err);
	}
	http_answer_clear(&answer);
	return ok;
}

/* What cannot be said is put off like a failure; the rest is the database's. */
static bool make_request(struct checkin_attempt *a, struct err *why,
			 struct err *err)
{
	if (checkin_make_request(a, why)) {
		return true;
	}
	return why->kind == ERR_INVALID || why->kind == ERR_LIMIT ||
			       why->kind == ERR_NOT_FOUND
		       ? fail(a, why, false, 0, 0, err)
		       : err_set(err, why->kind, "%s", why->text);
}

/* Makes the request anew; the way may be open already. */
static bool check_in(struct checkin_attempt *a, struct ask_way *way,
		     struct err *why, struct err *err)
{
	struct checkin_answer said;
	if (!checkins_read(a->client->db, a->client->now(), &a->state, err) ||
	    !make_request(a, why, err)) {
		return false;
	}
	if (why->kind != ERR_NONE) {
		return true;
	}
	/* The watch is told of a way only once. */
	if (way->told && !begin(a, way->peer, why)) {
		return was_gated(a, err);
	}
	if (!exchange(a, way, &said, why, err)) {
		return false;
	}
	if (why->kind == ERR_NONE) {
		log_info(a->client->log, "checked in");
		checkin_follow(a, way, &said);
	}
	return true;
}

static bool has_outcomes(struct client *client, bool *any, struct err *err)
{
	struct instruction_row *list = NULL;
	size_t count = 0;
	if (!instructions_unreported(client->db, 1, &list, &count, err)) {
		return false;
	}
	*any = count > 0;
	mem_free(list);
	return true;
}

/* What came of it at once is reported over the same connection, once. */
static bool check_in_and_report(struct checkin_attempt *a, struct ask_way *way,
				struct err *why, struct err *err)
{
	bool more = false;
	struct err again = { .kind = ERR_NONE };
	bool ok =
		check_in(a, way, why, err) &&
		(why->kind != ERR_NONE || has_outcomes(a->client, &more, err));
	checkin_clear_request(a);
	if (!ok || why->kind != ERR_NONE || !more ||
	    client_is_stopped(a->client)) {
		return ok;
	}
	a->reason = CHECKIN_OUTCOME;
	a->actor = DAEMON;
	a->number = 0;
	ok = check_in(a, way, &again, err);
	checkin_clear_request(a);
	return ok;
}

static bool go(struct checkin_attempt *a, struct err *why, struct err *err)
{
	struct ask_way way;
	const struct upload_watch watching = {
		.stage = watch,
		.ctx = a,
		.stop_fd = a->client->stop_fd,
		.going = going,
		.count = &a->meter.left,
	};
	random_bytes(&a->random, sizeof(a->random));
	/* How often it failed already says how long the next pause is. */
	if (!checkins_read(a->client->db, a->client->now(), &a->state, err)) {
		return false;
	}
	if (!link_load(a->client, &a->link, why)) {
		/* Without a certificate nobody was asked: no failure. */
		return !identity_is_provisioned(a->client->config) ||
		       fail(a, why, false, 0, 0, err);
	}
	ask_begin(&way, &a->link.server, &watching, link_time(a->client));
	bool ok = check_in_and_report(a, &way, why, err);
	ask_end(&way);
	link_clear(&a->link);
	return meter_settle(&a->meter, ok ? err : NULL) && ok;
}

/* ---- when ---- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * The time that was planned, unless it lies where no plan of ours can: the
 * clock was set back, or the interval became shorter.
 */
static bool planned(struct client *client, const struct checkin_state *s,
		    int64_t *at, struct err *err)
{
	int64_t now = client->now();
	*at = s->next_at;
	if (s->last_at > now || s->next_at > now + FAR_S + s->interval_s) {
		*at = now;
	}
	if (s->failures > 0 || s->last_at == 0) {
		return true;
	}
	int64_t last = s->last_at + s->interval_s + s->interval_s / JITTER_PART;
	if (!checkin_allowed_at(client, &last, err)) {
		return false;
	}
	*at = *at < last ? *at : last;
	return true;
}

/* *at: when it is due by itself. *reason: what for. */
static bool find_due(struct client *client, enum checkin_reason *reason,
		     int64_t *at, struct err *err)
{
	struct checkin_state s;
	struct retry_budget budget;
	struct queue_month month;
	bool outcomes = false;
	int64_t now = client->now(), held = 0;
	if (!checkins_read(client->db, now, &s, err) ||
	    !planned(client, &s, at, err) ||
	    !has_outcomes(client, &outcomes, err) ||
	    !retry_budget_read(client->db, now, &budget, err) ||
	    !queue_month_read(client->db, now, &month, err) ||
	    !queue_held_until(client->db, now, &held, err)) {
		return false;
	}
	*reason = CHECKIN_SLOT;
	if (outcomes && s.failures == 0 && *at > now) {
		*reason = CHECKIN_OUTCOME;
		*at = now;
	}
	*at = later(*at, held);
	*at = budget.left == 0 ? later(*at, budget.renewed_at) : *at;
	*at = month.left < queue_cost(ABOUT_BYTES, 0)
		      ? later(*at, month.ends_at)
		      : *at;
	*at = later(*at, now); /* what is late is due now */
	return checkin_allowed_at(client, at, err);
}

static bool by_itself(struct client *client, int64_t *next, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct checkin_attempt a = { .client = client,
				     .actor = DAEMON,
				     .meter = METER_INIT(client) };
	enum checkin_reason unused;
	if (!find_due(client, &a.reason, next, err)) {
		return false;
	}
	if (*next > client->now()) {
		return true;
	}
	if (!go(&a, &why, err) || !find_due(client, &unused, next, err)) {
		return false;
	}
	/* Whatever stopped it: never again at once. */
	*next = later(*next, client->now() + SCHEDULE_FIRST_S / 2);
	return true;
}

static bool for_person(struct client *client, const char *asked_by,
		       struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct checkin_attempt a = { .client = client,
				     .reason = CHECKIN_PERSON,
				     .actor = asked_by,
				     .meter = METER_INIT(client) };
	return go(&a, &why, err) &&
	       (why.kind == ERR_NONE || err_set(err, why.kind, "%s", why.text));
}

bool checkin_round(struct client *client, const char *asked_by, int64_t *next,
		   struct err *err)
{
	bool allowed = false;
	*next = TIMER_NEVER;
	if (!check_allowed(client, &allowed, err)) {
		return false;
	}
	if (!allowed) {
		return asked_by == NULL || not_allowed(err);
	}
	if (asked_by != NULL) {
		return for_person(client, asked_by, err);
	}
	return !identity_is_provisioned(client->config) ||
	       by_itself(client, next, err);
}
