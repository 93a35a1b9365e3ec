/*
 * Job data: whether it may be sent, to whom, what was sent of late, and for
 * who has the right the choice of jobs, recipients and purpose. Choosing
 * makes an order that nobody has confirmed; that is jobdata_order.c's.
 */
#include "cgi/device/jobdata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/words.h"
#include "cgi/people/marks.h"
#include "domain/consent.h"
#include "domain/job_settings.h"
#include "domain/recipient_list.h"
#include "web/view.h"

#define ORDERS_SHOWN 20
#define JOBS_SHOWN 100 /* of a source */
#define CHOICE_SIZE (2 * JOB_ID_SIZE)

/* ---- what was sent ---- */

void jobdata_put_count(json_t *object, const char *name, size_t count)
{
	view_count(object, name, count, "job", "jobs");
}

size_t jobdata_sent(const struct jobs_item *items, size_t count)
{
	size_t sent = 0;

	for (size_t i = 0; i < count; i++) {
		sent += items[i].state == JOBS_SENT;
	}
	return sent;
}

void jobdata_order_tag(json_t *object, const char *name,
		       const struct jobs_order *order,
		       const struct jobs_item *items, size_t count)
{
	size_t sent = jobdata_sent(items, count);

	switch (order->state) {
	case JOBS_CHOSEN:
		marks_tag(object, name, "warn", "wait", "Not confirmed");
		break;
	case JOBS_AWAITING:
		marks_tag(object, name, "warn", "wait",
			  "Waits for a second person");
		break;
	case JOBS_CONFIRMED:
		marks_tag(object, name, "warn", "wait",
			  jobdata_wants_file(order, items, count)
				  ? "Waits for the file"
				  : "On its way");
		break;
	case JOBS_OVER:
	case JOBS_ORDER_UNSET:
		if (sent == count) {
			marks_tag(object, name, "ok", "ok",
				  "Sent, server confirmed");
		} else if (sent > 0) {
			marks_tag(object, name, "bad", "bad", "Partly sent");
		} else {
			marks_tag(object, name, "", "off", "Not sent");
		}
		break;
	}
}

static bool fill_order(struct visit *visit, json_t *orders,
		       const struct jobs_order *order, struct err *err)
{
	struct jobs_item *items = NULL;
	size_t count = 0;

	if (!jobs_items(app_of(visit)->db, order->id, &items, &count, err)) {
		return false;
	}
	json_t *item = view_item(orders);

	view_text(item, "id", order->id);
	view_time(item, "at", order->created_at);
	jobdata_put_count(item, "jobs", count);
	view_text(item, "by", order->actor);
	view_text(item, "second", order->second);
	jobdata_order_tag(item, "tag", order, items, count);
	mem_free(items);
	return true;
}

static bool fill_orders(struct visit *visit, struct err *err)
{
	json_t *orders = view_array(visit->view, "orders");
	struct jobs_order *list = NULL;
	size_t count = 0;

	if (!jobs_orders(app_of(visit)->db, ORDERS_SHOWN, &list, &count, err)) {
		return false;
	}
	bool done = true;

	for (size_t i = 0; done && i < count; i++) {
		done = fill_order(visit, orders, &list[i], err);
	}
	view_flag(visit->view, "orders_shown", count > 0);
	mem_free(list);
	return done;
}

/* ---- permission and recipients ---- */

bool jobdata_allowed(struct visit *visit, bool *allowed,
		     struct consent *consent, struct err *err)
{
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err)) {
		return false;
	}
	*allowed = (all.effective_gates & SERVICE_BIT(GATE_JOB_DATA)) != 0;
	if (consent != NULL) {
		*consent = *consent_of(&all, GATE_JOB_DATA);
	}
	return true;
}

static void fill_permission(struct visit *visit, bool allowed,
			    const struct consent *consent)
{
	json_t *permission = view_object(visit->view, "permission");
	bool stands = consent->state == CONSENT_ALLOWED;
	char date[VIEW_TIME_SIZE];
	char text[200] = "No job can be sent. An account with the role admin "
			 "decides.";

	if (stands && !allowed) {
		snprintf(text, sizeof(text),
			 "Remote services as a whole are not allowed, so no "
			 "job can be sent.");
	} else if (stands && consent->until == 0) {
		snprintf(text, sizeof(text),
			 "It ends when somebody withdraws it.");
	} else if (stands) {
		view_format_date(date, consent->until);
		snprintf(text, sizeof(text),
			 consent->ends_with_send
				 ? "It ends with the next send, at the latest "
				   "on %s."
				 : "It ends by itself on %s.",
			 date);
	}
	words_consent_tag(permission, "tag", consent->state);
	view_text(permission, "tone", allowed ? "ok" : "");
	view_text(permission, "text", text);
}

static bool load_recipients(struct visit *visit, struct recipients *list,
			    struct err *err)
{
	const struct device_app *app = app_of(visit);
	struct note_verifier vendor;

	return recipient_list_vendor(&app->config, &vendor, err) &&
	       recipient_list_load(app->db, &vendor, visit->request->now, list,
				   err);
}

/* *usable: there are some. Why not is told. */
static bool fill_recipients_state(struct visit *visit, struct recipients *list,
				  bool *usable, struct err *err)
{
	json_t *state = view_object(visit->view, "recipients_state");
	struct err why = { .kind = ERR_NONE };
	char date[VIEW_TIME_SIZE];
	char text[256];

	*usable = load_recipients(visit, list, &why);
	if (!*usable && (why.kind == ERR_IO || why.kind == ERR_BUG ||
			 why.kind == ERR_RETRY)) {
		return err_set(err, why.kind, "%s", why.text);
	}
	if (*usable) {
		view_format_date(date, list->until);
		snprintf(text, sizeof(text),
			 "List %llu of %s, valid until %s; %zu can be chosen.",
			 (unsigned long long)list->number, list->vendor, date,
			 list->count);
		view_text(state, "text", text);
	} else {
		view_sentence(state, "text", why.text);
	}
	view_flag(state, "missing", !*usable);
	return true;
}

/* ---- the choice ---- */

/* Was this value of a field ticked in a form that is shown again? */
static bool ticked(const struct visit *visit, const char *field,
		   const char *value)
{
	const char *one;
	size_t at = 0;

	while ((one = urlencoded_next(&visit->request->form, field, &at)) !=
	       NULL) {
		if (strcmp(one, value) == 0) {
			return true;
		}
	}
	return false;
}

static void fill_recipients(struct visit *visit, const struct recipients *list)
{
	json_t *rows = view_array(visit->view, "recipients");
	char id[24];

	for (size_t i = 0; i < list->count; i++) {
		const struct recipient *r = &list->of[i];
		json_t *item = view_item(rows);

		snprintf(id, sizeof(id), "recipient-%zu", i);
		view_text(item, "id", id);
		view_text(item, "key", r->key);
		view_text(item, "name", r->name);
		view_text(item, "role", r->role);
		view_text(item, "kind", r->is_desk ? "a desk" : "one person");
		view_time(item, "until", r->until);
		view_flag(item, "ticked", ticked(visit, "recipient", r->key));
	}
}

static int newer_first(const void *a, const void *b)
{
	const struct job *const *x = a, *const *y = b;

	return ((*x)->time < (*y)->time) - ((*x)->time > (*y)->time);
}

static void fill_jobs(struct visit *visit, json_t *source,
		      const struct job_source_list *list, size_t number)
{
	json_t *rows = view_array(source, "jobs");
	const struct job **order = mem_array(list->count, sizeof(*order));
	size_t shown = list->count < JOBS_SHOWN ? list->count : JOBS_SHOWN;
	char id[40], value[CHOICE_SIZE];

	for (size_t i = 0; i < list->count; i++) {
		order[i] = &list->jobs[i];
	}
	qsort(order, list->count, sizeof(*order), newer_first);
	for (size_t i = 0; i < shown; i++) {
		json_t *item = view_item(rows);

		snprintf(id, sizeof(id), "job-%zu-%zu", number, i);
		snprintf(value, sizeof(value), "%s/%s", list->name,
			 order[i]->id);
		view_text(item, "id", id);
		view_text(item, "value", value);
		view_flag(item, "ticked", ticked(visit, "job", value));
		jobdata_fill_job(item, order[i]);
	}
	mem_free(order);
}

static void fill_source(struct visit *visit, json_t *sources,
			const struct job_source_list *list)
{
	json_t *item = view_item(sources);
	char more[96] = "";

	if (list->count > JOBS_SHOWN) {
		snprintf(more, sizeof(more),
			 "The newest %d of %zu jobs are shown.", JOBS_SHOWN,
			 list->count);
	}
	view_text(item, "title",
		  list->title[0] != '\0' ? list->title : list->name);
	view_sentence(item, "problem", list->problem);
	view_text(item, "more", more);
	view_flag(item, "any", list->count > 0);
	view_flag(item, "none", list->count == 0 && list->problem[0] == '\0');
	fill_jobs(visit, item, list, json_array_size(sources));
}

static bool fill_sources(struct visit *visit, struct err *err)
{
	json_t *sources = view_array(visit->view, "sources");
	struct jobdata_live live;

	if (!jobdata_ask(visit, &live, err)) {
		return false;
	}
	for (size_t i = 0; i < live.list.count; i++) {
		fill_source(visit, sources, &live.list.of[i]);
	}
	view_sentence(visit->view, "live_problem", live.problem);
	view_flag(visit->view, "upload_ticked", ticked(visit, "upload", "1"));
	jobdata_live_clear(&live);
	return true;
}

static bool fill_choice(struct visit *visit, struct err *err)
{
	struct recipients list;
	struct consent consent;
	struct job_settings settings;
	bool allowed = false, usable = false;

	if (!jobdata_allowed(visit, &allowed, &consent, err) ||
	    !fill_recipients_state(visit, &list, &usable, err) ||
	    !job_settings_get(app_of(visit)->db, &settings, err)) {
		return false;
	}
	bool may = people_may(visit, ROLE_JOB_DATA);
	bool choose = may && allowed && usable;

	fill_permission(visit, allowed, &consent);
	view_flag(visit->view, "may_send", may);
	view_flag(visit->view, "may_choose", choose);
	view_flag(visit->view, "two_people", settings.two_people);
	view_text(visit->view, "purpose", visit_typed(visit, "purpose"));
	if (choose) {
		fill_recipients(visit, &list);
	}
	return !choose || fill_sources(visit, err);
}

bool jobdata_show(struct visit *visit, struct err *err)
{
	return fill_choice(visit, err) && fill_orders(visit, err);
}

/* ---- choosing ---- */

bool jobdata_is_choice(const char *value)
{
	const char *slash = strchr(value, '/');
	size_t len = slash != NULL ? (size_t)(slash - value) : 0;
	char source[JOB_ID_SIZE] = "";

	if (len == 0 || len >= sizeof(source)) {
		return false;
	}
	memcpy(source, value, len);
	return job_id_valid(source) && job_id_valid(slash + 1);
}

/* What the form names; texts are borrowed of ids. */
struct choice {
	char source[JOB_ID_SIZE];
	char ids[JOBS_PER_ORDER_MAX][JOB_ID_SIZE];
	const char *jobs[JOBS_PER_ORDER_MAX];
	size_t jobs_count;
	struct recipients list;
	const struct recipient *recipients[JOBS_RECIPIENTS_MAX];
	size_t recipients_count;
};

/* "source/id" */
static bool add_job(struct choice *choice, const char *value, struct err *err)
{
	const char *slash = strchr(value, '/');
	char source[JOB_ID_SIZE] = "";

	if (choice->jobs_count == JOBS_PER_ORDER_MAX) {
		return err_set(err, ERR_INVALID,
			       "Choose at most %d jobs at once.",
			       JOBS_PER_ORDER_MAX);
	}
	char *id = choice->ids[choice->jobs_count];

	if (slash == NULL || (size_t)(slash - value) >= sizeof(source) ||
	    !text_copy(id, JOB_ID_SIZE, slash + 1)) {
		return err_set(err, ERR_INVALID, "There is no such job.");
	}
	memcpy(source, value, (size_t)(slash - value));
	if (choice->jobs_count > 0 && strcmp(choice->source, source) != 0) {
		return err_set(err, ERR_INVALID,
			       "Choose jobs of one source only. Those of "
			       "another one need an order of their own.");
	}
	memcpy(choice->source, source, sizeof(source));
	choice->jobs[choice->jobs_count++] = id;
	return true;
}

static bool read_jobs(const struct visit *visit, struct choice *choice,
		      struct err *err)
{
	bool upload = request_form(visit->request, "upload")[0] != '\0';
	const char *value;
	size_t at = 0;

	while ((value = urlencoded_next(&visit->request->form, "job", &at)) !=
	       NULL) {
		if (!add_job(choice, value, err)) {
			return false;
		}
	}
	if (upload && choice->jobs_count > 0) {
		return err_set(err, ERR_INVALID,
			       "Choose either jobs or a file from this "
			       "computer, not both at once.");
	}
	if (!upload && choice->jobs_count == 0) {
		return err_set(err, ERR_INVALID,
			       "Choose at least one job, or a file from this "
			       "computer.");
	}
	if (upload) {
		memcpy(choice->source, JOBS_UPLOAD, sizeof(JOBS_UPLOAD));
		choice->jobs_count = 1;
	}
	return true;
}

static bool read_recipients(struct visit *visit, struct choice *choice,
			    struct err *err)
{
	const char *value;
	size_t at = 0;

	if (!load_recipients(visit, &choice->list, err)) {
		return false;
	}
	while ((value = urlencoded_next(&visit->request->form, "recipient",
					&at)) != NULL) {
		const struct recipient *r =
			recipient_list_find(&choice->list, value);

		if (r == NULL) {
			return err_set(err, ERR_INVALID,
				       "A recipient is not on the list any "
				       "more. Choose again.");
		}
		if (choice->recipients_count == JOBS_RECIPIENTS_MAX) {
			return err_set(err, ERR_INVALID,
				       "Choose at most %d recipients.",
				       JOBS_RECIPIENTS_MAX);
		}
		choice->recipients[choice->recipients_count++] = r;
	}
	return choice->recipients_count > 0 ||
	       err_set(err, ERR_INVALID, "Choose at least one recipient.");
}

static bool choose(struct visit *visit, struct choice *choice,
		   char order[UUID_TEXT_SIZE], const char **field,
		   struct err *err)
{
	struct jobs_wish wish = {
		.session = &people_of(visit)->session,
		.source = choice->source,
		.recipients = choice->recipients,
		.purpose = request_form(visit->request, "purpose"),
		.now = visit->request->now,
	};

	*field = "job";
	if (!read_jobs(visit, choice, err)) {
		return false;
	}
	*field = "recipient";
	if (!read_recipients(visit, choice, err)) {
		return false;
	}
	wish.jobs =
		strcmp(choice->source, JOBS_UPLOAD) == 0 ? NULL : choice->jobs;
	wish.jobs_count = choice->jobs_count;
	wish.recipients_count = choice->recipients_count;
	*field = "purpose";
	return jobs_choose(app_of(visit)->db, &wish, order, err);
}

bool jobdata_act(struct visit *visit, struct err *err)
{
	struct choice choice = { .source = "" };
	struct err why = { .kind = ERR_NONE };
	const char *field = "";
	char order[UUID_TEXT_SIZE];
	char path[16 + UUID_TEXT_SIZE];

	if (choose(visit, &choice, order, &field, &why)) {
		snprintf(path, sizeof(path), "/jobdata/%s", order);
		visit_redirect(visit, path, NULL, NULL);
		return true;
	}
	switch (why.kind) {
	case ERR_INVALID:
		visit_problem(visit, 400, field, why.text);
		break;
	case ERR_DENIED:
	case ERR_NOT_FOUND:
		visit_problem(visit, 403, "", why.text);
		break;
	default:
		return err_set(err, why.kind, "%s", why.text);
	}
	return visit_again(visit, err);
}
