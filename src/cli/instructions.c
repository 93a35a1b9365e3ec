/*
 * "sluice instructions": what the server asks of this device, saying yes or no
 * to it, and what is decided once for a whole kind. The words are
 * domain/instructions_words', what carrying out means client/instructions.c's.
 */
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "domain/instructions.h"
#include "domain/requests.h"

#define SHOWN 100

/* ---- list ---- */

static void put_vendors_words(FILE *out, const struct instruction *is)
{
	if (is->by[0] != '\0') {
		print_line(out, "   Asked by %s: %s", is->by, is->reason);
	}
	if (is->message[0] != '\0') {
		print_line(out, "   Message: %s", is->message);
	}
	if (is->package[0] != '\0') {
		print_line(out, "   Package: %s", is->package);
	}
}

static void print_one(FILE *out, const struct instruction_row *row)
{
	struct buf sentence = BUF_INIT;
	char time[PRINT_TIME_SIZE];
	instruction_put_sentence(&sentence, &row->is);
	print_line(out, "%" PRIu64 "  %s. %s", row->is.number,
		   instruction_state_title(row->state), buf_str(&sentence));
	buf_clear(&sentence);
	put_vendors_words(out, &row->is);
	if (row->state == INSTRUCTION_ASKED) {
		print_line(out,
			   "   Until %s: \"sluice instructions allow %" PRIu64
			   "\" or \"refuse %" PRIu64 "\".",
			   print_time(time, row->is.expires_at), row->is.number,
			   row->is.number);
	} else if (row->outcome[0] != '\0') {
		print_line(out, "   %s", row->outcome);
	}
}

static json_t *row_json(const struct instruction_row *row)
{
	struct buf sentence = BUF_INIT;
	const struct instruction *is = &row->is;
	instruction_put_sentence(&sentence, is);
	json_t *json = json_pack(
		"{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o, "
		"s:s, s:s, s:o, s:b, s:o}",
		"number", (json_int_t)is->number, "kind",
		instruction_kind_name(is->kind), "state",
		instruction_state_name(row->state), "does", buf_str(&sentence),
		"asked_by", is->by, "reason", is->reason, "message",
		is->message, "package", is->package, "taken_at",
		print_json_time(row->taken_at), "expires_at",
		print_json_time(is->expires_at), "decided_by", row->decided_by,
		"decided_at", print_json_time(row->decided_at), "refusal",
		instruction_refusal_name(row->refusal), "outcome", row->outcome,
		"ended_at", print_json_time(row->ended_at), "reported",
		(int)row->reported, "read_at", print_json_time(row->seen_at));
	buf_clear(&sentence);
	return json;
}

static void print_all(struct cli *cli, const struct cli_args *args,
		      const struct instruction_row *list, size_t count)
{
	if (cli_flag(args, "--json")) {
		json_t *all = json_array();
		for (size_t i = 0; i < count; i++) {
			json_array_append_new(all, row_json(&list[i]));
		}
		print_json_block(cli->out, all);
		return;
	}
	if (count == 0) {
		print_line(cli->out, "The server has asked for nothing yet.");
	}
	for (size_t i = 0; i < count; i++) {
		print_one(cli->out, &list[i]);
	}
}

int instructions_list_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct instruction_row *list = NULL;
	size_t count = 0;
	if (cli_device_open(args->conf, &device, err) &&
	    instructions_list(device.db, false, SHOWN, &list, &count, err)) {
		print_all(cli, args, list, count);
	}
	mem_free(list);
	cli_device_close(&device);
	return CLI_DONE;
}

/* ---- allow, refuse, read ---- */

/* What a person says about one; done: the sentence that tells it. */
static int decide(struct cli *cli, const struct cli_args *args,
		  const char *done,
		  bool (*say)(struct db *db, const char *actor, uint64_t number,
			      struct err *err),
		  struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	uint64_t number;
	if (!text_parse_u64(args->at[0], 1, INT64_MAX, &number)) {
		err_set(err, ERR_INVALID,
			"\"%.40s\" is no number of an instruction.",
			args->at[0]);
		return CLI_USAGE;
	}
	if (cli_device_open(args->conf, &device, err) &&
	    say(device.db, cli->actor, number, err)) {
		print_line(cli->out, "Instruction %" PRIu64 ": %s", number,
			   done);
		requests_wake(device.config.state);
	}
	cli_device_close(&device);
	return CLI_DONE;
}

static bool say_yes(struct db *db, const char *actor, uint64_t number,
		    struct err *err)
{
	return instructions_decide(db, actor, number, true, clock_utc_now(),
				   err);
}

static bool say_no(struct db *db, const char *actor, uint64_t number,
		   struct err *err)
{
	return instructions_decide(db, actor, number, false, clock_utc_now(),
				   err);
}

static bool say_read(struct db *db, const char *actor, uint64_t number,
		     struct err *err)
{
	return instructions_seen(db, actor, number, clock_utc_now(), err);
}

int instructions_allow_run(struct cli *cli, const struct cli_args *args,
			   struct err *err)
{
	return decide(cli, args,
		      "allowed, this time. The client carries it out now.",
		      say_yes, err);
}

int instructions_refuse_run(struct cli *cli, const struct cli_args *args,
			    struct err *err)
{
	return decide(cli, args, "refused. The server is told.", say_no, err);
}

int instructions_read_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	return decide(cli, args, "marked as read.", say_read, err);
}

/* ---- policy ---- */

static bool print_rules(FILE *out, struct db *db, struct err *err)
{
	static const char *const head[] = { "Kind",       "What",
					    "Policy",     "Decided by",
					    "Decided at", NULL };
	struct print_table table;
	print_table_init(&table, head);
	bool ok = true;
	for (unsigned k = 1; ok && k < INSTRUCTION_KINDS; k++) {
		const enum instruction_kind kind = (enum instruction_kind)k;
		struct instruction_rule rule;
		struct buf words = BUF_INIT;
		char at[PRINT_TIME_SIZE];
		ok = instruction_rule_get(db, kind, clock_utc_now(), &rule,
					  err);
		if (ok) {
			bool preset = rule.decided_by[0] == '\0';
			instruction_put_rule(&words, &rule);
			const char *const cells[] = {
				instruction_kind_name(kind),
				instruction_kind_title(kind),
				buf_str(&words),
				preset ? "preset" : rule.decided_by,
				preset ? NULL : print_time(at, rule.decided_at),
				NULL
			};
			print_table_row(&table, cells);
		}
		buf_clear(&words);
	}
	print_table_end(&table, out);
	return ok;
}

static bool read_rule(const struct cli_args *args,
		      struct instruction_rule *rule, struct err *err)
{
	const char *until = cli_value(args, "--until");
	rule->kind = instruction_kind_by_name(args->at[0]);
	rule->policy = instruction_policy_by_name(args->at[1]);
	rule->until = 0;
	if (rule->kind == INSTRUCTION_UNSET) {
		return err_set(err, ERR_INVALID,
			       "There is no kind \"%.40s\"; \"sluice "
			       "instructions policy\" lists them.",
			       args->at[0]);
	}
	if (rule->policy == INSTRUCTION_POLICY_UNSET) {
		return err_set(err, ERR_INVALID,
			       "A policy is never, ask or allow.");
	}
	return until == NULL || cli_end(until, &rule->until) ||
	       err_set(err, ERR_INVALID,
		       "--until must be a day (2027-11-23) or a time "
		       "(2027-11-23T14:02:07Z) in UTC.");
}

static bool set_rule(struct cli *cli, struct db *db,
		     const struct instruction_rule *rule, struct err *err)
{
	struct buf words = BUF_INIT;
	bool ok = instruction_rule_set(db, cli->actor, rule->kind, rule->policy,
				       rule->until, clock_utc_now(), err);
	if (ok) {
		instruction_put_rule(&words, rule);
		print_line(cli->out, "%s: %s.",
			   instruction_kind_title(rule->kind), buf_str(&words));
	}
	buf_clear(&words);
	return ok;
}

int instructions_policy_run(struct cli *cli, const struct cli_args *args,
			    struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct instruction_rule rule;
	int code = CLI_FAILED;
	if (args->count == 1) {
		return cli_misused(cli, "instructions policy",
				   "Give a kind and never, ask or allow; or "
				   "nothing, to see all.");
	}
	if (args->count == 2 && !read_rule(args, &rule, err)) {
		return CLI_USAGE;
	}
	if (cli_device_open(args->conf, &device, err)) {
		bool ok = args->count == 0
				  ? print_rules(cli->out, device.db, err)
				  : set_rule(cli, device.db, &rule, err);
		if (ok && args->count == 2) {
			requests_wake(device.config.state);
		}
		code = ok ? CLI_DONE : cli_exit_of_words(err);
	}
	cli_device_close(&device);
	return code;
}
