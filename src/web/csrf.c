/*
 * Tokens against forged forms. The router compares them before a handler
 * runs; pages only put visit->csrf into their forms.
 */
#include "web/csrf.h"

#include <string.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/sha256.h"

static void put_base64url(char dst[CSRF_TOKEN_SIZE], const uint8_t bytes[32])
{
	struct buf text = BUF_INIT;

	base64url_put(&text, bytes, 32);
	memcpy(dst, buf_str(&text), CSRF_TOKEN_SIZE);
	buf_burn(&text);
}

void csrf_token(char token[CSRF_TOKEN_SIZE], const char *cookie_value)
{
	static const char domain[] = "sluice csrf";
	struct sha256 hash;
	uint8_t digest[SHA256_SIZE];

	sha256_init(&hash);
	sha256_update(&hash, domain, sizeof(domain) - 1);
	sha256_update(&hash, cookie_value, strlen(cookie_value));
	sha256_final(&hash, digest);
	put_base64url(token, digest);
}

bool csrf_matches(const char *token, const char *cookie_value)
{
	char expected[CSRF_TOKEN_SIZE];

	if (token == NULL || cookie_value[0] == '\0' ||
	    strlen(token) != CSRF_TOKEN_SIZE - 1) {
		return false;
	}
	csrf_token(expected, cookie_value);
	return mem_equal_ct(token, expected, CSRF_TOKEN_SIZE - 1);
}

void csrf_random(char text[CSRF_RANDOM_SIZE])
{
	uint8_t bytes[32];

	random_bytes(bytes, sizeof(bytes));
	put_base64url(text, bytes);
	mem_burn(bytes, sizeof(bytes));
}
