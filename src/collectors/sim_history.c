/*
 * The memory of the simulated printer: a short list that forgets its oldest
 * entries. What enters it is the engine's, what is told of it that of the
 * files of the documents.
 */
#include "collectors/sim_history.h"

#include <string.h>

#include "collectors/sim_engine.h"

/* Details of each happening: least, and one more than the most. */
static const struct {
	uint32_t least, end;
} details[SIM_HAPPENINGS] = {
	[SIM_POWERED_ON] = { 0, 1 },
	[SIM_FAULT_BEGAN] = { SIM_FAULT_NONE + 1, SIM_FAULTS },
	[SIM_FAULT_ENDED] = { SIM_FAULT_NONE + 1, SIM_FAULTS },
	[SIM_SUPPLY_LOW] = { 0, SIM_SUPPLIES },
	[SIM_SUPPLY_CHANGED] = { 0, SIM_SUPPLIES },
	[SIM_TRAY_LOADED] = { 0, SIM_TRAYS },
	[SIM_TEST_RUN] = { 0, SIM_PROCEDURES },
	[SIM_DFE_FAILED] = { 0, SIM_DFE_ERRORS },
	[SIM_SIGNED_IN] = { 0, 1 },
	[SIM_SET_UP] = { 0, 1 },
};

size_t sim_history_count(const struct sim_history *h)
{
	return h->total < SIM_HISTORY ? (size_t)h->total : SIM_HISTORY;
}

void sim_history_add(struct sim_history *h, const struct sim_record *record)
{
	size_t count = sim_history_count(h);

	if (count == SIM_HISTORY) {
		memmove(h->at, h->at + 1, (SIM_HISTORY - 1) * sizeof(h->at[0]));
		count--;
	}
	h->at[count] = *record;
	h->total++;
}

uint64_t sim_history_number(const struct sim_history *h, size_t n)
{
	return h->total - sim_history_count(h) + n + 1;
}

bool sim_history_record_ok(const struct sim_record *record)
{
	return record->what > SIM_HAPPENED_NOTHING &&
	       record->what < SIM_HAPPENINGS &&
	       record->detail >= details[record->what].least &&
	       record->detail < details[record->what].end;
}
