/*
 * The body of a request for tests and fuzzing; apart from site.c, since
 * fuzzing goes without cmocka.
 */
#include "tests/unit/web/body.h"

#include <string.h>

ssize_t test_body_read(void *ctx, void *dst, size_t len)
{
	struct test_body *body = ctx;

	len = len < body->left ? len : body->left;
	memcpy(dst, body->at, len);
	body->at += len;
	body->left -= len;
	return (ssize_t)len;
}
