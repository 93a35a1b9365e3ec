/* Lists of faults. */
#include "tests/support/fault_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

bool fault_list_has(const char *faults, const char *name,
		    char value[FAULT_VALUE_SIZE])
{
	size_t len = strlen(name);
	for (const char *at = faults; *at != '\0';) {
		size_t item = strcspn(at, ",");
		if (strncmp(at, name, len) == 0 &&
		    (item == len || at[len] == '=')) {
			if (value != NULL) {
				size_t skip = item > len ? len + 1 : len;
				(void)snprintf(value, FAULT_VALUE_SIZE, "%.*s",
					       (int)(item - skip), at + skip);
			}
			return true;
		}
		at += item + (at[item] == ',' ? 1 : 0);
	}
	return false;
}

uint64_t fault_list_number(const char *faults, const char *name,
			   uint64_t otherwise)
{
	char text[FAULT_VALUE_SIZE];
	uint64_t value = otherwise;
	if (fault_list_has(faults, name, text) &&
	    !text_parse_u64(text, 0, INT64_MAX, &value)) {
		(void)fprintf(stderr, "%s is no number\n", name);
		exit(2);
	}
	return value;
}
