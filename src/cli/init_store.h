#ifndef SLUICE_CLI_INIT_STORE_H
#define SLUICE_CLI_INIT_STORE_H

#include "base/err.h"
#include "domain/device_config.h"
#include "domain/setup.h"

#define INIT_CODE_DAYS 7

/*
 * Makes the state folder with database and wake FIFO: schema, machine, first
 * ledger entry, set-up code.
 * Errors: DENIED (there is a database already), IO.
 */
MUST_USE bool init_make_store(const struct device_config *config,
			      const char *actor, char code[SETUP_CODE_SIZE],
			      struct err *err);

/*
 * When this is root: gives keys and state to the daemon's user ("" = they stay
 * root's), and lets the group of [pages] user, if set, write to database,
 * FIFO and web/log. Errors: NOT_FOUND (no such user), IO.
 */
MUST_USE bool init_give_away(const struct device_config *config,
			     const char *user, struct err *err);

/* A new set-up code; the old one ends. Errors: DENIED (set-up is done), IO. */
MUST_USE bool init_new_code(struct db *db, char code[SETUP_CODE_SIZE],
			    struct err *err);

#endif
