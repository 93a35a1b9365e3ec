#ifndef SLUICE_SERVER_CODES_H
#define SLUICE_SERVER_CODES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "server/fleet.h"
#include "store/db.h"

/*
 * One-time codes for enrolment. A code is 20 characters of Crockford's base32
 * in groups of five (100 bits), kept as a hash; it is for one device, runs
 * out, and is used once: the same device with the same key gets the same
 * certificate again, for when the answer was lost.
 */
#define CODE_SIZE 24 /* "K7QPM-3ZD9R-01XYT-W8B4C" and NUL */
#define CODE_PRESET_S ((int64_t)14 * 86400)
#define CODE_MOST_S ((int64_t)90 * 86400)

struct code_row {
	int64_t id;
	char device[FLEET_ID_SIZE];
	char title[FLEET_TEXT_SIZE];
	char serial_number[FLEET_TEXT_SIZE];
	int64_t made_at, expires_at;
	char made_by[FLEET_ID_SIZE];
	int64_t ended_at;     /* used or withdrawn; 0 = open */
	char certificate[65]; /* SHA-256 of what was issued; "" = none */
	char key_sha256[65];  /* of the key that it was issued to */
};

/* What a code is for. "" = none or unknown. */
struct code_order {
	const char *device;
	const char *title;
	const char *serial_number;
	int64_t expires_at;
	/*
	 * Open codes of this number and newer, of this actor for this device,
	 * are withdrawn: a form that was pressed twice made them, and only the
	 * last is shown. 0 = none.
	 */
	int64_t replaces_from;
};

/*
 * Makes one, with an entry. A device that is known is rescued with it; one
 * that is not becomes known when it is used.
 * Errors: INVALID (device, title, serial number, end), DENIED (the device is
 * revoked).
 */
MUST_USE bool codes_make(struct db *db, const char *actor,
			 const struct code_order *order, int64_t now,
			 char code[CODE_SIZE], struct err *err);

/*
 * The open or used code for this device that fits what was typed (case,
 * spaces and dashes do not count; O is 0, I and L are 1).
 * Errors: DENIED (none, run out, withdrawn; the text is the same for all).
 */
MUST_USE bool codes_find(struct db *db, const char *device, const char *typed,
			 int64_t now, struct code_row *row, struct err *err);

/*
 * An open code was used for this certificate and key (ca_request). Inside the
 * caller's transaction, which wrote the entry. Errors: DENIED (it is not open
 * any more).
 */
MUST_USE bool codes_use(struct db *db, int64_t id, const char *certificate,
			const char *key_sha256, int64_t now, struct err *err);

/* Is it a device that is known, or one that there was ever a code for? */
MUST_USE bool codes_expects(struct db *db, const char *device, bool *expects,
			    struct err *err);

/* Ends an open code, with an entry. Errors: NOT_FOUND (none that is open). */
MUST_USE bool codes_withdraw(struct db *db, const char *actor, int64_t id,
			     int64_t now, struct err *err);

/* Newest first. *list: caller mem_free()s. */
MUST_USE bool codes_list(struct db *db, struct code_row **list, size_t *count,
			 struct err *err);

#endif
