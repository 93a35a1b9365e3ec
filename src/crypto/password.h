#ifndef SLUICE_CRYPTO_PASSWORD_H
#define SLUICE_CRYPTO_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Argon2id as the OWASP password storage guide asks (m = 19 MiB, t = 2). */
#define PASSWORD_HASH_MEMORY_BYTES ((size_t)19 * 1024 * 1024)
#define PASSWORD_HASH_PASSES 2

#define PASSWORD_HASH_SIZE 128 /* PHC text with its NUL, zero padded */
#define PASSWORD_MIN_CHARACTERS 8
#define PASSWORD_MAX_CHARACTERS 1024
#define PASSWORD_MAX_BYTES (4 * PASSWORD_MAX_CHARACTERS)

/*
 * Makes "$argon2id$v=19$m=19456,t=2,p=1$salt$hash" with a fresh salt.
 * password is UTF-8, not NUL-terminated, at most PASSWORD_MAX_BYTES.
 * Errors: LIMIT (password too long), RETRY (no memory for the hash).
 */
MUST_USE bool password_hash(const char *password, size_t len,
			    char out[PASSWORD_HASH_SIZE], struct err *err);

/*
 * true = this is the password of the hash. A hash that is no Argon2id text
 * or asks for more memory or passes than ours is refused. Takes as long for
 * a wrong password as for a right one.
 */
MUST_USE bool password_verify(const char *hash, const char *password,
			      size_t len);

/*
 * May a person choose this password? At least 8 and at most 1024 characters
 * (code points), valid UTF-8 without control characters, none of the most
 * common passwords (common_passwords.h), not made of words that are known of
 * this account and machine (own_words.h). No rules on composition (NIST SP
 * 800-63B, section 5.1.1.2).
 *
 * known  those words, up to NULL: account, serial number, model
 *
 * Errors: INVALID (the text says why, for the form).
 */
MUST_USE bool password_acceptable(const char *password,
				  const char *const *known, struct err *err);

#endif
