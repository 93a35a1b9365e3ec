#ifndef SLUICE_TESTS_SERVER_INSTRUCTIONS_SAMPLES_H
#define SLUICE_TESTS_SERVER_INSTRUCTIONS_SAMPLES_H

#include "server/instructions.h"
#include "tests/unit/server/samples.h"

/* One of the kind for SAMPLES_DEVICE, asked by "desk", a week from now. */
struct instruction instruction_sample(enum instruction_kind kind);

/* Made by "anna"; gives its number, fails the test otherwise. */
uint64_t instruction_make(struct samples *s, enum instruction_kind kind);

/* What the device was asked and answered, by number. */
struct instruction_made instruction_answer(struct samples *s, uint64_t number);

#endif
