/*
 * How the simulated printer lives: jobs come, toner goes, waste collects,
 * paper jams and is freed, somebody changes what is used up. Pure: time and
 * seed go in. What it prints of itself is in sim_documents.c, how it is kept
 * between runs in sim_state.c.
 */
#include "collectors/sim_engine.h"

#include <string.h>

#define MINUTE 60
#define DAY (24 * 60)               /* minutes */
#define RUN_MAX_MINUTES (400 * DAY) /* a longer gap is slept through */

const struct sim_supply sim_supplies[SIM_SUPPLIES] = {
	{ .type = "toner",
	  .unit = "percent",
	  .colorant = "black",
	  .description = "Black toner cartridge",
	  .part_number = "EX7-TK",
	  .life = 12000,
	  .capacity = 100 },
	{ .type = "toner",
	  .unit = "percent",
	  .colorant = "cyan",
	  .description = "Cyan toner cartridge",
	  .part_number = "EX7-TC",
	  .life = 9000,
	  .capacity = 100 },
	{ .type = "toner",
	  .unit = "percent",
	  .colorant = "magenta",
	  .description = "Magenta toner cartridge",
	  .part_number = "EX7-TM",
	  .life = 9000,
	  .capacity = 100 },
	{ .type = "toner",
	  .unit = "percent",
	  .colorant = "yellow",
	  .description = "Yellow toner cartridge",
	  .part_number = "EX7-TY",
	  .life = 9000,
	  .capacity = 100 },
	{ .type = "opc",
	  .unit = "impressions",
	  .description = "Drum",
	  .part_number = "EX7-D",
	  .life = 60000,
	  .capacity = 60000 },
	{ .type = "fuser",
	  .unit = "impressions",
	  .description = "Fuser",
	  .part_number = "EX7-F",
	  .life = 150000,
	  .capacity = 150000 },
	{ .type = "transferUnit",
	  .unit = "percent",
	  .description = "Transfer belt",
	  .part_number = "EX7-B",
	  .life = 120000,
	  .capacity = 100 },
	{ .type = "wasteToner",
	  .unit = "percent",
	  .description = "Waste toner container",
	  .part_number = "EX7-W",
	  .life = 30000,
	  .capacity = 100,
	  .fills = true },
	{ .type = "staples",
	  .unit = "items",
	  .description = "Staples",
	  .part_number = "EX7-S",
	  .life = 25000,
	  .capacity = 5000,
	  .level_some = true },
};

#define SUPPLY_COLOR_FIRST 1
#define SUPPLY_COLOR_LAST 3

const unsigned sim_tray_capacity[SIM_TRAYS] = { 520, 520, 520 };
#define TRAY_A4 0
#define TRAY_A3 2

/* SplitMix64: small, and the same everywhere. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

struct dice {
	uint64_t state;
};

/* 0 .. sides - 1 */
static uint64_t roll(struct dice *d, uint64_t sides)
{
	d->state = mix(d->state);
	return d->state % sides;
}

void sim_engine_init(struct sim_engine *e, uint64_t seed, int64_t born_at)
{
	struct dice d = { mix(seed) };

	memset(e, 0, sizeof(*e));
	e->seed = seed;
	e->born_at = born_at - born_at % MINUTE;
	e->at = e->born_at;
	e->powered_at = e->born_at;
	e->state_changed_at = e->born_at;
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		e->used[i] = roll(&d, sim_supplies[i].life);
		e->changed[i] = roll(&d, 4);
	}
	for (size_t i = 0; i < SIM_TRAYS; i++) {
		e->trays[i] = 100 + roll(&d, sim_tray_capacity[i] - 100);
	}
	/* A machine with some years behind it. */
	e->meters[SIM_PRINT_MONO_A4] = 20000 + roll(&d, 40000);
	e->meters[SIM_PRINT_COLOR_A4] = 5000 + roll(&d, 20000);
	e->meters[SIM_PRINT_MONO_A3] = roll(&d, 2000);
	e->meters[SIM_PRINT_COLOR_A3] = roll(&d, 2000);
	e->meters[SIM_SHEETS_A4] =
		e->meters[SIM_PRINT_MONO_A4] + e->meters[SIM_PRINT_COLOR_A4];
	e->meters[SIM_SHEETS_A3] =
		e->meters[SIM_PRINT_MONO_A3] + e->meters[SIM_PRINT_COLOR_A3];
	e->meters[SIM_SHEETS_COLOR] =
		e->meters[SIM_PRINT_COLOR_A4] + e->meters[SIM_PRINT_COLOR_A3];
}

static void use_supplies(struct sim_engine *e, uint64_t pages, bool color)
{
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		bool for_color =
			i >= SUPPLY_COLOR_FIRST && i <= SUPPLY_COLOR_LAST;
		if (color || !for_color) {
			e->used[i] += pages;
		}
	}
}

static void start_fault(struct sim_engine *e, enum sim_fault fault,
			uint64_t minutes)
{
	e->fault = fault;
	e->fault_until = e->at + (int64_t)minutes * MINUTE;
	e->faults_seen++;
	e->busy = false;
	e->state_changed_at = e->at;
}

struct job {
	uint64_t pages;
	bool color, large, copy, two_sided;
};

static struct job next_job(struct dice *d)
{
	struct job job;

	/* One after the other: an initialiser would leave the order open. */
	job.pages = 1 + roll(d, 12);
	job.color = roll(d, 3) == 0;
	job.large = roll(d, 12) == 0;
	job.copy = roll(d, 5) == 0;
	job.two_sided = roll(d, 2) == 0;
	return job;
}

static enum sim_meter job_meter(const struct job *job)
{
	if (job->copy) {
		return job->color ? SIM_COPY_COLOR_A4 : SIM_COPY_MONO_A4;
	}
	if (job->large) {
		return job->color ? SIM_PRINT_COLOR_A3 : SIM_PRINT_MONO_A3;
	}
	return job->color ? SIM_PRINT_COLOR_A4 : SIM_PRINT_MONO_A4;
}

static void print_job(struct sim_engine *e, struct dice *d)
{
	struct job job = next_job(d);
	bool large = job.large && !job.copy;
	uint64_t sheets = job.two_sided ? (job.pages + 1) / 2 : job.pages;
	uint64_t *tray = &e->trays[large ? TRAY_A3 : TRAY_A4];

	if (*tray < sheets) {
		start_fault(e, SIM_FAULT_MEDIA_EMPTY, 5 + roll(d, 40));
		return;
	}
	*tray -= sheets;
	e->meters[job_meter(&job)] += job.pages;
	e->meters[SIM_POWER_ON_IMPRESSIONS] += job.pages;
	e->meters[large ? SIM_SHEETS_A3 : SIM_SHEETS_A4] += sheets;
	e->meters[SIM_SHEETS_COLOR] += job.color ? sheets : 0;
	e->meters[SIM_IMAGES_SCANNED] += job.copy ? job.pages : 0;
	/* The last page of an odd number stands alone on its sheet. */
	e->meters[SIM_TWO_SIDED] += job.two_sided ? job.pages / 2 * 2 : 0;
	use_supplies(e, job.pages, job.color);
	if (!e->busy) {
		e->busy = true;
		e->state_changed_at = e->at;
	}
}

static void scan_and_fax(struct sim_engine *e, struct dice *d)
{
	if (roll(d, 12) == 0) {
		e->meters[SIM_IMAGES_SCANNED] += 1 + roll(d, 20);
	}
	if (roll(d, 90) == 0) {
		e->meters[SIM_FAX_OUT] += 1 + roll(d, 3);
	}
	if (roll(d, 90) == 0) {
		uint64_t pages = 1 + roll(d, 4);
		if (e->trays[TRAY_A4] >= pages) {
			e->trays[TRAY_A4] -= pages;
			e->meters[SIM_FAX_IN] += pages;
			e->meters[SIM_SHEETS_A4] += pages;
			e->meters[SIM_POWER_ON_IMPRESSIONS] += pages;
			use_supplies(e, pages, false);
		}
	}
}

/* Whatever is used up is changed within the hour. */
static void change_supplies(struct sim_engine *e, struct dice *d)
{
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		if (e->used[i] >= sim_supplies[i].life && roll(d, 60) == 0) {
			e->used[i] = 0;
			e->changed[i]++;
		}
	}
}

static void end_fault(struct sim_engine *e)
{
	if (e->fault == SIM_FAULT_MEDIA_EMPTY) {
		for (size_t i = 0; i < SIM_TRAYS; i++) {
			e->trays[i] = sim_tray_capacity[i];
		}
	}
	e->fault = SIM_FAULT_NONE;
	e->fault_until = 0;
	e->state_changed_at = e->at;
}

static bool is_office_hour(int64_t at)
{
	int64_t minute = at / MINUTE;
	/* 1970 began on a Thursday: day 3 was a Sunday. */
	int64_t weekday = (minute / DAY + 4) % 7;
	int64_t hour = minute % DAY / 60;
	return weekday >= 1 && weekday <= 5 && hour >= 7 && hour < 18;
}

static void live_minute(struct sim_engine *e)
{
	struct dice d = { mix(e->seed) ^ (uint64_t)(e->at / MINUTE) };
	bool office = is_office_hour(e->at);

	if (e->fault != SIM_FAULT_NONE && e->at >= e->fault_until) {
		end_fault(e);
	}
	if (e->fault == SIM_FAULT_NONE && roll(&d, 4000) == 0) {
		/* Switched off and on again. */
		e->powered_at = e->at;
		e->state_changed_at = e->at;
		e->meters[SIM_POWER_ON_IMPRESSIONS] = 0;
	}
	change_supplies(e, &d);
	if (e->fault == SIM_FAULT_NONE) {
		if (office && roll(&d, 700) == 0) {
			bool cover = roll(&d, 3) == 0;
			start_fault(e, cover ? SIM_FAULT_COVER : SIM_FAULT_JAM,
				    2 + roll(&d, 25));
		} else if (roll(&d, office ? 6 : 40) == 0) {
			print_job(e, &d);
		} else if (e->busy) {
			e->busy = false;
			e->state_changed_at = e->at;
		}
	}
	if (e->fault == SIM_FAULT_NONE && office) {
		scan_and_fax(e, &d);
	}
	e->at += MINUTE;
}

void sim_engine_run(struct sim_engine *e, int64_t now)
{
	int64_t end = now - now % MINUTE;

	if (end - e->at > (int64_t)RUN_MAX_MINUTES * MINUTE) {
		e->at = end - (int64_t)RUN_MAX_MINUTES * MINUTE;
	}
	while (e->at < end) {
		live_minute(e);
	}
}

uint64_t sim_engine_level(const struct sim_engine *e, size_t supply)
{
	const struct sim_supply *s = &sim_supplies[supply];
	uint64_t used = e->used[supply] < s->life ? e->used[supply] : s->life;
	uint64_t amount = s->fills ? used : s->life - used;

	/* Rounded up: 0 means empty. */
	return (amount * s->capacity + s->life - 1) / s->life;
}

bool sim_engine_is_low(const struct sim_engine *e, size_t supply)
{
	const struct sim_supply *s = &sim_supplies[supply];

	return !s->level_some && e->used[supply] * 10 >= s->life * 9;
}

uint64_t sim_engine_color(const struct sim_engine *e)
{
	return e->meters[SIM_PRINT_COLOR_A4] + e->meters[SIM_PRINT_COLOR_A3] +
	       e->meters[SIM_COPY_COLOR_A4];
}

uint64_t sim_engine_impressions(const struct sim_engine *e)
{
	return e->meters[SIM_PRINT_MONO_A4] + e->meters[SIM_PRINT_MONO_A3] +
	       e->meters[SIM_COPY_MONO_A4] + e->meters[SIM_FAX_IN] +
	       sim_engine_color(e);
}
