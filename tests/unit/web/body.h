#ifndef SLUICE_TESTS_UNIT_WEB_BODY_H
#define SLUICE_TESTS_UNIT_WEB_BODY_H

#include <stddef.h>
#include <sys/types.h>

/* A request's body in memory, for request_read(). */
struct test_body {
	const char *at;
	size_t left;
};

/* ctx = the struct test_body. */
ssize_t test_body_read(void *ctx, void *dst, size_t len);

#endif
