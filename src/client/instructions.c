/*
 * What is done when the server asks for something: one table, and nothing that
 * is not in it. Fetching and checking is instructions_fetch.c, telling the
 * server what became of it instructions_report.c, states, policies and words
 * domain/instructions. Nothing that a server sends is ever run, no text of it
 * is more than shown, and there is no row for job data.
 *
 * An instruction is carried out once, also when this process dies at any
 * moment: what is done in the database is in one transaction with the outcome,
 * and a renewal leaves a mark before it begins.
 */
#include "client/instructions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/enrol.h"
#include "client/identity.h"
#include "client/link.h"
#include "client/stage.h"
#include "client/timer.h"
#include "crypto/sha256.h"
#include "domain/automatic.h"
#include "domain/checkins.h"
#include "domain/consent.h"
#include "domain/instructions.h"
#include "domain/outbox.h"

/* One that is being carried out. */
struct work {
	struct client *client;
	const struct instruction_row *row;
	struct collected collected; /* of SEND */
	/* What becomes of it; the text is told to the server. */
	enum instruction_refusal refusal;
	struct buf outcome;
	bool left; /* it stays open: asked again, or we are to stop */
};

/*
 * prepare() waits for machine or network, with no transaction open; commit()
 * is in one transaction with the outcome, which is undone when it refuses.
 * Either may refuse(). false = the database.
 */
static bool send_prepare(struct work *work, struct err *err);
static bool send_commit(struct work *work, struct err *err);
static bool interval_commit(struct work *work, struct err *err);
static bool package_commit(struct work *work, struct err *err);
static bool message_commit(struct work *work, struct err *err);
static bool renew_prepare(struct work *work, struct err *err);
static bool ledger_commit(struct work *work, struct err *err);

/* All that a server can bring about, and what must stand at that moment. */
static const struct act {
	bool remote;   /* remote services as a whole are allowed */
	bool services; /* so is every service that it names */
	bool (*prepare)(struct work *work, struct err *err);
	bool (*commit)(struct work *work, struct err *err);
} acts[INSTRUCTION_KINDS] = {
	/* Stages, approves and queues what these services send anyway. */
	[INSTRUCTION_SEND] = { true, true, send_prepare, send_commit },
	/* Keeps another interval of check-ins, within the limits. */
	[INSTRUCTION_INTERVAL] = { true, false, NULL, interval_commit },
	/* Shows that there is a package. */
	[INSTRUCTION_PACKAGE] = { false, false, NULL, package_commit },
	/* Shows a text. */
	[INSTRUCTION_MESSAGE] = { false, false, NULL, message_commit },
	/* As from half of the certificate's life on, only now. */
	[INSTRUCTION_RENEW] = { true, false, renew_prepare, NULL },
	/* Lets instructions_report.c tell these entries' hashes. */
	[INSTRUCTION_LEDGER] = { true, false, NULL, ledger_commit },
};

/* It comes to nothing; the first reason counts. */
static bool refuse(struct work *work, enum instruction_refusal refusal,
		   const char *text)
{
	if (work->refusal == INSTRUCTION_REFUSAL_NONE) {
		work->refusal = refusal;
		buf_reset(&work->outcome);
		buf_put_str(&work->outcome, text);
	}
	return true;
}

/* ---- send ---- */

static bool send_prepare(struct work *work, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	(void)err;
	if (stage_collect(work->client, &work->collected, NULL, &why)) {
		return true;
	}
	/* What collectors say may name hosts; it stays here. */
	log_warn(work->client->log, "instruction %" PRIu64 ": %s",
		 work->row->is.number, why.text);
	return refuse(work, INSTRUCTION_REFUSAL_FAILED,
		      "The machine could not be read. Try again later.");
}

/* Collected, staged, approved: only what is granted, as for the timer. */
static bool send_stage(struct work *work, unsigned services, struct err *err)
{
	struct client *client = work->client;
	const struct stage_order order = { AUTOMATIC_INSTRUCTION, "instruction",
					   services };
	char why[64], transaction[UUID_TEXT_SIZE];
	(void)snprintf(why, sizeof(why),
		       "instruction %" PRIu64 " of the server",
		       work->row->is.number);
	if (!timer_send(client, &order, &work->collected, why, transaction,
			err)) {
		return false;
	}
	buf_printf(&work->outcome, "Queued as transaction %s.", transaction);
	return true;
}

static bool send_commit(struct work *work, struct err *err)
{
	unsigned services;
	struct err why = { .kind = ERR_NONE };
	(void)err;
	if (instruction_services(&work->row->is, &services, &why) &&
	    send_stage(work, services, &why)) {
		return true;
	}
	log_warn(work->client->log, "instruction %" PRIu64 ": %s",
		 work->row->is.number, why.text);
	return refuse(work, INSTRUCTION_REFUSAL_FAILED,
		      why.kind == ERR_NOT_FOUND
			      ? "The machine tells nothing that these services "
				"send."
			      : "The documents could not be prepared. Try "
				"again later.");
}

/* ---- the others ---- */

static bool interval_commit(struct work *work, struct err *err)
{
	bool within = false;
	if (!checkins_wish(work->client->db, work->row->is.interval_s, &within,
			   err)) {
		return false;
	}
	if (!within) {
		return refuse(
			work, INSTRUCTION_REFUSAL_LIMITS,
			instruction_refusal_title(INSTRUCTION_REFUSAL_LIMITS));
	}
	buf_put_str(&work->outcome, "Checks in every ");
	checkin_put_span(&work->outcome, work->row->is.interval_s);
	buf_put_str(&work->outcome, " from now on.");
	return true;
}

static bool package_commit(struct work *work, struct err *err)
{
	(void)err;
	buf_printf(&work->outcome,
		   "A new package is available: %s. Packages are taken only by "
		   "hand here.",
		   work->row->is.package);
	return true;
}

static bool message_commit(struct work *work, struct err *err)
{
	(void)err;
	buf_put_str(&work->outcome,
		    "It is shown on Home until somebody marks it as read.");
	return true;
}

#define CERTIFICATE_MAX 65536

/* Names the certificate that is in use, as bytes of its file. */
static bool put_mark(const struct client *client, struct buf *mark,
		     struct err *err)
{
	struct buf pem = BUF_INIT;
	uint8_t hash[SHA256_SIZE];
	char hex[2 * SHA256_SIZE + 1];
	char *path = device_config_key_path(client->config,
					    IDENTITY_CERTIFICATE_FILE);
	bool ok = files_read(path, CERTIFICATE_MAX, &pem, err);
	if (ok) {
		sha256_bytes(pem.data, pem.len, hash);
		hex_encode(hex, hash, sizeof(hash));
		buf_printf(mark, "The renewal of %s began.", hex);
	}
	mem_free(path);
	buf_clear(&pem);
	return ok;
}

/* Is the certificate that is in use another one than when it began? */
static bool is_renewed(struct work *work, const char *began, bool *renewed,
		       struct err *err)
{
	struct buf mark = BUF_INIT;
	bool ok = put_mark(work->client, &mark, err);
	*renewed = ok && !text_equal(buf_str(&mark), began);
	buf_clear(&mark);
	return ok;
}

static bool renew(struct work *work, const char *began, struct err *err)
{
	bool renewed = false;
	int64_t next;
	if (!is_renewed(work, began, &renewed, err) ||
	    (!renewed && (!enrol_round(work->client, true, &next, err) ||
			  !is_renewed(work, began, &renewed, err)))) {
		return false;
	}
	if (!renewed) {
		return refuse(work, INSTRUCTION_REFUSAL_FAILED,
			      "The certificate could not be renewed now; the "
			      "device tries again by itself when it is due.");
	}
	buf_put_str(&work->outcome, "The certificate was renewed.");
	return true;
}

/* With a mark from before, another process began and died. */
static bool renew_prepare(struct work *work, struct err *err)
{
	struct buf mark = BUF_INIT;
	const char *before = work->row->outcome;
	bool ok = true;
	if (before[0] != '\0') {
		buf_put_str(&mark, before);
	} else {
		ok = put_mark(work->client, &mark, err) &&
		     instructions_begin(work->client->db, work->row->is.number,
					buf_str(&mark), err);
	}
	ok = ok && renew(work, buf_str(&mark), err);
	buf_clear(&mark);
	return ok;
}

static bool ledger_commit(struct work *work, struct err *err)
{
	const struct instruction *is = &work->row->is;
	(void)err;
	buf_printf(&work->outcome,
		   "Entries %" PRIu64 " to %" PRIu64 " are reported.", is->from,
		   is->to);
	return true;
}

/* ---- one after another ---- */

/* The grants at this moment. */
static bool check_grants(struct work *work, struct err *err)
{
	const struct instruction *is = &work->row->is;
	struct consents all;
	unsigned services = 0;
	struct err why = { .kind = ERR_NONE };
	if (!consent_read(work->client->db, work->client->now(), &all, err)) {
		return false;
	}
	if (acts[is->kind].remote && all.remote.state != CONSENT_ALLOWED) {
		return refuse(work, INSTRUCTION_REFUSAL_NOT_ALLOWED,
			      "Remote services are not allowed.");
	}
	if (!acts[is->kind].services) {
		return true;
	}
	if (!instruction_services(is, &services, &why)) {
		return refuse(work, INSTRUCTION_REFUSAL_NOT_ALLOWED, why.text);
	}
	return (services != 0 && (services & ~all.effective) == 0) ||
	       refuse(work, INSTRUCTION_REFUSAL_NOT_ALLOWED,
		      "Not every service that it names is allowed; nothing was "
		      "sent.");
}

/* The limits at this moment. */
static bool check_possible(struct work *work, struct err *err)
{
	bool possible = false;
	struct buf words = BUF_INIT;
	bool ok = instruction_possible(work->client, &work->row->is, &possible,
				       &words, err) &&
		  (possible ||
		   refuse(work, INSTRUCTION_REFUSAL_LIMITS, buf_str(&words)));
	buf_clear(&words);
	return ok;
}

/* What the customer says of the kind at this moment. */
static bool check_rule(struct work *work, struct err *err)
{
	const struct instruction *is = &work->row->is;
	struct instruction_rule rule;
	if (!instruction_rule_get(work->client->db, is->kind,
				  link_time(work->client), &rule, err)) {
		return false;
	}
	if (rule.policy == INSTRUCTION_ASK &&
	    text_equal(work->row->decided_by, INSTRUCTION_BY_POLICY)) {
		work->left = true;
		return instructions_ask_again(work->client->db, is->number,
					      work->client->now(), err);
	}
	return rule.policy != INSTRUCTION_NEVER ||
	       refuse(work, INSTRUCTION_REFUSAL_POLICY,
		      instruction_refusal_title(INSTRUCTION_REFUSAL_POLICY));
}

static bool finish(struct work *work, struct err *err)
{
	return instructions_finish(work->client->db, work->row->is.number,
				   work->refusal, buf_str(&work->outcome),
				   work->client->now(), err);
}

/* The deed and its outcome, or neither. *undone: commit() refused. */
static bool commit(struct work *work, bool *undone, struct err *err)
{
	struct db *db = work->client->db;
	bool (*run)(struct work *, struct err *) =
		acts[work->row->is.kind].commit;
	if (!db_begin(db, err)) {
		return false;
	}
	bool ok = run == NULL || work->refusal != INSTRUCTION_REFUSAL_NONE ||
		  run(work, err);
	*undone =
		ok && run != NULL && work->refusal != INSTRUCTION_REFUSAL_NONE;
	if (*undone) {
		db_rollback(db);
		return true;
	}
	return db_finish(db, ok && finish(work, err), err);
}

static bool carry_out(struct work *work, struct err *err)
{
	const struct act *act = &acts[work->row->is.kind];
	bool undone = false;
	if (work->refusal == INSTRUCTION_REFUSAL_NONE && act->prepare != NULL &&
	    !act->prepare(work, err)) {
		return false;
	}
	if (client_is_stopped(work->client)) {
		work->left = true; /* the next start has it */
		return true;
	}
	return commit(work, &undone, err) && (!undone || finish(work, err));
}

static bool do_one(struct work *work, struct err *err)
{
	if (work->row->is.kind == INSTRUCTION_UNSET) {
		return refuse(work, INSTRUCTION_REFUSAL_FORM,
			      "It cannot be read any more.") &&
		       finish(work, err);
	}
	if (!check_rule(work, err)) {
		return false;
	}
	return work->left ||
	       (check_grants(work, err) && check_possible(work, err) &&
		carry_out(work, err));
}

static bool do_next(struct client *client, const struct instruction_row *row,
		    unsigned *ended, struct err *err)
{
	struct work work = { .client = client, .row = row };
	bool ok = do_one(&work, err);
	if (ok && !work.left) {
		(*ended)++;
		log_info(client->log, "instruction %" PRIu64 ": %s",
			 row->is.number,
			 work.refusal == INSTRUCTION_REFUSAL_NONE
				 ? "carried out"
				 : instruction_refusal_name(work.refusal));
	}
	collected_clear(&work.collected);
	buf_clear(&work.outcome);
	return ok;
}

bool instructions_round(struct client *client, unsigned *ended, struct err *err)
{
	unsigned count = 0;
	bool ok = instructions_expire(client->db, link_time(client), err);
	while (ok && !client_is_stopped(client)) {
		struct instruction_row row;
		struct err why = { .kind = ERR_NONE };
		if (!instructions_next(client->db, &row, &why)) {
			ok = why.kind == ERR_NOT_FOUND ||
			     err_set(err, why.kind, "%s", why.text);
			break;
		}
		ok = do_next(client, &row, &count, err);
	}
	if (ended != NULL) {
		*ended = count;
	}
	return ok;
}
