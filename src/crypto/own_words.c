/*
 * Passwords made of words that are known about this machine and this account.
 * Words that are tried everywhere are common_passwords.c's; which words are
 * known here say the callers of password_acceptable().
 */
#include "crypto/own_words.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/mem.h"

/* A longer password has enough of its own beside any word. */
#define OWN_MAX_LEN 192
#define WORD_MAX_LEN 160
#define WORD_LEAST 3   /* shorter ones stand in many words by chance */
#define REMAIN_LEAST 4 /* characters of one's own */

/* Letters and digits count, and whatever is no ASCII. */
static bool counts(char c)
{
	return isalnum((unsigned char)c) || ((unsigned char)c & 0x80) != 0;
}

/* What counts of text, in lower case; "" if it is longer than size - 1. */
static size_t plain(char *dst, size_t size, const char *text, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (!counts(text[i])) {
			continue;
		}
		if (used + 1 == size) {
			used = 0;
			break;
		}
		dst[used++] = (char)tolower((unsigned char)text[i]);
	}
	dst[used] = '\0';
	return used;
}

/* Takes each occurrence of a word out of text. */
static bool take_away(char *text, const char *word, size_t len)
{
	char plain_word[WORD_MAX_LEN];
	size_t word_len = plain(plain_word, sizeof(plain_word), word, len);
	bool taken = false;
	char *at = text;

	while (word_len >= WORD_LEAST &&
	       (at = strstr(at, plain_word)) != NULL) {
		memmove(at, at + word_len, strlen(at + word_len) + 1);
		taken = true;
	}
	return taken;
}

static bool take_parts_away(char *text, const char *words)
{
	bool taken = false;

	while (*words != '\0') {
		size_t len = 0;

		while (words[len] != '\0' && counts(words[len])) {
			len++;
		}
		taken = take_away(text, words, len) || taken;
		words += len;
		words += *words != '\0';
	}
	return taken;
}

bool own_words_only(const char *password, const char *const *words)
{
	char text[OWN_MAX_LEN];
	bool taken = false;

	plain(text, sizeof(text), password, strlen(password));
	for (size_t i = 0; words[i] != NULL; i++) {
		taken = take_away(text, words[i], strlen(words[i])) || taken;
	}
	for (size_t i = 0; words[i] != NULL; i++) {
		taken = take_parts_away(text, words[i]) || taken;
	}
	size_t remain = strlen(text);
	bool only = taken && (remain < REMAIN_LEAST ||
			      strspn(text, "0123456789") == remain);

	mem_burn(text, sizeof(text));
	return only;
}
