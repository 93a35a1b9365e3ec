/*
 * Names of jobs for people. Whoever sends a job chooses its name, so it may
 * hold anything, and a person decides by it what to send: nothing in it may
 * break its line or show it in another order. Escaping for HTML or XML is not
 * here but with those who write them.
 */
#include "formats/job_name.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Characters that text_put_clean() keeps and a name must not have. */
static const struct {
	char first[4], last[4]; /* UTF-8; they differ in the last byte alone */
} unwanted[] = {
	{ "\t", "\n" },
	{ "\xd8\x9c", "\xd8\x9c" },         /* Arabic letter mark */
	{ "\xe2\x80\x8e", "\xe2\x80\x8f" }, /* marks of direction */
	{ "\xe2\x80\xa8", "\xe2\x80\xa9" }, /* line and paragraph separator */
	{ "\xe2\x80\xaa", "\xe2\x80\xae" }, /* embeddings and overrides */
	{ "\xe2\x81\xa6", "\xe2\x81\xa9" }, /* isolates */
};

#define UNWANTED_COUNT (sizeof(unwanted) / sizeof(unwanted[0]))

/* Bytes of the character with this first byte; the text is valid UTF-8. */
static size_t length_of(uint8_t lead)
{
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static bool is_unwanted(const uint8_t *character, size_t len)
{
	for (size_t i = 0; i < UNWANTED_COUNT; i++) {
		const char *first = unwanted[i].first;
		if (strlen(first) == len &&
		    memcmp(character, first, len - 1) == 0 &&
		    character[len - 1] >= (uint8_t)first[len - 1] &&
		    character[len - 1] <= (uint8_t)unwanted[i].last[len - 1]) {
			return true;
		}
	}
	return false;
}

void job_name_put(struct buf *out, const char *text, size_t len, size_t max)
{
	struct buf clean = BUF_INIT;
	size_t put = 0, step;
	/* One byte becomes three at most, and four make one character. */
	text_put_clean(&clean, text, len < 4 * max ? len : 4 * max);
	for (size_t at = 0; at < clean.len; at += step) {
		const uint8_t *character = clean.data + at;
		step = length_of(character[0]);
		bool bad = is_unwanted(character, step);
		size_t needed = bad ? strlen(REPLACEMENT) : step;
		if (put + needed > max) {
			break;
		}
		buf_put(out, bad ? (const void *)REPLACEMENT : character,
			needed);
		put += needed;
	}
	buf_burn(&clean);
}

char *job_name_new(const char *text, size_t len, size_t max)
{
	struct buf name = BUF_INIT;
	buf_reserve(&name, max);
	buf_put_str(&name, "");
	job_name_put(&name, text, len, max);
	char *copy = mem_strndup(buf_str(&name), name.len);
	buf_burn(&name);
	return copy;
}

void job_name_copy(char *dst, size_t size, const char *text)
{
	struct buf name = BUF_INIT;
	job_name_put(&name, text != NULL ? text : "",
		     text != NULL ? strlen(text) : 0, size - 1);
	memcpy(dst, buf_str(&name), name.len);
	dst[name.len] = '\0';
	buf_burn(&name);
}
