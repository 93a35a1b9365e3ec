/*
 * Home: the state in one sentence, what needs a person, what is under way,
 * and the services at a glance. Decides nothing; every entry leads to the
 * page that does. The task list of a new device is in first_steps.c.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/control.h"
#include "cgi/device/first_steps.h"
#include "cgi/device/home.h"
#include "cgi/device/pages.h"
#include "cgi/device/state.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "domain/consent.h"
#include "domain/jobs.h"
#include "domain/outbox.h"
#include "web/view.h"

#define DAY_S ((int64_t)86400)
#define RECENT_ITEMS 20
#define NAMED 3 /* of what needs a person, in the card of the state */
#define FAILED_SHOWN_S (7 * DAY_S)
#define EXPIRED_SHOWN_S (30 * DAY_S)

/* Two lists of the same form: what needs a person, and what is under way. */
struct attention {
	json_t *repairs;
	json_t *waiting;
};

json_t *home_add_task(json_t *list, const char *title, const char *text,
		      const char *path, const char *action)
{
	json_t *item = view_item(list);

	view_text(item, "title", title);
	view_text(item, "name", title);
	view_sentence(item, "text", text);
	view_text(item, "path", path);
	view_text(item, "action", action);
	view_text(item, "tag", "");
	return item;
}

static void add_item(struct visit *visit, const struct attention *attention,
		     const struct outbox_item *item)
{
	int64_t age = visit->request->now - item->created_at;
	json_t *list = attention->waiting;
	const char *text = "It goes out by itself.";
	const char *action = "Follow";
	char path[8 + UUID_TEXT_SIZE];
	struct buf title = BUF_INIT;

	snprintf(path, sizeof(path), "/send/%s", item->transaction);
	if (item->state == OUTBOX_STAGED && people_may(visit, ROLE_OPERATOR)) {
		text = "A preview is ready. Nothing leaves until you press "
		       "Send.";
		action = "Look and send";
	} else if (item->state == OUTBOX_FAILED && age < FAILED_SHOWN_S) {
		list = attention->repairs;
		text = item->problem;
		action = "See why";
	} else if (item->state != OUTBOX_QUEUED &&
		   item->state != OUTBOX_SENDING) {
		return;
	} else if (item->problem[0] != '\0') {
		list = attention->repairs;
		text = item->problem;
	}
	words_services_put(&title, item->services);
	words_outbox_tag(home_add_task(list, buf_str(&title), text, path,
				       action),
			 "tag", item);
	buf_clear(&title);
}

static bool add_items(struct visit *visit, const struct attention *attention,
		      struct err *err)
{
	struct outbox_item *items = NULL;
	size_t count = 0;

	if (!outbox_list(app_of(visit)->db, OUTBOX_UNSET, RECENT_ITEMS, &items,
			 &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		add_item(visit, attention, &items[i]);
	}
	mem_free(items);
	return true;
}

static void add_consent(struct visit *visit, json_t *list,
			const struct consent *consent)
{
	const char *title = consent_title(consent->service);
	char date[VIEW_TIME_SIZE];
	char text[160];
	char path[CONTROL_PATH_SIZE];

	control_path(path, consent->service);
	if (consent->state == CONSENT_SUSPENDED) {
		words_consent_tag(
			home_add_task(
				list, title,
				"Its words or its data changed. Nothing is "
				"sent under it until somebody confirms.",
				path, "Read the change"),
			"tag", CONSENT_SUSPENDED);
	} else if (consent->state == CONSENT_EXPIRED &&
		   (consent->grant[0] != '\0' ||
		    visit->request->now - consent->decided_at <
			    EXPIRED_SHOWN_S)) {
		words_consent_tag(
			home_add_task(list, title,
				      "Nothing is sent under it any more.",
				      path, "Decide again"),
			"tag", CONSENT_EXPIRED);
	} else if (consent->state == CONSENT_ALLOWED && consent->ends_soon) {
		view_format_date(date, consent->until);
		snprintf(text, sizeof(text), "It ends by itself on %s.", date);
		marks_tag(home_add_task(list, title, text, path,
					"Choose an end"),
			  "tag", "warn", "warn", "Ends soon");
	}
}

/* Job data that another person chose and that waits for somebody's yes. */
static bool add_job_data(struct visit *visit, json_t *list, struct err *err)
{
	int64_t account = people_of(visit)->session.account.id;
	struct jobs_order *orders = NULL;
	size_t count = 0;

	if (!people_may(visit, ROLE_JOB_DATA)) {
		return true;
	}
	if (!jobs_orders(app_of(visit)->db, RECENT_ITEMS, &orders, &count,
			 err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		char path[16 + UUID_TEXT_SIZE];
		char text[160];

		if (orders[i].state != JOBS_AWAITING ||
		    orders[i].account == account) {
			continue;
		}
		snprintf(path, sizeof(path), "/jobdata/%s", orders[i].id);
		snprintf(text, sizeof(text),
			 "A second person is asked: %s wants to send job data.",
			 orders[i].actor);
		marks_tag(home_add_task(list, "Job data", text, path,
					"Look and decide"),
			  "tag", "warn", "wait", "Waits for you");
	}
	mem_free(orders);
	return true;
}

static void add_list(json_t *lists, const char *id, const char *title,
		     json_t *tasks)
{
	if (json_array_size(tasks) > 0) {
		json_t *list = view_item(lists);

		view_text(list, "id", id);
		view_text(list, "title", title);
		view_number(list, "count", json_array_size(tasks));
		json_object_set(list, "tasks", tasks);
	}
}

#define GRAVEST 2 /* 1 = a warning, 0 = neither good nor bad */

static int gravity(const json_t *item)
{
	const json_t *tag = json_object_get(item, "tag");
	const char *tone = json_string_value(json_object_get(tag, "tone"));

	return text_equal(tone, "bad")    ? GRAVEST
	       : text_equal(tone, "warn") ? 1
					  : 0;
}

/* A new list with the gravest first, else in the order that they had. */
static json_t *by_gravity(const json_t *tasks)
{
	json_t *sorted = json_array();

	for (int g = GRAVEST; g >= 0; g--) {
		for (size_t i = 0; i < json_array_size(tasks); i++) {
			json_t *task = json_array_get(tasks, i);

			if (gravity(task) == g) {
				json_array_append(sorted, task);
			}
		}
	}
	return sorted;
}

/* "Log (conflict)" */
static void put_task(struct buf *out, const json_t *task)
{
	const char *tag = json_string_value(
		json_object_get(json_object_get(task, "tag"), "text"));

	buf_put_str(out, json_string_value(json_object_get(task, "name")));
	if (tag != NULL && tag[0] >= 'A' && tag[0] <= 'Z') {
		buf_printf(out, " (%c%s)", tag[0] - 'A' + 'a', tag + 1);
	}
}

/* "2 things need attention: Log (conflict); Clock (behind)." */
static void put_tasks(struct buf *out, const json_t *tasks)
{
	size_t count = json_array_size(tasks);

	buf_printf(out, "%zu %s attention: ", count,
		   count == 1 ? "thing needs" : "things need");
	for (size_t i = 0; i < count && i < NAMED; i++) {
		buf_put_str(out, i > 0 ? "; " : "");
		put_task(out, json_array_get(tasks, i));
	}
	buf_put_str(out, count > NAMED ? "; and others." : ".");
}

/* The card above the lists says no better than what stands in them. */
static void fill_worst(struct visit *visit, const json_t *repairs)
{
	json_t *state = json_object_get(visit->view, "state");
	const json_t *worst = json_array_get(repairs, 0);
	struct buf text = BUF_INIT;

	if (worst != NULL) {
		put_tasks(&text, repairs);
	}
	view_text(state, "attention", buf_str(&text));
	buf_clear(&text);
	if (worst != NULL && gravity(worst) > gravity(state)) {
		json_t *tag = json_object_get(worst, "tag");

		json_object_set(state, "tone", json_object_get(tag, "tone"));
		json_object_set(state, "tag", tag);
	}
}

static void add_attention(struct visit *visit, json_t *lists,
			  const struct attention *attention)
{
	json_t *repairs = by_gravity(attention->repairs);

	fill_worst(visit, repairs);
	add_list(lists, "repairs", "Needs attention", repairs);
	add_list(lists, "waiting", "Waiting", attention->waiting);
	json_decref(repairs);
}

static bool fill_todo(struct visit *visit, const struct consents *all,
		      const struct contact *contact, struct err *err)
{
	json_t *lists = view_array(visit->view, "lists");
	struct attention attention = { json_array(), json_array() };

	add_consent(visit, attention.repairs, &all->remote);
	for (size_t i = 0; i < all->count; i++) {
		add_consent(visit, attention.repairs, &all->services[i]);
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		add_consent(visit, attention.repairs, &all->gates[i]);
	}
	bool done =
		home_add_connection(visit, contact, attention.repairs, err) &&
		add_job_data(visit, attention.repairs, err) &&
		add_items(visit, &attention, err);

	add_attention(visit, lists, &attention);
	json_decref(attention.repairs);
	json_decref(attention.waiting);
	return done;
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
	struct contact contact;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err) ||
	    !contact_read(visit, &all, &contact, err) ||
	    !state_fill(visit, &all, err) ||
	    !fill_todo(visit, &all, &contact, err) ||
	    !home_fill_messages(visit, err) ||
	    !first_steps_fill(visit, &all, err)) {
		return false;
	}
	fill_failures(visit);
	fill_services(visit, &all);
	view_text(visit->view, "next",
		  all.effective == 0
			  ? "No documents are sent until a service is allowed."
			  : "What is allowed is sent by itself, as Settings "
			    "say. An operator can send at any time: makes a "
			    "preview, looks at it and presses Send.");
	view_flag(visit->view, "may_preview", people_may(visit, SEES_DATA));
	view_flag(visit->view, "may_log", people_may(visit, READS_LOG));
	return true;
}

bool home_act(struct visit *visit, struct err *err)
{
	struct err why = { .kind = ERR_NONE };

	if (!first_steps_mark(visit, request_form(visit->request, "mark"),
			      &why)) {
		return why.kind == ERR_INVALID
			       ? visit_fail(visit, 400, err, why.text)
			       : err_set(err, why.kind, "%s", why.text);
	}
	visit_redirect(visit, "/", NULL, NULL);
	return true;
}
