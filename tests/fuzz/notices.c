/*
 * Reads notices of the server as a note; what is read must be written the
 * same again. So that changed texts come further than the signature, each
 * input is signed as a text as well.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/notices.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIGNER "server.example/receipts"

/* Notices have one text, so what was read must give these bytes. */
static void check_again(const struct notices *notices, const void *data,
			size_t size)
{
	struct buf again = BUF_INIT;

	if (notices->count > NOTICES_MAX ||
	    !notices_put(&again, notices, NULL) || again.len > size ||
	    memcmp(again.data, data, again.len) != 0) {
		abort();
	}
	buf_clear(&again);
}

static void read_note(const void *note, size_t len,
		      const struct note_verifier *known)
{
	struct notices notices;

	if (notices_read(note, len, known, &notices, NULL)) {
		check_again(&notices, note, len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[ED25519_SEED_SIZE] = { 7 };
	struct ed25519_key key;
	struct note_verifier known;
	struct buf note = BUF_INIT;
	const struct note_signer signer = { SIGNER, &key };

	ed25519_from_seed(seed, &key);
	if (!note_verifier_of(SIGNER, key.public_key, &known, NULL)) {
		abort();
	}
	read_note(data, size, &known);
	char *text = mem_strndup((const char *)data, size);
	if (note_sign(text, &signer, 1, &note, NULL)) {
		read_note(note.data, note.len, &known);
	}
	mem_free(text);
	buf_clear(&note);
	return 0;
}
