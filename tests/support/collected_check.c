/*
 * Reads a collector's output from standard input as the device does and says
 * what of it the catalogue does not take: nothing and status 0 if all is well.
 */
#include <stdio.h>

#include "base/buf.h"
#include "documents/collected.h"

int main(void)
{
	struct buf xml = { .max = COLLECTED_MAX };
	struct collected c = { 0 };
	struct err err = { 0 };
	char piece[4096];
	size_t got;
	int status = 0;

	while ((got = fread(piece, 1, sizeof(piece), stdin)) > 0) {
		buf_put(&xml, piece, got);
	}
	if (xml.overflow || !collected_read(&c, xml.data, xml.len, &err)) {
		printf("no output of a collector: %s\n", err.text);
		status = 1;
	}
	for (const struct stray *s = c.strays; s != NULL; s = s->next) {
		printf("%s: %s (%u)\n", s->path, s->reason, s->count);
		status = 1;
	}
	collected_clear(&c);
	buf_clear(&xml);
	return status;
}
