#ifndef SLUICE_DOMAIN_JOBS_H
#define SLUICE_DOMAIN_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/sessions.h"
#include "formats/age.h"
#include "formats/job_list.h"
#include "formats/recipients.h"
#include "formats/uuid.h"
#include "store/db.h"

/*
 * Job data on its way: tables job_orders, job_recipients, job_items. An order
 * is what one signed-in person decided: these jobs, these recipients, this
 * purpose. Each of its jobs is an item: one sealed file, one transaction.
 * No name, owner or text of a job is kept.
 *
 *	order  CHOSEN -> CONFIRMED -> OVER
 *	         |          ^
 *	         +> AWAITING+		(a second person is asked for)
 *	         any of them -> OVER	(dropped: nothing of it is sent)
 *
 *	item   WAITING -> SEALED -> SENDING -> SENT
 *	          |          |  ^       |
 *	          |          |  +-retry-+--> FAILED
 *	          +----------+----------+--> CANCELLED
 *
 * Every change is one committed transaction with its ledger entry, but what
 * nobody confirmed has none. Nothing but jobs_confirm() and jobs_second()
 * makes an order CONFIRMED, and they ask for a session, a password and a token
 * of this very order: no timer, alarm, instruction or command has them.
 */
enum jobs_order_state {
	JOBS_ORDER_UNSET = 0,
	JOBS_CHOSEN,    /* by a person; not confirmed */
	JOBS_AWAITING,  /* confirmed by one; another one is asked for */
	JOBS_CONFIRMED, /* on its way */
	JOBS_OVER
};

enum jobs_item_state {
	JOBS_ITEM_UNSET = 0,
	JOBS_WAITING, /* for the order, then to be sealed */
	JOBS_SEALED,  /* to be sent */
	JOBS_SENDING,
	JOBS_SENT,
	JOBS_FAILED,
	JOBS_CANCELLED
};

#define JOBS_PER_ORDER_MAX 16
#define JOBS_RECIPIENTS_MAX 8
#define JOBS_PURPOSE_SIZE 201
#define JOBS_UPLOAD "upload"    /* source: a file from the browser */
#define JOBS_CHOSEN_S (15 * 60) /* what is not confirmed by then is dropped */
#define JOBS_LOOK_S 15 /* between looks whether people are signed in still */
#define JOBS_TOKEN_SIZE 44 /* base64url, NUL */
#define JOBS_NONCE_SIZE 33 /* hex, NUL */

struct jobs_recipient {
	char key[AGE_RECIPIENT_TEXT_SIZE];
	char name[RECIPIENTS_TEXT_SIZE];
	char role[RECIPIENTS_TEXT_SIZE];
};

struct jobs_order {
	char id[UUID_TEXT_SIZE];
	enum jobs_order_state state;
	int64_t account; /* who chose, and his session */
	int64_t session;
	char actor[ACCOUNT_NAME_MAX + 1];
	char second[ACCOUNT_NAME_MAX + 1]; /* "" = none */
	char purpose[JOBS_PURPOSE_SIZE];
	char grant[UUID_TEXT_SIZE];  /* of job data, when confirmed */
	char nonce[JOBS_NONCE_SIZE]; /* of the next token */
	int64_t created_at;
	int64_t confirmed_at; /* 0 = not */
	int64_t over_at;      /* 0 = not */
	char problem[256];    /* why it was dropped; "" = it was not */
	struct jobs_recipient recipients[JOBS_RECIPIENTS_MAX];
	size_t recipients_count;
};

struct jobs_item {
	char transaction[UUID_TEXT_SIZE];
	char order[UUID_TEXT_SIZE];
	unsigned number; /* within the order, from 1 */
	char source[JOB_ID_SIZE];
	char job[JOB_ID_SIZE]; /* of the source; "" for JOBS_UPLOAD */
	enum jobs_item_state state;
	uint64_t plain_bytes; /* 0 until sealed, and so are the next three */
	char plain_sha256[65];
	uint64_t sealed_bytes;
	char sealed_sha256[65];
	uint64_t offset; /* bytes that the server has, as far as it said */
	unsigned attempts;
	int64_t next_try_at;
	char problem[256];
	char peer[65];
	int64_t received_at; /* SENT: time in the receipt */
};

const char *jobs_item_state_name(enum jobs_item_state state);  /* "sealed" */
const char *jobs_item_state_title(enum jobs_item_state state); /* for people */

/* ---- what a person does, jobs.c and jobs_confirm.c ---- */

struct jobs_wish {
	const struct session *session;
	const char *source;      /* of all jobs */
	const char *const *jobs; /* ids; NULL for JOBS_UPLOAD */
	size_t jobs_count;       /* 1..JOBS_PER_ORDER_MAX; 1 for JOBS_UPLOAD */
	/* Of the list that stands. */
	const struct recipient *const *recipients;
	size_t recipients_count;
	const char *purpose; /* one line for the recipients and the log */
	int64_t now;
};

/*
 * Makes a CHOSEN order. Errors: INVALID (number, purpose, ids, recipients that
 * are over), DENIED (no permission, no right, signed out; a refusal is an
 * entry).
 */
MUST_USE bool jobs_choose(struct db *db, const struct jobs_wish *wish,
			  char order[UUID_TEXT_SIZE], struct err *err);

/*
 * The token of the order's next step, for this person's session alone: the
 * form has it. cookie is the session's token. It is good for one step.
 */
void jobs_token(const struct jobs_order *order, const char *cookie,
		char token[JOBS_TOKEN_SIZE]);

struct jobs_sign {
	const struct session *session;
	const char *cookie; /* the session's token */
	const char *order;
	const char *token;
	const char *password;
	bool two_people; /* jobs_confirm(): another one is asked for */
	int64_t now;
};

/*
 * The person who chose presses Send. Errors: NOT_FOUND, DENIED (another
 * person's or session's order, wrong token or step, too old, wrong password,
 * no permission), LIMIT (too many wrong passwords). Refusals are entries.
 */
MUST_USE bool jobs_confirm(struct db *db, const struct jobs_sign *sign,
			   struct err *err);
/* Another person with the right agrees: AWAITING -> CONFIRMED. The same. */
MUST_USE bool jobs_second(struct db *db, const struct jobs_sign *sign,
			  struct err *err);

/*
 * A file is about to come from the browser for a CONFIRMED order of
 * JOBS_UPLOAD: uses the token up. Needs no password. Then job_seal() and
 * jobs_sealed(), or jobs_end_item().
 */
MUST_USE bool jobs_take_file(struct db *db, const struct jobs_sign *sign,
			     struct jobs_item *item, struct err *err);

/* The person who chose, or whoever may withdraw. Ends it where it is. */
MUST_USE bool jobs_cancel(struct db *db, const char *actor, const char *order,
			  const char *why, int64_t now, struct err *err);

MUST_USE bool jobs_order(struct db *db, const char *id,
			 struct jobs_order *order, struct err *err);
/* By number. *list: caller mem_free()s. */
MUST_USE bool jobs_items(struct db *db, const char *order,
			 struct jobs_item **list, size_t *count,
			 struct err *err);
/* Newest first. */
MUST_USE bool jobs_orders(struct db *db, size_t limit, struct jobs_order **list,
			  size_t *count, struct err *err);
MUST_USE bool jobs_item(struct db *db, const char *transaction,
			struct jobs_item *item, struct err *err);
/* Time in the newest receipt of job data; 0 = none. */
MUST_USE bool jobs_last_sent(struct db *db, int64_t *at, struct err *err);
/* NOT_FOUND until SENT */
MUST_USE bool jobs_receipt(struct db *db, const char *transaction,
			   struct buf *note, struct err *err);

/* ---- what the daemon does, jobs_way.c ---- */

/*
 * May this item go on now? The order is CONFIRMED, the person's session
 * stands, the account has the right, remote services and job data are
 * allowed under the grant of the confirmation. Errors: DENIED (says why).
 */
MUST_USE bool jobs_may_go(struct db *db, const char *transaction, int64_t now,
			  struct err *err);

/*
 * Ends every order that may not go on any more, or whose next step was not
 * taken in time. *count (may be NULL) = orders.
 */
MUST_USE bool jobs_drop(struct db *db, int64_t now, size_t *count,
			struct err *err);
/*
 * Ends every order, for consent_withdraw() and its kin. *waited: how many of
 * them somebody had confirmed; what is only chosen waits for no sending.
 */
MUST_USE bool jobs_purge(struct db *db, const char *actor, const char *why,
			 int64_t now, size_t *waited, struct err *err);

/* At start: SENDING -> SEALED, due now. */
MUST_USE bool jobs_recover(struct db *db, int64_t now, struct err *err);
/* The next of a CONFIRMED order that is due, WAITING (no upload) or SEALED;
 * NOT_FOUND */
MUST_USE bool jobs_next(struct db *db, int64_t now, struct jobs_item *item,
			struct err *err);
/* When jobs_next() will find one or an order must be looked at; NOT_FOUND */
MUST_USE bool jobs_next_time(struct db *db, int64_t now, int64_t *at,
			     struct err *err);

struct job_sealed;
MUST_USE bool jobs_sealed(struct db *db, const char *transaction,
			  const struct job_sealed *sealed, int64_t now,
			  struct err *err);
/* SEALED -> SENDING, if jobs_may_go(); the SENT entry. DENIED. */
MUST_USE bool jobs_begin(struct db *db, const char *transaction,
			 const char *peer, int64_t now, struct err *err);
MUST_USE bool jobs_progress(struct db *db, const char *transaction,
			    uint64_t offset, struct err *err);
/*
 * Interrupted until then: SENDING -> SEALED without an entry. why: for its
 * page; "" = nothing to say.
 */
MUST_USE bool jobs_pause(struct db *db, const char *transaction,
			 const char *why, int64_t at, struct err *err);
MUST_USE bool jobs_retry(struct db *db, const char *transaction,
			 const char *problem, int64_t next_try_at, int64_t now,
			 struct err *err);
/*
 * Not tried at all, and why: no try is counted, and there is one entry as long
 * as the reason stays.
 */
MUST_USE bool jobs_hold(struct db *db, const char *transaction, const char *why,
			int64_t next_try_at, int64_t now, struct err *err);
/* Also ends a permission that ends with its send. */
MUST_USE bool jobs_sent(struct db *db, const char *transaction,
			const char *receipt, int64_t received_at, int64_t now,
			struct err *err);
/* state: JOBS_FAILED or JOBS_CANCELLED. */
MUST_USE bool jobs_end_item(struct db *db, const char *actor,
			    const char *transaction, enum jobs_item_state state,
			    const char *why, int64_t now, struct err *err);

/*
 * Does any item need the sealed file of this transaction? For sweeping the
 * folder: files that nobody needs are removed.
 */
MUST_USE bool jobs_needs_file(struct db *db, const char *transaction,
			      bool *needed, struct err *err);

/* ---- what the server told of it, job_notices in jobs_notices.c ---- */

enum jobs_notice_kind {
	JOBS_NOTICE_UNSET = 0,
	JOBS_NOTICE_OPENED, /* somebody took the sealed file */
	JOBS_NOTICE_EXPIRED,
	JOBS_NOTICE_DELETED
};

struct jobs_notice {
	uint64_t number; /* of the server, for this device, from 1 */
	enum jobs_notice_kind kind;
	char transaction[UUID_TEXT_SIZE];
	int64_t at;
	char who[101]; /* "" = nobody, by its date */
};

const char *jobs_notice_name(enum jobs_notice_kind kind); /* "opened" */
enum jobs_notice_kind jobs_notice_by_name(const char *name);

/* Keeps it with a READ entry; one that is known changes nothing. */
MUST_USE bool jobs_note(struct db *db, const struct jobs_notice *notice,
			int64_t now, struct err *err);
MUST_USE bool jobs_notices(struct db *db, const char *transaction,
			   struct jobs_notice **list, size_t *count,
			   struct err *err);
/*
 * So many within a day, by their numbers: a server that has always one more
 * must not fill the log. *room: how many still; nobody has to keep to it
 * exactly.
 */
#define JOBS_NOTICES_A_DAY 500
MUST_USE bool jobs_notices_room(struct db *db, int64_t now, uint64_t *room,
				struct err *err);

/* Highest number that is known; 0 = none. */
MUST_USE bool jobs_notices_last(struct db *db, uint64_t *number,
				struct err *err);

#endif
