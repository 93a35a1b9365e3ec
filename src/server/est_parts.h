#ifndef SLUICE_SERVER_EST_PARTS_H
#define SLUICE_SERVER_EST_PARTS_H

#include "server/est.h"
#include "server/fleet.h"

/* What est.c and est_issue.c share: one request on its way. */
struct est_call {
	struct est_server *est;
	const struct exchange *exchange;
	const struct api_clock *clock;
	int64_t now;              /* UTC seconds */
	char peer[65];            /* SHA-256 of the verified certificate; "" */
	char name[FLEET_ID_SIZE]; /* device that it says it is; "" */
	bool names_itself;        /* refused for who it is, with a name */
	int status;
	char why[ERR_TEXT_SIZE]; /* of a refusal, for people */
	int64_t retry_after_s;   /* 0 = says nothing */
	struct buf pem;          /* the certificate to answer with */
};

/* Sets the answer, once. Returns false. */
bool est_refuse(struct est_call *call, int status, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

/* The same with the text of err; a fault of ours is 503 or 500. */
bool est_refuse_err(struct est_call *call, int status, const struct err *err);

/* ---- est_issue.c: who gets a certificate ---- */

/*
 * Is this the code of call->name? Before anything else of the request is
 * looked at. Refuses with 401, or 429 when wrong ones came too often.
 */
bool est_check_code(struct est_call *call, const char *code);

/* Fills call->pem for the code, in one transaction. */
bool est_issue_for_code(struct est_call *call, const struct ca_request *request,
			const char *code);

/* Is it a device that stands? Fills peer and name. Refuses with 403. */
bool est_check_peer(struct est_call *call);

/* Fills call->pem for the device of call->peer, in one transaction. */
bool est_issue_renewal(struct est_call *call, const struct ca_request *request);

/* What stays of a refusal: a line of the running log, an entry that counts. */
void est_note_refusal(struct est_call *call);

#endif
