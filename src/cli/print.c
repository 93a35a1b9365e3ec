/*
 * Lines and tables for terminals. Everything is cleaned here, so no command
 * has to remember it. Column widths count characters, not bytes.
 */
#include "cli/print.h"

#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

/* text_put_clean() leaves TAB and LF; on one line they may not stand. */
static void put_one_line(struct buf *out, const char *text)
{
	struct buf clean = BUF_INIT;
	text_put_clean(&clean, text, strlen(text));
	for (size_t i = 0; i < clean.len; i++) {
		char c = (char)clean.data[i];
		if (c == '\n' || c == '\t') {
			buf_put_str(out, "\xEF\xBF\xBD");
		} else {
			buf_put_char(out, c);
		}
	}
	buf_clear(&clean);
}

void print_line(FILE *out, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	char *text = NULL;
	int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0) {
		return;
	}
	struct buf line = BUF_INIT;
	put_one_line(&line, text);
	buf_put_char(&line, '\n');
	print_bytes(out, line.data, line.len);
	fflush(out);
	buf_clear(&line);
	mem_free(text);
}

bool print_reader_left(FILE *out)
{
	struct pollfd end = { .fd = fileno(out), .events = POLLOUT };
	return end.fd >= 0 && poll(&end, 1, 0) == 1 &&
	       (end.revents & POLLERR) != 0;
}

void print_text(FILE *out, const char *text)
{
	print_bytes(out, text, strlen(text));
}

void print_bytes(FILE *out, const void *data, size_t len)
{
	/* A failed write shows in ferror(), which the program checks once. */
	if (len > 0 && fwrite(data, 1, len, out) < len) {
		return;
	}
}

static void put_json(FILE *out, json_t *value, size_t flags)
{
	/*
	 * All but ASCII is escaped: no byte of a value reaches the terminal.
	 * NULL: a text in it was no UTF-8; pages and stores never hold such.
	 */
	char *text = json_dumps(value, flags | JSON_ENSURE_ASCII);
	if (text != NULL) {
		print_bytes(out, text, strlen(text));
		print_bytes(out, "\n", 1);
	}
	mem_free(text);
	json_decref(value);
}

void print_json_block(FILE *out, json_t *value)
{
	put_json(out, value, JSON_INDENT(2));
}

void print_json_line(FILE *out, json_t *value)
{
	put_json(out, value, JSON_COMPACT);
}

json_t *print_json_time(int64_t utc)
{
	char text[CLOCK_TEXT_SIZE];
	if (utc == 0) {
		return json_null();
	}
	clock_format(text, utc);
	return json_string(text);
}

static size_t characters(const char *text)
{
	size_t n = 0;
	for (; *text != '\0'; text++) {
		n += ((unsigned char)*text & 0xC0) != 0x80;
	}
	return n;
}

void print_table_init(struct print_table *t, const char *const *head)
{
	size_t columns = 0;
	while (head[columns] != NULL && columns < PRINT_COLUMNS_MAX) {
		columns++;
	}
	*t = (struct print_table){ .columns = columns };
	print_table_row(t, head);
}

void print_table_row(struct print_table *t, const char *const *cells)
{
	t->cells = mem_resize(t->cells,
			      (t->rows + 1) * t->columns * sizeof(char *));
	for (size_t i = 0; i < t->columns; i++) {
		struct buf cell = BUF_INIT;
		put_one_line(&cell, cells[i] == NULL || cells[i][0] == '\0'
					    ? "-"
					    : cells[i]);
		t->cells[t->rows * t->columns + i] = buf_take_str(&cell);
	}
	t->rows++;
}

void print_table_end(struct print_table *t, FILE *out)
{
	size_t width[PRINT_COLUMNS_MAX] = { 0 };
	for (size_t i = 0; i < t->rows * t->columns; i++) {
		size_t len = characters(t->cells[i]);
		if (len > width[i % t->columns]) {
			width[i % t->columns] = len;
		}
	}
	struct buf text = BUF_INIT;
	for (size_t i = 0; i < t->rows * t->columns; i++) {
		size_t column = i % t->columns;
		buf_put_str(&text, t->cells[i]);
		if (column + 1 == t->columns) {
			buf_put_char(&text, '\n');
		} else {
			buf_printf(&text, "%*s",
				   (int)(width[column] + 2 -
					 characters(t->cells[i])),
				   "");
		}
		mem_free(t->cells[i]);
	}
	print_bytes(out, text.data, text.len);
	buf_clear(&text);
	mem_free(t->cells);
	*t = (struct print_table){ 0 };
}

const char *print_time(char dst[PRINT_TIME_SIZE], int64_t utc)
{
	if (utc == 0) {
		return "never";
	}
	clock_format(dst, utc);
	if (dst[10] == 'T') {
		dst[10] = ' ';
	}
	return dst;
}

char *print_words(const char *text)
{
	struct buf words = BUF_INIT;
	clock_put_words(&words, text != NULL ? text : "");
	return buf_take_str(&words);
}

const char *print_size(char dst[PRINT_SIZE_SIZE], uint64_t bytes)
{
	char number[28];
	snprintf(dst, PRINT_SIZE_SIZE, "%s bytes",
		 text_thousands(number, sizeof(number), bytes));
	return dst;
}
