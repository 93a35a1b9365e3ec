/*
 * For xsd.sh: writes the schema and transmissions of every set of services,
 * with the personal gate open and shut, into the folder given; without a
 * folder it only makes them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/files.h"
#include "documents/catalogue.h"
#include "samples.h"

static void put(const char *dir, const char *name, const struct buf *bytes)
{
	struct err err = { 0 };
	char path[4096];

	if (dir == NULL) {
		return;
	}
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (!files_write(path, bytes->data, bytes->len, 0600, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct buf out = BUF_INIT;
	const char *dir = argc > 1 ? argv[1] : NULL;

	catalogue_put_xsd(&out);
	put(dir, "transmission.xsd", &out);
	buf_reset(&out);
	catalogue_put_html(&out);
	put(dir, "catalogue.html", &out);
	for (unsigned services = 2; services <= SAMPLES_ALL; services += 2) {
		for (int personal = 0; personal < 2; personal++) {
			char name[40];
			buf_reset(&out);
			samples_transmission(&out, services, personal != 0,
					     NULL);
			snprintf(name, sizeof(name), "right-%02u-%d.xml",
				 services, personal);
			put(dir, name, &out);
		}
	}
	buf_clear(&out);
	return 0;
}
