/*
 * "sluice time": what is known of the time and from where, and the owner's
 * way back when that was led ahead. The reckoning is domain/time_known's,
 * lowering domain/time_floor's.
 */
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/device.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "domain/enrolment.h"
#include "domain/ledger.h"
#include "domain/time_floor.h"
#include "domain/time_known.h"

/* All that speaks of the time. */
struct sources {
	int64_t clock;
	struct time_known known;
	struct enrolment enrolment;
};

static bool read_sources(struct db *db, struct sources *s, struct err *err)
{
	s->clock = clock_utc_now();
	return time_known_read(db, s->clock, &s->known, err) &&
	       enrolment_read(db, &s->enrolment, err);
}

static void put_time(FILE *out, const char *name, int64_t at, const char *none)
{
	char text[PRINT_TIME_SIZE];
	print_line(out, "%-27s %s", name,
		   at != 0 ? print_time(text, at) : none);
}

static void print_sources(const struct sources *s, FILE *out)
{
	const struct time_known *known = &s->known;
	struct buf text = BUF_INIT;
	time_known_put(&text, known);
	print_line(out, "%s", buf_str(&text));
	put_time(out, "Clock:", s->clock, "");
	put_time(out, "Not earlier than:", known->floor, "");
	print_line(out, "%-27s %s", "  from:", time_known_source(known));
	put_time(out, "Last signed answer:", known->answer,
		 "none since the client started");
	put_time(out, "This program was built:", time_known_build(), "");
	put_time(out, "This device's certificate:", s->enrolment.not_before,
		 "none");
	if (known->doubt != TIME_DOUBT_UNSET) {
		buf_reset(&text);
		time_known_put_doubt(&text, known, s->clock);
		print_line(out, "Warning: %s", buf_str(&text));
	}
	if (s->enrolment.not_before > known->latest) {
		print_line(out, "Warning: this device's certificate begins "
				"later than that. If it stays so, ask the "
				"vendor for a new code and run \"sluice "
				"enrol\".");
	}
	buf_clear(&text);
}

static json_t *time_or_null(int64_t at)
{
	char text[CLOCK_TEXT_SIZE];
	if (at == 0) {
		return json_null();
	}
	clock_format(text, at);
	return json_string(text);
}

static void print_json(const struct sources *s, FILE *out)
{
	static const char *const doubts[] = {
		[TIME_DOUBT_UNSET] = "",
		[TIME_DOUBT_CLOCK] = "clock",
		[TIME_DOUBT_ANSWER] = "answer",
	};
	const struct time_known *known = &s->known;
	print_json_block(
		out,
		json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:s, s:o}",
			  "clock", time_or_null(s->clock), "floor",
			  time_or_null(known->floor), "source",
			  time_known_source(known), "answer",
			  time_or_null(known->answer), "built",
			  time_or_null(time_known_build()), "certificate",
			  time_or_null(s->enrolment.not_before), "best",
			  time_or_null(known->best), "within_s",
			  (json_int_t)known->within_s, "doubt",
			  doubts[known->doubt], "early",
			  time_or_null(known->early)));
}

int time_run(struct cli *cli, const struct cli_args *args, struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	struct sources s;
	if (cli_device_open(args->conf, &device, err) &&
	    read_sources(device.db, &s, err)) {
		if (cli_flag(args, "--json")) {
			print_json(&s, cli->out);
		} else {
			print_sources(&s, cli->out);
		}
	}
	cli_device_close(&device);
	return CLI_DONE;
}

/* -1 for "build", or the number of an entry. */
static bool read_word(const char *word, int64_t *sequence, struct err *err)
{
	if (text_equal(word, "build")) {
		*sequence = -1;
		return true;
	}
	return text_parse_i64(word, 0, INT64_MAX, sequence) ||
	       err_set(err, ERR_INVALID,
		       "Give \"build\", or the number of an entry of the log "
		       "whose time you know to be right.");
}

/* The time of the build, or the one that an entry of the log has. */
static bool read_to(struct db *db, const char *word, int64_t *to,
		    struct err *err)
{
	struct ledger_entry entry;
	struct buf text = BUF_INIT;
	int64_t sequence;
	if (!read_word(word, &sequence, err)) {
		return false;
	}
	if (sequence < 0) {
		*to = time_known_build();
		return true;
	}
	bool ok = ledger_get(db, sequence, &entry, &text, err);
	if (ok) {
		*to = entry.at;
	}
	buf_clear(&text);
	return ok;
}

static bool confirm(const struct cli *cli, const struct cli_args *args,
		    int64_t to, struct err *err)
{
	char at[PRINT_TIME_SIZE];
	struct buf what = BUF_INIT;
	buf_printf(&what,
		   "From then on an old certificate of the server that was "
		   "good at %s is good again, until a signed answer comes.",
		   print_time(at, to));
	bool ok = terminal_confirm(cli, args, buf_str(&what), "lower", err);
	buf_clear(&what);
	return ok;
}

int time_lower_run(struct cli *cli, const struct cli_args *args,
		   struct err *err)
{
	struct cli_device device = CLI_DEVICE_INIT;
	int64_t to = 0, from = 0;
	char was[PRINT_TIME_SIZE], is[PRINT_TIME_SIZE];
	if (!read_word(args->at[0], &to, err)) {
		return CLI_USAGE;
	}
	if (cli_device_open(args->conf, &device, err) &&
	    cli_device_is_owner(&device, err) &&
	    read_to(device.db, args->at[0], &to, err) &&
	    confirm(cli, args, to, err) &&
	    time_floor_lower(device.db, cli->actor, to, clock_utc_now(), &from,
			     err)) {
		print_line(cli->out,
			   "The earliest that the time can be is %s now; it "
			   "was %s.",
			   print_time(is, to), print_time(was, from));
		print_line(cli->out, "Set the clock, then run \"sluice "
				     "doctor\". What had ended, or was allowed "
				     "meanwhile, does not hold now: withdraw "
				     "it and allow it again.");
	}
	cli_device_close(&device);
	return CLI_DONE;
}
