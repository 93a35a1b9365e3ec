#ifndef SLUICE_DOMAIN_MACHINES_H
#define SLUICE_DOMAIN_MACHINES_H

#include <stdint.h>

#include "store/db.h"

/*
 * The machine this client serves, as pages name it. Table machines (one row in
 * this release).
 */
struct machine {
	char id[65];              /* device id, from the configuration */
	char make_and_model[128]; /* "" = not known yet */
	char serial_number[128];
	int64_t collected_at; /* when a collector last told; 0 = never */
};

/* NOT_FOUND before sluice init */
MUST_USE bool machines_get(struct db *db, struct machine *machine,
			   struct err *err);
MUST_USE bool machines_save(struct db *db, const struct machine *machine,
			    struct err *err);

#endif
