/*
 * Errors as values: a kind for the caller, a sentence for people. Texts are
 * cut at a character, so that what reaches a page or a log is valid UTF-8.
 * Showing an error is the caller's affair.
 */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

/* Takes off a UTF-8 character that the end of the array cut in two. */
static void trim_cut_character(char text[ERR_TEXT_SIZE])
{
	size_t len = strlen(text);
	if (len < ERR_TEXT_SIZE - 1) {
		return;
	}
	size_t start = len;
	while (start > 0 && len - start < 4 &&
	       ((unsigned char)text[start - 1] & 0xc0) == 0x80) {
		start--;
	}
	if (start == 0) {
		return;
	}
	unsigned char lead = (unsigned char)text[start - 1];
	size_t wanted = lead >= 0xf0   ? 4
			: lead >= 0xe0 ? 3
			: lead >= 0xc0 ? 2
				       : 1;
	if (wanted > 1 && len - (start - 1) < wanted) {
		text[start - 1] = '\0';
	}
}

static void append(char text[ERR_TEXT_SIZE], const char *more)
{
	size_t len = strlen(text);
	snprintf(text + len, ERR_TEXT_SIZE - len, "%s", more);
	trim_cut_character(text);
}

bool err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	if (err == NULL || err->kind != ERR_NONE) {
		return false;
	}
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	err->kind = kind;
	trim_cut_character(err->text);
	return false;
}

bool err_set_errno(struct err *err, enum err_kind kind, int errnum,
		   const char *fmt, ...)
{
	if (err == NULL || err->kind != ERR_NONE) {
		return false;
	}
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	err->kind = kind;
	append(err->text, ": ");
	append(err->text, strerror(errnum));
	return false;
}

bool err_prefix(struct err *err, const char *fmt, ...)
{
	if (err == NULL || err->kind == ERR_NONE) {
		return false;
	}
	char rest[ERR_TEXT_SIZE];
	memcpy(rest, err->text, sizeof(rest));
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	append(err->text, ": ");
	append(err->text, rest);
	return false;
}

void err_reset(struct err *err)
{
	if (err != NULL) {
		err->kind = ERR_NONE;
		err->text[0] = '\0';
	}
}

const char *err_kind_name(enum err_kind kind)
{
	switch (kind) {
	case ERR_NONE:
		return "none";
	case ERR_RETRY:
		return "retry";
	case ERR_DENIED:
		return "denied";
	case ERR_INVALID:
		return "invalid";
	case ERR_NOT_FOUND:
		return "not-found";
	case ERR_LIMIT:
		return "limit";
	case ERR_IO:
		return "io";
	case ERR_BUG:
		return "bug";
	}
	return "unknown";
}
