/*
 * Reading and changing what people decide about automatic sends. When the
 * next one is, is automatic_plan.c's; the sends themselves are
 * client/timer.c's and client/alarm.c's.
 */
#include "domain/automatic.h"

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

static bool parse_on(const char *value, void *automatic)
{
	struct automatic *a = automatic;
	a->on = text_equal(value, "on");
	return a->on || text_equal(value, "off");
}

static bool parse_send_time(const char *value, void *automatic)
{
	struct automatic *a = automatic;
	a->send_time = TIMETABLE_DERIVED;
	return text_equal(value, DERIVED) ||
	       timetable_parse_time(value, &a->send_time);
}

static bool parse_quiet(const char *value, void *automatic)
{
	struct automatic *a = automatic;
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

static bool parse_low(const char *value, void *automatic)
{
	struct automatic *a = automatic;
	int64_t percent;
	if (strlen(value) > 2 ||
	    !text_parse_i64(value, 1, AUTOMATIC_LOW_MAX, &percent)) {
		return false;
	}
	a->low_supply = (int)percent;
	return true;
}

static const struct setting_row rows[] = {
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

static const struct setting_rows group = { rows,
					   sizeof(rows) / sizeof(rows[0]) };

const struct setting *automatic_setting_at(size_t n)
{
	return setting_at(&group, n);
}

bool automatic_get(struct db *db, const char *name, struct buf *value,
		   struct err *err)
{
	return setting_value(db, &group, name, value, err);
}

/* ---- reading ---- */

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
	if (!setting_rows_read(db, &group, &a, err) ||
	    !read_choices(db, &a, err) ||
	    !settings_get_number(db, "timer_at", &a.timer_at, err) ||
	    !settings_get_number(db, "timer_catch_up_at", &a.catch_up_at,
				 err)) {
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

bool automatic_hours(struct db *db, const char *device_id,
		     int64_t (*offset)(int64_t utc), struct timetable *hours,
		     struct err *err)
{
	struct automatic a = { .on = false };
	if (!setting_rows_read(db, &group, &a, err)) {
		return false;
	}
	*hours = automatic_timetable(&a, device_id, offset);
	return true;
}

/* ---- changing ---- */

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

static bool set(struct db *db, const struct setting_row *row,
		const struct setting_change *change,
		const struct automatic *parsed, struct err *err)
{
	bool changed;
	return setting_write(db, &row->setting, change, &changed, err) &&
	       (!changed || ((row->parse == parse_low ||
			      restart_timer(db, change->now, err)) &&
			     (row->parse != parse_on || parsed->on ||
			      purge(db, change->actor, consent_services_known(),
				    change->now, err))));
}

static bool check_actor(const char *actor, struct err *err)
{
	return (actor != NULL && *actor != '\0') ||
	       err_set(err, ERR_INVALID, "a decision needs a person");
}

bool automatic_set(struct db *db, const char *actor, const char *name,
		   const char *value, int64_t now, struct err *err)
{
	const struct setting_change change = { .actor = actor,
					       .value = value,
					       .now = now };
	const struct setting_row *row = setting_row_of(&group, name, err);
	struct automatic parsed = { .on = false };
	return row != NULL && setting_parse(row, value, &parsed, err) &&
	       check_actor(actor, err) && db_begin(db, err) &&
	       db_finish(db, set(db, row, &change, &parsed, err), err);
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
		  ledger_configuration(db, actor, s->service->name,
				       buf_str(&text), now, err) &&
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

bool automatic_timer_done(struct db *db, int64_t at, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db,
			 settings_set_number(db, "timer_at", at, err) &&
				 settings_set_number(db, "timer_catch_up_at", 0,
						     err),
			 err);
}

bool automatic_timer_missed(struct db *db, int64_t catch_up_at, struct err *err)
{
	return settings_set_number(db, "timer_catch_up_at", catch_up_at, err);
}
