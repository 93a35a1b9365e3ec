/*
 * "@NAME@" in texts that the build put into the program, such as a first
 * lighttpd.conf. Values come from one who checked them: nothing is escaped
 * here. The pages have templates of their own (web/template).
 */
#include "base/placeholders.h"

#include <string.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"

static void put_value(struct buf *out, const struct placeholder *values,
		      const char *name, size_t len)
{
	for (const struct placeholder *row = values; row->name != NULL; row++) {
		if (strlen(row->name) == len &&
		    memcmp(row->name, name, len) == 0) {
			buf_put_str(out, row->value);
			return;
		}
	}
}

void placeholders_fill(struct buf *out, const char *text,
		       const struct placeholder *values)
{
	const char *at = text;
	const char *start;
	while ((start = strchr(at, '@')) != NULL) {
		size_t len = strspn(start + 1, NAME_CHARACTERS);
		buf_put(out, at, (size_t)(start - at));
		if (len > 0 && start[1 + len] == '@') {
			put_value(out, values, start + 1, len);
			at = start + len + 2;
		} else {
			buf_put_char(out, '@');
			at = start + 1;
		}
	}
	buf_put_str(out, at);
}
