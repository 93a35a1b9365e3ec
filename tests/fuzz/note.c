/*
 * Opens a note with one known key, and parses it as a verifier key.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include "base/mem.h"
#include "formats/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The key that signed the notes of the corpus. */
#define KNOWN \
	"comms.example+c666bd19+AfXhMV1VOCbIZQn0AXlZah/UJwzCT7U44mzUzmkQKdVU"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note_verifier known;
	struct note_verifier other;
	struct note_opened opened;
	struct err err = { 0 };

	if (!note_verifier_parse(KNOWN, &known, &err)) {
		abort();
	}
	char *text = mem_strndup((const char *)data, size);
	if (note_open(text, size, &known, 1, &opened, &err) &&
	    (opened.verified != 1 || opened.text_len >= size)) {
		abort();
	}
	if (note_verifier_parse(text, &other, NULL)) {
		struct buf again = BUF_INIT;
		note_verifier_put(&again, &other);
		if (!note_verifier_parse(buf_str(&again), &known, NULL)) {
			abort();
		}
		buf_clear(&again);
	}
	mem_free(text);
	return 0;
}
