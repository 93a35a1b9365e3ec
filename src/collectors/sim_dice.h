#ifndef SLUICE_COLLECTORS_SIM_DICE_H
#define SLUICE_COLLECTORS_SIM_DICE_H

#include <stdint.h>

/* Chance that is the same everywhere and each time: from a number alone. */
struct sim_dice {
	uint64_t state;
};

/* Spreads a number over all 64 bits. */
uint64_t sim_dice_mix(uint64_t x);

/* 0 .. sides - 1; sides at least 1. */
uint64_t sim_dice_roll(struct sim_dice *d, uint64_t sides);

/* The same without keeping dice: of a machine, a moment and a purpose. */
uint64_t sim_dice_pick(uint64_t seed, int64_t at, unsigned purpose,
		       uint64_t sides);

#endif
