#ifndef SLUICE_SERVER_SEALED_INTAKE_PARTS_H
#define SLUICE_SERVER_SEALED_INTAKE_PARTS_H

#include "server/fleet.h"
#include "server/sealed.h"
#include "server/sealed_intake.h"
#include "server/sealed_store.h"

/* What the sealed_intake*.c share. */

struct sealed_intake {
	const struct sealed_sender *sender;
	struct sealed_piece piece;
	struct sealed_file file;
	struct sha256 hash;
	bool hashing;   /* hash covers all of the file */
	uint64_t began; /* bytes that were there before */
	bool spoiled;   /* it is no age file */
};

struct sealed_place intake_place(const struct sealed_sender *sender);
struct db *intake_db(const struct sealed_sender *sender);

/* When an upload that gets a byte now ends. */
int64_t intake_rest_until(const struct sealed_sender *sender);

/* Says no for what the disk said, whose own text goes to the running log. */
bool intake_refuse_store(const struct sealed_sender *sender,
			 const struct err *err, struct refusal *refusal);

/* Look for a row. true with *found = false: there is none. */
MUST_USE bool intake_find_piece(const struct sealed_sender *sender,
				struct sealed_piece *piece, bool *found,
				struct refusal *refusal);
MUST_USE bool intake_find_sealed(const struct sealed_sender *sender,
				 struct sealed *item, bool *found,
				 struct refusal *refusal);

/* Ends the transaction: commits when ok. */
MUST_USE bool intake_finish_db(const struct sealed_sender *sender, bool ok,
			       struct refusal *refusal);

/* Is the first line that of an age file? Else it is spoiled: CONTENT. */
MUST_USE bool intake_check_age_line(struct sealed_intake *intake,
				    struct refusal *refusal);

/* The file has its length. Spoils it with DIGEST or CONTENT. */
MUST_USE bool intake_complete(struct sealed_intake *intake,
			      struct sealed_progress *progress,
			      struct refusal *refusal);

#endif
