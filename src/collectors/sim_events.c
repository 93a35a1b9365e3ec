/*
 * Events of the simulated printer: what its history says, in the words of
 * IPP. Who did it, from where and with which job stands beside, as in the
 * logs of real machines.
 */
#include "collectors/sim_parts.h"

/* One event that a happening makes. */
struct event_row {
	enum sim_happening what;
	const char *type, *severity, *state, *component;
	const char *reason;  /* NULL = that of the fault, if it is one */
	const char *message; /* "*" becomes a name */
	bool person;         /* somebody did it */
	bool job;            /* it hit a job */
};

static const struct event_row rows[] = {
	{ SIM_POWERED_ON, "power-on", "report", "idle", "controller", "none",
	  "Switched on by *", false, false },
	{ SIM_FAULT_BEGAN, "alert-added", "error", "stopped", "engine", NULL,
	  "The job of * was stopped", true, true },
	{ SIM_FAULT_BEGAN, "state-changed", "report", "stopped", "engine", NULL,
	  NULL, false, false },
	{ SIM_FAULT_ENDED, "alert-removed", "report", "idle", "engine", NULL,
	  "Freed by *", true, false },
	{ SIM_FAULT_ENDED, "state-changed", "report", "idle", "engine", "none",
	  NULL, false, false },
	{ SIM_SUPPLY_LOW, "supply-changed", "warning", NULL, "supply",
	  "marker-supply-low-warning", "Tell * to order", false, false },
	{ SIM_SUPPLY_CHANGED, "supply-changed", "report", NULL, "supply",
	  "none", "Changed by *", true, false },
	{ SIM_TRAY_LOADED, "media-changed", "report", NULL, "tray", "none",
	  "Filled by *", true, false },
	{ SIM_TEST_RUN, "maintenance", "report", NULL, "engine", "none", NULL,
	  false, false },
	{ SIM_SIGNED_IN, "other", "report", NULL, "panel", "none", "Welcome, *",
	  true, false },
	{ SIM_SET_UP, "configuration-changed", "report", NULL, "controller",
	  "none", "Set up anew by *", true, false },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define INDEX_STEP 2 /* most events of one happening */

static void put_people(const struct sim_engine *e, const struct event_row *row,
		       int64_t at, struct collected_writer *w)
{
	const struct sim_person *person = sim_person_of(e, at);

	if (row->message != NULL) {
		sim_put_about(w, "Message", row->message, person->name);
	}
	if (row->person) {
		sim_put_text(w, "UserName", person->account);
		sim_put_text(w, "HostAddress", person->host);
	}
	if (row->job) {
		char id[SIM_JOB_ID_SIZE];
		sim_job_id(e, at, id);
		sim_put_text(w, "JobId", id);
		sim_put_text(w, "JobName", sim_job_name(e, at));
	}
}

static void put_event(const struct sim_engine *e, const struct event_row *row,
		      const struct sim_record *record, uint64_t index,
		      struct collected_writer *w)
{
	collected_writer_group(w, "Event");
	sim_put_count(w, "Index", index, NULL);
	sim_put_time(w, "Time", record->at);
	sim_put_text(w, "Type", row->type);
	sim_put_text(w, "Severity", row->severity);
	sim_put_text(w, "State", row->state);
	sim_put_text(
		w, "Reason",
		row->reason != NULL
			? row->reason
			: sim_fault_reason((enum sim_fault)record->detail));
	sim_put_text(w, "Component", row->component);
	put_people(e, row, record->at, w);
	collected_writer_group_end(w);
}

void sim_events_put(const struct sim_engine *e, struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_EVENTS);
	for (size_t i = 0; i < sim_history_count(&e->history); i++) {
		const struct sim_record *record = &e->history.at[i];
		uint64_t index =
			sim_history_number(&e->history, i) * INDEX_STEP;
		for (size_t r = 0; r < ROWS; r++) {
			if (rows[r].what == record->what) {
				put_event(e, &rows[r], record, index++, w);
			}
		}
	}
}
