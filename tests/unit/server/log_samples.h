#ifndef SLUICE_TESTS_SERVER_LOG_SAMPLES_H
#define SLUICE_TESTS_SERVER_LOG_SAMPLES_H

#include "formats/checkin.h"
#include "formats/merkle.h"
#include "tests/unit/server/samples.h"

/* A device's log, as it says it is: leaves of a branch, and its key. */
#define LOG_SAMPLES_MAX 64

struct log_sample {
	char name[80];
	struct ed25519_key key;
	char verifier[256];
	uint8_t leaf[LOG_SAMPLES_MAX][MERKLE_HASH_SIZE];
	uint64_t size;
};

/* The log of SAMPLES_DEVICE with this key, and size entries. */
void log_sample_make(struct log_sample *log, uint8_t seed, uint64_t size);
/* Its entries from that one on are others now. */
void log_sample_fork(struct log_sample *log, uint64_t from);

/* An idle request of SAMPLES_DEVICE; the caller mem_free()s. */
struct checkin_request *log_sample_request(void);

/* With the head of size entries, and the proof from old_size (0 = none). */
void log_sample_head(const struct log_sample *log, uint64_t old_size,
		     uint64_t size, struct checkin_request *request);
/* What it says of a conflict: that it goes on from size, under its key. */
void log_sample_statement(const struct log_sample *log, const char *device,
			  uint64_t had, uint64_t size,
			  struct checkin_request *request);
/* The same, said at a time of the device's clock. */
void log_sample_statement_at(const struct log_sample *log, const char *device,
			     uint64_t had, uint64_t size, int64_t at,
			     struct checkin_request *request);
void log_sample_key(const struct log_sample *log,
		    struct checkin_request *request);

/* SAMPLES_DEVICE as it is now. */
struct fleet_device log_sample_device(struct samples *s);

#endif
