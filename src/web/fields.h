#ifndef SLUICE_WEB_FIELDS_H
#define SLUICE_WEB_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "formats/urlencoded.h"

/*
 * The fields that a page takes, in its query or its form. What is not
 * declared is refused.
 */
struct web_field {
	const char *name;                 /* NULL ends a list */
	const char *label;                /* for people, "Password" */
	size_t max;                       /* bytes; 0 = FIELDS_PRESET_MAX */
	bool (*valid)(const char *value); /* NULL = one line of text */
	const char *
		hint; /* what is valid, for people: "Use letters and digits." */
	bool required; /* must be there and not "" */
	bool many;     /* may stand there more than once */
	bool secret;   /* never shown again */
};

#define FIELDS_PRESET_MAX 128

/* What is wrong with the declared fields of one form. */
enum fields_outcome {
	FIELDS_UNSET = 0,
	FIELDS_OK,
	FIELDS_PROBLEM, /* a person can mend it: missing, too long, or not valid */
	FIELDS_REFUSED /* no form of ours: not declared, or repeated */
};

/*
 * Checks a form. found() is called for each problem that a person can mend.
 * always may be NULL: names that are fine on every page (csrf).
 * On FIELDS_REFUSED err says which field (INVALID).
 */
enum fields_outcome
fields_check(const struct web_field *fields, const struct urlencoded *form,
	     const char *always,
	     void (*found)(void *ctx, const struct web_field *field,
			   const char *text),
	     void *ctx, struct err *err);

/* Validators. "" passes all of them: that is what "required" is for. */
bool fields_is_line(const char *value);   /* one line of UTF-8 */
bool fields_is_any(const char *value);    /* UTF-8; passwords */
bool fields_is_word(const char *value);   /* [A-Za-z0-9._-]+ */
bool fields_is_number(const char *value); /* decimal, fits 63 bits */
bool fields_is_uuid(const char *value);
bool fields_is_sha256(const char *value); /* 64 lower-case hex digits */
bool fields_is_date(const char *value);   /* 2026-11-23 */
bool fields_is_flag(const char *value);   /* "1" */
bool fields_is_key(const char *value); /* idempotency key: base64url, 16..64 */
bool fields_is_own_path(const char *value);

#endif
