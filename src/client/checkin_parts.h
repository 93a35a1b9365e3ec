#ifndef SLUICE_CLIENT_CHECKIN_PARTS_H
#define SLUICE_CLIENT_CHECKIN_PARTS_H

#include "client/checkin.h"
#include "client/link.h"
#include "client/meter.h"
#include "formats/checkin.h"
#include "net/ask.h"

/* What the files checkin*.c share. Nobody else includes this. */

/* One check-in on its way. */
struct checkin_attempt {
	struct client *client;
	enum checkin_reason reason;
	const char *actor; /* who asked; "daemon" when nobody */
	struct link link;
	struct checkin_state state;
	uint32_t random;                 /* of this one, for its pauses */
	struct checkin_request *request; /* own */
	struct buf text;                 /* the same, as it leaves */
	char certificate[65];            /* our own, SHA-256 in hex */
	int64_t number;   /* of checkins_begin(); 0 = not begun */
	int64_t asked_at; /* when the first byte was about to leave */
	struct err gate;  /* set: we stopped it ourselves */
	struct meter meter;
};

/* Who reports what: everything that the request says. */
MUST_USE bool checkin_make_request(struct checkin_attempt *a, struct err *err);
void checkin_clear_request(struct checkin_attempt *a);

/*
 * Signature, device, nonce: is it the answer to this very question?
 * Errors: RETRY (the text says what is wrong with it).
 */
MUST_USE bool checkin_believe(const struct checkin_attempt *a,
			      const struct buf *note,
			      struct checkin_answer *answer, struct err *err);

/*
 * All that a good answer changes, in one transaction. bytes_* as in struct
 * checkin_end. Errors: those of the database.
 */
MUST_USE bool checkin_keep(struct checkin_attempt *a, const struct buf *note,
			   const struct checkin_answer *answer,
			   uint64_t bytes_out, uint64_t bytes_in,
			   struct err *err);

/* at, or the end of the quiet hours in which it lies. */
MUST_USE bool checkin_allowed_at(struct client *client, int64_t *at,
				 struct err *err);

/*
 * What the answer says is newer, over the same connection, instructions
 * first: those that nobody has to be asked about are carried out at once.
 */
void checkin_follow(struct checkin_attempt *a, struct ask_way *way,
		    const struct checkin_answer *answer);

#endif
