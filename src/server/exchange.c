/*
 * The environment of one request. Reading and writing are with whoever made
 * the exchange.
 */
#include "server/exchange.h"

#include <string.h>

const char *exchange_param(const struct exchange *exchange, const char *name)
{
	size_t len = strlen(name);
	for (char *const *row = exchange->envp; *row != NULL; row++) {
		if (strncmp(*row, name, len) == 0 && (*row)[len] == '=') {
			return *row + len + 1;
		}
	}
	return NULL;
}
