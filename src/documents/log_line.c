/*
 * Which form does a line of a log have, and where in it stands what? What
 * then becomes of it is redact.c's. Slots that are sent as they are take so
 * few characters that no name fits in; those of a class take anything up to
 * the text that follows them in the form.
 */
#include "documents/log_line.h"

#include <string.h>

#include "base/clock.h"

#define DIGITS "0123456789"
#define FOLLOWS_SIZE 128 /* of the text between two slots, with its NUL */

/* Length of the value at the front of text; 0 = none. */
static size_t span_time(const char *text)
{
	char copy[CLOCK_TEXT_SIZE];
	int64_t utc;
	size_t len = strnlen(text, sizeof(copy) - 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return clock_parse(copy, &utc) ? len : 0;
}

static size_t span_number(const char *text)
{
	size_t sign = text[0] == '-';
	size_t whole = strspn(text + sign, DIGITS);
	size_t len = sign + whole;

	if (whole == 0 || whole > 15) {
		return 0;
	}
	if (text[len] == '.') {
		size_t part = strspn(text + len + 1, DIGITS);
		len += part > 0 && part <= 6 ? part + 1 : 0;
	}
	return len;
}

static size_t span_hex(const char *text)
{
	size_t len = strncmp(text, "0x", 2) == 0
			     ? strspn(text + 2, DIGITS "abcdefABCDEF")
			     : 0;
	return len > 0 && len <= 8 ? len + 2 : 0;
}

static size_t span_version(const char *text)
{
	size_t len = strspn(text, DIGITS ".");
	return len <= 16 ? len : 0;
}

static const struct {
	const char *name;
	enum field_class class;
	size_t (*span)(const char *text); /* NULL = up to what follows */
} kinds[] = {
	{ "time", CLASS_MACHINE, span_time },
	{ "number", CLASS_MACHINE, span_number },
	{ "hex", CLASS_MACHINE, span_hex },
	{ "version", CLASS_MACHINE, span_version },
	{ "network", CLASS_NETWORK, NULL },
	{ "personal", CLASS_PERSONAL, NULL },
	{ "job", CLASS_JOB, NULL },
	{ "secret", CLASS_SECRET, NULL },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define ONE_OF "one:"

/* The longest word of "a|b|c" (len bytes) that text begins with. */
static size_t span_one(const char *words, size_t len, const char *text)
{
	size_t best = 0;

	for (const char *end = words + len; words < end;) {
		size_t word = strcspn(words, "|}");
		if (word > best && strncmp(words, text, word) == 0) {
			best = word;
		}
		words += word + 1;
	}
	return best;
}

/* Bytes up to the text that follows the slot in the form, or to the end. */
static size_t span_any(const char *after, const char *text)
{
	char follows[FOLLOWS_SIZE];
	size_t len = strcspn(after, "{");

	if (len == 0) {
		return strlen(text);
	}
	if (len >= sizeof(follows)) {
		return 0;
	}
	memcpy(follows, after, len);
	follows[len] = '\0';
	const char *at = strstr(text, follows);
	return at != NULL ? (size_t)(at - text) : 0;
}

/* name: behind "{", len bytes up to "}". false: no slot of ours, or no fit. */
static bool take_slot(const char *name, size_t len, const char *text,
		      struct log_line_slot *slot)
{
	*slot = (struct log_line_slot){ CLASS_MACHINE, text, 0 };
	if (strncmp(name, ONE_OF, strlen(ONE_OF)) == 0) {
		slot->len = span_one(name + strlen(ONE_OF),
				     len - strlen(ONE_OF), text);
		return slot->len > 0;
	}
	for (size_t i = 0; i < KINDS; i++) {
		if (strlen(kinds[i].name) != len ||
		    strncmp(kinds[i].name, name, len) != 0) {
			continue;
		}
		slot->class = kinds[i].class;
		slot->len = kinds[i].span != NULL
				    ? kinds[i].span(text)
				    : span_any(name + len + 1, text);
		return slot->len > 0;
	}
	return false;
}

static bool match(const char *form, const char *text, struct log_line *line)
{
	*line = (struct log_line){ .form = form };
	while (*form != '\0') {
		if (*form != '{') {
			if (*form++ != *text++) {
				return false;
			}
			continue;
		}
		size_t len = strcspn(form + 1, "}");
		struct log_line_slot slot;
		if (form[len + 1] == '\0' ||
		    line->count == LOG_LINE_SLOTS_MAX ||
		    !take_slot(form + 1, len, text, &slot)) {
			return false;
		}
		line->slots[line->count++] = slot;
		text += slot.len;
		form += len + 2;
	}
	return *text == '\0';
}

bool log_line_match(const char *const *forms, const char *text,
		    struct log_line *line)
{
	struct log_line found;

	for (; forms != NULL && *forms != NULL; forms++) {
		if (match(*forms, text, &found)) {
			*line = found;
			return true;
		}
	}
	return false;
}

const char *log_line_mark(enum field_class class)
{
	static const char *const marks[] = {
		[CLASS_NETWORK] = "[network]",
		[CLASS_PERSONAL] = "[personal]",
		[CLASS_JOB] = "[job]",
		[CLASS_SECRET] = "[secret]",
	};
	size_t n = (size_t) class;
	bool known = n < sizeof(marks) / sizeof(marks[0]) && marks[n] != NULL;

	return known ? marks[n] : "[withheld]";
}

/* Words of "a|b|c" that are ended by "}", none of them empty. */
static bool words_ok(const char *words, size_t len)
{
	for (const char *end = words + len; words <= end;) {
		size_t word = strcspn(words, "|}");
		if (word == 0) {
			return false;
		}
		words += word + 1;
	}
	return true;
}

static bool slot_known(const char *name, size_t len)
{
	if (strncmp(name, ONE_OF, strlen(ONE_OF)) == 0) {
		return len > strlen(ONE_OF) &&
		       words_ok(name + strlen(ONE_OF), len - strlen(ONE_OF));
	}
	for (size_t i = 0; i < KINDS; i++) {
		if (strlen(kinds[i].name) == len &&
		    strncmp(kinds[i].name, name, len) == 0) {
			return true;
		}
	}
	return false;
}

bool log_line_form_ok(const char *form)
{
	size_t slots = 0;
	bool fine = strncmp(form, "{time} ", 7) == 0 &&
		    field_is_line(form, FIELD_TEXT_MAX);

	while (fine) {
		size_t text = strcspn(form, "{}");
		if (form[text] == '\0') {
			return text < FOLLOWS_SIZE;
		}
		/* Without text before it a slot would not know its begin. */
		bool apart = text > 0 || slots == 0;
		form += text;
		size_t name = strcspn(form + 1, "}");
		fine = *form == '{' && form[name + 1] == '}' && apart &&
		       text < FOLLOWS_SIZE && slot_known(form + 1, name) &&
		       ++slots <= LOG_LINE_SLOTS_MAX;
		form += fine ? name + 2 : 0;
	}
	return false;
}
