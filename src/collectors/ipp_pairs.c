/*
 * The "key=value;" strings in which IPP carries rows of the Printer MIB.
 */
#include "collectors/ipp_pairs.h"

#include <string.h>
#include <strings.h>

#include "documents/field.h"

bool ipp_pairs_get(const char *pairs, const char *key, char *dst, size_t size)
{
	size_t key_len = strlen(key);

	dst[0] = '\0';
	while (*pairs != '\0') {
		pairs += strspn(pairs, " ;");
		size_t len = strcspn(pairs, ";");
		if (len > key_len + 1 && pairs[key_len] == '=' &&
		    strncasecmp(pairs, key, key_len) == 0) {
			size_t have = len - key_len - 1;
			if (have >= size) {
				have = size - 1;
			}
			memcpy(dst, pairs + key_len + 1, have);
			dst[have] = '\0';
			return true;
		}
		pairs += len;
	}
	return false;
}

const char *ipp_pairs_word(const char *pairs, const char *key, const char *list,
			   const char *fallback, char *dst, size_t size)
{
	if (!ipp_pairs_get(pairs, key, dst, size)) {
		return NULL;
	}
	return field_word_in(list, dst) ? dst : fallback;
}
