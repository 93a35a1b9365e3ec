/* A Cookie header: whatever is found is base64url text and fits. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "web/cookie.h"
#include "web/csrf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *header = mem_strndup((const char *)data, size);
	char value[64];

	if (cookie_find(header, "__Host-s", value, sizeof(value))) {
		if (value[0] == '\0' || strlen(value) >= sizeof(value) ||
		    strpbrk(value, " ;,=\"\\\r\n<>") != NULL) {
			abort();
		}
		if (csrf_matches(header, value) && size > CSRF_TOKEN_SIZE) {
			abort();
		}
	}
	mem_free(header);
	return 0;
}
