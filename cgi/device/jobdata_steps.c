/*
 * The buttons of an order: Send and Agree, each with the password again and
 * the token of this very step, Don't send, and asking the server. What is
 * right is domain/jobs' to say; here it is put into plain words.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/jobdata.h"
#include "cgi/device/pages.h"
#include "domain/job_settings.h"
#include "domain/requests.h"
#include "web/view.h"

static void go_to_order(struct visit *visit, const char *done)
{
	char path[16 + UUID_TEXT_SIZE];

	snprintf(path, sizeof(path), "/jobdata/%s", visit->step);
	visit_redirect(visit, path, done != NULL ? "done" : NULL, done);
}

/* Is the form one of this step, so that only the password can be wrong? */
static bool form_fits(const struct visit *visit, const struct jobs_order *order)
{
	const char *given = request_form(visit->request, "token");
	char token[JOBS_TOKEN_SIZE];

	jobs_token(order, visit->cookie, token);
	bool same = strlen(given) == sizeof(token) - 1 &&
		    mem_equal_ct(given, token, sizeof(token) - 1);

	mem_burn(token, sizeof(token));
	return same;
}

/* 409: another step is due; 403: this person may not, or not so. */
static bool tell(struct visit *visit, const struct jobs_order *order,
		 enum jobs_order_state wanted, const struct err *why,
		 struct err *err)
{
	bool fits = form_fits(visit, order);

	switch (why->kind) {
	case ERR_DENIED:
		visit_problem(visit, order->state != wanted ? 409 : 403,
			      fits ? "password" : "", why->text);
		break;
	case ERR_LIMIT:
		visit_problem(visit, 429, "password", why->text);
		break;
	case ERR_INVALID:
		visit_problem(visit, 400, "password", why->text);
		break;
	default:
		return err_set(err, why->kind, "%s", why->text);
	}
	return visit_again(visit, err);
}

static bool sign(struct visit *visit, enum jobs_order_state wanted,
		 bool (*step)(struct db *db, const struct jobs_sign *sign,
			      struct err *err),
		 struct err *err)
{
	struct db *db = app_of(visit)->db;
	struct job_settings settings;
	struct jobdata_order o;
	struct err why = { .kind = ERR_NONE };

	if (!job_settings_get(db, &settings, err) ||
	    !jobdata_order_find(visit, &o, err)) {
		return false;
	}
	const struct jobs_sign signature = {
		.session = &people_of(visit)->session,
		.cookie = visit->cookie,
		.order = o.order.id,
		.token = request_form(visit->request, "token"),
		.password = request_form(visit->request, "password"),
		.two_people = settings.two_people,
		.now = visit->request->now,
	};
	bool done = step(db, &signature, &why);

	if (done) {
		app_wake_daemon(visit);
		go_to_order(visit, NULL);
	} else {
		done = tell(visit, &o.order, wanted, &why, err);
	}
	jobdata_order_clear(&o);
	return done;
}

bool jobdata_send_act(struct visit *visit, struct err *err)
{
	return sign(visit, JOBS_CHOSEN, jobs_confirm, err);
}

bool jobdata_agree_act(struct visit *visit, struct err *err)
{
	return sign(visit, JOBS_AWAITING, jobs_second, err);
}

/* The second person may say no as well. */
static bool may_cancel(const struct visit *visit, const struct jobdata_order *o)
{
	return o->own || people_may(visit, WITHDRAWS) ||
	       (o->order.state == JOBS_AWAITING &&
		people_may(visit, ROLE_JOB_DATA));
}

bool jobdata_cancel_act(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct jobdata_order o;

	if (!jobdata_order_find(visit, &o, err)) {
		return false;
	}
	bool may = may_cancel(visit, &o);

	jobdata_order_clear(&o);
	if (!may) {
		return visit_fail(visit, 403, err,
				  "Only the person who chose these jobs, or an "
				  "account with the role customer or admin, "
				  "can cancel this.");
	}
	if (!jobs_cancel(app_of(visit)->db, people_actor(visit), visit->step,
			 "cancelled on the page", visit->request->now, &why)) {
		return why.kind == ERR_DENIED
			       ? visit_fail(visit, 409, err, why.text)
			       : err_set(err, why.kind, "%s", why.text);
	}
	app_wake_daemon(visit);
	go_to_order(visit, NULL);
	return true;
}

bool jobdata_ask_act(struct visit *visit, struct err *err)
{
	struct jobdata_order o;
	int64_t id;

	if (!jobdata_order_find(visit, &o, err)) {
		return false;
	}
	bool sent = jobdata_sent(o.items, o.count) > 0;

	jobdata_order_clear(&o);
	if (!sent) {
		return visit_fail(visit, 409, err,
				  "Nothing of this was sent, so the server "
				  "knows nothing of it.");
	}
	if (!requests_add(app_of(visit)->db, REQUEST_NOTICES, 0,
			  people_actor(visit),
			  request_form(visit->request, "key"),
			  visit->request->now, &id, err)) {
		return false;
	}
	app_wake_daemon(visit);
	go_to_order(visit, "asked");
	return true;
}
