/*
 * One certificate of a device: what it is, how long it is good, and its end
 * before its time. What revoking does is server/certificates' business.
 */
#include <stdio.h>

#include "base/text.h"
#include "cgi/people/marks.h"
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "cgi/server/phrases.h"
#include "server/certificates.h"
#include "web/view.h"

static bool find(struct visit *visit, struct certificate_row *row,
		 struct err *err)
{
	if (!fields_is_sha256(visit->step)) {
		return visit_fail(visit, 404, err,
				  "There is no such certificate.");
	}
	return certificates_get(console_of(visit)->db, visit->step, row, err);
}

bool console_certificate_show(struct visit *visit, struct err *err)
{
	struct certificate_row row;
	if (!find(visit, &row, err)) {
		return false;
	}
	if (text_equal(request_query(visit->request, "done"), "revoked")) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The certificate is revoked.",
			      "Whoever comes with it is refused from now on.");
	}
	phrases_certificate(visit->view, &row, visit->request->now);
	view_text(visit->view, "serial", row.serial);
	view_time(visit->view, "from", row.not_before);
	view_time(visit->view, "revoked", row.revoked_at);
	view_text(visit->view, "revoked_by", row.revoked_by);
	view_text(visit->view, "reason", row.reason);
	view_flag(visit->view, "newest", row.newest);
	view_flag(visit->view, "stands",
		  row.revoked_at == 0 && row.device_stands);
	return true;
}

bool console_certificate_act(struct visit *visit, struct err *err)
{
	struct certificate_row row;
	char path[sizeof(row.sha256) + 16];
	if (!find(visit, &row, err)) {
		return false;
	}
	if (request_form(visit->request, "sure")[0] == '\0') {
		visit_problem(visit, 400, "sure",
			      "Tick the box first: a revoked certificate does "
			      "not come back.");
		return visit_again(visit, err);
	}
	if (!certificates_revoke(console_of(visit)->db, people_actor(visit),
				 row.sha256,
				 request_form(visit->request, "reason"),
				 visit->request->now, err)) {
		return false;
	}
	snprintf(path, sizeof(path), "/certificate/%s", row.sha256);
	visit_redirect(visit, path, "done", "revoked");
	return true;
}
