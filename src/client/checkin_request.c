/*
 * What this device says when it checks in: how it is, how far it has come,
 * what became of instructions, and the head of its log with the proof that it
 * only grew, or what the owner said when it did not. No names, no readings,
 * nothing of jobs. The bytes are formats/checkin_request.c's.
 */
#include "client/checkin_parts.h"

#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/checkpoint.h"
#include "client/instructions.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "domain/continuation.h"
#include "domain/instructions.h"
#include "domain/jobs.h"
#include "domain/ledger.h"
#include "domain/recipient_list.h"
#include "domain/settings.h"
#include "domain/witnessed.h"

#define NONCE_BYTES ((CHECKIN_NONCE_SIZE - 1) / 2)
#define CLOCK_MAX INT64_C(253402300799) /* the end of the year 9999 */

static void put_nonce(struct checkin_request *r)
{
	uint8_t nonce[NONCE_BYTES];
	random_bytes(nonce, sizeof(nonce));
	hex_encode(r->nonce, nonce, sizeof(nonce));
}

/* A clock outside of all years is told as the nearest of them. */
static int64_t clock_of(int64_t now)
{
	if (now < 0) {
		return 0;
	}
	return now < CLOCK_MAX ? now : CLOCK_MAX;
}

static bool put_times(struct checkin_attempt *a, struct err *err)
{
	struct checkin_request *r = a->request;
	int64_t now = a->client->now();
	int64_t next = checkin_next(a->client->config->id, a->state.interval_s,
				    now, a->random);
	if (!checkin_allowed_at(a->client, &next, err)) {
		return false;
	}
	r->clock = clock_of(now);
	r->interval_s = a->state.interval_s;
	r->least_s = a->state.least_s;
	r->most_s = a->state.most_s;
	r->next_s = next > now ? next - now : 1;
	return true;
}

/* Without the vendor's key no list counts here. */
static bool put_numbers(struct checkin_attempt *a, struct err *err)
{
	struct client *client = a->client;
	struct checkin_request *r = a->request;
	struct note_verifier vendor;
	if (!instructions_last(client->db, &r->instruction, err) ||
	    !jobs_notices_last(client->db, &r->notices, err)) {
		return false;
	}
	return !recipient_list_vendor(client->config, &vendor, NULL) ||
	       recipient_list_number(client->db, &vendor, &r->recipients, err);
}

/* ---- the log ---- */

static bool put_key(struct checkin_attempt *a, struct err *err)
{
	struct note_verifier verifier;
	struct buf text = BUF_INIT;
	if (!note_verifier_of(a->client->ledger_name,
			      a->client->ledger_key.public_key, &verifier,
			      err)) {
		return false;
	}
	note_verifier_put(&text, &verifier);
	bool ok = text_copy(a->request->ledger_key,
			    sizeof(a->request->ledger_key), buf_str(&text)) ||
		  err_set(err, ERR_INVALID, "The log's key is too long.");
	buf_clear(&text);
	return ok;
}

/*
 * The newest signed head, with the proof from the one that the server has. One
 * that has more entries than this log gets no proof: it will say so.
 */
static bool put_head(struct checkin_attempt *a, uint64_t told, struct err *err)
{
	struct client *client = a->client;
	struct checkin_request *r = a->request;
	struct ledger_head head;
	struct buf note = BUF_INIT;
	bool ok = checkpoint_sign(client, err) &&
		  ledger_checkpoint_last(client->db, &head, &note, err) &&
		  (text_copy(r->checkpoint, sizeof(r->checkpoint),
			     buf_str(&note)) ||
		   err_set(err, ERR_INVALID, "The log's head is too long."));
	buf_clear(&note);
	if (!ok || told == 0 || told > head.size) {
		return ok;
	}
	r->old_size = told;
	return ledger_consistency(client->db, told, head.size, &r->proof, err);
}

/* A log that gives no proof any more is no reason to fall silent. */
static bool put_head_or_none(struct checkin_attempt *a, uint64_t told,
			     struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (put_head(a, told, &why)) {
		return true;
	}
	log_error(a->client->log, "no head of the log is sent: %s", why.text);
	a->request->checkpoint[0] = '\0';
	a->request->old_size = 0;
	a->request->proof.count = 0;
	return why.kind == ERR_INVALID || why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

/* Is this the first check-in with our certificate? */
static bool is_new_here(struct checkin_attempt *a, bool *is_new,
			struct err *err)
{
	const br_x509_certificate *own = &a->link.trust->chain[0];
	uint8_t hash[SHA256_SIZE];
	struct buf told = BUF_INIT;
	sha256_bytes(own->data, own->data_len, hash);
	hex_encode(a->certificate, hash, sizeof(hash));
	bool ok = settings_get(a->client->db, "ledger_key_told", &told, err);
	*is_new = !text_equal(buf_str(&told), a->certificate);
	buf_clear(&told);
	return ok;
}

static bool sign_statement(struct checkin_attempt *a, struct err *err)
{
	struct client *client = a->client;
	const struct note_signer signer = { client->ledger_name,
					    &client->ledger_key };
	struct checkin_continuation statement = { .had = 0 };
	struct buf text = BUF_INIT, note = BUF_INIT;
	(void)!text_copy(statement.device, sizeof(statement.device),
			 client->config->id);
	bool ok = continuation_statement(client->db, &statement, err);
	statement.at = clock_of(statement.at);
	ok = ok && checkin_continuation_put(&text, &statement, err) &&
	     note_sign(buf_str(&text), &signer, 1, &note, err) &&
	     continuation_keep_note(client->db, statement.size, buf_str(&note),
				    err);
	buf_clear(&note);
	buf_clear(&text);
	return ok;
}

/* What the owner acknowledged, as long as the server keeps the other head. */
static bool put_continuation(struct checkin_attempt *a, uint64_t told,
			     struct err *err)
{
	struct continuation last;
	struct buf note = BUF_INIT;
	if (!continuation_last(a->client->db, &last, err)) {
		return false;
	}
	if (!continuation_waits(&last, told)) {
		return true;
	}
	bool ok =
		(last.is_signed || sign_statement(a, err)) &&
		continuation_note(a->client->db, &note, err) &&
		(text_copy(a->request->continuation,
			   sizeof(a->request->continuation), buf_str(&note)) ||
		 err_set(err, ERR_INVALID,
			 "The statement about the log is too long."));
	buf_clear(&note);
	return ok;
}

static bool put_log(struct checkin_attempt *a, struct err *err)
{
	struct witnessed w;
	bool due = false, is_new = false;
	if (!witnessed_read(a->client->db, &w, err) ||
	    !witnessed_due(a->client->db, a->client->now(), &due, err) ||
	    !is_new_here(a, &is_new, err)) {
		return false;
	}
	return (!is_new || put_key(a, err)) &&
	       put_continuation(a, w.told, err) &&
	       (!(due || is_new) || put_head_or_none(a, w.told, err));
}

bool checkin_make_request(struct checkin_attempt *a, struct err *err)
{
	a->request = mem_zalloc(sizeof(*a->request));
	struct checkin_request *r = a->request;
	(void)!text_copy(r->device, sizeof(r->device), a->client->config->id);
	(void)!text_copy(r->version, sizeof(r->version), PACKAGE_VERSION);
	put_nonce(r);
	return put_times(a, err) && put_numbers(a, err) &&
	       instructions_report(a->client, r, NULL, err) &&
	       put_log(a, err) && checkin_request_put(&a->text, r, err);
}

void checkin_clear_request(struct checkin_attempt *a)
{
	mem_free(a->request);
	buf_clear(&a->text);
	a->request = NULL;
}
