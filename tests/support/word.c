/*
 * Words within texts that hold random letters too.
 */
#include "tests/support/word.h"

#include <ctype.h>
#include <string.h>

static bool goes_on(char c)
{
	return c != '\0' &&
	       (isalnum((unsigned char)c) || strchr("+/=-_", c) != NULL);
}

bool word_in(const char *text, const char *word)
{
	size_t len = strlen(word);
	for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
		if ((at == text || !goes_on(at[-1])) && !goes_on(at[len])) {
			return true;
		}
	}
	return false;
}
