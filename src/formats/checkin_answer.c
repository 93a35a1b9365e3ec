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

#define FIELDS_MAX 12

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
	return err_set(err, ERR_INVALID,
		       "The server's signed answer has no good \"%s\".", name);
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

static bool put(struct buf *out, const struct note_format *format,
		const struct checkin_attribute *values, const void *from,
		struct err *err)
{
	struct buf texts[FIELDS_MAX] = { BUF_INIT };
	const char *given[FIELDS_MAX] = { NULL };
	bool ok = true;
	for (size_t i = 0; ok && values[i].name != NULL; i++) {
		ok = checkin_value_put(&texts[i], &values[i], from) ||
		     (values[i].optional && texts[i].len == 0) ||
		     wrong(values[i].name, err);
		given[i] = texts[i].len > 0 ? buf_str(&texts[i]) : NULL;
	}
	ok = ok && note_fields_write(format, given, out, err);
	for (size_t i = 0; i < FIELDS_MAX; i++) {
		buf_clear(&texts[i]);
	}
	return ok;
}

static bool read(const char *note, size_t len,
		 const struct note_verifier *verifier,
		 const struct note_format *format,
		 const struct checkin_attribute *values, void *to,
		 struct err *err)
{
	struct note_opened opened;
	struct note_values found = NOTE_VALUES_INIT;
	if (!note_open(note, len, verifier, 1, &opened, err) ||
	    !note_fields_read(format, opened.text, opened.text_len, &found,
			      err)) {
		return err_prefix(err, "The server's signed answer");
	}
	bool ok = true;
	for (size_t i = 0; ok && values[i].name != NULL; i++) {
		ok = found.value[i] == NULL ||
		     checkin_value_read(found.value[i], &values[i], to) ||
		     wrong(values[i].name, err);
	}
	note_values_clear(&found);
	return ok;
}

bool checkin_answer_put(struct buf *out, const struct checkin_answer *answer,
			struct err *err)
{
	return check_witness(answer, err) &&
	       put(out, &answer_format, answer_values, answer, err);
}

bool checkin_answer_read(const char *note, size_t len,
			 const struct note_verifier *verifier,
			 struct checkin_answer *answer, struct err *err)
{
	struct checkin_answer found = { .time = 0 };
	if (!read(note, len, verifier, &answer_format, answer_values, &found,
		  err) ||
	    !check_witness(&found, err)) {
		return false;
	}
	*answer = found;
	return true;
}

bool checkin_echo_put(struct buf *out, const struct checkin_echo *echo,
		      struct err *err)
{
	return put(out, &echo_format, echo_values, echo, err);
}

bool checkin_echo_read(const char *note, size_t len,
		       const struct note_verifier *verifier,
		       struct checkin_echo *echo, struct err *err)
{
	struct checkin_echo found = { .time = 0 };
	if (!read(note, len, verifier, &echo_format, echo_values, &found,
		  err)) {
		return false;
	}
	*echo = found;
	return true;
}
