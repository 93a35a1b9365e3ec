/*
 * The list of an account's sessions with its buttons: people see it of their
 * own account, administrators of everybody's. Sessions themselves are
 * domain/sessions.
 */
#include "cgi/people/session_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/people/marks.h"
#include "web/view.h"

static void fill_row(json_t *item, const struct session *session, bool here)
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRId64, session->id);
	view_text(item, "id", id);
	view_time(item, "started", session->created_at);
	view_time(item, "seen", session->seen_at);
	view_text(item, "address", session->address);
	view_flag(item, "here", here);
	if (here) {
		marks_tag(item, "tag", "ok", "ok", "This browser");
	}
}

bool session_list_fill(struct visit *visit, int64_t account, struct err *err)
{
	const struct people *people = people_of(visit);
	struct session *list = NULL;
	size_t count = 0;
	size_t others = 0;

	if (!sessions_list(people->db, account, visit->request->now, &list,
			   &count, err)) {
		return false;
	}
	json_t *rows = view_array(visit->view, "sessions");

	for (size_t i = 0; i < count; i++) {
		bool here = list[i].id == people->session.id;

		fill_row(view_item(rows), &list[i], here);
		others += !here;
	}
	mem_free(list);
	view_flag(visit->view, "sessions_any", count > 0);
	view_flag(visit->view, "session_others", others > 0);
	view_flag(visit->view, "session_here", others < count);
	return true;
}

bool session_list_asked(const struct visit *visit)
{
	return request_form(visit->request, "end")[0] != '\0' ||
	       strcmp(request_form(visit->request, "do"), "others") == 0;
}

bool session_list_act(const struct visit *visit, int64_t account,
		      struct err *err)
{
	const struct people *people = people_of(visit);
	const struct request *request = visit->request;
	const char *end = request_form(request, "end");
	struct err why = { .kind = ERR_NONE };
	int64_t id = 0;

	if (end[0] == '\0') {
		return sessions_end_all(people->db, people_actor(visit),
					account, people->session.id,
					request->now, err);
	}
	return (text_parse_i64(end, 1, INT64_MAX, &id) &&
		sessions_end(people->db, people_actor(visit), account, id,
			     request->now, &why)) ||
	       why.kind == ERR_NONE || why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}
