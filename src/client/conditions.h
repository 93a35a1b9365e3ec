#ifndef SLUICE_CLIENT_CONDITIONS_H
#define SLUICE_CLIENT_CONDITIONS_H

#include "documents/collected.h"
#include "domain/alarms.h"

/*
 * A level that has crossed its threshold must come back by so many percent of
 * the capacity before it counts as clear.
 */
#define CONDITIONS_HYSTERESIS 5

/*
 * The faults and levels in what was collected, appended; *list is the
 * caller's to mem_free(). Faults are those of severity critical or warning,
 * once for each part and code. Of supplies, each whose level is a number and
 * can be compared: with the printer's own LowLevel or HighLevel, else with
 * low_supply percent (a receptacle: as much below full). A level that is
 * unknown, "some" or "other" is left out, so it neither raises nor clears.
 */
void conditions_find(const struct collected *collected, int low_supply,
		     struct condition **list, size_t *count);

#endif
