/*
 * Signed notes: receipts, checkpoints and the like. Who signs is
 * note_verifier.c's, what the text says note_fields.c's or the ledger's.
 *
 * A note, byte by byte:
 *   text     UTF-8, no control character but LF, ends in LF
 *   LF       an empty line; the last one of the note counts
 *   lines    one or more of: EM DASH (E2 80 94), space, name, space,
 *            base64(key id (4 bytes) || signature), LF
 * The signature is over text, its last LF included.
 * Source: c2sp.org/signed-note.
 */
#include "formats/note.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "formats/note_name.h"

#define NOTE_DASH "\xe2\x80\x94 "
#define NOTE_DASH_LEN 4
#define NOTE_KEY_ID_SIZE 4

/* UTF-8 without control characters but LF, and LF at its end? */
static bool text_fine(const char *text, size_t len)
{
	if (len == 0 || text[len - 1] != '\n' || !text_is_utf8(text, len)) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n') {
			return false;
		}
	}
	return true;
}

static bool put_signature(const char *text, size_t len,
			  const struct note_signer *signer, struct buf *out,
			  struct err *err)
{
	struct note_verifier verifier;
	uint8_t bytes[NOTE_KEY_ID_SIZE + ED25519_SIGNATURE_SIZE];

	if (!note_verifier_of(signer->name, signer->key->public_key, &verifier,
			      err)) {
		return false;
	}
	memcpy(bytes, verifier.key_id, NOTE_KEY_ID_SIZE);
	ed25519_sign(signer->key, text, len, bytes + NOTE_KEY_ID_SIZE);
	buf_printf(out, NOTE_DASH "%s ", signer->name);
	base64_put(out, bytes, sizeof(bytes));
	buf_put_char(out, '\n');
	return true;
}

bool note_sign(const char *text, const struct note_signer *signers,
	       size_t count, struct buf *out, struct err *err)
{
	struct buf note = BUF_INIT;
	size_t len = strlen(text);
	bool ok = true;

	if (!text_fine(text, len)) {
		return err_set(err, ERR_INVALID,
			       "a note is UTF-8 text that ends in a line "
			       "break");
	}
	if (count == 0 || count > NOTE_MAX_SIGNATURES) {
		return err_set(err, count == 0 ? ERR_INVALID : ERR_LIMIT,
			       "a note has 1 to %d signatures",
			       NOTE_MAX_SIGNATURES);
	}
	buf_put(&note, text, len);
	buf_put_char(&note, '\n');
	for (size_t i = 0; i < count && ok; i++) {
		ok = put_signature(text, len, &signers[i], &note, err);
	}
	if (ok && note.len > NOTE_MAX_BYTES) {
		ok = err_set(err, ERR_LIMIT, "the note is too long");
	}
	if (ok) {
		buf_put(out, note.data, note.len);
	}
	buf_clear(&note);
	return ok;
}

/* Length of the text (with its LF); the signature lines follow one LF on. */
static bool split(const char *note, size_t len, size_t *text_len)
{
	for (size_t at = len; at >= 2; at--) {
		if (note[at - 1] == '\n' && note[at - 2] == '\n') {
			*text_len = at - 1;
			return at < len;
		}
	}
	return false;
}

bool note_text_size(const char *note, size_t len, size_t *text_len,
		    struct err *err)
{
	if (len > NOTE_MAX_BYTES) {
		return err_set(err, ERR_LIMIT, "the note is too long");
	}
	if (!text_fine(note, len) || !split(note, len, text_len)) {
		return err_set(err, ERR_INVALID, "this is no signed note");
	}
	return true;
}

/* A signature line, taken apart. */
struct signature {
	const char *name;
	size_t name_len;
	struct buf bytes; /* key id || signature */
};

static bool take_line(const char *line, size_t len, struct signature *sig)
{
	if (len < NOTE_DASH_LEN ||
	    memcmp(line, NOTE_DASH, NOTE_DASH_LEN) != 0) {
		return false;
	}
	sig->name = line + NOTE_DASH_LEN;
	const char *space = memchr(sig->name, ' ', len - NOTE_DASH_LEN);
	if (space == NULL) {
		return false;
	}
	sig->name_len = (size_t)(space - sig->name);
	size_t rest = len - NOTE_DASH_LEN - sig->name_len - 1;
	return note_name_valid(sig->name, sig->name_len) &&
	       base64_decode(&sig->bytes, space + 1, rest) &&
	       sig->bytes.len > NOTE_KEY_ID_SIZE;
}

static bool is_by(const struct signature *sig,
		  const struct note_verifier *known)
{
	return strlen(known->name) == sig->name_len &&
	       memcmp(known->name, sig->name, sig->name_len) == 0 &&
	       memcmp(known->key_id, sig->bytes.data, NOTE_KEY_ID_SIZE) == 0;
}

/* Checks one line against the known keys; unknown signers pass. */
static bool check(const struct signature *sig, struct note_opened *opened,
		  const struct note_verifier *known, size_t count,
		  struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_by(sig, &known[i])) {
			continue;
		}
		if (sig->bytes.len !=
			    NOTE_KEY_ID_SIZE + ED25519_SIGNATURE_SIZE ||
		    !ed25519_verify(known[i].public_key, opened->text,
				    opened->text_len,
				    sig->bytes.data + NOTE_KEY_ID_SIZE)) {
			return err_set(err, ERR_DENIED,
				       "the signature of %s does not verify",
				       known[i].name);
		}
		if ((opened->signers & UINT32_C(1) << i) == 0) {
			opened->signers |= UINT32_C(1) << i;
			opened->verified++;
		}
	}
	return true;
}

bool note_open(const char *note, size_t len, const struct note_verifier *known,
	       size_t count, struct note_opened *opened, struct err *err)
{
	struct note_opened found = { .text = note };
	const char *line;
	size_t line_len;
	unsigned lines = 0;

	if (count > NOTE_MAX_VERIFIERS) {
		return err_set(err, ERR_BUG, "too many known keys");
	}
	if (!note_text_size(note, len, &found.text_len, err)) {
		return false;
	}
	struct reader r =
		reader_of(note + found.text_len + 1, len - found.text_len - 1);
	while (reader_line(&r, &line, &line_len)) {
		struct signature sig = { .bytes = BUF_INIT };
		bool ok = true;
		if (++lines > NOTE_MAX_SIGNATURES) {
			ok = err_set(err, ERR_LIMIT,
				     "the note has too many signatures");
		} else if (!take_line(line, line_len, &sig)) {
			ok = err_set(err, ERR_INVALID,
				     "a signature line of the note is broken");
		} else {
			ok = check(&sig, &found, known, count, err);
		}
		buf_clear(&sig.bytes);
		if (!ok) {
			return false;
		}
	}
	if (found.verified == 0) {
		return err_set(err, ERR_DENIED,
			       "the note is not signed by a key that is "
			       "known here");
	}
	*opened = found;
	return true;
}
