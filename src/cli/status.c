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
#include "cli/status_contact.h"
#include "cli/status_queue.h"
#include "client/identity.h"
#include "domain/alarms.h"
#include "domain/automatic.h"
#include "domain/consent.h"
#include "domain/ledger.h"
#include "domain/outbox.h"

#define STAGED_MAX 100

/* All that is told. */
struct standing {
	struct consents consents;
	struct status_queue queue; /* QUEUED, SENDING */
	struct status_contact contact;
	struct outbox_item *staged;
	size_t staged_count;
	struct outbox_item *sent; /* the newest, if any */
	size_t sent_count;
	struct ledger_head ledger;
	struct buf next;      /* what is sent next by itself, in words */
	struct alarm *alarms; /* those that stand */
	size_t alarms_count;
	bool daemon;
	bool daemon_waits; /* for a command */
	bool provisioned;
};

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
	s->daemon_waits = cli_device_daemon_waits(device);
	s->provisioned = identity_is_provisioned(&device->config);
	int64_t now = clock_utc_now();
	return consent_read(device->db, now, &s->consents, err) &&
	       read_automatic(device, s, now, err) &&
	       status_queue_read(device, &s->queue, err) &&
	       status_contact_read(device->db, now, &s->contact, err) &&
	       outbox_list(device->db, OUTBOX_STAGED, STAGED_MAX, &s->staged,
			   &s->staged_count, err) &&
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
	} else if (all->remote.state == CONSENT_ALLOWED) {
		buf_put_str(out, "No documents are being sent. Remote services "
				 "are allowed, but no single service is: the "
				 "device checks in and keeps its certificate.");
	} else if (allowed(all) == 0) {
		buf_put_str(out, "Nothing is being sent. No service is "
				 "allowed.");
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

static void put_waiting(const struct standing *s, FILE *out)
{
	size_t count = s->queue.queue.count + s->staged_count;
	if (count == 0) {
		print_line(out, "Nothing waits.");
	} else {
		print_line(out, "Waiting: %zu", count);
	}
	for (size_t i = 0; i < s->queue.queue.count; i++) {
		status_queue_put_item(&s->queue.queue.items[i], out);
	}
	for (size_t i = 0; i < s->staged_count; i++) {
		const struct queue_item one = { .item = s->staged[i] };
		status_queue_put_item(&one, out);
	}
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

static void put_server(const struct cli_device *device,
		       const struct standing *s, FILE *out)
{
	const struct device_config *config = &device->config;
	bool known =
		config->server_name[0] != '\0' && identity_knows_server(config);
	if (!known) {
		print_line(out, "Server: none is known yet; \"sluice init "
				"--provision FOLDER\" takes in the vendor's "
				"folder");
		return;
	}
	print_line(out, "Server: %s:%d%s", config->server_name,
		   config->server_port,
		   s->provisioned ? ""
				  : "; this device has no certificate yet, "
				    "\"sluice enrol\" gets one");
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
	put_waiting(s, out);
	print_line(out, "Last sent: %s%s%s",
		   s->sent_count == 0 ? "never"
				      : print_time(at, s->sent[0].received_at),
		   s->sent_count == 0 ? "" : ", transaction ",
		   s->sent_count == 0 ? "" : s->sent[0].transaction);
	status_queue_put(&s->queue, out);
	print_line(out, "Log: %" PRIu64 " entries", s->ledger.size);
	put_server(device, s, out);
	status_contact_put(&s->contact, s->provisioned, out);
	print_line(
		out, "Daemon: %s",
		s->daemon_waits
			? "waits until a command like \"sluice send\", which "
			  "is at work, has ended"
		: s->daemon ? "runs"
			    : "does not run; without it nothing is sent by "
			      "itself. Start the service \"sluice\"");
}

static json_t *waiting_json(const struct standing *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->queue.queue.count; i++) {
		json_array_append_new(
			list, status_queue_item_json(&s->queue.queue.items[i]));
	}
	for (size_t i = 0; i < s->staged_count; i++) {
		const struct queue_item one = { .item = s->staged[i] };
		json_array_append_new(list, status_queue_item_json(&one));
	}
	return list;
}

static json_t *last_json(const struct standing *s)
{
	if (s->sent_count == 0) {
		return json_null();
	}
	const struct queue_item last = { .item = s->sent[0] };
	return status_queue_item_json(&last);
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
	put_sentence(&s->consents, &sentence);
	json_t *all = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:b, "
		"s:b, s:b, s:s, s:i}",
		"device", device->config.id, "sentence", buf_str(&sentence),
		"services", services, "suspended", changed, "next",
		buf_str(&s->next), "alarms", alarms_json(s), "waiting",
		waiting_json(s), "last_sent", last_json(s), "log_size",
		(json_int_t)s->ledger.size, "daemon", s->daemon ? 1 : 0,
		"daemon_waits", s->daemon_waits ? 1 : 0, "provisioned",
		s->provisioned ? 1 : 0, "server", device->config.server_name,
		"server_port", device->config.server_port);
	status_queue_add_json(&s->queue, all);
	status_contact_add_json(&s->contact, all);
	print_json_block(out, all);
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
	status_queue_clear(&standing.queue);
	mem_free(standing.staged);
	mem_free(standing.sent);
	cli_device_close(&device);
	return CLI_DONE;
}
