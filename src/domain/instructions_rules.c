/*
 * Policies: which kinds of instruction are carried out at once, which wait for
 * a person, and which never are. A policy allows nothing that is not granted
 * anyway; it only says whether a person is asked each time.
 */
#include <stddef.h>

#include "base/text.h"
#include "domain/instructions_parts.h"
#include "domain/ledger.h"
#include "domain/line.h"

static const char *const names[] = {
	[INSTRUCTION_POLICY_UNSET] = "",
	[INSTRUCTION_NEVER] = "never",
	[INSTRUCTION_ASK] = "ask",
	[INSTRUCTION_ALLOW] = "allow",
};
#define POLICIES (sizeof(names) / sizeof(names[0]))

/* Until somebody decides. What only shows something needs no question. */
static const enum instruction_policy presets[INSTRUCTION_KINDS] = {
	[INSTRUCTION_UNSET] = INSTRUCTION_POLICY_UNSET,
	[INSTRUCTION_SEND] = INSTRUCTION_ASK,
	[INSTRUCTION_INTERVAL] = INSTRUCTION_ASK,
	[INSTRUCTION_PACKAGE] = INSTRUCTION_ALLOW,
	[INSTRUCTION_MESSAGE] = INSTRUCTION_ALLOW,
	[INSTRUCTION_RENEW] = INSTRUCTION_ALLOW,
	[INSTRUCTION_LEDGER] = INSTRUCTION_ASK,
};

const char *instruction_policy_name(enum instruction_policy policy)
{
	return (size_t)policy < POLICIES ? names[policy] : "";
}

enum instruction_policy instruction_policy_by_name(const char *name)
{
	for (size_t i = 1; i < POLICIES; i++) {
		if (text_equal(names[i], name)) {
			return (enum instruction_policy)i;
		}
	}
	return INSTRUCTION_POLICY_UNSET;
}

static bool check_kind(enum instruction_kind kind, struct err *err)
{
	return (kind > INSTRUCTION_UNSET && kind < INSTRUCTION_KINDS) ||
	       err_set(err, ERR_INVALID, "There is no such kind.");
}

bool instruction_rule_get(struct db *db, enum instruction_kind kind,
			  int64_t now, struct instruction_rule *rule,
			  struct err *err)
{
	struct stmt q;
	if (!check_kind(kind, err) ||
	    !db_query(db, &q,
		      "SELECT policy, until, decided_by, decided_at "
		      "FROM instruction_policies WHERE kind = ?",
		      err)) {
		return false;
	}
	struct instruction_rule r = { .kind = kind, .policy = presets[kind] };
	db_bind_text(&q, 1, instruction_kind_name(kind));
	if (db_row(&q)) {
		r.policy = instruction_policy_by_name(db_text(&q, 0));
		r.until = db_int(&q, 1);
		db_copy_text(&q, 2, r.decided_by, sizeof(r.decided_by));
		r.decided_at = db_int(&q, 3);
	}
	if (!db_done(&q, err)) {
		return false;
	}
	if (r.policy != INSTRUCTION_ALLOW || (r.until != 0 && r.until <= now)) {
		r.until = 0;
		r.policy = r.policy == INSTRUCTION_NEVER ? INSTRUCTION_NEVER
							 : INSTRUCTION_ASK;
	}
	*rule = r;
	return true;
}

/* ---- changing ---- */

static bool write_rule(struct db *db, const struct instruction_rule *rule,
		       struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO instruction_policies (kind, policy, until, "
		      "decided_by, decided_at) VALUES (?, ?, ?, ?, ?) "
		      "ON CONFLICT (kind) DO UPDATE SET "
		      "policy = excluded.policy, until = excluded.until, "
		      "decided_by = excluded.decided_by, "
		      "decided_at = excluded.decided_at",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, instruction_kind_name(rule->kind));
	db_bind_text(&q, 2, instruction_policy_name(rule->policy));
	db_bind_int(&q, 3, rule->until);
	db_bind_text(&q, 4, rule->decided_by);
	db_bind_int(&q, 5, rule->decided_at);
	return db_run(&q, err);
}

static bool log_rule(struct db *db, const struct instruction_rule *before,
		     const struct instruction_rule *rule, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "instructions of the kind \"%s\" (%s): ",
		   instruction_kind_title(rule->kind),
		   instruction_kind_name(rule->kind));
	instruction_put_rule(&text, before);
	buf_put_str(&text, " before, ");
	instruction_put_rule(&text, rule);
	buf_put_str(&text, " now");
	bool ok = ledger_configuration(db, rule->decided_by, NULL,
				       buf_str(&text), rule->decided_at, err);
	buf_clear(&text);
	return ok;
}

static bool set(struct db *db, const struct instruction_rule *rule,
		struct err *err)
{
	struct instruction_rule before;
	if (!instruction_rule_get(db, rule->kind, rule->decided_at, &before,
				  err)) {
		return false;
	}
	/* The preset counts as decided once a person says the same. */
	if (before.policy == rule->policy && before.until == rule->until &&
	    before.decided_by[0] != '\0') {
		return true;
	}
	return write_rule(db, rule, err) && log_rule(db, &before, rule, err) &&
	       (rule->policy != INSTRUCTION_NEVER ||
		instructions_refuse_open(db, rule->decided_by, rule->kind,
					 INT64_MAX, INSTRUCTION_REFUSAL_POLICY,
					 rule->decided_at, err));
}

static bool check_rule(const struct instruction_rule *rule, struct err *err)
{
	if (!check_kind(rule->kind, err)) {
		return false;
	}
	if (instruction_policy_name(rule->policy)[0] == '\0') {
		return err_set(err, ERR_INVALID,
			       "A policy is never, ask or allow.");
	}
	if (rule->policy != INSTRUCTION_ALLOW && rule->until != 0) {
		return err_set(err, ERR_INVALID,
			       "Only what is allowed needs an end.");
	}
	return rule->until == 0 || rule->until > rule->decided_at ||
	       err_set(err, ERR_INVALID, "The end must lie ahead.");
}

bool instruction_rule_set(struct db *db, const char *actor,
			  enum instruction_kind kind,
			  enum instruction_policy policy, int64_t until,
			  int64_t now, struct err *err)
{
	struct instruction_rule rule = {
		.kind = kind,
		.policy = policy,
		.until = until,
		.decided_at = now,
	};
	if (actor == NULL || *actor == '\0') {
		return err_set(err, ERR_INVALID, "a decision needs a person");
	}
	line_copy(rule.decided_by, sizeof(rule.decided_by), actor);
	return check_rule(&rule, err) && db_begin(db, err) &&
	       db_finish(db, set(db, &rule, err), err);
}
