#ifndef SLUICE_COLLECTORS_SNMP_LINK_H
#define SLUICE_COLLECTORS_SNMP_LINK_H

#include "collectors/snmp_target.h"
#include "collectors/snmp_walk.h"

struct snmp_link; /* opaque */

/*
 * A session with one agent over UDP, through the net-snmp library. The
 * library reads no configuration, no MIB and no state of its own, writes
 * nothing and logs nothing. Only one session a process.
 *
 * target  its secrets may be cleared afterwards
 *
 * NULL on error: RETRY (nobody answers, no such name), DENIED (user or
 * password), INVALID (this build of net-snmp has not that protocol).
 */
struct snmp_link *snmp_link_open(const struct snmp_target *target,
				 struct err *err);
void snmp_link_close(struct snmp_link *link); /* NULL is fine */

/* Carries one question; data is the link. See struct snmp_agent. */
MUST_USE bool snmp_link_carry(void *data, const struct snmp_question *question,
			      struct snmp_answer *answer, struct err *err);

#endif
