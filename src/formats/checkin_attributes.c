/*
 * Values of check-ins as text, both ways, by tables that say where each stands
 * in its struct: attributes of elements, and fields of signed notes. Which
 * there are is said in checkin_request.c, checkin_answer.c and
 * checkin_continuation.c.
 */
#include "formats/checkin_attributes.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "formats/uuid.h"
#include "formats/xml_reader.h"

#define NONCE_DIGITS 32
#define HASH_DIGITS 64

static bool is_hex(const char *text, size_t digits)
{
	return strlen(text) == digits &&
	       strspn(text, "0123456789abcdef") == digits;
}

static bool is_word(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	size_t first = strspn(text, letters);
	return first > 0 &&
	       text[first + strspn(text + first, "abcdefghijklmnopqrstuvwxyz"
						 "0123456789_-")] == '\0';
}

static bool is_line(const char *text)
{
	size_t len = strlen(text);
	return len > 0 && text_is_shown(text, len);
}

static bool text_fits(const char *text, enum checkin_value kind)
{
	switch (kind) {
	case CHECKIN_LINE:
		return is_line(text);
	case CHECKIN_WORD:
		return is_word(text);
	case CHECKIN_NONCE:
		return is_hex(text, NONCE_DIGITS);
	case CHECKIN_HASH:
		return is_hex(text, HASH_DIGITS);
	case CHECKIN_UUID:
		return uuid_valid(text);
	default:
		return false;
	}
}

static uint64_t most_of(const struct checkin_attribute *what)
{
	return what->most != 0 ? what->most : INT64_MAX;
}

static bool put_time(struct buf *out, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];
	int64_t again;
	clock_format(text, at);
	buf_put_str(out, text);
	return clock_parse(text, &again) && again == at;
}

bool checkin_value_put(struct buf *out, const struct checkin_attribute *what,
		       const void *from)
{
	const char *place = (const char *)from + what->offset;
	uint64_t number;
	int64_t at;
	switch (what->kind) {
	case CHECKIN_NUMBER:
		memcpy(&number, place, sizeof(number));
		buf_printf(out, "%" PRIu64, number);
		return number >= what->least && number <= most_of(what);
	case CHECKIN_TIME:
		memcpy(&at, place, sizeof(at));
		return put_time(out, at);
	default:
		buf_put_str(out, place);
		return text_fits(place, what->kind);
	}
}

static bool is_left_out(const struct checkin_attribute *what, const void *from)
{
	const char *place = (const char *)from + what->offset;
	uint64_t number;
	if (!what->optional) {
		return false;
	}
	if (what->kind != CHECKIN_NUMBER) {
		return place[0] == '\0';
	}
	memcpy(&number, place, sizeof(number));
	return number == 0;
}

static bool wrong(const char *name, struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "The check-in has no good value \"%.40s\".", name);
}

bool checkin_attributes_put(struct xml_writer *w,
			    const struct checkin_attribute *table,
			    const void *from, struct err *err)
{
	for (const struct checkin_attribute *a = table; a->name != NULL; a++) {
		struct buf text = BUF_INIT;
		if (is_left_out(a, from)) {
			continue;
		}
		bool ok = checkin_value_put(&text, a, from);
		xml_attr(w, a->name, buf_str(&text));
		buf_clear(&text);
		if (!ok) {
			return wrong(a->name, err);
		}
	}
	return true;
}

static bool read_number(const char *text, const struct checkin_attribute *what,
			char *place)
{
	uint64_t number;
	if ((text[0] == '0' && text[1] != '\0') ||
	    !text_parse_u64(text, what->least, most_of(what), &number)) {
		return false;
	}
	memcpy(place, &number, sizeof(number));
	return true;
}

static bool read_time(const char *text, char *place)
{
	int64_t at;
	if (!clock_parse(text, &at)) {
		return false;
	}
	memcpy(place, &at, sizeof(at));
	return true;
}

bool checkin_value_read(const char *text, const struct checkin_attribute *what,
			void *to)
{
	char *place = (char *)to + what->offset;
	switch (what->kind) {
	case CHECKIN_NUMBER:
		return read_number(text, what, place);
	case CHECKIN_TIME:
		return read_time(text, place);
	default:
		return text_fits(text, what->kind) &&
		       text_copy(place, what->size, text);
	}
}

static bool is_known(const struct checkin_attribute *table, const char *name)
{
	for (const struct checkin_attribute *a = table; a->name != NULL; a++) {
		if (text_equal(a->name, name)) {
			return true;
		}
	}
	return false;
}

bool checkin_attributes_read(const char *const *attrs,
			     const struct checkin_attribute *table, void *to,
			     struct err *err)
{
	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		if (!is_known(table, attrs[i])) {
			return err_set(err, ERR_INVALID,
				       "the attribute %.40s cannot stand here",
				       attrs[i]);
		}
	}
	for (const struct checkin_attribute *a = table; a->name != NULL; a++) {
		const char *text = xml_attr_get(attrs, a->name);
		if (text == NULL ? !a->optional
				 : !checkin_value_read(text, a, to)) {
			return wrong(a->name, err);
		}
	}
	return true;
}

/* ---- notes ---- */

#define FIELDS_MAX 12

static bool wrong_field(const struct checkin_note *what, const char *name,
			struct err *err)
{
	return err_set(err, ERR_INVALID, "%s has no good \"%s\".", what->name,
		       name);
}

bool checkin_note_put(const struct checkin_note *what, const void *from,
		      struct buf *out, struct err *err)
{
	const struct checkin_attribute *values = what->values;
	struct buf texts[FIELDS_MAX] = { BUF_INIT };
	const char *given[FIELDS_MAX] = { NULL };
	bool ok = true;
	for (size_t i = 0; ok && values[i].name != NULL; i++) {
		ok = is_left_out(&values[i], from) ||
		     checkin_value_put(&texts[i], &values[i], from) ||
		     wrong_field(what, values[i].name, err);
		given[i] = texts[i].len > 0 ? buf_str(&texts[i]) : NULL;
	}
	ok = ok && note_fields_write(what->format, given, out, err);
	for (size_t i = 0; i < FIELDS_MAX; i++) {
		buf_clear(&texts[i]);
	}
	return ok;
}

bool checkin_note_read(const struct checkin_note *what, const char *note,
		       size_t len, const struct note_verifier *verifier,
		       void *to, struct err *err)
{
	const struct checkin_attribute *values = what->values;
	struct note_opened opened;
	struct note_values found = NOTE_VALUES_INIT;
	if (!note_open(note, len, verifier, 1, &opened, err) ||
	    !note_fields_read(what->format, opened.text, opened.text_len,
			      &found, err)) {
		return err_prefix(err, "%s", what->name);
	}
	bool ok = true;
	for (size_t i = 0; ok && values[i].name != NULL; i++) {
		ok = found.value[i] == NULL ||
		     checkin_value_read(found.value[i], &values[i], to) ||
		     wrong_field(what, values[i].name, err);
	}
	note_values_clear(&found);
	return ok;
}
