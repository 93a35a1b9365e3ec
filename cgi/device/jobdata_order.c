/*
 * One order by its state: the confirmation, waiting for a second person or a
 * file, the progress, and what came of it. Names of jobs are looked up live
 * and only for the two people who decide; everybody else sees how many jobs
 * there were. The steps themselves are in jobdata_steps.c and jobdata_file.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/jobdata.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/consent.h"
#include "web/view.h"

bool jobdata_order_find(struct visit *visit, struct jobdata_order *o,
			struct err *err)
{
	const struct session *session = &people_of(visit)->session;
	struct err why = { .kind = ERR_NONE };

	*o = (struct jobdata_order){ .count = 0 };
	if (!uuid_valid(visit->step) ||
	    !jobs_order(app_of(visit)->db, visit->step, &o->order, &why)) {
		return why.kind == ERR_NONE || why.kind == ERR_NOT_FOUND
			       ? visit_fail(visit, 404, err,
					    "There is no such order.")
			       : err_set(err, why.kind, "%s", why.text);
	}
	o->own = o->order.account == session->account.id;
	o->here = o->own && o->order.session == session->id;
	return jobs_items(app_of(visit)->db, o->order.id, &o->items, &o->count,
			  err);
}

void jobdata_order_clear(struct jobdata_order *o)
{
	mem_free(o->items);
	o->items = NULL;
}

bool jobdata_order_shows(const struct visit *visit,
			 const struct jobdata_order *o)
{
	return o->own || text_equal(o->order.second,
				    people_of(visit)->session.account.name);
}

static bool is_upload(const struct jobs_item *items, size_t count)
{
	return count == 1 && text_equal(items[0].source, JOBS_UPLOAD);
}

bool jobdata_wants_file(const struct jobs_order *order,
			const struct jobs_item *items, size_t count)
{
	return order->state == JOBS_CONFIRMED && is_upload(items, count) &&
	       items[0].state == JOBS_WAITING && items[0].attempts == 0;
}

/* ---- what all of its pages show ---- */

static void fill_recipients(json_t *view, const struct jobs_order *order)
{
	json_t *rows = view_array(view, "recipients");

	for (size_t i = 0; i < order->recipients_count; i++) {
		json_t *item = view_item(rows);

		view_text(item, "name", order->recipients[i].name);
		view_text(item, "role", order->recipients[i].role);
		view_text(item, "key", order->recipients[i].key);
	}
}

static void fill_facts(struct visit *visit, const struct jobdata_order *o)
{
	const struct jobs_order *order = &o->order;
	json_t *view = visit->view;

	view_text(view, "id", order->id);
	jobdata_put_count(view, "count", o->count);
	view_text(view, "by", order->actor);
	view_text(view, "second", order->second);
	view_time(view, "at", order->created_at);
	view_time(view, "confirmed", order->confirmed_at);
	view_time(view, "over", order->over_at);
	view_sentence(view, "problem", order->problem);
	view_text(view, "purpose", order->purpose);
	jobdata_order_tag(view, "tag", order, o->items, o->count);
	view_flag(view, "may_cancel",
		  order->state != JOBS_OVER &&
			  (o->own || people_may(visit, WITHDRAWS)));
	view_flag(view, "may_log", people_may(visit, READS_LOG));
	view_flag(view, "watch", false);
	fill_recipients(view, order);
}

/* For those who have nothing to do with it. */
static void show_summary(struct visit *visit, const struct jobdata_order *o)
{
	bool sent = jobdata_sent(o->items, o->count) > 0;

	visit->template = "jobdata_summary";
	view_text(visit->view, "what", sent ? "sent by" : "chosen by");
}

/* ---- confirming, first and second ---- */

static void fill_live_job(json_t *rows, const struct jobs_item *item,
			  const struct jobdata_live *live)
{
	const struct job *job =
		job_list_find(&live->list, item->source, item->job);
	json_t *row = view_item(rows);

	view_flag(row, "gone", job == NULL);
	if (job != NULL) {
		jobdata_fill_job(row, job);
	}
	view_number(row, "number", item->number);
}

static bool fill_jobs(struct visit *visit, const struct jobdata_order *o,
		      struct err *err)
{
	json_t *rows = view_array(visit->view, "jobs");
	struct jobdata_live live = { .problem = "" };
	bool upload = is_upload(o->items, o->count);

	view_flag(visit->view, "upload", upload);
	if (upload) {
		view_text(visit->view, "live_problem", "");
		return true;
	}
	if (!jobdata_ask(visit, &live, err)) {
		return false;
	}
	view_sentence(visit->view, "live_problem", live.problem);
	for (size_t i = 0; live.problem[0] == '\0' && i < o->count; i++) {
		fill_live_job(rows, &o->items[i], &live);
	}
	jobdata_live_clear(&live);
	return true;
}

static void fill_token(struct visit *visit, const struct jobdata_order *o)
{
	char token[JOBS_TOKEN_SIZE];

	jobs_token(&o->order, visit->cookie, token);
	view_text(visit->view, "token", token);
	mem_burn(token, sizeof(token));
}

static bool show_confirm(struct visit *visit, const struct jobdata_order *o,
			 struct err *err)
{
	bool second = o->order.state == JOBS_AWAITING;
	bool allowed = false;

	visit->template = "jobdata_confirm";
	view_text(visit->view, "title",
		  second ? "Agree to this send?" : "Send this job data?");
	view_text(visit->view, "step", second ? "agree" : "send");
	view_flag(visit->view, "is_second", second);
	fill_token(visit, o);
	if (!jobdata_allowed(visit, &allowed, NULL, err)) {
		return false;
	}
	view_flag(visit->view, "may_send", allowed);
	return fill_jobs(visit, o, err);
}

static void show_waiting(struct visit *visit)
{
	visit->template = "jobdata_waiting";
	view_text(visit->view, "title", "Waits for a second person");
}

static void show_file(struct visit *visit, const struct jobdata_order *o)
{
	char text[32];
	int64_t max = app_of(visit)->config.jobs_max_bytes;

	visit->template = "jobdata_file";
	view_text(visit->view, "title", "Choose the file");
	text_thousands(text, sizeof(text), max > 0 ? (uint64_t)max : 0);
	view_text(visit->view, "max", text);
	fill_token(visit, o);
}

/* ---- what came of it ---- */

static bool fill_notices(struct visit *visit, json_t *row,
			 const struct jobs_item *item, struct err *err)
{
	static const char *const words[] = {
		[JOBS_NOTICE_UNSET] = "",
		[JOBS_NOTICE_OPENED] = "taken by",
		[JOBS_NOTICE_EXPIRED] = "deleted by its date",
		[JOBS_NOTICE_DELETED] = "deleted by",
	};
	json_t *rows = view_array(row, "notices");
	struct jobs_notice *list = NULL;
	size_t count = 0;

	if (!jobs_notices(app_of(visit)->db, item->transaction, &list, &count,
			  err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		char time[VIEW_TIME_SIZE];
		char text[256];

		view_format_time(time, list[i].at);
		snprintf(text, sizeof(text), "%s%s%s, %s", words[list[i].kind],
			 list[i].who[0] != '\0' ? " " : "", list[i].who, time);
		view_item_text(rows, text);
	}
	mem_free(list);
	return true;
}

static bool fill_result(struct visit *visit, json_t *rows,
			const struct jobs_item *item, struct err *err)
{
	json_t *row = view_item(rows);
	bool sealed = item->plain_sha256[0] != '\0';
	bool sent = item->state == JOBS_SENT;

	view_number(row, "number", item->number);
	view_text(row, "transaction", item->transaction);
	marks_tag(row, "tag", sent ? "ok" : "bad", sent ? "ok" : "bad",
		  jobs_item_state_title(item->state));
	view_sentence(row, "problem", item->problem);
	view_flag(row, "sealed", sealed);
	view_flag(row, "sent", sent);
	view_number(row, "bytes", item->plain_bytes);
	view_text(row, "sha256", item->plain_sha256);
	view_number(row, "sealed_bytes", item->sealed_bytes);
	view_text(row, "sealed_sha256", item->sealed_sha256);
	view_time(row, "received", item->received_at);
	view_text(row, "peer", item->peer);
	return fill_notices(visit, row, item, err);
}

static bool show_over(struct visit *visit, const struct jobdata_order *o,
		      struct err *err)
{
	json_t *rows = view_array(visit->view, "items");
	size_t sent = jobdata_sent(o->items, o->count);
	const char *done = request_query(visit->request, "done");

	visit->template = "jobdata_over";
	view_text(visit->view, "title",
		  sent == o->count ? "Sent and confirmed"
		  : sent > 0       ? "Partly sent"
				   : "Not sent");
	view_flag(visit->view, "all_sent", sent == o->count);
	view_flag(visit->view, "any_sent", sent > 0);
	view_flag(visit->view, "none_sent", sent == 0);
	view_flag(visit->view, "may_ask",
		  sent > 0 && people_may(visit, ROLE_JOB_DATA));
	if (strcmp(done, "asked") == 0) {
		marks_message(visit->view, "", "wait", "Asked",
			      "The server is asked.",
			      "Load this page again in a moment: what it tells "
			      "stands below and in the log.");
	}
	for (size_t i = 0; i < o->count; i++) {
		if (!fill_result(visit, rows, &o->items[i], err)) {
			return false;
		}
	}
	return true;
}

/* ---- which of them ---- */

static bool show(struct visit *visit, const struct jobdata_order *o,
		 struct err *err)
{
	bool may = people_may(visit, ROLE_JOB_DATA);

	switch (o->order.state) {
	case JOBS_CHOSEN:
		if (o->here && may) {
			return show_confirm(visit, o, err);
		}
		break;
	case JOBS_AWAITING:
		if (o->here) {
			show_waiting(visit);
			return true;
		}
		if (!o->own && may) {
			return show_confirm(visit, o, err);
		}
		break;
	case JOBS_CONFIRMED:
		if (o->here &&
		    jobdata_wants_file(&o->order, o->items, o->count)) {
			show_file(visit, o);
			return true;
		}
		if (o->here) {
			visit->template = "jobdata_progress";
			jobdata_progress_fill(visit, o);
			return true;
		}
		break;
	case JOBS_OVER:
		if (jobdata_order_shows(visit, o)) {
			return show_over(visit, o, err);
		}
		break;
	case JOBS_ORDER_UNSET:
		break;
	}
	show_summary(visit, o);
	return true;
}

bool jobdata_one_show(struct visit *visit, struct err *err)
{
	struct jobdata_order o;

	if (!jobdata_order_find(visit, &o, err)) {
		return false;
	}
	bool done = true;

	if (visit->request->wants_json) {
		jobdata_progress_answer(visit, &o);
	} else {
		fill_facts(visit, &o);
		done = show(visit, &o, err);
	}
	jobdata_order_clear(&o);
	return done;
}
