/*
 * The limits of the queue as people set them. What they hold back is
 * queue.c's, what they drop queue_room.c's. Reading and writing them by name is
 * setting_rows.c's.
 */
#include "domain/queue.h"

#include "base/text.h"
#include "domain/setting_rows.h"

#define NO_LIMIT "none"
#define DAY_S ((int64_t)86400)
/* The largest transmission always fits (TRANSMISSION_MAX, and its fellow). */
#define MEGABYTES_LEAST 2
#define MEGABYTES_MOST 1000
#define DAYS_MOST 400
#define LIMIT_MOST 1000000

/* A whole number as people write it: no sign, no zero in front. */
static bool parse_number(const char *value, uint64_t least, uint64_t most,
			 uint64_t unit, uint64_t *number)
{
	uint64_t found;
	if (value[0] == '0' || !text_parse_u64(value, least, most, &found)) {
		return false;
	}
	*number = found * unit;
	return true;
}

static bool parse_limit(const char *value, uint64_t unit, uint64_t *number)
{
	*number = 0;
	return text_equal(value, NO_LIMIT) ||
	       parse_number(value, 1, LIMIT_MOST, unit, number);
}

static bool parse_bytes(const char *value, void *limits)
{
	struct queue_limits *l = limits;
	return parse_number(value, MEGABYTES_LEAST, MEGABYTES_MOST,
			    QUEUE_MEGABYTE, &l->bytes);
}

static bool parse_days(const char *value, void *limits)
{
	struct queue_limits *l = limits;
	uint64_t seconds = 0;
	bool ok = parse_number(value, 1, DAYS_MOST, DAY_S, &seconds);
	l->age_s = (int64_t)seconds;
	return ok;
}

static bool parse_rate(const char *value, void *limits)
{
	struct queue_limits *l = limits;
	return parse_limit(value, 1000, &l->rate);
}

static bool parse_month(const char *value, void *limits)
{
	struct queue_limits *l = limits;
	return parse_limit(value, QUEUE_MEGABYTE, &l->month);
}

static bool parse_quiet_for(const char *value, void *limits)
{
	struct queue_limits *l = limits;
	l->quiet_all = text_equal(value, "all");
	return l->quiet_all || text_equal(value, "automatic");
}

static const struct setting_row rows[] = {
	{ { "queue_bytes", "Most that waits to be sent",
	    "megabytes, a whole number from 2 to 1000" },
	  parse_bytes },
	{ { "queue_days", "Longest that anything waits to be sent",
	    "days, a whole number from 1 to 400" },
	  parse_days },
	{ { "send_rate", "Most that a transmission takes of the line",
	    "\"none\", or kilobytes a second from 1 to 1000000" },
	  parse_rate },
	{ { "month_limit", "Most that leaves in a month",
	    "\"none\", or megabytes from 1 to 1000000" },
	  parse_month },
	{ { "quiet_hours_for", "Quiet hours hold",
	    "\"automatic\" for what is sent by itself, or \"all\" for what "
	    "people send as well" },
	  parse_quiet_for },
};

static const struct setting_rows group = { rows,
					   sizeof(rows) / sizeof(rows[0]) };

const struct setting *queue_setting_at(size_t n)
{
	return setting_at(&group, n);
}

bool queue_setting_value(struct db *db, const char *name, struct buf *value,
			 struct err *err)
{
	return setting_value(db, &group, name, value, err);
}

bool queue_limits_read(struct db *db, struct queue_limits *limits,
		       struct err *err)
{
	struct queue_limits found = { .bytes = 0 };
	if (!setting_rows_read(db, &group, &found, err)) {
		return false;
	}
	*limits = found;
	return true;
}

bool queue_setting_set(struct db *db, const char *actor, const char *name,
		       const char *value, int64_t now, struct err *err)
{
	const struct setting_change change = { .actor = actor,
					       .value = value,
					       .now = now };
	struct queue_limits parsed;
	return setting_set(db, &group, name, &change, &parsed, err);
}
