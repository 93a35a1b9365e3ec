/*
 * Two decisions about job data: whether a second person has to agree, and how
 * much of the line an upload may take. Reading and writing them by name
 * is setting_rows.c's.
 */
#include "domain/job_settings.h"

#include "base/text.h"
#include "documents/service.h"
#include "domain/setting_rows.h"

#define NO_LIMIT "none"
#define RATE_MAX_KB 1000000 /* 1 GB/s */

static bool parse_two_people(const char *value, void *settings)
{
	struct job_settings *s = settings;
	s->two_people = text_equal(value, "on");
	return s->two_people || text_equal(value, "off");
}

static bool parse_rate(const char *value, void *settings)
{
	struct job_settings *s = settings;
	uint64_t kilobytes = 0;
	if (!text_equal(value, NO_LIMIT) &&
	    (value[0] == '0' ||
	     !text_parse_u64(value, 1, RATE_MAX_KB, &kilobytes))) {
		return false;
	}
	s->rate = kilobytes * 1000;
	return true;
}

static const struct setting_row rows[] = {
	{ { "job_data_two_people", "Job data needs two people", "on or off" },
	  parse_two_people },
	{ { "upload_rate", "Most that an upload of job data takes",
	    "\"none\", or kilobytes a second from 1 to 1000000" },
	  parse_rate },
};

static const struct setting_rows group = { rows,
					   sizeof(rows) / sizeof(rows[0]) };

const struct setting *job_setting_at(size_t n)
{
	return setting_at(&group, n);
}

bool job_setting_value(struct db *db, const char *name, struct buf *value,
		       struct err *err)
{
	return setting_value(db, &group, name, value, err);
}

bool job_settings_get(struct db *db, struct job_settings *settings,
		      struct err *err)
{
	struct job_settings found = { .two_people = false };
	if (!setting_rows_read(db, &group, &found, err)) {
		return false;
	}
	*settings = found;
	return true;
}

bool job_setting_set(struct db *db, const char *actor, const char *name,
		     const char *value, int64_t now, struct err *err)
{
	const struct setting_change change = {
		.actor = actor,
		.service = service_of(GATE_JOB_DATA)->name,
		.value = value,
		.now = now,
	};
	struct job_settings parsed;
	return setting_set(db, &group, name, &change, &parsed, err);
}
