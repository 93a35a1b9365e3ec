/*
 * Reads an instruction as a note; what is read must be written the
 * same again. So that changed texts come further than the signature, each
 * input is signed as a text as well.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/instruction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIGNER "server.example/instructions"

/* An instruction has one text, so what was read must give these bytes. */
static void check_again(const struct instruction *is, const void *data,
			size_t size)
{
	struct buf again = BUF_INIT;

	if (!instruction_put(&again, is, NULL) || again.len > size ||
	    memcmp(again.data, data, again.len) != 0) {
		abort();
	}
	buf_clear(&again);
}

/* What is refused is refused for a reason; the same bytes, the same reason. */
static void read_note(const void *note, size_t len,
		      const struct note_verifier *known)
{
	struct instruction is, kept;
	enum instruction_refusal refusal, again;

	bool ok = instruction_read(note, len, known, &is, &refusal, NULL);
	if (ok != (refusal == INSTRUCTION_REFUSAL_NONE)) {
		abort();
	}
	if (refusal == INSTRUCTION_REFUSAL_SIGNATURE) {
		return;
	}
	if (instruction_read_kept(note, len, &kept, &again, NULL) != ok &&
	    refusal != INSTRUCTION_REFUSAL_FORM) {
		abort();
	}
	if (ok) {
		check_again(&is, note, len);
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
