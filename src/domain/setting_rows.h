#ifndef SLUICE_DOMAIN_SETTING_ROWS_H
#define SLUICE_DOMAIN_SETTING_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/db.h"

/*
 * Settings that people change by name, on a page or the command line. Each
 * part of the product has a group of them, a table of rows that its own file
 * keeps; the values stand in table settings under the same names.
 */

/* One setting, for forms and the command line. */
struct setting {
	const char *name;   /* "send_time" */
	const char *title;  /* "Time of the daily send" */
	const char *values; /* for people: "derived, or a time like 18:00" */
};

struct setting_row {
	struct setting setting;
	/* Into the group's own struct; false: this is no value of it. */
	bool (*parse)(const char *value, void *group);
};

struct setting_rows {
	const struct setting_row *rows;
	size_t count;
};

/* The n-th; NULL ends them. */
const struct setting *setting_at(const struct setting_rows *rows, size_t n);

/* NULL: NOT_FOUND. */
const struct setting_row *setting_row_of(const struct setting_rows *rows,
					 const char *name, struct err *err);

/* The value as it is typed. Errors: NOT_FOUND. */
MUST_USE bool setting_value(struct db *db, const struct setting_rows *rows,
			    const char *name, struct buf *value,
			    struct err *err);

/*
 * What stands, one row or all, into the group's struct, of which a part may
 * be written on failure. Errors: INVALID (the value that is kept is damaged).
 */
MUST_USE bool setting_row_read(struct db *db, const struct setting_row *row,
			       void *group, struct err *err);
MUST_USE bool setting_rows_read(struct db *db, const struct setting_rows *rows,
				void *group, struct err *err);

/* Errors: INVALID (the text says what to write). */
MUST_USE bool setting_parse(const struct setting_row *row, const char *value,
			    void *group, struct err *err);

/* Who changes what. */
struct setting_change {
	const char *actor;
	const char *service; /* of the entry; NULL = none */
	const char *value;
	int64_t now;
};

/*
 * Writes a value that was parsed, with its entry; the value that stands
 * changes nothing. *changed may be NULL. In the caller's transaction or its
 * own.
 */
MUST_USE bool setting_write(struct db *db, const struct setting *setting,
			    const struct setting_change *change, bool *changed,
			    struct err *err);

/*
 * All of it for a setting on which nothing else hangs. group: to be parsed
 * into, then of no use. Errors: NOT_FOUND, INVALID.
 */
MUST_USE bool setting_set(struct db *db, const struct setting_rows *rows,
			  const char *name, const struct setting_change *change,
			  void *group, struct err *err);

#endif
