/*
 * Settings: sends that nobody presses. Whether there are any, when, in which
 * hours none, what counts as low, and for each service whether it takes part;
 * and how job data is sent. Each decision is a form of its own. What a value
 * means and that it is logged is domain/automatic's and domain/job_settings';
 * nothing here allows a service.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/zone.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/state.h"
#include "cgi/people/marks.h"
#include "domain/alarms.h"
#include "domain/automatic.h"
#include "domain/job_settings.h"
#include "web/view.h"

/* ---- what is shown ---- */

/* What was typed when the form is shown again, else what stands. */
static void fill_value(struct visit *visit, const char *name, const char *value)
{
	const char *typed = visit_typed(visit, name);
	char member[32];

	snprintf(member, sizeof(member), "%s_value", name);
	view_text(visit->view, member, typed[0] != '\0' ? typed : value);
}

static void fill_hours(struct visit *visit, const struct automatic *a)
{
	char from[TIMETABLE_TIME_SIZE] = "", until[TIMETABLE_TIME_SIZE] = "";
	char slot[TIMETABLE_TIME_SIZE], own[TIMETABLE_TIME_SIZE];
	bool quiet = a->quiet_from != a->quiet_until;
	bool derived = a->send_time == TIMETABLE_DERIVED;
	struct timetable t = state_hours(visit, a);

	timetable_put_time(slot, timetable_slot(&t) / 60);
	t.send_time = TIMETABLE_DERIVED;
	timetable_put_time(own, timetable_slot(&t) / 60);
	if (quiet) {
		timetable_put_time(from, a->quiet_from);
		timetable_put_time(until, a->quiet_until);
	}
	view_text(visit->view, "slot", slot);
	view_text(visit->view, "own_slot", own);
	view_flag(visit->view, "derived", derived);
	view_flag(visit->view, "quiet", quiet);
	view_text(visit->view, "quiet_from", from);
	view_text(visit->view, "quiet_until", until);
	fill_value(visit, "time", derived ? "" : slot);
	fill_value(visit, "from", from);
	fill_value(visit, "until", until);
}

static void fill_clock(struct visit *visit)
{
	int64_t now = visit->request->now;
	int64_t offset = zone_offset(now);
	char zone[ZONE_NAME_SIZE], time[TIMETABLE_TIME_SIZE];
	struct buf text = BUF_INIT;

	buf_printf(&text, "Times on this page are those of the device: %s. ",
		   zone_name(zone, offset));
	timetable_put_time(time, (int)((now + offset) % TIMETABLE_DAY_S / 60));
	buf_printf(&text, "It is %s there now. ", time);
	buf_put_str(&text, "An administrator chooses the time "
			   "zone in the file sluice.conf.");
	view_text(visit->view, "clock", buf_str(&text));
	buf_clear(&text);
}

static void fill_when(json_t *item, const struct automatic_service *s,
		      int64_t now)
{
	struct buf text = BUF_INIT;

	switch (s->state) {
	case AUTOMATIC_GRACE:
		buf_put_str(&text, "Begins ");
		automatic_put_when(&text, s->begins_at, now, zone_offset);
		buf_put_str(&text, ".");
		marks_tag(item, "tag", "warn", "wait", "Begins later");
		break;
	case AUTOMATIC_RUNS:
		marks_tag(item, "tag", "ok", "ok", "By itself");
		break;
	case AUTOMATIC_CANCELLED:
		buf_put_str(&text, "Is sent only when an operator presses "
				   "Send.");
		marks_tag(item, "tag", "", "off", "By hand only");
		break;
	case AUTOMATIC_UNSET:
	case AUTOMATIC_NOT_ALLOWED:
		marks_tag(item, "tag", "", "off", "Not allowed");
		break;
	}
	view_text(item, "when", buf_str(&text));
	buf_clear(&text);
}

static void fill_services(struct visit *visit, const struct automatic *a)
{
	json_t *list = view_array(visit->view, "services");

	for (size_t i = 0; i < a->count; i++) {
		const struct automatic_service *s = &a->services[i];

		if (s->service->documents[0] == DOCUMENT_UNSET) {
			continue;
		}
		json_t *item = view_item(list);
		bool allowed = s->state != AUTOMATIC_NOT_ALLOWED;

		view_text(item, "name", s->service->name);
		view_text(item, "title", s->service->title);
		fill_when(item, s, visit->request->now);
		view_flag(item, "can_choose",
			  allowed && people_may(visit, SETS_UP));
		view_flag(item, "waits", s->state == AUTOMATIC_GRACE);
		view_flag(item, "runs", s->state == AUTOMATIC_RUNS);
		view_flag(item, "never", s->state == AUTOMATIC_CANCELLED);
	}
}

static bool fill_alarms(struct visit *visit, struct err *err)
{
	json_t *list = view_array(visit->view, "alarms");
	int64_t now = visit->request->now;
	struct alarm *alarms = NULL;
	size_t count = 0;

	if (!alarms_list(app_of(visit)->db, &alarms, &count, err)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		json_t *item = view_item(list);
		struct buf text = BUF_INIT;

		automatic_put_when(&text, alarms[i].first_at, now, zone_offset);
		view_text(item, "text", alarms[i].text);
		view_text(item, "since", buf_str(&text));
		buf_clear(&text);
		if (alarms[i].fired_at != 0) {
			automatic_put_when(&text, alarms[i].fired_at, now,
					   zone_offset);
		} else {
			buf_put_str(&text, "not");
		}
		view_text(item, "sent", buf_str(&text));
		buf_clear(&text);
	}
	view_flag(visit->view, "any_alarm", count > 0);
	mem_free(alarms);
	return true;
}

static void fill_watch(struct visit *visit)
{
	int watch_s = app_of(visit)->config.watch_s;
	char text[96];

	snprintf(text, sizeof(text), "%d %s", watch_s / 60,
		 watch_s / 60 == 1 ? "minute" : "minutes");
	if (watch_s < 60) {
		snprintf(text, sizeof(text), "%d seconds", watch_s);
	}
	view_text(visit->view, "watch", watch_s > 0 ? text : "");
}

static bool fill_job_data(struct visit *visit, struct err *err)
{
	struct job_settings settings;
	char rate[24] = "";

	if (!job_settings_get(app_of(visit)->db, &settings, err)) {
		return false;
	}
	if (settings.rate != 0) {
		snprintf(rate, sizeof(rate), "%llu",
			 (unsigned long long)(settings.rate / 1000));
	}
	view_flag(visit->view, "may_jobs", people_may(visit, ROLE_ADMIN));
	view_flag(visit->view, "two", settings.two_people);
	view_flag(visit->view, "one", !settings.two_people);
	view_text(visit->view, "rate", rate);
	view_flag(visit->view, "rate_none", settings.rate == 0);
	fill_value(visit, "rate", rate);
	return true;
}

static void fill_message(struct visit *visit)
{
	static const struct {
		const char *name, *headline;
	} done[] = {
		{ "on", "Automatic sends are switched on." },
		{ "off", "Automatic sends are switched off. What waited to be "
			 "sent by itself was deleted unsent." },
		{ "time", "The time of the daily send is saved." },
		{ "quiet", "The quiet hours are saved." },
		{ "low", "The threshold is saved." },
		{ "two", "From now on a second person has to agree to each "
			 "send of job data." },
		{ "one", "From now on one person alone can send job data." },
		{ "rate", "The rate of uploads is saved." },
		{ "now", "The service is sent by itself from now on." },
		{ "never", "The service is sent by hand only. What waited of "
			   "it to be sent by itself was deleted unsent." },
	};
	const char *name = request_query(visit->request, "done");

	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		if (strcmp(done[i].name, name) == 0) {
			marks_message(visit->view, "ok", "ok", "Done",
				      done[i].headline,
				      "The change stands in the log.");
		}
	}
}

bool settings_show(struct visit *visit, struct err *err)
{
	struct db *db = app_of(visit)->db;
	int64_t now = visit->request->now;
	struct consents all;
	struct automatic a;
	char low[12];

	if (!consent_read(db, now, &all, err) ||
	    !automatic_read(db, &all, now, &a, err) ||
	    !state_fill(visit, &all, err) || !fill_alarms(visit, err) ||
	    !fill_job_data(visit, err)) {
		return false;
	}
	view_flag(visit->view, "may_change", people_may(visit, SETS_UP));
	view_flag(visit->view, "on", a.on);
	view_flag(visit->view, "off", !a.on);
	snprintf(low, sizeof(low), "%d", a.low_supply);
	view_text(visit->view, "low", low);
	snprintf(low, sizeof(low), "%d", 100 - a.low_supply);
	view_text(visit->view, "full", low);
	snprintf(low, sizeof(low), "%d", a.low_supply);
	fill_value(visit, "percent", low);
	fill_hours(visit, &a);
	fill_clock(visit);
	fill_services(visit, &a);
	fill_watch(visit);
	fill_message(visit);
	return true;
}

/* ---- what is changed ---- */

/* A form: its button, the setting and the field that a problem belongs to. */
static const struct form {
	const char *name;    /* of the button, field "do" */
	const char *setting; /* NULL = a choice for a service */
	const char *value;   /* NULL = from fields */
	const char *field;
	const char *done;
	bool of_jobs; /* a setting of job data, for administrators */
} forms[] = {
	{ "on", "automatic", "on", "", "on", false },
	{ "off", "automatic", "off", "", "off", false },
	{ "time-derived", "send_time", "derived", "time", "time", false },
	{ "time", "send_time", NULL, "time", "time", false },
	{ "quiet-none", "quiet_hours", "none", "from", "quiet", false },
	{ "quiet", "quiet_hours", NULL, "from", "quiet", false },
	{ "low", "low_supply", NULL, "percent", "low", false },
	{ "two", "job_data_two_people", "on", "", "two", true },
	{ "one", "job_data_two_people", "off", "", "one", true },
	{ "rate", "upload_rate", NULL, "rate", "rate", true },
	{ "rate-none", "upload_rate", "none", "rate", "rate", true },
	{ "now", NULL, NULL, "", "now", false },
	{ "never", NULL, NULL, "", "never", false },
};

static const struct form *form_of(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0) {
			return &forms[i];
		}
	}
	return NULL;
}

static void put_value(const struct request *request, const struct form *form,
		      struct buf *value)
{
	if (form->value != NULL) {
		buf_put_str(value, form->value);
	} else if (strcmp(form->field, "from") == 0) {
		buf_printf(value, "%s-%s", request_form(request, "from"),
			   request_form(request, "until"));
	} else {
		buf_put_str(value, request_form(request, form->field));
	}
}

static bool change(struct visit *visit, const struct form *form,
		   struct err *err)
{
	struct db *db = app_of(visit)->db;
	const char *actor = people_actor(visit);
	const struct request *request = visit->request;

	if (form->setting == NULL) {
		const struct service *service =
			service_by_name(request_form(request, "service"));

		return automatic_choose(
			db, actor,
			service != NULL ? service->id : SERVICE_UNSET,
			strcmp(form->name, "now") == 0 ? AUTOMATIC_NOW
						       : AUTOMATIC_NEVER,
			request->now, err);
	}
	struct buf value = BUF_INIT;

	put_value(request, form, &value);
	bool done = (form->of_jobs ? job_setting_set : automatic_set)(
		db, actor, form->setting, buf_str(&value), request->now, err);
	buf_clear(&value);
	return done;
}

bool settings_act(struct visit *visit, struct err *err)
{
	const struct form *form = form_of(request_form(visit->request, "do"));
	struct err why = { .kind = ERR_NONE };

	if (form == NULL) {
		return visit_fail(visit, 400, err,
				  "The form has an unknown button.");
	}
	if (form->of_jobs && !people_may(visit, ROLE_ADMIN)) {
		people_note_refusal(visit->app, visit, 403,
				    "the role admin is missing");
		return visit_fail(visit, 403, err,
				  "Only an account with the role admin decides "
				  "how job data is sent.");
	}
	if (!change(visit, form, &why)) {
		if (why.kind != ERR_INVALID && why.kind != ERR_DENIED) {
			return err_set(err, why.kind, "%s", why.text);
		}
		visit_problem(visit, why.kind == ERR_DENIED ? 409 : 400,
			      form->field, why.text);
		return visit_again(visit, err);
	}
	app_wake_daemon(visit);
	visit_redirect(visit, "/settings", "done", form->done);
	return true;
}
