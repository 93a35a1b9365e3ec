/*
 * Values of agents as values of the catalogue's fields. Agents send what
 * they like: numbers as strings, strings with NULs and of any character set.
 * Whatever comes, the field has a value of its type or none.
 */
#include "collectors/snmp_fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* Length of at most max bytes of UTF-8 that ends between characters. */
static size_t clip(const char *text, size_t len, size_t max)
{
	if (len <= max) {
		return len;
	}
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80) {
		max--;
	}
	return max;
}

/* U+FFFE and U+FFFF are good UTF-8 and no XML: both become U+FFFD. */
static void replace_noncharacters(char *text)
{
	for (char *at = strstr(text, "\xef\xbf"); at != NULL;
	     at = strstr(at + 2, "\xef\xbf")) {
		if (at[2] == '\xbe' || at[2] == '\xbf') {
			at[2] = '\xbd';
		}
	}
}

void snmp_field_text(struct buf *out, const struct snmp_value *value,
		     size_t max)
{
	struct buf clean = BUF_INIT;
	char *line = mem_strndup(value->bytes, value->len);
	size_t len = value->len;

	while (len > 0 && line[len - 1] == '\0') {
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\t' || line[i] == '\r' || line[i] == '\n') {
			line[i] = ' ';
		}
	}
	text_put_clean(&clean, line, len);
	mem_free(line);
	char *text = buf_take_str(&clean);
	replace_noncharacters(text);
	const char *from = text + strspn(text, " ");
	len = clip(from, strlen(from), max);
	while (len > 0 && from[len - 1] == ' ') {
		len--;
	}
	buf_put(out, from, len);
	mem_free(text);
}

bool snmp_field_may_be_unknown(const struct field *field)
{
	switch (field->type) {
	case TYPE_COUNTER:
	case TYPE_LEVEL:
	case TYPE_INTEGER:
	case TYPE_TIME:
		return true;
	case TYPE_KEYWORD:
		return field->choices != NULL &&
		       field_word_in(field->choices, "unknown");
	default:
		return false;
	}
}

/* The forms of a number; NULL = it has none. number gets what is printed. */
static const char *number_word(int64_t value, enum snmp_form form,
			       const struct snmp_word *words, char number[32])
{
	static const char *const levels[] = { "other", "unknown", "some" };
	const char *word = NULL;

	snprintf(number, 32, "%" PRId64, value);
	switch (form) {
	case SNMP_FORM_COUNT:
		return value >= 0 ? number : NULL;
	case SNMP_FORM_INTEGER:
		return number;
	case SNMP_FORM_LEVEL:
		return value >= 0    ? number
		       : value >= -3 ? levels[-value - 1]
				     : NULL;
	case SNMP_FORM_CODE:
		word = snmp_word_of(words, value);
		if (word == NULL && value > 0) {
			snprintf(number, 32, "code-%" PRId64, value);
			word = number;
		}
		return word;
	case SNMP_FORM_WORD:
		return snmp_word_of(words, value);
	default:
		return NULL;
	}
}

static void put_string(struct collected_writer *w, const struct field *field,
		       const struct snmp_value *value)
{
	struct buf text = BUF_INIT;

	if (value->kind == SNMP_KIND_BYTES) {
		snmp_field_text(&text, value,
				field->type == TYPE_TEXT ? FIELD_TEXT_MAX
							 : FIELD_TOKEN_MAX);
		collected_writer_field(w, field_name(field), buf_str(&text),
				       NULL, value->name);
	}
	buf_clear(&text);
}

void snmp_field_put(struct collected_writer *w, const struct field *field,
		    const struct snmp_value *value, enum snmp_form form,
		    const struct snmp_word *words, const char *unit)
{
	char number[32];
	const char *word = NULL;

	if (value == NULL) {
		return;
	}
	if (form == SNMP_FORM_TEXT) {
		put_string(w, field, value);
		return;
	}
	if (value->kind == SNMP_KIND_NUMBER) {
		word = number_word(value->number, form, words, number);
	} else if (form == SNMP_FORM_WORD &&
		   !snmp_field_may_be_unknown(field)) {
		word = snmp_word_of(words, 0);
	}
	if (word == NULL && snmp_field_may_be_unknown(field)) {
		word = "unknown";
	}
	collected_writer_field(w, field_name(field), word, unit, value->name);
}
