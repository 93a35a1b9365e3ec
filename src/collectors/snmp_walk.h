#ifndef SLUICE_COLLECTORS_SNMP_WALK_H
#define SLUICE_COLLECTORS_SNMP_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "collectors/snmp_name.h"
#include "collectors/snmp_values.h"

/*
 * Questions to an agent and how a table is walked with them. Who carries the
 * questions is the caller's: snmp_link.c over the network, tests in memory.
 */
enum snmp_ask {
	SNMP_ASK_UNSET = 0,
	SNMP_ASK_THESE, /* GetRequest */
	SNMP_ASK_NEXT,  /* GetNextRequest */
	SNMP_ASK_BULK   /* GetBulkRequest without non-repeaters */
};

#define SNMP_ASK_MAX 16     /* names in one question */
#define SNMP_ANSWER_MAX 40  /* values in one: about one packet */
#define SNMP_QUESTIONS 1024 /* to one agent, for all tables */

struct snmp_question {
	enum snmp_ask ask;
	size_t repeat; /* BULK: how often */
	size_t count;
	struct snmp_name names[SNMP_ASK_MAX];
};

/* error-status, RFC 3416 section 3; what it may be and what it may not. */
#define SNMP_STATUS_GOOD 0
#define SNMP_STATUS_TOO_BIG 1
#define SNMP_STATUS_NO_SUCH_NAME 2
#define SNMP_STATUS_GENERAL 5

struct snmp_found {
	struct snmp_name name;
	enum snmp_kind kind;
	int64_t number;
	char *bytes; /* owned; NULL = none */
	size_t len;
};

struct snmp_answer {
	long status;
	size_t count;
	struct snmp_found found[SNMP_ANSWER_MAX];
};

void snmp_answer_clear(struct snmp_answer *answer);

struct snmp_agent {
	/*
	 * Carries one question; what the answer has beyond SNMP_ANSWER_MAX is
	 * an error. Errors: RETRY (silent), DENIED, INVALID.
	 */
	bool (*carry)(void *data, const struct snmp_question *question,
		      struct snmp_answer *answer, struct err *err);
	void *data;
	unsigned asked;  /* questions so far */
	bool one_by_one; /* GetBulk failed: it is asked with GetNext */
	bool alone;      /* several names failed: one a question */
};

/*
 * Reads columns of a table side by side, so that a row that comes or goes
 * meanwhile does so in all of them. At most SNMP_ROWS_MAX of each; an agent
 * without the table gives none. What was read before an error is in "into"
 * and must not be used.
 *
 * Errors: those of carry; INVALID (errors, or not in order, RFC 3416 section
 * 4.2.2); LIMIT (SNMP_QUESTIONS).
 */
MUST_USE bool snmp_walk(struct snmp_agent *agent, const struct snmp_name *roots,
			size_t count, struct snmp_values *into,
			struct err *err);

/* Reads single objects; those that are not there are left out. As above. */
MUST_USE bool snmp_walk_get(struct snmp_agent *agent,
			    const struct snmp_name *names, size_t count,
			    struct snmp_values *into, struct err *err);

/* The first object below root; its kind is NONE if there is none. As above. */
MUST_USE bool snmp_walk_first(struct snmp_agent *agent,
			      const struct snmp_name *root,
			      struct snmp_found *first, struct err *err);

#endif
