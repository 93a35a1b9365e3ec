#ifndef SLUICE_DOMAIN_JOB_SEAL_H
#define SLUICE_DOMAIN_JOB_SEAL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "domain/jobs.h"

/*
 * Seals the content of one job into the state folder, for its recipients
 * alone. The plaintext is in one locked buffer of 64 KiB that is wiped; it is
 * written nowhere. Pages do it for what a browser sends, the daemon for what
 * a source gives.
 */
struct job_content {
	/* Up to len bytes; 0 = the end, -1 = failed (then err is set). */
	ssize_t (*read)(void *ctx, void *dst, size_t len, struct err *err);
	/* Asked every MiB: may it go on? NULL = yes. Its error is passed on. */
	bool (*going)(void *ctx, struct err *err);
	void *ctx;
	uint64_t max; /* most bytes */
};

struct job_sealed {
	uint64_t plain_bytes;
	char plain_sha256[65]; /* hex */
	uint64_t sealed_bytes;
	char sealed_sha256[65];
};

/* "sealed/" + transaction + ".age" in the state folder; mem_free() it. */
char *job_seal_path(const char *state, const char *transaction);

/*
 * Seals to job_seal_path(): whole, on disk and in its folder, or not there.
 * What a try before left under that name is replaced. Errors: INVALID (nothing
 * in it, recipients), LIMIT (more than max), IO (also disk full; the text says
 * so), those of read and going.
 */
MUST_USE bool job_seal(const char *state, const char *transaction,
		       const struct jobs_recipient *recipients, size_t count,
		       const struct job_content *content,
		       struct job_sealed *sealed, struct err *err);

/* Removes the file of a transaction; none is fine. */
void job_seal_remove(const char *state, const char *transaction);

#endif
