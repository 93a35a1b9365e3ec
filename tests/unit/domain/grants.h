#ifndef SLUICE_TESTS_GRANTS_H
#define SLUICE_TESTS_GRANTS_H

#include "domain/consent.h"
#include "tests/unit/domain/people.h"

/* What tests of decisions share. "carla" decides. */

#define YEAR_S ((int64_t)365 * 86400)
#define DAY_S ((int64_t)86400)
#define PERSONAL SERVICE_BIT(GATE_PERSONAL)
#define JOB_DATA SERVICE_BIT(GATE_JOB_DATA)

/* One control as it is now. */
struct consent control_now(struct db *db, enum service_id id, int64_t now);

/* Bits of services and gates that may be sent now. */
unsigned effective_at(struct db *db, int64_t now);

/* Allows until then; 0 = no end. */
void allow_until(struct db *db, enum service_id id, int64_t until, int64_t now);

/*
 * A grant as a version of the program with other words or fields left it:
 * its row, what was agreed to, and its entry. What stood is withdrawn first.
 * words, fields: what was agreed to; NULL = what is agreed to now, "" = a
 * version that did not keep it.
 */
void grant_of_old(struct db *db, enum service_id id, const char *words,
		  const char *fields, int64_t now);

#endif
