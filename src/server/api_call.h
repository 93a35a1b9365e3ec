#ifndef SLUICE_SERVER_API_CALL_H
#define SLUICE_SERVER_API_CALL_H

#include <stdint.h>

#include "base/buf.h"
#include "formats/uuid.h"
#include "server/api.h"
#include "server/fleet.h"
#include "server/refusal.h"
#include "server/upload_head.h"

/* What the api*.c share: one request on its way, and its routes. */

#define API_PIECE_BYTES 65536 /* of one look at a body */
#define API_UPLOADS "/v1/uploads"
#define API_NOTE_TYPE "text/plain; charset=utf-8"

struct api_answer {
	int status;
	const char *type;
	struct buf fields; /* more header lines, each with CR LF */
	struct buf body;
};

struct api_call {
	struct server *server;
	const struct exchange *exchange;
	const struct api_clock *clock;
	char peer[65]; /* SHA-256 of the client certificate, hex; "" = none */
	struct fleet_device device; /* id "" = not known */
	struct upload_head head;    /* of an upload, as far as it was read */
	char transaction[UUID_TEXT_SIZE]; /* named by the path */
	uint64_t number;                  /* the same */
	bool in_pieces;      /* what comes is kept, so a cut is no entry */
	uint64_t body_left;  /* bytes to come, if they come */
	bool body_ended;     /* none of them comes any more */
	int64_t deadline_ms; /* of the body, monotonic */
	struct api_answer answer;
	struct refusal refusal;
	int64_t refused_at; /* UTC; the rest of a body may come long after */
};

/* A CGI variable; NULL = not there. */
const char *api_param(const struct api_call *call, const char *name);

/* ---- api_body.c ---- */

/* Reads the length of the body and sets the deadline for the whole of it. */
void api_body_begin(struct api_call *call);

/* For a body that may take long: another deadline. */
void api_body_allow(struct api_call *call, int seconds);

/*
 * The next piece; 0 = no more comes. A body that ended early has body_left.
 */
size_t api_body_piece(struct api_call *call, uint8_t piece[API_PIECE_BYTES]);
bool api_body_is_late(const struct api_call *call);

/* Reads what is left of a refused body, so that the answer gets through. */
void api_body_drain(struct api_call *call);

/* ---- the routes ---- */

bool api_options(struct api_call *call);
bool api_upload_create(struct api_call *call);
bool api_upload_head(struct api_call *call);
bool api_upload_patch(struct api_call *call);
bool api_upload_delete(struct api_call *call);
bool api_upload_receipt(struct api_call *call);
bool api_instruction(struct api_call *call);
bool api_checkin(struct api_call *call);
bool api_echo(struct api_call *call);
bool api_notices(struct api_call *call);
bool api_recipients(struct api_call *call);

#endif
