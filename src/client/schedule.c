/*
 * The pause between tries. Pure: clock and chance come from the caller.
 */
#include "client/schedule.h"

#define RANDOM_RANGE ((int64_t)UINT32_MAX + 1)

static int64_t longest_pause(unsigned attempts)
{
	int64_t pause = SCHEDULE_FIRST_S;
	for (unsigned i = 1; i < attempts && pause < SCHEDULE_LONGEST_S; i++) {
		pause *= 2;
	}
	return pause < SCHEDULE_LONGEST_S ? pause : SCHEDULE_LONGEST_S;
}

int64_t schedule_next_try(unsigned attempts, int64_t now, int64_t retry_after_s,
			  uint32_t random)
{
	int64_t half = longest_pause(attempts) / 2;
	int64_t pause = half + (half + 1) * (int64_t)random / RANDOM_RANGE;
	int64_t asked = retry_after_s > 0 ? retry_after_s : 0;
	if (asked > 0) {
		asked += (asked / 10 + 1) * (int64_t)random / RANDOM_RANGE;
	}
	return now + (asked > pause ? asked : pause);
}

int64_t schedule_held(unsigned times)
{
	return times < 3 ? INT64_C(1) << times : 8;
}
