#ifndef SLUICE_FORMATS_CHECKPOINT_H
#define SLUICE_FORMATS_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "formats/merkle.h"
#include "formats/note.h"

/*
 * The head of a log, as its owner signed it: a note of three lines, origin,
 * size in decimal, root in base64 (c2sp.org/tlog-checkpoint). Lines of
 * extension are refused: nobody here makes any.
 */
struct checkpoint {
	char origin[NOTE_NAME_SIZE];
	uint64_t size; /* 1..INT64_MAX */
	uint8_t root[MERKLE_HASH_SIZE];
};

/* The text of a note, without its signatures. Errors: INVALID. */
MUST_USE bool checkpoint_read_text(const char *text, size_t len,
				   struct checkpoint *checkpoint,
				   struct err *err);

/*
 * A whole note, signed by the log's key, whose name is its origin.
 * Errors: INVALID (form), DENIED (signature, another origin), LIMIT.
 */
MUST_USE bool checkpoint_read(const char *note, size_t len,
			      const struct note_verifier *log,
			      struct checkpoint *checkpoint, struct err *err);

#endif
