/*
 * Job data on its way out: from a source through the seal into the state
 * folder, from there to the server. Who allowed what is domain/jobs's; here
 * its jobs_may_go() is asked before a byte is read, before there is a socket,
 * before the first byte leaves, and until the last one did. Plaintext is in
 * the sealer's locked chunk alone. What is left over is job_sweep.c's.
 */
#include "client/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/checkpoint.h"
#include "client/job_source.h"
#include "client/job_sweep.h"
#include "client/link.h"
#include "client/meter.h"
#include "client/receipt.h"
#include "client/schedule.h"
#include "crypto/random.h"
#include "domain/consent.h"
#include "domain/job_seal.h"
#include "domain/job_settings.h"
#include "domain/jobs.h"
#include "domain/ledger.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"
#include "net/upload_resumable.h"

#define SEALED_TYPE "application/vnd.sluice.sealed"
/*
 * Somebody sits there and waits, so the pause does not grow: with more
 * failures schedule.h makes it longer than two minutes.
 */
#define FAILURES_COUNTED 2
/* The server still holds a request that broke off (423, docs/wire.md). */
#define STATUS_LOCKED 423
#define SHOW_S 1 /* between looks at the clock for the page */
/* Between looks whether the month's limit leaves room, or was changed. */
#define MONTH_LOOK_S 60

/* One job at work. */
struct work {
	struct client *client;
	struct jobs_item item;
	struct jobs_order order;
	struct link link;
	int64_t version;  /* of the database at the last question */
	int64_t asked_at; /* UTC */
	int64_t shown_at; /* UTC, of the progress */
	struct err gate;  /* why it may not go on; kind NONE = it may */
	bool yields;      /* only our turn is over */
	bool over_limit;  /* of the month */
	int status;       /* HTTP, of an upload that did not work */
	bool lost; /* there was no answer: the way to the server failed */
	struct meter meter;
	uint64_t cost; /* most that leaves for what is still to be sent */
	struct job_stream *stream;
};

/* ---- may it go on? ---- */

static bool ask(struct work *w, struct err *err)
{
	struct client *client = w->client;
	w->asked_at = client->now();
	if (!db_version(client->db, &w->version, &w->gate) ||
	    !jobs_may_go(client->db, w->item.transaction, w->asked_at,
			 &w->gate)) {
		return err_set(err, w->gate.kind, "%s", w->gate.text);
	}
	return true;
}

/*
 * Asked every 64 KiB: the whole question only when anybody wrote to the
 * database since, or a second passed.
 */
static bool may_go_on(struct work *w, struct err *err)
{
	int64_t version;
	if (!db_version(w->client->db, &version, &w->gate)) {
		return err_set(err, w->gate.kind, "%s", w->gate.text);
	}
	return (version == w->version && w->client->now() == w->asked_at) ||
	       ask(w, err);
}

/* Does somebody else want the client? */
static bool is_wanted(const struct client *client)
{
	struct pollfd fd = { .fd = client->yield_fd, .events = POLLIN };
	return (client->yield_fd >= 0 && poll(&fd, 1, 0) > 0) ||
	       (client->yield_at != 0 && client->now() >= client->yield_at);
}

/* Nothing leaves that is not booked for the month. */
static bool book_ahead(struct work *w, struct err *err)
{
	uint64_t left = w->meter.left;
	struct err why = { .kind = ERR_NONE };
	if (meter_ahead(&w->meter, w->cost > left ? w->cost - left : 1, &why)) {
		return true;
	}
	w->over_limit = why.kind == ERR_LIMIT;
	if (!w->over_limit) {
		err_set(&w->gate, why.kind, "%s", why.text);
	}
	return err_set(err, why.kind, "%s", why.text);
}

static bool going(void *ctx, struct err *err)
{
	struct work *w = ctx;
	if (!may_go_on(w, err) || !book_ahead(w, err)) {
		return false;
	}
	w->yields = is_wanted(w->client);
	return !w->yields || err_set(err, ERR_RETRY, "its turn is over");
}

/* ---- outcomes ---- */

/* For what went wrong without one: no pause was asked for. */
static const struct upload_answer none = UPLOAD_ANSWER_INIT;

static int64_t next_try(const struct work *w, int64_t retry_after_s)
{
	unsigned failures = w->item.attempts + 1;
	uint32_t random;
	random_bytes(&random, sizeof(random));
	return schedule_next_try(failures < FAILURES_COUNTED ? failures
							     : FAILURES_COUNTED,
				 w->client->now(), retry_after_s, random);
}

/* Its sealed file, and what the server has of it, are job_sweep.c's then. */
static bool give_up(struct work *w, const struct err *why, struct err *err)
{
	struct err end = { .kind = ERR_NONE };
	log_error(w->client->log, "job data %s failed: %s", w->item.transaction,
		  why->text);
	return jobs_end_item(w->client->db, "daemon", w->item.transaction,
			     JOBS_FAILED, why->text, w->client->now(), &end) ||
	       end.kind == ERR_DENIED || /* a person ended it meanwhile */
	       err_set(err, end.kind, "%s", end.text);
}

/* As for transmissions: of a day's quota nothing else is held. */
static bool put_off(struct work *w, const struct err *why,
		    const struct upload_answer *answer, struct err *err)
{
	const int64_t retry_after_s = answer->retry_after_s;
	struct client *client = w->client;
	if (client_is_stopped(client)) {
		return jobs_pause(client->db, w->item.transaction, "",
				  client->now(), err);
	}
	int64_t at = next_try(w, retry_after_s);
	if (!retry_budget_spend(client->db, client->now(), err) ||
	    (retry_after_s > 0 && !answer->quota &&
	     !queue_hold_until(client->db, client->now() + retry_after_s,
			       err))) {
		return false;
	}
	if (w->lost) {
		client_lost(client, why->text, at - 1); /* others come first */
	}
	log_warn(client->log, "job data %s waits for another %" PRId64 " s: %s",
		 w->item.transaction, at - client->now(), why->text);
	return jobs_retry(client->db, w->item.transaction, why->text, at,
			  client->now(), err);
}

/* The month's limit leaves too little: it waits, and its page says why. */
static bool wait_for_month(struct work *w, struct err *err)
{
	struct client *client = w->client;
	int64_t now = client->now();
	return jobs_hold(client->db, w->item.transaction,
			 "Not sent: this month's limit. It waits for the next "
			 "month, or until an administrator changes the limit "
			 "(month_limit).",
			 now + MONTH_LOOK_S, now, err);
}

/* No try in vain: it has what came before, and lets go of it by itself. */
static bool wait_for_server(struct work *w, struct err *err)
{
	struct client *client = w->client;
	unsigned times = client->held++;
	return jobs_pause(client->db, w->item.transaction,
			  times == 0 ? ""
				     : "The server still holds the connection "
				       "that broke off. Within a minute this "
				       "goes on where it was.",
			  client->now() + schedule_held(times), err);
}

/* Sorts what did not work. */
static bool sort(struct work *w, const struct err *why,
		 const struct upload_answer *answer, struct err *err)
{
	struct client *client = w->client;
	if (w->gate.kind == ERR_DENIED) {
		log_info(client->log, "job data %s is not sent: %s",
			 w->item.transaction, w->gate.text);
		return jobs_drop(client->db, client->now(), NULL, err);
	}
	if (w->gate.kind != ERR_NONE) {
		return err_set(err, w->gate.kind, "%s", w->gate.text);
	}
	if (w->over_limit) {
		return wait_for_month(w, err);
	}
	if (w->yields) {
		return jobs_pause(client->db, w->item.transaction, "",
				  client->now(), err);
	}
	if (w->status == STATUS_LOCKED && client->held < SCHEDULE_HELD_MOST) {
		return wait_for_server(w, err);
	}
	return why->kind == ERR_RETRY ? put_off(w, why, answer, err)
				      : give_up(w, why, err);
}

/* ---- sealing ---- */

/* At the end of the content stands the source's verdict. */
static ssize_t read_content(void *ctx, void *dst, size_t len, struct err *err)
{
	struct work *w = ctx;
	ssize_t n = job_stream_read(w->stream, dst, len, err);
	if (n != 0) {
		return n;
	}
	struct job_stream *stream = w->stream;
	w->stream = NULL;
	return job_stream_close(stream, err) ? 0 : -1;
}

static bool seal_going(void *ctx, struct err *err)
{
	struct work *w = ctx;
	if (client_is_stopped(w->client)) {
		return err_set(err, ERR_RETRY, "the client was stopped");
	}
	return may_go_on(w, err);
}

static bool seal(struct work *w, struct err *err)
{
	struct client *client = w->client;
	const struct job_content content = {
		.read = read_content,
		.going = seal_going,
		.ctx = w,
		.max = (uint64_t)client->config->jobs_max_bytes,
	};
	struct job_sealed sealed;
	struct err why = { .kind = ERR_NONE };
	bool ok = ask(w, &why) &&
		  job_source_open(client, w->item.source, w->item.job,
				  &w->stream, &why) &&
		  job_seal(client->config->state, w->item.transaction,
			   w->order.recipients, w->order.recipients_count,
			   &content, &sealed, &why);
	if (w->stream != NULL) {
		(void)!job_stream_close(w->stream, NULL);
		w->stream = NULL;
	}
	if (!ok) {
		return sort(w, &why, &none, err);
	}
	if (jobs_sealed(client->db, w->item.transaction, &sealed, client->now(),
			&w->gate)) {
		log_info(client->log, "job data %s is sealed",
			 w->item.transaction);
		return true;
	}
	job_seal_remove(client->config->state, w->item.transaction);
	return sort(w, &w->gate, &none, err);
}

/* ---- sending ---- */

static bool watch(void *ctx, enum upload_stage stage,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	struct work *w = ctx;
	char hex[2 * SHA256_SIZE + 1];
	switch (stage) {
	case UPLOAD_CONNECTING:
		return ask(w, err) && book_ahead(w, err);
	case UPLOAD_SENDING:
		hex_encode(hex, peer, SHA256_SIZE);
		if (!jobs_begin(w->client->db, w->item.transaction, hex,
				w->client->now(), &w->gate)) {
			return err_set(err, w->gate.kind, "%s", w->gate.text);
		}
		client_moved(w->client);
		return ask(w, err);
	case UPLOAD_CONNECTED:
	case UPLOAD_SENT:
	case UPLOAD_UNSET:
		break;
	}
	return true;
}

/* For the page alone; nothing depends on it. */
static void show(struct work *w, uint64_t offset)
{
	(void)!jobs_progress(w->client->db, w->item.transaction, offset, NULL);
	client_moved(w->client);
}

static void show_sometimes(void *ctx, uint64_t offset)
{
	struct work *w = ctx;
	int64_t now = w->client->now();
	if (now - w->shown_at >= SHOW_S || now < w->shown_at) {
		w->shown_at = now;
		show(w, offset);
	}
}

/*
 * Somebody stopped it when its last byte was gone: it stays cancelled, and
 * the log says that the server has it all the same.
 */
static bool log_late(struct work *w, struct err *err)
{
	struct client *client = w->client;
	struct ledger_entry entry = {
		.at = client->now(),
		.kind = LEDGER_RECEIVED,
		.transaction = w->item.transaction,
		.actor = "server",
		.service = service_of(GATE_JOB_DATA)->name,
		.grant = w->order.grant,
		.bytes = w->item.sealed_bytes,
		.sha256 = w->item.sealed_sha256,
		.result = "ok",
		.text = "the server had the whole sealed file when it was "
			"cancelled; ask the vendor to delete it",
	};
	log_warn(client->log, "job data %s was cancelled too late: %s",
		 w->item.transaction, entry.text);
	return ledger_append(client->db, &entry, err);
}

static bool write_sent(struct work *w, const char *note, int64_t received_at,
		       struct err *err)
{
	struct client *client = w->client;
	const char *transaction = w->item.transaction;
	struct jobs_item now;
	return jobs_item(client->db, transaction, &now, err) &&
	       (now.state == JOBS_SENDING
			? jobs_sent(client->db, transaction, note, received_at,
				    client->now(), err)
			: log_late(w, err)) &&
	       link_keep_times(client, &w->link, received_at, err);
}

static bool write_receipt(struct work *w, const char *note, int64_t received_at,
			  struct err *err)
{
	struct client *client = w->client;
	struct err why = { .kind = ERR_NONE };
	bool ok = db_begin(client->db, err) &&
		  db_finish(client->db, write_sent(w, note, received_at, err),
			    err);
	/* Without it the receipt stands: the end of the round signs again. */
	if (ok && !checkpoint_sign(client, &why)) {
		log_warn(client->log, "the log is not signed: %s", why.text);
	}
	return ok;
}

static bool accept_receipt(struct work *w, const struct upload_answer *answer,
			   struct err *err)
{
	const struct receipt_expected expected = {
		.device = w->client->config->id,
		.transaction = w->item.transaction,
		.sha256 = w->item.sealed_sha256,
		.bytes = w->item.sealed_bytes,
	};
	struct receipt receipt;
	struct err why = { .kind = ERR_NONE };
	if (!receipt_check(buf_str(&answer->receipt), answer->receipt.len,
			   &w->link.verifier, &expected, &receipt, &why)) {
		struct err text = { .kind = ERR_NONE };
		err_set(&text, ERR_RETRY,
			"The server's answer is no proof that it has the "
			"data. %s Ask the vendor to check the server.",
			why.text);
		return put_off(w, &text, &none, err);
	}
	if (!write_receipt(w, buf_str(&answer->receipt), receipt.received_at,
			   err)) {
		return false;
	}
	log_info(w->client->log, "job data %s received by the server",
		 w->item.transaction);
	job_seal_remove(w->client->config->state, w->item.transaction);
	client_moved(w->client);
	return true;
}

/* Uploads, then sorts the outcome. */
static bool send_as(struct work *w, const struct upload_file *file,
		    uint64_t rate, struct err *err)
{
	struct client *client = w->client;
	const struct upload_watch watching = { .stage = watch,
					       .ctx = w,
					       .stop_fd = client->stop_fd,
					       .going = going,
					       .count = &w->meter.left };
	const struct upload_pace pace = { .rate = rate,
					  .progress = show_sometimes,
					  .ctx = w };
	struct upload_answer answer = UPLOAD_ANSWER_INIT;
	struct err why = { .kind = ERR_NONE };
	uint64_t offset = w->item.offset;
	bool sent = upload_resumable(&w->link.server, file, &watching, &pace,
				     link_time(client), &offset, &answer, &why);
	if (sent || offset > w->item.offset) {
		client->held = 0; /* it got further */
	}
	if (!sent) {
		show(w, offset);
		w->status = answer.status;
	}
	w->lost = !sent && answer.status == 0;
	bool ok = sent ? accept_receipt(w, &answer, err)
		       : sort(w, &why, &answer, err);
	upload_answer_clear(&answer);
	return meter_settle(&w->meter, ok ? err : NULL) && ok;
}

/* Only what the month's limit has room for is begun. */
static bool send_within(struct work *w, const struct upload_file *file,
			uint64_t cost, uint64_t rate, struct err *err)
{
	struct queue_month month;
	w->cost = cost;
	if (!queue_month_read(w->client->db, w->client->now(), &month, err)) {
		return false;
	}
	return cost > month.left ? wait_for_month(w, err)
				 : send_as(w, file, rate, err);
}

static bool send_file(struct work *w, int fd, struct err *err)
{
	struct buf keys = BUF_INIT;
	struct job_settings settings;
	for (size_t i = 0; i < w->order.recipients_count; i++) {
		buf_printf(&keys, "%s%s", i == 0 ? "" : " ",
			   w->order.recipients[i].key);
	}
	const struct http1_field metadata[] = {
		{ "purpose", w->order.purpose },
		{ "recipients", buf_str(&keys) },
		{ NULL, NULL },
	};
	struct upload_file file = {
		.transaction = w->item.transaction,
		.type = SEALED_TYPE,
		.metadata = metadata,
		.fd = fd,
		.size = w->item.sealed_bytes,
		.created = w->item.peer[0] != '\0',
	};
	uint64_t rest = w->item.sealed_bytes - w->item.offset;
	bool ok = (hex_decode(file.sha256, sizeof(file.sha256),
			      w->item.sealed_sha256) ||
		   err_set(err, ERR_BUG, "a sealed job has no hash")) &&
		  job_settings_get(w->client->db, &settings, err) &&
		  send_within(w, &file, queue_cost(rest, settings.rate),
			      settings.rate, err);
	buf_clear(&keys);
	return ok;
}

static bool send_sealed(struct work *w, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	char *path =
		job_seal_path(w->client->config->state, w->item.transaction);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int reason = errno;
	mem_free(path);
	bool ok;
	if (fd < 0) {
		err_set_errno(&why, ERR_IO, reason,
			      "The sealed file cannot be read");
		ok = give_up(w, &why, err);
	} else {
		ok = send_file(w, fd, err);
		(void)close(fd);
	}
	return ok;
}

static bool upload(struct work *w, struct err *err)
{
	struct client *client = w->client;
	struct err why = { .kind = ERR_NONE };
	int64_t until, now = client->now();
	if (!ask(w, &why)) {
		return sort(w, &why, &none, err);
	}
	if (!queue_held_until(client->db, now, &until, err)) {
		return false;
	}
	if (until != 0) {
		return jobs_hold(client->db, w->item.transaction,
				 "The server has asked this device to wait.",
				 until, now, err);
	}
	if (client->lost_until > now) {
		return jobs_hold(client->db, w->item.transaction,
				 client->lost_why, client->lost_until, now,
				 err);
	}
	if (!link_load(client, &w->link, &why)) {
		return put_off(w, &why, &none, err); /* can be mended */
	}
	bool ok = send_sealed(w, err);
	link_clear(&w->link);
	return ok;
}

/* ---- rounds ---- */

static bool take(struct client *client, const struct jobs_item *item,
		 struct err *err)
{
	struct work w = { .client = client,
			  .item = *item,
			  .version = -1,
			  .meter = METER_INIT(client) };
	if (!jobs_order(client->db, item->order, &w.order, err)) {
		return false;
	}
	return item->state == JOBS_WAITING ? seal(&w, err) : upload(&w, err);
}

static bool take_due(struct client *client, struct err *err)
{
	while (!client_is_stopped(client) && !is_wanted(client)) {
		struct jobs_item item;
		struct err why = { .kind = ERR_NONE };
		if (!jobs_next(client->db, client->now(), &item, &why)) {
			return why.kind == ERR_NOT_FOUND ||
			       err_set(err, why.kind, "%s", why.text);
		}
		if (!take(client, &item, err)) {
			return false;
		}
	}
	return true;
}

bool jobs_round(struct client *client, int64_t *next, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	*next = INT64_MAX;
	/* Only a round that lost the database leaves one on its way. */
	if (!jobs_recover(client->db, client->now(), err) ||
	    !jobs_drop(client->db, client->now(), NULL, err) ||
	    !take_due(client, err) ||
	    !jobs_drop(client->db, client->now(), NULL, err) ||
	    !job_sweep(client, err)) {
		return false;
	}
	return jobs_next_time(client->db, client->now(), next, &why) ||
	       why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}
