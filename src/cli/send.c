/*
 * "sluice send": a person's order to send what was previewed, or to preview
 * and send at once. Approving and the checks behind it are domain/outbox's;
 * the sending is the daemon's.
 *
 * Exit codes: 0 receipt is here, 1 refused for good, 3 no grant, 4 it waits
 * for the server. The last line of a success is for scripts:
 * "transaction UUID sha256 HEX receipt ok".
 */
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/ask.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/preview.h"
#include "cli/print.h"
#include "cli/status_queue.h"
#include "domain/consent.h"
#include "domain/outbox.h"

#define DELIVER_LIMIT_MS (10 * 60 * 1000)

struct sending {
	FILE *out;
	const struct cli_device *device;
	enum queue_hold hold; /* why it waits, and until when */
	int64_t next_at;
	const char *transaction;
	struct outbox_item item; /* as it was seen last */
	enum outbox_stage told;  /* last stage that was printed */
};

static void tell_stages(struct sending *s)
{
	while (s->told < s->item.stage) {
		s->told = (enum outbox_stage)(s->told + 1);
		print_line(s->out, "  %s", outbox_stage_name(s->told));
	}
}

/* Is it held by more than the moment? What is not allowed is soon over. */
static bool is_held(const struct sending *s)
{
	return s->item.state == OUTBOX_QUEUED && s->hold != QUEUE_HOLD_NONE &&
	       s->hold != QUEUE_HOLD_NOT_ALLOWED;
}

/* Over, or waiting for something that is still to come? */
static bool look(void *ctx, struct db *db, bool *settled, struct err *err)
{
	struct sending *s = ctx;
	if (!outbox_get(db, s->transaction, &s->item, err)) {
		return false;
	}
	/* Only what is queued can be held, and the whole queue tells by what. */
	if (s->item.state == OUTBOX_QUEUED &&
	    !status_queue_hold(s->device, s->transaction, &s->hold, &s->next_at,
			       err)) {
		return false;
	}
	tell_stages(s);
	*settled = s->item.state == OUTBOX_SENT ||
		   s->item.state == OUTBOX_FAILED ||
		   s->item.state == OUTBOX_CANCELLED || is_held(s);
	return true;
}

static int say_sent(const struct sending *s, struct db *db, struct err *err)
{
	struct buf note = BUF_INIT;
	char at[PRINT_TIME_SIZE];
	if (outbox_receipt(db, s->transaction, &note, err)) {
		print_line(s->out, "Sent. The server confirmed it at %s:",
			   print_time(at, s->item.received_at));
		print_text(s->out, "\n");
		print_bytes(s->out, note.data, note.len);
		print_text(s->out, "\n");
		print_line(s->out, "transaction %s sha256 %s receipt ok",
			   s->item.transaction, s->item.sha256);
	}
	buf_clear(&note);
	return err->kind == ERR_NONE ? CLI_DONE : CLI_FAILED;
}

/* A refusal is for want of a grant when a service is not allowed now. */
static int refusal_code(const struct outbox_item *item, struct db *db)
{
	unsigned effective = 0;
	if (!consent_effective(db, clock_utc_now(), &effective, NULL)) {
		return CLI_FAILED;
	}
	return (item->services & ~effective) == 0 ? CLI_FAILED : CLI_NO_GRANT;
}

static int say_held(const struct sending *s)
{
	char at[PRINT_TIME_SIZE];
	struct buf why = BUF_INIT;
	if (s->hold == QUEUE_HOLD_RETRY) {
		buf_put_str(&why, s->item.problem);
	} else {
		queue_put_hold(&why, s->hold);
		buf_put_char(&why, '.');
	}
	print_line(s->out, "Not sent. %s", buf_str(&why));
	if (s->next_at > 0) {
		print_line(s->out,
			   "Your data is kept and will be tried again at %s. "
			   "Transaction %s.",
			   print_time(at, s->next_at), s->item.transaction);
	} else {
		print_line(s->out,
			   "Your data is kept and goes by itself when that "
			   "changes. Transaction %s.",
			   s->item.transaction);
	}
	buf_clear(&why);
	return CLI_UNREACHABLE;
}

static int say_outcome(const struct sending *s, struct db *db, struct err *err)
{
	const struct outbox_item *item = &s->item;
	if (item->state == OUTBOX_SENT) {
		return say_sent(s, db, err);
	}
	if (item->state == OUTBOX_QUEUED) {
		return say_held(s);
	}
	err_set(err, ERR_DENIED, "Not sent. %s Transaction %s is %s.",
		item->problem, item->transaction,
		outbox_state_name(item->state));
	return item->state == OUTBOX_CANCELLED ? refusal_code(item, db)
					       : CLI_FAILED;
}

static bool approve_and_watch(const struct cli *cli,
			      const struct cli_args *args,
			      const struct cli_device *device,
			      struct sending *s, struct err *err)
{
	const char *seen = cli_value(args, "--sha256");
	const struct ask ask = {
		.cli = cli,
		.device = device,
		.look = look,
		.ctx = s,
		.limit_ms = DELIVER_LIMIT_MS,
	};
	/* What is queued is request enough: every round looks for it. */
	return outbox_approve(device->db, cli->actor, s->transaction,
			      seen == NULL ? s->item.sha256 : seen,
			      clock_utc_now(), err) &&
	       ask_and_watch(&ask, err);
}

static int send_one(const struct cli *cli, const struct cli_args *args,
		    const struct cli_device *device, const char *transaction,
		    struct err *err)
{
	struct sending s = { .out = cli->out,
			     .device = device,
			     .transaction = transaction };
	char size[PRINT_SIZE_SIZE];
	if (!outbox_get(device->db, transaction, &s.item, err)) {
		return CLI_FAILED;
	}
	char *services = cli_device_service_names(s.item.services, ", ");
	print_line(cli->out, "Sending %s, %s, SHA-256 %s, to %s:", services,
		   print_size(size, s.item.bytes), s.item.sha256,
		   device->config.server_name);
	mem_free(services);
	if (approve_and_watch(cli, args, device, &s, err)) {
		return say_outcome(&s, device->db, err);
	}
	if (err->kind == ERR_DENIED) {
		return refusal_code(&s.item, device->db);
	}
	return err->kind == ERR_RETRY ? CLI_UNREACHABLE : CLI_FAILED;
}

/* Services in the arguments: refused here before anything is collected. */
static int preview_first(const struct cli *cli, const struct cli_device *device,
			 unsigned services, char transaction[UUID_TEXT_SIZE],
			 struct err *err)
{
	unsigned effective = 0;
	if (!consent_effective(device->db, clock_utc_now(), &effective, err)) {
		return CLI_FAILED;
	}
	unsigned missing = services & ~effective;
	if (missing != 0) {
		char *names = cli_device_service_names(missing, ", ");
		err_set(err, ERR_DENIED,
			"Not sent: not allowed (%s). "
			"\"sluice services\" shows what is allowed, \"sluice "
			"preview\" what would be sent.",
			names);
		mem_free(names);
		return CLI_NO_GRANT;
	}
	return preview_stage(cli, device, services, transaction, err)
		       ? CLI_DONE
		       : CLI_FAILED;
}

int send_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	const struct log log = { .fd = STDERR_FILENO,
				 .least = LOG_ERROR_LEVEL,
				 .program = cli->program };
	struct cli_device device = CLI_DEVICE_INIT;
	char transaction[UUID_TEXT_SIZE] = "";
	unsigned services = 0;
	int code = CLI_DONE;
	bool known = args->count == 1 && uuid_valid(args->at[0]);
	if (!known &&
	    !cli_device_services(args->at, args->count, &services, err)) {
		return CLI_USAGE;
	}
	if (!known && cli_flag(args, "--sha256")) {
		return cli_misused(cli, "send",
				   "--sha256 goes with a "
				   "transaction that was previewed.");
	}
	if (!cli_device_open_to_collect(args->conf, &log, &device, err)) {
		return CLI_FAILED;
	}
	if (!known) {
		code = preview_first(cli, &device, services, transaction, err);
	}
	if (code == CLI_DONE) {
		code = send_one(cli, args, &device,
				known ? args->at[0] : transaction, err);
	}
	cli_device_close(&device);
	return code;
}
