#ifndef SLUICE_TESTS_SERVER_WAY_H
#define SLUICE_TESTS_SERVER_WAY_H

#include "server/api.h"
#include "tests/unit/server/sealed_samples.h"

/* One device's upload on its way. */
struct way {
	struct samples *s;
	struct memory_exchange m;
	struct buf whole;
	char id[UUID_TEXT_SIZE];
	char path[80];
	const struct api_clock *clock;
};

/* SAMPLES_NOW, and a clock that stands still. */
extern const struct api_clock way_still;

/* Transaction n of len bytes of SAMPLES_DEVICE. */
void way_open(struct way *w, struct samples *s, unsigned n, size_t len);
void way_close(struct way *w);

/* Drops the last request; the next one is the device's, without body. */
void way_fresh_request(struct way *w);
void way_ask(struct way *w, const char *method, const char *path);

/* The POST, with so many bytes of body. */
void way_set_metadata(struct way *w, const char *purpose, const char *keys);
void way_put_word(struct buf *text, const char *name, const char *value);
void way_set_digest(struct way *w, const struct buf *bytes);
void way_set_creation(struct way *w, size_t body);
int way_create(struct way *w, size_t body); /* status */

/* The PATCH. */
void way_set_piece(struct way *w, uint64_t offset, const void *data,
		   size_t len);
int way_patch(struct way *w, size_t from, size_t to); /* status */

/* A number in the last answer; -1 = none. */
long way_header_number(const struct way *w, const char *name);

/* The last answer must say that it is of this media type. */
void way_expect_type(const struct way *w, const char *type);

/* The offset that HEAD says; -status if it says none. */
long way_offset_of(struct way *w);
int way_ask_receipt(struct way *w); /* status */

/* The last answer must be this problem. */
void way_expect_problem(const struct way *w, int status, const char *type);

/* Is there a file with this end? */
bool way_there_is(const struct way *w, const char *end);

/* It is here once, as it was sent; entries: LEDGER_RECEIVED so far. */
void way_expect_received(struct way *w, size_t entries);

#endif
