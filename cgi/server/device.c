/*
 * One device: what we know of it, what the customer's grants do not let us
 * see, and its transactions under the ids and hashes that stand in the
 * device's own log. What is short stands first, what is seldom looked at is
 * folded up, and the longest list is the last. Documents are shown by
 * transaction.c only.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/people/marks.h"
#include "cgi/server/console.h"
#include "cgi/server/contact.h"
#include "cgi/server/instructions.h"
#include "cgi/server/pages.h"
#include "cgi/server/phrases.h"
#include "documents/service.h"
#include "server/fleet_storage.h"
#include "server/log_breaks.h"
#include "server/received.h"
#include "web/view.h"

#define PAGE_ROWS 20

static void put_transaction(json_t *list, const struct received *r)
{
	json_t *item = view_item(list);
	view_text(item, "transaction", r->transaction);
	view_time(item, "received", r->received_at);
	phrases_documents(item, "documents", r->documents);
	phrases_services(item, "services", r->services);
	view_text(item, "reason", r->reason);
	view_number(item, "bytes", r->bytes);
	view_text(item, "sha256", r->sha256);
}

static bool put_transactions(struct visit *visit,
			     const struct fleet_device *device, struct err *err)
{
	uint64_t before = 0;
	struct received *rows = NULL;
	size_t count = 0;
	char older[24] = "";
	const char *typed = request_query(visit->request, "before");
	if (typed[0] != '\0' && !text_parse_u64(typed, 1, INT64_MAX, &before)) {
		return visit_fail(visit, 400, err,
				  "The place in the list is no number.");
	}
	if (!received_list(console_of(visit)->db, device->id, (int64_t)before,
			   PAGE_ROWS + 1, &rows, &count, err)) {
		return false;
	}
	json_t *list = view_array(visit->view, "transactions");
	for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
		put_transaction(list, &rows[i]);
	}
	if (count > PAGE_ROWS) {
		snprintf(older, sizeof(older), "%" PRId64,
			 rows[PAGE_ROWS - 1].number);
	}
	view_flag(visit->view, "any", count > 0);
	view_text(visit->view, "older", older);
	view_flag(visit->view, "newest", before > 0);
	view_flag(visit->view, "paged", before > 0 || older[0] != '\0');
	mem_free(rows);
	return true;
}

/* What no grant of a transmission has covered yet. */
static void put_unseen(json_t *view, const struct fleet_device *device)
{
	json_t *list = view_array(view, "unseen");
	const struct service *service;
	struct buf names = BUF_INIT;
	for (size_t n = 0; (service = service_at(n)) != NULL; n++) {
		if (phrases_has(device->services, service->name)) {
			continue;
		}
		json_t *item = view_item(list);
		view_text(item, "title", service->title);
		view_text(item, "sends", service->sends);
		buf_printf(&names, "%s, ", service->title);
	}
	buf_put_str(&names, "Personal data, Job data");
	view_text(view, "unseen_names", buf_str(&names));
	buf_clear(&names);
}

static void put_facts(json_t *view, const struct fleet_device *device,
		      int64_t now)
{
	json_t *facts = view_object(view, "device");
	view_text(facts, "id", device->id);
	view_text(facts, "title", phrases_device_title(device));
	view_text(facts, "model", device->make_and_model);
	view_text(facts, "serial", device->serial_number);
	view_time(facts, "added", device->added_at);
	view_text(facts, "added_by", device->added_by);
	view_flag(facts, "added_by_code",
		  text_equal(device->added_by, device->id));
	view_time(facts, "revoked", device->revoked_at);
	phrases_services(facts, "services", device->services);
	view_text(facts, "ledger_key", device->ledger_key);
	view_count(facts, "count", (uint64_t)device->transmissions,
		   "transmission", "transmissions");
	phrases_device_tag(facts, "tag", device, now);
}

/* How much of it is stored today, and whether more was refused. */
static bool put_storage(struct visit *visit, const struct fleet_device *device,
			struct err *err)
{
	const struct console *console = console_of(visit);
	json_t *storage = view_object(visit->view, "storage");
	struct fleet_storage today;
	if (!fleet_storage_today(console->db, device->id, visit->request->now,
				 &today, err)) {
		return false;
	}
	view_size(storage, "bytes", today.bytes);
	view_size(storage, "most", console->config->day_bytes);
	view_flag(storage, "refused", today.refused);
	view_time(storage, "until", today.until);
	if (today.refused) {
		marks_tag(storage, "tag", "warn", "wait", "Day is full");
	}
	return true;
}

static bool put_certificates(struct visit *visit,
			     const struct fleet_device *device, struct err *err)
{
	struct certificate_row *rows = NULL;
	size_t count = 0;
	if (!certificates_list(console_of(visit)->db, device->id, &rows, &count,
			       err)) {
		return false;
	}
	json_t *list = view_array(visit->view, "certificates");
	for (size_t i = count; i > 0; i--) { /* the one that lasts longest */
		json_t *item = view_item(list);
		phrases_certificate(item, &rows[i - 1], visit->request->now);
		view_flag(item, "newest", rows[i - 1].newest);
		if (rows[i - 1].newest && device->revoked_at == 0) {
			phrases_countdown_tag(visit->view, "newest_tag",
					      rows[i - 1].not_after,
					      visit->request->now);
		}
	}
	view_count(visit->view, "certificates_count", count, "certificate",
		   "certificates");
	mem_free(rows);
	return true;
}

bool console_device_show(struct visit *visit, struct err *err)
{
	struct fleet_device device;
	if (!fleet_get(console_of(visit)->db, visit->step, &device, err)) {
		return false;
	}
	if (text_equal(request_query(visit->request, "done"), "accepted")) {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The log of this device continues.",
			      "Its next head is countersigned when it grew out "
			      "of what its owner acknowledged. The head of "
			      "before stays as evidence.");
	}
	view_text(visit->view, "title", phrases_device_title(&device));
	put_facts(visit->view, &device, visit->request->now);
	put_unseen(visit->view, &device);
	return put_storage(visit, &device, err) &&
	       console_put_contact(visit, &device, err) &&
	       put_certificates(visit, &device, err) &&
	       console_put_instructions(visit, &device, err) &&
	       put_transactions(visit, &device, err);
}

/* Accepts that its log continues after a loss. */
bool console_device_act(struct visit *visit, struct err *err)
{
	struct fleet_device device;
	char path[sizeof(device.id) + 16];
	struct db *db = console_of(visit)->db;
	if (!fleet_get(db, visit->step, &device, err)) {
		return false;
	}
	if (request_form(visit->request, "sure")[0] == '\0') {
		visit_problem(visit, 400, "sure",
			      "Tick the box first: what the lost entries said "
			      "does not come back.");
		return visit_again(visit, err);
	}
	if (!log_breaks_accept(db, device.id, people_actor(visit),
			       visit->request->now, err)) {
		return false;
	}
	snprintf(path, sizeof(path), "/device/%s", device.id);
	visit_redirect(visit, path, "done", "accepted");
	return true;
}
