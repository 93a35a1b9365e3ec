/*
 * Job data on its way out: from a source through the seal into the state
 * folder, from there to the server (job_send.c). Who allowed what is
 * domain/jobs's; its jobs_may_go() is asked (job_work.c) before a byte is read,
 * before there is a socket, before the first byte leaves, and until the last
 * one did. Plaintext is in the sealer's locked chunk alone. What is left over
 * is job_sweep.c's.
 */
#include "client/jobs.h"

#include "client/job_source.h"
#include "client/job_sweep.h"
#include "client/job_work.h"
#include "domain/job_seal.h"
#include "domain/jobs.h"

/* ---- sealing ---- */

/* At the end of the content stands the source's verdict. */
static ssize_t read_content(void *ctx, void *dst, size_t len, struct err *err)
{
	struct job_work *w = ctx;
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
	struct job_work *w = ctx;
	if (client_is_stopped(w->client)) {
		return err_set(err, ERR_RETRY, "the client was stopped");
	}
	return job_work_may_go_on(w, err);
}

static bool seal(struct job_work *w, struct err *err)
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
	bool ok = job_work_ask(w, &why) &&
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
		return job_work_sort(w, &why, NULL, err);
	}
	if (jobs_sealed(client->db, w->item.transaction, &sealed, client->now(),
			&w->gate)) {
		log_info(client->log, "job data %s is sealed",
			 w->item.transaction);
		return true;
	}
	job_seal_remove(client->config->state, w->item.transaction);
	return job_work_sort(w, &w->gate, NULL, err);
}

/* ---- rounds ---- */

static bool take(struct client *client, const struct jobs_item *item,
		 struct err *err)
{
	struct job_work w = { .client = client,
			      .item = *item,
			      .version = -1,
			      .meter = METER_INIT(client) };
	if (!jobs_order(client->db, item->order, &w.order, err)) {
		return false;
	}
	return item->state == JOBS_WAITING ? seal(&w, err) : job_send(&w, err);
}

static bool take_due(struct client *client, struct err *err)
{
	while (!client_is_stopped(client) && !job_work_is_wanted(client)) {
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
