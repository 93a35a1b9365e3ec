/*
 * Passwords of people: Argon2id by libsodium, and what may be chosen. It
 * does not count attempts; throttling is domain's. The list of passwords
 * that everybody tries first is common_passwords.c; words that are known of
 * one machine are own_words.c's.
 */
#include "crypto/password.h"

#include <stdint.h>
#include <string.h>

#include <sodium/core.h>
#include <sodium/crypto_pwhash_argon2id.h>

#include "base/mem.h"
#include "base/text.h"
#include "crypto/common_passwords.h"
#include "crypto/own_words.h"

#define PASSWORD_PREFIX "$argon2id$v=19$m=19456,t=2,p=1$"

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_argon2id_STRBYTES,
	       "PASSWORD_HASH_SIZE is not the library's");
_Static_assert(PASSWORD_HASH_MEMORY_BYTES == (size_t)19456 * 1024,
	       "PASSWORD_PREFIX does not say the memory");

bool password_hash(const char *password, size_t len,
		   char out[PASSWORD_HASH_SIZE], struct err *err)
{
	char text[PASSWORD_HASH_SIZE] = { 0 };

	if (len > PASSWORD_MAX_BYTES) {
		return err_set(err, ERR_LIMIT, "the password is too long");
	}
	/* Chooses the implementation for this processor; 1 = was done. */
	if (sodium_init() < 0) {
		return err_set(err, ERR_BUG, "libsodium does not start");
	}
	if (crypto_pwhash_argon2id_str(text, password, len,
				       PASSWORD_HASH_PASSES,
				       PASSWORD_HASH_MEMORY_BYTES) != 0) {
		return err_set(err, ERR_RETRY,
			       "there is not enough memory free to check "
			       "passwords");
	}
	memcpy(out, text, sizeof(text));
	return true;
}

bool password_verify(const char *hash, const char *password, size_t len)
{
	/*
	 * The library would spend whatever a hash asks for; ours ask for one
	 * amount only.
	 */
	if (hash == NULL || len > PASSWORD_MAX_BYTES || sodium_init() < 0 ||
	    !text_starts_with(hash, PASSWORD_PREFIX)) {
		return false;
	}
	char copy[PASSWORD_HASH_SIZE] = { 0 };
	if (!text_copy(copy, sizeof(copy), hash)) {
		return false;
	}
	return crypto_pwhash_argon2id_str_verify(copy, password, len) == 0;
}

static size_t count_characters(const char *text)
{
	size_t count = 0;

	for (const char *at = text; *at != '\0'; at++) {
		if (((uint8_t)*at & 0xc0) != 0x80) {
			count++;
		}
	}
	return count;
}

bool password_acceptable(const char *password, const char *const *known,
			 struct err *err)
{
	if (strlen(password) > PASSWORD_MAX_BYTES) {
		return err_set(err, ERR_INVALID,
			       "The password has more than %d characters.",
			       PASSWORD_MAX_CHARACTERS);
	}
	if (!text_is_one_line(password, strlen(password))) {
		return err_set(err, ERR_INVALID,
			       "The password has characters that cannot be "
			       "typed on every keyboard.");
	}
	size_t characters = count_characters(password);
	if (characters < PASSWORD_MIN_CHARACTERS) {
		return err_set(err, ERR_INVALID,
			       "The password needs at least %d characters. "
			       "A few words in a row are easy to remember.",
			       PASSWORD_MIN_CHARACTERS);
	}
	if (characters > PASSWORD_MAX_CHARACTERS) {
		return err_set(err, ERR_INVALID,
			       "The password has more than %d characters.",
			       PASSWORD_MAX_CHARACTERS);
	}
	if (own_words_only(password, known)) {
		return err_set(err, ERR_INVALID,
			       "The password is made of the name of the "
			       "account or of words about this machine. "
			       "Choose another one.");
	}
	if (common_password(password)) {
		return err_set(err, ERR_INVALID,
			       "This password is one of the first that "
			       "others would try. Choose another one.");
	}
	return true;
}
