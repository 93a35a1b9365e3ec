/*
 * An upload that goes on where it was interrupted, as tus 1.0 has it: POST
 * creates it, HEAD tells how far it is, PATCH sends the rest, GET fetches the
 * receipt (docs/wire.md). Each of these is a step that says which one comes
 * next; what is retried here is retried once, more often is the caller's to
 * do. Connections and the sorting of answers are upload_parts.c's, bytes and
 * rates http_client.c's.
 */
#include "net/upload_resumable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/ask.h"
#include "net/upload_parts.h"

#define TARGET_SIZE 128
/* The server may have to read the whole again before it answers. */
#define VERIFY_BYTES_A_MS 20000

static const struct http1_field tus_only[] = {
	{ "Tus-Resumable", UPLOAD_TUS_VERSION },
	{ NULL, NULL },
};

/* ---- the steps ---- */

enum step {
	STEP_FAILED = 0, /* the error is set */
	STEP_CREATE,
	STEP_LOCATE,
	STEP_SEND,
	STEP_RECEIPT,
	STEP_DONE
};

struct run {
	struct ask_way way;
	const struct upload_file *file;
	const struct upload_pace *pace; /* NULL = none */
	uint64_t *offset;
	struct upload_answer *answer;
	char target[TARGET_SIZE]; /* of this upload */
	bool renewed;   /* was created anew after the server forgot it */
	bool relocated; /* was located again after offsets disagreed */
};

/* The end with an answer that says no. */
static enum step refuse(struct run *run, const struct http_answer *got,
			struct err *err)
{
	int status = got->head.status;
	bool passes = status == 404 || status == 409 || status == 410 ||
		      status == 423;
	enum err_kind kind = passes ? ERR_RETRY : upload_kind_of(status);
	if (upload_tell(run->way.watch, UPLOAD_SENT, run->way.peer, err)) {
		upload_refused(got, kind, run->way.server->name, err);
	}
	return STEP_FAILED;
}

/* An answer that says yes, and not what it has to say with it. */
static enum step puzzled(const struct run *run, const char *what,
			 struct err *err)
{
	err_set(err, ERR_RETRY,
		"The server %s gave no usable answer: %s. This will be tried "
		"again.",
		run->way.server->name, what);
	return STEP_FAILED;
}

static enum step keeps_other_bytes(const struct run *run, struct err *err)
{
	err_set(err, ERR_INVALID,
		"The server %s has another upload under this transaction. It "
		"will not be sent again.",
		run->way.server->name);
	return STEP_FAILED;
}

static void note_answer(struct run *run, const struct http_answer *got)
{
	upload_note(run->answer, got);
}

static bool get_number(const struct http_answer *got, const char *name,
		       uint64_t *value)
{
	return http1_count(&got->head, name) == 1 &&
	       text_parse_u64(http1_get(&got->head, name), 0, INT64_MAX, value);
}

/* What the server says that it has, and so what is to be done. */
static enum step take_offset(struct run *run, const struct http_answer *got,
			     struct err *err)
{
	const struct upload_pace *pace = run->pace;
	uint64_t offset = 0;
	if (!get_number(got, "Upload-Offset", &offset)) {
		return puzzled(run, "it does not say what it has", err);
	}
	if (offset > run->file->size) {
		return keeps_other_bytes(run, err);
	}
	*run->offset = offset;
	if (pace != NULL && pace->progress != NULL) {
		pace->progress(pace->ctx, offset);
	}
	run->way.whole = offset == run->file->size;
	return run->way.whole ? STEP_RECEIPT : STEP_SEND;
}

static enum step create(struct run *run, struct http_answer *got,
			struct err *err)
{
	struct upload_fields fields;
	upload_fields_make(&fields, run->file);
	struct http_request request = {
		.method = "POST",
		.target = UPLOAD_TARGET,
		.fields = fields.list,
		.keep = true,
	};
	const struct http_limits limits = ask_limits(&run->way);
	bool ok = ask_again(&run->way, &request, &limits, got, err);
	upload_fields_clear(&fields);
	if (!ok) {
		return STEP_FAILED;
	}
	note_answer(run, got);
	if (run->answer->status != 200 && run->answer->status != 201) {
		return refuse(run, got, err);
	}
	if (http1_count(&got->head, "Location") != 1 ||
	    !text_equal(http1_get(&got->head, "Location"), run->target)) {
		return puzzled(run, "it names another place for the upload",
			       err);
	}
	/* tus asks for it only where a body came with the creation. */
	if (http1_count(&got->head, "Upload-Offset") == 0) {
		return STEP_LOCATE;
	}
	return take_offset(run, got, err);
}

/* The server has expired it, or was set up anew. */
static enum step renew(struct run *run, const struct http_answer *got,
		       struct err *err)
{
	*run->offset = 0;
	if (run->renewed) {
		return refuse(run, got, err);
	}
	run->renewed = true;
	return STEP_CREATE;
}

static enum step locate(struct run *run, struct http_answer *got,
			struct err *err)
{
	struct http_request request = {
		.method = "HEAD",
		.target = run->target,
		.fields = tus_only,
		.keep = true,
	};
	const struct http_limits limits = ask_limits(&run->way);
	uint64_t length = run->file->size;
	if (!ask_again(&run->way, &request, &limits, got, err)) {
		return STEP_FAILED;
	}
	note_answer(run, got);
	if (run->answer->status == 404 || run->answer->status == 410) {
		return renew(run, got, err);
	}
	if (run->answer->status != 200 && run->answer->status != 204) {
		return refuse(run, got, err);
	}
	if (http1_get(&got->head, "Upload-Length") != NULL &&
	    !get_number(got, "Upload-Length", &length)) {
		return puzzled(run, "it does not say the length", err);
	}
	if (length != run->file->size) {
		return keeps_other_bytes(run, err);
	}
	return take_offset(run, got, err);
}

/* Offsets disagree, or another request still holds the upload. */
static enum step locate_again(struct run *run, const struct http_answer *got,
			      struct err *err)
{
	if (run->relocated) {
		return refuse(run, got, err);
	}
	run->relocated = true;
	return STEP_LOCATE;
}

static bool send_rest(struct run *run, struct http_answer *got, struct err *err)
{
	const struct upload_limits *limits = upload_limits_of(run->way.server);
	const struct upload_file *file = run->file;
	struct http_pace pace = { .rate = 0 };
	char from[24];
	(void)snprintf(from, sizeof(from), "%" PRIu64, *run->offset);
	const struct http1_field fields[] = {
		{ "Tus-Resumable", UPLOAD_TUS_VERSION },
		{ "Upload-Offset", from },
		{ NULL, NULL },
	};
	struct http_request request = {
		.method = "PATCH",
		.target = run->target,
		.fields = fields,
		.body_type = UPLOAD_BODY_TYPE,
		.body = { .fd = file->fd,
			  .size = file->size - *run->offset,
			  .from = *run->offset },
		.keep = true,
	};
	if (run->pace != NULL) {
		pace = (struct http_pace){ run->pace->rate, run->pace->progress,
					   run->pace->ctx };
	}
	struct http_limits within = ask_limits(&run->way);
	within.send_ms = upload_send_ms(limits, request.body.size, pace.rate);
	within.answer_ms += (int64_t)(file->size / VERIFY_BYTES_A_MS);
	within.pace = &pace;
	return ask_exchange(&run->way, &request, within, got, err);
}

static enum step send(struct run *run, struct http_answer *got, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (!send_rest(run, got, &why)) {
		/* Nobody but the server knows how much of it arrived. */
		if (ask_may_replace(&run->way)) {
			return STEP_LOCATE;
		}
		err_set(err, why.kind, "%s", why.text);
		return STEP_FAILED;
	}
	note_answer(run, got);
	switch (run->answer->status) {
	case 204:
		break;
	case 404:
	case 410:
		return renew(run, got, err);
	case 409:
	case 423:
		return locate_again(run, got, err);
	default:
		return refuse(run, got, err);
	}
	enum step next = take_offset(run, got, err);
	if (next == STEP_SEND && run->relocated) {
		return puzzled(run, "it took less than was sent", err);
	}
	return next == STEP_SEND ? locate_again(run, got, err) : next;
}

static enum step get_receipt(struct run *run, struct http_answer *got,
			     struct err *err)
{
	char target[TARGET_SIZE + 8];
	(void)snprintf(target, sizeof(target), "%s/receipt", run->target);
	struct http_request request = { .method = "GET", .target = target };
	const struct http_limits limits = ask_limits(&run->way);
	if (!ask_again(&run->way, &request, &limits, got, err) ||
	    !upload_tell(run->way.watch, UPLOAD_SENT, run->way.peer, err)) {
		return STEP_FAILED;
	}
	note_answer(run, got);
	/* It has the whole: whatever it says now, it may say otherwise later. */
	if (run->answer->status != 200) {
		upload_refused(got, ERR_RETRY, run->way.server->name, err);
		return STEP_FAILED;
	}
	if (got->body.len == 0 || got->body.len > UPLOAD_RECEIPT_MAX) {
		return puzzled(run, "the receipt is missing", err);
	}
	run->answer->receipt = got->body;
	got->body = (struct buf)BUF_INIT;
	return STEP_DONE;
}

static enum step (*const steps[])(struct run *, struct http_answer *,
				  struct err *) = {
	[STEP_CREATE] = create,
	[STEP_LOCATE] = locate,
	[STEP_SEND] = send,
	[STEP_RECEIPT] = get_receipt,
};

static bool target_of(const char *transaction, char target[TARGET_SIZE],
		      struct err *err)
{
	int n = snprintf(target, TARGET_SIZE, UPLOAD_TARGET "/%s", transaction);
	return (n > 0 && n < TARGET_SIZE) ||
	       err_set(err, ERR_INVALID, "The transaction's name is too long.");
}

bool upload_resumable(const struct upload_server *server,
		      const struct upload_file *file,
		      const struct upload_watch *watch,
		      const struct upload_pace *pace, int64_t now,
		      uint64_t *offset, struct upload_answer *answer,
		      struct err *err)
{
	struct run run = {
		.way = { .server = server, .watch = watch, .now = now },
		.file = file,
		.pace = pace,
		.offset = offset,
		.answer = answer,
	};
	enum step step = file->created ? STEP_LOCATE : STEP_CREATE;
	if (!target_of(file->transaction, run.target, err)) {
		return false;
	}
	while (step != STEP_FAILED && step != STEP_DONE) {
		struct http_answer got = HTTP_ANSWER_INIT;
		step = steps[step](&run, &got, err);
		http_answer_clear(&got);
	}
	ask_end(&run.way);
	return step == STEP_DONE;
}

/* ---- single requests ---- */

/* One request over a connection of its own, with all stages. */
static bool ask_once(const struct upload_server *server,
		     struct http_request *request,
		     const struct upload_watch *watch, int64_t now,
		     struct http_answer *got, struct err *err)
{
	struct ask_way way;
	ask_begin(&way, server, watch, now);
	const struct http_limits limits = ask_limits(&way);
	bool ok = ask_again(&way, request, &limits, got, err) &&
		  upload_tell(watch, UPLOAD_SENT, way.peer, err);
	ask_end(&way);
	if (!ok) {
		http_answer_clear(got);
	}
	return ok;
}

static enum err_kind kind_of_delete(int status)
{
	switch (status) {
	case 200:
	case 204:
	case 404:
	case 410:
		return ERR_NONE;
	case 401:
	case 403:
	case 409:
		return ERR_DENIED;
	default:
		return ERR_RETRY;
	}
}

bool upload_delete(const struct upload_server *server, const char *transaction,
		   const struct upload_watch *watch, int64_t now,
		   struct err *err)
{
	struct http_answer got = HTTP_ANSWER_INIT;
	char target[TARGET_SIZE];
	struct http_request request = {
		.method = "DELETE",
		.target = target,
		.fields = tus_only,
	};
	if (!target_of(transaction, target, err) ||
	    !ask_once(server, &request, watch, now, &got, err)) {
		return false;
	}
	enum err_kind kind = kind_of_delete(got.head.status);
	bool ok = kind == ERR_NONE ||
		  upload_refused(&got, kind, server->name, err);
	http_answer_clear(&got);
	return ok;
}
