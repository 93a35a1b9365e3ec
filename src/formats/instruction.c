/*
 * Instructions: the closed list of what a server may ask, and the form of the
 * note that asks. Signatures are note.c's, lines note_fields.c's. Who signs is
 * server/instructions.c, who believes and carries out client/instructions.c.
 *
 * Byte by byte: kind of note LF; device, number, kind, issued, expires, by,
 * reason; then the lines of the kind as the table "kinds" has them. A line is
 * the name, one space, the value, LF. Numbers have no zero in front, times are
 * RFC 3339 in UTC with seconds. One instruction has one text.
 */
#include "formats/instruction.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "formats/note_fields.h"

/* The lines, in this order. */
enum line {
	LINE_DEVICE,
	LINE_NUMBER,
	LINE_KIND,
	LINE_ISSUED,
	LINE_EXPIRES,
	LINE_BY,
	LINE_REASON,
	LINE_SERVICES,
	LINE_INTERVAL,
	LINE_PACKAGE,
	LINE_MESSAGE,
	LINE_FROM,
	LINE_TO,
	LINES
};
#define HEAD_LINES (LINE_REASON + 2) /* with that of the kind of note */
#define BIT(line) (1u << (line))

static const struct note_format format = {
	.kind = "sluice.instruction/v1",
	.fields = {
		[LINE_DEVICE] = { "device", NOTE_FIELD_ONE },
		[LINE_NUMBER] = { "number", NOTE_FIELD_ONE },
		[LINE_KIND] = { "kind", NOTE_FIELD_ONE },
		[LINE_ISSUED] = { "issued", NOTE_FIELD_ONE },
		[LINE_EXPIRES] = { "expires", NOTE_FIELD_ONE },
		[LINE_BY] = { "by", NOTE_FIELD_ONE },
		[LINE_REASON] = { "reason", NOTE_FIELD_ONE },
		[LINE_SERVICES] = { "services", NOTE_FIELD_OPTIONAL },
		[LINE_INTERVAL] = { "interval", NOTE_FIELD_OPTIONAL },
		[LINE_PACKAGE] = { "package", NOTE_FIELD_OPTIONAL },
		[LINE_MESSAGE] = { "message", NOTE_FIELD_OPTIONAL },
		[LINE_FROM] = { "from", NOTE_FIELD_OPTIONAL },
		[LINE_TO] = { "to", NOTE_FIELD_OPTIONAL },
		[LINES] = { NULL, NOTE_FIELD_UNSET },
	},
};

/* All that can be asked; there is no way to add to it from outside. */
static const struct {
	const char *name;
	const char *title;
	unsigned lines; /* after the reason: these and no others */
} kinds[INSTRUCTION_KINDS] = {
	[INSTRUCTION_UNSET] = { "", "", 0 },
	[INSTRUCTION_SEND] = { "send", "Send documents now",
			       BIT(LINE_SERVICES) },
	[INSTRUCTION_INTERVAL] = { "interval", "Check in at another interval",
				   BIT(LINE_INTERVAL) },
	[INSTRUCTION_PACKAGE] = { "package", "Tell of a new package",
				  BIT(LINE_PACKAGE) },
	[INSTRUCTION_MESSAGE] = { "message", "Show a message",
				  BIT(LINE_MESSAGE) },
	[INSTRUCTION_RENEW] = { "renew", "Renew the certificate", 0 },
	[INSTRUCTION_LEDGER] = { "ledger", "Report entries of the log",
				 BIT(LINE_FROM) | BIT(LINE_TO) },
};

static const struct {
	const char *name;
	const char *title;
} refusals[INSTRUCTION_REFUSALS] = {
	[INSTRUCTION_REFUSAL_NONE] = { "", "" },
	[INSTRUCTION_REFUSAL_SIGNATURE] = { "signature",
					    "It is not signed by the key that "
					    "this device knows." },
	[INSTRUCTION_REFUSAL_FORM] = { "form", "It cannot be read." },
	[INSTRUCTION_REFUSAL_UNKNOWN] = { "unknown",
					  "It asks for something that is not "
					  "in the list." },
	[INSTRUCTION_REFUSAL_DEVICE] = { "device",
					 "It is for another device." },
	[INSTRUCTION_REFUSAL_REPLAY] = { "replay",
					 "It was dealt with before." },
	[INSTRUCTION_REFUSAL_ORDER] = { "order",
					"It is not the one whose turn it "
					"is." },
	[INSTRUCTION_REFUSAL_EXPIRED] = { "expired", "Its time is over." },
	[INSTRUCTION_REFUSAL_JOB_DATA] = { "job-data",
					   "It asks for job data or personal "
					   "data, which no instruction may." },
	[INSTRUCTION_REFUSAL_NOT_ALLOWED] = { "not-allowed",
					      "Not all that it asks for is "
					      "allowed, so nothing of it was "
					      "done." },
	[INSTRUCTION_REFUSAL_LIMITS] = { "limits",
					 "It lies outside the limits that the "
					 "customer set." },
	[INSTRUCTION_REFUSAL_POLICY] = { "policy",
					 "The customer never allows this "
					 "kind." },
	[INSTRUCTION_REFUSAL_PERSON] = { "person",
					 "Somebody at the device said no." },
	[INSTRUCTION_REFUSAL_FAILED] = { "failed",
					 "It was tried and did not work." },
};

/* ---- names ---- */

const char *instruction_kind_name(enum instruction_kind kind)
{
	return (unsigned)kind < INSTRUCTION_KINDS ? kinds[kind].name : "";
}

const char *instruction_kind_title(enum instruction_kind kind)
{
	return (unsigned)kind < INSTRUCTION_KINDS ? kinds[kind].title : "";
}

enum instruction_kind instruction_kind_by_name(const char *name)
{
	for (unsigned i = INSTRUCTION_UNSET + 1; i < INSTRUCTION_KINDS; i++) {
		if (text_equal(kinds[i].name, name)) {
			return (enum instruction_kind)i;
		}
	}
	return INSTRUCTION_UNSET;
}

const char *instruction_refusal_name(enum instruction_refusal refusal)
{
	return (unsigned)refusal < INSTRUCTION_REFUSALS ? refusals[refusal].name
							: "";
}

const char *instruction_refusal_title(enum instruction_refusal refusal)
{
	return (unsigned)refusal < INSTRUCTION_REFUSALS
		       ? refusals[refusal].title
		       : "";
}

enum instruction_refusal instruction_refusal_by_name(const char *name)
{
	for (unsigned i = 1; i < INSTRUCTION_REFUSALS; i++) {
		if (text_equal(refusals[i].name, name)) {
			return (enum instruction_refusal)i;
		}
	}
	return INSTRUCTION_REFUSAL_NONE;
}

/* ---- reading ---- */

static bool wrong(struct err *err, enum line line, const char *what)
{
	return err_set(err, ERR_INVALID, "The instruction's \"%s\" %s.",
		       format.fields[line].name, what);
}

/* People read them, so nothing in them may be unseen. */
static bool take_text(const struct note_values *values, enum line line,
		      char *dst, size_t size, struct err *err)
{
	const char *value = values->value[line];
	size_t len = strlen(value);
	if (len >= size) {
		return wrong(err, line, "is too long");
	}
	if (!text_is_shown(value, len) || value[0] == ' ' ||
	    value[len - 1] == ' ') {
		return wrong(err, line,
			     "has characters that nobody sees, or spaces at "
			     "an end");
	}
	memcpy(dst, value, len + 1);
	return true;
}

static bool take_number(const struct note_values *values, enum line line,
			uint64_t least, uint64_t most, uint64_t *number,
			struct err *err)
{
	const char *value = values->value[line];
	return ((value[0] != '0' || value[1] == '\0') &&
		text_parse_u64(value, least, most, number)) ||
	       wrong(err, line, "is no number that it may be");
}

static bool take_time(const struct note_values *values, enum line line,
		      int64_t *at, struct err *err)
{
	return clock_parse(values->value[line], at) ||
	       wrong(err, line, "is no time like 2026-11-26T07:00:00Z");
}

static bool take_head(const struct note_values *values, struct instruction *is,
		      struct err *err)
{
	if (!take_text(values, LINE_DEVICE, is->device, sizeof(is->device),
		       err) ||
	    !take_number(values, LINE_NUMBER, 1, INT64_MAX, &is->number, err) ||
	    !take_time(values, LINE_ISSUED, &is->issued_at, err) ||
	    !take_time(values, LINE_EXPIRES, &is->expires_at, err) ||
	    !take_text(values, LINE_BY, is->by, sizeof(is->by), err) ||
	    !take_text(values, LINE_REASON, is->reason, sizeof(is->reason),
		       err)) {
		return false;
	}
	is->kind = instruction_kind_by_name(values->value[LINE_KIND]);
	return (is->expires_at > is->issued_at &&
		is->expires_at - is->issued_at <= INSTRUCTION_LIFE_MAX_S) ||
	       wrong(err, LINE_EXPIRES,
		     "must be at most 90 days after it was issued");
}

/* Small letters and dashes, one space between. */
static bool take_services(const struct note_values *values,
			  struct instruction *is, struct err *err)
{
	const char *value = values->value[LINE_SERVICES];
	if (strspn(value, "abcdefghijklmnopqrstuvwxyz- ") != strlen(value) ||
	    strstr(value, "  ") != NULL) {
		return wrong(err, LINE_SERVICES, "are no names of services");
	}
	return take_text(values, LINE_SERVICES, is->services,
			 sizeof(is->services), err);
}

static bool take_range(const struct note_values *values, struct instruction *is,
		       struct err *err)
{
	if (!take_number(values, LINE_FROM, 0, INT64_MAX, &is->from, err) ||
	    !take_number(values, LINE_TO, is->from, INT64_MAX, &is->to, err)) {
		return false;
	}
	return is->to - is->from < INSTRUCTION_LEDGER_MAX ||
	       wrong(err, LINE_TO, "asks for more than 100 entries");
}

static bool take_interval(const struct note_values *values,
			  struct instruction *is, struct err *err)
{
	uint64_t seconds;
	if (!take_number(values, LINE_INTERVAL, 1, INT32_MAX, &seconds, err)) {
		return false;
	}
	is->interval_s = (int64_t)seconds;
	return true;
}

/* The lines of the kind, and no others. */
static bool take_rest(const struct note_values *values, struct instruction *is,
		      struct err *err)
{
	for (unsigned i = LINE_REASON + 1; i < LINES; i++) {
		bool wanted = (kinds[is->kind].lines & BIT(i)) != 0;
		if ((values->value[i] != NULL) != wanted) {
			return wrong(err, (enum line)i,
				     wanted ? "is missing"
					    : "is no line of its kind");
		}
	}
	switch (is->kind) {
	case INSTRUCTION_SEND:
		return take_services(values, is, err);
	case INSTRUCTION_INTERVAL:
		return take_interval(values, is, err);
	case INSTRUCTION_PACKAGE:
		return take_text(values, LINE_PACKAGE, is->package,
				 sizeof(is->package), err);
	case INSTRUCTION_MESSAGE:
		return take_text(values, LINE_MESSAGE, is->message,
				 sizeof(is->message), err);
	case INSTRUCTION_LEDGER:
		return take_range(values, is, err);
	case INSTRUCTION_RENEW:
	case INSTRUCTION_UNSET:
	case INSTRUCTION_KINDS:
		break;
	}
	return true;
}

/*
 * Job data and personal data are never a service; whatever begins like a name
 * for job data counts as it.
 */
static bool names_gate(const char *services)
{
	for (const char *at = services; at != NULL;) {
		at += *at == ' ';
		if (text_starts_with(at, "job") ||
		    text_starts_with(at, "personal")) {
			return true;
		}
		at = strchr(at, ' ');
	}
	return false;
}

/* Bytes of the lines up to the reason; all when there are fewer. */
static size_t head_of(const char *text, size_t len)
{
	struct reader r = reader_of(text, len);
	const char *line;
	size_t line_len;
	for (unsigned i = 0; i < HEAD_LINES; i++) {
		if (!reader_line(&r, &line, &line_len)) {
			return len;
		}
	}
	return len - r.left;
}

/* The head apart: a kind that is unknown may have lines that are, too. */
static bool parse_head(const char *text, size_t len, struct instruction *is,
		       struct err *err)
{
	struct note_values values = NOTE_VALUES_INIT;
	bool ok = note_fields_read(&format, text, head_of(text, len), &values,
				   err) &&
		  take_head(&values, is, err);
	note_values_clear(&values);
	return ok;
}

static bool parse_rest(const char *text, size_t len, struct instruction *is,
		       struct err *err)
{
	struct note_values values = NOTE_VALUES_INIT;
	bool ok = note_fields_read(&format, text, len, &values, err) &&
		  take_rest(&values, is, err);
	note_values_clear(&values);
	return ok;
}

static bool parse(const char *text, size_t len, struct instruction *is,
		  enum instruction_refusal *refusal, struct err *err)
{
	struct instruction found = { .kind = INSTRUCTION_UNSET };
	*refusal = INSTRUCTION_REFUSAL_FORM;
	if (!parse_head(text, len, &found, err)) {
		return false;
	}
	if (found.kind == INSTRUCTION_UNSET) {
		*is = found;
		*refusal = INSTRUCTION_REFUSAL_UNKNOWN;
		return err_set(err, ERR_INVALID,
			       "The instruction asks for something that is not "
			       "in the list of this version.");
	}
	if (!parse_rest(text, len, &found, err)) {
		return false;
	}
	*is = found;
	if (names_gate(found.services)) {
		*refusal = INSTRUCTION_REFUSAL_JOB_DATA;
		return err_set(err, ERR_DENIED, "%s",
			       refusals[INSTRUCTION_REFUSAL_JOB_DATA].title);
	}
	*refusal = INSTRUCTION_REFUSAL_NONE;
	return true;
}

static bool check_size(size_t len, enum instruction_refusal *refusal,
		       struct err *err)
{
	*refusal = INSTRUCTION_REFUSAL_FORM;
	return len <= INSTRUCTION_MAX_BYTES ||
	       err_set(err, ERR_LIMIT,
		       "The instruction is longer than %d bytes.",
		       INSTRUCTION_MAX_BYTES);
}

bool instruction_read(const char *note, size_t len,
		      const struct note_verifier *verifier,
		      struct instruction *instruction,
		      enum instruction_refusal *refusal, struct err *err)
{
	struct note_opened opened;
	struct err why = { .kind = ERR_NONE };
	if (!check_size(len, refusal, err)) {
		return false;
	}
	if (!note_open(note, len, verifier, 1, &opened, &why)) {
		if (why.kind == ERR_DENIED) {
			*refusal = INSTRUCTION_REFUSAL_SIGNATURE;
		}
		err_set(err, why.kind, "%s", why.text);
		return err_prefix(err, "The instruction");
	}
	return parse(opened.text, opened.text_len, instruction, refusal, err);
}

bool instruction_read_kept(const char *note, size_t len,
			   struct instruction *instruction,
			   enum instruction_refusal *refusal, struct err *err)
{
	size_t text_len;
	return check_size(len, refusal, err) &&
	       note_text_size(note, len, &text_len, err) &&
	       parse(note, text_len, instruction, refusal, err);
}

/* ---- writing ---- */

/* Values that are no texts in the struct. */
struct written {
	char number[24], interval[24], from[24], to[24];
	char issued[CLOCK_TEXT_SIZE], expires[CLOCK_TEXT_SIZE];
};

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static void write_values(const struct instruction *is, struct written *w,
			 const char *values[LINES])
{
	bool range =
		is->kind == INSTRUCTION_LEDGER || is->from != 0 || is->to != 0;
	(void)snprintf(w->number, sizeof(w->number), "%" PRIu64, is->number);
	(void)snprintf(w->interval, sizeof(w->interval), "%" PRId64,
		       is->interval_s);
	(void)snprintf(w->from, sizeof(w->from), "%" PRIu64, is->from);
	(void)snprintf(w->to, sizeof(w->to), "%" PRIu64, is->to);
	clock_format(w->issued, is->issued_at);
	clock_format(w->expires, is->expires_at);
	values[LINE_DEVICE] = is->device;
	values[LINE_NUMBER] = w->number;
	values[LINE_KIND] = instruction_kind_name(is->kind);
	values[LINE_ISSUED] = w->issued;
	values[LINE_EXPIRES] = w->expires;
	values[LINE_BY] = is->by;
	values[LINE_REASON] = is->reason;
	values[LINE_SERVICES] = or_null(is->services);
	values[LINE_INTERVAL] = is->interval_s != 0 ? w->interval : NULL;
	values[LINE_PACKAGE] = or_null(is->package);
	values[LINE_MESSAGE] = or_null(is->message);
	values[LINE_FROM] = range ? w->from : NULL;
	values[LINE_TO] = range ? w->to : NULL;
}

/* What no device would take is not written: it is read as one would. */
static bool check_written(const struct buf *text, const struct instruction *is,
			  struct err *err)
{
	struct instruction again;
	enum instruction_refusal refusal;
	struct err why = { .kind = ERR_NONE };
	if (!parse(buf_str(text), text->len, &again, &refusal, &why)) {
		return err_set(err, ERR_INVALID, "%s", why.text);
	}
	return (again.issued_at == is->issued_at &&
		again.expires_at == is->expires_at) ||
	       err_set(err, ERR_INVALID,
		       "The instruction's times cannot be written.");
}

bool instruction_put(struct buf *out, const struct instruction *instruction,
		     struct err *err)
{
	struct written written;
	const char *values[LINES];
	struct buf text = BUF_INIT;
	write_values(instruction, &written, values);
	bool ok = note_fields_write(&format, values, &text, err) &&
		  check_written(&text, instruction, err);
	if (ok) {
		buf_put(out, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}
