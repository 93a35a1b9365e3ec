#ifndef SLUICE_SERVER_SIGNING_KEY_H
#define SLUICE_SERVER_SIGNING_KEY_H

#include "base/buf.h"
#include "base/err.h"
#include "server/server_config.h"

/*
 * Makes an Ed25519 key that signs notes under a name: its file (0600, of who
 * runs this) and, beside it, the text by which others verify (0644). Never
 * overwrites one. verifier (may be NULL) gets that text.
 * Errors: DENIED (one of the files is there), INVALID (name), IO.
 */
MUST_USE bool signing_key_make_files(const char *key_path,
				     const char *verifier_path,
				     const char *name, struct buf *verifier,
				     struct err *err);

/* The same for two names of files in the server's folder of keys. */
MUST_USE bool signing_key_make(const struct server_config *config,
			       const char *name, const char *key_file,
			       const char *verifier_file, struct err *err);

#endif
