/*
 * Seals a stream in the age format. The header is age_header.c's, opening
 * age_open.c's.
 *
 * Behind the header: 16 bytes of payload nonce, then chunks of AGE_CHUNK
 * bytes of plaintext, each as long when sealed and 16 bytes of tag more. The
 * last one may be shorter; it is empty for an empty file only.
 *
 * Whether a full chunk is the last one shows only when there is more. So the
 * buffer has room for one byte beyond a chunk: as soon as that is taken, the
 * chunk goes out and the byte moves to the front. Plaintext is copied nowhere
 * else.
 */
#include <assert.h>
#include <string.h>

#include "base/locked.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "formats/age_header.h"
#include "formats/age_parts.h"

struct age_sealer {
	uint8_t plain[AGE_CHUNK + 1];
	size_t filled;
	struct age_chunks chunks;
	struct age_sink sink;
	struct err broken; /* what ended it; ERR_NONE = it goes on */
	uint8_t sealed[AGE_SEALED_CHUNK];
};

/* Header and payload nonce in one piece. */
static bool begin(struct age_sealer *sealer,
		  const struct age_recipient *recipients, size_t count,
		  struct err *err)
{
	struct buf out = BUF_INIT;
	uint8_t file_key[AGE_FILE_KEY_SIZE];
	uint8_t nonce[AGE_PAYLOAD_NONCE_SIZE];

	random_bytes(file_key, sizeof(file_key));
	random_bytes(nonce, sizeof(nonce));
	bool ok = age_header_put(&out, recipients, count, file_key, err);
	if (ok) {
		age_chunks_init(&sealer->chunks, file_key, nonce);
		buf_put(&out, nonce, sizeof(nonce));
		ok = sealer->sink.write(sealer->sink.ctx, out.data, out.len,
					err);
	}
	mem_burn(file_key, sizeof(file_key));
	buf_clear(&out);
	return ok;
}

bool age_sealer_new(const struct age_recipient *recipients, size_t count,
		    const struct age_sink *sink, struct age_sealer **sealer,
		    struct err *err)
{
	if (count == 0 || count > AGE_RECIPIENTS_MAX) {
		return err_set(err, ERR_INVALID,
			       "A file is sealed to 1 to %d recipients, not "
			       "to %zu.",
			       AGE_RECIPIENTS_MAX, count);
	}
	struct age_sealer *made = locked_new(sizeof(*made));
	made->sink = *sink;
	if (!begin(made, recipients, count, err)) {
		age_sealer_free(made);
		return false;
	}
	*sealer = made;
	return true;
}

uint8_t *age_sealer_room(struct age_sealer *sealer, size_t *len)
{
	*len = sizeof(sealer->plain) - sealer->filled;
	return sealer->plain + sealer->filled;
}

/* Seals what is there, at most a chunk. An error is kept for good. */
static bool put_chunk(struct age_sealer *sealer, size_t len, bool last)
{
	age_chunks_aim(&sealer->chunks, last);
	chacha20_poly1305_seal(&sealer->chunks.with, sealer->plain, len,
			       sealer->sealed);
	sealer->chunks.next++;
	return sealer->sink.write(sealer->sink.ctx, sealer->sealed,
				  len + CHACHA20_POLY1305_TAG_SIZE,
				  &sealer->broken);
}

/* Gives what ended it on. */
static bool is_broken(const struct age_sealer *sealer, struct err *err)
{
	if (sealer->broken.kind == ERR_NONE) {
		return false;
	}
	err_set(err, sealer->broken.kind, "%s", sealer->broken.text);
	return true;
}

bool age_sealer_filled(struct age_sealer *sealer, size_t len, struct err *err)
{
	assert(len <= sizeof(sealer->plain) - sealer->filled);
	if (is_broken(sealer, err)) {
		return false;
	}
	sealer->filled += len;
	if (sealer->filled < sizeof(sealer->plain)) {
		return true;
	}
	if (!put_chunk(sealer, AGE_CHUNK, false)) {
		return !is_broken(sealer, err);
	}
	sealer->plain[0] = sealer->plain[AGE_CHUNK];
	sealer->filled = 1;
	return true;
}

bool age_sealer_end(struct age_sealer *sealer, struct err *err)
{
	if (is_broken(sealer, err)) {
		return false;
	}
	bool ok = put_chunk(sealer, sealer->filled, true);
	if (!ok) {
		return !is_broken(sealer, err);
	}
	/* Nothing may follow, and nothing is sealed twice with one nonce. */
	err_set(&sealer->broken, ERR_BUG, "the sealed file has ended");
	return true;
}

void age_sealer_free(struct age_sealer *sealer)
{
	locked_free(sealer, sizeof(*sealer));
}
