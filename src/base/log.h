#ifndef SLUICE_BASE_LOG_H
#define SLUICE_BASE_LOG_H

#include "base/err.h"

/*
 * The running log for administrators (not the transaction log). One line an
 * event, "time level program: text", to a descriptor. Never a value from a
 * document, a password or a key: ids and sizes only. Control characters are
 * replaced, so that input cannot forge a line.
 */
enum log_level {
	LOG_UNSET = 0,
	LOG_DEBUG_LEVEL,
	LOG_INFO_LEVEL,
	LOG_WARN_LEVEL,
	LOG_ERROR_LEVEL
};

struct log {
	int fd;               /* -1 = drop everything */
	enum log_level least; /* lower levels are dropped */
	const char *program;  /* borrowed */
};

void log_debug(const struct log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_info(const struct log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_warn(const struct log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_error(const struct log *log, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
