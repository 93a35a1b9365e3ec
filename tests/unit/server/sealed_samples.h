#ifndef SLUICE_TESTS_SERVER_SEALED_SAMPLES_H
#define SLUICE_TESTS_SERVER_SEALED_SAMPLES_H

#include "server/sealed.h"
#include "server/sealed_custody.h"
#include "tests/unit/server/memory_exchange.h"
#include "tests/unit/server/samples.h"

/* Sealed uploads as a device would make them. The bytes begin as age does. */
#define SEALED_PURPOSE "stripes in cyan"
#define SEALED_KEYS                                                      \
	"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p" \
	" "                                                              \
	"age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"

/* len bytes (22 at least), different for each seed. */
void sealed_bytes(struct buf *out, size_t len, unsigned seed);

/* What a POST says of these bytes. */
void sealed_head_of(struct upload_head *head, const char *transaction,
		    const struct buf *whole);

/* Receives transaction n whole, at this time; gives its row. */
void sealed_receive(struct samples *s, const char *device, unsigned n,
		    size_t len, int64_t now, struct sealed *item);

struct sealed_keeper sealed_keeper_of(struct samples *s);

/* Path of a file below the state folder; caller mem_free()s. */
char *sealed_path(const struct samples *s, const char *device,
		  const char *transaction, const char *end);

#endif
