/*
 * "sluice status": how it stands, in one sentence first. Reads only.
 */
#include <inttypes.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/zone.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "client/identity.h"
#include "domain/alarms.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/ledger.h"
#include "domain/outbox.h"

#define WAITING_MAX 100

/* All that is told. */
struct standing {
	struct consents consents;
	struct outbox_item *waiting; /* STAGED, QUEUED, SENDING */
	size_t waiting_count;
	struct outbox_item *sent; /* the newest, if any */
	size_t sent_count;
	struct ledger_head ledger;
	struct buf next;      /* what is sent next by itself, in words */
	struct alarm *alarms; /* those that stand */
	size_t alarms_count;
	bool daemon;
	bool provisioned;
};

static bool add_waiting(struct db *db, enum outbox_state state,
			struct standing *s, struct err *err)
{
	struct outbox_item *list = NULL;
	size_t count = 0;
	if (!outbox_list(db, state, WAITING_MAX, &list, &count, err)) {
		return false;
	}
	if (count > 0) {
		size_t total = s->waiting_count + count;
		s->waiting = mem_resize(s->waiting, total * sizeof(*list));
		for (size_t i = 0; i < count; i++) {
			s->waiting[s->waiting_count++] = list[i];
		}
	}
	mem_free(list);
	return true;
}

static bool read_automatic(const struct cli_device *device, struct standing *s,
			   int64_t now, struct err *err)
{
	const struct automatic_place place = {
		.device_id = device->config.id,
		.host = device->config.server_name,
		.offset = zone_offset,
	};
	return automatic_put_next(device->db, &s->consents, &place, now,
				  &s->next, err) &&
	       alarms_list(device->db, &s->alarms, &s->alarms_count, err);
}

static bool read_standing(const struct cli_device *device, struct standing *s,
			  struct err *err)
{
	s->daemon = cli_device_daemon_runs(device);
	s->provisioned = identity_is_provisioned(&device->config);
	int64_t now = clock_utc_now();
	return consent_read(device->db, now, &s->consents, err) &&
	       read_automatic(device, s, now, err) &&
	       add_waiting(device->db, OUTBOX_SENDING, s, err) &&
	       add_waiting(device->db, OUTBOX_QUEUED, s, err) &&
	       add_waiting(device->db, OUTBOX_STAGED, s, err) &&
	       outbox_list(device->db, OUTBOX_SENT, 1, &s->sent, &s->sent_count,
			   err) &&
	       ledger_head(device->db, &s->ledger, err);
}

static size_t bits(unsigned services)
{
	size_t n = 0;
	for (; services != 0; services &= services - 1) {
		n++;
	}
	return n;
}

static size_t allowed(const struct consents *all)
{
	size_t n = 0;
	for (size_t i = 0; i < all->count; i++) {
		n += all->services[i].state == CONSENT_ALLOWED;
	}
	return n;
}

/* The sentence that also heads the Home page. */
static void put_sentence(const struct consents *all, struct buf *out)
{
	size_t on = bits(all->effective);
	if (on > 0) {
		char *names = cli_device_service_names(all->effective, ", ");
		buf_printf(out, "%zu service%s on: %s.", on, on == 1 ? "" : "s",
			   names);
		mem_free(names);
	} else if (allowed(all) == 0) {
		buf_put_str(out, "Nothing is being sent. No service is "
				 "switched on.");
	} else {
		buf_put_str(out, "Nothing is being sent. Remote services as a "
				 "whole are not allowed.");
	}
}

/* SERVICE_BIT()s of what changed since it was allowed. */
static unsigned suspended(const struct consents *all)
{
	const struct service *s;
	unsigned bits = 0;
	for (size_t i = 0; (s = control_at(i)) != NULL; i++) {
		if (consent_of(all, s->id)->state == CONSENT_SUSPENDED) {
			bits |= SERVICE_BIT(s->id);
		}
	}
	return bits;
}

static void put_suspended(const struct consents *all, FILE *out)
{
	unsigned bits = suspended(all);
	if (bits != 0) {
		char *names = cli_device_service_names(bits, ", ");
		print_line(out,
			   "Changed since it was allowed, and not sent until "
			   "somebody confirms: %s.",
			   names);
		mem_free(names);
	}
}

static void put_item(const struct outbox_item *item, FILE *out)
{
	char at[PRINT_TIME_SIZE];
	char *services = cli_device_service_names(item->services, ", ");
	print_line(out, "  %s (%s): %s.", item->transaction, services,
		   outbox_state_title(item->state));
	if (item->problem[0] != '\0') {
		print_line(out, "    Why: %s", item->problem);
	}
	if (item->state == OUTBOX_QUEUED) {
		print_line(out, "    Next try: %s",
			   item->next_try_at == 0
				   ? "now"
				   : print_time(at, item->next_try_at));
	}
	mem_free(services);
}

static void put_automatic(const struct standing *s, FILE *out)
{
	char at[PRINT_TIME_SIZE];
	if (s->next.len > 0) {
		print_line(out, "%s", buf_str(&s->next));
	}
	for (size_t i = 0; i < s->alarms_count; i++) {
		print_line(out, "Stands since %s: %s",
			   print_time(at, s->alarms[i].first_at),
			   s->alarms[i].text);
	}
}

static void put_text(const struct cli_device *device, const struct standing *s,
		     FILE *out)
{
	char at[PRINT_TIME_SIZE];
	struct buf sentence = BUF_INIT;
	put_sentence(&s->consents, &sentence);
	print_line(out, "%s", buf_str(&sentence));
	buf_clear(&sentence);
	put_suspended(&s->consents, out);
	put_automatic(s, out);
	if (s->waiting_count == 0) {
		print_line(out, "Nothing waits.");
	} else {
		print_line(out, "Waiting: %zu", s->waiting_count);
	}
	for (size_t i = 0; i < s->waiting_count; i++) {
		put_item(&s->waiting[i], out);
	}
	print_line(out, "Last sent: %s%s%s",
		   s->sent_count == 0 ? "never"
				      : print_time(at, s->sent[0].received_at),
		   s->sent_count == 0 ? "" : ", transaction ",
		   s->sent_count == 0 ? "" : s->sent[0].transaction);
	print_line(out, "Log: %" PRIu64 " entries", s->ledger.size);
	if (device->config.server_name[0] == '\0' || !s->provisioned) {
		print_line(out, "Server: this device is not provisioned yet");
	} else {
		print_line(out, "Server: %s:%d", device->config.server_name,
			   device->config.server_port);
	}
	print_line(out, "Daemon: %s", s->daemon ? "runs" : "does not run");
}

static json_t *item_json(const struct outbox_item *item)
{
	char at[CLOCK_TEXT_SIZE], received[CLOCK_TEXT_SIZE];
	char *services = cli_device_service_names(item->services, " ");
	clock_format(at, item->next_try_at);
	clock_format(received, item->received_at);
	json_t *o = json_pack(
		"{s:s, s:s, s:s, s:s, s:I, s:i, s:s?, s:s?, s:s?}",
		"transaction", item->transaction, "state",
		outbox_state_name(item->state), "services", services, "sha256",
		item->sha256, "bytes", (json_int_t)item->bytes, "attempts",
		(int)item->attempts, "problem",
		item->problem[0] == '\0' ? NULL : item->problem, "next_try_at",
		item->state == OUTBOX_QUEUED && item->next_try_at != 0 ? at
								       : NULL,
		"received_at", item->received_at == 0 ? NULL : received);
	mem_free(services);
	return o;
}

static json_t *alarms_json(const struct standing *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->alarms_count; i++) {
		char since[CLOCK_TEXT_SIZE], sent[CLOCK_TEXT_SIZE];
		const struct alarm *alarm = &s->alarms[i];
		clock_format(since, alarm->first_at);
		clock_format(sent, alarm->fired_at);
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s?}", "text", alarm->text,
					"since", since, "sent_at",
					alarm->fired_at != 0 ? sent : NULL));
	}
	return list;
}

static void put_json(const struct cli_device *device, const struct standing *s,
		     FILE *out)
{
	struct buf sentence = BUF_INIT;
	char *services = cli_device_service_names(s->consents.effective, " ");
	char *changed = cli_device_service_names(suspended(&s->consents), " ");
	json_t *waiting = json_array();
	for (size_t i = 0; i < s->waiting_count; i++) {
		json_array_append_new(waiting, item_json(&s->waiting[i]));
	}
	put_sentence(&s->consents, &sentence);
	print_json_block(
		out,
		json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:b, "
			  "s:b, s:s, s:i}",
			  "device", device->config.id, "sentence",
			  buf_str(&sentence), "services", services, "suspended",
			  changed, "next", buf_str(&s->next), "alarms",
			  alarms_json(s), "waiting", waiting, "last_sent",
			  s->sent_count == 0 ? json_null()
					     : item_json(&s->sent[0]),
			  "log_size", (json_int_t)s->ledger.size, "daemon",
			  s->daemon ? 1 : 0, "provisioned",
			  s->provisioned ? 1 : 0, "server",
			  device->config.server_name, "server_port",
			  device->config.server_port));
	mem_free(changed);
	mem_free(services);
	buf_clear(&sentence);
}

int status_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct standing standing = { .next = BUF_INIT };
	if (cli_device_open(args->conf, &device, err) &&
	    read_standing(&device, &standing, err)) {
		if (cli_flag(args, "--json")) {
			put_json(&device, &standing, cli->out);
		} else {
			put_text(&device, &standing, cli->out);
		}
	}
	buf_clear(&standing.next);
	mem_free(standing.alarms);
	mem_free(standing.waiting);
	mem_free(standing.sent);
	cli_device_close(&device);
	return CLI_DONE;
}
