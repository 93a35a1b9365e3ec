#ifndef SLUICE_TESTS_SUPPORT_DEVICE_H
#define SLUICE_TESTS_SUPPORT_DEVICE_H

#include <stdint.h>

#include "client/client.h"
#include "domain/ledger.h"
#include "domain/outbox.h"
#include "tests/support/fault.h"
#include "tests/support/pki.h"

/*
 * A whole device in a folder of its own: configuration, keys, database,
 * provisioned for the server of a PKI, knows the vendor of vendor.h, one
 * collector that prints a Billing and a Configuration document. Nothing is
 * allowed yet. A test that has one for a quarter of an hour is ended by SIGALRM.
 */
struct device {
	struct pki pki;
	char dir[64];
	struct device_config config;
	struct db *db;
	struct log log;
	struct client client;
};

void device_make(struct device *device);
void device_remove(struct device *device);

/* The same around a test, for the device in *state. */
int device_set_up(void **state);
int device_tear_down(void **state);

/*
 * Closes and opens the database and the client: no process may use an SQLite
 * connection that it got by fork().
 */
void device_close(struct device *device);
void device_open(struct device *device);

/*
 * The time that the client sees; device_make() sets it to pki.now, or to a
 * quarter of an hour later when a month ends in between.
 */
void device_set_time(int64_t now);
int64_t device_time(void);

/* Allows remote services and metering. */
void device_allow(struct device *device);

/* Previews metering and presses Send: one transmission is due. */
void device_queue(struct device *device, char transaction[UUID_TEXT_SIZE]);

/* The item now; fails the test when there is none. */
struct outbox_item device_item(struct device *device, const char *transaction);

/*
 * The device's server from now on: one of this mode (fault_start()) in place
 * of the one before; server->pid 0 = there was none.
 */
void device_serve(struct device *device, struct fault *server,
		  const char *mode);
void device_stop_serving(struct fault *server);

/* Entries of a kind about a transaction (NULL = any). */
unsigned device_entries(const struct device *device, enum ledger_kind kind,
			const char *transaction);

/* The log holds, its signed heads too. */
void device_assert_log_whole(const struct device *device);

/* Writes what the collector prints from now on (NUL-terminated). */
void device_set_collected(struct device *device, const char *text);

#endif
