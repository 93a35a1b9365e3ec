/*
 * Compares a form or query with what its page declared. Validators look at
 * the form of a value only; what it means is the handler's matter.
 */
#include "web/fields.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "formats/uuid.h"
#include "web/html.h"

static const struct web_field *field_named(const struct web_field *fields,
					   const char *name)
{
	for (; fields != NULL && fields->name != NULL; fields++) {
		if (strcmp(fields->name, name) == 0) {
			return fields;
		}
	}
	return NULL;
}

static size_t times(const struct urlencoded *form, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < form->count; i++) {
		if (strcmp(form->pairs[i].name, name) == 0) {
			count++;
		}
	}
	return count;
}

/* Not declared, or more than once where once is meant? */
static bool check_names(const struct web_field *fields,
			const struct urlencoded *form, const char *always,
			struct err *err)
{
	for (size_t i = 0; i < form->count; i++) {
		const char *name = form->pairs[i].name;
		const struct web_field *field = field_named(fields, name);
		bool known = always != NULL && strcmp(always, name) == 0;

		if (field == NULL && !known) {
			return err_set(err, ERR_INVALID,
				       "This page has no field \"%s\".", name);
		}
		if ((field == NULL || !field->many) && times(form, name) > 1) {
			return err_set(err, ERR_INVALID,
				       "The field \"%s\" came more than once.",
				       name);
		}
	}
	return true;
}

/* What is wrong with one value; NULL = nothing. text is for the answer. */
static const char *problem_of(const struct web_field *field, const char *value,
			      char *text, size_t size)
{
	size_t max = field->max > 0 ? field->max : FIELDS_PRESET_MAX;

	if (value[0] == '\0') {
		if (!field->required) {
			return NULL;
		}
		snprintf(text, size, "%s is missing.", field->label);
		return text;
	}
	if (strlen(value) > max && field->secret) {
		/* Its limit is one of characters; a number of bytes confuses. */
		snprintf(text, size, "%s is too long.", field->label);
		return text;
	}
	if (strlen(value) > max) {
		snprintf(text, size, "%s may be at most %zu characters long.",
			 field->label, max);
		return text;
	}
	if (!(field->valid != NULL ? field->valid : fields_is_line)(value)) {
		snprintf(text, size, "%s is not valid.%s%s", field->label,
			 field->hint != NULL ? " " : "",
			 field->hint != NULL ? field->hint : "");
		return text;
	}
	return NULL;
}

enum fields_outcome
fields_check(const struct web_field *fields, const struct urlencoded *form,
	     const char *always,
	     void (*found)(void *ctx, const struct web_field *field,
			   const char *text),
	     void *ctx, struct err *err)
{
	enum fields_outcome outcome = FIELDS_OK;

	if (!check_names(fields, form, always, err)) {
		return FIELDS_REFUSED;
	}
	for (; fields != NULL && fields->name != NULL; fields++) {
		const char *problem = NULL;
		const char *value = NULL;
		char text[256];
		size_t at = 0;

		while (problem == NULL &&
		       (value = urlencoded_next(form, fields->name, &at)) !=
			       NULL) {
			problem = problem_of(fields, value, text, sizeof(text));
		}
		if (problem == NULL &&
		    urlencoded_get(form, fields->name) == NULL) {
			problem = problem_of(fields, "", text, sizeof(text));
		}
		if (problem != NULL) {
			found(ctx, fields, problem);
			outcome = FIELDS_PROBLEM;
		}
	}
	return outcome;
}

bool fields_is_line(const char *value)
{
	return text_is_one_line(value, strlen(value));
}

bool fields_is_any(const char *value)
{
	return text_is_utf8(value, strlen(value));
}

static bool only_of(const char *value, const char *allowed)
{
	return value[strspn(value, allowed)] == '\0';
}

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool fields_is_word(const char *value)
{
	return only_of(value, LETTERS DIGITS "._-");
}

bool fields_is_number(const char *value)
{
	uint64_t number;

	return text_parse_u64(value, 0, INT64_MAX, &number);
}

bool fields_is_uuid(const char *value)
{
	return uuid_valid(value);
}

bool fields_is_sha256(const char *value)
{
	return strlen(value) == 64 && only_of(value, DIGITS "abcdef");
}

bool fields_is_date(const char *value)
{
	return strlen(value) == 10 && only_of(value, DIGITS "-") &&
	       value[4] == '-' && value[7] == '-' &&
	       strspn(value, DIGITS) == 4 && strspn(value + 5, DIGITS) == 2 &&
	       strspn(value + 8, DIGITS) == 2;
}

bool fields_is_flag(const char *value)
{
	return strcmp(value, "1") == 0;
}

bool fields_is_key(const char *value)
{
	size_t len = strlen(value);

	return len >= 16 && len <= 64 && only_of(value, LETTERS DIGITS "-_");
}

bool fields_is_own_path(const char *value)
{
	return html_is_own_path(value);
}
