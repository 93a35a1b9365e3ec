/*
 * The table of reasons for which the API says no. Who says it: api.c, ingest.c
 * and upload_head.c.
 */
#include "server/refusal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

struct reason {
	int status;
	const char *name;
	const char *title;
};

static const struct reason reasons[REFUSAL_KINDS] = {
	[REFUSAL_CERTIFICATE] = { 403, "certificate",
				  "No valid device certificate" },
	[REFUSAL_STRANGER] = { 403, "stranger", "Unknown device" },
	[REFUSAL_REVOKED] = { 403, "revoked", "Device revoked" },
	[REFUSAL_FOREIGN] = { 403, "foreign", "Another device's data" },
	[REFUSAL_COMPLETE] = { 403, "complete", "Upload is complete" },
	[REFUSAL_PATH] = { 404, "path", "Not found" },
	[REFUSAL_METHOD] = { 405, "method", "Method not allowed" },
	[REFUSAL_SLOW] = { 408, "slow", "Sent too slowly" },
	[REFUSAL_OFFSET] = { 409, "offset", "Another offset" },
	[REFUSAL_SYNTAX] = { 400, "syntax", "Malformed request" },
	[REFUSAL_CUT] = { 400, "cut", "Incomplete body" },
	[REFUSAL_VERSION] = { 412, "version", "Unsupported tus version" },
	[REFUSAL_SIZE] = { 413, "size", "More than is taken" },
	[REFUSAL_TYPE] = { 415, "type", "Unsupported media type" },
	[REFUSAL_DIGEST] = { 422, "digest", "Digest mismatch" },
	[REFUSAL_CONTENT] = { 422, "content", "Not valid content" },
	[REFUSAL_REUSED] = { 422, "reused", "Transaction already used" },
	[REFUSAL_LOCKED] = { 423, "locked", "Upload in use" },
	[REFUSAL_OFTEN] = { 429, "often", "Too many requests" },
	[REFUSAL_QUOTA] = { 429, "quota", "Enough stored for today" },
	[REFUSAL_BUSY] = { 503, "busy", "Server busy" },
	[REFUSAL_STORAGE] = { 503, "storage", "Cannot store now" },
	[REFUSAL_ROOM] = { 507, "room", "Not enough room" },
	[REFUSAL_BUG] = { 500, "internal", "Internal error" },
};

bool refusal_set(struct refusal *refusal, enum refusal_kind kind,
		 const char *fmt, ...)
{
	assert(kind > REFUSAL_NONE && kind < REFUSAL_KINDS);
	if (refusal->kind != REFUSAL_NONE) {
		return false;
	}
	va_list args;
	va_start(args, fmt);
	(void)vsnprintf(refusal->detail, sizeof(refusal->detail), fmt, args);
	va_end(args);
	refusal->kind = kind;
	return false;
}

bool refusal_set_err(struct refusal *refusal, enum refusal_kind kind,
		     const struct err *err)
{
	switch (err->kind) {
	case ERR_RETRY:
		return refusal_set(refusal, REFUSAL_BUSY,
				   "The server is busy. Try again later.");
	case ERR_IO:
		return refusal_set(refusal, REFUSAL_STORAGE,
				   "The server cannot store anything now. Try "
				   "again later.");
	case ERR_BUG:
	case ERR_NONE:
		return refusal_set(refusal, REFUSAL_BUG,
				   "The server has a fault. Its running log "
				   "says more.");
	case ERR_DENIED:
	case ERR_INVALID:
	case ERR_NOT_FOUND:
	case ERR_LIMIT:
		break;
	}
	return refusal_set(refusal, kind, "%s", err->text);
}

int refusal_status(enum refusal_kind kind)
{
	assert(kind > REFUSAL_NONE && kind < REFUSAL_KINDS);
	return reasons[kind].status;
}

const char *refusal_name(enum refusal_kind kind)
{
	assert(kind > REFUSAL_NONE && kind < REFUSAL_KINDS);
	return reasons[kind].name;
}

bool refusal_is_passing(enum refusal_kind kind)
{
	return kind == REFUSAL_SLOW || kind == REFUSAL_CUT ||
	       kind == REFUSAL_OFFSET || kind == REFUSAL_LOCKED ||
	       kind == REFUSAL_OFTEN || kind == REFUSAL_QUOTA ||
	       refusal_status(kind) >= 500;
}

void refusal_put(struct buf *out, const struct refusal *refusal)
{
	assert(refusal->kind > REFUSAL_NONE && refusal->kind < REFUSAL_KINDS);
	const struct reason *reason = &reasons[refusal->kind];
	struct problem problem = { .status = reason->status };
	(void)snprintf(problem.type, sizeof(problem.type),
		       "urn:sluice:problem:%s", reason->name);
	(void)snprintf(problem.title, sizeof(problem.title), "%s",
		       reason->title);
	(void)snprintf(problem.detail, sizeof(problem.detail), "%s",
		       refusal->detail);
	problem_write(&problem, out);
}
