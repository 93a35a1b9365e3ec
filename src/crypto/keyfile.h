#ifndef SLUICE_CRYPTO_KEYFILE_H
#define SLUICE_CRYPTO_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "crypto/ed25519.h"
#include "crypto/p256.h"

/*
 * Private keys on disk. All files have mode 0600 and at most
 * KEYFILE_MAX_BYTES; reading refuses a file that group or others may read.
 */
#define KEYFILE_MAX_BYTES 1024
#define KEYFILE_NAME_SIZE 129 /* name of a note key with its NUL */

/* SEC 1 "EC PRIVATE KEY" in PEM, as openssl reads and writes it. */
MUST_USE bool keyfile_write_p256(const char *path, const struct p256_key *key,
				 struct err *err);

/*
 * Own files only. Errors: NOT_FOUND, DENIED (mode too open), LIMIT (too
 * big), INVALID (another format or curve, or point and key differ), IO.
 */
MUST_USE bool keyfile_read_p256(const char *path, struct p256_key *key,
				struct err *err);

/*
 * One line as Go's sumdb/note writes signer keys:
 * "PRIVATE+KEY+<name>+<8 hex>+<base64(0x01 || seed)>". name has 1 to 128
 * bytes of UTF-8 without white space and "+".
 * Errors: INVALID (name), IO.
 */
MUST_USE bool keyfile_write_ed25519(const char *path, const char *name,
				    const struct ed25519_key *key,
				    struct err *err);

/* Errors: NOT_FOUND, DENIED (mode too open), LIMIT, INVALID, IO. */
MUST_USE bool keyfile_read_ed25519(const char *path,
				   char name[KEYFILE_NAME_SIZE],
				   struct ed25519_key *key, struct err *err);

#endif
