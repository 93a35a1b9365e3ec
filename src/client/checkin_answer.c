/*
 * What the server says to a check-in: whether it is to be believed, and what
 * it changes. The time in it is fresh, because our nonce is; whatever else it
 * tells is only a number to compare, or a wish that our limits bound.
 */
#include "client/checkin_parts.h"

#include "base/text.h"
#include "base/zone.h"
#include "client/instructions.h"
#include "client/job_notices.h"
#include "domain/automatic.h"
#include "domain/settings.h"
#include "domain/time_known.h"
#include "domain/witnessed.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"

bool checkin_believe(const struct checkin_attempt *a, const struct buf *note,
		     struct checkin_answer *answer, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (!checkin_answer_read(buf_str(note), note->len, &a->link.verifier,
				 answer, &why)) {
		return err_set(err, ERR_RETRY,
			       "The server's answer cannot be believed. %s "
			       "Ask the vendor to check the server.",
			       why.text);
	}
	if (!text_equal(answer->device, a->request->device) ||
	    !text_equal(answer->nonce, a->request->nonce)) {
		return err_set(err, ERR_RETRY,
			       "The server's answer is for another device or "
			       "another question. Ask the vendor to check the "
			       "server.");
	}
	return true;
}

bool checkin_allowed_at(struct client *client, int64_t *at, struct err *err)
{
	struct timetable hours;
	if (!automatic_hours(client->db, client->config->id, zone_offset,
			     &hours, err)) {
		return false;
	}
	*at = timetable_allowed(&hours, *at);
	return true;
}

/* The head that we sent, with the server's signature beside ours. */
static bool keep_head(struct checkin_attempt *a,
		      const struct checkin_answer *answer, struct err *err)
{
	const char *note = a->request->checkpoint;
	size_t len = strlen(note);
	struct note_verifier own;
	struct checkpoint head;
	struct buf both = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	int64_t at = 0;
	bool good = note_verifier_of(a->client->ledger_name,
				     a->client->ledger_key.public_key, &own,
				     &why) &&
		    checkpoint_read(note, len, &own, &head, &why) &&
		    cosignature_check(note, len, answer->cosignature,
				      &a->link.verifier, &at, &why) &&
		    cosignature_add(note, len, a->link.verifier.name,
				    answer->cosignature, &both, &why);
	bool ok = true;
	if (!good) {
		log_warn(a->client->log, "the log's head: %s", why.text);
	} else {
		ok = witnessed_keep(a->client->db, head.size, buf_str(&both),
				    at, err);
	}
	buf_clear(&both);
	return ok;
}

static bool keep_witness(struct checkin_attempt *a,
			 const struct checkin_answer *answer, struct err *err)
{
	bool sent = a->request->checkpoint[0] != '\0';
	if (sent && answer->cosignature[0] != '\0' &&
	    !keep_head(a, answer, err)) {
		return false;
	}
	return witnessed_told(a->client->db, answer->witnessed,
			      sent ? answer->witness_problem : NULL,
			      answer->time, a->client->now(), err);
}

/*
 * The server knows the log's key by now, and what became of instructions. One
 * that asks for another proof may have lost the key with the rest.
 */
static bool keep_told(struct checkin_attempt *a,
		      const struct checkin_answer *answer, struct err *err)
{
	bool again = text_equal(answer->witness_problem, "proof");
	const char *told = again ? "" : a->certificate;
	return instructions_told(a->client, a->request, err) &&
	       ((a->request->ledger_key[0] == '\0' && !again) ||
		settings_set(a->client->db, "ledger_key_told", told, err));
}

static bool plan_next(struct checkin_attempt *a, int64_t wished_s,
		      int64_t *next, struct err *err)
{
	*next = checkin_next(a->client->config->id,
			     checkin_interval(&a->state, wished_s),
			     a->client->now(), a->random);
	return checkin_allowed_at(a->client, next, err);
}

static bool keep(struct checkin_attempt *a, const struct checkin_end *end,
		 const struct checkin_answer *answer, struct err *err)
{
	struct db *db = a->client->db;
	int64_t now = a->client->now();
	return checkins_end(db, end, now, err) &&
	       time_known_learn(db, TIME_SOURCE_CHECKIN, answer->time,
				a->asked_at, now, NULL, err) &&
	       keep_witness(a, answer, err) && keep_told(a, answer, err);
}

bool checkin_keep(struct checkin_attempt *a, const struct buf *note,
		  const struct checkin_answer *answer, uint64_t bytes_out,
		  uint64_t bytes_in, struct err *err)
{
	struct checkin_end end = {
		.number = a->number,
		.answer = buf_str(note),
		.bytes_out = bytes_out,
		.bytes_in = bytes_in,
		.wished_s = answer->interval_s,
	};
	struct db *db = a->client->db;
	return plan_next(a, answer->interval_s, &end.next_at, err) &&
	       db_begin(db, err) &&
	       db_finish(db, keep(a, &end, answer, err), err);
}

/* ---- what is newer ---- */

/* Once for each number, taken in or not: a bad list is not fetched for ever. */
static bool fetch_recipients(struct checkin_attempt *a, struct ask_way *way,
			     uint64_t number, struct err *err)
{
	struct db *db = a->client->db;
	struct buf fetched = BUF_INIT, wanted = BUF_INIT;
	buf_printf(&wanted, "%llu", (unsigned long long)number);
	bool ok = settings_get(db, "recipients_fetched", &fetched, err);
	bool news = !text_equal(buf_str(&fetched), buf_str(&wanted));
	if (ok && news) {
		ok = job_notices_recipients(a->client, way, err);
		/* A connection that broke is no answer. */
		if (ok || err->kind != ERR_RETRY) {
			ok = settings_set(db, "recipients_fetched",
					  buf_str(&wanted), err) &&
			     ok;
		}
	}
	buf_clear(&wanted);
	buf_clear(&fetched);
	return ok;
}

/* It may remember outcomes that this database does not. */
static bool follow_instructions(struct checkin_attempt *a, struct ask_way *way,
				const struct checkin_answer *answer,
				struct err *err)
{
	struct client *client = a->client;
	return (answer->answered <= a->request->instruction ||
		instructions_catch_up(client, way, answer->answered, err)) &&
	       instructions_fetch(client, way, answer->instruction, err) &&
	       instructions_round(client, NULL, err);
}

void checkin_follow(struct checkin_attempt *a, struct ask_way *way,
		    const struct checkin_answer *answer)
{
	const struct checkin_request *r = a->request;
	struct client *client = a->client;
	struct err why = { .kind = ERR_NONE };
	if (answer->instruction > r->instruction &&
	    !follow_instructions(a, way, answer, &why)) {
		log_warn(client->log, "instructions: %s", why.text);
	}
	err_reset(&why);
	if (answer->notices > r->notices &&
	    !job_notices_fetch(client, way, &a->link.verifier, &why)) {
		log_warn(client->log, "notices of job data: %s", why.text);
	}
	err_reset(&why);
	if (answer->recipients > r->recipients &&
	    !fetch_recipients(a, way, answer->recipients, &why)) {
		log_warn(client->log, "list of recipients: %s", why.text);
	}
}
