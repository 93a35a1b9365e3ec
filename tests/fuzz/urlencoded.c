/*
 * Parses a form; what is read must survive being written again.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "formats/urlencoded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct urlencoded_limits limits = { .bytes = 4096,
							 .pairs = 50,
							 .value = 1000 };
	static const struct urlencoded_limits again_limits = { .bytes = 65536,
							       .pairs = 50,
							       .value = 1000 };
	struct urlencoded form;
	struct urlencoded again;
	struct buf text = BUF_INIT;

	if (!urlencoded_parse((const char *)data, size, &limits, &form, NULL)) {
		return 0;
	}
	for (size_t i = 0; i < form.count; i++) {
		urlencoded_put(&text, form.pairs[i].name, form.pairs[i].value);
	}
	if (!urlencoded_parse(buf_str(&text), text.len, &again_limits, &again,
			      NULL) ||
	    again.count != form.count) {
		abort();
	}
	for (size_t i = 0; i < form.count; i++) {
		if (strcmp(form.pairs[i].value, again.pairs[i].value) != 0) {
			abort();
		}
	}
	urlencoded_clear(&form);
	urlencoded_clear(&again);
	buf_clear(&text);
	return 0;
}
