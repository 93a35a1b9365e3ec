#ifndef SLUICE_CLIENT_IDENTITY_H
#define SLUICE_CLIENT_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "domain/device_config.h"
#include "store/db.h"

/* Files in the keys folder. */
#define IDENTITY_KEY_FILE "identity.key"
#define IDENTITY_REQUEST_FILE "identity.csr"
#define IDENTITY_CERTIFICATE_FILE "identity.pem"
#define IDENTITY_LEDGER_KEY_FILE "ledger.key"
#define IDENTITY_LEDGER_VERIFIER_FILE "ledger.verifier"

/*
 * Makes the device's own keys in config->keys (folder mode 0711, because the
 * pages read the log's verifier there; keys 0600):
 * P-256 identity with its certificate request, and Ed25519 ledger key with
 * its verifier, both named after the device.
 * Errors: DENIED (there are keys already; they are left as they are), IO.
 */
MUST_USE bool identity_create(const struct device_config *config,
			      struct err *err);

/* What a provisioning folder says beside its certificates. */
struct identity_provisioned {
	char server_name[256];
	int server_port;
	bool has_certificate;
	int64_t expires_at;  /* of the device's certificate, UTC; 0 = none */
	bool server_matches; /* config names the same server and port */
};

/*
 * Takes in what "sluice-server device add" made, or "sluice-server anchors",
 * which holds no certificate: checks everything first (a certificate holds our
 * key and is valid now, the anchor and the keys can be read, a device id is
 * ours), then puts the files where config says and writes a ledger entry. The
 * vendor's keys for lists of recipients and for instructions may be among
 * them; without one the one that is here stays. The caller writes server name
 * and port into the configuration when server_matches is false.
 * actor as ledger_append() takes it.
 * Errors: NOT_FOUND (a file is missing), INVALID, DENIED (for another
 * device), IO.
 */
MUST_USE bool identity_provision(const struct device_config *config,
				 struct db *db, const char *actor,
				 const char *dir, int64_t now,
				 struct identity_provisioned *done,
				 struct err *err);

/* Has the device been provisioned (certificate, anchor, receipt key there)? */
bool identity_is_provisioned(const struct device_config *config);

/* Does it know its server (anchor, receipt key), with a certificate or not? */
bool identity_knows_server(const struct device_config *config);

/*
 * Makes key and self-signed certificate of the device's pages in one PEM file
 * (mode 0600), valid for ten years. names: host names and addresses, NULL
 * ends; NULL = this machine's host name, its addresses and localhost.
 * Errors: INVALID (a name), IO.
 */
MUST_USE bool identity_make_pages_certificate(const char *path,
					      const char *const *names,
					      int64_t now, struct err *err);

/*
 * SHA-256 of the first certificate in a PEM file, as a browser shows it
 * ("AB:CD:..."), for the set-up hint. Errors: NOT_FOUND, INVALID, IO.
 */
#define IDENTITY_FINGERPRINT_SIZE 96
MUST_USE bool identity_fingerprint(const char *path,
				   char out[IDENTITY_FINGERPRINT_SIZE],
				   struct err *err);

#endif
