/*
 * The server's signed answers to a check-in and to an echo. Who signs is
 * server/checkins.c and server/api_checkin.c, who believes client/checkin.c.
 * Both begin with the device and the nonce of the question, so that an old
 * answer, or another device's, is none.
 */
#include "formats/checkin.h"

#include <string.h>

#include "base/text.h"
#include "formats/checkin_attributes.h"
#include "formats/note_fields.h"

#define SIGNED_ANSWER "The server's signed answer"

#define TEXT_AT(type, field) \
	.offset = offsetof(type, field), .size = sizeof(((type *)NULL)->field)
#define AT(type, field) .offset = offsetof(type, field)

/* The fields of the format below, in its order. */
static const struct checkin_attribute answer_values[] = {
	{ "device", CHECKIN_LINE, TEXT_AT(struct checkin_answer, device) },
	{ "nonce", CHECKIN_NONCE, TEXT_AT(struct checkin_answer, nonce) },
	{ "time", CHECKIN_TIME, AT(struct checkin_answer, time) },
	{ "interval", CHECKIN_NUMBER, AT(struct checkin_answer, interval_s),
	  .least = 1, .most = (uint64_t)CHECKIN_INTERVAL_MAX_S },
	{ "instruction", CHECKIN_NUMBER,
	  AT(struct checkin_answer, instruction) },
	{ "notices", CHECKIN_NUMBER, AT(struct checkin_answer, notices) },
	{ "recipients", CHECKIN_NUMBER, AT(struct checkin_answer, recipients) },
	{ "witnessed", CHECKIN_NUMBER, AT(struct checkin_answer, witnessed) },
	{ "answered", CHECKIN_NUMBER, AT(struct checkin_answer, answered),
	  .least = 1, .optional = true },
	{ "cosignature", CHECKIN_LINE,
	  TEXT_AT(struct checkin_answer, cosignature), .optional = true },
	{ "problem", CHECKIN_WORD,
	  TEXT_AT(struct checkin_answer, witness_problem), .optional = true },
	{ .name = NULL },
};

static const struct note_format answer_format = {
	.kind = "sluice.checkin/v1",
	.fields = {
		{ "device", NOTE_FIELD_ONE },
		{ "nonce", NOTE_FIELD_ONE },
		{ "time", NOTE_FIELD_ONE },
		{ "interval", NOTE_FIELD_ONE },
		{ "instruction", NOTE_FIELD_ONE },
		{ "notices", NOTE_FIELD_ONE },
		{ "recipients", NOTE_FIELD_ONE },
		{ "witnessed", NOTE_FIELD_ONE },
		{ "answered", NOTE_FIELD_OPTIONAL },
		{ "cosignature", NOTE_FIELD_OPTIONAL },
		{ "problem", NOTE_FIELD_OPTIONAL },
		{ NULL, NOTE_FIELD_UNSET },
	},
};

static const struct checkin_attribute echo_values[] = {
	{ "device", CHECKIN_LINE, TEXT_AT(struct checkin_echo, device) },
	{ "nonce", CHECKIN_NONCE, TEXT_AT(struct checkin_echo, nonce) },
	{ "time", CHECKIN_TIME, AT(struct checkin_echo, time) },
	{ .name = NULL },
};

static const struct note_format echo_format = {
	.kind = "sluice.echo/v1",
	.fields = {
		{ "device", NOTE_FIELD_ONE },
		{ "nonce", NOTE_FIELD_ONE },
		{ "time", NOTE_FIELD_ONE },
		{ NULL, NOTE_FIELD_UNSET },
	},
};

static bool wrong(const char *name, struct err *err)
{
	return err_set(err, ERR_INVALID, SIGNED_ANSWER " has no good \"%s\".",
		       name);
}

/* What was answered was made before. */
static bool check_answered(const struct checkin_answer *a, struct err *err)
{
	return a->answered <= a->instruction || wrong("answered", err);
}

/* A head is taken or there is a reason; never both. */
static bool check_witness(const struct checkin_answer *a, struct err *err)
{
	static const char *const problems[] = { "", "conflict", "proof" };
	bool known = false;
	for (size_t i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
		known = known || text_equal(a->witness_problem, problems[i]);
	}
	if (!known || (a->cosignature[0] != '\0' &&
		       (a->witness_problem[0] != '\0' || a->witnessed == 0))) {
		return wrong("problem", err);
	}
	return true;
}

static const struct checkin_note answer_note = { &answer_format, answer_values,
						 SIGNED_ANSWER };
static const struct checkin_note echo_note = { &echo_format, echo_values,
					       SIGNED_ANSWER };

bool checkin_answer_put(struct buf *out, const struct checkin_answer *answer,
			struct err *err)
{
	return check_answered(answer, err) && check_witness(answer, err) &&
	       checkin_note_put(&answer_note, answer, out, err);
}

bool checkin_answer_read(const char *note, size_t len,
			 const struct note_verifier *verifier,
			 struct checkin_answer *answer, struct err *err)
{
	struct checkin_answer found = { .time = 0 };
	if (!checkin_note_read(&answer_note, note, len, verifier, &found,
			       err) ||
	    !check_answered(&found, err) || !check_witness(&found, err)) {
		return false;
	}
	*answer = found;
	return true;
}

bool checkin_echo_put(struct buf *out, const struct checkin_echo *echo,
		      struct err *err)
{
	return checkin_note_put(&echo_note, echo, out, err);
}

bool checkin_echo_read(const char *note, size_t len,
		       const struct note_verifier *verifier,
		       struct checkin_echo *echo, struct err *err)
{
	struct checkin_echo found = { .time = 0 };
	if (!checkin_note_read(&echo_note, note, len, verifier, &found, err)) {
		return false;
	}
	*echo = found;
	return true;
}
