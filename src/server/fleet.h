#ifndef SLUICE_SERVER_FLEET_H
#define SLUICE_SERVER_FLEET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/uuid.h"
#include "store/db.h"

#define FLEET_ID_SIZE 65 /* of envelope_machine_id_is_valid() */
#define FLEET_TEXT_SIZE 256
#define FLEET_SERVICES_SIZE 1024 /* every set of services fits */
#define FLEET_TITLE_MAX 100      /* bytes */

/* What is kept of a device's log (server/witness.h); size 0 = nothing. */
struct witness_row {
	uint64_t size;
	int64_t at;
	int64_t conflict_at; /* 0 = none */
};

/* A device of the fleet. Tables devices, certificates, witnessed. */
struct fleet_device {
	char id[FLEET_ID_SIZE];               /* [a-z0-9.-] */
	char title[FLEET_TEXT_SIZE];          /* given by staff; "" = none */
	char serial_number[FLEET_TEXT_SIZE];  /* last reported; "" = never */
	char make_and_model[FLEET_TEXT_SIZE]; /* last reported; "" = never */
	char ledger_key[FLEET_TEXT_SIZE];     /* note verifier key; "" = none */
	int64_t added_at;
	char added_by[FLEET_ID_SIZE];
	int64_t last_seen_at;      /* last upload; 0 = never */
	int64_t revoked_at;        /* 0 = stands */
	char certificate[65];      /* SHA-256 of the newest, hex */
	int64_t certificate_until; /* its end */
	int64_t transmissions;     /* how many were received */
	/* The last check-in; interval 0 = it never made one. */
	int64_t checkin_at;
	int64_t checkin_interval, checkin_least, checkin_most; /* seconds */
	int64_t checkin_expected;        /* the next one, at the latest */
	int64_t wanted_interval;         /* of this device; 0 = as for all */
	char client_version[32];         /* "" = never told */
	int64_t clock_ahead;             /* its clock less ours then, seconds */
	int64_t checkins_hour, checkins; /* fleet_limits.h */
	/* Names, space between, some twice: what its transmissions were for. */
	char services[FLEET_SERVICES_SIZE];
	struct witness_row log; /* the head that is kept of it */
};

/* A device to add, with its first certificate. */
struct fleet_new {
	const char *id;
	const char *title;              /* "" = none */
	const char *serial_number;      /* "" = unknown */
	const char *ledger_key;         /* note verifier key text; "" = none */
	const char *certificate;        /* SHA-256, hex */
	const char *certificate_serial; /* hex */
	int64_t not_before, not_after;
	const char *origin; /* how it came; NULL = "added" */
	const char *pem;    /* of the certificate; NULL = not kept */
};

/*
 * The id as a device has it, of what a person typed or pasted: small letters
 * for capitals, no spaces, one kind of dash. false: that is no id.
 */
MUST_USE bool fleet_id_typed(const char *typed, char id[FLEET_ID_SIZE]);

/*
 * Adds device, certificate and ledger entry in one transaction. actor as for
 * ledger_append(). Errors: INVALID (id, title), DENIED (the id or the
 * certificate is taken).
 */
MUST_USE bool fleet_add(struct db *db, const char *actor,
			const struct fleet_new *device, int64_t now,
			struct err *err);

/* Errors: NOT_FOUND. */
MUST_USE bool fleet_get(struct db *db, const char *id,
			struct fleet_device *device, struct err *err);

/*
 * Whose certificate is it? (SHA-256, hex.) Errors: NOT_FOUND (not issued
 * here), DENIED (the device is revoked), LIMIT (only this certificate does not
 * stand: it was revoked, or its time is over). *device is filled with these
 * two all the same. Each upload asks, so transmissions, services and log stay
 * 0 and "".
 */
MUST_USE bool fleet_by_certificate(struct db *db, const char *sha256,
				   int64_t now, struct fleet_device *device,
				   struct err *err);

/*
 * A known device was enrolled anew: it may bring another key of its log.
 * Inside the caller's transaction.
 */
MUST_USE bool fleet_enrolled_again(struct db *db, const char *id,
				   struct err *err);

/*
 * All, those silent for longest first (never seen before all), revoked ones
 * last. *list is of *count; caller mem_free()s.
 */
MUST_USE bool fleet_list(struct db *db, struct fleet_device **list,
			 size_t *count, struct err *err);

/*
 * Ends a device's right to connect, at once and for good, with a ledger
 * entry. Revoking twice changes nothing. Errors: NOT_FOUND.
 */
MUST_USE bool fleet_revoke(struct db *db, const char *actor, const char *id,
			   int64_t now, struct err *err);

/* Last sign of life of any kind; 0 = none. */
int64_t fleet_contact_at(const struct fleet_device *device);

/*
 * What a check-in says of its device: one row, and no entry but for the last
 * one that is taken in its hour (fleet_limits.h).
 */
struct fleet_checkin {
	int64_t at;
	int64_t interval_s, least_s, most_s, expected_at;
	const char *version;
	int64_t clock_ahead;
};
MUST_USE bool fleet_checked_in(struct db *db, const char *id,
			       const struct fleet_checkin *checkin,
			       struct err *err);

/*
 * Staff want another interval of this device (0 = as for all), with an entry.
 * Errors: NOT_FOUND, INVALID (no interval that a device could take).
 */
MUST_USE bool fleet_want_interval(struct db *db, const char *actor,
				  const char *id, int64_t interval_s,
				  int64_t now, struct err *err);

/* The key of its log, learned from it; the entry is the caller's. */
MUST_USE bool fleet_learn_key(struct db *db, const char *id, const char *key,
			      struct err *err);

/* What an upload says of its device; inside the upload's transaction. */
MUST_USE bool fleet_seen(struct db *db, const char *id,
			 const char *serial_number, const char *make_and_model,
			 int64_t now, struct err *err);

#endif
