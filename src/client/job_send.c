/*
 * Uploads one sealed job and checks the receipt. What may not go on, and what
 * does not work, is job_work.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "client/checkpoint.h"
#include "client/job_work.h"
#include "client/receipt.h"
#include "domain/consent.h"
#include "domain/job_seal.h"
#include "domain/job_settings.h"
#include "domain/ledger.h"
#include "domain/queue.h"
#include "net/upload_resumable.h"

#define SEALED_TYPE "application/vnd.sluice.sealed"
#define SHOW_S 1 /* between looks at the clock for the page */

static bool going(void *ctx, struct err *err)
{
	struct job_work *w = ctx;
	if (!job_work_may_go_on(w, err) || !job_work_book(w, err)) {
		return false;
	}
	w->yields = job_work_is_wanted(w->client);
	return !w->yields || err_set(err, ERR_RETRY, "its turn is over");
}

static bool watch(void *ctx, enum upload_stage stage,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	struct job_work *w = ctx;
	char hex[2 * SHA256_SIZE + 1];
	switch (stage) {
	case UPLOAD_CONNECTING:
		return job_work_ask(w, err) && job_work_book(w, err);
	case UPLOAD_SENDING:
		hex_encode(hex, peer, SHA256_SIZE);
		if (!jobs_begin(w->client->db, w->item.transaction, hex,
				w->client->now(), &w->gate)) {
			return err_set(err, w->gate.kind, "%s", w->gate.text);
		}
		client_moved(w->client);
		return job_work_ask(w, err);
	case UPLOAD_CONNECTED:
	case UPLOAD_SENT:
	case UPLOAD_UNSET:
		break;
	}
	return true;
}

/* For the page alone; nothing depends on it. */
static void show(struct job_work *w, uint64_t offset)
{
	(void)!jobs_progress(w->client->db, w->item.transaction, offset, NULL);
	client_moved(w->client);
}

static void show_sometimes(void *ctx, uint64_t offset)
{
	struct job_work *w = ctx;
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
static bool log_late(struct job_work *w, struct err *err)
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

static bool write_sent(struct job_work *w, const char *note,
		       int64_t received_at, struct err *err)
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

static bool write_receipt(struct job_work *w, const char *note,
			  int64_t received_at, struct err *err)
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

static bool accept_receipt(struct job_work *w,
			   const struct upload_answer *answer, struct err *err)
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
		return job_work_put_off(w, &text, NULL, err);
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
static bool send_as(struct job_work *w, const struct upload_file *file,
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
		       : job_work_sort(w, &why, &answer, err);
	upload_answer_clear(&answer);
	return meter_settle(&w->meter, ok ? err : NULL) && ok;
}

/* Only what the month's limit has room for is begun. */
static bool send_within(struct job_work *w, const struct upload_file *file,
			uint64_t cost, uint64_t rate, struct err *err)
{
	struct queue_month month;
	w->cost = cost;
	if (!queue_month_read(w->client->db, w->client->now(), &month, err)) {
		return false;
	}
	return cost > month.left ? job_work_wait_for_month(w, err)
				 : send_as(w, file, rate, err);
}

static bool send_file(struct job_work *w, int fd, struct err *err)
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

static bool send_sealed(struct job_work *w, struct err *err)
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
		ok = job_work_give_up(w, &why, err);
	} else {
		ok = send_file(w, fd, err);
		(void)close(fd);
	}
	return ok;
}

bool job_send(struct job_work *w, struct err *err)
{
	struct client *client = w->client;
	struct err why = { .kind = ERR_NONE };
	int64_t until, now = client->now();
	if (!job_work_ask(w, &why)) {
		return job_work_sort(w, &why, NULL, err);
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
		return job_work_put_off(w, &why, NULL, err); /* can be mended */
	}
	bool ok = send_sealed(w, err);
	link_clear(&w->link);
	return ok;
}
