/*
 * Takes the file of an order in: sealed as it streams in, so that what the
 * browser sends is never whole anywhere here and written nowhere. The router
 * has checked role and CSRF token, and domain/jobs the order's own token,
 * before the first byte of it is read.
 */
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "cgi/device/app.h"
#include "cgi/device/jobdata.h"
#include "cgi/device/pages.h"
#include "domain/job_seal.h"
#include "web/view.h"

struct upload {
	struct visit *visit;
	const char *transaction;
};

static ssize_t read_file(void *ctx, void *dst, size_t len, struct err *err)
{
	const struct upload *upload = ctx;

	return request_file_read(upload->visit->request, dst, len, err);
}

/*
 * Signed out, withdrawn or cancelled while it comes? A person who sends a
 * file is not idle, however long it takes.
 */
static bool may_go(void *ctx, struct err *err)
{
	const struct upload *upload = ctx;
	struct db *db = app_of(upload->visit)->db;
	int64_t now = clock_utc_now();
	struct session session;

	return sessions_find(db, upload->visit->cookie, now, &session, err) &&
	       jobs_may_go(db, upload->transaction, now, err);
}

/* Why it stopped stands in the order then. Ended meanwhile is ended, too. */
static bool end(struct visit *visit, const struct jobs_item *item,
		const struct err *why, struct err *err)
{
	struct err trouble = { .kind = ERR_NONE };

	log_warn(visit->site->log, "job data %s: the file was not sealed: %s",
		 item->transaction, why->text);
	return jobs_end_item(app_of(visit)->db, people_actor(visit),
			     item->transaction, JOBS_FAILED, why->text,
			     clock_utc_now(), &trouble) ||
	       trouble.kind == ERR_DENIED ||
	       err_set(err, trouble.kind, "%s", trouble.text);
}

static bool take_in(struct visit *visit, const struct jobs_order *order,
		    const struct jobs_item *item, struct err *err)
{
	const struct device_config *config = &app_of(visit)->config;
	struct upload upload = { .visit = visit,
				 .transaction = item->transaction };
	const struct job_content content = {
		.read = read_file,
		.going = may_go,
		.ctx = &upload,
		.max = (uint64_t)config->jobs_max_bytes,
	};
	struct job_sealed sealed;

	/*
	 * The web server ends us when the browser goes. The end of the input
	 * tells the same, and then the order is ended properly.
	 */
	(void)signal(SIGTERM, SIG_IGN);
	sandbox_more_time();
	if (!job_seal(config->state, item->transaction, order->recipients,
		      order->recipients_count, &content, &sealed, err)) {
		return false;
	}
	if (!jobs_sealed(app_of(visit)->db, item->transaction, &sealed,
			 clock_utc_now(), err)) {
		job_seal_remove(config->state, item->transaction);
		return false;
	}
	return true;
}

static bool fail(struct visit *visit, const struct jobs_order *order,
		 const struct err *why, struct err *err)
{
	return why->kind != ERR_DENIED
		       ? err_set(err, why->kind, "%s", why->text)
		       : visit_fail(visit,
				    order->state != JOBS_CONFIRMED ? 409 : 403,
				    err, why->text);
}

bool jobdata_file_act(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct jobdata_order o;
	struct jobs_item item;
	char path[16 + UUID_TEXT_SIZE];

	if (!jobdata_order_find(visit, &o, err)) {
		return false;
	}
	const struct jobs_order order = o.order;
	const struct jobs_sign sign = {
		.session = &people_of(visit)->session,
		.cookie = visit->cookie,
		.order = order.id,
		.token = request_form(visit->request, "token"),
		.now = visit->request->now,
	};

	jobdata_order_clear(&o);
	if (!jobs_take_file(app_of(visit)->db, &sign, &item, &why)) {
		return fail(visit, &order, &why, err);
	}
	if (!take_in(visit, &order, &item, &why) &&
	    !end(visit, &item, &why, err)) {
		return false;
	}
	app_wake_daemon(visit);
	snprintf(path, sizeof(path), "/jobdata/%s", order.id);
	visit_redirect(visit, path, NULL, NULL);
	return true;
}
