/*
 * Enrolment: one-time codes, and the certificates that end soon. A code is
 * shown once, in the answer to the form that made it: it stands nowhere else,
 * so there is nothing that a redirect could lead to. One certificate is
 * certificate.c; what a code is good for server/codes.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/people/marks.h"
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "cgi/server/phrases.h"
#include "server/ca.h"
#include "server/certificates.h"
#include "server/codes.h"
#include "web/view.h"

#define DAY_S ((int64_t)24 * 60 * 60)

static bool put_codes(struct visit *visit, struct err *err)
{
	struct code_row *rows = NULL;
	size_t count = 0;
	if (!codes_list(console_of(visit)->db, &rows, &count, err)) {
		return false;
	}
	/* What this form makes is from here on. */
	view_number(visit->view, "from",
		    count > 0 ? (uint64_t)rows[0].id + 1 : 1);
	json_t *list = view_array(visit->view, "codes");
	for (size_t i = 0; i < count; i++) {
		const struct code_row *row = &rows[i];
		if (row->ended_at != 0 ||
		    row->expires_at <= visit->request->now) {
			continue;
		}
		json_t *item = view_item(list);
		view_number(item, "id", (uint64_t)row->id);
		view_text(item, "device", row->device);
		view_text(item, "title", row->title);
		view_text(item, "made_by", row->made_by);
		view_time(item, "made", row->made_at);
		view_time(item, "until", row->expires_at);
	}
	view_flag(visit->view, "any_code", json_array_size(list) > 0);
	mem_free(rows);
	return true;
}

/* Only what a device would be without soon: its newest certificate. */
static bool is_due(const struct certificate_row *row, int64_t now)
{
	return row->newest && row->device_stands &&
	       (row->revoked_at != 0 ||
		certificates_step(row->not_after, now) != 0);
}

static bool put_certificates(struct visit *visit, struct err *err)
{
	struct certificate_row *rows = NULL;
	size_t count = 0;
	if (!certificates_list(console_of(visit)->db, NULL, &rows, &count,
			       err)) {
		return false;
	}
	json_t *list = view_array(visit->view, "certificates");
	for (size_t i = 0; i < count; i++) {
		if (is_due(&rows[i], visit->request->now)) {
			phrases_certificate(view_item(list), &rows[i],
					    visit->request->now);
		}
	}
	view_flag(visit->view, "any_certificate", json_array_size(list) > 0);
	mem_free(rows);
	return true;
}

bool console_enrol_show(struct visit *visit, struct err *err)
{
	if (text_equal(request_query(visit->request, "done"), "withdrawn")) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The code is withdrawn.",
			      "Nobody can enrol with it any more.");
	}
	/* From the page of a device, unless something was typed already. */
	const char *device = visit_typed(visit, "device");
	view_text(visit->view, "device",
		  device[0] != '\0' ? device
				    : request_query(visit->request, "device"));
	view_number(visit->view, "days_most", CODE_MOST_S / DAY_S);
	view_number(visit->view, "days_preset", CODE_PRESET_S / DAY_S);
	return put_codes(visit, err) && put_certificates(visit, err);
}

static bool make(struct visit *visit, struct err *err)
{
	uint64_t days = CODE_PRESET_S / DAY_S;
	char code[CODE_SIZE];
	struct err why = { 0 };
	const struct request *request = visit->request;
	const char *typed = request_form(request, "days");
	int64_t from = 0;
	if (!text_parse_i64(request_form(request, "from"), 1, INT64_MAX,
			    &from)) {
		from = 0;
	}
	if (typed[0] != '\0' &&
	    !text_parse_u64(typed, 1, CODE_MOST_S / DAY_S, &days)) {
		visit_problem(visit, 400, "days",
			      "A code is good for 1 to 90 days.");
		return visit_again(visit, err);
	}
	char device[FLEET_ID_SIZE];
	const char *asked = request_form(request, "device");
	/* What is none is refused, in words, by what makes the code. */
	const struct code_order order = {
		.device = fleet_id_typed(asked, device) ? device : asked,
		.title = request_form(request, "title"),
		.serial_number = request_form(request, "serial"),
		.expires_at = request->now + (int64_t)days * DAY_S,
		.replaces_from = from,
	};
	if (!codes_make(console_of(visit)->db, people_actor(visit), &order,
			request->now, code, &why)) {
		if (why.kind != ERR_INVALID && why.kind != ERR_DENIED) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, 400,
			      ca_serial_is_valid(order.serial_number)
				      ? "device"
				      : "serial",
			      why.text);
		return visit_again(visit, err);
	}
	visit->template = "enrol_code";
	view_flag(visit->view, "read_as", !text_equal(asked, order.device));
	view_text(visit->view, "typed_id", asked);
	view_text(visit->view, "code", code);
	view_text(visit->view, "device", order.device);
	view_time(visit->view, "until", order.expires_at);
	mem_burn(code, sizeof(code));
	return true;
}

static bool withdraw(struct visit *visit, struct err *err)
{
	int64_t id = 0;
	if (!text_parse_i64(request_form(visit->request, "id"), 1, INT64_MAX,
			    &id)) {
		return visit_fail(visit, 400, err,
				  "The form does not say which code.");
	}
	struct err why = { 0 };
	if (!codes_withdraw(console_of(visit)->db, people_actor(visit), id,
			    visit->request->now, &why)) {
		if (why.kind != ERR_NOT_FOUND) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, 409, "",
			      "That code is not open any more: it was used, "
			      "withdrawn or has run out. Nothing was changed.");
		return visit_again(visit, err);
	}
	visit_redirect(visit, "/enrol", "done", "withdrawn");
	return true;
}

bool console_enrol_act(struct visit *visit, struct err *err)
{
	const char *act = request_form(visit->request, "act");
	if (text_equal(act, "make")) {
		return make(visit, err);
	}
	if (text_equal(act, "withdraw")) {
		return withdraw(visit, err);
	}
	return visit_fail(visit, 400, err, "The form does not say what to do.");
}
