/*
 * The body of our own notes and ledger entries. One table a kind says which
 * fields there are and in which order, so the same values give the same
 * bytes always. Signatures are note.c's.
 *
 * Byte by byte: kind LF, then for each field its name, one space, the value,
 * LF. Nothing else.
 */
#include "formats/note_fields.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static bool value_fine(const char *value, size_t len)
{
	return len > 0 && len <= NOTE_FIELDS_VALUE_MAX &&
	       text_is_one_line(value, len);
}

bool note_fields_write(const struct note_format *format,
		       const char *const *values, struct buf *out,
		       struct err *err)
{
	struct buf body = BUF_INIT;
	bool ok = true;

	buf_printf(&body, "%s\n", format->kind);
	for (size_t i = 0; ok && format->fields[i].name != NULL; i++) {
		const char *name = format->fields[i].name;
		bool optional = format->fields[i].rule == NOTE_FIELD_OPTIONAL;
		if (values[i] == NULL && optional) {
			continue;
		}
		if (values[i] == NULL ||
		    !value_fine(values[i], strlen(values[i]))) {
			ok = err_set(err, ERR_INVALID,
				     "%s: field %s is missing or no line of "
				     "text",
				     format->kind, name);
			break;
		}
		buf_printf(&body, "%s %s\n", name, values[i]);
	}
	if (ok) {
		buf_put(out, body.data, body.len);
	}
	buf_clear(&body);
	return ok;
}

/* Is the line "name value"? Gives the value. */
static bool line_of(const char *line, size_t len, const char *name,
		    const char **value, size_t *value_len)
{
	size_t name_len = strlen(name);

	if (len <= name_len || memcmp(line, name, name_len) != 0 ||
	    line[name_len] != ' ') {
		return false;
	}
	*value = line + name_len + 1;
	*value_len = len - name_len - 1;
	return true;
}

/* Reads the field lines after the kind. */
static bool read_fields(const struct note_format *format, struct reader *r,
			struct note_values *values, struct err *err)
{
	const char *line = NULL;
	size_t len = 0;
	bool have = reader_line(r, &line, &len);

	for (size_t i = 0; format->fields[i].name != NULL; i++) {
		const char *name = format->fields[i].name;
		const char *value;
		size_t value_len;
		if (!have || !line_of(line, len, name, &value, &value_len)) {
			if (format->fields[i].rule == NOTE_FIELD_OPTIONAL) {
				continue;
			}
			return err_set(err, ERR_INVALID,
				       "%s: field %s is missing or not in "
				       "its place",
				       format->kind, name);
		}
		if (!value_fine(value, value_len)) {
			return err_set(err, ERR_INVALID,
				       "%s: the value of field %s is empty, "
				       "too long or no text",
				       format->kind, name);
		}
		values->value[i] = mem_strndup(value, value_len);
		have = reader_line(r, &line, &len);
	}
	if (have || r->left != 0) {
		return err_set(err, ERR_INVALID,
			       "%s: a line is unknown, repeated or not in its "
			       "place",
			       format->kind);
	}
	return true;
}

bool note_fields_read(const struct note_format *format, const char *text,
		      size_t len, struct note_values *values, struct err *err)
{
	struct reader r = reader_of(text, len);
	struct note_values found = NOTE_VALUES_INIT;
	const char *line;
	size_t line_len;

	if (!reader_line(&r, &line, &line_len) ||
	    line_len != strlen(format->kind) ||
	    memcmp(line, format->kind, line_len) != 0) {
		return err_set(err, ERR_INVALID, "this is no %s", format->kind);
	}
	if (!read_fields(format, &r, &found, err)) {
		note_values_clear(&found);
		return false;
	}
	*values = found;
	return true;
}

void note_values_clear(struct note_values *values)
{
	for (size_t i = 0; i < NOTE_FIELDS_MAX; i++) {
		mem_free(values->value[i]);
		values->value[i] = NULL;
	}
}

const char *note_values_get(const struct note_format *format,
			    const struct note_values *values, const char *name)
{
	for (size_t i = 0; format->fields[i].name != NULL; i++) {
		if (text_equal(format->fields[i].name, name)) {
			return values->value[i];
		}
	}
	return NULL;
}
