/*
 * The customer's limits of the time between two check-ins, and what the server
 * wishes, which holds only within them. Reading and writing them by name is
 * setting_rows.c's.
 */
#include "domain/checkins_parts.h"

#include <string.h>

#include "base/text.h"
#include "domain/setting_rows.h"
#include "domain/settings.h"

#define WISHED "checkin_wished"
#define VALUES "a time from 5m to 7d, like 15m, 1h, 1d, or seconds"

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

static bool parse_least(const char *value, void *state)
{
	return parse_span(value, &((struct checkin_state *)state)->least_s);
}

static bool parse_most(const char *value, void *state)
{
	return parse_span(value, &((struct checkin_state *)state)->most_s);
}

static const struct setting_row rows[] = {
	{ { "checkin_least", "Shortest time between two check-ins", VALUES },
	  parse_least },
	{ { "checkin_most", "Longest time between two check-ins", VALUES },
	  parse_most },
};

static const struct setting_rows group = { rows,
					   sizeof(rows) / sizeof(rows[0]) };

const struct setting *checkin_setting_at(size_t n)
{
	return setting_at(&group, n);
}

bool checkins_limits(struct db *db, struct checkin_state *state,
		     struct err *err)
{
	struct checkin_state found;
	if (!setting_rows_read(db, &group, &found, err)) {
		return false;
	}
	state->least_s = found.least_s;
	state->most_s = found.most_s;
	return true;
}

bool checkin_setting_value(struct db *db, const char *name, struct buf *value,
			   struct err *err)
{
	return setting_value(db, &group, name, value, err);
}

/* The other limit may be damaged; then this one is all that is known. */
static bool check_order(struct db *db, const struct setting_row *row,
			struct checkin_state *limits, struct err *err)
{
	const struct setting_row *other = row == &rows[0] ? &rows[1] : &rows[0];
	return !setting_row_read(db, other, limits, NULL) ||
	       limits->least_s <= limits->most_s ||
	       err_set(err, ERR_INVALID,
		       "The shortest time between two check-ins cannot be "
		       "longer than the longest. Change the other one first.");
}

bool checkin_setting_set(struct db *db, const char *actor, const char *name,
			 const char *value, int64_t now, struct err *err)
{
	const struct setting_change change = { .actor = actor,
					       .value = value,
					       .now = now };
	const struct setting_row *row = setting_row_of(&group, name, err);
	struct checkin_state limits;
	return row != NULL && setting_parse(row, value, &limits, err) &&
	       db_begin(db, err) &&
	       db_finish(db,
			 check_order(db, row, &limits, err) &&
				 setting_write(db, &row->setting, &change, NULL,
					       err),
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
	    !settings_get_number(db, WISHED, &before, err) ||
	    (before != interval_s &&
	     !settings_set_number(db, WISHED, interval_s, err))) {
		return false;
	}
	*within = interval_s >= limits.least_s && interval_s <= limits.most_s;
	return true;
}
