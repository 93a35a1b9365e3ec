/*
 * Send: the list, the confirmation, the press of the button, the progress
 * with the real stages of the delivery, and cancelling. The receipt page is
 * in receipt.c. Nothing is sent here: approving puts the item into the queue
 * of the client daemon.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/receipt.h"
#include "cgi/device/send.h"
#include "cgi/device/transmission.h"
#include "cgi/device/words.h"
#include "web/view.h"

#define LISTED_ITEMS 60

static json_t *add_group(json_t *groups, const char *title, const char *none)
{
	json_t *group = view_item(groups);

	view_text(group, "title", title);
	view_text(group, "none", none);
	view_array(group, "items");
	view_flag(group, "any", false);
	view_flag(group, "waits", false);
	return group;
}

static void add_to(json_t *group, const struct outbox_item *item)
{
	transmission_fill_facts(view_item(json_object_get(group, "items")),
				item);
	view_flag(group, "any", true);
}

bool send_show(struct visit *visit, struct err *err)
{
	struct outbox_item *items = NULL;
	size_t count = 0;

	if (!outbox_list(app_of(visit)->db, OUTBOX_UNSET, LISTED_ITEMS, &items,
			 &count, err)) {
		return false;
	}
	json_t *groups = view_array(visit->view, "groups");

	view_text(visit->view, "way", "/send");
	json_t *ready = add_group(groups, "Ready to send",
				  "Nothing is ready. Make a preview first.");
	json_t *way = add_group(groups, "On its way", "Nothing is waiting.");
	json_t *over = add_group(groups, "Over", "Nothing was sent yet.");

	for (size_t i = 0; i < count; i++) {
		switch (items[i].state) {
		case OUTBOX_STAGED:
			add_to(ready, &items[i]);
			break;
		case OUTBOX_QUEUED: /* told by send_queue.c */
			view_flag(way, "waits", true);
			break;
		case OUTBOX_SENDING:
			add_to(way, &items[i]);
			break;
		case OUTBOX_SENT:
		case OUTBOX_FAILED:
		case OUTBOX_CANCELLED:
			add_to(over, &items[i]);
			break;
		default:
			break; /* samples are never sent */
		}
	}
	mem_free(items);
	return send_fill_queue(visit, err);
}

static void show_confirm(struct visit *visit)
{
	visit->template = "send_confirm";
	view_text(visit->view, "title", "Send this?");
	view_flag(visit->view, "may_send", people_may(visit, ROLE_OPERATOR));
}

static void put_retry_time(struct buf *text, const struct outbox_item *item)
{
	char time[VIEW_TIME_SIZE];

	buf_put_str(text,
		    "Your data is kept and will be tried again by itself");
	if (item->next_try_at != 0) {
		view_format_time(time, item->next_try_at);
		buf_printf(text, " at about %s", time);
	}
	buf_put_str(text, ".");
}

/* Words of a delivery that is not over or went wrong. */
static void fill_words(struct visit *visit, const struct outbox_item *item)
{
	json_t *view = visit->view;
	struct buf advice = BUF_INIT;

	if (item->state == OUTBOX_FAILED) {
		view_text(view, "title", "Not sent");
		view_text(view, "lead",
			  "This is over and will not be tried "
			  "again.");
		buf_put_str(&advice,
			    "Ask your administrator to mend the reason, "
			    "then make a new preview.");
	} else if (item->state == OUTBOX_CANCELLED) {
		view_text(view, "title", "Cancelled, not sent");
		view_text(view, "lead", "Nothing of this left the device.");
	} else if (item->problem[0] != '\0') {
		view_text(view, "title", "Not sent yet");
		view_text(view, "lead",
			  "A try did not work. It is safe to "
			  "close this page.");
		put_retry_time(&advice, item);
	} else {
		view_text(view, "title", "Sending");
		view_text(view, "lead",
			  "It is safe to close this page. The "
			  "device goes on by itself.");
	}
	view_sentence(view, "problem", item->problem);
	view_text(view, "advice", buf_str(&advice));
	buf_clear(&advice);
}

static const char *progress_text(const struct outbox_item *item)
{
	if (item->state == OUTBOX_QUEUED) {
		return item->problem[0] != '\0'
			       ? "Waiting for the next try."
			       : "Waiting for the device's client.";
	}
	switch (item->stage) {
	case STAGE_CONNECTING:
		return "Connecting to the server.";
	case STAGE_CONNECTED:
		return "Connected; the server proved who it is.";
	case STAGE_UPLOADING:
		return "Uploading.";
	case STAGE_UPLOADED:
		return "Uploaded; waiting for the signed receipt.";
	case STAGE_RECEIPT_CHECKED:
		return "The receipt is checked.";
	default:
		return "Prepared.";
	}
}

static bool is_under_way(const struct outbox_item *item)
{
	return item->state == OUTBOX_QUEUED || item->state == OUTBOX_SENDING;
}

static void show_progress(struct visit *visit, const struct outbox_item *item)
{
	json_t *view = visit->view;
	bool watch = is_under_way(item);

	visit->template = "send_progress";
	fill_words(visit, item);
	receipt_fill_steps(view, item);
	view_flag(view, "watch", watch);
	view_flag(view, "script", watch);
	json_object_set_new(view, "stage", json_integer(item->stage));
	view_text(view, "text", watch ? progress_text(item) : "");
	view_flag(view, "may_cancel",
		  item->state == OUTBOX_QUEUED && people_may(visit, SEES_DATA));
	view_flag(view, "may_log", people_may(visit, READS_LOG));
}

static void answer_script(struct visit *visit, const struct outbox_item *item)
{
	json_t *answer = json_object();

	view_text(answer, "text", progress_text(item));
	json_object_set_new(answer, "stage", json_integer(item->stage));
	view_flag(answer, "over", !is_under_way(item));
	response_json(visit->response, answer);
	json_decref(answer);
}

bool send_one_show(struct visit *visit, struct err *err)
{
	struct outbox_item item;

	if (!transmission_find(visit, &item, err)) {
		return false;
	}
	if (visit->request->wants_json) {
		answer_script(visit, &item);
		return true;
	}
	if (item.state == OUTBOX_SAMPLE) {
		visit_redirect(visit, "/preview", NULL, NULL);
		return true;
	}
	transmission_fill_facts(visit->view, &item);
	if (item.state == OUTBOX_SENT) {
		return receipt_show(visit, &item, err);
	}
	if (item.state != OUTBOX_STAGED) {
		show_progress(visit, &item);
		return true;
	}
	show_confirm(visit);
	return transmission_fill_content(visit, &item, err);
}

static void go_to_item(struct visit *visit)
{
	char path[16 + UUID_TEXT_SIZE];

	snprintf(path, sizeof(path), "/send/%s", visit->step);
	visit_redirect(visit, path, NULL, NULL);
}

bool send_one_act(struct visit *visit, struct err *err)
{
	struct device_app *app = app_of(visit);
	int64_t now = visit->request->now;
	struct err why = { .kind = ERR_NONE };
	struct outbox_item item;

	if (!transmission_find(visit, &item, err)) {
		return false;
	}
	if (!outbox_approve(app->db, people_actor(visit), item.transaction,
			    request_form(visit->request, "sha256"), now,
			    &why)) {
		if (why.kind == ERR_DENIED || why.kind == ERR_INVALID ||
		    why.kind == ERR_LIMIT) {
			return visit_fail(visit, 409, err, why.text);
		}
		return err_set(err, why.kind, "%s", why.text);
	}
	app_wake_daemon(visit);
	go_to_item(visit);
	return true;
}

bool cancel_act(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct outbox_item item;

	if (!transmission_find(visit, &item, err)) {
		return false;
	}
	if (item.state != OUTBOX_CANCELLED &&
	    !outbox_cancel(app_of(visit)->db, people_actor(visit),
			   item.transaction, "cancelled on the page",
			   visit->request->now, &why)) {
		if (why.kind == ERR_DENIED) {
			return visit_fail(visit, 409, err,
					  "It is too late to cancel: it is on "
					  "its way or over.");
		}
		return err_set(err, why.kind, "%s", why.text);
	}
	go_to_item(visit);
	return true;
}
