/*
 * What the server tells of job data that it has, and the vendor's list of
 * recipients: two small questions. What is told counts only under the receipt
 * key's signature, the list only under the vendor's. When they are asked is
 * checkin.c's, or a person's, to say.
 */
#include "client/job_notices.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/link.h"
#include "client/meter.h"
#include "domain/consent.h"
#include "domain/jobs.h"
#include "domain/queue.h"
#include "domain/recipient_list.h"
#include "formats/notices.h"

#define RECIPIENTS_TARGET "/v1/recipients"
#define PAGES_MAX 4 /* at once; the next check-in goes on */

/* The body of a 200. NOT_FOUND for a 404. */
static bool get_text(struct ask_way *way, const char *target, struct buf *text,
		     struct err *err)
{
	const struct ask what = { .method = "GET", .target = target };
	struct http_answer answer = HTTP_ANSWER_INIT;
	if (!ask_do(way, &what, &answer, err)) {
		return false;
	}
	bool ok = answer.head.status == 200 || ask_refused(way, &answer, err);
	if (ok) {
		buf_put(text, answer.body.data, answer.body.len);
	}
	http_answer_clear(&answer);
	return ok;
}

static bool keep_notice(struct client *client, const struct notice *notice,
			struct err *err)
{
	struct jobs_notice kept = {
		.number = notice->number,
		.kind = jobs_notice_by_name(notice->kind),
		.at = notice->at,
	};
	memcpy(kept.transaction, notice->transaction, sizeof(kept.transaction));
	memcpy(kept.who, notice->who, sizeof(kept.who));
	return jobs_note(client->db, &kept, client->now(), err);
}

static bool take_notices(struct client *client,
			 const struct note_verifier *verifier,
			 const struct buf *note, uint64_t after, size_t *count,
			 struct err *err)
{
	struct notices notices;
	if (!notices_read(buf_str(note), note->len, verifier, &notices, err)) {
		return false;
	}
	if (!text_equal(notices.device, client->config->id) ||
	    notices.after != after) {
		return err_set(err, ERR_INVALID,
			       "The server's notices are for another device "
			       "or another question. Ask the vendor to check "
			       "the server.");
	}
	for (size_t i = 0; i < notices.count; i++) {
		if (!keep_notice(client, &notices.of[i], err)) {
			return false;
		}
	}
	*count = notices.count;
	return true;
}

/* May another page be asked for? The next day goes on. */
static bool has_room(struct client *client, bool *room, struct err *err)
{
	uint64_t left;
	if (!jobs_notices_room(client->db, client->now(), &left, err)) {
		return false;
	}
	*room = left > 0;
	if (left == 0) {
		log_warn(client->log,
			 "%d notices of job data came within a day; the others "
			 "wait",
			 JOBS_NOTICES_A_DAY);
	}
	return true;
}

/* Page by page; a server that has no last one must not keep us for ever. */
bool job_notices_fetch(struct client *client, struct ask_way *way,
		       const struct note_verifier *verifier, struct err *err)
{
	size_t count = NOTICES_MAX;
	for (int page = 0; page < PAGES_MAX && count == NOTICES_MAX &&
			   !client_is_stopped(client);
	     page++) {
		struct buf note = BUF_INIT;
		char target[64];
		uint64_t after;
		bool room = false;
		if (!has_room(client, &room, err) ||
		    !jobs_notices_last(client->db, &after, err)) {
			return false;
		}
		if (!room) {
			break;
		}
		(void)snprintf(target, sizeof(target),
			       "/v1/notices?after=%" PRIu64, after);
		count = 0;
		bool ok = get_text(way, target, &note, err) &&
			  take_notices(client, verifier, &note, after, &count,
				       err);
		buf_clear(&note);
		if (!ok) {
			return false;
		}
	}
	return true;
}

bool job_notices_recipients(struct client *client, struct ask_way *way,
			    struct err *err)
{
	struct note_verifier vendor;
	struct buf note = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	bool taken = false;
	bool ok = recipient_list_vendor(client->config, &vendor, &why) &&
		  get_text(way, RECIPIENTS_TARGET, &note, &why) &&
		  recipient_list_take(client->db, "server", buf_str(&note),
				      note.len, &vendor, client->now(), &taken,
				      &why);
	if (ok && taken) {
		log_info(client->log, "a new list of recipients was taken in");
	}
	buf_clear(&note);
	return ok || why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

static bool going(void *ctx, struct err *err)
{
	struct client *client = ctx;
	struct consent remote;
	return consent_read_remote(client->db, client->now(), &remote, err) &&
	       (remote.state == CONSENT_ALLOWED ||
		err_set(err, ERR_DENIED,
			"Remote services are not allowed, so the server is "
			"not asked."));
}

static bool stage(void *ctx, enum upload_stage now,
		  const uint8_t peer[SHA256_SIZE], struct err *err)
{
	(void)peer;
	return now != UPLOAD_CONNECTING || going(ctx, err);
}

bool job_notices_ask(struct client *client, struct err *err)
{
	struct link link;
	struct ask_way way;
	struct meter meter = METER_INIT(client);
	const struct upload_watch watch = { .stage = stage,
					    .going = going,
					    .ctx = client,
					    .stop_fd = client->stop_fd,
					    .count = &meter.left };
	if (!going(client, err) || !link_load(client, &link, err)) {
		return false;
	}
	ask_begin(&way, &link.server, &watch, link_time(client));
	bool ok = meter_book(&meter, queue_cost(0, 0), err) &&
		  job_notices_fetch(client, &way, &link.verifier, err) &&
		  job_notices_recipients(client, &way, err);
	ask_end(&way);
	link_clear(&link);
	return meter_settle(&meter, ok ? err : NULL) && ok;
}
