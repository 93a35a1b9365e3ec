#ifndef SLUICE_COLLECTORS_SIM_PARTS_H
#define SLUICE_COLLECTORS_SIM_PARTS_H

#include "collectors/sim_engine.h"
#include "documents/collected.h"

/*
 * Between the files that write the simulated printer's documents, one file a
 * family. Each writes whole documents as they are now (UTC seconds).
 */
void sim_faults_put(const struct sim_engine *e, struct collected_writer *w);
void sim_events_put(const struct sim_engine *e, struct collected_writer *w);
/* Diagnostic List, DFE Errors and Diagnostic Data */
void sim_diagnostics_put(const struct sim_engine *e, int64_t now,
			 struct collected_writer *w);
void sim_nvm_put(const struct sim_engine *e, struct collected_writer *w);
void sim_engineering_put(const struct sim_engine *e, int64_t now,
			 struct collected_writer *w);

/* One field; "sim" is its source. text NULL = no field. */
void sim_put_text(struct collected_writer *w, const char *name,
		  const char *text);
void sim_put_count(struct collected_writer *w, const char *name, uint64_t value,
		   const char *unit);
void sim_put_time(struct collected_writer *w, const char *name, int64_t at);
/* A text in which the first "*" becomes somebody's name. */
void sim_put_about(struct collected_writer *w, const char *name,
		   const char *text, const char *who);

/* Somebody who is not: name, place in the network, account. */
struct sim_person {
	const char *name, *host, *account;
};

/* Who did it at that time. */
const struct sim_person *sim_person_of(const struct sim_engine *e, int64_t at);

/* The print job of that time. */
#define SIM_JOB_ID_SIZE 32
void sim_job_id(const struct sim_engine *e, int64_t at,
		char dst[SIM_JOB_ID_SIZE]);
const char *sim_job_name(const struct sim_engine *e, int64_t at);

/* Words of IPP for a fault: "media-jam-error". */
const char *sim_fault_reason(enum sim_fault fault);

/* How long the n-th of SIM_PROCEDURES takes, and how it ended at that time. */
int64_t sim_test_end(const struct sim_record *record);
bool sim_test_passed(const struct sim_engine *e,
		     const struct sim_record *record);

#endif
