/*
 * Reads and sets cookies. Knows one kind only: "__Host-", Secure, HttpOnly,
 * SameSite=Strict, gone when the browser closes.
 */
#include "web/cookie.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static bool is_value_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool is_value(const char *s, size_t len)
{
	if (len == 0 || len > COOKIE_VALUE_MAX) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (!is_value_char(s[i])) {
			return false;
		}
	}
	return true;
}

/* The value in "name=value" if it is that name; NULL if another. */
static const char *value_of(const char *pair, size_t len, const char *name,
			    size_t *value_len)
{
	size_t name_len = strlen(name);

	if (len <= name_len || memcmp(pair, name, name_len) != 0 ||
	    pair[name_len] != '=') {
		return NULL;
	}
	*value_len = len - name_len - 1;
	return pair + name_len + 1;
}

bool cookie_find(const char *header, const char *name, char *dst, size_t size)
{
	const char *found = NULL;
	size_t found_len = 0;

	for (const char *at = header; at != NULL && *at != '\0';) {
		at += strspn(at, " \t;");
		size_t len = strcspn(at, ";");
		size_t end = len;

		while (end > 0 && (at[end - 1] == ' ' || at[end - 1] == '\t')) {
			end--;
		}
		size_t value_len = 0;
		const char *value = value_of(at, end, name, &value_len);

		if (value != NULL) {
			if (found != NULL) {
				return false;
			}
			found = value;
			found_len = value_len;
		}
		at += len;
	}
	if (found == NULL || !is_value(found, found_len) || found_len >= size) {
		return false;
	}
	memcpy(dst, found, found_len);
	dst[found_len] = '\0';
	return true;
}

static void put_cookie(struct response *response, const char *name,
		       const char *value, const char *more)
{
	assert(text_starts_with(name, "__Host-"));
	buf_put_str(&response->cookies, "Set-Cookie: ");
	buf_put_str(&response->cookies, name);
	buf_put_char(&response->cookies, '=');
	buf_put_str(&response->cookies, value);
	buf_put_str(&response->cookies,
		    "; Path=/; Secure; HttpOnly; SameSite=Strict");
	buf_put_str(&response->cookies, more);
	buf_put_str(&response->cookies, "\r\n");
}

void cookie_set(struct response *response, const char *name, const char *value)
{
	assert(is_value(value, strlen(value)));
	put_cookie(response, name, value, "");
}

void cookie_remove(struct response *response, const char *name)
{
	put_cookie(response, name, "", "; Max-Age=0");
}
