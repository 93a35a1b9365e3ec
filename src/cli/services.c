/*
 * "sluice services", "allow" and "withdraw": the customer's decisions at the
 * machine itself. What they mean is domain/consent's. There is no "allow
 * all": one decision a service, and one for remote services as a whole.
 */
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "domain/consent.h"
#include "domain/requests.h"

#define REMOTE "remote"

static const char *state_name(enum consent_state state)
{
	switch (state) {
	case CONSENT_ALLOWED:
		return "allowed";
	case CONSENT_SUSPENDED:
		return "suspended";
	case CONSENT_EXPIRED:
		return "ended by its date";
	case CONSENT_UNSET:
	case CONSENT_NOT_ALLOWED:
		break;
	}
	return "not allowed";
}

static const char *name_of(const struct consent *consent)
{
	return consent->service == NULL ? REMOTE : consent->service->name;
}

static json_t *consent_json(const struct consent *consent, bool effective)
{
	char decided[CLOCK_TEXT_SIZE], sent[CLOCK_TEXT_SIZE];
	clock_format(decided, consent->decided_at);
	clock_format(sent, consent->last_sent_at);
	return json_pack(
		"{s:s, s:s, s:b, s:s?, s:s?, s:s?, s:s?}", "name",
		name_of(consent), "state", state_name(consent->state),
		"may_be_sent", effective ? 1 : 0, "grant",
		consent->grant[0] == '\0' ? NULL : consent->grant, "decided_by",
		consent->actor[0] == '\0' ? NULL : consent->actor, "decided_at",
		consent->decided_at == 0 ? NULL : decided, "last_sent_at",
		consent->last_sent_at == 0 ? NULL : sent);
}

static void print_services_json(FILE *out, const struct consents *all)
{
	json_t *services = json_array();
	for (size_t i = 0; i < all->count; i++) {
		const struct consent *c = &all->services[i];
		json_array_append_new(
			services,
			consent_json(c, (all->effective &
					 SERVICE_BIT(c->service->id)) != 0));
	}
	print_json_block(out, json_pack("{s:o, s:o}", "remote",
					consent_json(&all->remote,
						     all->remote.state ==
							     CONSENT_ALLOWED),
					"services", services));
}

static void put_row(struct print_table *table, const struct consent *consent)
{
	char decided[PRINT_TIME_SIZE], sent[PRINT_TIME_SIZE];
	const char *const cells[] = {
		name_of(consent), state_name(consent->state), consent->actor,
		print_time(decided, consent->decided_at),
		consent->service == NULL
			? ""
			: print_time(sent, consent->last_sent_at)
	};
	print_table_row(table, cells);
}

static void print_services(FILE *out, const struct consents *all)
{
	struct print_table table;
	const char *const head[] = { "SERVICE", "STATE",     "DECIDED BY",
				     "DECIDED", "LAST SENT", NULL };
	print_table_init(&table, head);
	put_row(&table, &all->remote);
	for (size_t i = 0; i < all->count; i++) {
		put_row(&table, &all->services[i]);
	}
	print_table_end(&table, out);
	if (all->effective == 0) {
		print_line(out, "Nothing is being sent: a service is sent only "
				"while it and \"remote\" are allowed.");
	}
}

static void print_words(FILE *out, const struct consents *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct service *s = all->services[i].service;
		print_line(out, "%s (%s): %s", s->title, s->name, s->purpose);
		print_line(out, "  Sends: %s", s->sends);
		print_line(out, "  Never sends: %s", s->never_sends);
		print_line(out, "  When: %s", s->when);
		print_line(out, "  Not allowed: %s", s->if_off);
		print_line(out, "  State: %s",
			   state_name(all->services[i].state));
	}
}

int services_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct consents all = { 0 };
	if (cli_device_open(args->conf, &device, err) &&
	    consent_read(device.db, clock_utc_now(), &all, err)) {
		if (cli_flag(args, "--json")) {
			print_services_json(cli->out, &all);
		} else if (cli_flag(args, "--words")) {
			print_words(cli->out, &all);
		} else {
			print_services(cli->out, &all);
		}
	}
	cli_device_close(&device);
	return CLI_DONE;
}

/* "remote" is 0 to consent_allow() and consent_withdraw(). */
static bool parse_control(const char *name, enum service_id *id,
			  struct err *err)
{
	if (text_equal(name, REMOTE)) {
		*id = SERVICE_UNSET;
		return true;
	}
	unsigned bits = 0;
	if (!cli_device_services(&name, 1, &bits, err)) {
		return false;
	}
	*id = service_by_name(name)->id;
	return true;
}

/* All names are looked at before the first decision is written. */
static bool parse_controls(const struct cli_args *args,
			   enum service_id ids[CLI_ARGUMENTS_MAX],
			   struct err *err)
{
	for (size_t i = 0; i < args->count; i++) {
		if (!parse_control(args->at[i], &ids[i], err)) {
			return false;
		}
	}
	return true;
}

int allow_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	enum service_id ids[CLI_ARGUMENTS_MAX];
	unsigned effective = 0;
	if (!parse_controls(args, ids, err) ||
	    !cli_device_open(args->conf, &device, err)) {
		goto out;
	}
	for (size_t i = 0; i < args->count; i++) {
		if (!consent_allow(device.db, cli->actor, ids[i],
				   clock_utc_now(), err)) {
			goto out;
		}
		print_line(cli->out, "Allowed: %s.", args->at[i]);
	}
	requests_wake(device.config.state);
	if (consent_effective(device.db, clock_utc_now(), &effective, err) &&
	    effective == 0) {
		print_line(cli->out, "Nothing is sent yet: \"remote\" and a "
				     "service must both be allowed.");
	}
out:
	cli_device_close(&device);
	return CLI_DONE;
}

int withdraw_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	enum service_id ids[CLI_ARGUMENTS_MAX];
	if (!parse_controls(args, ids, err) ||
	    !cli_device_open(args->conf, &device, err)) {
		goto out;
	}
	for (size_t i = 0; i < args->count; i++) {
		size_t purged = 0;
		if (!consent_withdraw(device.db, cli->actor, ids[i],
				      clock_utc_now(), &purged, err)) {
			goto out;
		}
		print_line(cli->out,
			   "Withdrawn: %s. Waiting items of this "
			   "kind deleted unsent: %zu.",
			   args->at[i], purged);
	}
	requests_wake(device.config.state);
out:
	cli_device_close(&device);
	return CLI_DONE;
}
