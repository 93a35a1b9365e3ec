/*
 * Test procedures, errors of the front end and measurements of the simulated
 * printer. The measurements are made from the hour alone, so they are the
 * same at each look; the digest is as invented as the file.
 */
#include "collectors/sim_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/encoding.h"
#include "collectors/sim_dice.h"

#define HOUR 3600

/* ---- Diagnostic List ---- */

static const struct {
	const char *id, *level;
	bool person; /* somebody ran it */
} procedures[SIM_PROCEDURES] = {
	{ "color-calibration", "automatic", false },
	{ "paper-path-test", "untrained", true },
	{ "sensor-check", "trained", true },
	{ "fuser-heat-up", "fieldService", true },
};

static void put_procedure(const struct sim_engine *e,
			  const struct sim_record *record, int64_t now,
			  struct collected_writer *w)
{
	bool ended = sim_test_end(record) <= now;
	bool passed = sim_test_passed(e, record);

	collected_writer_group(w, "Procedure");
	sim_put_text(w, "Id", procedures[record->detail].id);
	sim_put_time(w, "StartTime", record->at);
	if (ended) {
		sim_put_time(w, "EndTime", sim_test_end(record));
	}
	sim_put_text(w, "Result",
		     !ended   ? "unknown"
		     : passed ? "passed"
			      : "failed");
	sim_put_text(w, "OperatorLevel", procedures[record->detail].level);
	if (procedures[record->detail].person) {
		const struct sim_person *who = sim_person_of(e, record->at);
		sim_put_text(w, "OperatorName", who->name);
		sim_put_about(w, "Note", "* says it squeaks", who->name);
	}
	collected_writer_group_end(w);
}

/* ---- DFE Errors ---- */

static const struct {
	const char *class, *code, *component, *comment;
	bool job;
} dfe_errors[SIM_DFE_ERRORS] = {
	{ "Error", "203", "rip", "Font is missing in the file of *", true },
	{ "Warning", "118", "spooler", "Queue of * is long", false },
	{ "Information", "12", "colour", "Profile was put in by *", false },
	{ "Error", "411", "scanner", "Mail to * came back", true },
	{ "Fatal", "-7", "controller", "Memory is used up by *", true },
};

static void put_dfe_error(const struct sim_engine *e,
			  const struct sim_record *record, uint64_t index,
			  struct collected_writer *w)
{
	const struct sim_person *who = sim_person_of(e, record->at);

	collected_writer_group(w, "Error");
	sim_put_count(w, "Index", index, NULL);
	sim_put_time(w, "TimeStamp", record->at);
	sim_put_text(w, "Class", dfe_errors[record->detail].class);
	sim_put_text(w, "ReturnCode", dfe_errors[record->detail].code);
	sim_put_text(w, "Component", dfe_errors[record->detail].component);
	sim_put_about(w, "Comment", dfe_errors[record->detail].comment,
		      who->name);
	sim_put_text(w, "HostName", who->host);
	if (dfe_errors[record->detail].job) {
		char id[SIM_JOB_ID_SIZE];
		sim_job_id(e, record->at, id);
		sim_put_text(w, "JobId", id);
	}
	collected_writer_group_end(w);
}

/* ---- Diagnostic Data ---- */

struct series {
	const char *quantity, *scale;
	unsigned base, spread; /* hundredths of the scale */
};

struct file {
	const char *kind;
	const char *name;        /* "*" becomes an account */
	bool content;            /* it holds what was printed */
	struct series series[3]; /* quantity NULL ends */
};

static const struct file files[] = {
	{ "temperature-log",
	  "fuser of *.log",
	  false,
	  { { "temperature", "degreesCelsius", 18100, 450 },
	    { "humidity", "percent", 4100, 900 } } },
	{ "voltage-log",
	  "voltage of *.log",
	  false,
	  { { "voltage", "volts", 2380, 40 },
	    { "current", "amperes", 110, 60 } } },
	{ "jam-history",
	  "jams of *.bin",
	  true,
	  { { "duration", "seconds", 4000, 3900 } } },
};

#define FILES (sizeof(files) / sizeof(files[0]))
#define POINTS 24 /* one an hour */

static void put_series(const struct sim_engine *e, const struct series *s,
		       int64_t last, struct collected_writer *w)
{
	struct buf values = BUF_INIT;

	for (int64_t i = POINTS - 1; i >= 0; i--) {
		uint64_t value =
			s->base + sim_dice_pick(e->seed, last - i * HOUR,
						s->base, s->spread);
		buf_printf(&values, "%s%" PRIu64 ".%02" PRIu64,
			   values.len > 0 ? " " : "", value / 100, value % 100);
	}
	collected_writer_group(w, "Series");
	sim_put_text(w, "Quantity", s->quantity);
	sim_put_text(w, "Scale", s->scale);
	sim_put_text(w, "Values", buf_str(&values));
	collected_writer_group_end(w);
	buf_clear(&values);
}

static void put_content(const struct sim_engine *e, int64_t at,
			struct collected_writer *w)
{
	struct buf raw = BUF_INIT, text = BUF_INIT;

	buf_printf(&raw, "Page 1 of %s, for %s", sim_job_name(e, at),
		   sim_person_of(e, at)->name);
	base64_put(&text, raw.data, raw.len);
	sim_put_text(w, "Content", buf_str(&text));
	buf_clear(&raw);
	buf_clear(&text);
}

static void put_file(const struct sim_engine *e, const struct file *f,
		     int64_t now, struct collected_writer *w)
{
	int64_t last = now - now % HOUR;
	uint64_t mark = sim_dice_mix(e->seed ^ (uint64_t)last);
	char digest[65];

	for (size_t i = 0; i < 4; i++) {
		mark = sim_dice_mix(mark + f->series[0].base);
		snprintf(digest + 16 * i, 17, "%016" PRIx64, mark);
	}
	collected_writer_group(w, "File");
	sim_put_text(w, "Kind", f->kind);
	sim_put_about(w, "Name", f->name, sim_person_of(e, last)->account);
	sim_put_count(w, "Size", 2000 + mark % 60000, "bytes");
	sim_put_text(w, "Digest", digest);
	sim_put_time(w, "Modified", last);
	for (const struct series *s = f->series; s->quantity != NULL; s++) {
		put_series(e, s, last, w);
	}
	if (f->content) {
		put_content(e, last, w);
	}
	collected_writer_group_end(w);
}

void sim_diagnostics_put(const struct sim_engine *e, int64_t now,
			 struct collected_writer *w)
{
	const struct sim_history *h = &e->history;

	collected_writer_document(w, DOCUMENT_DIAGNOSTIC_LIST);
	for (size_t i = 0; i < sim_history_count(h); i++) {
		if (h->at[i].what == SIM_TEST_RUN) {
			put_procedure(e, &h->at[i], now, w);
		}
	}
	collected_writer_document(w, DOCUMENT_DFE_ERRORS);
	for (size_t i = 0; i < sim_history_count(h); i++) {
		if (h->at[i].what == SIM_DFE_FAILED) {
			put_dfe_error(e, &h->at[i], sim_history_number(h, i),
				      w);
		}
	}
	collected_writer_document(w, DOCUMENT_DIAGNOSTIC_DATA);
	for (size_t i = 0; i < FILES; i++) {
		put_file(e, &files[i], now, w);
	}
}
