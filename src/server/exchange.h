#ifndef SLUICE_SERVER_EXCHANGE_H
#define SLUICE_SERVER_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

/*
 * One HTTP request as the web server hands it over, whatever carries it:
 * fastcgi.c in workers, memory in tests.
 */
struct exchange {
	void *ctx;
	char *const *envp; /* CGI variables, "NAME=value"; ends with NULL */
	/* Up to len bytes of the body; 0 = end, -1 = failed. */
	ssize_t (*read)(void *ctx, void *dst, size_t len);
	/* Writes all bytes of the answer (CGI form), or false. */
	bool (*write)(void *ctx, const void *data, size_t len);
};

/* A CGI variable; NULL = not there. */
const char *exchange_param(const struct exchange *exchange, const char *name);

#endif
