#ifndef SLUICE_DOMAIN_TIME_KNOWN_PARTS_H
#define SLUICE_DOMAIN_TIME_KNOWN_PARTS_H

#include "domain/time_known.h"

/* What time_known.c and time_floor.c share, and nobody else. */

/* What is kept; the settings time_*. */
struct time_facts {
	int64_t floor;
	enum time_source source;
	int64_t source_at;
	int64_t ahead;  /* clock less signed time, of the last fresh answer */
	int64_t within; /* it took so long, s; -1 = another clock objects */
	int64_t clock;  /* as it stood then; 0 = nothing is known of it */
	int64_t agreed; /* newest signed time that the clock agreed with */
	int64_t early;  /* the last fresh answer, if before the floor; 0 */
	/* The floor when the client started, and the clock soon after. */
	int64_t base, base_clock;
};

/* As they are kept: the build may be newer. Errors: those of the database. */
MUST_USE bool time_facts_read(struct db *db, struct time_facts *facts,
			      struct err *err);
MUST_USE bool time_facts_write(struct db *db, const struct time_facts *facts,
			       struct err *err);

#endif
