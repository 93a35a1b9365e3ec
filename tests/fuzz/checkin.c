/*
 * Reads a check-in: as the request that a server gets, as the signed answer
 * and echo that a device gets, and as the head of a log. What is read must be
 * written, and then read the same. Texts are signed too, so that changed ones
 * come further than the signature.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "formats/checkin.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIGNER "server.example/receipts"

static void must(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void read_request(const uint8_t *data, size_t size)
{
	struct checkin_request *one = mem_zalloc(sizeof(*one));
	struct checkin_request *two = mem_zalloc(sizeof(*two));
	struct buf again = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	if (checkin_request_read(data, size, one, NULL)) {
		/* What was written shorter may be too long for us. */
		if (checkin_request_put(&again, one, &err)) {
			must(checkin_request_read(again.data, again.len, two,
						  NULL));
			must(memcmp(one, two, sizeof(*one)) == 0);
		} else {
			must(err.kind == ERR_LIMIT);
		}
	}
	buf_clear(&again);
	mem_free(two);
	mem_free(one);
}

static void read_note(const void *note, size_t len,
		      const struct note_verifier *known)
{
	struct checkin_answer answer;
	struct checkin_echo echo;
	struct checkpoint head;
	struct buf again = BUF_INIT;
	if (checkin_answer_read(note, len, known, &answer, NULL)) {
		must(checkin_answer_put(&again, &answer, NULL) &&
		     again.len < len &&
		     memcmp(again.data, note, again.len) == 0);
	}
	buf_reset(&again);
	if (checkin_echo_read(note, len, known, &echo, NULL)) {
		must(checkin_echo_put(&again, &echo, NULL) && again.len < len &&
		     memcmp(again.data, note, again.len) == 0);
	}
	(void)!checkpoint_read(note, len, known, &head, NULL);
	buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[ED25519_SEED_SIZE] = { 7 };
	struct ed25519_key key;
	struct note_verifier known;
	struct checkpoint head;
	struct buf note = BUF_INIT;
	int64_t at;
	const struct note_signer signer = { SIGNER, &key };

	ed25519_from_seed(seed, &key);
	must(note_verifier_of(SIGNER, key.public_key, &known, NULL));
	read_request(data, size);
	read_note(data, size, &known);
	(void)!checkpoint_read_text((const char *)data, size, &head, NULL);
	char *text = mem_strndup((const char *)data, size);
	if (note_sign(text, &signer, 1, &note, NULL)) {
		read_note(note.data, note.len, &known);
		(void)!cosignature_check(buf_str(&note), note.len, text, &known,
					 &at, NULL);
	}
	mem_free(text);
	buf_clear(&note);
	return 0;
}
