/*
 * The own account: another password, the sessions, signing out everywhere.
 * What an administrator does with other people's accounts is in
 * cgi/device/user.c.
 */
#include "cgi/people/people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/people/marks.h"
#include "cgi/people/session_list.h"
#include "domain/roles.h"
#include "web/view.h"

static void fill_done(const struct visit *visit)
{
	static const struct {
		const char *name, *headline, *text;
	} done[] = {
		{ "password", "Your password is changed.",
		  "Every other session of this account is ended." },
		{ "sessions", "Done: signed out there.",
		  "If you do not know where that was, change your password." },
	};
	const char *name = request_query(visit->request, "done");

	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		if (strcmp(done[i].name, name) == 0) {
			marks_message(visit->view, "ok", "ok", "Done",
				      done[i].headline, done[i].text);
		}
	}
}

/* What a sign-in found: "/account?failures=3". */
static void fill_failures(const struct visit *visit)
{
	uint64_t failures = 0;

	if (!text_parse_u64(request_query(visit->request, "failures"), 1,
			    UINT32_MAX, &failures)) {
		return;
	}
	char headline[96];

	snprintf(headline, sizeof(headline),
		 "%" PRIu64 " failed sign-in%s with your name since you last "
		 "signed in.",
		 failures, failures == 1 ? "" : "s");
	marks_message(visit->view, "warn", "warn", "Look", headline,
		      "If that was not you, change your password.");
}

bool people_account_show(struct visit *visit, struct err *err)
{
	const struct session *session = &people_of(visit)->session;
	const struct account *account = &session->account;
	struct buf roles = BUF_INIT;

	roles_put(&roles, account->roles);
	view_text(visit->view, "own_name", account->name);
	view_text(visit->view, "own_roles",
		  roles.len > 0 ? buf_str(&roles) : "none");
	buf_clear(&roles);
	view_text(visit->view, "failed_at", "never");
	view_text(visit->view, "failed_from", account->failed_from);
	if (account->failed_at != 0) {
		view_time(visit->view, "failed_at", account->failed_at);
	}
	fill_done(visit);
	fill_failures(visit);
	return session_list_fill(visit, account->id, err);
}

static bool refuse(struct visit *visit, int status, const char *field,
		   const char *text, struct err *err)
{
	visit_problem(visit, status, field, text);
	return visit_again(visit, err);
}

/* The present password is asked again and counts like a sign-in. */
static bool check_old(struct visit *visit, bool *fine, struct err *err)
{
	const struct people *people = people_of(visit);
	const struct request *request = visit->request;
	struct err why = { .kind = ERR_NONE };
	struct account account;

	*fine = accounts_sign_in(people->db, people->session.account.name,
				 request_form(request, "old"), request->address,
				 request->now, &account, &why);
	if (*fine) {
		return true;
	}
	if (why.kind != ERR_DENIED && why.kind != ERR_LIMIT &&
	    why.kind != ERR_INVALID) {
		return err_set(err, why.kind, "%s", why.text);
	}
	return refuse(visit, why.kind == ERR_LIMIT ? 429 : 403, "old",
		      why.kind == ERR_LIMIT
			      ? why.text
			      : "The present password is not right.",
		      err);
}

static bool change_password(struct visit *visit, struct err *err)
{
	const struct people *people = people_of(visit);
	const struct account *account = &people->session.account;
	const struct request *request = visit->request;
	const char *password = request_form(request, "password");
	struct err why = { .kind = ERR_NONE };
	char token[SESSION_TOKEN_SIZE];
	bool fine = false;

	if (password[0] == '\0' ||
	    strcmp(password, request_form(request, "again")) != 0) {
		return refuse(visit, 400, "again",
			      "The two new passwords are not the same.", err);
	}
	if (!check_old(visit, &fine, err) || !fine) {
		return err->kind == ERR_NONE;
	}
	if (!accounts_set_password(people->db, account->name, account->id,
				   password, people->known, request->now,
				   &why)) {
		if (why.kind != ERR_INVALID) {
			return err_set(err, why.kind, "%s", why.text);
		}
		return refuse(visit, 400, "password", why.text, err);
	}
	if (!sessions_start(people->db, account->id, request->address,
			    request->now, token, err)) {
		return false;
	}
	visit_set_session(visit, token);
	visit_redirect(visit, "/account", "done", "password");
	return true;
}

static bool sign_out_everywhere(struct visit *visit, struct err *err)
{
	const struct people *people = people_of(visit);

	if (!sessions_end_all(people->db, people_actor(visit),
			      people->session.account.id, 0,
			      visit->request->now, err)) {
		return false;
	}
	visit_set_session(visit, NULL);
	visit_redirect(visit, "/login", "out", "1");
	people_clear_browser(visit);
	return true;
}

bool people_account_act(struct visit *visit, struct err *err)
{
	const char *what = request_form(visit->request, "do");

	if (session_list_asked(visit)) {
		if (!session_list_act(
			    visit, people_of(visit)->session.account.id, err)) {
			return false;
		}
		visit_redirect(visit, "/account", "done", "sessions");
		return true;
	}
	if (strcmp(what, "password") == 0) {
		return change_password(visit, err);
	}
	if (strcmp(what, "everywhere") == 0) {
		return sign_out_everywhere(visit, err);
	}
	return visit_fail(visit, 400, err, "The form has an unknown button.");
}
