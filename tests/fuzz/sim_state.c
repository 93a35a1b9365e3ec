/*
 * Feeds a state file of the simulated printer: what is taken lives on.
 */
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include "collectors/sim_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_engine e;

	if (sim_state_parse(&e, (const char *)data, size, NULL)) {
		sim_engine_run(&e, e.at + 7 * 24 * 3600);
		for (size_t i = 0; i < SIM_SUPPLIES; i++) {
			if (sim_engine_level(&e, i) >
			    sim_supplies[i].capacity) {
				abort();
			}
		}
	}
	return 0;
}
