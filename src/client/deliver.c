/*
 * The only place that joins the outbox and the network. What goes next is
 * domain/queue's to say. A transmission's way: grants looked at before there
 * is any socket; connection; outbox_begin(), which in one transaction asks for
 * the grants and the approved hash again and writes that the first byte is
 * about to leave; the bytes, with a look at the grants again and again until
 * the last; the receipt, which alone makes it received. No transaction is open
 * while the network is waited for. After a crash in between, outbox_recover()
 * queues the same bytes under the same transaction, and the server knows them
 * by that.
 */
#include "client/deliver.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "base/zone.h"
#include "client/checkpoint.h"
#include "client/identity.h"
#include "client/link.h"
#include "client/meter.h"
#include "client/receipt.h"
#include "client/schedule.h"
#include "crypto/random.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/outbox.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"
#include "net/upload.h"

/*
 * Where the line breaks again and again at one transmission, the others go
 * before it, or it would hold them for ever.
 */
#define BEHIND_S 10

/* An administrator mends what cannot be loaded, and nobody is asked. */
#define LOAD_PAUSE_S 60

/* One transmission on its way. */
struct delivery {
	struct client *client;
	const struct outbox_item *item;
	struct buf body;
	struct link link;
	struct meter meter;
	uint64_t rate;   /* most bytes a second; 0 = any */
	bool begun;      /* outbox_begin() has committed */
	struct err gate; /* what the outbox said when it stopped us */
};

/*
 * The signed head of the log with the entry that it is to cover. Without it
 * the receipt stands all the same: the end of the round signs again.
 */
static void sign_log(struct delivery *d)
{
	struct err why = { .kind = ERR_NONE };
	if (!checkpoint_sign(d->client, &why)) {
		log_warn(d->client->log, "the log is not signed: %s", why.text);
	}
}

/* Received: the item, its entry, the times, the head, in one transaction. */
static bool write_receipt(struct delivery *d, const char *note,
			  int64_t received_at, struct err *err)
{
	if (!outbox_sent(d->client->db, d->item->transaction, note, received_at,
			 d->client->now(), err) ||
	    !link_keep_times(d->client, &d->link, received_at, err)) {
		return false;
	}
	sign_log(d);
	return true;
}

/* Tells the progress page; nothing depends on it. */
static void show(struct delivery *d, enum outbox_stage stage)
{
	struct err why = { .kind = ERR_NONE };
	if (!outbox_progress(d->client->db, d->item->transaction, stage,
			     &why)) {
		log_warn(d->client->log, "%s: %s", d->item->transaction,
			 why.text);
	}
	client_moved(d->client);
}

/*
 * What the outbox decides is kept, a no as well; only what cannot be booked
 * undoes it. true = to be committed.
 */
static bool begin_booked(struct delivery *d, const char *peer, uint64_t cost,
			 struct err *why, struct err *err)
{
	const struct client *client = d->client;
	if (outbox_begin(client->db, d->item->transaction, peer, client->now(),
			 why)) {
		return meter_book(&d->meter, cost, err);
	}
	return why->kind == ERR_DENIED || why->kind == ERR_INVALID ||
	       err_set(err, why->kind, "%s", why->text);
}

/* The last gate: true = the first byte may leave. */
static bool begin(struct delivery *d, const uint8_t peer[SHA256_SIZE],
		  struct err *err)
{
	char hex[2 * SHA256_SIZE + 1];
	struct db *db = d->client->db;
	struct err why = { .kind = ERR_NONE };
	uint64_t cost = queue_cost(d->body.len, d->rate);
	hex_encode(hex, peer, SHA256_SIZE);
	if (!db_begin(db, err)) {
		return false;
	}
	if (!db_finish(db, begin_booked(d, hex, cost, &why, err), err)) {
		if (d->meter.booked > 0) {
			meter_unbook(&d->meter, cost);
		}
		return false;
	}
	if (why.kind != ERR_NONE) {
		return err_set(err, why.kind, "%s", why.text);
	}
	d->begun = true;
	show(d, STAGE_UPLOADING);
	return true;
}

static bool watch(void *ctx, enum upload_stage stage,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	struct delivery *d = ctx;
	const struct outbox_item *item = d->item;
	bool ok = true;
	switch (stage) {
	case UPLOAD_CONNECTING:
		/* Fails when somebody has cancelled it meanwhile. */
		ok = outbox_progress(d->client->db, item->transaction,
				     STAGE_CONNECTING, &d->gate);
		client_moved(d->client);
		break;
	case UPLOAD_CONNECTED:
		break; /* outbox_begin() writes it with the rest */
	case UPLOAD_SENDING:
		ok = begin(d, peer, &d->gate);
		break;
	case UPLOAD_SENT:
		show(d, STAGE_UPLOADED);
		break;
	case UPLOAD_UNSET:
		break;
	}
	return ok || err_set(err, d->gate.kind, "%s", d->gate.text);
}

/* Between first byte and last: is it still allowed? */
static bool going(void *ctx, struct err *err)
{
	struct delivery *d = ctx;
	const struct outbox_item *item = d->item;
	return consent_covers(d->client->db, item->services, item->grants,
			      d->client->now(), &d->gate) ||
	       err_set(err, d->gate.kind, "%s", d->gate.text);
}

/* Back into the queue until then. */
static bool requeue(struct delivery *d, const struct err *why, int64_t next,
		    struct deliver_report *report, struct err *err)
{
	struct client *client = d->client;
	const char *transaction = d->item->transaction;
	int64_t now = client->now();
	log_warn(client->log, "%s waits for another %" PRId64 " s: %s",
		 transaction, next - now, why->text);
	report->waiting++;
	return outbox_retry(client->db, transaction, why->text, next, now, err);
}

/*
 * What the server asks for holds everything, for all devices a bit apart. Not
 * a day's quota: what is smaller may fit, and check-ins go on.
 */
static bool keep_wish(struct client *client, const struct upload_answer *answer,
		      uint32_t random, struct err *err)
{
	return answer->retry_after_s <= 0 || answer->quota ||
	       queue_hold_until(client->db,
				schedule_next_try(1, client->now(),
						  answer->retry_after_s,
						  random),
				err);
}

/* Has a person sent one that was not tried yet? */
static bool is_fresh(void *ctx, const struct outbox_item *item)
{
	bool *fresh = ctx;
	*fresh = item->state == OUTBOX_QUEUED && item->attempts == 0 &&
		 !automatic_is_actor(item->approved_by);
	return !*fresh;
}

/*
 * The others, until this one is tried again; sooner if somebody pressed Send
 * just now, who must not wait for as long as one that failed all day.
 */
static bool put_off_others(struct delivery *d, const char *why, int64_t until,
			   size_t *others, struct err *err)
{
	struct client *client = d->client;
	int64_t soon = client->now() + SCHEDULE_FIRST_S;
	bool fresh = false;
	if (!outbox_each_waiting(client->db, is_fresh, &fresh, err)) {
		return false;
	}
	if (fresh && until > soon) {
		until = soon;
	}
	if (!outbox_put_off_others(client->db, d->item, why, until,
				   client->now(), others, err)) {
		return false;
	}
	client_lost(client, why, until);
	return true;
}

/* Not this one failed but the way to the server. */
static bool lost(struct delivery *d, const struct err *why,
		 struct deliver_report *report, struct err *err)
{
	struct client *client = d->client;
	int64_t now = client->now();
	uint32_t random;
	size_t others = 0;
	random_bytes(&random, sizeof(random));
	int64_t next = schedule_next_try(d->item->attempts + 1, now, 0, random);
	if (!retry_budget_spend(client->db, now, err) ||
	    !put_off_others(d, why->text, next, &others, err)) {
		return false;
	}
	if (others > 0) {
		log_warn(client->log,
			 "the server cannot be reached: %zu more wait", others);
	}
	report->put_off += (unsigned)others;
	return requeue(d, why, d->begun && others > 0 ? next + BEHIND_S : next,
		       report, err);
}

/*
 * The same, for as long as schedule.c says; for the longest time when only a
 * person can mend it. Counts as a try in vain.
 */
static bool put_off(struct delivery *d, const struct err *why,
		    const struct upload_answer *answer,
		    struct deliver_report *report, struct err *err)
{
	struct client *client = d->client;
	int64_t now = client->now();
	int64_t after_s = answer->retry_after_s;
	unsigned attempts = upload_is_misled(answer->status)
				    ? SCHEDULE_ATTEMPTS_LONGEST
				    : d->item->attempts + 1;
	uint32_t random;
	if (client_is_stopped(client)) {
		return requeue(d, why, now, report, err); /* ours, not theirs */
	}
	if (why->kind == ERR_RETRY && answer->status == 0) {
		return lost(d, why, report, err);
	}
	random_bytes(&random, sizeof(random));
	return retry_budget_spend(client->db, now, err) &&
	       keep_wish(client, answer, random, err) &&
	       requeue(d, why,
		       schedule_next_try(attempts, now, after_s, random),
		       report, err);
}

static bool give_up(struct delivery *d, const struct err *why,
		    struct deliver_report *report, struct err *err)
{
	log_error(d->client->log, "%s failed: %s", d->item->transaction,
		  why->text);
	report->failed++;
	return outbox_fail(d->client->db, d->item->transaction, why->text,
			   d->client->now(), err);
}

/* Said no: cancelled, withdrawn (perhaps on the way), or other bytes. */
static bool was_gated(struct delivery *d, struct deliver_report *report,
		      struct err *err)
{
	log_info(d->client->log, "%s is not sent: %s", d->item->transaction,
		 d->gate.text);
	switch (d->gate.kind) {
	case ERR_DENIED:
		report->cancelled++;
		return !d->begun ||
		       outbox_stopped(d->client->db, d->item->transaction,
				      d->gate.text, d->client->now(), err);
	case ERR_INVALID:
		report->failed++;
		return true;
	case ERR_LIMIT: /* of the month: it stays as it was */
		report->waiting++;
		return true;
	default:
		return err_set(err, d->gate.kind, "%s", d->gate.text);
	}
}

static bool accept_receipt(struct delivery *d,
			   const struct upload_answer *answer,
			   struct deliver_report *report, struct err *err)
{
	struct client *client = d->client;
	const struct outbox_item *item = d->item;
	const struct receipt_expected expected = {
		.device = client->config->id,
		.transaction = item->transaction,
		.sha256 = item->sha256,
		.bytes = item->bytes,
	};
	struct receipt receipt;
	struct err why = { .kind = ERR_NONE };
	if (!receipt_check(buf_str(&answer->receipt), answer->receipt.len,
			   &d->link.verifier, &expected, &receipt, &why)) {
		struct err text = { .kind = ERR_NONE };
		err_set(&text, ERR_RETRY,
			"The server's answer is no proof that it has the "
			"data. %s Ask the vendor to check the server.",
			why.text);
		return put_off(d, &text, answer, report, err);
	}
	if (!write_receipt(d, buf_str(&answer->receipt), receipt.received_at,
			   err)) {
		return false;
	}
	report->sent++;
	log_info(client->log, "%s received by the server, entry %" PRIu64,
		 item->transaction, receipt.index);
	return true;
}

/* What became of it, with its bytes, in one transaction. */
static bool conclude(struct delivery *d, bool uploaded, const struct err *why,
		     const struct upload_answer *answer,
		     struct deliver_report *report, struct err *err)
{
	bool ok;
	if (uploaded) {
		ok = accept_receipt(d, answer, report, err);
	} else if (d->gate.kind != ERR_NONE) {
		ok = was_gated(d, report, err);
	} else if (why->kind == ERR_RETRY || why->kind == ERR_IO) {
		ok = put_off(d, why, answer, report, err);
	} else {
		ok = retry_budget_spend(d->client->db, d->client->now(), err) &&
		     give_up(d, why, report, err);
	}
	return ok && meter_settle(&d->meter, err);
}

/* Uploads, then sorts the outcome. */
static bool upload(struct delivery *d, struct deliver_report *report,
		   struct err *err)
{
	struct upload what = {
		.transaction = d->item->transaction,
		.type = TRANSMISSION_TYPE,
		.body = { .data = d->body.data, .fd = -1, .size = d->body.len },
		.rate = d->rate,
	};
	struct db *db = d->client->db;
	const struct upload_watch watching = { .stage = watch,
					       .ctx = d,
					       .stop_fd = d->client->stop_fd,
					       .going = going,
					       .count = &d->meter.left };
	struct upload_answer answer = UPLOAD_ANSWER_INIT;
	struct err why = { .kind = ERR_NONE };
	sha256_bytes(d->body.data, d->body.len, what.sha256);
	bool ok = upload_send(&d->link.server, &what, &watching,
			      link_time(d->client), &answer, &why);
	ok = db_begin(db, err) &&
	     db_finish(db, conclude(d, ok, &why, &answer, report, err), err);
	upload_answer_clear(&answer);
	return ok;
}

/*
 * Before any socket: is it still allowed? The outbox asks again later; here
 * it is for the promise that without a grant there is no packet at all.
 */
static bool check_grants(struct delivery *d, bool *covered,
			 struct deliver_report *report, struct err *err)
{
	struct client *client = d->client;
	struct err why = { .kind = ERR_NONE };
	*covered = consent_covers(client->db, d->item->services,
				  d->item->grants, client->now(), &why);
	if (*covered) {
		return true;
	}
	if (why.kind != ERR_DENIED) {
		return err_set(err, why.kind, "%s", why.text);
	}
	report->cancelled++;
	log_info(client->log, "%s is not sent: %s", d->item->transaction,
		 why.text);
	return outbox_cancel(client->db, "daemon", d->item->transaction,
			     why.text, client->now(), err);
}

static bool deliver(struct delivery *d, struct deliver_report *report,
		    struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	bool covered = false;
	if (!check_grants(d, &covered, report, err)) {
		return false;
	}
	if (!covered) {
		return true;
	}
	if (!outbox_body(d->client->db, d->item->transaction, &d->body, &why)) {
		return why.kind == ERR_NOT_FOUND
			       ? give_up(d, &why, report, err)
			       : err_set(err, why.kind, "%s", why.text);
	}
	if (!link_load(d->client, &d->link, &why)) {
		/* Nothing of it is the server's, nor a try in vain. */
		return requeue(d, &why, d->client->now() + LOAD_PAUSE_S, report,
			       err);
	}
	return upload(d, report, err);
}

static bool deliver_item(struct client *client, const struct outbox_item *item,
			 struct deliver_report *report, struct err *err)
{
	struct queue_limits limits;
	if (!queue_limits_read(client->db, &limits, err)) {
		return false;
	}
	struct delivery d = { .client = client,
			      .item = item,
			      .body = BUF_INIT,
			      .meter = METER_INIT(client),
			      .rate = limits.rate };
	bool ok = deliver(&d, report, err);
	if (!ok && d.begun) {
		/* The database failed us; nobody else would queue it again. */
		(void)!outbox_retry(client->db, item->transaction,
				    "This device could not write down how it "
				    "ended",
				    client->now() + SCHEDULE_FIRST_S,
				    client->now(), NULL);
	}
	link_clear(&d.link);
	buf_clear(&d.body);
	return ok;
}

static bool find_next(struct client *client, struct outbox_item *item,
		      int64_t *at, bool *found, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	const struct queue_place place = {
		.device_id = client->config->id,
		.offset = zone_offset,
		.provisioned = identity_is_provisioned(client->config),
	};
	*at = client->now();
	*found = queue_next(client->db, &place, *at, item, at, &why);
	return *found || why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

bool deliver_next_time(struct client *client, int64_t *at, struct err *err)
{
	struct outbox_item item;
	bool found;
	return find_next(client, &item, at, &found, err);
}

bool deliver_due(struct client *client, struct deliver_report *report,
		 struct err *err)
{
	size_t dropped = 0;
	if (!queue_make_room(client->db, 0, client->now(), &dropped, err)) {
		return false;
	}
	if (dropped > 0) {
		log_warn(client->log, "%zu transmissions were dropped",
			 dropped);
	}
	report->dropped += (unsigned)dropped;
	while (!client_is_stopped(client)) {
		struct outbox_item item;
		int64_t at;
		bool found;
		if (!find_next(client, &item, &at, &found, err)) {
			return false;
		}
		if (!found) {
			return true;
		}
		if (!deliver_item(client, &item, report, err)) {
			return false;
		}
	}
	return true;
}
