/*
 * Reading and changing what people decide about automatic sends. When the
 * next one is, is automatic_plan.c's; the sends themselves are
 * client/timer.c's and client/alarm.c's.
 */
#include "domain/automatic.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/outbox.h"
#include "domain/settings.h"

#define DERIVED "derived"
#define NO_QUIET "none"

bool automatic_is_actor(const char *actor)
{
	return text_equal(actor, AUTOMATIC_TIMER) ||
	       text_equal(actor, AUTOMATIC_ALARM) ||
	       text_equal(actor, AUTOMATIC_INSTRUCTION);
}

/* ---- values ---- */

static bool parse_on(const char *value, struct automatic *a)
{
	a->on = text_equal(value, "on");
	return a->on || text_equal(value, "off");
}

static bool parse_send_time(const char *value, struct automatic *a)
{
	a->send_time = TIMETABLE_DERIVED;
	return text_equal(value, DERIVED) ||
	       timetable_parse_time(value, &a->send_time);
}

static bool parse_quiet(const char *value, struct automatic *a)
{
	char from[TIMETABLE_TIME_SIZE] = "";
	a->quiet_from = a->quiet_until = 0;
	if (text_equal(value, NO_QUIET)) {
		return true;
	}
	if (strlen(value) != 2 * TIMETABLE_TIME_SIZE - 1 ||
	    value[TIMETABLE_TIME_SIZE - 1] != '-') {
		return false;
	}
	memcpy(from, value, TIMETABLE_TIME_SIZE - 1);
	return timetable_parse_time(from, &a->quiet_from) &&
	       timetable_parse_time(value + TIMETABLE_TIME_SIZE,
				    &a->quiet_until) &&
	       a->quiet_from != a->quiet_until;
}

static bool parse_low(const char *value, struct automatic *a)
{
	int64_t percent;
	if (strlen(value) > 2 ||
	    !text_parse_i64(value, 1, AUTOMATIC_LOW_MAX, &percent)) {
		return false;
	}
	a->low_supply = (int)percent;
	return true;
}

/* name is the name in table settings as well. */
static const struct row {
	struct automatic_setting setting;
	bool (*parse)(const char *value, struct automatic *a);
} rows[] = {
	{ { "automatic", "Automatic sends", "on or off" }, parse_on },
	{ { "send_time", "Time of the daily send",
	    "\"derived\" for the device's own time, or a time like 18:00" },
	  parse_send_time },
	{ { "quiet_hours", "Quiet hours",
	    "\"none\", or two times that differ, like 22:00-06:00" },
	  parse_quiet },
	{ { "low_supply", "A supply is low below",
	    "percent, a whole number from 1 to 50" },
	  parse_low },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct automatic_setting *automatic_setting_at(size_t n)
{
	return n < ROWS ? &rows[n].setting : NULL;
}

static const struct row *row_of(const char *name)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (text_equal(rows[i].setting.name, name)) {
			return &rows[i];
		}
	}
	return NULL;
}

static bool no_setting(const char *name, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "There is no setting \"%.40s\".",
		       name);
}

bool automatic_get(struct db *db, const char *name, struct buf *value,
		   struct err *err)
{
	return row_of(name) == NULL ? no_setting(name, err)
				    : settings_get(db, name, value, err);
}

/* ---- reading ---- */

static bool read_values(struct db *db, struct automatic *a, struct err *err)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct buf value = BUF_INIT;
		if (!settings_get(db, rows[i].setting.name, &value, err)) {
			return false;
		}
		bool ok = rows[i].parse(buf_str(&value), a);
		buf_clear(&value);
		if (!ok) {
			return err_set(err, ERR_INVALID,
				       "The setting %s in the database is "
				       "damaged; set it again.",
				       rows[i].setting.name);
		}
	}
	return true;
}

static bool read_moment(struct db *db, const char *name, int64_t *at,
			struct err *err)
{
	struct buf value = BUF_INIT;
	bool ok = settings_get(db, name, &value, err);
	if (!ok || !text_parse_i64(buf_str(&value), 0, INT64_MAX, at)) {
		*at = 0;
	}
	buf_clear(&value);
	return ok;
}

static struct automatic_service *find(struct automatic *a, int64_t id)
{
	for (size_t i = 0; i < a->count; i++) {
		if ((int64_t)a->services[i].service->id == id) {
			return &a->services[i];
		}
	}
	return NULL;
}

const struct automatic_service *
automatic_service_of(const struct automatic *automatic, enum service_id id)
{
	return find((struct automatic *)automatic, id);
}

static void start_services(struct automatic *a, const struct consents *all)
{
	unsigned able = all->effective & consent_services_known();
	for (size_t i = 0; i < all->count; i++) {
		const struct consent *c = &all->services[i];
		struct automatic_service *s = &a->services[a->count++];
		s->service = c->service;
		s->state = AUTOMATIC_NOT_ALLOWED;
		if ((able & SERVICE_BIT(c->service->id)) != 0) {
			/* Before both stood, nobody expected it to send. */
			s->since = c->since > all->remote.since
					   ? c->since
					   : all->remote.since;
			s->begins_at = s->since + AUTOMATIC_GRACE_S;
			s->state = AUTOMATIC_GRACE;
		}
	}
}

static void apply_choice(const struct stmt *q, struct automatic *a)
{
	struct automatic_service *s = find(a, db_int(q, 0));
	if (s == NULL || s->state != AUTOMATIC_GRACE) {
		return;
	}
	if (text_equal(db_text(q, 1), "never")) {
		s->state = AUTOMATIC_CANCELLED;
		s->begins_at = 0;
	} else if (db_int(q, 3) == s->since && db_int(q, 2) < s->begins_at) {
		s->begins_at = db_int(q, 2);
	}
}

static bool read_choices(struct db *db, struct automatic *a, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT service, decision, decided_at, since "
		      "FROM automatic_services",
		      err)) {
		return false;
	}
	while (db_row(&q)) {
		apply_choice(&q, a);
	}
	return db_done(&q, err);
}

bool automatic_read(struct db *db, const struct consents *all, int64_t now,
		    struct automatic *automatic, struct err *err)
{
	struct automatic a = { .on = false };
	start_services(&a, all);
	if (!read_values(db, &a, err) || !read_choices(db, &a, err) ||
	    !read_moment(db, "timer_at", &a.timer_at, err) ||
	    !read_moment(db, "timer_catch_up_at", &a.catch_up_at, err)) {
		return false;
	}
	for (size_t i = 0; i < a.count; i++) {
		struct automatic_service *s = &a.services[i];
		if (s->state == AUTOMATIC_GRACE && s->begins_at <= now) {
			s->state = AUTOMATIC_RUNS;
			a.ready |= a.on ? SERVICE_BIT(s->service->id) : 0;
		}
	}
	*automatic = a;
	return true;
}

/* ---- changing ---- */

static bool log_change(struct db *db, const char *actor, const char *service,
		       const char *text, int64_t now, struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_CONFIGURATION,
		.actor = actor,
		.service = service,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

/* What nobody pressed and somebody does not want any more. */
static bool purge(struct db *db, const char *actor, unsigned services,
		  int64_t now, struct err *err)
{
	static const char why[] = "automatic sends of it were switched off";
	return outbox_purge_made_by(db, actor, AUTOMATIC_TIMER, services, why,
				    now, err) &&
	       outbox_purge_made_by(db, actor, AUTOMATIC_ALARM, services, why,
				    now, err);
}

/* A time that was passed before the change is not a missed send. */
static bool restart_timer(struct db *db, int64_t now, struct err *err)
{
	return automatic_timer_done(db, now, err);
}

static bool write_setting(struct db *db, const char *actor,
			  const struct automatic_setting *setting,
			  const char *service, const char *value, int64_t now,
			  bool *changed, struct err *err)
{
	struct buf before = BUF_INIT, text = BUF_INIT;
	bool ok = settings_get(db, setting->name, &before, err);
	*changed = ok && !text_equal(buf_str(&before), value);
	if (*changed) {
		buf_printf(&text, "%s (%s): \"%s\" before, \"%s\" now",
			   setting->title, setting->name, buf_str(&before),
			   value);
		ok = settings_set(db, setting->name, value, err) &&
		     log_change(db, actor, service, buf_str(&text), now, err);
	}
	buf_clear(&text);
	buf_clear(&before);
	return ok;
}

bool automatic_setting_write(struct db *db, const char *actor,
			     const struct automatic_setting *setting,
			     const char *service, const char *value,
			     int64_t now, bool *changed, struct err *err)
{
	bool news = false;
	if (!db_begin(db, err) ||
	    !db_finish(db,
		       write_setting(db, actor, setting, service, value, now,
				     &news, err),
		       err)) {
		return false;
	}
	if (changed != NULL) {
		*changed = news;
	}
	return true;
}

static bool set(struct db *db, const char *actor, const struct row *row,
		const char *value, const struct automatic *parsed, int64_t now,
		struct err *err)
{
	bool changed;
	return write_setting(db, actor, &row->setting, "", value, now, &changed,
			     err) &&
	       (!changed ||
		((row->parse == parse_low || restart_timer(db, now, err)) &&
		 (row->parse != parse_on || parsed->on ||
		  purge(db, actor, consent_services_known(), now, err))));
}

static bool check_actor(const char *actor, struct err *err)
{
	return (actor != NULL && *actor != '\0') ||
	       err_set(err, ERR_INVALID, "a decision needs a person");
}

bool automatic_set(struct db *db, const char *actor, const char *name,
		   const char *value, int64_t now, struct err *err)
{
	const struct row *row = row_of(name);
	struct automatic parsed = { .on = false };
	if (row == NULL) {
		return no_setting(name, err);
	}
	if (!row->parse(value, &parsed)) {
		return err_set(err, ERR_INVALID, "%s: write %s.",
			       row->setting.title, row->setting.values);
	}
	return check_actor(actor, err) && db_begin(db, err) &&
	       db_finish(db, set(db, actor, row, value, &parsed, now, err),
			 err);
}

static const char *words_of(const struct automatic_service *s,
			    enum automatic_choice choice)
{
	if (choice == AUTOMATIC_NEVER) {
		return "only when Send is pressed";
	}
	return s->state == AUTOMATIC_GRACE
		       ? "by itself from now on; the 24 hours are not waited "
			 "for"
		       : "by itself from now on";
}

static bool write_choice(struct db *db, const struct automatic_service *s,
			 enum automatic_choice choice, int64_t now,
			 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO automatic_services (service, decision, "
		      "decided_at, since) VALUES (?, ?, ?, ?) "
		      "ON CONFLICT (service) DO UPDATE SET "
		      "decision = excluded.decision, "
		      "decided_at = excluded.decided_at, "
		      "since = excluded.since",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, s->service->id);
	db_bind_text(&q, 2, choice == AUTOMATIC_NOW ? "now" : "never");
	db_bind_int(&q, 3, now);
	db_bind_int(&q, 4, s->since);
	return db_run(&q, err);
}

static bool choose(struct db *db, const char *actor,
		   const struct automatic_service *s,
		   enum automatic_choice choice, int64_t now, struct err *err)
{
	if (choice == AUTOMATIC_NOW && s->state == AUTOMATIC_NOT_ALLOWED) {
		return err_set(err, ERR_DENIED,
			       "%s is not allowed; it can be allowed on the "
			       "page Services",
			       s->service->title);
	}
	if (s->state ==
	    (choice == AUTOMATIC_NOW ? AUTOMATIC_RUNS : AUTOMATIC_CANCELLED)) {
		return true;
	}
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s: sent %s", s->service->title,
		   words_of(s, choice));
	bool ok = write_choice(db, s, choice, now, err) &&
		  log_change(db, actor, s->service->name, buf_str(&text), now,
			     err) &&
		  (choice == AUTOMATIC_NOW ||
		   purge(db, actor, SERVICE_BIT(s->service->id), now, err));
	buf_clear(&text);
	return ok;
}

static bool read_and_choose(struct db *db, const char *actor,
			    enum service_id service,
			    enum automatic_choice choice, int64_t now,
			    struct err *err)
{
	struct consents all;
	struct automatic a;
	return consent_read(db, now, &all, err) &&
	       automatic_read(db, &all, now, &a, err) &&
	       choose(db, actor, automatic_service_of(&a, service), choice, now,
		      err);
}

bool automatic_choose(struct db *db, const char *actor, enum service_id service,
		      enum automatic_choice choice, int64_t now,
		      struct err *err)
{
	if ((consent_services_known() & SERVICE_BIT(service)) == 0 ||
	    choice == AUTOMATIC_CHOICE_UNSET) {
		return err_set(err, ERR_INVALID,
			       "There is no such service that sends data.");
	}
	return check_actor(actor, err) && db_begin(db, err) &&
	       db_finish(db,
			 read_and_choose(db, actor, service, choice, now, err),
			 err);
}

/* ---- the daemon's marks ---- */

static bool keep_moment(struct db *db, const char *name, int64_t at,
			struct err *err)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, at > 0 ? at : 0);
	return settings_set(db, name, text, err);
}

bool automatic_timer_done(struct db *db, int64_t at, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db,
			 keep_moment(db, "timer_at", at, err) &&
				 keep_moment(db, "timer_catch_up_at", 0, err),
			 err);
}

bool automatic_timer_missed(struct db *db, int64_t catch_up_at, struct err *err)
{
	return keep_moment(db, "timer_catch_up_at", catch_up_at, err);
}
