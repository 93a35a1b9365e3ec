/*
 * For xsd.sh: writes the schema and transmissions of every set of services
 * into the folder given, right-SERVICES-HOW.xml: HOW 0 = the personal gate is
 * shut and there is no key for pseudonyms, 1 = it is open, 2 = shut, with a
 * key. Without a folder it only makes them.
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

static void put_transmissions(const char *dir, unsigned services)
{
	const struct redact_rules rules[] = {
		{ .services = services },
		{ .services = services,
		  .personal = true,
		  .pseudonym_key = samples_key },
		{ .services = services, .pseudonym_key = samples_key },
	};

	for (size_t how = 0; how < sizeof(rules) / sizeof(rules[0]); how++) {
		struct buf out = BUF_INIT;
		char name[40];
		samples_write(&out, &rules[how], NULL);
		snprintf(name, sizeof(name), "right-%03u-%zu.xml", services,
			 how);
		put(dir, name, &out);
		buf_clear(&out);
	}
}

int main(int argc, char **argv)
{
	struct buf out = BUF_INIT;
	const char *dir = argc > 1 ? argv[1] : NULL;
	const unsigned updates = SERVICE_BIT(SERVICE_UPDATES);

	catalogue_put_xsd(&out);
	put(dir, "transmission.xsd", &out);
	buf_reset(&out);
	catalogue_put_html(&out);
	put(dir, "catalogue.html", &out);
	buf_clear(&out);
	for (unsigned services = SERVICE_BIT(SERVICE_METERING);
	     services <= (SAMPLES_ALL | updates);
	     services += SERVICE_BIT(SERVICE_METERING)) {
		/* Updates alone have nothing to send. */
		if (services != updates) {
			put_transmissions(dir, services);
		}
	}
	return 0;
}
