#ifndef SLUICE_CGI_SERVER_CONSOLE_H
#define SLUICE_CGI_SERVER_CONSOLE_H

#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "cgi/people/people.h"
#include "server/exchange.h"
#include "server/server_config.h"
#include "store/db.h"
#include "web/router.h"

/* What one console worker holds. Handlers get it by console_of(). */
struct console {
	const struct server_config *config; /* borrowed */
	const struct log *log;              /* borrowed */
	struct db *db;
	struct people people;
	/* what passwords must not be made of, up to NULL */
	const char *known[2];
};

struct console *console_of(const struct visit *visit);

/*
 * For the worker: opens the database (it must have the newest schema). *state
 * is a struct console that lives as long as the worker.
 */
MUST_USE bool console_open(const struct server_config *config,
			   const struct log *log, void **state,
			   struct err *err);
void console_close(struct console *console); /* NULL is fine */

/* Serves one request, its answer included. */
void console_serve(void *state, const struct exchange *exchange,
		   int64_t now_ms);

#endif
