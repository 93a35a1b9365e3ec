#ifndef SLUICE_SERVER_SEALED_STORE_H
#define SLUICE_SERVER_SEALED_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypto/sha256.h"

/*
 * The files of sealed job data, below the state folder, for the workers' user
 * alone (folders 0700, files 0600):
 *
 *	sealed/DEVICE/TRANSACTION.part  while it comes in
 *	sealed/DEVICE/TRANSACTION.age   whole
 *
 * DEVICE is the device's id, with "_" in front if it begins with a dot. All
 * names are made here, of ids that were checked; links are not followed.
 */
struct sealed_place {
	const char *state; /* folder; borrowed */
	const char *device;
	const char *transaction; /* UUID */
};

/* An open file, under an exclusive lock: one request at a time. */
struct sealed_file {
	int fd;        /* -1 = not open */
	int folder_fd; /* of the device */
	bool whole;    /* it has its last name: .age */
	uint64_t bytes;
	char transaction[40];
};

/* For initialising: nothing is open. */
#define SEALED_FILE_INIT             \
	{                            \
		-1, -1, false, 0, "" \
	}

/*
 * Opens .age if it is there, else .part, which is made (empty) if need be.
 * Release with sealed_store_close(). Errors: RETRY (another request has it),
 * LIMIT (disk full), IO.
 */
MUST_USE bool sealed_store_open(const struct sealed_place *place,
				struct sealed_file *file, struct err *err);
void sealed_store_close(struct sealed_file *file); /* not open is fine */

/*
 * Appends. What came is kept on false, and counted in file->bytes.
 * Errors: LIMIT (disk full), IO.
 */
MUST_USE bool sealed_store_append(struct sealed_file *file, const void *data,
				  size_t len, struct err *err);

/* To the disk. Errors: LIMIT (disk full), IO. */
MUST_USE bool sealed_store_sync(struct sealed_file *file, struct err *err);

/* To the disk, under its last name, that name too. Errors: LIMIT, IO. */
MUST_USE bool sealed_store_finish(struct sealed_file *file, struct err *err);

/* The first len bytes; false when there are fewer, or on an IO error. */
MUST_USE bool sealed_store_begins(const struct sealed_file *file,
				  const void *data, size_t len);

/* Reads the whole. Errors: IO. */
MUST_USE bool sealed_store_hash(const struct sealed_file *file,
				uint8_t sha256[SHA256_SIZE], struct err *err);

/* How much of it is here, without lock; 0 when there is no file. */
uint64_t sealed_store_bytes(const struct sealed_place *place);

/*
 * The whole file for reading. Errors: NOT_FOUND, IO. *fd: caller closes.
 */
MUST_USE bool sealed_store_read(const struct sealed_place *place, int *fd,
				uint64_t *bytes, struct err *err);

/* Removes both names, for good. None is fine. Errors: IO. */
MUST_USE bool sealed_store_remove(const struct sealed_place *place,
				  struct err *err);

/* Bytes that are free there; UINT64_MAX when that cannot be said. */
uint64_t sealed_store_room(const char *state);

#endif
