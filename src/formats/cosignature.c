/*
 * Countersignatures of witnesses on the heads of logs. What a witness has to
 * check before is server/witness.c's; notes and plain signatures are note.c's.
 *
 * Signed, byte by byte: "cosignature/v1" LF "time " decimal seconds LF, then
 * the text of the note with its last LF. Base64 holds: key id (4 bytes), time
 * (8 bytes, big end first), signature (64 bytes).
 * Source: c2sp.org/tlog-cosignature (Ed25519).
 */
#include "formats/cosignature.h"

#include <inttypes.h>
#include <string.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "formats/note_name.h"

#define KEY_ID_SIZE 4
#define TIME_SIZE 8
#define WHOLE_SIZE (KEY_ID_SIZE + TIME_SIZE + ED25519_SIGNATURE_SIZE)
#define TYPE 0x04

static void key_id_of(const char *name,
		      const uint8_t public_key[ED25519_PUBLIC_SIZE],
		      uint8_t id[KEY_ID_SIZE])
{
	static const uint8_t between[] = { '\n', TYPE };
	uint8_t hash[SHA256_SIZE];
	struct sha256 ctx;
	sha256_init(&ctx);
	sha256_update(&ctx, name, strlen(name));
	sha256_update(&ctx, between, sizeof(between));
	sha256_update(&ctx, public_key, ED25519_PUBLIC_SIZE);
	sha256_final(&ctx, hash);
	memcpy(id, hash, KEY_ID_SIZE);
}

/* What is signed. */
static bool put_message(struct buf *out, const char *note, size_t len,
			int64_t at, struct err *err)
{
	size_t text_len;
	if (!note_text_size(note, len, &text_len, err)) {
		return false;
	}
	buf_printf(out, "cosignature/v1\ntime %" PRId64 "\n", at);
	buf_put(out, note, text_len);
	return true;
}

bool cosignature_make(const char *note, size_t len,
		      const struct note_signer *witness, int64_t at,
		      struct buf *out, struct err *err)
{
	struct buf message = BUF_INIT;
	uint8_t whole[WHOLE_SIZE];
	if (at < 0 || !note_name_valid(witness->name, strlen(witness->name))) {
		return err_set(err, ERR_INVALID,
			       "a witness has a time and a key name");
	}
	if (!put_message(&message, note, len, at, err)) {
		return false;
	}
	key_id_of(witness->name, witness->key->public_key, whole);
	for (size_t i = 0; i < TIME_SIZE; i++) {
		whole[KEY_ID_SIZE + i] =
			(uint8_t)((uint64_t)at >> (8 * (TIME_SIZE - 1 - i)));
	}
	ed25519_sign(witness->key, message.data, message.len,
		     whole + KEY_ID_SIZE + TIME_SIZE);
	base64_put(out, whole, sizeof(whole));
	buf_clear(&message);
	return true;
}

static int64_t time_of(const uint8_t *bytes)
{
	uint64_t at = 0;
	for (size_t i = 0; i < TIME_SIZE; i++) {
		at = at << 8 | bytes[i];
	}
	return at <= INT64_MAX ? (int64_t)at : -1;
}

/* Key id, time and signature out of base64. */
static bool take_apart(const char *base64, uint8_t whole[WHOLE_SIZE],
		       struct err *err)
{
	struct buf bytes = BUF_INIT;
	bool ok = base64_decode(&bytes, base64, strlen(base64)) &&
		  bytes.len == WHOLE_SIZE &&
		  time_of(bytes.data + KEY_ID_SIZE) >= 0;
	if (ok) {
		memcpy(whole, bytes.data, WHOLE_SIZE);
	}
	buf_clear(&bytes);
	return ok || err_set(err, ERR_INVALID, "this is no countersignature");
}

bool cosignature_check(const char *note, size_t len, const char *base64,
		       const struct note_verifier *witness, int64_t *at,
		       struct err *err)
{
	uint8_t whole[WHOLE_SIZE], id[KEY_ID_SIZE];
	struct buf message = BUF_INIT;
	if (!take_apart(base64, whole, err)) {
		return false;
	}
	int64_t signed_at = time_of(whole + KEY_ID_SIZE);
	if (!put_message(&message, note, len, signed_at, err)) {
		return false;
	}
	key_id_of(witness->name, witness->public_key, id);
	bool ok = memcmp(id, whole, KEY_ID_SIZE) == 0 &&
		  ed25519_verify(witness->public_key, message.data, message.len,
				 whole + KEY_ID_SIZE + TIME_SIZE);
	buf_clear(&message);
	if (!ok) {
		return err_set(err, ERR_DENIED,
			       "the countersignature is not one of %s for "
			       "this head of the log",
			       witness->name);
	}
	*at = signed_at;
	return true;
}

bool cosignature_add(const char *note, size_t len, const char *name,
		     const char *base64, struct buf *out, struct err *err)
{
	uint8_t whole[WHOLE_SIZE];
	size_t text_len;
	struct buf line = BUF_INIT;
	if (!take_apart(base64, whole, err) ||
	    !note_text_size(note, len, &text_len, err)) {
		return false;
	}
	if (!note_name_valid(name, strlen(name))) {
		return err_set(err, ERR_INVALID, "this is no key name");
	}
	buf_printf(&line, "\xe2\x80\x94 %s %s\n", name, base64);
	bool ok = len + line.len <= NOTE_MAX_BYTES ||
		  err_set(err, ERR_LIMIT, "the note is too long");
	if (ok) {
		buf_put(out, note, len);
		buf_put(out, line.data, line.len);
	}
	buf_clear(&line);
	return ok;
}
