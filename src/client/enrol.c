/*
 * When the device asks for a certificate, and what it makes of the answers.
 * The order of a try, each step of which may be the last one of a process
 * that dies: an entry and an attempt more; the request; the certificate beside
 * the one in use (ENROL_NEXT_FILE); an entry; the handshake with it; one
 * rename; the database. While no attempt was counted, a certificate beside
 * the one in use belongs to nothing that is under way and is removed. One that
 * begins later waits there, while the one in use is good. The exchanges are
 * enrol_ask.c's and enrol_prove.c's.
 */
#include "client/enrol.h"

#include <inttypes.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/enrol_parts.h"
#include "client/link.h"
#include "client/schedule.h"
#include "crypto/random.h"
#include "domain/queue.h"
#include "domain/retry_budget.h"
#include "domain/time_known.h"
#include "formats/certs.h"

#define NEVER INT64_MAX
#define RENEWAL_EVERY_S 3600
#define RENEWAL_LATER_S 900 /* and up to so much more by chance */
#define SPREAD_S 3600       /* of first tries, by the certificate's hash */
/* A renewal that is not proved for so many attempts begins from the start. */
#define PROOFS_MAX 24
#define WAIT_LONGEST_S ((int64_t)86400) /* for one that begins later */

enum act { NOTHING = 0, REMOVE, PROVE, TRY_CODE, RENEW };

/* What is to be done, and from when on. */
struct plan {
	enum act act;
	int64_t at; /* UTC, by the clock; NEVER */
};

struct enrolling {
	struct client *client;
	struct enrolment row;
	bool by_person; /* now, whatever was planned */
	const char *actor;
};

static uint32_t dice(void)
{
	uint32_t random;
	random_bytes(&random, sizeof(random));
	return random;
}

/* ---- the plan ---- */

static bool has_code(const struct enrolment *row)
{
	return row->state == ENROLMENT_ASKED || row->state == ENROLMENT_PENDING;
}

static bool has_next(const struct client *client)
{
	char *path = device_config_key_path(client->config, ENROL_NEXT_FILE);
	bool there = files_exists(path);
	mem_free(path);
	return there;
}

/* Half of the lifetime, and a little later for some than for others. */
static int64_t first_renewal(const struct enrolment *row)
{
	int64_t lifetime = row->not_after - row->not_before;
	int64_t spread = lifetime / 64 < SPREAD_S ? lifetime / 64 : SPREAD_S;
	uint8_t hash[4] = { 0 };
	(void)!hex_decode(hash, 1, row->sha256);
	return row->not_before + lifetime / 2 + spread * hash[0] / 256;
}

static struct plan plan_renewal(const struct enrolling *e)
{
	const struct enrolment *row = &e->row;
	int64_t now = e->client->now(), time = link_time(e->client);
	if (row->sha256[0] == '\0' || enrolment_days_left(row, time) < 0) {
		return (struct plan){ NOTHING, NEVER };
	}
	int64_t at = now + (first_renewal(row) - time);
	return (struct plan){ RENEW,
			      at > row->next_try_at ? at : row->next_try_at };
}

/* Is there one in use that counts? */
static bool stands(const struct enrolling *e)
{
	return e->row.sha256[0] != '\0' &&
	       enrolment_days_left(&e->row, link_time(e->client)) >= 0;
}

/*
 * How long the new one is to wait, because it begins later and the one in use
 * is good: if the authority's clock is ahead, and the server's is or is put
 * right, it would be taken by nobody.
 */
static int64_t waits_s(const struct enrolling *e, int64_t *from)
{
	return stands(e) && enrol_next_from(e->client, from)
		       ? enrol_begins_in(e->client, *from)
		       : 0;
}

static struct plan plan_proof(const struct enrolling *e)
{
	int64_t from = 0;
	int64_t at = e->client->now() + waits_s(e, &from);
	return (struct plan){ PROVE, from != 0 && at > e->row.next_try_at
					     ? at
					     : e->row.next_try_at };
}

static struct plan make_plan(const struct enrolling *e)
{
	const struct enrolment *row = &e->row;
	bool next = has_next(e->client);
	if (next && row->attempts == 0) {
		return (struct plan){ REMOVE, 0 };
	}
	if (next) {
		return plan_proof(e);
	}
	return has_code(row) ? (struct plan){ TRY_CODE, row->next_try_at }
			     : plan_renewal(e);
}

/* ---- how a try ended ---- */

static int64_t next_try(const struct enrolling *e, int64_t retry_after_s)
{
	int64_t now = e->client->now();
	if (has_code(&e->row)) {
		return schedule_next_try(e->row.attempts, now, retry_after_s,
					 dice());
	}
	int64_t pause = RENEWAL_EVERY_S + dice() % RENEWAL_LATER_S;
	return now + (pause > retry_after_s ? pause : retry_after_s);
}

static bool write_later(struct enrolling *e, enum enrolment_state state,
			const char *problem, int64_t next, struct err *err)
{
	struct client *client = e->client;
	return (state == ENROLMENT_PENDING ||
		retry_budget_spend(client->db, client->now(), err)) &&
	       enrolment_tried(client->db, state, e->actor, problem, next,
			       client->now(), err);
}

/* Again later: nothing is lost. */
static bool later(struct enrolling *e, enum enrolment_state state,
		  const char *problem, int64_t retry_after_s, struct err *err)
{
	struct client *client = e->client;
	if (client_is_stopped(client)) {
		return true; /* ours, not theirs: the next start goes on */
	}
	/* The attempts that were counted meanwhile. */
	if (!enrolment_read(client->db, &e->row, err)) {
		return false;
	}
	int64_t next = next_try(e, retry_after_s);
	log_warn(client->log,
		 "the certificate waits for another %" PRId64 " s: %s",
		 next - client->now(), problem);
	return db_begin(client->db, err) &&
	       db_finish(client->db, write_later(e, state, problem, next, err),
			 err);
}

static bool fail(struct enrolling *e, const char *problem,
		 int64_t retry_after_s, struct err *err)
{
	return later(e,
		     has_code(&e->row) ? ENROLMENT_ASKED : ENROLMENT_ENROLLED,
		     problem, retry_after_s, err);
}

/* The authority said no: for a code that is the end of it. */
static bool refused(struct enrolling *e, const char *words, struct err *err)
{
	struct client *client = e->client;
	struct buf text = BUF_INIT;
	bool code = has_code(&e->row);
	buf_printf(&text, "%s %s", words,
		   code ? "Check the code, or ask the vendor for a new one."
			: "The certificate in use stays; ask the vendor "
			  "whether this device is registered.");
	if (code) {
		log_warn(client->log, "the code is refused: %s", words);
	}
	bool ok =
		code ? enrolment_tried(client->db, ENROLMENT_REFUSED, e->actor,
				       buf_str(&text), 0, client->now(), err)
		     : fail(e, buf_str(&text), 0, err);
	buf_clear(&text);
	return ok;
}

/* ---- the steps ---- */

static bool remove_next(struct client *client, struct err *err)
{
	char *path = device_config_key_path(client->config, ENROL_NEXT_FILE);
	bool ok = files_remove(path, err);
	mem_free(path);
	return ok;
}

/* Nothing is spent for it, and nobody is asked. */
static bool wait_for(struct enrolling *e, int64_t from, int64_t seconds,
		     struct err *err)
{
	struct client *client = e->client;
	struct buf text = BUF_INIT;
	char at[CLOCK_TEXT_SIZE];
	int64_t pause = seconds < WAIT_LONGEST_S ? seconds : WAIT_LONGEST_S;
	clock_format(at, from);
	buf_printf(&text,
		   "The new certificate begins only at %s. The one in use "
		   "stays until then.",
		   at);
	log_info(client->log, "%s", buf_str(&text));
	bool ok = enrolment_tried(client->db,
				  has_code(&e->row) ? ENROLMENT_PENDING
						    : ENROLMENT_ENROLLED,
				  e->actor, buf_str(&text),
				  client->now() + pause, client->now(), err);
	buf_clear(&text);
	return ok;
}

static bool do_prove(struct enrolling *e, struct err *err)
{
	struct client *client = e->client;
	enum enrol_proof proof;
	struct err why = { .kind = ERR_NONE };
	int64_t from = 0, seconds = waits_s(e, &from);
	if (seconds > 0) {
		return wait_for(e, from, seconds, err);
	}
	if (enrol_prove(client, e->actor, &proof, &why)) {
		log_info(client->log, "a new certificate is in use");
		return true;
	}
	if (proof == ENROL_PROOF_UNSET) {
		return err_set(err, why.kind, "%s", why.text);
	}
	/* A code may be good once only; a renewal can be asked for again. */
	bool renewal = !has_code(&e->row);
	bool hopeless =
		proof == ENROL_DISPROVED || e->row.attempts >= PROOFS_MAX;
	return (!renewal || !hopeless || remove_next(client, err)) &&
	       fail(e, why.text, 0, err);
}

/*
 * What a certificate that was issued is good for. KNOWN: it is the one in use,
 * or older than that, since a code that was used before gives what it gave
 * then; only one in use that is over makes way for an older one.
 */
enum worth { WORTH_UNSET = 0, NEW, OVER, LATE, KNOWN };

static enum worth worth_of(const struct enrolling *e, const struct buf *pem)
{
	const struct enrolment *used = &e->row;
	int64_t time = link_time(e->client);
	struct reader r = reader_of(pem->data, pem->len);
	char label[CERTS_LABEL_SIZE], sha256[2 * SHA256_SIZE + 1];
	uint8_t hash[SHA256_SIZE];
	struct buf der = BUF_INIT;
	int64_t from = 0, to = 0;
	bool ok = certs_pem_next(&r, label, &der, NULL) &&
		  certs_validity(der.data, der.len, &from, &to, NULL);
	certs_fingerprint(der.data, der.len, hash);
	hex_encode(sha256, hash, sizeof(hash));
	buf_clear(&der);
	if (!ok || to < time) {
		return OVER;
	}
	int64_t in = enrol_begins_in(e->client, from);
	if (in > 0 &&
	    (stands(e) ? from >= used->not_after : in > TIME_STEP_S)) {
		return LATE;
	}
	bool older = from < used->not_before && used->not_after >= time;
	return text_equal(sha256, used->sha256) || older ? KNOWN : NEW;
}

static bool take(struct enrolling *e, const struct buf *pem, struct err *err)
{
	static const char *const useless[] = {
		[OVER] = "The authority gave a certificate that has run out "
			 "already.",
		[LATE] = "The authority gave a certificate that begins too "
			 "late to be of use; its clock may be wrong.",
		[KNOWN] =
			"The authority gave no newer certificate than the one "
			"in use.",
		[NEW] = NULL,
	};
	enum worth worth = worth_of(e, pem);
	if (worth == KNOWN && has_code(&e->row)) {
		log_info(e->client->log, "the code was used before; the "
					 "certificate in use stays");
		return enrolment_kept(e->client->db, e->actor, e->client->now(),
				      err);
	}
	if (useless[worth] != NULL) {
		return refused(e, useless[worth], err);
	}
	char *path = device_config_key_path(e->client->config, ENROL_NEXT_FILE);
	bool ok = files_write(path, pem->data, pem->len, 0644, err);
	mem_free(path);
	return ok && do_prove(e, err);
}

static bool sort_out(struct enrolling *e, const struct est_answer *answer,
		     struct err *err)
{
	switch (answer->outcome) {
	case EST_ISSUED:
		return take(e, &answer->chain, err);
	case EST_PENDING:
		return later(e,
			     has_code(&e->row) ? ENROLMENT_PENDING
					       : ENROLMENT_ENROLLED,
			     "The authority has not decided yet.",
			     answer->retry_after_s > 0 ? answer->retry_after_s
						       : RENEWAL_EVERY_S,
			     err);
	case EST_REFUSED:
	case EST_UNSET:
	default:
		return refused(e, answer->words, err);
	}
}

static bool do_ask(struct enrolling *e, const char *code, struct err *err)
{
	struct client *client = e->client;
	struct est_answer answer;
	struct buf text = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	buf_printf(&text, "%s is asked for a certificate, %s",
		   enrol_server_name(client),
		   code != NULL ? "with the code" : "to renew the one in use");
	bool ok = enrolment_begin(client->db, e->actor, buf_str(&text),
				  client->now(), err);
	buf_clear(&text);
	if (!ok) {
		return false;
	}
	ok = enrol_ask(client, code, &answer, &why);
	ok = ok ? sort_out(e, &answer, err)
		: fail(e, why.text, answer.retry_after_s, err);
	est_answer_clear(&answer);
	return ok;
}

static bool try_code(struct enrolling *e, struct err *err)
{
	struct buf code = BUF_INIT;
	bool ok = enrolment_code(e->client->db, &code, err) &&
		  do_ask(e, buf_str(&code), err);
	buf_burn(&code);
	return ok;
}

static bool act(struct enrolling *e, enum act what, struct err *err)
{
	switch (what) {
	case PROVE:
		return do_prove(e, err);
	case TRY_CODE:
		return try_code(e, err);
	case RENEW:
		return do_ask(e, NULL, err);
	case REMOVE:
		return remove_next(e->client, err);
	case NOTHING:
	default:
		return true;
	}
}

/* ---- the round ---- */

static bool read_row(struct enrolling *e, struct err *err)
{
	if (!enrolment_read(e->client->db, &e->row, err)) {
		return false;
	}
	e->actor = has_code(&e->row) ? e->row.asked_by : "daemon";
	/* One that is put off for longer means a clock that was set back. */
	if (e->row.next_try_at > e->client->now() + QUEUE_LONGEST_S) {
		e->row.next_try_at = 0;
	}
	return true;
}

/* What is planned; leftovers are removed on the way. */
static bool read_plan(struct enrolling *e, struct plan *plan, struct err *err)
{
	if (!read_row(e, err)) {
		return false;
	}
	*plan = make_plan(e);
	if (plan->act != REMOVE) {
		return true;
	}
	if (!act(e, REMOVE, err)) {
		return false;
	}
	*plan = make_plan(e);
	return true;
}

/* What a person started is not held back, and a fresh code is such. */
static bool hold_back(struct enrolling *e, struct plan *plan, struct err *err)
{
	const struct client *client = e->client;
	int64_t now = client->now(), held = 0;
	struct retry_budget budget;
	bool fresh = has_code(&e->row) && e->row.attempts == 0;
	if (e->by_person || fresh) {
		return true;
	}
	if (!retry_budget_read(client->db, now, &budget, err) ||
	    !queue_held_until(client->db, now, &held, err)) {
		return false;
	}
	int64_t from = budget.left == 0 ? budget.renewed_at : 0;
	from = from > held ? from : held;
	plan->at = plan->at > from ? plan->at : from;
	return true;
}

static bool nothing_to_do(const struct enrolment *row, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "%s Type a code from the vendor.",
		       row->sha256[0] == '\0'
			       ? "There is no certificate to renew."
			       : "The certificate has run out, so it cannot be "
				 "renewed.");
}

static bool carry_out(struct enrolling *e, int64_t *next, struct err *err)
{
	struct plan plan;
	int64_t now = e->client->now();
	if (!read_plan(e, &plan, err) || !hold_back(e, &plan, err)) {
		return false;
	}
	if (e->by_person && plan.act == NOTHING) {
		return nothing_to_do(&e->row, err);
	}
	if (plan.act != NOTHING && (e->by_person || plan.at <= now)) {
		if (!act(e, plan.act, err) || !read_plan(e, &plan, err)) {
			return false;
		}
		/* One try a round, so that nothing goes in circles. */
		plan.at = plan.at > now ? plan.at : now + 1;
	}
	*next = plan.act == NOTHING ? NEVER : plan.at;
	return true;
}

bool enrol_round(struct client *client, bool renew_now, int64_t *next,
		 struct err *err)
{
	struct enrolling e = { .client = client, .by_person = renew_now };
	struct err why = { .kind = ERR_NONE };
	*next = NEVER;
	if (!enrol_sync(client, "daemon", err) ||
	    !enrolment_countdown(client->db, link_time(client), err)) {
		return false;
	}
	if (!enrol_may(client, &why)) {
		return (why.kind == ERR_DENIED && !renew_now) ||
		       err_set(err, why.kind, "%s", why.text);
	}
	return carry_out(&e, next, err);
}

/* What files_write() leaves behind in a process that dies. */
static void sweep(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (text_starts_with(entry->d_name, "." ENROL_NEXT_FILE ".")) {
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
		}
	}
	if (dir != NULL) {
		(void)closedir(dir);
	}
}

bool enrol_recover(struct client *client, struct err *err)
{
	sweep(client->config->keys);
	return enrol_sync(client, "daemon", err);
}
