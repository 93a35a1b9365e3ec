#ifndef SLUICE_SERVER_NOTICES_H
#define SLUICE_SERVER_NOTICES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "formats/note.h"
#include "store/db.h"

/*
 * What the sender of sealed job data is told of it afterwards: table notices,
 * numbered from 1 for each device, never changed. A device asks for those
 * after the last one that it knows and gets a signed note of the form in
 * formats/notices.h.
 */
enum notice_kind {
	NOTICE_UNSET = 0,
	NOTICE_OPENED,  /* staff took a copy of the sealed file */
	NOTICE_EXPIRED, /* deleted by its date */
	NOTICE_DELETED  /* by a person */
};

/*
 * Inside the caller's transaction. who: "" for EXPIRED and for nothing else.
 * Errors: INVALID (who is no line of text), IO.
 */
MUST_USE bool notices_add(struct db *db, enum notice_kind kind,
			  const char *device, const char *transaction,
			  int64_t at, const char *who, struct err *err);

/* Appends the note with those after this number, NOTICES_MAX at most. */
MUST_USE bool notices_write(struct db *db, const char *device, int64_t after,
			    const struct note_signer *signer, struct buf *out,
			    struct err *err);

/* Highest number for a device; 0 = none. */
MUST_USE bool notices_last(struct db *db, const char *device, uint64_t *number,
			   struct err *err);

#endif
