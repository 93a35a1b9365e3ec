/*
 * Home: the state in one sentence, what there is to do, and the services at a
 * glance. Decides nothing; every entry leads to the page that does.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/state.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "domain/consent.h"
#include "domain/outbox.h"
#include "domain/roles.h"
#include "web/view.h"

static size_t count_in(const struct consents *all, enum consent_state state)
{
	size_t count = 0;

	for (size_t i = 0; i < all->count; i++) {
		count += all->services[i].state == state;
	}
	return count;
}

static json_t *add_task(json_t *tasks, const char *title, const char *text,
			const char *path, const char *action)
{
	json_t *item = view_item(tasks);

	view_text(item, "title", title);
	view_sentence(item, "text", text);
	view_text(item, "path", path);
	view_text(item, "action", action);
	view_text(item, "tag", "");
	return item;
}

static void add_item(json_t *tasks, const struct outbox_item *item,
		     bool operator)
{
	char path[8 + UUID_TEXT_SIZE];
	struct buf title = BUF_INIT;

	snprintf(path, sizeof(path), "/send/%s", item->transaction);
	words_services_put(&title, item->services);
	if (item->state == OUTBOX_STAGED && operator) {
		words_outbox_tag(add_task(tasks, buf_str(&title),
					  "A preview is ready. Nothing leaves "
					  "until you press Send.",
					  path, "Look and send"),
				 "tag", item);
	} else if (item->state == OUTBOX_QUEUED ||
		   item->state == OUTBOX_SENDING) {
		words_outbox_tag(add_task(tasks, buf_str(&title),
					  item->problem[0] != '\0'
						  ? item->problem
						  : "It goes out by itself.",
					  path, "Follow"),
				 "tag", item);
	}
	buf_clear(&title);
}

#define RECENT_ITEMS 20

static bool fill_tasks(struct visit *visit, const struct consents *all,
		       struct err *err)
{
	json_t *tasks = view_array(visit->view, "tasks");
	struct outbox_item *items = NULL;
	size_t count = 0;
	size_t changed = count_in(all, CONSENT_SUSPENDED);

	if (changed > 0 || all->remote.state == CONSENT_SUSPENDED) {
		add_task(tasks, "Confirm a change",
			 "The words or the data of a service changed. It waits "
			 "until a customer confirms it.",
			 "/services", "Read the change");
	} else if (all->effective == 0 && people_may(visit, ROLE_CUSTOMER)) {
		add_task(
			tasks, "Choose services",
			"Nothing is allowed yet. You can also leave it so; the "
			"device works without.",
			"/services", "Choose");
	}
	if (!outbox_list(app_of(visit)->db, OUTBOX_UNSET, RECENT_ITEMS, &items,
			 &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		add_item(tasks, &items[i], people_may(visit, ROLE_OPERATOR));
	}
	mem_free(items);
	view_flag(visit->view, "tasks_shown", json_array_size(tasks) > 0);
	return true;
}

static void fill_services(struct visit *visit, const struct consents *all)
{
	json_t *services = view_array(visit->view, "services");

	for (size_t i = 0; i < all->count; i++) {
		const struct consent *consent = &all->services[i];
		json_t *item = view_item(services);

		view_text(item, "name", consent->service->name);
		view_text(item, "title", consent->service->title);
		words_consent_tag(item, "tag", consent->state);
		if (consent->last_sent_at != 0) {
			view_time(item, "last", consent->last_sent_at);
		} else {
			view_text(item, "last", "never");
		}
	}
}

static void fill_failures(struct visit *visit)
{
	uint64_t failures = 0;

	if (!text_parse_u64(request_query(visit->request, "failures"), 1,
			    UINT32_MAX, &failures)) {
		return;
	}
	json_t *item = view_object(visit->view, "failures");

	marks_tag(item, "tag", "warn", "warn", "Look");
	view_count(item, "count", failures, "failed sign-in",
		   "failed sign-ins");
}

bool home_show(struct visit *visit, struct err *err)
{
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err) ||
	    !fill_tasks(visit, &all, err)) {
		return false;
	}
	state_fill(visit, &all);
	fill_failures(visit);
	fill_services(visit, &all);
	view_text(visit->view, "next",
		  all.effective == 0
			  ? "Nothing is sent until a service is allowed and an "
			    "operator presses Send."
			  : "Nothing is sent by itself. An operator makes a "
			    "preview, looks at it and presses Send.");
	view_flag(visit->view, "may_preview", people_may(visit, SEES_DATA));
	view_flag(visit->view, "may_log", people_may(visit, READS_LOG));
	return true;
}
