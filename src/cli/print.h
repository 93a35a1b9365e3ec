#ifndef SLUICE_CLI_PRINT_H
#define SLUICE_CLI_PRINT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * What goes to a terminal. Text from elsewhere may hold escape sequences and
 * line breaks that would rewrite the screen or forge a line; here they cannot.
 */

/* One line: control characters inside become U+FFFD, then a line break. */
void print_line(FILE *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Is it a pipe that nobody reads any more? */
bool print_reader_left(FILE *out);

/* Our own text with its line breaks. */
void print_text(FILE *out, const char *text);

/* Bytes as they are, for files and pipes (--xml, --csv). */
void print_bytes(FILE *out, const void *data, size_t len);

/* JSON with two spaces of indent and a line break; takes the value. */
void print_json_block(FILE *out, json_t *value);

/* The same on one line, for lists that are read line by line. */
void print_json_line(FILE *out, json_t *value);

/* "2026-11-23T14:02:07Z" as every time in JSON is written; null for 0. */
json_t *print_json_time(int64_t utc);

/* A table for people: a head and cells, columns aligned, cells cleaned. */
#define PRINT_COLUMNS_MAX 10

struct print_table {
	size_t columns;
	size_t rows;
	char **cells; /* rows * columns, own memory */
};

/* head: texts, ends with NULL. */
void print_table_init(struct print_table *t, const char *const *head);
/* As many cells as the head has; NULL = "-". */
void print_table_row(struct print_table *t, const char *const *cells);
/* Prints and frees. */
void print_table_end(struct print_table *t, FILE *out);

/* "2026-11-23 14:02:07Z", or "never" for 0. */
#define PRINT_TIME_SIZE 32
const char *print_time(char dst[PRINT_TIME_SIZE], int64_t utc);

/* A sentence with the times in it in words (clock_put_words()); mem_free(). */
char *print_words(const char *text);

/* "1,204 bytes". */
#define PRINT_SIZE_SIZE 40
const char *print_size(char dst[PRINT_SIZE_SIZE], uint64_t bytes);

#endif
