/*
 * Making decisions: allow, withdraw, and the end of a grant by its date. Each
 * is one transaction with its ledger entry and with what it does to waiting
 * transmissions. That a grant still stands is asked once more by
 * outbox_begin(), in the transaction that starts sending. The entries alone
 * give the state of every control: tests replay them.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/consent_parts.h"
#include "domain/jobs.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/outbox.h"
#include "domain/time_known.h"

#define UNTIL_MAX_S ((int64_t)3653 * 86400) /* ten years */

static bool end_grant(struct db *db, const struct consent *c, const char *actor,
		      const char *reason, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE grants SET ended_at = ?, ended_by = ?, "
		      "end_reason = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, actor);
	db_bind_text(&q, 3, reason);
	db_bind_text(&q, 4, c->grant);
	return db_run(&q, err);
}

static bool log_decision(struct db *db, enum ledger_kind kind,
			 const struct service *service, const char *grant,
			 const char *actor, const char *text, int64_t now,
			 struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = kind,
		.actor = actor,
		.service = consent_name(service),
		.grant = grant,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

/* All that waits under a control; NULL = remote services as a whole. */
static bool purge(struct db *db, const struct service *service,
		  const char *actor, const char *why, int64_t now,
		  size_t *waited, struct err *err)
{
	size_t jobs = 0;
	if (!outbox_purge(db, actor,
			  service == NULL ? CONSENT_EVERY_SERVICE
					  : SERVICE_BIT(service->id),
			  now, waited, err)) {
		return false;
	}
	if (service != NULL && service->id != GATE_JOB_DATA) {
		return true;
	}
	bool ok = jobs_purge(db, actor, why, now, &jobs, err);
	*waited += jobs;
	return ok;
}

/* Ends a grant with its entry and all that waits under it. */
static bool end_control(struct db *db, const struct consent *c,
			const char *actor, bool by_date, int64_t now,
			size_t *waited, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s %s", consent_title(c->service),
		   by_date ? "ended by its date" : "withdrawn");
	bool ok =
		end_grant(db, c, actor, by_date ? "expired" : "withdrawn", now,
			  err) &&
		log_decision(db, by_date ? LEDGER_EXPIRED : LEDGER_WITHDRAWAL,
			     c->service, c->grant, actor, buf_str(&text), now,
			     err) &&
		purge(db, c->service, actor, buf_str(&text), now, waited, err);
	buf_clear(&text);
	return ok;
}

/* A new grant with all that it agrees to. */
struct making {
	const struct consent_choice *choice;
	const struct consent *before;
	const char *actor;
	char grant[UUID_TEXT_SIZE];
	struct consent_cover cover;
	int64_t granted_at, since, until;
};

/* For job data also when nobody chose anything. */
static bool ends_with_send(const struct consent_choice *choice)
{
	return choice->service == GATE_JOB_DATA &&
	       (choice->until == CONSENT_UNTIL_SENT ||
		choice->until == CONSENT_UNTIL_PRESET);
}

static bool insert_grant(struct db *db, const struct making *m, struct err *err)
{
	const struct service *service = m->before->service;
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO grants (id, service, granted_at, "
		      "granted_by, language, since, until, text_sha256, "
		      "catalogue_sha256, ends_with_send) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, m->grant);
	db_bind_int(&q, 2, service == NULL ? SERVICE_UNSET : service->id);
	db_bind_int(&q, 3, m->granted_at);
	db_bind_text(&q, 4, m->actor);
	db_bind_text(&q, 5, m->choice->language);
	db_bind_int(&q, 6, m->since);
	db_bind_int(&q, 7, m->until);
	db_bind_text(&q, 8, m->cover.text);
	db_bind_text(&q, 9, m->cover.catalogue);
	db_bind_int(&q, 10, ends_with_send(m->choice));
	return db_run(&q, err);
}

static bool keep_text(struct db *db, const struct service *service,
		      void (*put)(struct buf *out,
				  const struct service *service),
		      const char *sha256, struct err *err)
{
	struct buf text = BUF_INIT;
	struct stmt q;
	put(&text, service);
	bool ok = db_query(db, &q,
			   "INSERT OR IGNORE INTO agreed (sha256, text) "
			   "VALUES (?, ?)",
			   err);
	if (ok) {
		db_bind_text(&q, 1, sha256);
		db_bind_text(&q, 2, buf_str(&text));
		ok = db_run(&q, err);
	}
	buf_clear(&text);
	return ok;
}

static bool keep_agreed(struct db *db, const struct making *m, struct err *err)
{
	const struct service *service = m->before->service;
	return keep_text(db, consent_words(service), service_put_text,
			 m->cover.text, err) &&
	       (service == NULL || keep_text(db, service, service_put_catalogue,
					     m->cover.catalogue, err));
}

/* The entry says what was agreed to: hashes of the words and of the fields. */
static bool log_grant(struct db *db, const struct making *m, struct err *err)
{
	const struct service *service = m->before->service;
	char end[CLOCK_TEXT_SIZE];
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s allowed", consent_title(service));
	if (ends_with_send(m->choice)) {
		buf_put_str(&text, " for one send, at the latest");
	}
	if (m->until != 0) {
		clock_format(end, m->until);
		buf_printf(&text, " until %s", end);
	}
	buf_printf(&text, "; language %s, words sha256 %s", m->choice->language,
		   m->cover.text);
	if (service != NULL) {
		buf_printf(&text, ", fields sha256 %s", m->cover.catalogue);
	}
	if (m->before->state == CONSENT_SUSPENDED) {
		buf_printf(&text, "; confirms grant %s after a change",
			   m->before->grant);
	} else if (m->before->state == CONSENT_ALLOWED) {
		buf_printf(&text, "; renews grant %s", m->before->grant);
	}
	bool ok = log_decision(db, LEDGER_GRANT, service, m->grant, m->actor,
			       buf_str(&text), m->choice->now, err);
	buf_clear(&text);
	return ok;
}

/* best: what the time is, as well as it is known. */
static int64_t chosen_end(const struct consent_choice *choice, int64_t best)
{
	return choice->until == CONSENT_UNTIL_PRESET || ends_with_send(choice)
		       ? best + CONSENT_PRESET_S
		       : choice->until;
}

/* Does the choice say anything that a standing grant does not? */
static bool is_news(const struct consent *before,
		    const struct consent_choice *choice)
{
	if (before->ends_with_send != ends_with_send(choice)) {
		return true;
	}
	return choice->until == CONSENT_UNTIL_PRESET || ends_with_send(choice)
		       ? before->ends_soon
		       : before->until != choice->until;
}

/* Ends what the new grant takes the place of. */
static bool end_before(struct db *db, const struct making *m, struct err *err)
{
	size_t waited;
	if (m->before->grant[0] == '\0') {
		return true;
	}
	if (m->before->state == CONSENT_EXPIRED) {
		return end_control(db, m->before, m->actor, true,
				   m->choice->now, &waited, err);
	}
	return end_grant(db, m->before, m->actor, "renewed", m->choice->now,
			 err);
}

static unsigned bit_of(enum service_id id)
{
	return id == SERVICE_UNSET ? 0 : SERVICE_BIT(id);
}

/*
 * The grant's own times are of what is known; its entry has the clock's, as
 * all entries. Times that machines tell while the clock is off are not
 * believed (client/stage.c).
 */
static bool choose(struct db *db, const struct consent_choice *choice,
		   int64_t best, const char *actor, struct err *err)
{
	struct consents all;
	if (!consent_read_decisions(db, choice->now, bit_of(choice->service),
				    &all, err)) {
		return false;
	}
	struct making m = { .choice = choice,
			    .before = consent_of(&all, choice->service),
			    .actor = actor,
			    .granted_at = best,
			    .since = best,
			    .until = chosen_end(choice, best) };
	if (m.before->state == CONSENT_ALLOWED) {
		if (!is_news(m.before, choice)) {
			return true;
		}
		/* Unless the clock was set back meanwhile. */
		m.since = m.before->since < m.since ? m.before->since : m.since;
	}
	uuid_v7(m.grant, choice->now * 1000);
	consent_cover_of(m.before->service, &m.cover);
	return end_before(db, &m, err) && insert_grant(db, &m, err) &&
	       keep_agreed(db, &m, err) && log_grant(db, &m, err);
}

static bool check_control(const char *actor, enum service_id service,
			  struct err *err)
{
	if (actor == NULL || *actor == '\0') {
		return err_set(err, ERR_INVALID, "a decision needs a person");
	}
	return service == SERVICE_UNSET || service_of(service) != NULL ||
	       err_set(err, ERR_INVALID, "there is no such service");
}

static bool check_choice(const struct consent_choice *choice, int64_t best,
			 struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t len = choice->language == NULL
			     ? 0
			     : strspn(choice->language, letters);
	if (!check_control(choice->actor, choice->service, err)) {
		return false;
	}
	if (len < 2 || len >= CONSENT_LANGUAGE_SIZE ||
	    choice->language[len] != '\0') {
		return err_set(err, ERR_INVALID,
			       "it is not said in which language the words "
			       "were read");
	}
	if (ends_with_send(choice)) {
		return true;
	}
	if (choice->until != 0 && choice->until != CONSENT_UNTIL_PRESET &&
	    (choice->until <= best || choice->until > best + UNTIL_MAX_S)) {
		return err_set(err, ERR_INVALID,
			       "Choose an end that is ahead, and at most ten "
			       "years.");
	}
	return true;
}

bool consent_choose(struct db *db, const struct consent_choice *choice,
		    struct err *err)
{
	int64_t best, proved;
	if (!time_known_judge(db, choice->now, &best, &proved, err) ||
	    !check_choice(choice, best, err) || !db_begin(db, err)) {
		return false;
	}
	char who[sizeof(((struct consent *)NULL)->actor)];
	line_copy(who, sizeof(who), choice->actor);
	return db_finish(db, choose(db, choice, best, who, err), err);
}

bool consent_allow(struct db *db, const char *actor, enum service_id service,
		   int64_t now, struct err *err)
{
	const struct consent_choice choice = { .actor = actor,
					       .service = service,
					       .language = "en",
					       .until = CONSENT_UNTIL_PRESET,
					       .now = now };
	return consent_choose(db, &choice, err);
}

static bool withdraw(struct db *db, const char *actor, enum service_id id,
		     int64_t now, size_t *waited, struct err *err)
{
	struct consents all;
	if (!consent_read_decisions(db, now, bit_of(id), &all, err)) {
		return false;
	}
	const struct consent *c = consent_of(&all, id);
	if (c->grant[0] != '\0') {
		return end_control(db, c, actor, false, now, waited, err);
	}
	/* What still waits, samples too, goes all the same. */
	return purge(db, c->service, actor, "withdrawn", now, waited, err);
}

bool consent_withdraw(struct db *db, const char *actor, enum service_id service,
		      int64_t now, size_t *waited, struct err *err)
{
	if (!check_control(actor, service, err) || !db_begin(db, err)) {
		return false;
	}
	char who[sizeof(((struct consent *)NULL)->actor)];
	line_copy(who, sizeof(who), actor);
	size_t count = 0;
	if (!db_finish(db, withdraw(db, who, service, now, &count, err), err)) {
		return false;
	}
	if (waited != NULL) {
		*waited = count;
	}
	return true;
}

bool consent_job_data_sent(struct db *db, const char *grant, int64_t now,
			   struct err *err)
{
	struct consents all;
	if (!consent_read_decisions(db, now, SERVICE_BIT(GATE_JOB_DATA), &all,
				    err)) {
		return false;
	}
	const struct consent *c = consent_of(&all, GATE_JOB_DATA);
	/* After its date it ends by that: consent_expire(). */
	return c->grant[0] == '\0' || !text_equal(c->grant, grant) ||
	       !c->ends_with_send || c->state == CONSENT_EXPIRED ||
	       (end_grant(db, c, "daemon", "expired", now, err) &&
		log_decision(db, LEDGER_EXPIRED, c->service, c->grant, "daemon",
			     "Job data: the permission ended with "
			     "its send",
			     now, err));
}

/* Ends it if its date has come and nobody did so yet. */
static bool expire_one(struct db *db, const struct consent *c, int64_t proved,
		       int64_t now, size_t *ended, struct err *err)
{
	size_t waited;
	if (c->state != CONSENT_EXPIRED || c->grant[0] == '\0' ||
	    c->until > proved) {
		return true;
	}
	(*ended)++;
	return end_control(db, c, "daemon", true, now, &waited, err);
}

static bool expire(struct db *db, int64_t proved, int64_t now, size_t *ended,
		   struct err *err)
{
	struct consents all;
	if (!consent_read_decisions(db, now, CONSENT_EVERY_SERVICE, &all,
				    err) ||
	    !expire_one(db, &all.remote, proved, now, ended, err)) {
		return false;
	}
	for (size_t i = 0; i < all.count; i++) {
		if (!expire_one(db, &all.services[i], proved, now, ended,
				err)) {
			return false;
		}
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		if (!expire_one(db, &all.gates[i], proved, now, ended, err)) {
			return false;
		}
	}
	return true;
}

/* Only reading as long as nothing is over: the daemon asks every round. */
static bool any_over(struct db *db, int64_t now, bool *any, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT 1 FROM grants WHERE ended_at IS NULL "
		      "AND until <> 0 AND until <= ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	*any = db_row(&q);
	return db_done(&q, err);
}

bool consent_expire(struct db *db, int64_t now, size_t *ended, struct err *err)
{
	bool any;
	size_t count = 0;
	int64_t best, proved;
	if (!time_known_judge(db, now, &best, &proved, err) ||
	    !any_over(db, proved, &any, err)) {
		return false;
	}
	if (any &&
	    (!db_begin(db, err) ||
	     !db_finish(db, expire(db, proved, now, &count, err), err))) {
		return false;
	}
	if (ended != NULL) {
		*ended = count;
	}
	return true;
}
