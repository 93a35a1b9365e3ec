#ifndef SLUICE_CGI_DEVICE_LOG_SERVER_H
#define SLUICE_CGI_DEVICE_LOG_SERVER_H

#include "domain/continuation.h"
#include "domain/witnessed.h"

/* How this log stands with the server that witnesses it. */
struct log_server {
	struct witnessed witnessed;
	struct continuation said; /* newest; size 0 = nothing */
	uint64_t entries;         /* of the log */
	bool conflict;
	bool waits; /* it is acknowledged, and not accepted yet */
};

/* Errors: those of the database. */
MUST_USE bool log_server_read(struct db *db, struct log_server *s,
			      struct err *err);

#endif
