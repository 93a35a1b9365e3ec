#ifndef SLUICE_WEB_COOKIE_H
#define SLUICE_WEB_COOKIE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "web/response.h"

/*
 * Cookies (RFC 6265) of our own kind only: name with prefix "__Host-" (so
 * Secure, Path=/ and no Domain), HttpOnly, SameSite=Strict, until the browser
 * closes. Values are base64url text.
 */
#define COOKIE_VALUE_MAX 128

/*
 * Looks a cookie up in a Cookie header. false: not there, there twice, too
 * long for dst, or not base64url text.
 */
MUST_USE bool cookie_find(const char *header, const char *name, char *dst,
			  size_t size);

/* Name without "__Host-" or value of another form: abort. */
void cookie_set(struct response *response, const char *name, const char *value);
void cookie_remove(struct response *response, const char *name);

#endif
