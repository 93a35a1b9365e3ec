#ifndef SLUICE_TESTS_SUPPORT_PKI_H
#define SLUICE_TESTS_SUPPORT_PKI_H

#include <stdint.h>

#include "crypto/ed25519.h"
#include "crypto/p256.h"
#include "formats/note.h"

#define PKI_NAME "comms.test" /* the server's name in its certificate */
#define PKI_DEVICE "test-7"   /* the device's id */
#define PKI_DAY_S ((int64_t)86400)

/*
 * Keys and certificates for one test, made in a folder of its own:
 *
 *	server-anchor.pem other-anchor.pem   two authorities for servers
 *	server.key                           P-256
 *	server.pem        PKI_NAME, valid now
 *	expired.pem future.pem               the same, outside their time
 *	misnamed.pem      other.test
 *	impostor.pem      PKI_NAME, by the other authority
 *	device-ca.pem other-device-ca.pem    two authorities for devices
 *	device-ca.key                        of the first
 *	identity.key identity.pem            of the device
 *	stranger.pem      same key, by the other devices' authority
 *	receipt.key receipt.verifier         of the server, PKI_NAME/receipts
 *
 * now is the real time, because OpenSSL's side looks at its own clock.
 */
struct pki {
	char dir[64];
	int64_t now;
	int64_t ahead_s; /* so far after it a device is, at the end of a month */
	struct p256_key device;
	struct ed25519_key receipt;
	struct note_verifier verifier;
};

void pki_make(struct pki *pki); /* fails the test when it cannot */
void pki_remove(struct pki *pki);

/* The same around a group of tests, for the PKI in *state. */
int pki_set_up(void **state);
int pki_tear_down(void **state);

/* dir + "/" + name; the caller mem_free()s. */
char *pki_path(const struct pki *pki, const char *name);

#endif
