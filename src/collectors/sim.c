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

/* The command line, as it was given; NULL = not. */
struct words {
	const char *state, *seed, *now, *fault, *low;
};

struct settings {
	const char *state; /* NULL = none is kept */
	uint64_t seed;
	int64_t now;
	bool set_fault, change_low, make_low;
	enum sim_fault fault;
	size_t low; /* supply, from 0 */
};

static const char *const fault_names[SIM_FAULTS] = {
	[SIM_FAULT_NONE] = "none",
	[SIM_FAULT_JAM] = "jam",
	[SIM_FAULT_COVER] = "cover",
	[SIM_FAULT_MEDIA_EMPTY] = "media-empty",
};

static bool read_fault(struct settings *s, const char *word, struct err *err)
{
	for (size_t i = 0; word != NULL && i < SIM_FAULTS; i++) {
		if (text_equal(fault_names[i], word)) {
			s->set_fault = true;
			s->fault = (enum sim_fault)i;
		}
	}
	return word == NULL || s->set_fault ||
	       err_set(err, ERR_INVALID,
		       "--fault wants jam, cover, media-empty or none");
}

static bool read_low(struct settings *s, const char *word, struct err *err)
{
	uint64_t index;

	if (word == NULL) {
		return true;
	}
	if (text_equal(word, "none")) {
		s->change_low = true;
		return true;
	}
	s->make_low = text_parse_u64(word, 1, SIM_SUPPLIES, &index) &&
		      !sim_supplies[index - 1].level_some;
	if (s->make_low) {
		s->low = (size_t)index - 1;
	}
	return s->make_low ||
	       err_set(err, ERR_INVALID,
		       "--low wants the Index of a supply whose level is a "
		       "number, or none");
}

static bool read_settings(struct settings *s, const struct words *words,
			  struct err *err)
{
	s->state = words->state;
	s->seed = 1;
	if (words->seed != NULL &&
	    !text_parse_u64(words->seed, 0, UINT64_MAX, &s->seed)) {
		return err_set(err, ERR_INVALID, "--seed wants a number");
	}
	s->now = clock_utc_now();
	if (words->now != NULL && !clock_parse(words->now, &s->now)) {
		return err_set(err, ERR_INVALID,
			       "--now wants a time like "
			       "2026-11-23T14:02:07Z");
	}
	if (s->now < FIRST_AGE) {
		return err_set(err, ERR_INVALID, "that time is too early");
	}
	return read_fault(s, words->fault, err) && read_low(s, words->low, err);
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

/* What somebody does to the machine before it is looked at. */
static void handle(const struct settings *s, struct sim_engine *e)
{
	if (s->set_fault) {
		sim_engine_set_fault(e, s->fault, s->now);
	}
	if (s->change_low) {
		sim_engine_change_low(e, s->now);
	}
	if (s->make_low) {
		(void)sim_engine_make_low(e, s->low, s->now);
	}
}

static bool run(const struct program *program, const struct settings *s,
		struct err *err)
{
	struct sim_engine engine;

	if (!enter_sandbox(s, err) || !load(s, &engine, err)) {
		return false;
	}
	sim_engine_run(&engine, s->now);
	handle(s, &engine);
	if (!save(s, &engine, err)) {
		return false;
	}
	struct collected_writer *w = collected_writer_new("sim", s->now);
	sim_documents_put(&engine, s->now, w);
	return program_print(program, w, err);
}

int main(int argc, char **argv)
{
	struct words words = { NULL, NULL, NULL, NULL, NULL };
	struct settings s = { .state = NULL };
	const struct option_row rows[] = {
		{ "--state", "FILE", "keeps the machine between runs",
		  &words.state },
		{ "--seed", "N", "which machine a new one is; preset 1",
		  &words.seed },
		{ "--now", "UTC", "the time, instead of the clock's",
		  &words.now },
		{ "--fault", "NAME",
		  "jam, cover or media-empty: stands until --fault none",
		  &words.fault },
		{ "--low", "INDEX",
		  "makes this supply low; none: changes all that are low",
		  &words.low },
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
	if (!read_settings(&s, &words, &err)) {
		return program_fail(&program, &err, PROGRAM_USAGE);
	}
	return run(&program, &s, &err)
		       ? 0
		       : program_fail(&program, &err, PROGRAM_FAILED);
}
