/*
 * Sealed job data: that it exists, for all staff; what for, to whom, and its
 * bytes, for the role job-data alone. Taking and deleting are posted acts,
 * and server/sealed_custody writes entry and notice before anything happens.
 * Opening a file is done away from the server, by whoever has a key.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/people/marks.h"
#include "cgi/server/console.h"
#include "cgi/server/pages.h"
#include "domain/roles.h"
#include "server/sealed_custody.h"
#include "web/view.h"

#define PAGE_ROWS 50
#define SEALED_DOWNLOAD_TYPE "application/octet-stream"

/* Tag and sentence of what became of it. */
static void put_state(json_t *object, const struct sealed *item)
{
	char time[VIEW_TIME_SIZE];
	char text[256];
	bool here = item->deleted_at == 0;
	bool by_date = item->deleted_by[0] == '\0';
	view_format_time(time, here ? item->expires_at : item->deleted_at);
	if (here) {
		snprintf(text, sizeof(text), "Kept until %s", time);
	} else if (by_date) {
		snprintf(text, sizeof(text), "Deleted by its date, %s", time);
	} else {
		snprintf(text, sizeof(text), "Deleted by %s, %s",
			 item->deleted_by, time);
	}
	marks_tag(object, "tag", here ? "ok" : "", here ? "ok" : "idle",
		  here      ? "Here"
		  : by_date ? "Expired"
			    : "Deleted");
	view_text(object, "state", text);
	view_flag(object, "here", here);
}

/* What every member of the staff may know of it. */
static void put_facts(json_t *object, const struct sealed *item)
{
	view_text(object, "transaction", item->transaction);
	view_text(object, "device", item->device);
	view_time(object, "received", item->received_at);
	view_number(object, "bytes", item->bytes);
	put_state(object, item);
}

static void put_recipients(json_t *view, const char *keys)
{
	json_t *list = view_array(view, "recipients");
	while (*keys != '\0') {
		char key[AGE_RECIPIENT_TEXT_SIZE];
		size_t len = strcspn(keys, " ");
		snprintf(key, sizeof(key), "%.*s", (int)len, keys);
		view_item_text(list, key);
		keys += len + (keys[len] == ' ' ? 1 : 0);
	}
}

bool console_jobdata_show(struct visit *visit, struct err *err)
{
	uint64_t before = 0;
	struct sealed *rows = NULL;
	size_t count = 0;
	char older[24] = "";
	bool may = people_may(visit, ROLE_JOB_DATA);
	const char *typed = request_query(visit->request, "before");
	if (typed[0] != '\0' && !text_parse_u64(typed, 1, INT64_MAX, &before)) {
		return visit_fail(visit, 400, err,
				  "The place in the list is no number.");
	}
	if (!sealed_list(console_of(visit)->db, (int64_t)before, PAGE_ROWS + 1,
			 &rows, &count, err)) {
		return false;
	}
	json_t *list = view_array(visit->view, "items");
	for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
		json_t *item = view_item(list);
		put_facts(item, &rows[i]);
		if (may) {
			view_text(item, "purpose", rows[i].purpose);
		}
	}
	if (count > PAGE_ROWS) {
		snprintf(older, sizeof(older), "%" PRId64,
			 rows[PAGE_ROWS - 1].number);
	}
	if (request_query(visit->request, "done")[0] != '\0') {
		marks_message(visit->view, "ok", "ok", "Done",
			      "The file is deleted.",
			      "The customer's device learns of it with its "
			      "next question.");
	}
	view_flag(visit->view, "may", may);
	view_flag(visit->view, "staff", people_may(visit, ROLE_STAFF));
	view_flag(visit->view, "any", count > 0);
	view_text(visit->view, "older", older);
	view_flag(visit->view, "newest", before > 0);
	mem_free(rows);
	return true;
}

/* The one that the path names; without ?device= the first of that id. */
static bool find_item(struct visit *visit, struct sealed *item, struct err *err)
{
	const char *typed = request_query(visit->request, "device");
	if (!uuid_valid(visit->step)) {
		return visit_fail(visit, 404, err,
				  "There is no such transaction.");
	}
	return sealed_find(console_of(visit)->db,
			   typed[0] == '\0' ? NULL : typed, visit->step, item,
			   err);
}

bool console_jobdata_one_show(struct visit *visit, struct err *err)
{
	struct sealed item;
	if (!find_item(visit, &item, err)) {
		return false;
	}
	put_facts(visit->view, &item);
	view_text(visit->view, "sha256", item.sha256);
	view_text(visit->view, "certificate", item.certificate);
	view_number(visit->view, "index", item.ledger_index);
	view_text(visit->view, "purpose", item.purpose);
	put_recipients(visit->view, item.recipients);
	return true;
}

static struct sealed_keeper keeper_of(const struct visit *visit)
{
	const struct console *console = console_of(visit);
	return (struct sealed_keeper){ console->config, console->db,
				       console->log };
}

static bool take(struct visit *visit, const struct sealed *item,
		 struct err *err)
{
	struct sealed_keeper keeper = keeper_of(visit);
	char name[UUID_TEXT_SIZE + 8];
	int fd = -1;
	if (!sealed_custody_take(&keeper, item, people_actor(visit),
				 visit->request->now, &fd, err)) {
		return false;
	}
	snprintf(name, sizeof(name), "%s.age", item->transaction);
	response_download_file(visit->response, SEALED_DOWNLOAD_TYPE, name, fd,
			       item->bytes);
	return true;
}

static bool delete_file(struct visit *visit, const struct sealed *item,
			struct err *err)
{
	struct sealed_keeper keeper = keeper_of(visit);
	if (request_form(visit->request, "sure")[0] == '\0') {
		visit_problem(visit, 400, "sure",
			      "Tick the box first: a deleted file does not "
			      "come back.");
		return visit_again(visit, err);
	}
	if (!sealed_custody_delete(&keeper, item, people_actor(visit),
				   visit->request->now, err)) {
		return false;
	}
	visit_redirect(visit, "/jobdata", "done", "deleted");
	return true;
}

bool console_jobdata_act(struct visit *visit, struct err *err)
{
	struct sealed item;
	const char *act = request_form(visit->request, "act");
	if (!find_item(visit, &item, err)) {
		return false;
	}
	if (text_equal(act, "take")) {
		return take(visit, &item, err);
	}
	if (text_equal(act, "delete")) {
		return delete_file(visit, &item, err);
	}
	return visit_fail(visit, 400, err, "The form does not say what to do.");
}
