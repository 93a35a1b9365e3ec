/*
 * The daily send that nobody presses. When it is, and who takes part, is
 * domain/automatic's; here it is made. That it was made is written in the
 * transaction that queues it, so that a power cut at any moment gives exactly
 * one. When it is due goes by what is known of the time (client/link.h), so
 * that a clock that forgets keeps the hours; the pause after a failure by the
 * clock. Grants are looked at as for a person's Send: by stage.c, by the
 * outbox, and again before the first byte leaves.
 */
#include "client/timer.h"

#include <string.h>

#include "base/zone.h"
#include "client/link.h"
#include "client/schedule.h"
#include "client/stage.h"
#include "crypto/random.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/outbox.h"

struct timetable timer_hours(const struct client *client,
			     const struct automatic *automatic)
{
	return automatic_timetable(automatic, client->config->id, zone_offset);
}

/* Services of which any document was found. */
static unsigned services_found(const struct collected *collected,
			       unsigned services)
{
	unsigned found = 0;
	const struct service *s;
	for (size_t i = 0; (s = service_at(i)) != NULL; i++) {
		for (const enum document_kind *k = s->documents;
		     *k != DOCUMENT_UNSET; k++) {
			if (*k != DOCUMENT_CUSTOMER_INFO &&
			    collected->documents[*k] != NULL) {
				found |= SERVICE_BIT(s->id);
			}
		}
	}
	return found & services;
}

bool timer_send(struct client *client, const struct stage_order *order,
		const struct collected *collected, const char *why,
		char transaction[UUID_TEXT_SIZE], struct err *err)
{
	struct stage_order found = *order;
	struct outbox_item item;
	char staged[UUID_TEXT_SIZE];
	found.services = services_found(collected, order->services);
	if (found.services == 0) {
		return err_set(err, ERR_NOT_FOUND,
			       "The collectors found nothing that these "
			       "services send.");
	}
	if (!stage_collected(client, &found, collected, staged, err) ||
	    !outbox_get(client->db, staged, &item, err) ||
	    !outbox_approve_automatic(client->db, order->actor, staged,
				      item.sha256, why, client->now(), err)) {
		return false;
	}
	if (transaction != NULL) {
		memcpy(transaction, staged, sizeof(staged));
	}
	return true;
}

/* One that still waits for the server says less than this one. */
static bool queue(struct client *client, const struct stage_order *order,
		  const struct collected *collected, struct err *err)
{
	int64_t now = client->now();
	return outbox_purge_made_by(client->db, order->actor, order->actor,
				    order->services,
				    "replaced by a newer automatic send", now,
				    err) &&
	       timer_send(client, order, collected, "the daily send", NULL,
			  err) &&
	       automatic_timer_done(client->db, link_time(client), err);
}

static bool make(struct client *client, unsigned services, struct err *err)
{
	const struct stage_order order = { AUTOMATIC_TIMER, "timer", services };
	struct collected collected;
	memset(&collected, 0, sizeof(collected));
	bool ok = stage_collect(client, &collected, NULL, err) &&
		  db_begin(client->db, err) &&
		  db_finish(client->db, queue(client, &order, &collected, err),
			    err);
	collected_clear(&collected);
	return ok;
}

/* Again later; the pause grows with each failure in a row. */
static void put_off(struct client *client, const struct err *why)
{
	uint32_t random;
	random_bytes(&random, sizeof(random));
	client->timer_failures++;
	client->timer_retry_at = schedule_next_try(client->timer_failures,
						   client->now(), 0, random);
	log_warn(client->log, "the daily send could not be made: %s",
		 why->text);
}

/* Keeps what the plan says is to be kept. */
static bool keep(struct client *client, const struct automatic_plan *plan,
		 int64_t now, struct err *err)
{
	if (plan->passed_over) {
		return automatic_timer_done(client->db, now, err);
	}
	if (plan->missed) {
		log_info(client->log, "the daily send was missed");
		return automatic_timer_missed(client->db, plan->at, err);
	}
	return true;
}

/* now and *next by what is known of the time. */
static bool follow(struct client *client, const struct automatic_plan *plan,
		   int64_t now, int64_t *next, struct err *err)
{
	*next = plan->at != 0 ? plan->at : TIMER_NEVER;
	if (!keep(client, plan, now, err)) {
		return false;
	}
	if (plan->at == 0 || plan->at > now) {
		return true;
	}
	/* Far ahead means that the clock was set back. */
	int64_t pause = client->timer_retry_at - client->now();
	if (pause > 0 && pause <= SCHEDULE_LONGEST_S) {
		*next = now + pause;
		return true;
	}
	struct err why = { .kind = ERR_NONE };
	if (make(client, plan->services, &why)) {
		client->timer_failures = 0;
		client->timer_retry_at = 0;
		*next = now; /* the next one is reckoned in the next round */
	} else if (!client_is_stopped(client)) {
		put_off(client, &why);
		*next = now + client->timer_retry_at - client->now();
	}
	return true;
}

/* When the clock will say so what is due at; now as link_time() gave it. */
static int64_t by_clock(const struct client *client, int64_t at, int64_t now)
{
	return at == TIMER_NEVER ? at : client->now() + at - now;
}

bool timer_round(struct client *client, int64_t *next, struct err *err)
{
	struct consents all;
	struct automatic automatic;
	struct automatic_plan plan;
	int64_t clock = client->now(), now = link_time(client);
	*next = TIMER_NEVER;
	if (!consent_read(client->db, clock, &all, err)) {
		return false;
	}
	if (all.effective == 0) {
		return true;
	}
	if (!automatic_read(client->db, &all, now, &automatic, err)) {
		return false;
	}
	const struct timetable hours = timer_hours(client, &automatic);
	automatic_plan(&automatic, &hours, now, &plan);
	if (!follow(client, &plan, now, next, err)) {
		return false;
	}
	*next = by_clock(client, *next, now);
	return true;
}
