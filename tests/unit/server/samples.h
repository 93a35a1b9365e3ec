#ifndef SLUICE_TESTS_SERVER_SAMPLES_H
#define SLUICE_TESTS_SERVER_SAMPLES_H

#include "base/buf.h"
#include "crypto/p256.h"
#include "domain/setup.h"
#include "formats/uuid.h"
#include "server/fleet.h"
#include "server/server.h"

/* Uploads, and a whole server in a folder of its own, for tests. */
#define SAMPLES_NOW 1795442400 /* 2026-11-23T14:00:00Z */
#define SAMPLES_DEVICE "ex7-004211"
#define SAMPLES_OTHER "ex7-000007"

/*
 * A transmission of a lively printer: Billing (with an unknown value), Status,
 * Configuration and Supplies Usage under grants for metering and supplies.
 */
void samples_upload(struct buf *out, const char *device,
		    const char *transaction);

/* A transaction id that differs from one n to the next. */
void samples_transaction(char id[UUID_TEXT_SIZE], unsigned n);

struct samples {
	char dir[64];
	char code[SETUP_CODE_SIZE]; /* of the first set-up */
	struct server_config config;
	struct log log;
	struct server server; /* key loaded, database open */
	struct {
		struct p256_key key;
		struct buf pem; /* certificate */
		char sha256[65];
	} device, other;
};

/* Makes the server with the two devices above; fails the test otherwise. */
void samples_make(struct samples *s);
void samples_remove(struct samples *s);

/* A test with a server of its own, a struct samples, in *state. */
#define SAMPLES_TEST(name) \
	cmocka_unit_test_setup_teardown(name, samples_set_up, samples_tear_down)
int samples_set_up(void **state);
int samples_tear_down(void **state);

/* Bytes in a file of the server's keys; the caller buf_clear()s. */
void samples_key_file(const struct samples *s, const char *name,
		      struct buf *out);

/* How many ledger entries there are; of one kind (0 = any). */
size_t samples_entries(struct samples *s, int kind);

/* The newest entry of the kind contains this. */
void samples_last_entry(struct samples *s, int kind, const char *text);

/* Makes one request PEM of a fresh key. */
void samples_request(struct p256_key *key, const char *common_name,
		     const char *serial, struct buf *pem);

#endif
