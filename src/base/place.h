#ifndef SLUICE_BASE_PLACE_H
#define SLUICE_BASE_PLACE_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Where a first configuration goes, and all that is made beside it. The
 * configuration is a draft until all is made, so that an init that died can
 * be told from one that is done.
 */
struct place {
	char *folder; /* absolute */
	char *conf;   /* the configuration, in folder */
	char *draft;  /* its name until all is made: conf + ".draft" */
};

#define PLACE_INIT               \
	{                        \
		NULL, NULL, NULL \
	}

/*
 * The place of the configuration conf; its folder is made if need be (0755).
 * Release with place_clear(), after a failure too. Errors: IO.
 */
MUST_USE bool place_open(const char *conf, struct place *place,
			 struct err *err);
void place_clear(struct place *place);

/* A folder or a file (0644) by its name in the place. Errors: IO. */
MUST_USE bool place_make_dir(const struct place *place, const char *name,
			     mode_t mode, struct err *err);
MUST_USE bool place_write(const struct place *place, const char *name,
			  const struct buf *text, struct err *err);

/* The draft (0644). Errors: IO. */
MUST_USE bool place_write_draft(const struct place *place,
				const struct buf *text, struct err *err);

#endif
