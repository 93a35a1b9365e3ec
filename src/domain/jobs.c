/*
 * Orders of job data and their jobs: reading them, and choosing. How a person
 * confirms is jobs_confirm.c's, their way to the server jobs_way.c's, what the
 * server tells of them jobs_notices.c's.
 */
#include "domain/jobs.h"

#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"
#include "domain/consent_parts.h"
#include "domain/jobs_parts.h"
#include "domain/line.h"
#include "domain/roles.h"

/* ---- words ---- */

static const char *const order_names[] = {
	[JOBS_ORDER_UNSET] = "",      [JOBS_CHOSEN] = "chosen",
	[JOBS_AWAITING] = "awaiting", [JOBS_CONFIRMED] = "confirmed",
	[JOBS_OVER] = "over",
};

static const struct {
	const char *name, *title;
} item_words[] = {
	[JOBS_ITEM_UNSET] = { "", "" },
	[JOBS_WAITING] = { "waiting", "Waiting" },
	[JOBS_SEALED] = { "sealed", "Sealed, waiting to be sent" },
	[JOBS_SENDING] = { "sending", "Sending" },
	[JOBS_SENT] = { "sent", "Sent, server confirmed" },
	[JOBS_FAILED] = { "failed", "Failed" },
	[JOBS_CANCELLED] = { "cancelled", "Not sent" },
};

#define ORDER_NAMES (sizeof(order_names) / sizeof(order_names[0]))
#define ITEM_WORDS (sizeof(item_words) / sizeof(item_words[0]))

const char *jobs_order_state_name(enum jobs_order_state state)
{
	return (size_t)state < ORDER_NAMES ? order_names[state] : "";
}

enum jobs_order_state jobs_order_state_by_name(const char *name)
{
	for (size_t i = 1; i < ORDER_NAMES; i++) {
		if (text_equal(order_names[i], name)) {
			return (enum jobs_order_state)i;
		}
	}
	return JOBS_ORDER_UNSET;
}

const char *jobs_item_state_name(enum jobs_item_state state)
{
	return (size_t)state < ITEM_WORDS ? item_words[state].name : "";
}

const char *jobs_item_state_title(enum jobs_item_state state)
{
	return (size_t)state < ITEM_WORDS ? item_words[state].title : "";
}

enum jobs_item_state jobs_item_state_by_name(const char *name)
{
	for (size_t i = 1; i < ITEM_WORDS; i++) {
		if (text_equal(item_words[i].name, name)) {
			return (enum jobs_item_state)i;
		}
	}
	return JOBS_ITEM_UNSET;
}

bool jobs_item_is_over(enum jobs_item_state state)
{
	return state == JOBS_SENT || state == JOBS_FAILED ||
	       state == JOBS_CANCELLED;
}

void jobs_put_recipients(struct buf *out, const struct jobs_order *order)
{
	for (size_t i = 0; i < order->recipients_count; i++) {
		buf_printf(out, "%s%s (%s)", i == 0 ? "" : ", ",
			   order->recipients[i].name, order->recipients[i].key);
	}
}

/* ---- reading ---- */

#define ORDER_SQL                                                      \
	"SELECT id, state, account, session, actor, second, purpose, " \
	"grant_id, nonce, created_at, confirmed_at, over_at, problem " \
	"FROM job_orders "

static void read_order(const struct stmt *q, void *row)
{
	struct jobs_order *o = row;
	*o = (struct jobs_order){
		.state = jobs_order_state_by_name(db_text(q, 1)),
		.account = db_int(q, 2),
		.session = db_int(q, 3),
		.created_at = db_int(q, 9),
		.confirmed_at = db_int(q, 10),
		.over_at = db_int(q, 11),
	};
	db_copy_text(q, 0, o->id, sizeof(o->id));
	db_copy_text(q, 4, o->actor, sizeof(o->actor));
	db_copy_text(q, 5, o->second, sizeof(o->second));
	db_copy_text(q, 6, o->purpose, sizeof(o->purpose));
	db_copy_text(q, 7, o->grant, sizeof(o->grant));
	db_copy_text(q, 8, o->nonce, sizeof(o->nonce));
	db_copy_text(q, 12, o->problem, sizeof(o->problem));
}

static bool read_recipients(struct db *db, struct jobs_order *order,
			    struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT key, name, role FROM job_recipients "
		      "WHERE order_id = ? ORDER BY number",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, order->id);
	while (order->recipients_count < JOBS_RECIPIENTS_MAX && db_row(&q)) {
		struct jobs_recipient *r =
			&order->recipients[order->recipients_count++];
		db_copy_text(&q, 0, r->key, sizeof(r->key));
		db_copy_text(&q, 1, r->name, sizeof(r->name));
		db_copy_text(&q, 2, r->role, sizeof(r->role));
	}
	return db_done(&q, err);
}

/* Takes a bound query of ORDER_SQL. */
static bool read_orders(struct db *db, struct stmt *q, struct jobs_order **list,
			size_t *count, struct err *err)
{
	void *rows = NULL;
	if (!db_read_all(q, sizeof(struct jobs_order), read_order, &rows, count,
			 err)) {
		return false;
	}
	struct jobs_order *orders = rows;
	for (size_t i = 0; i < *count; i++) {
		if (!read_recipients(db, &orders[i], err)) {
			mem_free(orders);
			return false;
		}
	}
	*list = orders;
	return true;
}

bool jobs_order(struct db *db, const char *id, struct jobs_order *order,
		struct err *err)
{
	struct jobs_order *list = NULL;
	size_t count = 0;
	struct stmt q;
	if (!db_query(db, &q, ORDER_SQL "WHERE id = ?", err)) {
		return false;
	}
	db_bind_text(&q, 1, id);
	if (!read_orders(db, &q, &list, &count, err)) {
		return false;
	}
	if (count > 0) {
		*order = list[0];
	}
	mem_free(list);
	return count > 0 ||
	       err_set(err, ERR_NOT_FOUND, "There is no such order.");
}

bool jobs_orders(struct db *db, size_t limit, struct jobs_order **list,
		 size_t *count, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, ORDER_SQL "ORDER BY number DESC LIMIT ?", err)) {
		return false;
	}
	db_bind_int(&q, 1, (int64_t)limit);
	return read_orders(db, &q, list, count, err);
}

bool jobs_open_orders(struct db *db, struct jobs_order **list, size_t *count,
		      struct err *err)
{
	struct stmt q;
	return db_query(db, &q,
			ORDER_SQL "WHERE state <> 'over' ORDER BY number",
			err) &&
	       read_orders(db, &q, list, count, err);
}

/* ---- who may ---- */

bool jobs_allowed(struct db *db, int64_t now, const char *grant,
		  char found[UUID_TEXT_SIZE], struct err *err)
{
	struct consents all;
	if (!consent_read_decisions(db, now, SERVICE_BIT(GATE_JOB_DATA), &all,
				    err)) {
		return false;
	}
	const struct consent *c = consent_of(&all, GATE_JOB_DATA);
	if ((all.effective_gates & SERVICE_BIT(GATE_JOB_DATA)) == 0) {
		return consent_refuse(&all, c, err);
	}
	if (grant[0] != '\0' && !text_equal(grant, c->grant)) {
		return err_set(err, ERR_DENIED,
			       "The permission for job data is another one "
			       "now; choose and confirm again.");
	}
	memcpy(found, c->grant, UUID_TEXT_SIZE);
	return true;
}

bool jobs_session_may(struct db *db, int64_t id, int64_t account,
		      const char *gone, int64_t now, struct err *err)
{
	struct session s;
	struct err why = { .kind = ERR_NONE };
	if (!sessions_get(db, id, now, &s, &why)) {
		return why.kind == ERR_NOT_FOUND
			       ? err_set(err, ERR_DENIED, "%s", gone)
			       : err_set(err, why.kind, "%s", why.text);
	}
	if (s.account.id != account) {
		return err_set(err, ERR_DENIED,
			       "The session is another person's.");
	}
	return (s.account.roles & ROLE_JOB_DATA) != 0 ||
	       err_set(err, ERR_DENIED,
		       "Only an account with the role job-data can send job "
		       "data; an administrator gives it on the page Users.");
}

bool jobs_person_stands(struct db *db, const struct jobs_order *order,
			int64_t now, struct err *err)
{
	return jobs_session_may(db, order->session, order->account,
				"The person who chose these jobs is not signed "
				"in any more.",
				now, err);
}

bool jobs_is_in_time(const struct jobs_order *order, int64_t now)
{
	int64_t from = order->confirmed_at != 0 ? order->confirmed_at
						: order->created_at;
	return now >= from && now - from < JOBS_CHOSEN_S;
}

void jobs_make_nonce(char nonce[JOBS_NONCE_SIZE])
{
	uint8_t random[(JOBS_NONCE_SIZE - 1) / 2];
	random_bytes(random, sizeof(random));
	hex_encode(nonce, random, sizeof(random));
}

/* ---- entries ---- */

bool jobs_log(struct db *db, enum ledger_kind kind,
	      const struct jobs_order *order, const struct jobs_item *item,
	      const char *actor, const char *result, const char *text,
	      int64_t now, struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = kind,
		.transaction = item != NULL ? item->transaction : order->id,
		.actor = actor,
		.service = service_of(GATE_JOB_DATA)->name,
		.grant = order->grant,
		.peer = item != NULL ? item->peer : NULL,
		.bytes = item != NULL ? item->sealed_bytes : 0,
		.sha256 = item != NULL ? item->sealed_sha256 : NULL,
		.result = result,
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

void jobs_log_refused(struct db *db, const char *actor, const char *order,
		      const struct err *why, int64_t now)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "job data: %s", why->text);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_REFUSED,
		.transaction = order,
		.actor = actor,
		.service = service_of(GATE_JOB_DATA)->name,
		.result = "refused",
		.text = buf_str(&text),
	};
	/* The refusal itself is what the person sees. */
	(void)!ledger_append(db, &entry, NULL);
	buf_clear(&text);
}

/* ---- choosing ---- */

static bool check_jobs(const struct jobs_wish *wish, struct err *err)
{
	bool upload = text_equal(wish->source, JOBS_UPLOAD);
	size_t most = upload ? 1 : JOBS_PER_ORDER_MAX;
	if (wish->jobs_count == 0 || wish->jobs_count > most) {
		return err_set(err, ERR_INVALID,
			       "Choose one to %zu jobs of one source.", most);
	}
	for (size_t i = 0; !upload && i < wish->jobs_count; i++) {
		if (!job_id_valid(wish->jobs[i])) {
			return err_set(err, ERR_INVALID,
				       "There is no such job.");
		}
		for (size_t k = 0; k < i; k++) {
			if (text_equal(wish->jobs[i], wish->jobs[k])) {
				return err_set(err, ERR_INVALID,
					       "A job was chosen twice.");
			}
		}
	}
	return upload || job_id_valid(wish->source) ||
	       err_set(err, ERR_INVALID, "There is no such source of jobs.");
}

static bool check_recipients(const struct jobs_wish *wish, struct err *err)
{
	if (wish->recipients_count == 0 ||
	    wish->recipients_count > JOBS_RECIPIENTS_MAX) {
		return err_set(err, ERR_INVALID, "Choose one to %d recipients.",
			       JOBS_RECIPIENTS_MAX);
	}
	for (size_t i = 0; i < wish->recipients_count; i++) {
		const struct recipient *r = wish->recipients[i];
		if (r->until <= wish->now) {
			return err_set(err, ERR_INVALID,
				       "%s can be chosen no more: the date of "
				       "this recipient has passed.",
				       r->name);
		}
		for (size_t k = 0; k < i; k++) {
			if (text_equal(r->key, wish->recipients[k]->key)) {
				return err_set(err, ERR_INVALID,
					       "A recipient was chosen twice.");
			}
		}
	}
	return true;
}

/*
 * It is shown to whoever confirms and to whoever reads it there, so that it
 * has to mean the same to both: nothing in it is cleaned away or turned.
 */
static bool check_purpose(const char *purpose, struct err *err)
{
	char clean[JOBS_PURPOSE_SIZE];
	if (purpose == NULL || purpose[strspn(purpose, " ")] == '\0') {
		return err_set(err, ERR_INVALID,
			       "Say what the recipients are to do with it.");
	}
	line_copy(clean, sizeof(clean), purpose);
	return text_equal(clean, purpose) ||
	       err_set(err, ERR_INVALID,
		       "The purpose is one line of at most %d letters, without "
		       "marks that turn the direction of text.",
		       JOBS_PURPOSE_SIZE - 1);
}

static bool check_wish(const struct jobs_wish *wish, struct err *err)
{
	return check_jobs(wish, err) && check_recipients(wish, err) &&
	       check_purpose(wish->purpose, err);
}

static bool insert_order(struct db *db, const struct jobs_wish *wish,
			 const char *id, struct err *err)
{
	char nonce[JOBS_NONCE_SIZE];
	struct stmt q;
	jobs_make_nonce(nonce);
	if (!db_query(db, &q,
		      "INSERT INTO job_orders (id, state, account, session, "
		      "actor, purpose, nonce, created_at) "
		      "VALUES (?, 'chosen', ?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, id);
	db_bind_int(&q, 2, wish->session->account.id);
	db_bind_int(&q, 3, wish->session->id);
	db_bind_text(&q, 4, wish->session->account.name);
	db_bind_text(&q, 5, wish->purpose);
	db_bind_text(&q, 6, nonce);
	db_bind_int(&q, 7, wish->now);
	return db_run(&q, err);
}

static bool insert_recipients(struct db *db, const struct jobs_wish *wish,
			      const char *id, struct err *err)
{
	for (size_t i = 0; i < wish->recipients_count; i++) {
		const struct recipient *r = wish->recipients[i];
		struct stmt q;
		if (!db_query(db, &q,
			      "INSERT INTO job_recipients VALUES "
			      "(?, ?, ?, ?, ?)",
			      err)) {
			return false;
		}
		db_bind_text(&q, 1, id);
		db_bind_int(&q, 2, (int64_t)i + 1);
		db_bind_text(&q, 3, r->key);
		db_bind_text(&q, 4, r->name);
		db_bind_text(&q, 5, r->role);
		if (!db_run(&q, err)) {
			return false;
		}
	}
	return true;
}

static bool insert_items(struct db *db, const struct jobs_wish *wish,
			 const char *id, struct err *err)
{
	bool upload = text_equal(wish->source, JOBS_UPLOAD);
	for (size_t i = 0; i < wish->jobs_count; i++) {
		char transaction[UUID_TEXT_SIZE];
		struct stmt q;
		uuid_v7(transaction, wish->now * 1000);
		if (!db_query(db, &q,
			      "INSERT INTO job_items (id, order_id, number, "
			      "source, job, state) "
			      "VALUES (?, ?, ?, ?, ?, 'waiting')",
			      err)) {
			return false;
		}
		db_bind_text(&q, 1, transaction);
		db_bind_text(&q, 2, id);
		db_bind_int(&q, 3, (int64_t)i + 1);
		db_bind_text(&q, 4, wish->source);
		db_bind_text(&q, 5, upload ? "" : wish->jobs[i]);
		if (!db_run(&q, err)) {
			return false;
		}
	}
	return true;
}

static bool insert(struct db *db, const struct jobs_wish *wish, const char *id,
		   struct err *err)
{
	return insert_order(db, wish, id, err) &&
	       insert_recipients(db, wish, id, err) &&
	       insert_items(db, wish, id, err);
}

bool jobs_choose(struct db *db, const struct jobs_wish *wish,
		 char order[UUID_TEXT_SIZE], struct err *err)
{
	char id[UUID_TEXT_SIZE], grant[UUID_TEXT_SIZE];
	const struct session *s = wish->session;
	struct err why = { .kind = ERR_NONE };
	if (!jobs_session_may(db, s->id, s->account.id,
			      "You are not signed in any more; sign in again.",
			      wish->now, &why) ||
	    !jobs_allowed(db, wish->now, "", grant, &why)) {
		if (why.kind == ERR_DENIED) {
			jobs_log_refused(db, s->account.name, NULL, &why,
					 wish->now);
		}
		return err_set(err, why.kind, "%s", why.text);
	}
	if (!check_wish(wish, err) || !db_begin(db, err)) {
		return false;
	}
	uuid_v7(id, wish->now * 1000);
	if (!db_finish(db, insert(db, wish, id, err), err)) {
		return false;
	}
	memcpy(order, id, sizeof(id));
	return true;
}
