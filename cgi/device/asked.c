/*
 * Buttons that ask something of the client daemon: test the connection, check
 * in, renew. Pages cannot reach the network, so all they do is leave a row in
 * domain/requests and look what became of it. What the row means is the
 * daemon's (client/daemon.c).
 */
#include "cgi/device/asked.h"

#include <stdio.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/people/marks.h"
#include "web/view.h"

/* After so many seconds without the daemon, the page says so. */
#define DAEMON_PATIENCE_S 10

const char *asked_text(const struct visit *visit, const struct request_row *row,
		       const char *taken)
{
	if (row->state == REQUEST_TAKEN) {
		return taken;
	}
	if (visit->request->now - row->asked_at > DAEMON_PATIENCE_S) {
		return "The device's client has not taken this up yet. If it "
		       "stays so, tell your administrator: the client program "
		       "may not be running.";
	}
	return "Waiting for the device's client.";
}

void asked_answer(struct visit *visit, const char *text, bool over)
{
	json_t *answer = json_object();

	view_text(answer, "text", text);
	view_flag(answer, "over", over);
	response_json(visit->response, answer);
	json_decref(answer);
}

bool asked_leave(struct visit *visit, const struct asked *asked,
		 struct err *err)
{
	const char *key = request_form(visit->request, "key");
	char number[24];
	int64_t id;

	if (key[0] == '\0') {
		return visit_fail(visit, 400, err, "The form has no key.");
	}
	if (!requests_add(app_of(visit)->db, asked->kind, 0,
			  people_actor(visit), key, visit->request->now, &id,
			  err)) {
		return false;
	}
	app_wake_daemon(visit);
	snprintf(number, sizeof(number), "%lld", (long long)id);
	visit_redirect(visit, asked->path, "id", number);
	return true;
}

static void show_waiting(struct visit *visit, const struct asked *asked,
			 const struct request_row *row)
{
	json_t *waiting = view_object(visit->view, "asked");
	char id[24];

	snprintf(id, sizeof(id), "%lld", (long long)row->id);
	view_text(waiting, "id", id);
	view_text(waiting, "path", asked->path);
	view_text(waiting, "text", asked_text(visit, row, asked->waiting));
	marks_tag(waiting, "tag", "warn", "wait", "Under way");
	view_flag(visit->view, "script", true);
}

static enum asked_state show_row(struct visit *visit, const struct asked *asked,
				 const struct request_row *row)
{
	bool waits = row->state == REQUEST_OPEN || row->state == REQUEST_TAKEN;

	if (visit->request->wants_json) {
		asked_answer(visit,
			     waits ? asked_text(visit, row, asked->waiting)
				   : "Done.",
			     !waits);
		return ASKED_ANSWERED;
	}
	if (waits) {
		show_waiting(visit, asked, row);
		return ASKED_WAITS;
	}
	if (row->state == REQUEST_REFUSED) {
		marks_message(visit->view, "bad", "bad", "Failed",
			      asked->refused, "");
		view_sentence(json_object_get(visit->view, "message"), "text",
			      row->problem);
		return ASKED_REFUSED;
	}
	if (asked->done != NULL) {
		marks_message(visit->view, "ok", "ok", "Done", asked->done, "");
	}
	return ASKED_DONE;
}

bool asked_show(struct visit *visit, const struct asked *asked,
		enum asked_state *state, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct request_row row;
	int64_t id;

	*state = ASKED_NOTHING;
	if (!text_parse_i64(request_query(visit->request, "id"), 1, INT64_MAX,
			    &id)) {
		return true;
	}
	if (!requests_get(app_of(visit)->db, id, &row, &why)) {
		return why.kind == ERR_NOT_FOUND ||
		       err_set(err, why.kind, "%s", why.text);
	}
	if (row.kind == asked->kind) {
		*state = show_row(visit, asked, &row);
	}
	return true;
}
