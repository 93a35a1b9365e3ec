/*
 * Which conditions of the machine are news. The rows of table alarms are
 * compared with what a look found; only changes are written, so that a
 * machine at rest costs no write. Rows stay a day after they cleared, to bound
 * a condition that comes and goes.
 */
#include "domain/alarms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/line.h"
#include "domain/settings.h"

/* Clocks of machines are read with an error; nearer is the same beginning. */
#define SAME_BEGIN_S 120
/* A level that nobody tells any more counts as cleared after this. */
#define FORGET_S ALARM_WINDOW_S

/* A row, with what the look says of it. */
struct known {
	char key[ALARM_KEY_SIZE];
	char text[ALARM_TEXT_SIZE];
	bool is_fault, stands;
	int64_t first_at, began_at, fired_at, window_at, missing_at;
	int64_t fires;
	bool exists, changed;
};

/* One look while it is taken. */
struct taking {
	const struct alarms_look *look;
	struct alarms_due *due;
	struct known *rows;
	size_t count;
	bool faults_are_old; /* those without a time: first look */
	int64_t fires_all;
};

static void read_known(const struct stmt *q, void *row)
{
	struct known *k = row;
	*k = (struct known){
		.is_fault = db_int(q, 1) != 0,
		.stands = db_int(q, 3) != 0,
		.first_at = db_int(q, 4),
		.began_at = db_int(q, 5),
		.fired_at = db_int(q, 6),
		.fires = db_int(q, 7),
		.window_at = db_int(q, 8),
		.missing_at = db_int(q, 9),
		.exists = true,
	};
	db_copy_text(q, 0, k->key, sizeof(k->key));
	db_copy_text(q, 2, k->text, sizeof(k->text));
}

#define SELECT_KNOWN                                               \
	"SELECT key, is_fault, text, stands, first_at, began_at, " \
	"fired_at, fires, window_at, missing_at FROM alarms "

static bool read_rows(struct db *db, struct taking *t, struct err *err)
{
	struct stmt q;
	void *list = NULL;
	if (!db_query(db, &q, SELECT_KNOWN, err) ||
	    !db_read_all(&q, sizeof(struct known), read_known, &list, &t->count,
			 err)) {
		return false;
	}
	t->rows = list;
	return true;
}

static bool write_row(struct db *db, const struct known *k, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO alarms (key, is_fault, text, stands, "
		      "first_at, began_at, fired_at, fires, window_at, "
		      "missing_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
		      "ON CONFLICT (key) DO UPDATE SET text = excluded.text, "
		      "stands = excluded.stands, first_at = excluded.first_at, "
		      "began_at = excluded.began_at, "
		      "fired_at = excluded.fired_at, fires = excluded.fires, "
		      "window_at = excluded.window_at, "
		      "missing_at = excluded.missing_at",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, k->key);
	db_bind_int(&q, 2, k->is_fault);
	db_bind_text(&q, 3, k->text);
	db_bind_int(&q, 4, k->stands);
	db_bind_int(&q, 5, k->first_at);
	db_bind_int(&q, 6, k->began_at);
	db_bind_int(&q, 7, k->fired_at);
	db_bind_int(&q, 8, k->fires);
	db_bind_int(&q, 9, k->window_at);
	db_bind_int(&q, 10, k->missing_at);
	return db_run(&q, err);
}

static bool remove_row(struct db *db, const char *key, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "DELETE FROM alarms WHERE key = ?", err)) {
		return false;
	}
	db_bind_text(&q, 1, key);
	return db_run(&q, err);
}

/* The same day of sends still; a clock that was set back begins another. */
static bool in_window(const struct known *k, int64_t now)
{
	return k->window_at <= now && now - k->window_at < ALARM_WINDOW_S;
}

/* Services of a condition that run, and since when they can be sent. */
static unsigned ready_since(const struct taking *t, const struct condition *c,
			    int64_t after)
{
	const struct automatic *a = t->look->automatic;
	unsigned services = 0;
	for (size_t i = 0; i < a->count; i++) {
		unsigned bit = SERVICE_BIT(a->services[i].service->id);
		if ((c->services & a->ready & bit) != 0 &&
		    a->services[i].since > after) {
			services |= bit;
		}
	}
	return services;
}

/* Of a fault: did it begin before anybody allowed to tell it? */
static bool is_old(const struct taking *t, const struct condition *c)
{
	if (!c->is_fault) {
		return false;
	}
	if (c->began_at == 0) {
		return t->faults_are_old;
	}
	return ready_since(t, c, c->began_at) != 0;
}

/* Which services are to be sent for a condition that is raised. */
static unsigned news(const struct taking *t, const struct condition *c,
		     const struct known *k)
{
	if (is_old(t, c)) {
		return 0;
	}
	if (!k->stands || (c->is_fault && k->began_at != 0 &&
			   c->began_at > k->began_at + SAME_BEGIN_S)) {
		return ready_since(t, c, INT64_MIN);
	}
	/* One that was allowed since the last send for it. */
	return c->is_fault ? 0 : ready_since(t, c, k->fired_at);
}

/* false: over the bounds of a day. */
static bool fire(struct taking *t, struct known *k, unsigned services)
{
	int64_t now = t->look->now;
	if (!in_window(k, now)) {
		k->window_at = now;
		k->fires = 0;
	}
	if (k->fires >= ALARM_FIRES_MAX ||
	    t->fires_all >= ALARM_FIRES_ALL_MAX) {
		return false;
	}
	k->fires++;
	k->fired_at = now;
	t->fires_all++;
	t->due->services |= services;
	t->due->count++;
	if (t->due->text.len < ALARM_TEXT_SIZE) {
		buf_printf(&t->due->text, "%s%s",
			   t->due->text.len > 0 ? "; " : "", k->text);
	}
	return true;
}

static void raise(struct taking *t, const struct condition *c, struct known *k)
{
	unsigned services = news(t, c, k);
	bool begins = !k->stands;
	if (begins) {
		k->first_at = t->look->now;
		k->stands = true;
		k->changed = true;
	}
	if (c->began_at > k->began_at + SAME_BEGIN_S) {
		k->began_at = c->began_at;
		k->changed = true;
	}
	if (services != 0) {
		line_copy(k->text, sizeof(k->text), c->text);
		bool fired = fire(t, k, services);
		k->changed = k->changed || fired;
		t->due->held += begins && !fired;
	}
}

static struct known *row_of(struct taking *t, const struct condition *c)
{
	for (size_t i = 0; i < t->count; i++) {
		if (text_equal(t->rows[i].key, c->key)) {
			return &t->rows[i];
		}
	}
	if (c->state != CONDITION_RAISED) {
		return NULL;
	}
	t->rows = mem_resize(t->rows, (t->count + 1) * sizeof(*t->rows));
	struct known *k = &t->rows[t->count++];
	memset(k, 0, sizeof(*k));
	line_copy(k->key, sizeof(k->key), c->key);
	line_copy(k->text, sizeof(k->text), c->text);
	k->is_fault = c->is_fault;
	return k;
}

static void take_condition(struct taking *t, const struct condition *c)
{
	struct known *k = row_of(t, c);
	if (k == NULL) {
		return;
	}
	k->changed = k->changed || k->missing_at != 0;
	k->missing_at = 0;
	if (c->state == CONDITION_RAISED) {
		raise(t, c, k);
	} else if (c->state == CONDITION_CLEAR && k->stands) {
		k->stands = false;
		k->changed = true;
	}
}

static bool is_told(const struct alarms_look *look, const char *key)
{
	for (size_t i = 0; i < look->count; i++) {
		if (text_equal(look->at[i].key, key)) {
			return true;
		}
	}
	return false;
}

/* A fault that is not told is over; a level may only be unknown for now. */
static void take_missing(const struct alarms_look *look, struct known *k)
{
	if (!k->stands || is_told(look, k->key) ||
	    !(k->is_fault ? look->has_faults : look->has_supplies)) {
		return;
	}
	if (k->is_fault) {
		k->stands = false;
		k->changed = true;
	} else if (k->missing_at == 0 || k->missing_at > look->now) {
		k->missing_at = look->now;
		k->changed = true;
	} else if (look->now - k->missing_at >= FORGET_S) {
		k->stands = false;
		k->changed = true;
	}
}

static bool keep(struct db *db, const struct taking *t, struct err *err)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct known *k = &t->rows[i];
		bool over = !k->stands && !in_window(k, t->look->now);
		if (over && k->exists && !remove_row(db, k->key, err)) {
			return false;
		}
		if (!over && k->changed && !write_row(db, k, err)) {
			return false;
		}
	}
	return true;
}

/* Faults are looked at for the first time since maintenance was allowed. */
static bool first_look(struct db *db, struct taking *t, struct err *err)
{
	const struct automatic_service *s =
		automatic_service_of(t->look->automatic, SERVICE_MAINTENANCE);
	struct buf value = BUF_INIT;
	char since[24];
	if (!t->look->has_faults || s == NULL ||
	    (t->look->automatic->ready & SERVICE_BIT(SERVICE_MAINTENANCE)) ==
		    0) {
		return true;
	}
	if (!settings_get(db, "faults_known_at", &value, err)) {
		return false;
	}
	(void)snprintf(since, sizeof(since), "%" PRId64, s->since);
	t->faults_are_old = !text_equal(buf_str(&value), since);
	buf_clear(&value);
	return !t->faults_are_old ||
	       settings_set(db, "faults_known_at", since, err);
}

static bool take(struct db *db, struct taking *t, struct err *err)
{
	if (!read_rows(db, t, err) || !first_look(db, t, err)) {
		return false;
	}
	for (size_t i = 0; i < t->count; i++) {
		if (in_window(&t->rows[i], t->look->now)) {
			t->fires_all += t->rows[i].fires;
		}
	}
	for (size_t i = 0; i < t->look->count; i++) {
		take_condition(t, &t->look->at[i]);
	}
	for (size_t i = 0; i < t->count; i++) {
		take_missing(t->look, &t->rows[i]);
	}
	return keep(db, t, err);
}

bool alarms_take(struct db *db, const struct alarms_look *look,
		 struct alarms_due *due, struct err *err)
{
	struct taking t = { .look = look, .due = due };
	*due = (struct alarms_due){ .text = BUF_INIT };
	bool ok = db_begin(db, err) && db_finish(db, take(db, &t, err), err);
	mem_free(t.rows);
	if (!ok) {
		buf_clear(&due->text);
		due->services = 0;
	}
	return ok;
}

static void read_alarm(const struct stmt *q, void *row)
{
	struct known k;
	struct alarm *alarm = row;
	read_known(q, &k);
	*alarm = (struct alarm){ .is_fault = k.is_fault,
				 .first_at = k.first_at,
				 .fired_at = k.fired_at };
	memcpy(alarm->key, k.key, sizeof(alarm->key));
	memcpy(alarm->text, k.text, sizeof(alarm->text));
}

bool alarms_list(struct db *db, struct alarm **list, size_t *count,
		 struct err *err)
{
	struct stmt q;
	void *all = NULL;
	if (!db_query(db, &q,
		      SELECT_KNOWN "WHERE stands = 1 ORDER BY first_at, key",
		      err) ||
	    !db_read_all(&q, sizeof(struct alarm), read_alarm, &all, count,
			 err)) {
		return false;
	}
	*list = all;
	return true;
}
