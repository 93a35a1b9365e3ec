/*
 * One job of job data at work: whether it may go on, which is domain/jobs's
 * jobs_may_go() and the month's limit, and what becomes of it when it does not
 * work. Sealing is jobs.c's, uploading job_send.c's.
 */
#include "client/job_work.h"

#include <inttypes.h>
#include <poll.h>

#include "client/schedule.h"
#include "crypto/random.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"

/*
 * Somebody sits there and waits, so the pause does not grow: with more
 * failures schedule.h makes it longer than two minutes.
 */
#define FAILURES_COUNTED 2
/* The server still holds a request that broke off (423, docs/wire.md). */
#define STATUS_LOCKED 423
/* Between looks whether the month's limit leaves room, or was changed. */
#define MONTH_LOOK_S 60

/* ---- may it go on? ---- */

bool job_work_ask(struct job_work *w, struct err *err)
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

bool job_work_may_go_on(struct job_work *w, struct err *err)
{
	int64_t version;
	if (!db_version(w->client->db, &version, &w->gate)) {
		return err_set(err, w->gate.kind, "%s", w->gate.text);
	}
	return (version == w->version && w->client->now() == w->asked_at) ||
	       job_work_ask(w, err);
}

bool job_work_is_wanted(const struct client *client)
{
	struct pollfd fd = { .fd = client->yield_fd, .events = POLLIN };
	return (client->yield_fd >= 0 && poll(&fd, 1, 0) > 0) ||
	       (client->yield_at != 0 && client->now() >= client->yield_at);
}

bool job_work_book(struct job_work *w, struct err *err)
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

/* ---- outcomes ---- */

static int64_t next_try(const struct job_work *w, int64_t retry_after_s)
{
	unsigned failures = w->item.attempts + 1;
	uint32_t random;
	random_bytes(&random, sizeof(random));
	return schedule_next_try(failures < FAILURES_COUNTED ? failures
							     : FAILURES_COUNTED,
				 w->client->now(), retry_after_s, random);
}

bool job_work_give_up(struct job_work *w, const struct err *why,
		      struct err *err)
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
bool job_work_put_off(struct job_work *w, const struct err *why,
		      const struct upload_answer *answer, struct err *err)
{
	const int64_t retry_after_s = answer ? answer->retry_after_s : 0;
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

bool job_work_wait_for_month(struct job_work *w, struct err *err)
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
static bool wait_for_server(struct job_work *w, struct err *err)
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

bool job_work_sort(struct job_work *w, const struct err *why,
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
		return job_work_wait_for_month(w, err);
	}
	if (w->yields) {
		return jobs_pause(client->db, w->item.transaction, "",
				  client->now(), err);
	}
	if (w->status == STATUS_LOCKED && client->held < SCHEDULE_HELD_MOST) {
		return wait_for_server(w, err);
	}
	return why->kind == ERR_RETRY ? job_work_put_off(w, why, answer, err)
				      : job_work_give_up(w, why, err);
}
