/*
 * Named values that programs keep between runs, table settings: state, and
 * what people decide on the page Settings (automatic.c). What belongs to the
 * machine stands in sluice.conf (device_config.c).
 */
#include "domain/settings.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"

static const struct {
	const char *name;
	const char *preset;
} known[] = {
	/* What is known of the time: time_known.c. */
	{ "time_floor", "0" },
	{ "time_source", "build" },
	{ "time_source_at", "0" },
	{ "time_ahead", "0" },
	{ "time_within", "-1" },
	{ "time_clock", "0" },
	{ "time_agreed", "0" },
	{ "time_early", "0" },
	{ "time_base", "0" },
	{ "time_base_clock", "0" },
	/* Last exchange with the server that ended well, UTC seconds. */
	{ "last_contact_at", "0" },
	/* Size of the ledger when the daemon last signed it. */
	{ "checkpoint_size", "0" },
	/* First steps on Home that somebody marked as done, or "hidden". */
	{ "first_steps", "" },
	/* What people decide about automatic sends: automatic.c. */
	{ "automatic", "on" },
	{ "send_time", "derived" },
	{ "quiet_hours", "none" },
	{ "low_supply", "10" },
	/* Up to then the daily sends are done, and a missed one made up for. */
	{ "timer_at", "0" },
	{ "timer_catch_up_at", "0" },
	/* What an administrator decides about job data: job_settings.c. */
	{ "job_data_two_people", "off" },
	{ "upload_rate", "none" },
	/* Check-ins, and the customer's limits: checkins.c. */
	{ "checkin_least", "15m" },
	{ "checkin_most", "1d" },
	{ "checkin_wished", "0" },
	{ "checkin_last_at", "0" },
	{ "checkin_next_at", "0" },
	{ "checkin_expected_at", "0" },
	{ "checkin_failures", "0" },
	{ "checkin_permanent", "0" },
	{ "checkin_problem", "" },
	/* The certificate with which the ledger key was told: checkin.c. */
	{ "ledger_key_told", "" },
	/* What the server said of this device's log: witnessed.c. */
	{ "witness_size", "0" },
	{ "witness_problem", "" },
	{ "witness_at", "0" },
	/* Tries that failed in the window that runs: retry_budget.c. */
	{ "retry_from", "0" },
	{ "retry_used", "0" },
	/* What may wait and leave: queue.c. Whatever the month's limit holds
	 * from the first on outlasts the longest month. */
	{ "queue_bytes", "16" },
	{ "queue_days", "35" },
	{ "send_rate", "none" },
	{ "month_limit", "none" },
	{ "quiet_hours_for", "automatic" },
	{ "month_at", "" },
	{ "month_used", "0" },
	{ "hold_until", "0" },
	/* Number of the list of recipients that was fetched last, taken or not. */
	{ "recipients_fetched", "0" },
	/* The day that runs, and the last notice before it: jobs_notices.c. */
	{ "notices_from", "0" },
	{ "notices_before", "0" },
	{ "instructions_answered", "0" },
	/* The grant of maintenance at which faults were first looked at. */
	{ "faults_known_at", "0" },
};

static const char *preset_of(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (text_equal(known[i].name, name)) {
			return known[i].preset;
		}
	}
	return NULL;
}

bool settings_get(struct db *db, const char *name, struct buf *value,
		  struct err *err)
{
	const char *preset = preset_of(name);
	assert(preset != NULL);
	struct stmt q;
	if (!db_query(db, &q, "SELECT value FROM settings WHERE name = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, name);
	struct buf found = BUF_INIT;
	buf_put_str(&found, db_row(&q) ? db_text(&q, 0) : preset);
	bool ok = db_done(&q, err);
	if (ok) {
		buf_put(value, found.data, found.len);
	}
	buf_clear(&found);
	return ok;
}

bool settings_get_number(struct db *db, const char *name, int64_t *value,
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

bool settings_set_number(struct db *db, const char *name, int64_t value,
			 struct err *err)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, value > 0 ? value : 0);
	return settings_set(db, name, text, err);
}

bool settings_each(struct db *db, const char *prefix,
		   void (*each)(void *ctx, const char *name, const char *value),
		   void *ctx, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT name, value FROM settings "
		      "WHERE substr(name, 1, length(?1)) = ?1",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, prefix);
	while (db_row(&q)) {
		each(ctx, db_text(&q, 0), db_text(&q, 1));
	}
	return db_done(&q, err);
}

bool settings_set(struct db *db, const char *name, const char *value,
		  struct err *err)
{
	assert(preset_of(name) != NULL && value != NULL);
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO settings (name, value) "
		      "VALUES (?, ?) ON CONFLICT (name) "
		      "DO UPDATE SET value = excluded.value",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, name);
	db_bind_text(&q, 2, value);
	return db_run(&q, err);
}
