/*
 * Privacy: personal data and job data, each a control of its own that no
 * service opens; what each would add; which codes stand for which names of
 * the network; and withdrawing everything at once. The pages of one gate are
 * in service.c.
 */
#include <stdio.h>
#include <string.h>

#include "cgi/device/app.h"
#include "cgi/device/control.h"
#include "cgi/device/field_table.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "domain/outbox.h"
#include "domain/pseudonyms.h"
#include "web/view.h"

static bool add_pseudonym(void *ctx, const char *token, const char *value,
			  int64_t last_at, struct err *err)
{
	json_t *item = view_item(ctx);

	(void)err;
	view_text(item, "token", token);
	view_text(item, "value", value);
	view_time(item, "last", last_at);
	return true;
}

static bool fill_pseudonyms(struct visit *visit, struct err *err)
{
	json_t *pseudonyms = view_array(visit->view, "pseudonyms");

	if (!pseudonyms_each(app_of(visit)->db, add_pseudonym, pseudonyms,
			     err)) {
		return false;
	}
	view_flag(visit->view, "pseudonyms_shown",
		  json_array_size(pseudonyms) > 0);
	return true;
}

static void tell(struct visit *visit, const struct consents *all)
{
	if (strcmp(request_query(visit->request, "done"), "everything") == 0) {
		control_tell_withdrawn(visit, NULL);
	} else {
		control_tell(visit, all);
	}
}

static void fill_numbers(json_t *view)
{
	view_number(view, "kept_days", OUTBOX_KEPT_S / 86400);
	view_number(view, "kept_mib", OUTBOX_KEPT_BYTES >> 20);
}

static void fill_fields(json_t *view)
{
	json_t *documents = view_array(view, "documents");
	const struct document *document;
	size_t count = 0;

	for (size_t n = 0; (document = document_at(n)) != NULL; n++) {
		field_table_add(documents, document, FIELD_TABLE_PRIVATE);
	}
	for (size_t n = 0; n < json_array_size(documents); n++) {
		json_t *item = json_array_get(documents, n);

		count += json_array_size(json_object_get(item, "fields")) +
			 json_array_size(json_object_get(item, "forms"));
	}
	field_table_legend(view, FIELD_TABLE_PRIVATE);
	view_count(view, "count", count, "field", "fields");
}

bool privacy_show(struct visit *visit, struct err *err)
{
	json_t *controls = view_array(visit->view, "controls");
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err) ||
	    !fill_pseudonyms(visit, err)) {
		return false;
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		if (!control_fill(visit, view_item(controls), &all.gates[i], 0,
				  err)) {
			return false;
		}
	}
	fill_fields(visit->view);
	fill_numbers(visit->view);
	view_flag(visit->view, "list", true);
	view_flag(visit->view, "decides", people_may(visit, ROLE_ADMIN));
	view_flag(visit->view, "may_record", people_may(visit, READS_LOG));
	view_flag(visit->view, "may_withdraw", people_may(visit, WITHDRAWS));
	tell(visit, &all);
	return true;
}

bool privacy_act(struct visit *visit, struct err *err)
{
	const struct service *service;

	if (!control_find(request_form(visit->request, "service"), true,
			  &service)) {
		return visit_fail(visit, 400, err,
				  "There is no such permission.");
	}
	return control_act(visit, service, "/privacy", err);
}

/* Every control: remote services, the services, the gates. */
static enum service_id control_id(size_t n)
{
	return n == 0 ? SERVICE_UNSET : control_at(n - 1)->id;
}

static size_t controls_count(void)
{
	size_t n = 0;

	while (control_at(n) != NULL) {
		n++;
	}
	return n + 1;
}

bool privacy_withdraw_show(struct visit *visit, struct err *err)
{
	json_t *standing = view_array(visit->view, "standing");
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err)) {
		return false;
	}
	for (size_t n = 0; n < controls_count(); n++) {
		const struct consent *consent = consent_of(&all, control_id(n));

		if (consent->grant[0] != '\0') {
			view_item_text(standing,
				       consent_title(consent->service));
		}
	}
	view_flag(visit->view, "standing_shown", json_array_size(standing) > 0);
	return true;
}

static bool withdraw_all(struct visit *visit, size_t *deleted, struct err *err)
{
	for (size_t n = 0; n < controls_count(); n++) {
		size_t some = 0;

		if (!consent_withdraw(app_of(visit)->db, people_actor(visit),
				      control_id(n), visit->request->now, &some,
				      err)) {
			return false;
		}
		*deleted += some;
	}
	return true;
}

bool privacy_withdraw_act(struct visit *visit, struct err *err)
{
	struct db *db = app_of(visit)->db;
	size_t deleted = 0;
	char to[64];

	/* all or nothing: one transaction around those of each control */
	if (!db_begin(db, err) ||
	    !db_finish(db, withdraw_all(visit, &deleted, err), err)) {
		return false;
	}
	snprintf(to, sizeof(to), "/privacy?done=everything&deleted=%zu",
		 deleted);
	visit_redirect(visit, to, NULL, NULL);
	return true;
}
