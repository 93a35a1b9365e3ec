/*
 * A device's check-in as XML, both ways. What its values mean is
 * client/checkin.c's and server/checkins.c's; the answer is checkin_answer.c's.
 *
 *	<CheckIn xmlns="urn:sluice:checkin:1" device nonce version clock
 *	    interval least most next instruction notices recipients>
 *	  <Outcome number result at>text</Outcome>            0..32
 *	  <LedgerKey>verifier key</LedgerKey>                 0..1
 *	  <Checkpoint oldSize>signed note</Checkpoint>        0..1
 *	  <Proof>base64 of a hash</Proof>                     0..63
 *	  <Continuation>signed note</Continuation>            0..1
 *	  <Row sequence leaf kind transaction bytes sha256 result/>  0..100
 *	</CheckIn>
 *
 * The elements stand in this order; proofs only after a checkpoint, and none
 * when oldSize is 0. No element or attribute besides.
 */
#include "formats/checkin.h"

#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/checkin_attributes.h"
#include "formats/xml_reader.h"
#include "formats/xml_writer.h"

#define INTERVAL_MAX ((uint64_t)CHECKIN_INTERVAL_MAX_S)

#define TEXT_AT(type, field) \
	.offset = offsetof(type, field), .size = sizeof(((type *)NULL)->field)
#define AT(type, field) .offset = offsetof(type, field)
#define INTERVAL .kind = CHECKIN_NUMBER, .least = 1, .most = INTERVAL_MAX

static const struct checkin_attribute head[] = {
	{ "device", CHECKIN_LINE, TEXT_AT(struct checkin_request, device) },
	{ "nonce", CHECKIN_NONCE, TEXT_AT(struct checkin_request, nonce) },
	{ "version", CHECKIN_LINE, TEXT_AT(struct checkin_request, version) },
	{ "clock", CHECKIN_TIME, AT(struct checkin_request, clock) },
	{ "interval", INTERVAL, AT(struct checkin_request, interval_s) },
	{ "least", INTERVAL, AT(struct checkin_request, least_s) },
	{ "most", INTERVAL, AT(struct checkin_request, most_s) },
	{ "next", INTERVAL, AT(struct checkin_request, next_s) },
	{ "instruction", CHECKIN_NUMBER,
	  AT(struct checkin_request, instruction) },
	{ "notices", CHECKIN_NUMBER, AT(struct checkin_request, notices) },
	{ "recipients", CHECKIN_NUMBER,
	  AT(struct checkin_request, recipients) },
	{ .name = NULL },
};

static const struct checkin_attribute outcome_head[] = {
	{ "number", CHECKIN_NUMBER, AT(struct checkin_outcome, number),
	  .least = 1 },
	{ "result", CHECKIN_WORD, TEXT_AT(struct checkin_outcome, result) },
	{ "at", CHECKIN_TIME, AT(struct checkin_outcome, at) },
	{ .name = NULL },
};

static const struct checkin_attribute checkpoint_head[] = {
	{ "oldSize", CHECKIN_NUMBER, AT(struct checkin_request, old_size) },
	{ .name = NULL },
};

static const struct checkin_attribute row_head[] = {
	{ "sequence", CHECKIN_NUMBER, AT(struct checkin_row, sequence) },
	{ "leaf", CHECKIN_HASH, TEXT_AT(struct checkin_row, leaf) },
	{ "kind", CHECKIN_WORD, TEXT_AT(struct checkin_row, kind) },
	{ "transaction", CHECKIN_UUID, TEXT_AT(struct checkin_row, transaction),
	  .optional = true },
	{ "bytes", CHECKIN_NUMBER, AT(struct checkin_row, bytes),
	  .optional = true },
	{ "sha256", CHECKIN_HASH, TEXT_AT(struct checkin_row, sha256),
	  .optional = true },
	{ "result", CHECKIN_WORD, TEXT_AT(struct checkin_row, result),
	  .optional = true },
	{ .name = NULL },
};

static const struct checkin_attribute nothing[] = { { .name = NULL } };

/* ---- what both ways check ---- */

static bool wrong(const char *what, struct err *err)
{
	return err_set(err, ERR_INVALID, "The check-in has no good %s.", what);
}

/* Lines of UTF-8 without control characters, the last one ended. */
static bool is_note(const char *text)
{
	struct reader r = reader_of(text, strlen(text));
	const char *line;
	size_t len;
	bool ok = r.left > 0;
	while (ok && r.left > 0) {
		ok = reader_line(&r, &line, &len) &&
		     text_is_one_line(line, len);
	}
	return ok;
}

static bool is_key(const char *text)
{
	struct note_verifier verifier;
	return note_verifier_parse(text, &verifier, NULL);
}

/* What no single value can say. */
static bool check_whole(const struct checkin_request *r, struct err *err)
{
	if (r->least_s > r->most_s) {
		return wrong("\"most\"", err);
	}
	if (r->checkpoint[0] == '\0'
		    ? r->old_size != 0 || r->proof.count != 0
		    : r->old_size == 0 && r->proof.count != 0) {
		return wrong("Proof", err);
	}
	return true;
}

/* ---- writing ---- */

static bool put_outcomes(struct xml_writer *w, const struct checkin_request *r,
			 struct err *err)
{
	for (size_t i = 0; i < r->outcomes_count; i++) {
		const struct checkin_outcome *o = &r->outcomes[i];
		xml_start(w, "Outcome");
		if (!checkin_attributes_put(w, outcome_head, o, err)) {
			return false;
		}
		if (!text_is_shown(o->text, strlen(o->text))) {
			return wrong("Outcome", err);
		}
		xml_text(w, o->text);
		xml_end(w);
	}
	return true;
}

static bool put_head(struct xml_writer *w, const struct checkin_request *r,
		     struct err *err)
{
	xml_start(w, "Checkpoint");
	if (!checkin_attributes_put(w, checkpoint_head, r, err)) {
		return false;
	}
	if (!is_note(r->checkpoint)) {
		return wrong("Checkpoint", err);
	}
	xml_text(w, r->checkpoint);
	xml_end(w);
	for (size_t i = 0; i < r->proof.count; i++) {
		struct buf hash = BUF_INIT;
		base64_put(&hash, r->proof.hash[i], MERKLE_HASH_SIZE);
		xml_element(w, "Proof", buf_str(&hash));
		buf_clear(&hash);
	}
	return true;
}

static bool put_ledger(struct xml_writer *w, const struct checkin_request *r,
		       struct err *err)
{
	if (r->ledger_key[0] != '\0') {
		if (!is_key(r->ledger_key)) {
			return wrong("LedgerKey", err);
		}
		xml_element(w, "LedgerKey", r->ledger_key);
	}
	return r->checkpoint[0] == '\0' || put_head(w, r, err);
}

static bool put_continuation(struct xml_writer *w,
			     const struct checkin_request *r, struct err *err)
{
	if (r->continuation[0] == '\0') {
		return true;
	}
	if (!is_note(r->continuation)) {
		return wrong("Continuation", err);
	}
	xml_element(w, "Continuation", r->continuation);
	return true;
}

static bool put_rows(struct xml_writer *w, const struct checkin_request *r,
		     struct err *err)
{
	for (size_t i = 0; i < r->rows_count; i++) {
		xml_start(w, "Row");
		if (!checkin_attributes_put(w, row_head, &r->rows[i], err)) {
			return false;
		}
		xml_end(w);
	}
	return true;
}

static bool put(struct buf *text, const struct checkin_request *r,
		struct err *err)
{
	struct xml_writer w;
	if (r->outcomes_count > CHECKIN_OUTCOMES_MAX ||
	    r->rows_count > CHECKIN_ROWS_MAX ||
	    r->proof.count > CHECKIN_PROOF_MAX) {
		return err_set(err, ERR_LIMIT,
			       "The check-in has too many parts.");
	}
	xml_writer_init(&w, text);
	xml_declaration(&w);
	xml_start(&w, "CheckIn");
	xml_attr(&w, "xmlns", CHECKIN_NAMESPACE);
	if (!check_whole(r, err) || !checkin_attributes_put(&w, head, r, err) ||
	    !put_outcomes(&w, r, err) || !put_ledger(&w, r, err) ||
	    !put_continuation(&w, r, err) || !put_rows(&w, r, err)) {
		return false;
	}
	xml_end(&w);
	return text->len <= CHECKIN_REQUEST_MAX ||
	       err_set(err, ERR_LIMIT, "The check-in is too long.");
}

bool checkin_request_put(struct buf *out, const struct checkin_request *request,
			 struct err *err)
{
	struct buf text = BUF_INIT;
	bool ok = put(&text, request, err);
	if (ok) {
		buf_put(out, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}

/* ---- reading ---- */

/* In the order in which they may stand. */
enum element {
	IN_NOTHING = 0,
	CHECK_IN,
	OUTCOME,
	LEDGER_KEY,
	CHECKPOINT,
	PROOF,
	CONTINUATION,
	ROW
};

struct reading {
	struct checkin_request request;
	unsigned depth;
	enum element last; /* that began */
	bool has_text;     /* of the open element */
};

static bool too_many(struct err *err)
{
	return err_set(err, ERR_LIMIT, "there are too many of these elements");
}

static void *place_of_request(struct reading *r)
{
	return &r->request;
}

static void *place_of_outcome(struct reading *r)
{
	struct checkin_request *q = &r->request;
	return q->outcomes_count < CHECKIN_OUTCOMES_MAX
		       ? &q->outcomes[q->outcomes_count++]
		       : NULL;
}

static void *place_of_row(struct reading *r)
{
	struct checkin_request *q = &r->request;
	return q->rows_count < CHECKIN_ROWS_MAX ? &q->rows[q->rows_count++]
						: NULL;
}

static void *place_of_proof(struct reading *r)
{
	struct merkle_proof *proof = &r->request.proof;
	return proof->count < CHECKIN_PROOF_MAX ? proof->hash[proof->count++]
						: NULL;
}

static bool set_outcome(struct reading *r, const char *text, size_t len)
{
	struct checkin_request *q = &r->request;
	struct checkin_outcome *o = &q->outcomes[q->outcomes_count - 1];
	return text_is_shown(text, len) &&
	       text_copy(o->text, sizeof(o->text), text);
}

static bool set_key(struct reading *r, const char *text, size_t len)
{
	(void)len;
	return is_key(text) && text_copy(r->request.ledger_key,
					 sizeof(r->request.ledger_key), text);
}

static bool set_checkpoint(struct reading *r, const char *text, size_t len)
{
	(void)len;
	return is_note(text) && text_copy(r->request.checkpoint,
					  sizeof(r->request.checkpoint), text);
}

static bool set_continuation(struct reading *r, const char *text, size_t len)
{
	(void)len;
	return is_note(text) &&
	       text_copy(r->request.continuation,
			 sizeof(r->request.continuation), text);
}

static bool set_proof(struct reading *r, const char *text, size_t len)
{
	struct merkle_proof *proof = &r->request.proof;
	struct buf hash = BUF_INIT;
	bool ok =
		base64_decode(&hash, text, len) && hash.len == MERKLE_HASH_SIZE;
	if (ok) {
		memcpy(proof->hash[proof->count - 1], hash.data, hash.len);
	}
	buf_clear(&hash);
	return ok;
}

/* clang-format off */
static const struct rule {
	const char *name;
	const struct checkin_attribute *attributes;
	void *(*place)(struct reading *r); /* of them; NULL = no more fits */
	bool (*set)(struct reading *r, const char *text, size_t len);
	bool many;     /* may stand more than once */
	bool has_text; /* must have some */
	enum element after; /* must have stood before it */
} rules[] = {
	[OUTCOME] = { "Outcome", outcome_head, place_of_outcome, set_outcome,
		      true, false, CHECK_IN },
	[LEDGER_KEY] = { "LedgerKey", nothing, place_of_request, set_key,
			 false, true, CHECK_IN },
	[CHECKPOINT] = { "Checkpoint", checkpoint_head, place_of_request,
			 set_checkpoint, false, true, CHECK_IN },
	[PROOF] = { "Proof", nothing, place_of_proof, set_proof,
		    true, true, CHECKPOINT },
	[CONTINUATION] = { "Continuation", nothing, place_of_request,
			   set_continuation, false, true, CHECK_IN },
	[ROW] = { "Row", row_head, place_of_row, NULL, true, false, CHECK_IN },
};
/* clang-format on */

static enum element element_of(const char *name)
{
	for (int i = OUTCOME; i <= ROW; i++) {
		if (text_equal(rules[i].name, name)) {
			return (enum element)i;
		}
	}
	return IN_NOTHING;
}

static bool start_part(struct reading *r, const char *name,
		       const char *const *attrs, struct err *err)
{
	enum element e = element_of(name);
	const struct rule *rule = &rules[e];
	if (e == IN_NOTHING || e < r->last || r->last < rule->after ||
	    (e == r->last && !rule->many)) {
		return err_set(err, ERR_INVALID, "%.40s cannot stand here",
			       name);
	}
	void *place = rule->place(r);
	r->last = e;
	r->has_text = false;
	return place == NULL ? too_many(err)
			     : checkin_attributes_read(attrs, rule->attributes,
						       place, err);
}

static bool on_start(void *ctx, const char *name, const char *const *attrs,
		     struct err *err)
{
	struct reading *r = ctx;
	r->depth++;
	if (r->depth == 2) {
		return start_part(r, name, attrs, err);
	}
	if (r->depth > 2 || !text_equal(name, "CheckIn")) {
		return err_set(err, ERR_INVALID, "%.40s cannot stand here",
			       name);
	}
	r->last = CHECK_IN;
	return checkin_attributes_read(attrs, head, &r->request, err);
}

static bool on_text(void *ctx, const char *text, size_t len, struct err *err)
{
	struct reading *r = ctx;
	if (r->depth < 2) {
		return strspn(text, " \t\r\n") == len ||
		       err_set(err, ERR_INVALID, "there is text in between");
	}
	const struct rule *rule = &rules[r->last];
	r->has_text = true;
	return (rule->set != NULL && rule->set(r, text, len)) ||
	       wrong(rule->name, err);
}

static bool on_end(void *ctx, const char *name, struct err *err)
{
	struct reading *r = ctx;
	(void)name;
	r->depth--;
	return r->depth == 0 || r->has_text || !rules[r->last].has_text ||
	       wrong(rules[r->last].name, err);
}

bool checkin_request_read(const void *data, size_t len,
			  struct checkin_request *request, struct err *err)
{
	static const struct xml_limits limits = {
		.bytes = CHECKIN_REQUEST_MAX,
		.depth = 3,
		.attributes = 16,
		.text = CHECKIN_NOTE_MAX,
		.elements = 5 + CHECKIN_OUTCOMES_MAX + CHECKIN_PROOF_MAX +
			    CHECKIN_ROWS_MAX,
	};
	static const struct xml_callbacks callbacks = { on_start, on_text,
							on_end };
	struct reading *r = mem_zalloc(sizeof(*r));
	struct xml_reader *reader =
		xml_reader_new(CHECKIN_NAMESPACE, &limits, &callbacks, r);
	bool ok = xml_reader_feed(reader, data, len, err) &&
		  xml_reader_finish(reader, err) &&
		  check_whole(&r->request, err);
	if (ok) {
		*request = r->request;
	}
	xml_reader_free(reader);
	mem_free(r);
	return ok;
}
