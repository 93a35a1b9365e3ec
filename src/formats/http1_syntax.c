/*
 * Characters that RFC 9110, section 5, allows in names and values. Used by
 * reader and writer, so that we never send what we would refuse.
 */
#include "formats/http1_syntax.h"

#include <string.h>

bool http1_is_token(const char *text, size_t len)
{
	static const char token[] =
		"!#$%&'*+-.^_`|~0123456789"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0' || strchr(token, text[i]) == NULL) {
			return false;
		}
	}
	return len > 0;
}

bool http1_is_value(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			return false;
		}
	}
	return true;
}
