/*
 * Check-ins: how often, within which limits, what one tells, and the last ones
 * with the exact bytes of both ways. client/checkin.c makes them; what they
 * hold is formats/checkin's.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/network.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "web/view.h"

#define PATH "/network/checkins"
#define LISTED 20

const struct asked network_asked_checkin = {
	.kind = REQUEST_CHECKIN,
	.path = PATH,
	.waiting = "Checking in.",
	.done = "The device has checked in.",
	.refused = "The check-in did not work.",
};

/* "every hour", "every 2 hours". */
void network_put_interval(struct buf *out, const struct checkin_state *state)
{
	if (!state->on) {
		buf_put_str(out, "None while remote services as a whole are "
				 "not allowed.");
		return;
	}
	buf_put_str(out, "The device checks in ");
	checkin_put_every(out, state->interval_s);
	if (state->wished_s == 0) {
		buf_put_str(out, "; the server has wished nothing else yet.");
	} else if (state->wished_s == state->interval_s) {
		buf_put_str(out, ", as the server wishes.");
	} else {
		buf_put_str(out, ". The server wishes ");
		checkin_put_every(out, state->wished_s);
		buf_put_str(out, ", which is outside of your limits.");
	}
}

/* ---- limits: two lists to choose from ---- */

static const int64_t spans[] = {
	300,      900,       1800,  3600,      2 * 3600,  4 * 3600,
	8 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400,
};

static void add_span(json_t *list, int64_t span, int64_t chosen)
{
	json_t *item = view_item(list);
	struct buf text = BUF_INIT;
	char value[24];

	snprintf(value, sizeof(value), "%" PRId64, span);
	checkin_put_span(&text, span);
	view_text(item, "value", value);
	view_text(item, "text", buf_str(&text));
	view_flag(item, "chosen", span == chosen);
	buf_clear(&text);
}

/* One that was set elsewhere and is not in the list is added to it. */
static void fill_spans(struct visit *visit, const char *field, int64_t stands)
{
	json_t *list = view_array(visit->view, field);
	int64_t chosen = stands;
	bool listed = false;

	if (!text_parse_i64(visit_typed(visit, field), 1, CHECKIN_MOST_S,
			    &chosen)) {
		chosen = stands;
	}
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		if (!listed && spans[i] > stands) {
			add_span(list, stands, chosen);
			listed = true;
		}
		add_span(list, spans[i], chosen);
		listed = listed || spans[i] == stands;
	}
}

/* ---- the last ones ---- */

static const char *reason_text(enum checkin_reason reason)
{
	switch (reason) {
	case CHECKIN_PERSON:
		return "Somebody pressed the button";
	case CHECKIN_OUTCOME:
		return "To tell what became of instructions";
	default:
		return "It was due";
	}
}

static void result_tag(json_t *item, const char *result)
{
	if (strcmp(result, "ok") == 0) {
		marks_tag(item, "tag", "ok", "ok", "Answered");
	} else if (strcmp(result, "failed") == 0) {
		marks_tag(item, "tag", "bad", "bad", "Failed");
	} else {
		marks_tag(item, "tag", "warn", "wait", "Begun");
	}
}

static void fill_done(json_t *item, const struct checkin_done *done)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRId64, done->number);
	view_text(item, "number", number);
	view_time(item, "at", done->at);
	view_text(item, "reason", reason_text(done->reason));
	view_sentence(item, "problem", done->problem);
	view_number(item, "out", done->bytes_out);
	view_number(item, "in", done->bytes_in);
	result_tag(item, done->result);
}

static bool fill_list(struct visit *visit, struct err *err)
{
	json_t *list = view_array(visit->view, "checkins");
	struct checkin_done *done = NULL;
	size_t count = 0;

	if (!checkins_list(app_of(visit)->db, LISTED, &done, &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		fill_done(view_item(list), &done[i]);
	}
	mem_free(done);
	view_flag(visit->view, "any", count > 0);
	return true;
}

static void fill_message(struct visit *visit)
{
	if (strcmp(request_query(visit->request, "done"), "limits") == 0) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The limits are saved.",
			      "The change stands in the log.");
	}
}

bool network_checkins_show(struct visit *visit, struct err *err)
{
	struct contact contact;
	struct buf interval = BUF_INIT;
	enum asked_state asked;

	fill_message(visit);
	if (!asked_show(visit, &network_asked_checkin, &asked, err)) {
		return false;
	}
	if (asked == ASKED_ANSWERED) {
		return true;
	}
	if (!network_fill(visit, &contact, err) || !fill_list(visit, err)) {
		return false;
	}
	view_flag(visit->view, "may_check_in",
		  network_may_check_in(visit, &contact));
	network_put_interval(&interval, &contact.checkin);
	view_text(visit->view, "interval", buf_str(&interval));
	buf_clear(&interval);
	fill_spans(visit, "least", contact.checkin.least_s);
	fill_spans(visit, "most", contact.checkin.most_s);
	view_text(visit->view, "host", app_of(visit)->config.server_name);
	return true;
}

/*
 * Both limits at once. Which is set first matters while they pass each other:
 * the wider one comes first.
 */
static bool set_limits(struct visit *visit, const char *first,
		       const char *second, struct err *err)
{
	struct db *db = app_of(visit)->db;
	const struct request *request = visit->request;
	const char *const names[] = { first, second };

	if (!db_begin(db, err)) {
		return false;
	}
	bool done = true;

	for (size_t i = 0; done && i < 2; i++) {
		char setting[24];

		snprintf(setting, sizeof(setting), "checkin_%s", names[i]);
		done = checkin_setting_set(db, people_actor(visit), setting,
					   request_form(request, names[i]),
					   request->now, err);
	}
	return db_finish(db, done, err);
}

static bool save_limits(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	int64_t least = 0, most = 0;

	if (!text_parse_i64(request_form(visit->request, "least"), 1, INT64_MAX,
			    &least) ||
	    !text_parse_i64(request_form(visit->request, "most"), 1, INT64_MAX,
			    &most) ||
	    least > most) {
		visit_problem(visit, 400, "least",
			      "Choose a shortest interval that is not longer "
			      "than the longest.");
		return visit_again(visit, err);
	}
	if (!set_limits(visit, "most", "least", &why)) {
		why = (struct err){ .kind = ERR_NONE };
		if (!set_limits(visit, "least", "most", &why)) {
			if (why.kind != ERR_INVALID) {
				return err_set(err, why.kind, "%s", why.text);
			}
			visit_problem(visit, 400, "least", why.text);
			return visit_again(visit, err);
		}
	}
	app_wake_daemon(visit);
	visit_redirect(visit, PATH, "done", "limits");
	return true;
}

bool network_checkins_act(struct visit *visit, struct err *err)
{
	const char *name = request_form(visit->request, "do");

	if (strcmp(name, "limits") == 0) {
		return save_limits(visit, err);
	}
	if (strcmp(name, "now") == 0) {
		return network_may_ask(visit, err) &&
		       asked_leave(visit, &network_asked_checkin, err);
	}
	return visit_fail(visit, 400, err, "The form has an unknown button.");
}

/* ---- one of them ---- */

static bool find(struct visit *visit, struct checkin_done *found,
		 struct err *err)
{
	struct checkin_done *list = NULL;
	size_t count = 0;
	int64_t number = 0;
	bool there = false;

	if (!checkins_list(app_of(visit)->db, CHECKINS_KEPT, &list, &count,
			   err)) {
		return false;
	}
	if (text_parse_i64(visit->step, 1, INT64_MAX, &number)) {
		for (size_t i = 0; i < count && !there; i++) {
			there = list[i].number == number;
			if (there) {
				*found = list[i];
			}
		}
	}
	mem_free(list);
	return there || visit_fail(visit, 404, err,
				   "There is no such check-in. Only the last "
				   "ones are kept; all stand in the log.");
}

bool network_checkin_show(struct visit *visit, struct err *err)
{
	struct buf request = BUF_INIT, answer = BUF_INIT;
	struct checkin_done done;

	if (!find(visit, &done, err)) {
		return false;
	}
	bool ok = checkins_bytes(app_of(visit)->db, done.number, &request,
				 &answer, err);

	if (ok) {
		fill_done(visit->view, &done);
		view_text(visit->view, "request", buf_str(&request));
		view_text(visit->view, "answer", buf_str(&answer));
		view_text(visit->view, "host",
			  app_of(visit)->config.server_name);
	}
	buf_clear(&request);
	buf_clear(&answer);
	return ok;
}
