/*
 * Check-ins as people see them: the state that settings keep, the rows with
 * the exact bytes of both ways, and their entries in the log. Times are
 * reckoned in checkins_plan.c, limits are checkins_settings.c's, and the
 * network is client/checkin.c's.
 */
#include "domain/checkins_parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "domain/consent.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/settings.h"

#define DAEMON "daemon"

static const char *const reason_names[] = {
	[CHECKIN_REASON_UNSET] = "",
	[CHECKIN_SLOT] = "slot",
	[CHECKIN_PERSON] = "person",
	[CHECKIN_OUTCOME] = "outcome",
};

static const char *const reason_words[] = {
	[CHECKIN_REASON_UNSET] = "",
	[CHECKIN_SLOT] = "it was due",
	[CHECKIN_PERSON] = "somebody asked for it",
	[CHECKIN_OUTCOME] = "to report what became of instructions",
};

#define REASONS (sizeof(reason_names) / sizeof(reason_names[0]))

/* ---- the state ---- */

static bool read_problem(struct db *db, struct checkin_state *state,
			 struct err *err)
{
	struct buf text = BUF_INIT;
	bool ok = settings_get(db, "checkin_problem", &text, err);
	if (ok && text.len > 0) {
		line_copy(state->problem, sizeof(state->problem),
			  buf_str(&text));
	}
	buf_clear(&text);
	return ok;
}

static bool read_state(struct db *db, int64_t now, struct checkin_state *s,
		       struct err *err)
{
	struct consent remote;
	int64_t expected, failures, permanent;
	if (!consent_read_remote(db, now, &remote, err) ||
	    !checkins_limits(db, s, err) ||
	    !settings_get_number(db, "checkin_wished", &s->wished_s, err) ||
	    !settings_get_number(db, "checkin_last_at", &s->last_at, err) ||
	    !settings_get_number(db, "checkin_next_at", &s->next_at, err) ||
	    !settings_get_number(db, "checkin_expected_at", &expected, err) ||
	    !settings_get_number(db, "checkin_failures", &failures, err) ||
	    !settings_get_number(db, "checkin_permanent", &permanent, err) ||
	    !settings_get_number(db, "last_contact_at", &s->contact_at, err) ||
	    !read_problem(db, s, err)) {
		return false;
	}
	s->on = remote.state == CONSENT_ALLOWED;
	s->failures = failures < UINT32_MAX ? (unsigned)failures : UINT32_MAX;
	s->permanent = permanent != 0;
	s->interval_s = checkin_interval(s, s->wished_s);
	/* Before remote services were allowed nobody expected any. */
	int64_t since =
		s->contact_at > remote.since ? s->contact_at : remote.since;
	s->missed = s->on ? checkin_missing(expected, since, s->interval_s, now)
			  : 0;
	return true;
}

bool checkins_read(struct db *db, int64_t now, struct checkin_state *state,
		   struct err *err)
{
	struct checkin_state found = { .on = false };
	if (!read_state(db, now, &found, err)) {
		return false;
	}
	*state = found;
	return true;
}

/* ---- one begins ---- */

static bool append(struct db *db, struct ledger_entry *entry,
		   const struct buf *text, struct err *err)
{
	entry->kind = LEDGER_CHECK_IN;
	entry->text = buf_str(text);
	return ledger_append(db, entry, err);
}

/* A process that died in the middle left them. */
static bool end_left(struct db *db, int64_t now, struct err *err)
{
	static const char why[] = "This device stopped before the answer came.";
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE checkins SET result = 'failed', problem = ? "
		      "WHERE result = 'begun'",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, why);
	if (!db_run(&q, err)) {
		return false;
	}
	if (db_changes(db) == 0) {
		return true;
	}
	struct buf text = BUF_INIT;
	struct ledger_entry entry = { .at = now,
				      .actor = DAEMON,
				      .result = "failed" };
	buf_put_str(&text, why);
	bool ok = append(db, &entry, &text, err);
	buf_clear(&text);
	return ok;
}

static bool insert(struct db *db, enum checkin_reason reason,
		   const char *request, int64_t now, int64_t *number,
		   struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO checkins (at, reason, result, request) "
		      "VALUES (?, ?, 'begun', ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, reason_names[reason]);
	db_bind_text(&q, 3, request);
	if (!db_run(&q, err)) {
		return false;
	}
	*number = db_last_id(db);
	if (!db_query(db, &q, "DELETE FROM checkins WHERE number <= ?", err)) {
		return false;
	}
	db_bind_int(&q, 1, *number - CHECKINS_KEPT);
	return db_run(&q, err);
}

static bool log_begin(struct db *db, enum checkin_reason reason,
		      const char *actor, const char *peer, const char *request,
		      size_t len, int64_t now, int64_t number, struct err *err)
{
	uint8_t hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	struct buf text = BUF_INIT;
	sha256_bytes(request, len, hash);
	hex_encode(hex, hash, sizeof(hash));
	buf_printf(&text, "check-in %" PRId64 " begins: %s", number,
		   reason_words[reason]);
	struct ledger_entry entry = {
		.at = now,
		.actor = actor,
		.peer = peer,
		.bytes = len,
		.sha256 = hex,
		.result = "ok",
	};
	bool ok = append(db, &entry, &text, err);
	buf_clear(&text);
	return ok;
}

bool checkins_begin(struct db *db, enum checkin_reason reason,
		    const char *actor, const char *peer, const char *request,
		    size_t len, int64_t now, int64_t *number, struct err *err)
{
	int64_t made = 0;
	if (reason <= CHECKIN_REASON_UNSET || reason >= REASONS ||
	    actor == NULL || *actor == '\0' || strlen(request) != len) {
		return err_set(err, ERR_INVALID, "This is no check-in.");
	}
	if (!db_begin(db, err) ||
	    !db_finish(db,
		       end_left(db, now, err) &&
			       insert(db, reason, request, now, &made, err) &&
			       log_begin(db, reason, actor, peer, request, len,
					 now, made, err),
		       err)) {
		return false;
	}
	*number = made;
	return true;
}

/* ---- one ends ---- */

static bool end_row(struct db *db, const struct checkin_end *end,
		    struct err *err)
{
	struct stmt q;
	char problem[256] = "";
	if (end->number == 0) {
		return true;
	}
	if (end->problem != NULL) {
		line_copy(problem, sizeof(problem), end->problem);
	}
	if (!db_query(db, &q,
		      "UPDATE checkins SET result = ?, problem = ?, "
		      "bytes_out = ?, bytes_in = ?, answer = ? "
		      "WHERE number = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, end->problem == NULL ? "ok" : "failed");
	db_bind_text(&q, 2, problem);
	db_bind_int(&q, 3, (int64_t)end->bytes_out);
	db_bind_int(&q, 4, (int64_t)end->bytes_in);
	db_bind_text(&q, 5, end->answer == NULL ? "" : end->answer);
	db_bind_int(&q, 6, end->number);
	return db_run(&q, err);
}

static bool log_failure(struct db *db, const struct checkin_end *end,
			int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	char at[CLOCK_TEXT_SIZE];
	clock_format(at, end->retry_at > now ? end->retry_at : now);
	if (end->number != 0) {
		buf_printf(&text, "check-in %" PRId64 ": ", end->number);
	}
	buf_printf(&text, "%s; tried again from %s", end->problem, at);
	struct ledger_entry entry = {
		.at = now,
		.actor = DAEMON,
		.result = end->permanent ? "failed" : "waiting",
	};
	bool ok = append(db, &entry, &text, err);
	buf_clear(&text);
	return ok;
}

static bool end_badly(struct db *db, const struct checkin_end *end, int64_t now,
		      struct err *err)
{
	int64_t failures;
	char problem[256];
	line_copy(problem, sizeof(problem), end->problem);
	return settings_get_number(db, "checkin_failures", &failures, err) &&
	       settings_set_number(db, "checkin_failures", failures + 1, err) &&
	       settings_set_number(db, "checkin_permanent", end->permanent,
				   err) &&
	       settings_set_number(db, "checkin_next_at", end->retry_at, err) &&
	       settings_set(db, "checkin_problem", problem, err) &&
	       log_failure(db, end, now, err);
}

/* The interval that the server wishes is told once, when it is news. */
static bool take_wish(struct db *db, int64_t wished_s, int64_t now,
		      struct err *err)
{
	int64_t before;
	bool within;
	if (wished_s == 0) {
		return true;
	}
	if (!settings_get_number(db, "checkin_wished", &before, err) ||
	    !checkins_wish(db, wished_s, &within, err)) {
		return false;
	}
	if (before == wished_s) {
		return true;
	}
	struct buf text = BUF_INIT;
	struct ledger_entry entry = { .at = now,
				      .actor = "server",
				      .result = within ? "ok" : "refused" };
	buf_put_str(&text, "the server wishes a check-in every ");
	checkin_put_span(&text, wished_s);
	if (!within) {
		buf_put_str(&text, "; the limits that were set here hold");
	}
	bool ok = append(db, &entry, &text, err);
	buf_clear(&text);
	return ok;
}

static bool end_well(struct db *db, const struct checkin_end *end, int64_t now,
		     struct err *err)
{
	return take_wish(db, end->wished_s, now, err) &&
	       settings_set_number(db, "checkin_failures", 0, err) &&
	       settings_set_number(db, "checkin_permanent", 0, err) &&
	       settings_set_number(db, "checkin_last_at", now, err) &&
	       settings_set_number(db, "last_contact_at", now, err) &&
	       settings_set_number(db, "checkin_next_at", end->next_at, err) &&
	       settings_set_number(db, "checkin_expected_at", end->next_at,
				   err) &&
	       settings_set(db, "checkin_problem", "", err);
}

bool checkins_end(struct db *db, const struct checkin_end *end, int64_t now,
		  struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db,
			 end_row(db, end, err) &&
				 (end->problem == NULL
					  ? end_well(db, end, now, err)
					  : end_badly(db, end, now, err)),
			 err);
}

/* ---- looking back ---- */

static void read_done(const struct stmt *q, void *row)
{
	struct checkin_done *d = row;
	*d = (struct checkin_done){ .number = db_int(q, 0),
				    .at = db_int(q, 1) };
	for (size_t i = 1; i < REASONS; i++) {
		if (text_equal(reason_names[i], db_text(q, 2))) {
			d->reason = (enum checkin_reason)i;
		}
	}
	db_copy_text(q, 3, d->result, sizeof(d->result));
	db_copy_text(q, 4, d->problem, sizeof(d->problem));
	d->bytes_out = (uint64_t)db_int(q, 5);
	d->bytes_in = (uint64_t)db_int(q, 6);
}

bool checkins_list(struct db *db, size_t limit, struct checkin_done **list,
		   size_t *count, struct err *err)
{
	struct stmt q;
	void *all = NULL;
	if (!db_query(db, &q,
		      "SELECT number, at, reason, result, problem, bytes_out, "
		      "bytes_in FROM checkins ORDER BY number DESC LIMIT ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1,
		    limit < CHECKINS_KEPT ? (int64_t)limit : CHECKINS_KEPT);
	if (!db_read_all(&q, sizeof(struct checkin_done), read_done, &all,
			 count, err)) {
		return false;
	}
	*list = all;
	return true;
}

bool checkins_bytes(struct db *db, int64_t number, struct buf *request,
		    struct buf *answer, struct err *err)
{
	struct stmt q;
	struct buf out = BUF_INIT, in = BUF_INIT;
	if (!db_query(db, &q,
		      "SELECT request, answer FROM checkins WHERE number = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, number);
	bool found = db_row(&q);
	if (found) {
		buf_put_str(&out, db_text(&q, 0));
		buf_put_str(&in, db_text(&q, 1));
	}
	bool ok = db_done(&q, err) &&
		  (found || err_set(err, ERR_NOT_FOUND,
				    "There is no check-in %" PRId64
				    ", or its bytes are not kept any more.",
				    number));
	if (ok) {
		buf_put(request, out.data, out.len);
		buf_put(answer, in.data, in.len);
	}
	buf_clear(&in);
	buf_clear(&out);
	return ok;
}
