#ifndef SLUICE_BASE_CONFIG_H
#define SLUICE_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A configuration file: "[section]", "key = value", "#" or ";" comments. Read
 * with inih. Every key must stand in the program's table of settings, so a
 * misspelt key is an error with its line number, not a silent default.
 */
enum config_type { CONFIG_UNSET = 0, CONFIG_TEXT, CONFIG_PATH, CONFIG_NUMBER };

struct config_setting {
	const char *section; /* "x:" stands for any "x:NAME" */
	const char *key;
	enum config_type type;
	const char *preset; /* value when the file has none; NULL = empty */
	int64_t min, max;   /* CONFIG_NUMBER only */
	const char *help;   /* one line, for the man page and error texts */
};

/* A value that a first file gives a setting. */
struct config_first {
	const char *section, *key; /* section NULL ends the table */
	const char *value;         /* NULL = the number, "" = the preset */
	int number;
};

struct config; /* opaque */

/*
 * settings ends with a row whose section is NULL; borrowed for the lifetime.
 * CONFIG_PATH values that are relative are taken relative to the folder of
 * the file. Errors: NOT_FOUND, INVALID (with file and line), IO.
 */
MUST_USE bool config_load(const char *path,
			  const struct config_setting *settings,
			  struct config **config, struct err *err);
void config_free(struct config *config); /* NULL is fine */

/* Folder of the file, as its path said; "." if it said none. */
const char *config_folder(const struct config *config);

/*
 * Value or preset; "" if neither. Asking for a key that is not in the table
 * aborts.
 */
const char *config_text(const struct config *config, const char *section,
			const char *key);
int64_t config_number(const struct config *config, const char *section,
		      const char *key);

/*
 * n-th NAME of "[prefix:NAME]" in file order, NULL after the last. prefix
 * without the ":".
 */
const char *config_name(const struct config *config, const char *prefix,
			size_t n);

/*
 * A first file: each setting with its help as a comment, then "key = value",
 * or "#key = preset" when values has none for it. Sections that stand for any
 * "x:NAME" are left out.
 */
void config_put_first(struct buf *out, const struct config_setting *settings,
		      const struct config_first *values);

#endif
