#ifndef SLUICE_SERVER_SERVER_H
#define SLUICE_SERVER_SERVER_H

#include <stdint.h>

#include "base/log.h"
#include "crypto/ed25519.h"
#include "formats/note.h"
#include "server/server_config.h"
#include "server/strangers.h"
#include "store/db.h"

/* What a worker of the API or a command works on. Holds a secret. */
struct server {
	const struct server_config *config; /* borrowed */
	const struct log *log;              /* borrowed */
	struct db *db;
	struct ed25519_key key;      /* receipts and checkpoints */
	char signer[NOTE_NAME_SIZE]; /* its name; "" = not loaded */
	struct strangers strangers;  /* what was written of them lately */
	struct strangers devices;    /* lines of devices that are refused */
};

/* Nothing is open or loaded yet. */
void server_init(struct server *server, const struct server_config *config,
		 const struct log *log);

/*
 * Loads the receipt key. Errors: NOT_FOUND (never initialised), DENIED (file
 * mode too open), INVALID (another server's key), IO.
 */
MUST_USE bool server_load_key(struct server *server, struct err *err);

/*
 * Opens the database and brings it to the newest schema.
 * Errors: NOT_FOUND (never initialised), INVALID, RETRY, IO.
 */
MUST_USE bool server_open_db(struct server *server, struct err *err);

/* Wipes the key and closes the database. Nothing loaded is fine. */
void server_close(struct server *server);

/*
 * Signs the head of the ledger and keeps the checkpoint, if at least
 * unsigned_entries entries are not covered by the newest one yet. Inside the
 * caller's transaction or its own. Needs key and database.
 */
MUST_USE bool server_checkpoint(struct server *server,
				uint64_t unsigned_entries, int64_t now,
				struct err *err);

#endif
