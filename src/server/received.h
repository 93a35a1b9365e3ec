#ifndef SLUICE_SERVER_RECEIVED_H
#define SLUICE_SERVER_RECEIVED_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "documents/transmission.h"
#include "formats/uuid.h"
#include "store/db.h"

/*
 * Transmissions that were received and answered with a receipt: envelope
 * and exact bytes. Tables transmissions, transmission_bodies. Written once,
 * never changed. The values stand in the bytes; transmission_rows_read()
 * gives them.
 */
#define RECEIVED_SERVICES_SIZE 256
#define RECEIVED_GRANTS_SIZE (TRANSMISSION_GRANTS_MAX * UUID_TEXT_SIZE)

struct received {
	int64_t number; /* order of arrival, from 1 */
	char device[65];
	char transaction[UUID_TEXT_SIZE];
	char sha256[65]; /* hex */
	uint64_t bytes;
	int64_t received_at;
	int64_t collected_at;
	char reason[16]; /* "button", "timer", "alarm", "instruction" */
	char services[RECEIVED_SERVICES_SIZE]; /* names, space between */
	char grants[RECEIVED_GRANTS_SIZE];     /* ids of the same */
	unsigned documents;   /* bits, 1 << enum document_kind */
	char certificate[65]; /* SHA-256 of the device's, hex */
	uint64_t ledger_index;
};

/*
 * Stores all of it inside the caller's transaction; item->number is set.
 * Errors: IO, RETRY.
 */
MUST_USE bool received_insert(struct db *db, struct received *item,
			      const void *body, const char *receipt,
			      struct err *err);

/* Errors: NOT_FOUND. */
MUST_USE bool received_find(struct db *db, const char *device,
			    const char *transaction, struct received *item,
			    struct err *err);

/* The device that sent it, for staff who know the id only. NOT_FOUND. */
MUST_USE bool received_device_of(struct db *db, const char *transaction,
				 char device[65], struct err *err);

/*
 * Newest first, at most limit (0 = all), with numbers below before (0 = from
 * the newest); device NULL = of all devices. *list: caller mem_free()s.
 */
MUST_USE bool received_list(struct db *db, const char *device, int64_t before,
			    size_t limit, struct received **list, size_t *count,
			    struct err *err);

/* Append the exact bytes; the receipt. Errors: NOT_FOUND. */
MUST_USE bool received_body(struct db *db, int64_t number, struct buf *body,
			    struct err *err);
MUST_USE bool received_receipt(struct db *db, int64_t number,
			       struct buf *receipt, struct err *err);

#endif
