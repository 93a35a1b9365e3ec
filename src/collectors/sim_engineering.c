/*
 * Logs of the simulated printer: lines in the forms of
 * documents/engineering.c, with names, addresses and jobs where the forms
 * have a place for them, and a few in no form, as real logs have them, which
 * must be seen to stay.
 */
#include "collectors/sim_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "collectors/sim_dice.h"

#define HOUR 3600
#define HOURS 12 /* told by the logs that go by the clock */

/* A log while it is written. */
struct logbook {
	const struct sim_engine *e;
	struct collected_writer *w;
};

static void put_line(const struct logbook *log, int64_t at, const char *fmt,
		     ...) PRINTF_LIKE(3, 4);

static void put_line(const struct logbook *log, int64_t at, const char *fmt,
		     ...)
{
	char line[300];
	int len = CLOCK_TEXT_SIZE - 1;
	va_list args;

	clock_format(line, at);
	line[len++] = ' ';
	va_start(args, fmt);
	vsnprintf(line + len, sizeof(line) - (size_t)len, fmt, args);
	va_end(args);
	sim_put_text(log->w, "Line", line);
}

static unsigned pick(const struct logbook *log, int64_t at, unsigned purpose,
		     unsigned sides)
{
	return (unsigned)sim_dice_pick(log->e->seed, at, 1000 + purpose, sides);
}

static void begin(const struct logbook *log, const char *name)
{
	collected_writer_group(log->w, "Log");
	sim_put_text(log->w, "Name", name);
}

/* ---- what happened ---- */

static void fault_began(const struct logbook *log, const struct sim_record *r)
{
	switch ((enum sim_fault)r->detail) {
	case SIM_FAULT_JAM:
		put_line(log, r->at, "engine: sensor %u blocked for %u ms",
			 1 + pick(log, r->at, 1, 9),
			 400 + pick(log, r->at, 2, 900));
		put_line(log, r->at, "engine: jam at sensor %u, sheet %u",
			 1 + pick(log, r->at, 1, 9),
			 1 + pick(log, r->at, 3, 12));
		/* In no form: somebody wrote a name into it. */
		put_line(log, r->at, "engine: operator %s called from %s",
			 sim_person_of(log->e, r->at)->name,
			 sim_person_of(log->e, r->at)->host);
		break;
	case SIM_FAULT_COVER:
		put_line(log, r->at, "engine: cover 2 open");
		break;
	case SIM_FAULT_MEDIA_EMPTY:
		put_line(log, r->at, "tray: 1 empty");
		break;
	case SIM_FAULT_NONE:
	case SIM_FAULTS:
		break;
	}
	put_line(log, r->at, "engine: state stopped");
}

static void fault_ended(const struct logbook *log, const struct sim_record *r)
{
	if (r->detail == SIM_FAULT_COVER) {
		put_line(log, r->at, "engine: cover 2 closed");
	}
	put_line(log, r->at, "engine: state idle");
}

static void powered_on(const struct logbook *log, const struct sim_record *r)
{
	put_line(log, r->at, "watchdog: restart %" PRIu64 ", reason 0x%04x",
		 r->impressions % 100, pick(log, r->at, 4, 0x10000));
	put_line(log, r->at, "engine: start, firmware 7.4.1");
	put_line(log, r->at, "engine: state warming");
}

static void supply_low(const struct logbook *log, const struct sim_record *r)
{
	put_line(log, r->at, "supply: unit %u level 10 percent", r->detail + 1);
}

static void supply_changed(const struct logbook *log,
			   const struct sim_record *r)
{
	put_line(log, r->at, "supply: unit %u replaced", r->detail + 1);
}

static void tray_loaded(const struct logbook *log, const struct sim_record *r)
{
	put_line(log, r->at, "tray: %u loaded", r->detail + 1);
}

static void test_run(const struct logbook *log, const struct sim_record *r)
{
	if (r->detail == 0) {
		put_line(log, r->at, "calibration: started, code 0");
		return;
	}
	put_line(log, r->at, "diagnostics: procedure %u %s", r->detail,
		 sim_test_passed(log->e, r) ? "passed" : "failed");
}

static void dfe_failed(const struct logbook *log, const struct sim_record *r)
{
	static const char *const parts[SIM_DFE_ERRORS] = { "rip", "spooler",
							   "colour", "scanner",
							   "controller" };

	put_line(log, r->at, "dfe: error %u in %s", 100 + r->detail,
		 parts[r->detail]);
	put_line(log, r->at, "dfe: memory %u of 524288 kB used",
		 300000 + pick(log, r->at, 5, 200000));
}

static void signed_in(const struct logbook *log, const struct sim_record *r)
{
	put_line(log, r->at, "panel: signed in %s",
		 sim_person_of(log->e, r->at)->name);
}

static void set_up(const struct logbook *log, const struct sim_record *r)
{
	/* In no form: a form for it would have to hold the whole setting. */
	put_line(log, r->at, "panel: fax header set to \"%s\"",
		 sim_person_of(log->e, r->at)->name);
}

static void put_history(const struct logbook *log)
{
	static void (*const tell[SIM_HAPPENINGS])(const struct logbook *,
						  const struct sim_record *) = {
		[SIM_POWERED_ON] = powered_on,
		[SIM_FAULT_BEGAN] = fault_began,
		[SIM_FAULT_ENDED] = fault_ended,
		[SIM_SUPPLY_LOW] = supply_low,
		[SIM_SUPPLY_CHANGED] = supply_changed,
		[SIM_TRAY_LOADED] = tray_loaded,
		[SIM_TEST_RUN] = test_run,
		[SIM_DFE_FAILED] = dfe_failed,
		[SIM_SIGNED_IN] = signed_in,
		[SIM_SET_UP] = set_up,
	};
	const struct sim_history *h = &log->e->history;

	begin(log, "engine");
	for (size_t i = 0; i < sim_history_count(h); i++) {
		tell[h->at[i].what](log, &h->at[i]);
	}
	collected_writer_group_end(log->w);
}

/* ---- what goes by the clock ---- */

static void put_sensors(const struct logbook *log, int64_t last)
{
	begin(log, "sensors");
	for (int64_t at = last - (HOURS - 1) * HOUR; at <= last; at += HOUR) {
		put_line(log, at, "fuser: temperature %u.%u C, target 184 C",
			 182 + pick(log, at, 6, 5), pick(log, at, 7, 10));
		put_line(log, at, "engine: motor %u current %u mA",
			 1 + pick(log, at, 8, 4), 600 + pick(log, at, 9, 300));
		put_line(log, at, "engine: register 0x%02x value 0x%08x",
			 pick(log, at, 10, 256), pick(log, at, 11, 0x7fffffff));
	}
	/* In no form: without a time nobody knows how old it is. */
	sim_put_text(log->w, "Line", "-- mark --");
	collected_writer_group_end(log->w);
}

static void put_jobs(const struct logbook *log, int64_t last)
{
	begin(log, "jobs");
	for (int64_t at = last - (HOURS - 1) * HOUR; at <= last; at += HOUR) {
		put_line(log, at, "job: %s took %u ms, %u sheets",
			 sim_job_name(log->e, at),
			 900 + pick(log, at, 12, 30000),
			 1 + pick(log, at, 13, 40));
	}
	collected_writer_group_end(log->w);
}

static void put_network(const struct logbook *log, int64_t last)
{
	begin(log, "network");
	put_line(log, last - (HOURS - 1) * HOUR,
		 "network: lease 192.0.2.17 for 43200 s");
	put_line(log, last, "network: link up, 1000 Mbit/s");
	put_line(log, last, "network: lease 192.0.2.17 for 43200 s");
	collected_writer_group_end(log->w);
}

void sim_engineering_put(const struct sim_engine *e, int64_t now,
			 struct collected_writer *w)
{
	const struct logbook log = { e, w };
	int64_t last = now - now % HOUR;

	collected_writer_document(w, DOCUMENT_ENGINEERING);
	put_history(&log);
	put_sensors(&log, last);
	put_jobs(&log, last);
	put_network(&log, last);
}
