/*
 * "sluice services": what is allowed, for people and scripts. Deciding is
 * decide.c's, every decision there ever was consent.c's.
 */
#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/services.h"
#include "domain/consent.h"

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

static void set_time(json_t *o, const char *key, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];
	clock_format(text, at);
	json_object_set_new(o, key, at == 0 ? json_null() : json_string(text));
}

static json_t *consent_json(const struct consent *consent, bool effective)
{
	json_t *o =
		json_pack("{s:s, s:s, s:b, s:s?, s:s?}", "name",
			  consent_name(consent->service), "state",
			  state_name(consent->state), "may_be_sent",
			  effective ? 1 : 0, "grant",
			  consent->grant[0] == '\0' ? NULL : consent->grant,
			  "decided_by",
			  consent->actor[0] == '\0' ? NULL : consent->actor);
	set_time(o, "decided_at", consent->decided_at);
	set_time(o, "covers_since", consent->since);
	set_time(o, "until", consent->until);
	json_object_set_new(o, "ends_soon", json_boolean(consent->ends_soon));
	set_time(o, "last_sent_at", consent->last_sent_at);
	return o;
}

static json_t *controls_json(const struct consent *list, size_t count,
			     unsigned effective)
{
	json_t *controls = json_array();
	for (size_t i = 0; i < count; i++) {
		unsigned bit = SERVICE_BIT(list[i].service->id);
		json_array_append_new(controls,
				      consent_json(&list[i],
						   (effective & bit) != 0));
	}
	return controls;
}

static void print_services_json(FILE *out, const struct consents *all)
{
	print_json_block(out, json_pack("{s:o, s:o, s:o}", "remote",
					consent_json(&all->remote,
						     all->remote.state ==
							     CONSENT_ALLOWED),
					"services",
					controls_json(all->services, all->count,
						      all->effective),
					"gates",
					controls_json(all->gates, CONSENT_GATES,
						      all->effective_gates)));
}

/* "2027-11-23 14:02:07Z", "no end" of a grant, "" of none. */
static const char *end_of(char dst[PRINT_TIME_SIZE],
			  const struct consent *consent)
{
	if (consent->grant[0] == '\0') {
		return "";
	}
	return consent->until == 0 ? "no end" : print_time(dst, consent->until);
}

static void put_row(struct print_table *table, const struct consent *consent)
{
	char decided[PRINT_TIME_SIZE], end[PRINT_TIME_SIZE];
	char sent[PRINT_TIME_SIZE];
	const char *const cells[] = {
		consent_name(consent->service),
		state_name(consent->state),
		end_of(end, consent),
		consent->actor,
		print_time(decided, consent->decided_at),
		consent->service == NULL
			? ""
			: print_time(sent, consent->last_sent_at)
	};
	print_table_row(table, cells);
}

/* What somebody should decide about. */
static void put_hint(FILE *out, const struct consent *consent)
{
	const char *name = consent_name(consent->service);
	if (consent->state == CONSENT_SUSPENDED) {
		print_line(out,
			   "%s changed since it was allowed, and is not sent: "
			   "\"sluice allow %s\" shows what changed.",
			   name, name);
	} else if (consent->ends_soon) {
		print_line(out,
			   "%s ends soon: \"sluice allow %s\" allows it for "
			   "another year.",
			   name, name);
	}
}

static void for_each(FILE *out, const struct consents *all,
		     void (*put)(FILE *out, const struct consent *consent))
{
	for (size_t i = 0; i < all->count; i++) {
		put(out, &all->services[i]);
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		put(out, &all->gates[i]);
	}
}

static void print_services(FILE *out, const struct consents *all)
{
	struct print_table table;
	const char *const head[] = { "CONTROL",    "STATE",   "ENDS",
				     "DECIDED BY", "DECIDED", "LAST SENT",
				     NULL };
	print_table_init(&table, head);
	put_row(&table, &all->remote);
	for (size_t i = 0; i < all->count; i++) {
		put_row(&table, &all->services[i]);
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		put_row(&table, &all->gates[i]);
	}
	print_table_end(&table, out);
	if (all->effective == 0) {
		print_line(out,
			   "%s being sent: a service is sent only while it and "
			   "\"remote\" are allowed.",
			   all->remote.state == CONSENT_ALLOWED
				   ? "No documents are"
				   : "Nothing is");
	}
	put_hint(out, &all->remote);
	for_each(out, all, put_hint);
}

void services_put_words(FILE *out, const struct consent *consent)
{
	const struct service *s = consent_words(consent->service);
	char end[PRINT_TIME_SIZE];
	print_line(out, "%s (%s): %s", s->title, s->name, s->purpose);
	print_line(out, "  Sends: %s", s->sends);
	print_line(out, "  Never sends: %s", s->never_sends);
	print_line(out, "  When: %s", s->when);
	if (s->if_on != NULL) {
		print_line(out, "  Allowed: %s", s->if_on);
	}
	print_line(out, "  Not allowed: %s", s->if_off);
	print_line(out, "  State: %s%s%s", state_name(consent->state),
		   consent->until != 0 ? ", ends " : "",
		   consent->until != 0 ? end_of(end, consent) : "");
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
			services_put_words(cli->out, &all.remote);
			for_each(cli->out, &all, services_put_words);
		} else {
			print_services(cli->out, &all);
		}
	}
	cli_device_close(&device);
	return CLI_DONE;
}
