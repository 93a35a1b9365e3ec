/*
 * What the server tells of job data that it has: two small questions over the
 * same connection settings as an upload. What is told counts only under the
 * receipt key's signature, the list only under the vendor's.
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
#include "domain/settings.h"
#include "formats/notices.h"
#include "net/upload_resumable.h"

#define ASKED_AT "job_notices_at"
#define RECIPIENTS_TARGET "/v1/recipients"

static bool get_text(struct client *client, const struct link *link,
		     const char *target, struct meter *meter,
		     struct upload_answer *answer, struct err *err)
{
	const struct upload_watch watch = { .stop_fd = client->stop_fd,
					    .count = &meter->left };
	return upload_ask(&link->server, target, &watch, link_time(client),
			  answer, err);
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

static bool take_notices(struct client *client, const struct link *link,
			 const struct upload_answer *answer, uint64_t after,
			 size_t *count, struct err *err)
{
	struct notices notices;
	if (!notices_read(buf_str(&answer->receipt), answer->receipt.len,
			  &link->verifier, &notices, err)) {
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

/* Page by page until there is no more. */
static bool ask_notices(struct client *client, const struct link *link,
			struct meter *meter, struct err *err)
{
	size_t count = 0;
	do {
		struct upload_answer answer = UPLOAD_ANSWER_INIT;
		char target[64];
		uint64_t after;
		if (!jobs_notices_last(client->db, &after, err)) {
			return false;
		}
		(void)snprintf(target, sizeof(target),
			       "/v1/notices?after=%" PRIu64, after);
		count = 0;
		bool ok =
			get_text(client, link, target, meter, &answer, err) &&
			take_notices(client, link, &answer, after, &count, err);
		upload_answer_clear(&answer);
		if (!ok) {
			return false;
		}
	} while (count == NOTICES_MAX && !client_is_stopped(client));
	return true;
}

/* A server without a list, or a device without a vendor's key, is fine. */
static bool ask_recipients(struct client *client, const struct link *link,
			   struct meter *meter, struct err *err)
{
	struct note_verifier vendor;
	struct upload_answer answer = UPLOAD_ANSWER_INIT;
	struct err why = { .kind = ERR_NONE };
	bool taken = false;
	bool ok = recipient_list_vendor(client->config, &vendor, &why) &&
		  get_text(client, link, RECIPIENTS_TARGET, meter, &answer,
			   &why) &&
		  recipient_list_take(client->db, "server",
				      buf_str(&answer.receipt),
				      answer.receipt.len, &vendor,
				      client->now(), &taken, &why);
	if (ok && taken) {
		log_info(client->log, "a new list of recipients was taken in");
	}
	upload_answer_clear(&answer);
	return ok || why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

static bool ask(struct client *client, struct err *err)
{
	struct link link;
	struct meter meter = METER_INIT(client);
	if (!link_load(client, &link, err)) {
		return false;
	}
	bool ok = meter_book(&meter, queue_cost(0, 0), err) &&
		  ask_notices(client, &link, &meter, err) &&
		  ask_recipients(client, &link, &meter, err);
	link_clear(&link);
	return meter_settle(&meter, ok ? err : NULL) && ok;
}

static bool keep_time(struct client *client, struct err *err)
{
	char text[24];
	(void)snprintf(text, sizeof(text), "%" PRId64, client->now());
	return settings_set(client->db, ASKED_AT, text, err);
}

/* *due: UTC of the next question by itself; INT64_MAX = none. */
static bool find_due(struct client *client, int64_t *due, struct err *err)
{
	struct buf text = BUF_INIT;
	bool awaits = false;
	int64_t last = 0, now = client->now();
	*due = INT64_MAX;
	if (!jobs_awaits_notices(client->db, &awaits, err)) {
		return false;
	}
	if (!awaits) {
		return true;
	}
	bool ok = settings_get(client->db, ASKED_AT, &text, err);
	bool known = text_parse_i64(buf_str(&text), 0, INT64_MAX / 2, &last);
	/* One that is still to come means that the clock was set back. */
	*due = known && last <= now ? last + JOB_NOTICES_EVERY_S : now;
	buf_clear(&text);
	return ok;
}

/* By itself: trouble is for the next day, or for who looks at the log. */
static bool ask_by_itself(struct client *client, int64_t *next, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	if (!ask(client, &why)) {
		log_warn(client->log, "notices of job data: %s", why.text);
	}
	*next = client->now() + JOB_NOTICES_EVERY_S;
	return keep_time(client, err);
}

bool job_notices_round(struct client *client, bool asked, int64_t *next,
		       struct err *err)
{
	struct consents all;
	*next = INT64_MAX;
	if (!consent_read(client->db, client->now(), &all, err)) {
		return false;
	}
	if (all.remote.state != CONSENT_ALLOWED) {
		return !asked ||
		       err_set(err, ERR_DENIED,
			       "Remote services are not allowed, so the server "
			       "is not asked.");
	}
	if (asked) {
		return ask(client, err) && keep_time(client, err);
	}
	return find_due(client, next, err) &&
	       (*next > client->now() || ask_by_itself(client, next, err));
}
