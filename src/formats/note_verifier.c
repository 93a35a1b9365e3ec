/*
 * Names and public keys of those who sign notes. Signing and opening are
 * note.c's, private keys on disk crypto/keyfile.c's.
 */
#include "formats/note.h"

#include <string.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "formats/note_name.h"

#define NOTE_ED25519 0x01
#define NOTE_KEY_TEXT_MAX (NOTE_NAME_SIZE + 1 + 8 + 1 + 44)
#define NOTE_KEY_FILE_MAX 1024

/* White space of Unicode beyond ASCII, as UTF-8. */
static const char *const wide_spaces[] = {
	"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80",
	"\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84",
	"\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
	"\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9",
	"\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

bool note_name_valid(const char *name, size_t len)
{
	char copy[NOTE_NAME_SIZE];

	if (len == 0 || len >= NOTE_NAME_SIZE || !text_is_one_line(name, len)) {
		return false;
	}
	memcpy(copy, name, len);
	copy[len] = '\0';
	if (strpbrk(copy, " +") != NULL) {
		return false;
	}
	for (size_t i = 0; i < sizeof(wide_spaces) / sizeof(*wide_spaces);
	     i++) {
		if (strstr(copy, wide_spaces[i]) != NULL) {
			return false;
		}
	}
	return true;
}

bool note_verifier_of(const char *name,
		      const uint8_t public_key[ED25519_PUBLIC_SIZE],
		      struct note_verifier *verifier, struct err *err)
{
	static const uint8_t between[] = { '\n', NOTE_ED25519 };
	uint8_t hash[SHA256_SIZE];
	struct sha256 ctx;
	size_t len = strlen(name);

	if (!note_name_valid(name, len)) {
		return err_set(err, ERR_INVALID,
			       "a key name has 1 to %d bytes without spaces "
			       "and without +",
			       NOTE_NAME_SIZE - 1);
	}
	sha256_init(&ctx);
	sha256_update(&ctx, name, len);
	sha256_update(&ctx, between, sizeof(between));
	sha256_update(&ctx, public_key, ED25519_PUBLIC_SIZE);
	sha256_final(&ctx, hash);
	memset(verifier->name, 0, sizeof(verifier->name));
	memmove(verifier->name, name, len);
	memcpy(verifier->key_id, hash, sizeof(verifier->key_id));
	memmove(verifier->public_key, public_key, ED25519_PUBLIC_SIZE);
	return true;
}

/* Takes the text apart; base64 may hold "+" itself, name and hex may not. */
static bool take_apart(const char *text, char name[NOTE_NAME_SIZE],
		       uint8_t id[4], struct buf *typed)
{
	const char *plus = strchr(text, '+');
	char hex[9];

	if (plus == NULL || plus - text >= NOTE_NAME_SIZE ||
	    strlen(plus) < 11 || plus[9] != '+') {
		return false;
	}
	memset(name, 0, NOTE_NAME_SIZE);
	memcpy(name, text, (size_t)(plus - text));
	memcpy(hex, plus + 1, 8);
	hex[8] = '\0';
	return hex_decode(id, 4, hex) &&
	       base64_decode(typed, plus + 10, strlen(plus + 10)) &&
	       typed->len == 1 + ED25519_PUBLIC_SIZE &&
	       typed->data[0] == NOTE_ED25519;
}

bool note_verifier_parse(const char *text, struct note_verifier *verifier,
			 struct err *err)
{
	struct note_verifier made;
	struct buf typed = BUF_INIT;
	char name[NOTE_NAME_SIZE];
	uint8_t id[4];
	bool ok = false;

	if (strlen(text) > NOTE_KEY_TEXT_MAX ||
	    !take_apart(text, name, id, &typed)) {
		err_set(err, ERR_INVALID,
			"this is no Ed25519 verifier key "
			"(name+8 hex digits+base64)");
		goto out;
	}
	if (!note_verifier_of(name, typed.data + 1, &made, err)) {
		goto out;
	}
	if (memcmp(id, made.key_id, sizeof(id)) != 0) {
		err_set(err, ERR_INVALID,
			"the verifier key of %s has a key id that is not "
			"its own; it was changed or cut",
			name);
		goto out;
	}
	*verifier = made;
	ok = true;
out:
	buf_clear(&typed);
	return ok;
}

void note_verifier_put(struct buf *out, const struct note_verifier *verifier)
{
	uint8_t typed[1 + ED25519_PUBLIC_SIZE] = { NOTE_ED25519 };
	char hex[9];

	memcpy(typed + 1, verifier->public_key, ED25519_PUBLIC_SIZE);
	hex_encode(hex, verifier->key_id, sizeof(verifier->key_id));
	buf_printf(out, "%s+%s+", verifier->name, hex);
	base64_put(out, typed, sizeof(typed));
}

bool note_verifier_load(const char *path, struct note_verifier *verifier,
			struct err *err)
{
	struct buf text = BUF_INIT;
	bool ok = files_read(path, NOTE_KEY_FILE_MAX, &text, err);

	if (ok) {
		char *line = buf_take_str(&text);
		line[strcspn(line, "\r\n")] = '\0';
		ok = note_verifier_parse(line, verifier, err) ||
		     err_prefix(err, "%s", path);
		mem_free(line);
	}
	buf_clear(&text);
	return ok;
}
