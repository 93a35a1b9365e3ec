/*
 * How the simulated printer lives: jobs come, toner goes, waste collects,
 * paper jams and is freed, somebody changes what is used up. Pure: time and
 * seed go in. What it prints of itself is in sim_documents.c, how it is kept
 * between runs in sim_state.c.
 */
#include "collectors/sim_engine.h"

#include <string.h>

#include "collectors/sim_dice.h"

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

void sim_engine_init(struct sim_engine *e, uint64_t seed, int64_t born_at)
{
	struct sim_dice d = { sim_dice_mix(seed) };

	memset(e, 0, sizeof(*e));
	e->seed = seed;
	e->born_at = born_at - born_at % MINUTE;
	e->at = e->born_at;
	e->powered_at = e->born_at;
	e->state_changed_at = e->born_at;
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		e->used[i] = sim_dice_roll(&d, sim_supplies[i].life);
		e->changed[i] = sim_dice_roll(&d, 4);
	}
	for (size_t i = 0; i < SIM_TRAYS; i++) {
		e->trays[i] =
			100 + sim_dice_roll(&d, sim_tray_capacity[i] - 100);
	}
	/* A machine with some years behind it. */
	e->meters[SIM_PRINT_MONO_A4] = 20000 + sim_dice_roll(&d, 40000);
	e->meters[SIM_PRINT_COLOR_A4] = 5000 + sim_dice_roll(&d, 20000);
	e->meters[SIM_PRINT_MONO_A3] = sim_dice_roll(&d, 2000);
	e->meters[SIM_PRINT_COLOR_A3] = sim_dice_roll(&d, 2000);
	e->meters[SIM_SHEETS_A4] =
		e->meters[SIM_PRINT_MONO_A4] + e->meters[SIM_PRINT_COLOR_A4];
	e->meters[SIM_SHEETS_A3] =
		e->meters[SIM_PRINT_MONO_A3] + e->meters[SIM_PRINT_COLOR_A3];
	e->meters[SIM_SHEETS_COLOR] =
		e->meters[SIM_PRINT_COLOR_A4] + e->meters[SIM_PRINT_COLOR_A3];
}

static void remember(struct sim_engine *e, int64_t at, enum sim_happening what,
		     size_t detail)
{
	const struct sim_record record = {
		.what = what,
		.detail = (uint32_t)detail,
		.at = at,
		.impressions = sim_engine_impressions(e),
	};

	sim_history_add(&e->history, &record);
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

static void start_fault(struct sim_engine *e, int64_t at, enum sim_fault fault,
			int64_t until)
{
	e->fault = fault;
	e->fault_until = until;
	e->faults_seen[fault]++;
	e->busy = false;
	e->state_changed_at = at;
	remember(e, at, SIM_FAULT_BEGAN, fault);
}

static int64_t in_minutes(const struct sim_engine *e, uint64_t minutes)
{
	return e->at + (int64_t)minutes * MINUTE;
}

struct job {
	uint64_t pages;
	bool color, large, copy, two_sided;
};

static struct job next_job(struct sim_dice *d)
{
	struct job job;

	/* One after the other: an initialiser would leave the order open. */
	job.pages = 1 + sim_dice_roll(d, 12);
	job.color = sim_dice_roll(d, 3) == 0;
	job.large = sim_dice_roll(d, 12) == 0;
	job.copy = sim_dice_roll(d, 5) == 0;
	job.two_sided = sim_dice_roll(d, 2) == 0;
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

static void print_job(struct sim_engine *e, struct sim_dice *d)
{
	struct job job = next_job(d);
	bool large = job.large && !job.copy;
	uint64_t sheets = job.two_sided ? (job.pages + 1) / 2 : job.pages;
	uint64_t *tray = &e->trays[large ? TRAY_A3 : TRAY_A4];

	if (*tray < sheets) {
		start_fault(e, e->at, SIM_FAULT_MEDIA_EMPTY,
			    in_minutes(e, 5 + sim_dice_roll(d, 40)));
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

static void scan_and_fax(struct sim_engine *e, struct sim_dice *d)
{
	if (sim_dice_roll(d, 12) == 0) {
		e->meters[SIM_IMAGES_SCANNED] += 1 + sim_dice_roll(d, 20);
	}
	if (sim_dice_roll(d, 90) == 0) {
		e->meters[SIM_FAX_OUT] += 1 + sim_dice_roll(d, 3);
	}
	if (sim_dice_roll(d, 90) == 0) {
		uint64_t pages = 1 + sim_dice_roll(d, 4);
		if (e->trays[TRAY_A4] >= pages) {
			e->trays[TRAY_A4] -= pages;
			e->meters[SIM_FAX_IN] += pages;
			e->meters[SIM_SHEETS_A4] += pages;
			e->meters[SIM_POWER_ON_IMPRESSIONS] += pages;
			use_supplies(e, pages, false);
		}
	}
}

static void change_supply(struct sim_engine *e, size_t supply, int64_t at)
{
	e->used[supply] = 0;
	e->changed[supply]++;
	remember(e, at, SIM_SUPPLY_CHANGED, supply);
}

/* Whatever is used up is changed within the hour. */
static void change_supplies(struct sim_engine *e, struct sim_dice *d)
{
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		if (e->used[i] >= sim_supplies[i].life &&
		    sim_dice_roll(d, 60) == 0) {
			change_supply(e, i, e->at);
		}
	}
}

static void end_fault(struct sim_engine *e, int64_t at)
{
	remember(e, at, SIM_FAULT_ENDED, e->fault);
	if (e->fault == SIM_FAULT_MEDIA_EMPTY) {
		for (size_t i = 0; i < SIM_TRAYS; i++) {
			if (e->trays[i] < sim_tray_capacity[i]) {
				e->trays[i] = sim_tray_capacity[i];
				remember(e, at, SIM_TRAY_LOADED, i);
			}
		}
	}
	e->fault = SIM_FAULT_NONE;
	e->fault_until = 0;
	e->state_changed_at = at;
}

static bool is_office_hour(int64_t at)
{
	int64_t minute = at / MINUTE;
	/* 1970 began on a Thursday: day 3 was a Sunday. */
	int64_t weekday = (minute / DAY + 4) % 7;
	int64_t hour = minute % DAY / 60;
	return weekday >= 1 && weekday <= 5 && hour >= 7 && hour < 18;
}

/* Monday, 03:00: it adjusts its colours by itself. */
static bool is_calibration(int64_t at)
{
	int64_t minute = at / MINUTE;

	return (minute / DAY + 4) % 7 == 1 && minute % DAY == 180;
}

/*
 * What happens beside the printing. With dice of its own: what is added here
 * leaves the meters of a machine as they were.
 */
static void live_beside(struct sim_engine *e, bool office, bool fault_ended)
{
	struct sim_dice d = { sim_dice_mix(e->seed + 1) ^
			      (uint64_t)(e->at / MINUTE) };

	if (is_calibration(e->at)) {
		remember(e, e->at, SIM_TEST_RUN, 0);
	}
	if (fault_ended && sim_dice_roll(&d, 3) == 0) {
		remember(e, e->at, SIM_TEST_RUN,
			 1 + sim_dice_roll(&d, SIM_PROCEDURES - 1));
	}
	if (!office) {
		return;
	}
	if (sim_dice_roll(&d, 600) == 0) {
		remember(e, e->at, SIM_DFE_FAILED,
			 sim_dice_roll(&d, SIM_DFE_ERRORS));
	}
	if (sim_dice_roll(&d, 800) == 0) {
		remember(e, e->at, SIM_SIGNED_IN, 0);
		if (sim_dice_roll(&d, 6) == 0) {
			remember(e, e->at, SIM_SET_UP, 0);
		}
	}
}

static void switch_off_and_on(struct sim_engine *e)
{
	e->powered_at = e->at;
	e->state_changed_at = e->at;
	e->meters[SIM_POWER_ON_IMPRESSIONS] = 0;
	remember(e, e->at, SIM_POWERED_ON, 0);
}

static void work(struct sim_engine *e, struct sim_dice *d, bool office)
{
	if (office && sim_dice_roll(d, 700) == 0) {
		bool cover = sim_dice_roll(d, 3) == 0;
		start_fault(e, e->at, cover ? SIM_FAULT_COVER : SIM_FAULT_JAM,
			    in_minutes(e, 2 + sim_dice_roll(d, 25)));
	} else if (sim_dice_roll(d, office ? 6 : 40) == 0) {
		print_job(e, d);
	} else if (e->busy) {
		e->busy = false;
		e->state_changed_at = e->at;
	}
}

static unsigned low_supplies(const struct sim_engine *e)
{
	unsigned bits = 0;

	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		bits |= sim_engine_is_low(e, i) ? 1u << i : 0;
	}
	return bits;
}

static void remember_low(struct sim_engine *e, unsigned before)
{
	unsigned now = low_supplies(e);

	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		if ((now & ~before & 1u << i) != 0) {
			remember(e, e->at, SIM_SUPPLY_LOW, i);
		}
	}
}

static void live_minute(struct sim_engine *e)
{
	struct sim_dice d = { sim_dice_mix(e->seed) ^
			      (uint64_t)(e->at / MINUTE) };
	bool office = is_office_hour(e->at);
	bool ends = e->fault != SIM_FAULT_NONE && e->at >= e->fault_until;
	unsigned low = low_supplies(e);

	if (ends) {
		end_fault(e, e->at);
	}
	if (e->fault == SIM_FAULT_NONE && sim_dice_roll(&d, 4000) == 0) {
		switch_off_and_on(e);
	}
	change_supplies(e, &d);
	if (e->fault == SIM_FAULT_NONE) {
		work(e, &d, office);
	}
	if (e->fault == SIM_FAULT_NONE && office) {
		scan_and_fax(e, &d);
	}
	remember_low(e, low);
	live_beside(e, office, ends);
	e->at += MINUTE;
}

void sim_engine_set_fault(struct sim_engine *e, enum sim_fault fault,
			  int64_t now)
{
	if (e->fault == fault) {
		e->fault_until = fault == SIM_FAULT_NONE ? 0 : SIM_FOREVER;
		return;
	}
	if (e->fault != SIM_FAULT_NONE) {
		end_fault(e, now);
	}
	if (fault == SIM_FAULT_NONE) {
		return;
	}
	if (fault == SIM_FAULT_MEDIA_EMPTY) {
		e->trays[TRAY_A4] = 0;
	}
	start_fault(e, now, fault, SIM_FOREVER);
}

bool sim_engine_make_low(struct sim_engine *e, size_t supply, int64_t now)
{
	if (sim_supplies[supply].level_some) {
		return false;
	}
	if (!sim_engine_is_low(e, supply)) {
		e->used[supply] = sim_supplies[supply].life * 95 / 100;
		remember(e, now, SIM_SUPPLY_LOW, supply);
	}
	return true;
}

void sim_engine_change_low(struct sim_engine *e, int64_t now)
{
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		if (sim_engine_is_low(e, i)) {
			change_supply(e, i, now);
		}
	}
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
