/*
 * That a log goes on after a loss, as its device says it to the server: a note
 * signed with the log's key. Who says it is domain/continuation.c and
 * client/checkin_request.c, who keeps and accepts it server/log_breaks.c.
 *
 *	sluice.continuation/v1
 *	device ex7-004211
 *	had 57
 *	size 41
 *	root <64 hex digits>
 *	at 2026-11-26T10:00:00Z
 */
#include "formats/checkin.h"

#include "formats/checkin_attributes.h"

#define TEXT_AT(field)                                          \
	.offset = offsetof(struct checkin_continuation, field), \
	.size = sizeof(((struct checkin_continuation *)NULL)->field)
#define AT(field) .offset = offsetof(struct checkin_continuation, field)

static const struct checkin_attribute values[] = {
	{ "device", CHECKIN_LINE, TEXT_AT(device) },
	{ "had", CHECKIN_NUMBER, AT(had), .least = 1 },
	{ "size", CHECKIN_NUMBER, AT(size), .least = 1 },
	{ "root", CHECKIN_HASH, TEXT_AT(root) },
	{ "at", CHECKIN_TIME, AT(at) },
	{ .name = NULL },
};

static const struct note_format format = {
	.kind = "sluice.continuation/v1",
	.fields = {
		{ "device", NOTE_FIELD_ONE },
		{ "had", NOTE_FIELD_ONE },
		{ "size", NOTE_FIELD_ONE },
		{ "root", NOTE_FIELD_ONE },
		{ "at", NOTE_FIELD_ONE },
		{ NULL, NOTE_FIELD_UNSET },
	},
};

static const struct checkin_note statement = { &format, values,
					       "The statement about the log" };

bool checkin_continuation_put(struct buf *out,
			      const struct checkin_continuation *continuation,
			      struct err *err)
{
	return checkin_note_put(&statement, continuation, out, err);
}

bool checkin_continuation_read(const char *note, size_t len,
			       const struct note_verifier *verifier,
			       struct checkin_continuation *continuation,
			       struct err *err)
{
	struct checkin_continuation found = { .had = 0 };
	if (!checkin_note_read(&statement, note, len, verifier, &found, err)) {
		return false;
	}
	*continuation = found;
	return true;
}
