/*
 * "sluice allow" and "withdraw": decisions at the machine itself. What they
 * mean is domain/consent's. There is no "allow all": one decision a control.
 * What changed since it was allowed is shown before it is confirmed, on the
 * command line as on the pages.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/services.h"
#include "domain/consent.h"
#include "domain/requests.h"

#define REMOTE "remote"

/* Controls that a command line names; SERVICE_UNSET = remote services. */
struct controls {
	enum service_id at[CLI_ARGUMENTS_MAX];
	size_t count;
};

static bool no_control(const char *name, struct err *err)
{
	struct buf known = BUF_INIT;
	const struct service *s;
	for (size_t i = 0; (s = control_at(i)) != NULL; i++) {
		buf_printf(&known, ", %s", s->name);
	}
	err_set(err, ERR_INVALID,
		"There is no service \"%.40s\". It is one of: " REMOTE "%s.",
		name, buf_str(&known));
	buf_clear(&known);
	return false;
}

/* All names are looked at before the first decision is written. */
static bool parse_controls(const struct cli_args *args,
			   struct controls *controls, struct err *err)
{
	controls->count = 0;
	for (size_t i = 0; i < args->count; i++) {
		const struct service *s = service_by_name(args->at[i]);
		if (s == NULL && !text_equal(args->at[i], REMOTE)) {
			return no_control(args->at[i], err);
		}
		controls->at[controls->count++] =
			s == NULL ? SERVICE_UNSET : s->id;
	}
	return true;
}

static const char *name_of(enum service_id id)
{
	return consent_name(id == SERVICE_UNSET ? NULL : service_of(id));
}

/* ---- allow ---- */

/* "never", "sent", a day (its last second), or a time; all in UTC. */
static bool read_end(const struct cli_args *args, int64_t *until,
		     struct err *err)
{
	const char *text = cli_value(args, "--until");
	*until = text == NULL ? CONSENT_UNTIL_PRESET : 0;
	if (text == NULL || text_equal(text, "never") || cli_end(text, until)) {
		return true;
	}
	if (text_equal(text, "sent")) {
		*until = CONSENT_UNTIL_SENT;
		return true;
	}
	return err_set(err, ERR_INVALID,
		       "--until must be a day (2027-11-23), a time "
		       "(2027-11-23T14:02:07Z) in UTC, \"never\", or for "
		       "job-data \"sent\": with the next send.");
}

static void put_change(FILE *out, const struct difference *d)
{
	switch (d->kind) {
	case DIFFERENCE_NEW:
		print_line(out, "  New: %s: %s", d->what, d->now);
		break;
	case DIFFERENCE_GONE:
		print_line(out, "  Gone: %s", d->what);
		break;
	case DIFFERENCE_CHANGED:
	case DIFFERENCE_UNSET:
		print_line(out, "  Changed: %s", d->what);
		print_line(out, "    before: %s", d->before);
		print_line(out, "    now: %s", d->now);
		break;
	}
}

/* What was not kept cannot be compared: then all of it is new. */
static bool put_changes(FILE *out, struct db *db, const struct consent *consent,
			struct err *err)
{
	struct difference_list list = { .at = NULL };
	if (!consent_difference(db, consent, &list, err)) {
		return false;
	}
	print_line(out, "%s changed since it was allowed:",
		   consent_name(consent->service));
	for (size_t i = 0; i < list.count; i++) {
		put_change(out, &list.at[i]);
	}
	if (list.count == 0) {
		print_line(out, "  What was agreed to then was not kept. "
				"It says now:");
		services_put_words(out, consent);
	}
	difference_clear(&list);
	return true;
}

/* How many of them wait for somebody to see what changed; shows it. */
static bool show_suspended(FILE *out, struct db *db,
			   const struct controls *controls, size_t *count,
			   struct err *err)
{
	struct consents all;
	if (!consent_read(db, clock_utc_now(), &all, err)) {
		return false;
	}
	*count = 0;
	for (size_t i = 0; i < controls->count; i++) {
		const struct consent *c = consent_of(&all, controls->at[i]);
		if (c->state != CONSENT_SUSPENDED) {
			continue;
		}
		(*count)++;
		if (!put_changes(out, db, c, err)) {
			return false;
		}
	}
	return true;
}

static void tell_allowed(FILE *out, const struct consent *c)
{
	char end[PRINT_TIME_SIZE];
	if (c->until == 0) {
		print_line(out, "Allowed: %s. It has no end.",
			   consent_name(c->service));
	} else {
		print_line(out, "Allowed: %s. It ends %s %s.",
			   consent_name(c->service),
			   c->ends_with_send
				   ? "with the next send, at the latest"
				   : "by itself",
			   print_time(end, c->until));
	}
}

/* Job data is asked for each time, unless somebody says otherwise. */
static int64_t end_of(enum service_id id, int64_t until)
{
	return until == CONSENT_UNTIL_PRESET && id == GATE_JOB_DATA
		       ? CONSENT_UNTIL_SENT
		       : until;
}

/* A service sends more than once. */
static bool check_end(const struct controls *controls, int64_t until,
		      struct err *err)
{
	for (size_t i = 0; until == CONSENT_UNTIL_SENT && i < controls->count;
	     i++) {
		if (controls->at[i] != GATE_JOB_DATA) {
			return err_set(err, ERR_INVALID,
				       "--until sent is for job-data alone.");
		}
	}
	return true;
}

static bool allow_each(struct cli *cli, struct db *db,
		       const struct controls *controls, int64_t until,
		       struct err *err)
{
	struct consents all;
	for (size_t i = 0; i < controls->count; i++) {
		const struct consent_choice choice = {
			.actor = cli->actor,
			.service = controls->at[i],
			.language = "en",
			.until = end_of(controls->at[i], until),
			.now = clock_utc_now()
		};
		if (!consent_choose(db, &choice, err) ||
		    !consent_read(db, clock_utc_now(), &all, err)) {
			return false;
		}
		tell_allowed(cli->out, consent_of(&all, controls->at[i]));
	}
	if (controls->count > 0 && all.effective == 0) {
		print_line(cli->out, "No documents are sent yet: \"remote\" "
				     "and a service must both be allowed.");
	}
	return true;
}

static int allow(struct cli *cli, const struct cli_args *args,
		 const struct cli_device *device,
		 const struct controls *controls, struct err *err)
{
	int64_t until;
	size_t suspended = 0;
	if (!read_end(args, &until, err) || !check_end(controls, until, err)) {
		return CLI_USAGE;
	}
	if (!show_suspended(cli->out, device->db, controls, &suspended, err)) {
		return CLI_FAILED;
	}
	if (suspended > 0 && !cli_flag(args, "--confirm")) {
		err_set(err, ERR_DENIED,
			"Nothing was decided. To agree to what changed, give "
			"the same command with --confirm.");
		return CLI_NO_GRANT;
	}
	if (!allow_each(cli, device->db, controls, until, err)) {
		return cli_exit_of_words(err);
	}
	requests_wake(device->config.state);
	return CLI_DONE;
}

int allow_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct controls controls;
	int code = CLI_FAILED;
	if (!parse_controls(args, &controls, err)) {
		return CLI_USAGE;
	}
	if (cli_device_open(args->conf, &device, err)) {
		code = allow(cli, args, &device, &controls, err);
	}
	cli_device_close(&device);
	return code;
}

/* ---- withdraw ---- */

static void add_standing(struct controls *controls, const struct consent *c)
{
	if (c->grant[0] != '\0') {
		controls->at[controls->count++] = c->service->id;
	}
}

/* Remote services first: from then on nothing can be sent. */
static bool find_all(struct db *db, struct controls *controls, struct err *err)
{
	struct consents all;
	if (!consent_read(db, clock_utc_now(), &all, err)) {
		return false;
	}
	*controls = (struct controls){ .at = { SERVICE_UNSET }, .count = 1 };
	for (size_t i = 0; i < all.count; i++) {
		add_standing(controls, &all.services[i]);
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		add_standing(controls, &all.gates[i]);
	}
	return true;
}

static bool withdraw_each(struct cli *cli, struct db *db,
			  const struct controls *controls, struct err *err)
{
	for (size_t i = 0; i < controls->count; i++) {
		size_t waited = 0;
		if (!consent_withdraw(db, cli->actor, controls->at[i],
				      clock_utc_now(), &waited, err)) {
			return false;
		}
		print_line(cli->out,
			   "Withdrawn: %s. Waiting items of this kind deleted "
			   "unsent: %zu.",
			   name_of(controls->at[i]), waited);
	}
	return true;
}

int withdraw_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct controls controls;
	bool all = cli_flag(args, "--all");
	if (all == (args->count > 0)) {
		return cli_misused(cli, "withdraw",
				   "Name what is withdrawn, or give --all.");
	}
	if (!parse_controls(args, &controls, err)) {
		return CLI_USAGE;
	}
	if (cli_device_open(args->conf, &device, err) &&
	    (!all || find_all(device.db, &controls, err)) &&
	    withdraw_each(cli, device.db, &controls, err)) {
		requests_wake(device.config.state);
	}
	cli_device_close(&device);
	return CLI_DONE;
}
