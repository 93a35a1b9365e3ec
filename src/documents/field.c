/*
 * What a value of each field type may be. The rows themselves stand in one
 * file a document (billing.c, ...); catalogue.c writes the same rules as XML
 * Schema, so a change here needs one there. Nothing here decides whether a
 * value may leave: that is redact.c.
 */
#include "documents/field.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

static const char *const class_names[] = {
	[CLASS_UNSET] = "unset",     [CLASS_MACHINE] = "machine",
	[CLASS_NETWORK] = "network", [CLASS_PERSONAL] = "personal",
	[CLASS_JOB] = "job",         [CLASS_SECRET] = "secret",
};

static const char *const type_names[] = {
	[TYPE_UNSET] = "unset",     [TYPE_GROUP] = "group",
	[TYPE_COUNTER] = "counter", [TYPE_LEVEL] = "level",
	[TYPE_INTEGER] = "integer", [TYPE_TOKEN] = "token",
	[TYPE_TEXT] = "text",       [TYPE_TIME] = "time",
	[TYPE_KEYWORD] = "keyword", [TYPE_NUMBERS] = "numbers",
	[TYPE_DIGEST] = "digest",   [TYPE_LINE] = "line",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *field_class_name(enum field_class class)
{
	size_t n = (size_t) class;
	return n < COUNT(class_names) ? class_names[n] : class_names[0];
}

const char *field_type_name(enum field_type type)
{
	size_t n = (size_t)type;
	return n < COUNT(type_names) ? type_names[n] : type_names[0];
}

const char *field_name(const struct field *field)
{
	const char *slash = strrchr(field->path, '/');
	return slash != NULL ? slash + 1 : field->path;
}

bool field_is_below(const struct field *field, const char *parent_path)
{
	size_t len = strlen(parent_path);

	if (len == 0) {
		return strchr(field->path, '/') == NULL;
	}
	return strncmp(field->path, parent_path, len) == 0 &&
	       field->path[len] == '/' &&
	       strchr(field->path + len + 1, '/') == NULL;
}

bool field_word_in(const char *list, const char *word)
{
	size_t len = strlen(word);

	if (len == 0) {
		return false;
	}
	for (const char *at = list; at != NULL && *at != '\0';) {
		const char *space = strchr(at, ' ');
		size_t have = space != NULL ? (size_t)(space - at) : strlen(at);
		if (have == len && memcmp(at, word, len) == 0) {
			return true;
		}
		at = space != NULL ? space + 1 : NULL;
	}
	return false;
}

#define NAME_CHARACTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static bool is_keyword(const char *text)
{
	size_t len = strspn(text, NAME_CHARACTERS);
	return len > 0 && len <= FIELD_TOKEN_MAX && text[len] == '\0';
}

/* U+FFFE and U+FFFF are good UTF-8 and no XML. */
static bool has_noncharacter(const char *text)
{
	return strstr(text, "\xef\xbf\xbe") != NULL ||
	       strstr(text, "\xef\xbf\xbf") != NULL;
}

bool field_is_line(const char *text, size_t max)
{
	size_t len = strlen(text);
	return len > 0 && len <= max && text[0] != ' ' &&
	       text[len - 1] != ' ' && text_is_one_line(text, len) &&
	       !has_noncharacter(text);
}

static bool is_number(const char *text, int64_t min)
{
	int64_t value;
	/* One spelling a number: no sign but "-", no zeros in front. */
	const char *digits = text[0] == '-' ? text + 1 : text;
	if (digits[0] == '0' && (digits[1] != '\0' || digits != text)) {
		return false;
	}
	return text_parse_i64(text, min, INT64_MAX, &value);
}

static bool is_time(const char *text)
{
	int64_t utc;
	char again[CLOCK_TEXT_SIZE];

	if (!clock_parse(text, &utc)) {
		return false;
	}
	clock_format(again, utc);
	return strcmp(again, text) == 0;
}

/* Decimal numbers with single spaces between: "-0.5 12 3.25". */
static bool is_numbers(const char *text)
{
	if (!field_is_line(text, FIELD_TEXT_MAX)) {
		return false;
	}
	for (const char *at = text; *at != '\0';) {
		at += *at == '-';
		size_t whole = strspn(at, "0123456789");
		at += whole;
		size_t part = *at == '.' ? strspn(at + 1, "0123456789") : 0;
		at += part > 0 ? part + 1 : 0;
		if (whole == 0 || whole + part > 18 ||
		    (*at != '\0' && *at != ' ') ||
		    (at[0] == ' ' && at[1] == ' ')) {
			return false;
		}
		at += *at == ' ';
	}
	return true;
}

static bool is_digest(const char *text)
{
	return strspn(text, "0123456789abcdef") == 64 && text[64] == '\0';
}

/* NULL = it is a value; else what is wrong with it. */
static const char *value_fault(const struct field *field, const char *text)
{
	bool unknown = strcmp(text, "unknown") == 0;

	switch (field->type) {
	case TYPE_COUNTER:
		return unknown || is_number(text, 0)
			       ? NULL
			       : "is not a whole number or \"unknown\"";
	case TYPE_LEVEL:
		return unknown || strcmp(text, "other") == 0 ||
				       strcmp(text, "some") == 0 ||
				       is_number(text, 0)
			       ? NULL
			       : "is not a level";
	case TYPE_INTEGER:
		return unknown || is_number(text, INT64_MIN)
			       ? NULL
			       : "is not a whole number or \"unknown\"";
	case TYPE_TOKEN:
		return field_is_line(text, FIELD_TOKEN_MAX)
			       ? NULL
			       : "is not one line of 1 to 255 bytes";
	case TYPE_NUMBERS:
		return is_numbers(text) ? NULL
					: "is not numbers with single spaces "
					  "between";
	case TYPE_DIGEST:
		return is_digest(text) ? NULL
				       : "is not 64 hex digits in lower case";
	case TYPE_TEXT:
	case TYPE_LINE:
		return field_is_line(text, FIELD_TEXT_MAX)
			       ? NULL
			       : "is not one line of 1 to 1023 bytes";
	case TYPE_TIME:
		return unknown || is_time(text)
			       ? NULL
			       : "is not a time in UTC or \"unknown\"";
	case TYPE_KEYWORD:
		if (field->choices == NULL) {
			return is_keyword(text) ? NULL : "is not a keyword";
		}
		return field_word_in(field->choices, text)
			       ? NULL
			       : "is not one of the words of this field";
	case TYPE_UNSET:
	case TYPE_GROUP:
		break;
	}
	return "takes no value of its own";
}

static const char *unit_fault(const struct field *field, const char *unit)
{
	if (field->unit == NULL) {
		return unit == NULL ? NULL : "takes no unit";
	}
	if (unit == NULL) {
		return "has no unit";
	}
	bool known = field->units != NULL ? field_word_in(field->units, unit)
					  : strcmp(field->unit, unit) == 0;
	return known ? NULL : "has a unit that it may not have";
}

bool field_check(const struct field *field, const char *text, const char *unit,
		 struct err *err)
{
	const char *fault = value_fault(field, text != NULL ? text : "");
	if (fault == NULL) {
		fault = unit_fault(field, unit);
	}
	if (fault != NULL) {
		return err_set(err, ERR_INVALID, "%s %s", field->path, fault);
	}
	return true;
}

bool field_source_ok(const char *source)
{
	size_t len = strspn(source, NAME_CHARACTERS "/[]");
	return len > 0 && len <= FIELD_SOURCE_MAX && source[len] == '\0';
}
