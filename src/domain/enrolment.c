/*
 * One row: the certificate in use as people see it, and the code that waits.
 * The code is a secret for as long as it stands here: until it was used,
 * refused or taken back. What the device does about it is client/enrol.c's.
 */
#include "domain/enrolment.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/consent.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "formats/certs.h"

#define DAY_S ((int64_t)86400)

static const char *const state_names[] = {
	[ENROLMENT_UNSET] = "",
	[ENROLMENT_NONE] = "none",
	[ENROLMENT_ASKED] = "asked",
	[ENROLMENT_PENDING] = "pending",
	[ENROLMENT_ENROLLED] = "enrolled",
	[ENROLMENT_REFUSED] = "refused",
};

#define STATES (sizeof(state_names) / sizeof(state_names[0]))

const char *enrolment_state_name(enum enrolment_state state)
{
	return (size_t)state < STATES ? state_names[state] : "";
}

static enum enrolment_state state_by_name(const char *name)
{
	for (size_t i = 1; i < STATES; i++) {
		if (text_equal(state_names[i], name)) {
			return (enum enrolment_state)i;
		}
	}
	return ENROLMENT_NONE;
}

static void read_row(const struct stmt *q, struct enrolment *e)
{
	e->state = state_by_name(db_text(q, 0));
	db_copy_text(q, 1, e->asked_by, sizeof(e->asked_by));
	e->asked_at = db_int(q, 2);
	e->attempts = (unsigned)db_int(q, 3);
	e->next_try_at = db_int(q, 4);
	db_copy_text(q, 5, e->problem, sizeof(e->problem));
	db_copy_text(q, 6, e->sha256, sizeof(e->sha256));
	db_copy_text(q, 7, e->subject, sizeof(e->subject));
	db_copy_text(q, 8, e->issuer, sizeof(e->issuer));
	e->not_before = db_int(q, 9);
	e->not_after = db_int(q, 10);
	e->countdown = (int)db_int(q, 11);
}

bool enrolment_read(struct db *db, struct enrolment *enrolment, struct err *err)
{
	struct enrolment found = { .state = ENROLMENT_NONE };
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT state, asked_by, asked_at, attempts, "
		      "next_try_at, problem, sha256, subject, issuer, "
		      "not_before, not_after, countdown FROM enrolment",
		      err)) {
		return false;
	}
	if (db_row(&q)) {
		read_row(&q, &found);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	*enrolment = found;
	return true;
}

/* The whole row but the code: that is set apart. */
static bool write_row(struct db *db, const struct enrolment *e, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO enrolment (id, state, asked_by, asked_at, "
		      "attempts, next_try_at, problem, sha256, subject, "
		      "issuer, not_before, not_after, countdown) "
		      "VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
		      "ON CONFLICT (id) DO UPDATE SET "
		      "(state, asked_by, asked_at, attempts, next_try_at, "
		      "problem, sha256, subject, issuer, not_before, "
		      "not_after, countdown) = (excluded.state, "
		      "excluded.asked_by, excluded.asked_at, "
		      "excluded.attempts, excluded.next_try_at, "
		      "excluded.problem, excluded.sha256, excluded.subject, "
		      "excluded.issuer, excluded.not_before, "
		      "excluded.not_after, excluded.countdown)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, enrolment_state_name(e->state));
	db_bind_text(&q, 2, e->asked_by);
	db_bind_int(&q, 3, e->asked_at);
	db_bind_int(&q, 4, e->attempts);
	db_bind_int(&q, 5, e->next_try_at);
	db_bind_text(&q, 6, e->problem);
	db_bind_text(&q, 7, e->sha256);
	db_bind_text(&q, 8, e->subject);
	db_bind_text(&q, 9, e->issuer);
	db_bind_int(&q, 10, e->not_before);
	db_bind_int(&q, 11, e->not_after);
	db_bind_int(&q, 12, e->countdown);
	return db_run(&q, err);
}

static bool set_code(struct db *db, const char *code, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "UPDATE enrolment SET code = ?", err)) {
		return false;
	}
	db_bind_text(&q, 1, code);
	return db_run(&q, err);
}

static bool append(struct db *db, const char *actor, const char *result,
		   int64_t now, const char *text, struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_ENROLMENT,
		.actor = actor,
		.result = result,
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

/* ---- what people do ---- */

static bool check_code(const char *code, char clean[ENROLMENT_CODE_MAX + 1],
		       struct err *err)
{
	const char *from = code + strspn(code, " ");
	size_t len = strlen(from);
	while (len > 0 && from[len - 1] == ' ') {
		len--;
	}
	if (len == 0) {
		return err_set(err, ERR_INVALID,
			       "Type the code that the vendor gave for this "
			       "device.");
	}
	if (len > ENROLMENT_CODE_MAX || !text_is_one_line(from, len)) {
		return err_set(err, ERR_INVALID,
			       "This is no code: a code is one line of at most "
			       "%d characters.",
			       ENROLMENT_CODE_MAX);
	}
	memcpy(clean, from, len);
	clean[len] = '\0';
	return true;
}

bool enrolment_may_ask(struct db *db, int64_t now, struct err *err)
{
	struct consent remote;
	return consent_read_remote(db, now, &remote, err) &&
	       (remote.state == CONSENT_ALLOWED ||
		err_set(err, ERR_DENIED,
			"Remote services are not allowed, so the server is "
			"not asked. Allow them first: \"sluice allow remote\", "
			"or the page Services."));
}

static bool ask(struct db *db, const char *actor, const char *code, int64_t now,
		struct err *err)
{
	struct enrolment e;
	if (!enrolment_may_ask(db, now, err) || !enrolment_read(db, &e, err)) {
		return false;
	}
	e.state = ENROLMENT_ASKED;
	line_copy(e.asked_by, sizeof(e.asked_by), actor);
	e.asked_at = now;
	e.attempts = 0;
	e.next_try_at = 0;
	e.problem[0] = '\0';
	return write_row(db, &e, err) && set_code(db, code, err) &&
	       append(db, actor, "waiting", now,
		      "a code was typed, to get a certificate with", err);
}

bool enrolment_ask(struct db *db, const char *actor, const char *code,
		   int64_t now, struct err *err)
{
	char clean[ENROLMENT_CODE_MAX + 1];
	if (!check_code(code == NULL ? "" : code, clean, err)) {
		return false;
	}
	bool ok = db_begin(db, err) &&
		  db_finish(db, ask(db, actor, clean, now, err), err);
	mem_burn(clean, sizeof(clean));
	return ok;
}

static bool is_asked(const struct enrolment *e)
{
	return e->state == ENROLMENT_ASKED || e->state == ENROLMENT_PENDING;
}

/* What was there before it was typed holds. */
static bool forget_code(struct db *db, struct enrolment *e, struct err *err)
{
	e->state = e->sha256[0] != '\0' ? ENROLMENT_ENROLLED : ENROLMENT_NONE;
	e->attempts = 0;
	e->next_try_at = 0;
	e->problem[0] = '\0';
	return write_row(db, e, err) && set_code(db, "", err);
}

static bool cancel(struct db *db, const char *actor, int64_t now,
		   struct err *err)
{
	struct enrolment e;
	if (!enrolment_read(db, &e, err)) {
		return false;
	}
	if (!is_asked(&e) && e.state != ENROLMENT_REFUSED) {
		return err_set(err, ERR_NOT_FOUND,
			       "There is no code that waits.");
	}
	bool waited = is_asked(&e);
	return forget_code(db, &e, err) &&
	       (!waited ||
		append(db, actor, "ok", now, "the code was taken back", err));
}

bool enrolment_cancel(struct db *db, const char *actor, int64_t now,
		      struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, cancel(db, actor, now, err), err);
}

bool enrolment_code(struct db *db, struct buf *code, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, "SELECT code FROM enrolment WHERE code <> ''",
		      err)) {
		return false;
	}
	bool found = db_row(&q);
	if (found) {
		buf_put_str(code, db_text(&q, 0));
	}
	return db_done(&q, err) &&
	       (found || err_set(err, ERR_NOT_FOUND, "No code waits."));
}

/* ---- what the client does ---- */

static bool read_certificate(const uint8_t *der, size_t len,
			     struct enrolment *e, struct err *err)
{
	struct buf subject = BUF_INIT, issuer = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	bool ok =
		certs_validity(der, len, &e->not_before, &e->not_after, err) &&
		certs_subject_text(der, len, &subject, err) &&
		certs_issuer_text(der, len, &issuer, err);
	if (ok) {
		certs_fingerprint(der, len, hash);
		hex_encode(e->sha256, hash, sizeof(hash));
		line_copy(e->subject, sizeof(e->subject), buf_str(&subject));
		line_copy(e->issuer, sizeof(e->issuer), buf_str(&issuer));
	}
	buf_clear(&subject);
	buf_clear(&issuer);
	return ok;
}

/* "2027-11-26" */
static const char *put_day(char dst[CLOCK_TEXT_SIZE], int64_t at)
{
	clock_format(dst, at);
	dst[strlen("2027-11-26")] = '\0';
	return dst;
}

static bool change_certificate(struct db *db, const char *actor,
			       struct enrolment *e, int64_t now,
			       struct err *err)
{
	struct buf text = BUF_INIT;
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	/* A code that was not tried yet is about another one. */
	bool waits = is_asked(e) && e->attempts == 0;
	e->countdown = 0;
	if (!waits) {
		e->state = ENROLMENT_ENROLLED;
		e->attempts = 0;
		e->next_try_at = 0;
		e->problem[0] = '\0';
	}
	buf_printf(&text,
		   "the certificate in use: %s, by %s, from %s to %s, "
		   "SHA-256 %s",
		   e->subject, e->issuer, put_day(from, e->not_before),
		   put_day(to, e->not_after), e->sha256);
	bool ok = write_row(db, e, err) && (waits || set_code(db, "", err)) &&
		  append(db, actor, "ok", now, buf_str(&text), err);
	buf_clear(&text);
	return ok;
}

bool enrolment_certificate(struct db *db, const char *actor, const uint8_t *der,
			   size_t len, int64_t now, struct err *err)
{
	struct enrolment before, e;
	if (!enrolment_read(db, &before, err)) {
		return false;
	}
	e = before;
	if (!read_certificate(der, len, &e, err)) {
		return false;
	}
	return text_equal(e.sha256, before.sha256) ||
	       (db_begin(db, err) &&
		db_finish(db, change_certificate(db, actor, &e, now, err),
			  err));
}

static bool begin(struct db *db, const char *actor, const char *text,
		  int64_t now, struct err *err)
{
	struct enrolment e;
	if (!enrolment_read(db, &e, err)) {
		return false;
	}
	e.attempts++;
	return write_row(db, &e, err) &&
	       append(db, actor, "waiting", now, text, err);
}

bool enrolment_begin(struct db *db, const char *actor, const char *text,
		     int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, begin(db, actor, text, now, err), err);
}

static bool tried(struct db *db, enum enrolment_state state, const char *actor,
		  const char *problem, int64_t next_try_at, int64_t now,
		  struct err *err)
{
	struct enrolment e;
	if (!enrolment_read(db, &e, err)) {
		return false;
	}
	bool renewal = state == ENROLMENT_ENROLLED;
	if (!renewal && (!is_asked(&e) || e.attempts == 0)) {
		return true; /* taken back meanwhile, or another one typed */
	}
	if (!renewal || !is_asked(&e)) {
		e.state = state;
		e.next_try_at = state == ENROLMENT_REFUSED ? 0 : next_try_at;
		line_copy(e.problem, sizeof(e.problem), problem);
	}
	return write_row(db, &e, err) &&
	       (state != ENROLMENT_REFUSED || set_code(db, "", err)) &&
	       append(db, actor,
		      state == ENROLMENT_REFUSED   ? "refused"
		      : state == ENROLMENT_PENDING ? "waiting"
						   : "failed",
		      now, problem, err);
}

bool enrolment_tried(struct db *db, enum enrolment_state state,
		     const char *actor, const char *problem,
		     int64_t next_try_at, int64_t now, struct err *err)
{
	return db_begin(db, err) && db_finish(db,
					      tried(db, state, actor, problem,
						    next_try_at, now, err),
					      err);
}

static bool kept(struct db *db, const char *actor, int64_t now, struct err *err)
{
	struct enrolment e;
	if (!enrolment_read(db, &e, err)) {
		return false;
	}
	if (!is_asked(&e) || e.attempts == 0) {
		return true; /* taken back meanwhile, or another one typed */
	}
	return forget_code(db, &e, err) &&
	       append(db, actor, "ok", now,
		      "the code was used before, by this device; the "
		      "certificate in use stays",
		      err);
}

bool enrolment_kept(struct db *db, const char *actor, int64_t now,
		    struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, kept(db, actor, now, err), err);
}

/* ---- the end of a certificate ---- */

int enrolment_days_left(const struct enrolment *enrolment, int64_t now)
{
	if (enrolment->sha256[0] == '\0') {
		return INT_MAX;
	}
	if (now > enrolment->not_after) {
		return -1;
	}
	int64_t days = (enrolment->not_after - now) / DAY_S;
	return days < INT_MAX ? (int)days : INT_MAX - 1;
}

int enrolment_step(int days_left)
{
	static const int steps[] = { 7, 30, 90, 180 };
	if (days_left < 0) {
		return -1;
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (days_left <= steps[i]) {
			return steps[i];
		}
	}
	return 0;
}

/* Before the half of the lifetime nobody needs to do anything. */
static bool is_worth_telling(const struct enrolment *e, int step)
{
	int64_t lifetime = e->not_after - e->not_before;
	return step < 0 || (step > 0 && step * DAY_S <= lifetime / 2);
}

bool enrolment_countdown(struct db *db, int64_t now, struct err *err)
{
	struct enrolment e;
	char day[CLOCK_TEXT_SIZE], text[128];
	if (!enrolment_read(db, &e, err)) {
		return false;
	}
	int left = enrolment_days_left(&e, now);
	int step = left == INT_MAX ? 0 : enrolment_step(left);
	bool further = e.countdown == 0 || step < e.countdown;
	if (!is_worth_telling(&e, step) || !further) {
		return true;
	}
	e.countdown = step;
	if (step < 0) {
		(void)snprintf(text, sizeof(text),
			       "the certificate ran out on %s; a new code "
			       "replaces it",
			       put_day(day, e.not_after));
	} else {
		(void)snprintf(text, sizeof(text),
			       "the certificate runs out in %d days, on %s",
			       left, put_day(day, e.not_after));
	}
	return db_begin(db, err) &&
	       db_finish(db,
			 write_row(db, &e, err) &&
				 append(db, "daemon",
					step < 0 ? "failed" : "waiting", now,
					text, err),
			 err);
}
