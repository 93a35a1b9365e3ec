/*
 * Two decisions about job data: whether a second person has to agree, and how
 * much of the line an upload may take. Who may change them is the pages' and
 * the command line's to ask.
 */
#include "domain/job_settings.h"

#include "base/text.h"
#include "domain/settings.h"

#define NO_LIMIT "none"
#define RATE_MAX_KB 1000000 /* 1 GB/s */

static bool parse_two_people(const char *value, struct job_settings *s)
{
	s->two_people = text_equal(value, "on");
	return s->two_people || text_equal(value, "off");
}

static bool parse_rate(const char *value, struct job_settings *s)
{
	uint64_t kilobytes = 0;
	if (!text_equal(value, NO_LIMIT) &&
	    (value[0] == '0' ||
	     !text_parse_u64(value, 1, RATE_MAX_KB, &kilobytes))) {
		return false;
	}
	s->rate = kilobytes * 1000;
	return true;
}

/* name is the name in table settings as well. */
static const struct row {
	struct automatic_setting setting;
	bool (*parse)(const char *value, struct job_settings *s);
} rows[] = {
	{ { "job_data_two_people", "Job data needs two people", "on or off" },
	  parse_two_people },
	{ { "upload_rate", "Most that an upload of job data takes",
	    "\"none\", or kilobytes a second from 1 to 1000000" },
	  parse_rate },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct automatic_setting *job_setting_at(size_t n)
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

bool job_setting_value(struct db *db, const char *name, struct buf *value,
		       struct err *err)
{
	return row_of(name, err) != NULL && settings_get(db, name, value, err);
}

bool job_settings_get(struct db *db, struct job_settings *settings,
		      struct err *err)
{
	struct job_settings found = { .two_people = false };
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
	*settings = found;
	return true;
}

bool job_setting_set(struct db *db, const char *actor, const char *name,
		     const char *value, int64_t now, struct err *err)
{
	struct job_settings parsed = { .two_people = false };
	const struct row *row = row_of(name, err);
	if (row == NULL) {
		return false;
	}
	if (!row->parse(value, &parsed)) {
		return err_set(err, ERR_INVALID, "%s: write %s.",
			       row->setting.title, row->setting.values);
	}
	return automatic_setting_write(db, actor, &row->setting,
				       service_of(GATE_JOB_DATA)->name, value,
				       now, NULL, err);
}
