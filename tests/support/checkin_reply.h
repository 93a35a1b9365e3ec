#ifndef SLUICE_TESTS_SUPPORT_CHECKIN_REPLY_H
#define SLUICE_TESTS_SUPPORT_CHECKIN_REPLY_H

#include "base/buf.h"
#include "formats/note.h"

/*
 * What a server of tests says to POST /v1/checkin and /v1/echo; see
 * tus_server.c for the faults. Tells one line:
 *
 *	check-in outcomes=N rows=N key=0|1 old=N head=0|1 version=TEXT
 */
struct checkin_reply {
	const char *faults;
	const char *device; /* for which it answers */
	const struct note_signer *signer;
	uint64_t *witnessed; /* size of the head that it keeps */
};

/* The note; false: this is no target, or no request. */
bool checkin_reply(const struct checkin_reply *server, const char *target,
		   const struct buf *body, struct buf *note);

#endif
