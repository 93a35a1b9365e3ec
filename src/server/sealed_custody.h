#ifndef SLUICE_SERVER_SEALED_CUSTODY_H
#define SLUICE_SERVER_SEALED_CUSTODY_H

#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "server/sealed.h"
#include "server/server_config.h"

/*
 * What becomes of sealed files after they were received: taken by the
 * designated staff, deleted by them, deleted by their date. Each is a ledger
 * entry and a notice to the device, in one commit. Who may ask is the business
 * of pages and commands.
 */
struct sealed_keeper {
	const struct server_config *config; /* borrowed */
	struct db *db;                      /* borrowed */
	const struct log *log;              /* borrowed */
};

/*
 * The file for reading, after entry and notice were committed. who: account
 * of the person; it is told to the customer. *fd: caller closes.
 * Errors: NOT_FOUND (deleted), INVALID (the file is not whole), IO, RETRY.
 */
MUST_USE bool sealed_custody_take(const struct sealed_keeper *keeper,
				  const struct sealed *item, const char *who,
				  int64_t now, int *fd, struct err *err);

/* Errors: NOT_FOUND (deleted already), IO, RETRY. */
MUST_USE bool sealed_custody_delete(const struct sealed_keeper *keeper,
				    const struct sealed *item, const char *who,
				    int64_t now, struct err *err);

struct sealed_expired {
	size_t files;  /* whole ones */
	size_t pieces; /* uploads that came to nothing */
};

/*
 * Deletes all whose date is over. One that fails is left for the next time
 * and noted in the running log; the others go. Errors: IO, RETRY.
 */
MUST_USE bool sealed_custody_expire(const struct sealed_keeper *keeper,
				    int64_t now, struct sealed_expired *expired,
				    struct err *err);

#endif
