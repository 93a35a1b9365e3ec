#ifndef SLUICE_CLIENT_CLIENT_H
#define SLUICE_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "client/launcher.h"
#include "crypto/ed25519.h"
#include "crypto/keyfile.h"
#include "documents/pseudonym.h"
#include "domain/device_config.h"
#include "store/db.h"

/*
 * What the device does by itself, with what it needs for that. The daemon has
 * one for its lifetime, the command line makes one for a command.
 */
struct client {
	const struct device_config *config; /* borrowed */
	struct db *db;                      /* borrowed, open for writing */
	const struct log *log;              /* borrowed */
	int64_t (*now)(void); /* UTC seconds; tests set their own */
	int stop_fd;          /* readable = end what waits; -1 = none */
	struct sandbox_result sandbox; /* what the daemon's holds */
	/* Borrowed; NULL = collectors run in processes of this one. */
	struct launcher *launcher;
	/* The daily send (timer.c): failures in a row, not again before. */
	unsigned timer_failures;
	int64_t timer_retry_at; /* UTC; 0 = at once */
	int64_t looked_at;      /* alarm.c, UTC; 0 = not since the start */
	/*
	 * A long upload gives up its turn when this is readable (-1 = none),
	 * or at that time (UTC, 0 = never).
	 */
	int yield_fd;
	int64_t yield_at;
	/*
	 * The way to the server failed in this round: nothing knocks there
	 * again before (UTC, 0 = it did not), and why.
	 */
	int64_t lost_until;
	char lost_why[256];
	/* Times in a row that the server held job data's last request. */
	unsigned held;
	/* Called when a transmission got further; no transaction is open. */
	void (*moved)(void *ctx); /* NULL = nobody looks */
	void *moved_ctx;
	char ledger_name[KEYFILE_NAME_SIZE]; /* "sluice/<device id>" */
	struct ed25519_key ledger_key;       /* secret */
	/*
	 * Secret. Derived from the ledger key, so that a device that gets new
	 * keys, for another owner, is known under no old pseudonym.
	 */
	uint8_t pseudonym_key[PSEUDONYM_KEY_SIZE];
};

/*
 * Reads the ledger key; opens no connection. config, db and log are borrowed
 * for the lifetime. Identity and trust are read anew for each delivery, so
 * that what an administrator mends takes effect at once.
 * Errors: NOT_FOUND (no key: run "sluice init"), DENIED, INVALID, IO.
 */
MUST_USE bool client_open(struct client *client,
			  const struct device_config *config, struct db *db,
			  const struct log *log, struct err *err);

/* Has the daemon been told to end? What goes on stops at the next wait. */
bool client_is_stopped(const struct client *client);

/* Tells whoever looks on that a transmission got further. */
void client_moved(const struct client *client);

/* Keeps that the way to the server failed, for what else would go there. */
void client_lost(struct client *client, const char *why, int64_t until);

/* Wipes the key. What was borrowed stays open. */
void client_close(struct client *client);

#endif
