#ifndef SLUICE_CGI_DEVICE_LOG_SERVER_H
#define SLUICE_CGI_DEVICE_LOG_SERVER_H

#include "domain/continuation.h"
#include "domain/witnessed.h"

/* How this log stands with the server that witnesses it. */
enum log_server_state {
	LOG_SERVER_NOTHING = 0, /* nothing is countersigned */
	LOG_SERVER_GROWN,
	LOG_SERVER_CONFLICT, /* and nobody has said a word */
	LOG_SERVER_WAITS     /* acknowledged, not yet accepted */
};

struct log_server {
	struct witnessed witnessed;
	struct continuation said; /* newest; size 0 = nothing */
	uint64_t entries;         /* of the log */
	bool conflict, waits;
};

/* Errors: those of the database. */
MUST_USE bool log_server_read(struct db *db, struct log_server *s,
			      struct err *err);

#endif
