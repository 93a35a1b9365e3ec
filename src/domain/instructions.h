#ifndef SLUICE_DOMAIN_INSTRUCTIONS_H
#define SLUICE_DOMAIN_INSTRUCTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/instruction.h"
#include "store/db.h"

/*
 * What the server asked for, what people decide about it, and what became of
 * it. Tables instructions and instruction_policies. Each step is a ledger
 * entry. Fetching, checking and carrying out is client/instructions.c's;
 * policy and consent are asked again at that moment. The newest
 * INSTRUCTIONS_KEPT stay, and what is open or not told; of the others only the
 * entries do, and that their numbers were taken.
 *
 *   ASKED -> APPROVED -> DONE
 *     | <----'     +---> REFUSED
 *     +----------------> REFUSED
 *
 * Back from APPROVED to ASKED goes only what a policy let through that does
 * not hold any more.
 */
enum instruction_state {
	INSTRUCTION_STATE_UNSET = 0,
	INSTRUCTION_ASKED,    /* waits for a person */
	INSTRUCTION_APPROVED, /* to be carried out */
	INSTRUCTION_DONE,
	INSTRUCTION_REFUSED
};

struct instruction_row {
	struct instruction is; /* kind UNSET: it could not be read */
	enum instruction_state state;
	int64_t taken_at;
	char decided_by[65]; /* "policy" when nobody was asked; "" = not yet */
	int64_t decided_at;
	enum instruction_refusal refusal; /* of REFUSED */
	char outcome[257];                /* one sentence; "" = none yet */
	int64_t ended_at;                 /* DONE, REFUSED; 0 = not yet */
	bool reported;                    /* the server has been told */
	char seen_by[65]; /* who marked it as read on Home; "" = nobody */
	int64_t seen_at;
};

#define INSTRUCTION_BY_POLICY "policy"
#define INSTRUCTIONS_KEPT 500 /* more than two weeks of as many as may come */

enum instruction_policy {
	INSTRUCTION_POLICY_UNSET = 0,
	INSTRUCTION_NEVER,
	INSTRUCTION_ASK,
	INSTRUCTION_ALLOW
};

struct instruction_rule {
	enum instruction_kind kind;
	enum instruction_policy policy; /* that holds now */
	int64_t until;                  /* of ALLOW; 0 = no end */
	char decided_by[65];            /* "" = the preset */
	int64_t decided_at;
};

/* "never", "ask", "allow". */
const char *instruction_policy_name(enum instruction_policy policy);
enum instruction_policy instruction_policy_by_name(const char *name);

/*
 * The rule of a kind. Presets: message, package (which only shows) and renew
 * are allowed, all else is asked. ALLOW whose date is over is ASK.
 */
MUST_USE bool instruction_rule_get(struct db *db, enum instruction_kind kind,
				   int64_t now, struct instruction_rule *rule,
				   struct err *err);
/*
 * until: of ALLOW only; 0 = no end. An entry, unless it holds already. NEVER
 * refuses what waits or is approved of the kind at once. Errors: INVALID (no
 * person, no such kind, a date that is past, or one that nothing needs).
 */
MUST_USE bool instruction_rule_set(struct db *db, const char *actor,
				   enum instruction_kind kind,
				   enum instruction_policy policy,
				   int64_t until, int64_t now, struct err *err);

/* Highest number that was taken, or is passed over; 0 = none. */
MUST_USE bool instructions_last(struct db *db, uint64_t *number,
				struct err *err);

/*
 * The server has this device's outcomes up to this number, which is news here:
 * the database is older than they are. They are not taken again, and what is
 * open from before is refused (REPLAY). Entries.
 */
MUST_USE bool instructions_pass_over(struct db *db, uint64_t number,
				     int64_t now, struct err *err);

/*
 * How many were taken, refused ones too, in the 24 hours before now by the
 * clock. After a clock that was ahead, those within 24 hours after it count,
 * and none that lies further away.
 */
MUST_USE bool instructions_taken(struct db *db, int64_t now, uint64_t *count,
				 struct err *err);

/*
 * A good one came. By the rule of its kind it is APPROVED, ASKED, or REFUSED
 * (POLICY). Errors: DENIED (the number was taken before).
 */
MUST_USE bool instructions_take(struct db *db,
				const struct instruction *instruction,
				const char *note, int64_t now,
				enum instruction_state *state, struct err *err);

/*
 * One came that cannot be taken: kept as REFUSED under the number that was
 * asked for, so that it is not fetched again. is: what could be read of it,
 * or NULL; note: as it came, NULL = not kept, because it is no text or too
 * long. text: one sentence; it is told to the server. Errors: INVALID (no
 * number, no refusal), DENIED (the number was taken before).
 */
MUST_USE bool instructions_take_refused(struct db *db, uint64_t number,
					const struct instruction *is,
					const char *note,
					enum instruction_refusal refusal,
					const char *text, int64_t now,
					struct err *err);

/*
 * A person says yes or no to one that is ASKED; the same twice changes nothing.
 * Errors: NOT_FOUND, DENIED (it does not wait any more; expired), INVALID (no
 * person).
 */
MUST_USE bool instructions_decide(struct db *db, const char *actor,
				  uint64_t number, bool yes, int64_t now,
				  struct err *err);

/* ASKED or APPROVED ones whose time is over become REFUSED (EXPIRED). */
MUST_USE bool instructions_expire(struct db *db, int64_t now, struct err *err);

/* The oldest APPROVED. NOT_FOUND. */
MUST_USE bool instructions_next(struct db *db, struct instruction_row *row,
				struct err *err);

/*
 * Keeps what is known before an approved one is carried out, as its outcome so
 * far, for whoever goes on after this process died. No entry.
 */
MUST_USE bool instructions_begin(struct db *db, uint64_t number,
				 const char *mark, struct err *err);

/*
 * APPROVED -> DONE, or REFUSED when refusal is not NONE. text: outcome. Errors:
 * NOT_FOUND, DENIED (it is not APPROVED).
 */
MUST_USE bool instructions_finish(struct db *db, uint64_t number,
				  enum instruction_refusal refusal,
				  const char *text, int64_t now,
				  struct err *err);

/*
 * APPROVED -> ASKED: a policy let it through and does not any more. Errors:
 * NOT_FOUND, DENIED (it is not APPROVED, or was by a person).
 */
MUST_USE bool instructions_ask_again(struct db *db, uint64_t number,
				     int64_t now, struct err *err);

MUST_USE bool instructions_get(struct db *db, uint64_t number,
			       struct instruction_row *row, struct err *err);
/* Newest first. open: only those that wait for a person. mem_free() *list. */
MUST_USE bool instructions_list(struct db *db, bool open, size_t limit,
				struct instruction_row **list, size_t *count,
				struct err *err);

/*
 * For Home: messages and new packages that nobody has marked as read, newest
 * first. mem_free() *list.
 */
MUST_USE bool instructions_unseen(struct db *db, size_t limit,
				  struct instruction_row **list, size_t *count,
				  struct err *err);
/*
 * Somebody read one of those. An entry; twice changes nothing. Errors:
 * NOT_FOUND, DENIED (it shows nothing), INVALID (no person).
 */
MUST_USE bool instructions_seen(struct db *db, const char *actor,
				uint64_t number, int64_t now, struct err *err);

/*
 * What the server has not been told yet, oldest first, at most max: outcomes,
 * and that one waits for a person. mem_free() *list.
 */
MUST_USE bool instructions_unreported(struct db *db, size_t max,
				      struct instruction_row **list,
				      size_t *count, struct err *err);
/* The server has it in this state; another one by now is told again. */
MUST_USE bool instructions_reported(struct db *db, uint64_t number,
				    enum instruction_state state,
				    struct err *err);

/*
 * "Sends the documents of Maintenance and Supplies now." What it does, and
 * nothing of what the vendor wrote: one plain sentence.
 */
void instruction_put_sentence(struct buf *out, const struct instruction *is);

/* "Waits for a person", for people. */
const char *instruction_state_title(enum instruction_state state);
/* "asked", "approved", "done", "refused". */
const char *instruction_state_name(enum instruction_state state);

/* "always asked first", "allowed until 2027-01-31", "never": of a rule. */
void instruction_put_rule(struct buf *out, const struct instruction_rule *rule);

/*
 * SERVICE_BIT()s of the services that it names. Errors: DENIED (the text names
 * one that does not exist or sends no documents).
 */
MUST_USE bool instruction_services(const struct instruction *is,
				   unsigned *services, struct err *err);

#endif
