/*
 * The simulated printer's chance. SplitMix64: small, and the same on every
 * machine. No secret comes from here.
 */
#include "collectors/sim_dice.h"

uint64_t sim_dice_mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t sim_dice_roll(struct sim_dice *d, uint64_t sides)
{
	d->state = sim_dice_mix(d->state);
	return d->state % sides;
}

uint64_t sim_dice_pick(uint64_t seed, int64_t at, unsigned purpose,
		       uint64_t sides)
{
	uint64_t x = sim_dice_mix(seed) ^ (uint64_t)at;

	return sim_dice_mix(sim_dice_mix(x) + purpose) % sides;
}
