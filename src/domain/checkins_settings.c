/*
 * The customer's limits of the time between two check-ins, and what the server
 * wishes, which holds only within them. Who may change them is the pages' and
 * the command line's to ask.
 */
#include "domain/checkins_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "domain/ledger.h"
#include "domain/settings.h"

#define LEAST "checkin_least"
#define MOST "checkin_most"
#define WISHED "checkin_wished"
#define VALUES "a time from 5m to 7d, like 15m, 1h, 1d, or seconds"

/* name is the name in table settings as well. */
static const struct automatic_setting rows[] = {
	{ LEAST, "Shortest time between two check-ins", VALUES },
	{ MOST, "Longest time between two check-ins", VALUES },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct automatic_setting *checkin_setting_at(size_t n)
{
	return n < ROWS ? &rows[n] : NULL;
}

static const struct automatic_setting *row_of(const char *name, struct err *err)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (text_equal(rows[i].name, name)) {
			return &rows[i];
		}
	}
	err_set(err, ERR_NOT_FOUND, "There is no setting \"%.40s\".", name);
	return NULL;
}

/* "15m", "1h", "1d", "900" or "900s". */
static bool parse_span(const char *value, int64_t *seconds)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char digits[12];
	size_t len = strlen(value);
	int64_t number, unit = 1;
	for (size_t i = 0; len > 0 && i < sizeof(units) / sizeof(units[0]);
	     i++) {
		if (value[len - 1] == units[i].letter) {
			unit = units[i].seconds;
			len--;
			break;
		}
	}
	if (len == 0 || len >= sizeof(digits) || value[0] == '0') {
		return false;
	}
	memcpy(digits, value, len);
	digits[len] = '\0';
	if (!text_parse_i64(digits, 1, CHECKIN_MOST_S, &number)) {
		return false;
	}
	*seconds = number * unit;
	return *seconds >= CHECKIN_LEAST_S && *seconds <= CHECKIN_MOST_S;
}

static bool read_limit(struct db *db, const char *name, int64_t *seconds,
		       struct err *err)
{
	struct buf value = BUF_INIT;
	bool ok = settings_get(db, name, &value, err) &&
		  (parse_span(buf_str(&value), seconds) ||
		   err_set(err, ERR_INVALID,
			   "The setting %s in the database is damaged; set it "
			   "again.",
			   name));
	buf_clear(&value);
	return ok;
}

bool checkins_limits(struct db *db, struct checkin_state *state,
		     struct err *err)
{
	return read_limit(db, LEAST, &state->least_s, err) &&
	       read_limit(db, MOST, &state->most_s, err);
}

bool checkin_setting_value(struct db *db, const char *name, struct buf *value,
			   struct err *err)
{
	return row_of(name, err) != NULL && settings_get(db, name, value, err);
}

bool checkins_number(struct db *db, const char *name, int64_t *value,
		     struct err *err)
{
	struct buf text = BUF_INIT;
	bool ok = settings_get(db, name, &text, err);
	if (ok && !text_parse_i64(buf_str(&text), 0, INT64_MAX, value)) {
		*value = 0;
	}
	buf_clear(&text);
	return ok;
}

bool checkins_keep_number(struct db *db, const char *name, int64_t value,
			  struct err *err)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, value > 0 ? value : 0);
	return settings_set(db, name, text, err);
}

/* The other limit may be damaged; then this one is all that is known. */
static bool check_order(struct db *db, const char *name, int64_t seconds,
			struct err *err)
{
	bool is_least = text_equal(name, LEAST);
	int64_t other;
	if (!read_limit(db, is_least ? MOST : LEAST, &other, NULL)) {
		return true;
	}
	return (is_least ? seconds <= other : other <= seconds) ||
	       err_set(err, ERR_INVALID,
		       "The shortest time between two check-ins cannot be "
		       "longer than the longest. Change the other one first.");
}

static bool write_change(struct db *db, const char *actor,
			 const struct automatic_setting *row,
			 const char *before, const char *value, int64_t now,
			 struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s (%s): \"%s\" before, \"%s\" now", row->title,
		   row->name, before, value);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_CONFIGURATION,
		.actor = actor,
		.result = "ok",
		.text = buf_str(&text),
	};
	bool ok = settings_set(db, row->name, value, err) &&
		  ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

static bool set(struct db *db, const char *actor,
		const struct automatic_setting *row, const char *value,
		int64_t seconds, int64_t now, struct err *err)
{
	struct buf before = BUF_INIT;
	bool ok = check_order(db, row->name, seconds, err) &&
		  settings_get(db, row->name, &before, err) &&
		  (text_equal(buf_str(&before), value) ||
		   write_change(db, actor, row, buf_str(&before), value, now,
				err));
	buf_clear(&before);
	return ok;
}

bool checkin_setting_set(struct db *db, const char *actor, const char *name,
			 const char *value, int64_t now, struct err *err)
{
	const struct automatic_setting *row = row_of(name, err);
	int64_t seconds;
	if (row == NULL) {
		return false;
	}
	if (!parse_span(value, &seconds)) {
		return err_set(err, ERR_INVALID, "%s: write %s.", row->title,
			       row->values);
	}
	return db_begin(db, err) &&
	       db_finish(db, set(db, actor, row, value, seconds, now, err),
			 err);
}

bool checkins_wish(struct db *db, int64_t interval_s, bool *within,
		   struct err *err)
{
	struct checkin_state limits = { .on = false };
	int64_t before;
	if (interval_s <= 0) {
		return err_set(err, ERR_INVALID, "This is no interval.");
	}
	if (!checkins_limits(db, &limits, err) ||
	    !checkins_number(db, WISHED, &before, err) ||
	    (before != interval_s &&
	     !checkins_keep_number(db, WISHED, interval_s, err))) {
		return false;
	}
	*within = interval_s >= limits.least_s && interval_s <= limits.most_s;
	return true;
}
