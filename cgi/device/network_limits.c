/*
 * What may leave, and when: how much waits and for how long, how fast it goes,
 * how much in a month, in which hours, and how often the device knocks in
 * vain. What a value means and that it is logged is domain/queue's. Nothing
 * here allows a service.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/zone.h"
#include "cgi/device/app.h"
#include "cgi/device/network.h"
#include "cgi/device/pages.h"
#include "cgi/device/state.h"
#include "cgi/people/marks.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"
#include "web/view.h"

#define PATH "/network/limits"
#define DAY_S ((int64_t)86400)

/* What the page tells beside the limits themselves. */
struct used {
	struct queue queue;
	struct queue_month month;
	struct retry_budget budget;
};

static bool read_used(struct visit *visit, struct used *used, struct err *err)
{
	const struct device_app *app = app_of(visit);
	int64_t now = visit->request->now;
	const struct queue_place place = {
		.device_id = app->config.id,
		.offset = zone_offset,
		.provisioned = true, /* whether it can go is not asked here */
	};

	*used = (struct used){ .queue = { .items = NULL } };
	return queue_read(app->db, &place, now, &used->queue, err) &&
	       queue_month_read(app->db, now, &used->month, err) &&
	       retry_budget_read(app->db, now, &used->budget, err);
}

static void put_bytes(struct buf *out, uint64_t bytes)
{
	char size[TEXT_SIZE_SIZE];

	buf_put_str(out, text_size(size, bytes));
}

static void put_queue(struct buf *out, const struct used *used)
{
	const struct queue *queue = &used->queue;

	buf_put_str(out, "At most ");
	put_bytes(out, queue->limits.bytes);
	buf_printf(out, " wait, each for %lld days. ",
		   (long long)(queue->limits.age_s / DAY_S));
	if (queue->count == 0) {
		buf_put_str(out, "Nothing waits now.");
	} else {
		buf_printf(out, "%zu %s now, ", queue->count,
			   queue->count == 1 ? "waits" : "wait");
		put_bytes(out, queue->bytes);
		buf_put_char(out, '.');
	}
}

static void put_month(struct buf *out, const struct used *used)
{
	uint64_t limit = used->queue.limits.month;

	put_bytes(out, used->month.used);
	if (limit == 0) {
		buf_put_str(out, " went out this month; there is no limit.");
		return;
	}
	buf_put_str(out, " of ");
	put_bytes(out, limit);
	buf_put_str(out, used->month.left < queue_cost(0, 0)
				 ? " went out this month. That is the limit: "
				   "nothing more leaves until the next one."
				 : " went out this month.");
}

bool network_put_limits(struct visit *visit, struct buf *out, struct err *err)
{
	struct used used;
	bool done = read_used(visit, &used, err);

	if (done) {
		put_queue(out, &used);
		buf_put_char(out, ' ');
		put_month(out, &used);
	}
	queue_clear(&used.queue);
	return done;
}

static void fill_text(json_t *view, const char *name,
		      void (*put)(struct buf *out, const struct used *used),
		      const struct used *used)
{
	struct buf text = BUF_INIT;

	put(&text, used);
	view_text(view, name, buf_str(&text));
	buf_clear(&text);
}

static void put_rate(struct buf *out, const struct used *used)
{
	uint64_t rate = used->queue.limits.rate;

	if (rate == 0) {
		buf_put_str(out, "No limit: a transmission takes what the "
				 "line gives.");
	} else {
		buf_printf(out,
			   "A transmission takes at most %llu kilobytes a "
			   "second.",
			   (unsigned long long)(rate / 1000));
	}
}

static void fill_budget(struct visit *visit, const struct retry_budget *budget)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%u of %d tries are left", budget->left,
		   RETRY_BUDGET_TRIES);
	if (budget->left < RETRY_BUDGET_TRIES) {
		buf_put_str(&text, " until ");
		contact_put_when(visit, &text, budget->renewed_at);
	}
	buf_put_char(&text, '.');
	view_text(visit->view, "budget_text", buf_str(&text));
	buf_clear(&text);
}

static void fill_quiet(struct visit *visit, const struct automatic *a,
		       bool quiet_all)
{
	bool quiet = a->quiet_from != a->quiet_until;
	char from[TIMETABLE_TIME_SIZE] = "", until[TIMETABLE_TIME_SIZE] = "";

	if (quiet) {
		timetable_put_time(from, a->quiet_from);
		timetable_put_time(until, a->quiet_until);
	}
	view_flag(visit->view, "quiet", quiet);
	view_text(visit->view, "quiet_from", from);
	view_text(visit->view, "quiet_until", until);
	view_flag(visit->view, "quiet_all", quiet_all);
	view_flag(visit->view, "quiet_automatic", !quiet_all);
}

/* ---- the forms ---- */

static const struct form {
	const char *name; /* of the button, field "do" */
	const char *setting;
	const char *value; /* NULL = from the field */
	const char *field;
	const char *wrong; /* what to type; the command line says it its way */
} forms[] = {
	{ "megabytes", "queue_bytes", NULL, "megabytes",
	  "Write megabytes as a whole number from 2 to 1000." },
	{ "days", "queue_days", NULL, "days",
	  "Write days as a whole number from 1 to 400." },
	{ "rate", "send_rate", NULL, "rate",
	  "Write a whole number from 1 to 1000000, or press No limit." },
	{ "rate-none", "send_rate", "none", "rate", "" },
	{ "month", "month_limit", NULL, "month",
	  "Write a whole number from 1 to 1000000, or press No limit." },
	{ "month-none", "month_limit", "none", "month", "" },
	{ "quiet-automatic", "quiet_hours_for", "automatic", "", "" },
	{ "quiet-all", "quiet_hours_for", "all", "", "" },
};

#define FORMS (sizeof(forms) / sizeof(forms[0]))

/* What was typed when the form is shown again, else what stands. */
static bool fill_values(struct visit *visit, struct err *err)
{
	for (size_t i = 0; i < FORMS; i++) {
		const char *typed = visit_typed(visit, forms[i].field);
		struct buf value = BUF_INIT;
		char member[32];

		if (forms[i].value != NULL) {
			continue;
		}
		if (!queue_setting_value(app_of(visit)->db, forms[i].setting,
					 &value, err)) {
			return false;
		}
		bool none = strcmp(buf_str(&value), "none") == 0;

		snprintf(member, sizeof(member), "%s_none", forms[i].field);
		view_flag(visit->view, member, none);
		snprintf(member, sizeof(member), "%s_value", forms[i].field);
		view_text(visit->view, member,
			  typed[0] != '\0' ? typed
			  : none           ? ""
					   : buf_str(&value));
		buf_clear(&value);
	}
	return true;
}

bool network_limits_show(struct visit *visit, struct err *err)
{
	struct db *db = app_of(visit)->db;
	int64_t now = visit->request->now;
	struct consents all;
	struct automatic a;
	struct used used;

	if (!consent_read(db, now, &all, err) ||
	    !automatic_read(db, &all, now, &a, err) ||
	    !fill_values(visit, err) || !read_used(visit, &used, err)) {
		return false;
	}
	fill_text(visit->view, "queue_text", put_queue, &used);
	fill_text(visit->view, "month_text", put_month, &used);
	fill_text(visit->view, "rate_text", put_rate, &used);
	fill_budget(visit, &used.budget);
	fill_quiet(visit, &a, used.queue.limits.quiet_all);
	view_flag(visit->view, "may_change",
		  people_may(visit, NETWORK_CHANGES));
	if (strcmp(request_query(visit->request, "done"), "saved") == 0) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The limit is saved.",
			      "The change stands in the log.");
	}
	queue_clear(&used.queue);
	return true;
}

bool network_limits_act(struct visit *visit, struct err *err)
{
	const char *name = request_form(visit->request, "do");
	const struct form *form = NULL;
	struct err why = { .kind = ERR_NONE };

	for (size_t i = 0; i < FORMS && form == NULL; i++) {
		form = strcmp(forms[i].name, name) == 0 ? &forms[i] : NULL;
	}
	if (form == NULL) {
		return visit_fail(visit, 400, err,
				  "The form has an unknown button.");
	}
	if (!queue_setting_set(
		    app_of(visit)->db, people_actor(visit), form->setting,
		    form->value != NULL
			    ? form->value
			    : request_form(visit->request, form->field),
		    visit->request->now, &why)) {
		if (why.kind != ERR_INVALID) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, 400, form->field, form->wrong);
		return visit_again(visit, err);
	}
	app_wake_daemon(visit);
	visit_redirect(visit, PATH, "done", "saved");
	return true;
}
