/*
 * The running log: one line an event, written with one write(), so that lines
 * of several processes on one descriptor do not mix. The transaction log that
 * customers read is domain/ledger.
 */
#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define LINE_TEXT_SIZE 1024 /* longer texts are cut */

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_DEBUG_LEVEL:
		return "debug";
	case LOG_INFO_LEVEL:
		return "info";
	case LOG_WARN_LEVEL:
		return "warn";
	case LOG_ERROR_LEVEL:
		return "error";
	case LOG_UNSET:
		break;
	}
	return "unset";
}

static void write_line(int fd, const struct buf *line)
{
	size_t done = 0;
	while (done < line->len) {
		ssize_t put = write(fd, line->data + done, line->len - done);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return;
		}
		done += (size_t)put;
	}
}

static void PRINTF_LIKE(3, 0)
	put_line(const struct log *log, enum log_level level, const char *fmt,
		 va_list args)
{
	if (log == NULL || log->fd < 0 || level < log->least) {
		return;
	}
	int reason = errno;
	char text[LINE_TEXT_SIZE];
	vsnprintf(text, sizeof(text), fmt, args);
	for (char *at = text; *at != '\0'; at++) {
		if (*at == '\n' || *at == '\t') {
			*at = ' ';
		}
	}
	char time[CLOCK_TEXT_SIZE];
	clock_format(time, clock_utc_now());
	struct buf line = BUF_INIT;
	buf_printf(&line, "%s %s %s: ", time, level_name(level),
		   log->program != NULL ? log->program : "sluice");
	text_put_clean(&line, text, strlen(text));
	buf_put_char(&line, '\n');
	write_line(log->fd, &line);
	buf_clear(&line);
	errno = reason;
}

void log_debug(const struct log *log, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	put_line(log, LOG_DEBUG_LEVEL, fmt, args);
	va_end(args);
}

void log_info(const struct log *log, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	put_line(log, LOG_INFO_LEVEL, fmt, args);
	va_end(args);
}

void log_warn(const struct log *log, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	put_line(log, LOG_WARN_LEVEL, fmt, args);
	va_end(args);
}

void log_error(const struct log *log, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	put_line(log, LOG_ERROR_LEVEL, fmt, args);
	va_end(args);
}
