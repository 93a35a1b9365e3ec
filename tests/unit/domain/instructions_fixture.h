#ifndef SLUICE_TESTS_INSTRUCTIONS_FIXTURE_H
#define SLUICE_TESTS_INSTRUCTIONS_FIXTURE_H

#include "domain/instructions.h"
#include "tests/unit/domain/people.h"

/* Instructions to test with, signed by the key of tests/support/vendor.h. */
#define WEEK_S ((int64_t)7 * 86400)

/* One of the kind for "ex7", asked by "desk", good for a week from NOW. */
struct instruction instruction_of(uint64_t number, enum instruction_kind kind);

/* Takes it as the client does; gives its state. */
enum instruction_state
take_instruction(struct db *db, const struct instruction *is, int64_t now);

struct instruction_row instruction_now(struct db *db, uint64_t number);

#endif
