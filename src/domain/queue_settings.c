/*
 * The limits of the queue as people set them. What they hold back is
 * queue.c's, what they drop queue_room.c's.
 */
#include "domain/queue.h"

#include "base/text.h"
#include "domain/settings.h"

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

static bool parse_bytes(const char *value, struct queue_limits *l)
{
	return parse_number(value, MEGABYTES_LEAST, MEGABYTES_MOST,
			    QUEUE_MEGABYTE, &l->bytes);
}

static bool parse_days(const char *value, struct queue_limits *l)
{
	uint64_t seconds = 0;
	bool ok = parse_number(value, 1, DAYS_MOST, DAY_S, &seconds);
	l->age_s = (int64_t)seconds;
	return ok;
}

static bool parse_rate(const char *value, struct queue_limits *l)
{
	return parse_limit(value, 1000, &l->rate);
}

static bool parse_month(const char *value, struct queue_limits *l)
{
	return parse_limit(value, QUEUE_MEGABYTE, &l->month);
}

static bool parse_quiet_for(const char *value, struct queue_limits *l)
{
	l->quiet_all = text_equal(value, "all");
	return l->quiet_all || text_equal(value, "automatic");
}

/* name is the name in table settings as well. */
static const struct row {
	struct automatic_setting setting;
	bool (*parse)(const char *value, struct queue_limits *limits);
} rows[] = {
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

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct automatic_setting *queue_setting_at(size_t n)
{
	return n < ROWS ? &rows[n].setting : NULL;
}

static const struct row *row_of(const char *name, struct err *err)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (text_equal(rows[i].setting.name, name)) {
			return &rows[i];
		}
	}
	err_set(err, ERR_NOT_FOUND, "There is no setting \"%.40s\".", name);
	return NULL;
}

bool queue_setting_value(struct db *db, const char *name, struct buf *value,
			 struct err *err)
{
	return row_of(name, err) != NULL && settings_get(db, name, value, err);
}

bool queue_limits_read(struct db *db, struct queue_limits *limits,
		       struct err *err)
{
	struct queue_limits found = { .bytes = 0 };
	for (size_t i = 0; i < ROWS; i++) {
		const char *name = rows[i].setting.name;
		struct buf value = BUF_INIT;
		if (!settings_get(db, name, &value, err)) {
			return false;
		}
		bool ok = rows[i].parse(buf_str(&value), &found);
		buf_clear(&value);
		if (!ok) {
			return err_set(err, ERR_INVALID,
				       "The setting %s in the database is "
				       "damaged; set it again.",
				       name);
		}
	}
	*limits = found;
	return true;
}

bool queue_setting_set(struct db *db, const char *actor, const char *name,
		       const char *value, int64_t now, struct err *err)
{
	struct queue_limits parsed;
	const struct row *row = row_of(name, err);
	if (row == NULL) {
		return false;
	}
	if (!row->parse(value, &parsed)) {
		return err_set(err, ERR_INVALID, "%s: write %s.",
			       row->setting.title, row->setting.values);
	}
	return automatic_setting_write(db, actor, &row->setting, "", value, now,
				       NULL, err);
}
