#ifndef SLUICE_TESTS_COLLECTORS_AGENT_H
#define SLUICE_TESTS_COLLECTORS_AGENT_H

#include "collectors/snmp_tables.h"
#include "collectors/snmp_walk.h"
#include "documents/collected.h"

/* An SNMP agent in memory, good or bad as its fields say. */
struct agent {
	struct snmp_values values; /* in the order of a walk */
	unsigned silent_after;     /* questions answered; 0 = for ever */
	long bulk_status;          /* answer to each GetBulk; 0 = a good one */
	long many_status;          /* to each question of several names */
	long end_status;           /* instead of the end of the MIB */
	bool circles;              /* GetNext gives what was asked */
	size_t cut;                /* values in one answer; 0 = all */
	unsigned asked;
	char last[SNMP_NAME_TEXT]; /* that was asked for */
};

void agent_clear(struct agent *a);
void agent_number(struct agent *a, const char *name, int64_t number);
void agent_bytes(struct agent *a, const char *name, const char *bytes,
		 size_t len);
void agent_text(struct agent *a, const char *name, const char *text);
void agent_name(struct agent *a, const char *name, const char *value);

/* As struct snmp_agent wants it. */
bool agent_carry(void *data, const struct snmp_question *question,
		 struct snmp_answer *answer, struct err *err);

#define AGENT_NOW 1795442400 /* 2026-11-23T14:00:00Z */

/*
 * What the collector makes of these values for device 1, read as the device
 * reads it; at AGENT_NOW.
 */
void agent_collect(const struct agent *a, struct collected *c);

/* The text of a value in a document; NULL if it is not there. */
const char *agent_value(const struct collected *c, enum document_kind kind,
			const char *path);

#endif
