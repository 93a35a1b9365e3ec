#ifndef SLUICE_SERVER_PEER_H
#define SLUICE_SERVER_PEER_H

#include "server/exchange.h"
#include "server/fleet.h"
#include "server/refusal.h"
#include "store/db.h"

/*
 * Who is at the other end of a request: the certificate that the web server's
 * TLS verified, and the device it belongs to. Strangers come as far as this,
 * because a device whose certificate has run out must reach enrolment.
 */

/*
 * SHA-256 of the verified certificate, hex. Looks at nothing but variables of
 * TLS. Refusals: CERTIFICATE (none, or one that TLS did not verify).
 */
MUST_USE bool peer_read(const struct exchange *exchange, char sha256[65],
			struct refusal *refusal);

/*
 * The device. Refusals: STRANGER (the certificate was not issued here),
 * REVOKED (the device), CERTIFICATE (only this certificate does not stand),
 * BUSY, STORAGE, BUG. *device is filled also with REVOKED and CERTIFICATE.
 */
MUST_USE bool peer_device(struct db *db, const char *sha256, int64_t now,
			  struct fleet_device *device, struct refusal *refusal);

#endif
