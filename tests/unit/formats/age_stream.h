#ifndef SLUICE_TESTS_FORMATS_AGE_STREAM_H
#define SLUICE_TESTS_FORMATS_AGE_STREAM_H

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "formats/age.h"

/* A sink that keeps all; after "most" bytes it says that the disk is full. */
struct age_kept {
	struct buf bytes;
	size_t most; /* 0 = no bound */
};

static inline bool age_kept_write(void *ctx, const void *data, size_t len,
				  struct err *err)
{
	struct age_kept *kept = ctx;
	if (kept->most > 0 && kept->bytes.len + len > kept->most) {
		return err_set(err, ERR_IO, "the disk is full");
	}
	buf_put(&kept->bytes, data, len);
	return true;
}

/* Bytes that differ from chunk to chunk. */
static inline void age_text(uint8_t *text, size_t len)
{
	uint32_t random = 1;
	for (size_t i = 0; i < len; i++) {
		random = random * 1664525 + 1013904223;
		text[i] = (uint8_t)(random >> 24);
	}
}

/* Seals in pieces of at most step bytes. */
static inline bool age_seal_all(const struct age_recipient *recipients,
				size_t count, const uint8_t *text, size_t len,
				size_t step, struct age_kept *out,
				struct err *err)
{
	const struct age_sink sink = { age_kept_write, out };
	struct age_sealer *sealer = NULL;
	bool ok = age_sealer_new(recipients, count, &sink, &sealer, err);
	for (size_t done = 0; ok && done < len;) {
		size_t room = 0;
		uint8_t *at = age_sealer_room(sealer, &room);
		size_t part = len - done < step ? len - done : step;
		if (room == 0) {
			abort();
		}
		part = part < room ? part : room;
		memcpy(at, text + done, part);
		ok = age_sealer_filled(sealer, part, err);
		done += part;
	}
	ok = ok && age_sealer_end(sealer, err);
	age_sealer_free(sealer);
	return ok;
}

/* Opens in pieces of step bytes; what was released is in *out either way. */
static inline bool age_open_all(const struct age_identity *identities,
				size_t count, const uint8_t *file, size_t len,
				size_t step, struct age_kept *out,
				struct err *err)
{
	const struct age_sink sink = { age_kept_write, out };
	struct age_opener *opener = age_opener_new(identities, count, &sink);
	bool ok = true;
	for (size_t done = 0; ok && done < len;) {
		size_t part = len - done < step ? len - done : step;
		ok = age_opener_feed(opener, file + done, part, err);
		done += part;
	}
	ok = ok && age_opener_end(opener, err);
	age_opener_free(opener);
	return ok;
}

#endif
