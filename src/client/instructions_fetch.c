/*
 * Instructions come one by one, each under the next number of this device, and
 * are believed only when the vendor's key signed them, for this device, with
 * this number, and their time is not over. What fails is kept under the number
 * that was asked for, so that it is told to both sides and not asked for
 * again. Nothing is carried out here: that is instructions.c's, when the
 * customer's policy or a person says so.
 */
#include "client/instructions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/link.h"
#include "domain/consent.h"
#include "domain/instructions.h"

/* One answer of the server and what is found about it. */
struct fetched {
	uint64_t number; /* that was asked for */
	const char *note;
	size_t len;
	struct instruction is; /* as far as it was read */
	bool read;             /* enough to show who asks and why */
	enum instruction_refusal refusal;
};

static bool refuse(struct fetched *f, enum instruction_refusal refusal,
		   struct err *why)
{
	f->refusal = refusal;
	return err_set(why, ERR_DENIED, "%s",
		       instruction_refusal_title(refusal));
}

/* Is it signed, in form and of a kind that is known? */
static bool check_note(const struct client *client, struct fetched *f,
		       struct err *why)
{
	struct note_verifier verifier;
	struct err own = { .kind = ERR_NONE };
	if (!note_verifier_load(client->config->instruction_verifier, &verifier,
				&own)) {
		/* The server is told what why says, so it names no file. */
		log_warn(client->log, "%s", own.text);
		f->refusal = INSTRUCTION_REFUSAL_SIGNATURE;
		return err_set(why, ERR_DENIED,
			       "This device has no key to check instructions "
			       "with; it needs the server's "
			       "instruction.verifier.");
	}
	if (instruction_read(f->note, f->len, &verifier, &f->is, &f->refusal,
			     why)) {
		f->read = true;
		return true;
	}
	f->read = f->refusal == INSTRUCTION_REFUSAL_UNKNOWN ||
		  f->refusal == INSTRUCTION_REFUSAL_JOB_DATA;
	return false;
}

static bool check_number(const struct client *client, struct fetched *f,
			 struct err *why)
{
	if (!text_equal(f->is.device, client->config->id)) {
		return refuse(f, INSTRUCTION_REFUSAL_DEVICE, why);
	}
	return f->is.number == f->number ||
	       refuse(f,
		      f->is.number < f->number ? INSTRUCTION_REFUSAL_REPLAY
					       : INSTRUCTION_REFUSAL_ORDER,
		      why);
}

/* What only this device can know. */
static bool check_place(struct client *client, struct fetched *f,
			struct err *why)
{
	if (!check_number(client, f, why)) {
		return false;
	}
	return f->is.expires_at > link_time(client) ||
	       refuse(f, INSTRUCTION_REFUSAL_EXPIRED, why);
}

/* Nobody is asked to allow a service because the vendor wants it. */
static bool check_services(struct client *client, struct fetched *f,
			   struct err *why)
{
	struct consents all;
	unsigned services = 0;
	if (f->is.kind != INSTRUCTION_SEND) {
		return true;
	}
	if (!consent_read(client->db, client->now(), &all, why)) {
		return false;
	}
	if (!instruction_services(&f->is, &services, why)) {
		f->refusal = INSTRUCTION_REFUSAL_NOT_ALLOWED;
		return false;
	}
	return (services & ~all.effective) == 0 ||
	       refuse(f, INSTRUCTION_REFUSAL_NOT_ALLOWED, why);
}

/* Nor is anybody asked for what no answer could bring about. */
static bool check_possible(struct client *client, struct fetched *f,
			   struct err *why)
{
	bool possible = false;
	struct buf words = BUF_INIT;
	if (!instruction_possible(client, &f->is, &possible, &words, why)) {
		return false;
	}
	if (!possible) {
		f->refusal = INSTRUCTION_REFUSAL_LIMITS;
		err_set(why, ERR_DENIED, "%s", buf_str(&words));
	}
	buf_clear(&words);
	return possible;
}

static bool keep_refused(struct client *client, const struct fetched *f,
			 const struct err *why, struct err *err)
{
	log_warn(client->log, "instruction %" PRIu64 " is refused: %s",
		 f->number, why->text);
	/* Whoever cannot be believed gets no word of his own into the log. */
	bool whole = f->note != NULL && memchr(f->note, '\0', f->len) == NULL;
	return instructions_take_refused(client->db, f->number,
					 f->read ? &f->is : NULL,
					 whole ? f->note : NULL, f->refusal,
					 why->text, client->now(), err);
}

static bool take(struct client *client, const struct fetched *f,
		 struct err *err)
{
	enum instruction_state state = INSTRUCTION_STATE_UNSET;
	if (!instructions_take(client->db, &f->is, f->note, client->now(),
			       &state, err)) {
		return false;
	}
	log_info(client->log, "instruction %" PRIu64 " (%s): %s", f->number,
		 instruction_kind_name(f->is.kind),
		 instruction_state_name(state));
	return true;
}

static bool check_and_take(struct client *client, struct fetched *f,
			   struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (check_note(client, f, &why) && check_place(client, f, &why) &&
	    check_services(client, f, &why) &&
	    check_possible(client, f, &why)) {
		return take(client, f, err);
	}
	return f->refusal != INSTRUCTION_REFUSAL_NONE
		       ? keep_refused(client, f, &why, err)
		       : err_set(err, why.kind, "%s", why.text);
}

/* One that is longer than any may be; nobody has read it to its end. */
static bool keep_too_long(struct client *client, uint64_t number,
			  struct err *err)
{
	struct fetched f = { .number = number,
			     .refusal = INSTRUCTION_REFUSAL_FORM };
	struct err why = { .kind = ERR_NONE };
	err_set(&why, ERR_LIMIT, "The instruction is longer than %d bytes.",
		INSTRUCTION_MAX_BYTES);
	return keep_refused(client, &f, &why, err);
}

static bool ask_for(struct ask_way *way, uint64_t number,
		    struct http_answer *answer, struct err *err)
{
	char target[sizeof(INSTRUCTIONS_TARGET) + 24];
	(void)snprintf(target, sizeof(target), INSTRUCTIONS_TARGET "%" PRIu64,
		       number);
	const struct ask ask = { .method = "GET",
				 .target = target,
				 .answer_bytes = INSTRUCTION_MAX_BYTES };
	return ask_do(way, &ask, answer, err);
}

/* *more: may the next one be asked for? */
static bool fetch_one(struct client *client, struct ask_way *way,
		      uint64_t number, bool *more, struct err *err)
{
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct err why = { .kind = ERR_NONE };
	*more = true;
	if (!ask_for(way, number, &answer, &why)) {
		return way->too_long ? keep_too_long(client, number, err)
				     : err_set(err, why.kind, "%s", why.text);
	}
	bool ok = true;
	if (answer.head.status == 200) {
		struct fetched f = { .number = number,
				     .note = buf_str(&answer.body),
				     .len = answer.body.len };
		ok = check_and_take(client, &f, err);
	} else {
		/* It stays the next one to ask for. */
		(void)ask_refused(way, &answer, &why);
		log_warn(client->log, "instruction %" PRIu64 ": %s", number,
			 why.text);
		*more = false;
	}
	http_answer_clear(&answer);
	return ok;
}

/*
 * Is it one that the vendor signed for this device under this number? What it
 * asks for does not count any more, nor whether it is over.
 */
static bool was_made(struct client *client, struct fetched *f, struct err *why)
{
	return (check_note(client, f, why) || f->read) &&
	       check_number(client, f, why);
}

bool instructions_catch_up(struct client *client, struct ask_way *way,
			   uint64_t number, struct err *err)
{
	struct http_answer answer = HTTP_ANSWER_INIT;
	struct err why = { .kind = ERR_NONE };
	if (!ask_for(way, number, &answer, err)) {
		return false;
	}
	bool ok = answer.head.status == 200 || ask_refused(way, &answer, err);
	if (ok) {
		struct fetched f = { .number = number,
				     .note = buf_str(&answer.body),
				     .len = answer.body.len };
		if (was_made(client, &f, &why)) {
			ok = instructions_pass_over(client->db, number,
						    client->now(), err);
		} else {
			log_warn(client->log,
				 "the server says that instruction %" PRIu64
				 " was answered, and does not show it: %s",
				 number, why.text);
		}
	}
	http_answer_clear(&answer);
	return ok;
}

/* How many may be fetched now. */
static bool most_now(struct client *client, uint64_t *most, struct err *err)
{
	uint64_t taken;
	if (!instructions_taken(client->db, client->now(), &taken, err)) {
		return false;
	}
	uint64_t left =
		taken < INSTRUCTIONS_A_DAY ? INSTRUCTIONS_A_DAY - taken : 0;
	if (left == 0) {
		log_info(client->log,
			 "%d instructions came within a day; the others wait",
			 INSTRUCTIONS_A_DAY);
	}
	*most = left < INSTRUCTIONS_AT_ONCE ? left : INSTRUCTIONS_AT_ONCE;
	return true;
}

bool instructions_fetch(struct client *client, struct ask_way *way,
			uint64_t number, struct err *err)
{
	uint64_t last, most;
	bool more = true;
	if (!instructions_last(client->db, &last, err) ||
	    !most_now(client, &most, err)) {
		return false;
	}
	for (uint64_t i = 0; more && i < most; i++) {
		if (last + i >= number || client_is_stopped(client)) {
			break;
		}
		if (!fetch_one(client, way, last + i + 1, &more, err)) {
			return false;
		}
	}
	return true;
}
