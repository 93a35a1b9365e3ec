/*
 * Alarms: a look at the machine, and what follows from it. conditions.c finds
 * faults and levels, domain/alarms knows which of them are news, and timer.c
 * stages and approves in the same way as for the daily send.
 */
#include "client/alarm.h"

#include <string.h>

#include "base/mem.h"
#include "client/conditions.h"
#include "client/link.h"
#include "client/stage.h"
#include "client/timer.h"
#include "domain/alarms.h"
#include "domain/automatic.h"
#include "domain/consent.h"

/* The services that have an alarm. */
#define WATCHED                                                       \
	(SERVICE_BIT(SERVICE_SUPPLIES) | SERVICE_BIT(SERVICE_PARTS) | \
	 SERVICE_BIT(SERVICE_MAINTENANCE))

static bool take(struct client *client, const struct alarms_look *look,
		 const struct collected *collected, struct alarms_due *due,
		 struct err *err)
{
	if (!alarms_take(client->db, look, due, err)) {
		return false;
	}
	const struct stage_order order = { AUTOMATIC_ALARM, "alarm",
					   due->services };
	return due->services == 0 || timer_send(client, &order, collected,
						buf_str(&due->text), NULL, err);
}

static void tell(const struct client *client, const struct alarms_due *due)
{
	if (due->services != 0) {
		log_info(client->log, "alarm: %s", buf_str(&due->text));
	}
	if (due->held > 0) {
		log_warn(client->log,
			 "%u alarms were not sent: too many within a day",
			 due->held);
	}
}

static bool judge(struct client *client, const struct automatic *automatic,
		  const struct collected *collected, bool whole,
		  struct err *err)
{
	struct condition *list = NULL;
	size_t count = 0;
	struct alarms_due due = { .text = BUF_INIT };
	conditions_find(collected, automatic->low_supply, &list, &count);
	const struct alarms_look look = {
		.at = list,
		.count = count,
		/* A machine without faults tells no document of them. */
		.has_faults = whole,
		.has_supplies =
			whole &&
			collected->documents[DOCUMENT_SUPPLIES_USAGE] != NULL,
		.automatic = automatic,
		.now = client->now(),
	};
	bool ok = db_begin(client->db, err) &&
		  db_finish(client->db,
			    take(client, &look, collected, &due, err), err);
	if (ok) {
		tell(client, &due);
	}
	buf_clear(&due.text);
	mem_free(list);
	return ok;
}

static void look(struct client *client, const struct automatic *automatic)
{
	struct collected collected;
	struct err why = { .kind = ERR_NONE };
	bool whole = false;
	memset(&collected, 0, sizeof(collected));
	if ((!stage_collect(client, &collected, &whole, &why) ||
	     !judge(client, automatic, &collected, whole, &why)) &&
	    !client_is_stopped(client)) {
		log_warn(client->log, "the machine could not be watched: %s",
			 why.text);
	}
	collected_clear(&collected);
}

/*
 * When the next look is, at the earliest now, both by the clock; the hours go
 * by what is known of the time.
 */
static int64_t next_look(struct client *client,
			 const struct automatic *automatic, int64_t now)
{
	const struct timetable hours = timer_hours(client, automatic);
	int64_t ahead = now - link_time(client);
	int64_t at = client->looked_at + client->config->watch_s;
	if (client->looked_at == 0 || client->looked_at > now || at < now) {
		at = now; /* never yet, or the clock was set */
	}
	return timetable_allowed(&hours, at - ahead) + ahead;
}

bool alarm_round(struct client *client, int64_t *next, struct err *err)
{
	struct consents all;
	struct automatic automatic;
	int64_t now = client->now();
	*next = TIMER_NEVER;
	if (client->config->watch_s == 0) {
		return true;
	}
	if (!consent_read(client->db, now, &all, err)) {
		return false;
	}
	if ((all.effective & WATCHED) == 0) {
		return true;
	}
	if (!automatic_read(client->db, &all, link_time(client), &automatic,
			    err)) {
		return false;
	}
	if ((automatic.ready & WATCHED) == 0) {
		return true; /* a minute late is soon enough after 24 hours */
	}
	*next = next_look(client, &automatic, now);
	if (*next > now) {
		return true;
	}
	client->looked_at = now;
	look(client, &automatic);
	*next = next_look(client, &automatic, now);
	return true;
}
