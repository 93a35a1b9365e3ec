/*
 * sluice-collect-sim: a collector without a printer, for demonstrations and
 * tests. Prints what a simulated machine says of itself (docs/collectors.md)
 * and keeps the machine in a file, so that it lives on between runs.
 */
#include <libgen.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "collectors/program.h"
#include "collectors/sim_documents.h"
#include "collectors/sim_engine.h"
#include "collectors/sim_state.h"
#include "documents/collected.h"

#define FIRST_AGE (30 * 24 * 3600) /* seconds that a new machine has lived */

struct settings {
	const char *state; /* NULL = none is kept */
	uint64_t seed;
	int64_t now;
};

static bool read_settings(struct settings *s, const char *seed, const char *now,
			  struct err *err)
{
	s->seed = 1;
	if (seed != NULL && !text_parse_u64(seed, 0, UINT64_MAX, &s->seed)) {
		return err_set(err, ERR_INVALID, "--seed wants a number");
	}
	s->now = clock_utc_now();
	if (now != NULL && !clock_parse(now, &s->now)) {
		return err_set(err, ERR_INVALID,
			       "--now wants a time like "
			       "2026-11-23T14:02:07Z");
	}
	if (s->now < FIRST_AGE) {
		return err_set(err, ERR_INVALID, "that time is too early");
	}
	return true;
}

static bool enter_sandbox(const struct settings *s, struct err *err)
{
	char *copy = mem_strdup(s->state != NULL ? s->state : "");
	struct sandbox_path paths[] = {
		{ s->state != NULL ? dirname(copy) : NULL, true },
		{ NULL, false },
	};
	bool done = sandbox_enter(SANDBOX_COLLECTOR, paths, NULL, err);

	mem_free(copy);
	return done;
}

static bool load(const struct settings *s, struct sim_engine *e,
		 struct err *err)
{
	struct buf text = BUF_INIT;
	bool done = false;

	if (s->state == NULL || !files_exists(s->state)) {
		sim_engine_init(e, s->seed, s->now - FIRST_AGE);
		return true;
	}
	done = files_read(s->state, SIM_STATE_MAX, &text, err) &&
	       sim_state_parse(e, buf_str(&text), text.len, err);
	if (!done) {
		err_prefix(err, "%s", s->state);
	}
	buf_clear(&text);
	return done;
}

static bool save(const struct settings *s, const struct sim_engine *e,
		 struct err *err)
{
	struct buf text = BUF_INIT;

	if (s->state == NULL) {
		return true;
	}
	sim_state_put(e, &text);
	bool done = files_write(s->state, text.data, text.len, 0600, err);
	buf_clear(&text);
	return done;
}

static bool run(const struct program *program, const struct settings *s,
		struct err *err)
{
	struct sim_engine engine;

	if (!enter_sandbox(s, err) || !load(s, &engine, err)) {
		return false;
	}
	sim_engine_run(&engine, s->now);
	if (!save(s, &engine, err)) {
		return false;
	}
	struct collected_writer *w = collected_writer_new("sim", s->now);
	sim_documents_put(&engine, s->now, w);
	return program_print(program, w, err);
}

int main(int argc, char **argv)
{
	const char *seed = NULL, *now = NULL;
	struct settings s = { NULL, 0, 0 };
	const struct option_row rows[] = {
		{ "--state", "FILE", "keeps the machine between runs",
		  &s.state },
		{ "--seed", "N", "which machine a new one is; preset 1",
		  &seed },
		{ "--now", "UTC", "the time, instead of the clock's", &now },
		{ NULL, NULL, NULL, NULL },
	};
	const struct program program = {
		.name = "sluice-collect-sim",
		.purpose = "Prints what a simulated printer says of itself, "
			   "as XML.",
		.options = rows,
		.out = stdout,
		.problems = stderr,
	};
	struct err err = { 0 };
	int code = 0;

	if (!program_start(&program, argc, argv, &code)) {
		return code;
	}
	if (!read_settings(&s, seed, now, &err)) {
		return program_fail(&program, &err, PROGRAM_USAGE);
	}
	return run(&program, &s, &err)
		       ? 0
		       : program_fail(&program, &err, PROGRAM_FAILED);
}
