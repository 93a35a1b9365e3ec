#ifndef SLUICE_SERVER_CERTIFICATES_H
#define SLUICE_SERVER_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
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

/* What was issued. All borrowed. */
struct certificate_new {
	const char *sha256; /* of the DER, hex */
	const char *device;
	const char *serial; /* hex */
	const char *origin; /* "added", "enrolled", "renewed" */
	const char *pem;    /* "" = not kept */
	int64_t not_before, not_after;
};

/* Keeps one, in the caller's transaction; the entry is the caller's too. */
MUST_USE bool certificates_keep(struct db *db,
				const struct certificate_new *certificate,
				int64_t now, struct err *err);

/* Errors: NOT_FOUND. */
MUST_USE bool certificates_get(struct db *db, const char *sha256,
			       struct certificate_row *row, struct err *err);

/*
 * Does it stand? Errors: NOT_FOUND (not issued here), DENIED (revoked), LIMIT
 * (its time is over).
 */
MUST_USE bool certificates_check(struct db *db, const char *sha256, int64_t now,
				 struct err *err);

/* Its bytes. Errors: NOT_FOUND (none here, or they were not kept). */
MUST_USE bool certificates_pem(struct db *db, const char *sha256,
			       struct buf *pem, struct err *err);

/*
 * Those that a device got by renewal at or after a time, the newest first,
 * without the certificate but, and none from before that one.
 */
MUST_USE bool certificates_renewed(struct db *db, const char *device,
				   const char *but, int64_t since,
				   struct certificate_row **list, size_t *count,
				   struct err *err);

/* How many a device got at or after a time, in whatever way. */
MUST_USE bool certificates_issued(struct db *db, const char *device,
				  int64_t since, int64_t *count,
				  struct err *err);

/* device NULL = all. Those that end first come first. mem_free() *list. */
MUST_USE bool certificates_list(struct db *db, const char *device,
				struct certificate_row **list, size_t *count,
				struct err *err);

/* Steps of the countdown as people see it: 180, 90, 30, 7 days, over. */
#define CERTIFICATES_WARN_DAYS 180
/* Which step a certificate has reached: 180, 90, 30, 7, -1 = over; 0 none. */
int certificates_step(int64_t not_after, int64_t now);

#define CERTIFICATES_REASON_MAX 200 /* bytes */
/*
 * Ends one certificate at once and for good, with an entry; the device's
 * others stand. Twice changes nothing. Errors: NOT_FOUND, INVALID (reason).
 */
MUST_USE bool certificates_revoke(struct db *db, const char *actor,
				  const char *sha256, const char *reason,
				  int64_t now, struct err *err);

#endif
