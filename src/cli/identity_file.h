#ifndef SLUICE_CLI_IDENTITY_FILE_H
#define SLUICE_CLI_IDENTITY_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "cli/command.h"
#include "formats/age.h"

/*
 * Files of secret keys, as age-keygen writes them: a key a line, lines that
 * begin with "#" and empty ones say nothing.
 */
#define IDENTITIES_MAX 16 /* keys of one file */

struct identities {
	struct age_identity at[IDENTITIES_MAX];
	size_t count;
};

/*
 * Makes an identity and its file, for this user alone; now: UTC seconds.
 * Errors: INVALID (there is such a file already, which stays), IO.
 */
MUST_USE bool identity_file_make(const char *path, int64_t now,
				 struct age_recipient *recipient,
				 struct err *err);

/*
 * Reads a file of 1 to IDENTITIES_MAX keys into locked memory; release with
 * identity_file_free(). Warns of a file that others can read. Errors:
 * NOT_FOUND, INVALID (a line that is no key, none at all), LIMIT, IO.
 */
MUST_USE bool identity_file_read(const struct cli *cli, const char *path,
				 struct identities **identities,
				 struct err *err);
void identity_file_free(struct identities *identities); /* NULL is fine */

#endif
