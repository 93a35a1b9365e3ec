#ifndef SLUICE_SERVER_CERTIFICATES_H
#define SLUICE_SERVER_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "server/fleet.h"
#include "store/db.h"

/*
 * Certificates of devices: list, warn, revoke one of them. Revoking a whole
 * device is fleet_revoke(). Tables certificates, certificate_revocations.
 */
struct certificate_row {
	char sha256[65];
	char device[FLEET_ID_SIZE];
	char serial[41];
	char origin[9]; /* "added", "enrolled", "renewed" */
	int64_t not_before, not_after, issued_at;
	int64_t revoked_at; /* 0 = stands */
	char revoked_by[FLEET_ID_SIZE];
	char reason[FLEET_TEXT_SIZE];
	bool newest;        /* of its device */
	bool device_stands; /* the device is not revoked */
};

/* device NULL = all. Those that end first come first. mem_free() *list. */
MUST_USE bool certificates_list(struct db *db, const char *device,
				struct certificate_row **list, size_t *count,
				struct err *err);

/* Steps of the countdown as people see it: 180, 90, 30, 7 days, over. */
#define CERTIFICATES_WARN_DAYS 180
/* Which step a certificate has reached: 180, 90, 30, 7, -1 = over; 0 none. */
int certificates_step(int64_t not_after, int64_t now);

/*
 * Ends one certificate at once and for good, with an entry; the device's
 * others stand. Twice changes nothing. Errors: NOT_FOUND, INVALID (reason).
 */
MUST_USE bool certificates_revoke(struct db *db, const char *actor,
				  const char *sha256, const char *reason,
				  int64_t now, struct err *err);

#endif
