/*
 * What the server knows of this device's log: how much of it was countersigned,
 * a conflict, and what the owner said to it. Acknowledging is domain's
 * continuation; the daemon signs it and tells the server.
 */
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/log_head.h"
#include "cgi/device/log_server.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/ledger.h"
#include "web/view.h"

bool log_server_read(struct db *db, struct log_server *s, struct err *err)
{
	struct ledger_head head;

	if (!witnessed_read(db, &s->witnessed, err) ||
	    !continuation_last(db, &s->said, err) ||
	    !ledger_head(db, &head, err)) {
		return false;
	}
	s->entries = head.size;
	s->conflict = witnessed_conflict(&s->witnessed);
	s->waits =
		s->conflict && continuation_waits(&s->said, s->witnessed.told);
	return true;
}

enum state {
	LOG_NOTHING = 0, /* nothing is countersigned */
	LOG_GROWN,
	LOG_CONFLICT, /* and nobody has said a word */
	LOG_WAITS
};

static const struct {
	const char *tone, *icon, *tag, *headline, *text;
} words[] = {
	[LOG_NOTHING] = { "", "idle", "None yet",
			  "The server has countersigned nothing of this "
			  "log yet.",
			  "It does so at the first check-in." },
	[LOG_GROWN] = { "ok", "ok", "Only grew",
			"What the server countersigned is part of this "
			"log.",
			"Neither side can rewrite what both saw." },
	[LOG_CONFLICT] = { "bad", "bad", "Conflict",
			   "The server keeps entries of this log that "
			   "this device does not have.",
			   "An older copy of the database may have been "
			   "put back, or entries were changed. Until "
			   "this is settled nothing more is "
			   "countersigned; all else goes on." },
	[LOG_WAITS] = { "warn", "wait", "Acknowledged",
			"The conflict is acknowledged, and the vendor "
			"has to accept it.",
			"The next check-in tells the server. Until then "
			"nothing more is countersigned; all else goes "
			"on." },
};

static enum state state_of(const struct log_server *s)
{
	return s->waits                 ? LOG_WAITS
	       : s->conflict            ? LOG_CONFLICT
	       : s->witnessed.size == 0 ? LOG_NOTHING
					: LOG_GROWN;
}

static void fill(struct visit *visit, const struct log_server *s)
{
	enum state state = state_of(s);
	json_t *view = visit->view;
	struct buf text = BUF_INIT;

	view_text(view, "tone", words[state].tone);
	marks_tag(view, "tag", words[state].tone, words[state].icon,
		  words[state].tag);
	view_text(view, "headline", words[state].headline);
	view_text(view, "text", words[state].text);
	view_number(view, "entries", s->entries);
	if (s->witnessed.size != 0) {
		view_number(view, "size", s->witnessed.size);
		view_time(view, "at", s->witnessed.at);
	}
	if (s->witnessed.told != 0) {
		view_number(view, "told", s->witnessed.told);
	}
	if (s->said.size != 0) {
		continuation_put(&text, &s->said);
	}
	view_text(view, "said", buf_str(&text));
	view_flag(view, "open",
		  state == LOG_CONFLICT && s->witnessed.told != 0);
	view_flag(view, "may", people_may(visit, SETS_UP));
	view_flag(view, "head", s->witnessed.size != 0);
	if (s->witnessed.size != 0) {
		log_head_fill_keys(visit);
	}
	buf_clear(&text);
}

bool log_server_show(struct visit *visit, struct err *err)
{
	struct log_server s;

	if (!log_server_read(app_of(visit)->db, &s, err)) {
		return false;
	}
	if (text_equal(request_query(visit->request, "done"), "continued")) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The conflict is acknowledged.",
			      "It is an entry of the log, and the next "
			      "check-in tells the server.");
	}
	fill(visit, &s);
	return true;
}

bool log_server_act(struct visit *visit, struct err *err)
{
	if (request_form(visit->request, "sure")[0] == '\0') {
		visit_problem(visit, 400, "sure",
			      "Tick the box first: entries that are lost here "
			      "do not come back.");
		return visit_again(visit, err);
	}
	if (!continuation_acknowledge(app_of(visit)->db, people_actor(visit),
				      visit->request->now, err)) {
		return false;
	}
	visit_redirect(visit, "/log/server", "done", "continued");
	return true;
}
