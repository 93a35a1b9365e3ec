/*
 * What the files of the simulated printer's documents share: writing a field,
 * and the people, computers and jobs around the machine. All of them are
 * invented, with names and addresses that are kept free for examples; they
 * are here because a real machine knows such things too, and what does not
 * leave must first be there.
 */
#include "collectors/sim_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/sim_dice.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MINUTE 60

/* What chance is used for: one number each. */
enum purpose {
	PURPOSE_PERSON = 1,
	PURPOSE_JOB,
	PURPOSE_TEST,
};

void sim_put_text(struct collected_writer *w, const char *name,
		  const char *text)
{
	collected_writer_field(w, name, text, NULL, "sim");
}

void sim_put_count(struct collected_writer *w, const char *name, uint64_t value,
		   const char *unit)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	collected_writer_field(w, name, text, unit, "sim");
}

void sim_put_time(struct collected_writer *w, const char *name, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(text, at);
	sim_put_text(w, name, text);
}

void sim_put_about(struct collected_writer *w, const char *name,
		   const char *text, const char *who)
{
	char whole[256];
	size_t len = strcspn(text, "*");

	snprintf(whole, sizeof(whole), "%.*s%s%s", (int)len, text,
		 text[len] == '*' ? who : "",
		 text[len] == '*' ? text + len + 1 : "");
	sim_put_text(w, name, whole);
}

const struct sim_person *sim_person_of(const struct sim_engine *e, int64_t at)
{
	static const struct sim_person people[] = {
		{ "Kim Specimen", "desk-3.example", "kspecimen" },
		{ "Robin Placeholder", "desk-8.example", "rplaceholder" },
		{ "Sascha Nobody", "laptop-21.example", "snobody" },
		{ "J\xc3\xbcrgen M\xc3\xbcstermann", "192.0.2.61",
		  "jmuestermann" },
	};

	return &people[sim_dice_pick(e->seed, at, PURPOSE_PERSON,
				     COUNT(people))];
}

void sim_job_id(const struct sim_engine *e, int64_t at,
		char dst[SIM_JOB_ID_SIZE])
{
	snprintf(dst, SIM_JOB_ID_SIZE, "job-%04" PRIu64 "-%04" PRIu64,
		 (uint64_t)(at / MINUTE) % 10000,
		 sim_dice_pick(e->seed, at, PURPOSE_JOB, 10000));
}

const char *sim_job_name(const struct sim_engine *e, int64_t at)
{
	static const char *const names[] = {
		"minutes of the board.odt",
		"letter to Kim Specimen.pdf",
		"salaries 2026.ods",
		"patient file 5514.pdf",
	};

	return names[sim_dice_pick(e->seed, at, PURPOSE_JOB, COUNT(names))];
}

const char *sim_fault_reason(enum sim_fault fault)
{
	static const char *const reasons[SIM_FAULTS] = {
		[SIM_FAULT_NONE] = "none",
		[SIM_FAULT_JAM] = "media-jam-error",
		[SIM_FAULT_COVER] = "cover-open-error",
		[SIM_FAULT_MEDIA_EMPTY] = "media-empty-error",
	};

	return reasons[fault];
}

int64_t sim_test_end(const struct sim_record *record)
{
	static const int minutes[SIM_PROCEDURES] = { 6, 2, 3, 11 };

	return record->at + (int64_t)minutes[record->detail] * MINUTE;
}

bool sim_test_passed(const struct sim_engine *e,
		     const struct sim_record *record)
{
	return sim_dice_pick(e->seed, record->at, PURPOSE_TEST, 6) != 0;
}
