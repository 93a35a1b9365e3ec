#ifndef SLUICE_WEB_CSRF_H
#define SLUICE_WEB_CSRF_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Tokens against forged forms: base64url(SHA-256("sluice csrf" || cookie
 * value)). The cookie is the session's, or before sign-in the visitor's.
 * A page holds the token; only this site can read it.
 */
#define CSRF_TOKEN_SIZE 44 /* 43 characters and NUL */
#define CSRF_FIELD "csrf"  /* name of the hidden field */

void csrf_token(char token[CSRF_TOKEN_SIZE], const char *cookie_value);

/* Constant time. false for NULL, "" or an empty cookie value. */
bool csrf_matches(const char *token, const char *cookie_value);

/* 32 random bytes as base64url, for visitor cookies and form keys. */
#define CSRF_RANDOM_SIZE 44
void csrf_random(char text[CSRF_RANDOM_SIZE]);

#endif
