#ifndef SLUICE_COLLECTORS_SIM_HISTORY_H
#define SLUICE_COLLECTORS_SIM_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What happened to the simulated printer, the last SIM_HISTORY happenings.
 * Events, past faults, procedures, errors of the front end and log lines are
 * all told from it.
 */
enum sim_happening {
	SIM_HAPPENED_NOTHING = 0,
	SIM_POWERED_ON,
	SIM_FAULT_BEGAN,    /* detail: enum sim_fault */
	SIM_FAULT_ENDED,    /* detail: enum sim_fault */
	SIM_SUPPLY_LOW,     /* detail: supply */
	SIM_SUPPLY_CHANGED, /* detail: supply */
	SIM_TRAY_LOADED,    /* detail: tray */
	SIM_TEST_RUN,       /* detail: procedure, below SIM_PROCEDURES */
	SIM_DFE_FAILED,     /* detail: error, below SIM_DFE_ERRORS */
	SIM_SIGNED_IN,      /* somebody at the panel */
	SIM_SET_UP,         /* somebody changed a setting */
	SIM_HAPPENINGS
};

#define SIM_HISTORY 20
#define SIM_PROCEDURES 4
#define SIM_DFE_ERRORS 5

struct sim_record {
	uint32_t what;        /* enum sim_happening */
	uint32_t detail;      /* 0 where none is named above */
	int64_t at;           /* UTC seconds */
	uint64_t impressions; /* the meter then */
};

struct sim_history {
	uint64_t total;                    /* all that ever happened */
	struct sim_record at[SIM_HISTORY]; /* oldest first */
};

/* How many records there are. */
size_t sim_history_count(const struct sim_history *h);

/* The oldest goes when there are SIM_HISTORY. */
void sim_history_add(struct sim_history *h, const struct sim_record *record);

/* Running number of a record since the machine was made, from 1. */
uint64_t sim_history_number(const struct sim_history *h, size_t n);

/* Can it have happened: a known happening with a detail that it may have? */
bool sim_history_record_ok(const struct sim_record *record);

#endif
