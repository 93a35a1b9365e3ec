/*
 * Lists of recipients, as docs/job-data.md has them: a head, then groups of
 * lines, each in a fixed order, so that one list has one text. Signatures are
 * note.c's, keys age.h's. Which list a device believes, and whether it is
 * over, is domain/recipient_list's.
 *
 * Byte by byte: kind LF; vendor, number, issued, until; then 1 to 64 times
 * recipient, kind, name, role, valid_until. A line is the name, one space,
 * the value, LF. Numbers have no zero in front, times are RFC 3339 in UTC
 * with seconds, keys are in small letters.
 */
#include "formats/recipients.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#define KIND "sluice.recipients/v1"

enum field_type {
	FIELD_UNSET = 0,
	FIELD_TEXT,
	FIELD_NUMBER,
	FIELD_TIME,
	FIELD_KEY,
	FIELD_KIND
};

/* A line of the list and where its value stands in the struct. */
struct field {
	const char *name; /* NULL ends the table */
	enum field_type type;
	size_t at;
};

static const struct field head_fields[] = {
	{ "vendor", FIELD_TEXT, offsetof(struct recipients, vendor) },
	{ "number", FIELD_NUMBER, offsetof(struct recipients, number) },
	{ "issued", FIELD_TIME, offsetof(struct recipients, issued) },
	{ "until", FIELD_TIME, offsetof(struct recipients, until) },
	{ NULL, FIELD_UNSET, 0 },
};

static const struct field group_fields[] = {
	{ "recipient", FIELD_KEY, offsetof(struct recipient, key) },
	{ "kind", FIELD_KIND, offsetof(struct recipient, is_desk) },
	{ "name", FIELD_TEXT, offsetof(struct recipient, name) },
	{ "role", FIELD_TEXT, offsetof(struct recipient, role) },
	{ "valid_until", FIELD_TIME, offsetof(struct recipient, until) },
	{ NULL, FIELD_UNSET, 0 },
};

static bool check_text(const char *value, struct err *err)
{
	size_t len = strlen(value);

	if (len == 0 || len >= RECIPIENTS_TEXT_SIZE) {
		return err_set(err, ERR_INVALID, "must have 1 to %d bytes",
			       RECIPIENTS_TEXT_SIZE - 1);
	}
	if (!text_is_shown(value, len)) {
		return err_set(err, ERR_INVALID,
			       "has control characters, invisible ones or "
			       "marks of the reading direction");
	}
	if (value[0] == ' ' || value[len - 1] == ' ') {
		return err_set(err, ERR_INVALID, "begins or ends with a space");
	}
	return true;
}

static bool read_number(const char *value, uint64_t *number, struct err *err)
{
	return (value[0] != '0' &&
		text_parse_u64(value, 1, INT64_MAX, number)) ||
	       err_set(err, ERR_INVALID,
		       "must be a whole number from 1 on, without zeros in "
		       "front");
}

static bool read_key(const char *value, char key[AGE_RECIPIENT_TEXT_SIZE],
		     struct err *err)
{
	struct age_recipient recipient;

	if (!age_recipient_parse(value, &recipient, err)) {
		return false;
	}
	age_recipient_format(&recipient, key);
	return text_equal(key, value) ||
	       err_set(err, ERR_INVALID, "must be in small letters");
}

static bool read_kind(const char *value, bool *is_desk, struct err *err)
{
	*is_desk = text_equal(value, "desk");
	return *is_desk || text_equal(value, "person") ||
	       err_set(err, ERR_INVALID, "must be desk or person");
}

static bool read_value(const struct field *field, const char *value, void *all,
		       struct err *err)
{
	void *to = (char *)all + field->at;

	switch (field->type) {
	case FIELD_TEXT:
		return check_text(value, err) &&
		       text_copy(to, RECIPIENTS_TEXT_SIZE, value);
	case FIELD_NUMBER:
		return read_number(value, to, err);
	case FIELD_TIME:
		return clock_parse(value, to) ||
		       err_set(err, ERR_INVALID,
			       "must be a time like 2026-11-01T00:00:00Z");
	case FIELD_KEY:
		return read_key(value, to, err);
	case FIELD_KIND:
		return read_kind(value, to, err);
	case FIELD_UNSET:
		break;
	}
	return false;
}

/* The lines of a list, and where we are. */
struct lines {
	struct reader rest;
	unsigned number; /* of the line that was read last, from 1 */
};

static bool next_line(struct lines *lines, const char **line, size_t *len)
{
	lines->number++;
	return reader_line(&lines->rest, line, len);
}

static bool read_field(struct lines *lines, const struct field *field,
		       void *all, struct err *err)
{
	size_t name_len = strlen(field->name);
	const char *line;
	size_t len;

	if (!next_line(lines, &line, &len) || len <= name_len ||
	    memcmp(line, field->name, name_len) != 0 || line[name_len] != ' ') {
		return err_set(err, ERR_INVALID,
			       "line %u: \"%s\" and one space must stand here",
			       lines->number, field->name);
	}
	line += name_len + 1;
	len -= name_len + 1;
	if (memchr(line, '\0', len) != NULL) {
		return err_set(err, ERR_INVALID, "line %u holds a NUL byte",
			       lines->number);
	}
	char *value = mem_strndup(line, len);
	bool ok = read_value(field, value, all, err) ||
		  err_prefix(err, "line %u: %s", lines->number, field->name);
	mem_free(value);
	return ok;
}

static bool read_fields(struct lines *lines, const struct field *fields,
			void *all, struct err *err)
{
	for (; fields->name != NULL; fields++) {
		if (!read_field(lines, fields, all, err)) {
			return false;
		}
	}
	return true;
}

/* Names count as the same whatever the case of their letters A to Z. */
static bool check_new(const struct recipients *list,
		      const struct recipient *more, struct err *err)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct recipient *old = &list->of[i];
		bool same_key = text_equal(old->key, more->key);
		if (same_key || strcasecmp(old->name, more->name) == 0) {
			return err_set(err, ERR_INVALID,
				       "recipient %zu has the %s of recipient "
				       "%zu; each needs its own",
				       list->count + 1,
				       same_key ? "key" : "name", i + 1);
		}
	}
	return true;
}

static bool read_group(struct lines *lines, struct recipients *list,
		       struct err *err)
{
	struct recipient r = { .until = 0 };

	if (list->count == RECIPIENTS_MAX) {
		return err_set(err, ERR_LIMIT,
			       "a list has at most %d recipients",
			       RECIPIENTS_MAX);
	}
	if (!read_fields(lines, group_fields, &r, err) ||
	    !check_new(list, &r, err)) {
		return false;
	}
	list->of[list->count++] = r;
	return true;
}

static bool read_list(struct lines *lines, struct recipients *list,
		      struct err *err)
{
	const char *line;
	size_t len;

	if (!next_line(lines, &line, &len) || len != strlen(KIND) ||
	    memcmp(line, KIND, len) != 0) {
		return err_set(err, ERR_INVALID,
			       "line 1: \"" KIND "\" must stand here");
	}
	if (!read_fields(lines, head_fields, list, err)) {
		return false;
	}
	if (list->until <= list->issued) {
		return err_set(err, ERR_INVALID,
			       "until must be later than issued");
	}
	do {
		if (!read_group(lines, list, err)) {
			return false;
		}
	} while (lines->rest.left > 0);
	return true;
}

bool recipients_parse(const char *text, size_t len, struct recipients *list,
		      struct err *err)
{
	struct recipients *found = mem_zalloc(sizeof(*found));
	struct lines lines = { reader_of(text, len), 0 };
	bool ok = false;

	if (len > NOTE_MAX_BYTES) {
		err_set(err, ERR_LIMIT, "a list has at most %d bytes",
			NOTE_MAX_BYTES);
	} else {
		ok = read_list(&lines, found, err);
	}
	if (ok) {
		*list = *found;
	}
	mem_free(found);
	return ok || err_prefix(err, "list of recipients");
}

bool recipients_read(const char *note, size_t len,
		     const struct note_verifier *vendor,
		     struct recipients *list, struct err *err)
{
	struct note_opened opened;

	if (!note_open(note, len, vendor, 1, &opened, err)) {
		return err_prefix(err, "list of recipients");
	}
	return recipients_parse(opened.text, opened.text_len, list, err);
}

static void put_value(struct buf *out, const struct field *field,
		      const void *all)
{
	const void *from = (const char *)all + field->at;
	char time[CLOCK_TEXT_SIZE];

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_KEY:
		buf_put_str(out, from);
		break;
	case FIELD_NUMBER:
		buf_printf(out, "%llu",
			   (unsigned long long)*(const uint64_t *)from);
		break;
	case FIELD_TIME:
		clock_format(time, *(const int64_t *)from);
		buf_put_str(out, time);
		break;
	case FIELD_KIND:
		buf_put_str(out, *(const bool *)from ? "desk" : "person");
		break;
	case FIELD_UNSET:
		break;
	}
}

static void put_fields(struct buf *out, const struct field *fields,
		       const void *all)
{
	for (; fields->name != NULL; fields++) {
		buf_printf(out, "%s ", fields->name);
		put_value(out, fields, all);
		buf_put_char(out, '\n');
	}
}

/* A text that forges a line, a time that is cut: what was read differs. */
static bool same_list(const struct recipients *a, const struct recipients *b)
{
	bool same = a->count == b->count && text_equal(a->vendor, b->vendor) &&
		    a->number == b->number && a->issued == b->issued &&
		    a->until == b->until;

	for (size_t i = 0; same && i < a->count; i++) {
		same = text_equal(a->of[i].name, b->of[i].name) &&
		       text_equal(a->of[i].role, b->of[i].role) &&
		       a->of[i].until == b->of[i].until;
	}
	return same;
}

bool recipients_put(struct buf *out, const struct recipients *list,
		    struct err *err)
{
	struct recipients *again = mem_zalloc(sizeof(*again));
	struct buf text = BUF_INIT;
	bool ok = false;

	if (list->count == 0 || list->count > RECIPIENTS_MAX) {
		err_set(err, ERR_INVALID,
			"a list of recipients has 1 to %d of them",
			RECIPIENTS_MAX);
		goto out;
	}
	buf_put_str(&text, KIND "\n");
	put_fields(&text, head_fields, list);
	for (size_t i = 0; i < list->count; i++) {
		put_fields(&text, group_fields, &list->of[i]);
	}
	if (!recipients_parse(buf_str(&text), text.len, again, err)) {
		goto out;
	}
	ok = same_list(list, again) ||
	     err_set(err, ERR_INVALID,
		     "a text or time of the list of recipients cannot be "
		     "written");
	if (ok) {
		buf_put(out, text.data, text.len);
	}
out:
	buf_clear(&text);
	mem_free(again);
	return ok;
}
