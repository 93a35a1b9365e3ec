/*
 * Faults of the simulated printer: the one that stands, and a few that are
 * over. What is over has the severity "other", since it stops nothing any
 * more; so nobody takes the record of a fault for the fault.
 */
#include "collectors/sim_parts.h"

#define PAST_MAX 5 /* faults that are over and told */

struct fault_words {
	const char *group, *group_index, *location, *code;
	const char *description; /* "*" becomes a name */
};

static const struct fault_words words[SIM_FAULTS] = {
	[SIM_FAULT_JAM] = { "mediaPath", "1", "3", "jam",
			    "Paper of * is jammed behind cover 2" },
	[SIM_FAULT_COVER] = { "cover", "2", "1", "coverOpen",
			      "Cover 2 was opened by *" },
	[SIM_FAULT_MEDIA_EMPTY] = { "input", "1", "1", "inputMediaSupplyEmpty",
				    "Tray 1 is empty, * waits for paper" },
};

/* One row; severity and training say whether it stands. */
static void put_fault(const struct sim_engine *e,
		      const struct sim_record *record, uint64_t index,
		      bool stands, struct collected_writer *w)
{
	const struct fault_words *f = &words[record->detail];

	collected_writer_group(w, "Fault");
	sim_put_count(w, "Index", index, NULL);
	sim_put_text(w, "SeverityLevel", stands ? "critical" : "other");
	sim_put_text(w, "TrainingLevel",
		     stands ? "untrained" : "noInterventionRequired");
	sim_put_text(w, "Group", f->group);
	sim_put_text(w, "GroupIndex", f->group_index);
	sim_put_text(w, "Location", f->location);
	sim_put_text(w, "Code", f->code);
	sim_put_about(w, "Description", f->description,
		      sim_person_of(e, record->at)->name);
	sim_put_time(w, "Time", record->at);
	if (stands) {
		sim_put_count(w, "OccurrenceCount",
			      e->faults_seen[record->detail], "times");
	}
	sim_put_count(w, "ImpressionsAtFault", record->impressions,
		      "impressions");
	collected_writer_group_end(w);
}

void sim_faults_put(const struct sim_engine *e, struct collected_writer *w)
{
	uint64_t number = 0;
	unsigned past = 0;
	bool stands = e->fault != SIM_FAULT_NONE;

	for (size_t i = SIM_FAULT_NONE; i < SIM_FAULTS; i++) {
		number += e->faults_seen[i];
	}
	collected_writer_document(w, DOCUMENT_FAULTS);
	if (stands) {
		const struct sim_record now = {
			.what = SIM_FAULT_BEGAN,
			.detail = e->fault,
			.at = e->state_changed_at,
			.impressions = sim_engine_impressions(e),
		};
		put_fault(e, &now, number, true, w);
	}
	/* Newest first; the newest of all is the one that stands. */
	for (size_t i = sim_history_count(&e->history);
	     i-- > 0 && past < PAST_MAX;) {
		const struct sim_record *record = &e->history.at[i];
		if (record->what != SIM_FAULT_BEGAN) {
			continue;
		}
		if (!stands) {
			put_fault(e, record, number, false, w);
			past++;
		}
		stands = false;
		number -= number > 0;
	}
}
