/*
 * The way of an instruction on the device: it is taken, a person or a policy
 * decides, it is carried out or refused. Reading rows is instructions_list.c,
 * how long they stay instructions_kept.c, policies instructions_rules.c, words
 * instructions_words.c. Whether it may be believed and what carrying out means
 * is client/instructions.c's business.
 */
#include "domain/instructions.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "domain/instructions_parts.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/settings.h"

/* actor as ledger_append() takes it. */
static bool write_entry(struct db *db, const struct instruction *is,
			const char *actor, const char *result, const char *text,
			int64_t now, struct err *err)
{
	struct buf words = BUF_INIT;
	buf_printf(&words, "instruction %" PRIu64 ": %s", is->number, text);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_INSTRUCTION,
		.actor = actor,
		.service = is->services,
		.result = result,
		.text = buf_str(&words),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&words);
	return ok;
}

/* ---- taking ---- */

/* One that is new. */
struct taken {
	const struct instruction *is;
	const char *note; /* NULL = not kept */
	enum instruction_state state;
	enum instruction_refusal refusal;
	const char *outcome;
	bool by_policy;
	int64_t now;
};

static bool insert(struct db *db, const struct taken *t, struct err *err)
{
	const struct instruction *is = t->is;
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO instructions (number, kind, note, asked_by, "
		      "reason, issued_at, expires_at, taken_at, state, "
		      "decided_by, decided_at, refusal, outcome, ended_at) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)is->number);
	db_bind_text(&q, 2, instruction_kind_name(is->kind));
	db_bind_text(&q, 3, t->note != NULL ? t->note : "");
	db_bind_text(&q, 4, is->by);
	db_bind_text(&q, 5, is->reason);
	db_bind_int(&q, 6, is->issued_at);
	db_bind_int(&q, 7, is->expires_at);
	db_bind_int(&q, 8, t->now);
	db_bind_text(&q, 9, instruction_state_name(t->state));
	db_bind_text(&q, 10, t->by_policy ? INSTRUCTION_BY_POLICY : "");
	db_bind_int(&q, 11, t->by_policy ? t->now : 0);
	db_bind_text(&q, 12, instruction_refusal_name(t->refusal));
	db_bind_text(&q, 13, t->outcome);
	db_bind_int(&q, 14, t->state == INSTRUCTION_REFUSED ? t->now : 0);
	return db_run(&q, err);
}

/* What it asks, who, why, and what becomes of it. */
static bool log_taken(struct db *db, const struct taken *t, struct err *err)
{
	static const char *const results[] = {
		[INSTRUCTION_STATE_UNSET] = "",
		[INSTRUCTION_ASKED] = "waiting",
		[INSTRUCTION_APPROVED] = "ok",
		[INSTRUCTION_DONE] = "ok",
		[INSTRUCTION_REFUSED] = "refused",
	};
	struct buf text = BUF_INIT;
	instruction_put_sentence(&text, t->is);
	if (t->is->by[0] != '\0') {
		buf_printf(&text, " Asked by %s: %s", t->is->by, t->is->reason);
	}
	buf_printf(&text, " %s.", instruction_state_title(t->state));
	if (t->outcome[0] != '\0') {
		buf_printf(&text, " %s", t->outcome);
	}
	bool ok = write_entry(db, t->is, "server", results[t->state],
			      buf_str(&text), t->now, err);
	buf_clear(&text);
	return ok;
}

static bool take(struct db *db, const struct taken *t, struct err *err)
{
	bool taken = false;
	if (!instructions_was_taken(db, t->is->number, &taken, err)) {
		return false;
	}
	if (taken) {
		return err_set(err, ERR_DENIED,
			       "Instruction %" PRIu64 " was taken before.",
			       t->is->number);
	}
	return insert(db, t, err) && log_taken(db, t, err) &&
	       instructions_forget(db, err);
}

/* What the rule of its kind says. */
static bool take_by_rule(struct db *db, struct taken *t, struct err *err)
{
	struct instruction_rule rule;
	if (!instruction_rule_get(db, t->is->kind, t->now, &rule, err)) {
		return false;
	}
	t->by_policy = rule.policy != INSTRUCTION_ASK;
	t->state = rule.policy == INSTRUCTION_ALLOW ? INSTRUCTION_APPROVED
		   : rule.policy == INSTRUCTION_ASK ? INSTRUCTION_ASKED
						    : INSTRUCTION_REFUSED;
	if (t->state == INSTRUCTION_REFUSED) {
		t->refusal = INSTRUCTION_REFUSAL_POLICY;
		t->outcome = instruction_refusal_title(t->refusal);
	}
	return take(db, t, err);
}

bool instructions_take(struct db *db, const struct instruction *instruction,
		       const char *note, int64_t now,
		       enum instruction_state *state, struct err *err)
{
	struct taken t = {
		.is = instruction,
		.note = note,
		.outcome = "",
		.now = now,
	};
	if (!db_begin(db, err) ||
	    !db_finish(db, take_by_rule(db, &t, err), err)) {
		return false;
	}
	*state = t.state;
	return true;
}

/* NULL when it is nothing that people could read. */
static const char *kept_note(const char *note)
{
	size_t len = note != NULL ? strlen(note) : 0;
	return len > 0 && len <= INSTRUCTION_MAX_BYTES &&
			       text_is_utf8(note, len)
		       ? note
		       : NULL;
}

bool instructions_take_refused(struct db *db, uint64_t number,
			       const struct instruction *is, const char *note,
			       enum instruction_refusal refusal,
			       const char *text, int64_t now, struct err *err)
{
	struct instruction kept = { .kind = INSTRUCTION_UNSET };
	char outcome[sizeof(((struct instruction_row *)NULL)->outcome)];
	if (number == 0 || number > INT64_MAX ||
	    refusal == INSTRUCTION_REFUSAL_NONE) {
		return err_set(err, ERR_INVALID, "this is no refusal");
	}
	if (is != NULL) {
		kept = *is;
	}
	kept.number = number;
	line_copy(outcome, sizeof(outcome), text);
	const struct taken t = {
		.is = &kept,
		.note = kept_note(note),
		.state = INSTRUCTION_REFUSED,
		.refusal = refusal,
		.outcome = outcome,
		.now = now,
	};
	return db_begin(db, err) && db_finish(db, take(db, &t, err), err);
}

static bool pass_over(struct db *db, uint64_t number, int64_t now,
		      struct err *err)
{
	uint64_t last;
	struct buf words = BUF_INIT;
	struct ledger_entry entry = { .at = now,
				      .kind = LEDGER_INSTRUCTION,
				      .actor = "server",
				      .result = "refused" };
	if (!instructions_last(db, &last, err)) {
		return false;
	}
	if (number <= last) {
		return true;
	}
	buf_printf(&words,
		   "the server has outcomes of this device up to instruction "
		   "%" PRIu64 ", and here it is %" PRIu64
		   ": this database is an older copy. They are not taken "
		   "again, and what is open here from before is over",
		   number, last);
	entry.text = buf_str(&words);
	bool ok =
		settings_set_number(db, INSTRUCTIONS_ANSWERED, (int64_t)number,
				    err) &&
		ledger_append(db, &entry, err) &&
		instructions_refuse_open(db, "daemon", INSTRUCTION_UNSET,
					 INT64_MAX, INSTRUCTION_REFUSAL_REPLAY,
					 now, err);
	buf_clear(&words);
	return ok;
}

bool instructions_pass_over(struct db *db, uint64_t number, int64_t now,
			    struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, pass_over(db, number, now, err), err);
}

/* ---- what becomes of one ---- */

/* The next state of one, and why. */
struct step {
	enum instruction_state to;
	enum instruction_refusal refusal;
	const char *decided_by; /* NULL = as it is */
	const char *outcome;
	int64_t now;
};

static bool move(struct db *db, uint64_t number, const struct step *step,
		 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE instructions SET state = ?1, refusal = ?2, "
		      "outcome = ?3, reported = 0, "
		      "ended_at = iif(?1 IN ('done', 'refused'), ?5, 0), "
		      "decided_at = iif(?4 IS NULL, decided_at, ?5), "
		      "decided_by = coalesce(?4, decided_by) "
		      "WHERE number = ?6",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, instruction_state_name(step->to));
	db_bind_text(&q, 2, instruction_refusal_name(step->refusal));
	db_bind_text(&q, 3, step->outcome);
	db_bind_text(&q, 4, step->decided_by);
	db_bind_int(&q, 5, step->now);
	db_bind_int(&q, 6, (int64_t)number);
	return db_run(&q, err);
}

static bool not_any_more(const struct instruction_row *row, struct err *err)
{
	return err_set(err, ERR_DENIED,
		       "Instruction %" PRIu64
		       " does not wait any more; its state is: %s.",
		       row->is.number, instruction_state_title(row->state));
}

/* The same answer twice. */
static bool is_answered(const struct instruction_row *row, bool yes)
{
	return yes ? row->state == INSTRUCTION_APPROVED ||
			       row->state == INSTRUCTION_DONE
		   : row->refusal == INSTRUCTION_REFUSAL_PERSON;
}

static bool decide(struct db *db, const char *actor, uint64_t number, bool yes,
		   int64_t now, struct err *err)
{
	struct instruction_row row;
	if (!instructions_get(db, number, &row, err)) {
		return false;
	}
	if (is_answered(&row, yes)) {
		return true;
	}
	if (row.state != INSTRUCTION_ASKED) {
		return not_any_more(&row, err);
	}
	if (row.is.expires_at <= now) {
		return err_set(err, ERR_DENIED,
			       "The time of instruction %" PRIu64 " is over.",
			       number);
	}
	const struct step step = {
		.to = yes ? INSTRUCTION_APPROVED : INSTRUCTION_REFUSED,
		.refusal = yes ? INSTRUCTION_REFUSAL_NONE
			       : INSTRUCTION_REFUSAL_PERSON,
		.decided_by = actor,
		/* The server is told, so nobody is named. */
		.outcome = yes ? ""
			       : instruction_refusal_title(
					 INSTRUCTION_REFUSAL_PERSON),
		.now = now,
	};
	return move(db, number, &step, err) &&
	       write_entry(db, &row.is, actor, yes ? "ok" : "refused",
			   yes ? "It was allowed, this time."
			       : "It was refused.",
			   now, err);
}

bool instructions_decide(struct db *db, const char *actor, uint64_t number,
			 bool yes, int64_t now, struct err *err)
{
	char who[sizeof(((struct instruction_row *)NULL)->decided_by)];
	if (actor == NULL || *actor == '\0') {
		return err_set(err, ERR_INVALID, "a decision needs a person");
	}
	line_copy(who, sizeof(who), actor);
	return db_begin(db, err) &&
	       db_finish(db, decide(db, who, number, yes, now, err), err);
}

/* The lowest number that is open, of the kind, and over; 0 = none. */
static bool first_open(struct db *db, enum instruction_kind kind,
		       int64_t over_at, uint64_t *number, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT number FROM instructions "
		      "WHERE state IN ('asked', 'approved') "
		      "AND expires_at <= ? AND (?2 = '' OR kind = ?2) "
		      "ORDER BY number LIMIT 1",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, over_at);
	db_bind_text(&q, 2, instruction_kind_name(kind));
	*number = db_row(&q) ? (uint64_t)db_int(&q, 0) : 0;
	return db_done(&q, err);
}

static bool refuse(struct db *db, const char *actor, uint64_t number,
		   enum instruction_refusal refusal, int64_t now,
		   struct err *err)
{
	struct instruction_row row;
	const struct step step = {
		.to = INSTRUCTION_REFUSED,
		.refusal = refusal,
		.outcome = instruction_refusal_title(refusal),
		.now = now,
	};
	return instructions_get(db, number, &row, err) &&
	       move(db, number, &step, err) &&
	       write_entry(db, &row.is, actor, "refused", step.outcome, now,
			   err);
}

bool instructions_refuse_open(struct db *db, const char *actor,
			      enum instruction_kind kind, int64_t over_at,
			      enum instruction_refusal refusal, int64_t now,
			      struct err *err)
{
	for (;;) {
		uint64_t number;
		if (!first_open(db, kind, over_at, &number, err)) {
			return false;
		}
		if (number == 0) {
			return true;
		}
		if (!refuse(db, actor, number, refusal, now, err)) {
			return false;
		}
	}
}

bool instructions_expire(struct db *db, int64_t now, struct err *err)
{
	uint64_t number;
	if (!first_open(db, INSTRUCTION_UNSET, now, &number, err)) {
		return false;
	}
	return number == 0 ||
	       (db_begin(db, err) &&
		db_finish(db,
			  instructions_refuse_open(
				  db, "daemon", INSTRUCTION_UNSET, now,
				  INSTRUCTION_REFUSAL_EXPIRED, now, err),
			  err));
}

bool instructions_begin(struct db *db, uint64_t number, const char *mark,
			struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE instructions SET outcome = ? "
		      "WHERE number = ? AND state = 'approved'",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, mark);
	db_bind_int(&q, 2, (int64_t)number);
	return db_run(&q, err);
}

static bool finish(struct db *db, uint64_t number, const struct step *step,
		   struct err *err)
{
	struct instruction_row row;
	if (!instructions_get(db, number, &row, err)) {
		return false;
	}
	if (row.state != INSTRUCTION_APPROVED) {
		return not_any_more(&row, err);
	}
	return move(db, number, step, err) &&
	       write_entry(db, &row.is, "daemon",
			   step->to == INSTRUCTION_DONE ? "ok" : "refused",
			   step->outcome, step->now, err);
}

bool instructions_finish(struct db *db, uint64_t number,
			 enum instruction_refusal refusal, const char *text,
			 int64_t now, struct err *err)
{
	char outcome[sizeof(((struct instruction_row *)NULL)->outcome)];
	line_copy(outcome, sizeof(outcome), text);
	const struct step step = {
		.to = refusal == INSTRUCTION_REFUSAL_NONE ? INSTRUCTION_DONE
							  : INSTRUCTION_REFUSED,
		.refusal = refusal,
		.outcome = outcome,
		.now = now,
	};
	return db_begin(db, err) &&
	       db_finish(db, finish(db, number, &step, err), err);
}

static bool ask_again(struct db *db, uint64_t number, int64_t now,
		      struct err *err)
{
	struct instruction_row row;
	const struct step step = {
		.to = INSTRUCTION_ASKED,
		.decided_by = "",
		.outcome = "",
	};
	if (!instructions_get(db, number, &row, err)) {
		return false;
	}
	if (row.state != INSTRUCTION_APPROVED ||
	    !text_equal(row.decided_by, INSTRUCTION_BY_POLICY)) {
		return not_any_more(&row, err);
	}
	return move(db, number, &step, err) &&
	       write_entry(db, &row.is, "daemon", "waiting",
			   "Its kind is not allowed any more without "
			   "asking; it waits for a person.",
			   now, err);
}

bool instructions_ask_again(struct db *db, uint64_t number, int64_t now,
			    struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, ask_again(db, number, now, err), err);
}

/* ---- what only shows something ---- */

static bool mark_seen(struct db *db, const char *actor, uint64_t number,
		      int64_t now, struct err *err)
{
	struct instruction_row row;
	struct stmt q;
	if (!instructions_get(db, number, &row, err)) {
		return false;
	}
	if (row.state != INSTRUCTION_DONE ||
	    (row.is.kind != INSTRUCTION_MESSAGE &&
	     row.is.kind != INSTRUCTION_PACKAGE)) {
		return err_set(err, ERR_DENIED,
			       "Instruction %" PRIu64
			       " shows nothing that can be read.",
			       number);
	}
	if (row.seen_at != 0) {
		return true;
	}
	if (!db_query(db, &q,
		      "UPDATE instructions SET seen_by = ?, seen_at = ? "
		      "WHERE number = ?",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, actor);
	db_bind_int(&q, 2, now);
	db_bind_int(&q, 3, (int64_t)number);
	return db_run(&q, err) &&
	       write_entry(db, &row.is, actor, "ok", "It was marked as read.",
			   now, err);
}

bool instructions_seen(struct db *db, const char *actor, uint64_t number,
		       int64_t now, struct err *err)
{
	char who[sizeof(((struct instruction_row *)NULL)->seen_by)];
	if (actor == NULL || *actor == '\0') {
		return err_set(err, ERR_INVALID, "reading needs a person");
	}
	line_copy(who, sizeof(who), actor);
	return db_begin(db, err) &&
	       db_finish(db, mark_seen(db, who, number, now, err), err);
}
