#ifndef SLUICE_BASE_ERR_H
#define SLUICE_BASE_ERR_H

#include <stdbool.h>
#include <stdarg.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/*
 * How things fail. Functions that can fail return bool (true = done) and take
 * a struct err last. The kind decides what the caller does; the text is for
 * people and says what to do. On false, outputs are untouched.
 */
enum err_kind {
	ERR_NONE = 0,
	ERR_RETRY,     /* may work later: network, busy, server overloaded */
	ERR_DENIED,    /* not allowed: role, grant, password, signature */
	ERR_INVALID,   /* the input is wrong */
	ERR_NOT_FOUND, /* what was asked for does not exist */
	ERR_LIMIT,     /* too big, too many, too often */
	ERR_IO,        /* disk or operating system */
	ERR_BUG        /* broken invariant; should never be seen */
};

#define ERR_TEXT_SIZE 512

struct err {
	enum err_kind kind; /* ERR_NONE = nothing failed */
	char text
		[ERR_TEXT_SIZE]; /* NUL-terminated UTF-8, one sentence or two */
};

/*
 * Sets the error, once, where it is known. An error that is already set is
 * kept. Returns false always, so that "return err_set(...)" reads well.
 * err may be NULL (the caller does not care).
 */
bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* As err_set(), and adds ": " and strerror(errnum) to the text. */
bool err_set_errno(struct err *err, enum err_kind kind, int errnum,
		   const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Puts "what: " before the text of a set error. Returns false. */
bool err_prefix(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Forgets the error, so that the struct can be used again. */
void err_reset(struct err *err);

/* "retry", "denied", ... for logs; never NULL. */
const char *err_kind_name(enum err_kind kind);

#endif
