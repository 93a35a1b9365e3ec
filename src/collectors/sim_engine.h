#ifndef SLUICE_COLLECTORS_SIM_ENGINE_H
#define SLUICE_COLLECTORS_SIM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectors/sim_history.h"

/*
 * A simulated colour printer that also copies, scans and faxes. It lives in
 * steps of one minute, each of which depends on the seed and the minute
 * alone: running to noon at once or in ten parts gives the same printer.
 */
enum sim_fault {
	SIM_FAULT_NONE = 0,
	SIM_FAULT_JAM,
	SIM_FAULT_COVER,
	SIM_FAULT_MEDIA_EMPTY,
	SIM_FAULTS
};

/* Indexes of meters; names in sim_engine.c. */
enum sim_meter {
	SIM_PRINT_MONO_A4,
	SIM_PRINT_COLOR_A4,
	SIM_PRINT_MONO_A3,
	SIM_PRINT_COLOR_A3,
	SIM_COPY_MONO_A4,
	SIM_COPY_COLOR_A4,
	SIM_TWO_SIDED, /* impressions on two-sided sheets */
	SIM_SHEETS_A4,
	SIM_SHEETS_A3,
	SIM_SHEETS_COLOR,
	SIM_IMAGES_SCANNED,
	SIM_FAX_IN,
	SIM_FAX_OUT,
	SIM_POWER_ON_IMPRESSIONS, /* since it was last switched on */
	SIM_METERS
};

#define SIM_FOREVER INT64_C(253402300799) /* the end of year 9999 */
#define SIM_SUPPLIES 9
#define SIM_TRAYS 3

/* What a supply is; its state is in struct sim_engine. */
struct sim_supply {
	const char *type;     /* word of the Printer MIB */
	const char *unit;     /* word of the Printer MIB */
	const char *colorant; /* NULL = none */
	const char *description;
	const char *part_number;
	uint64_t life;     /* impressions until it is empty, or full */
	uint64_t capacity; /* in unit */
	bool fills;        /* a receptacle */
	bool level_some;   /* its sensor knows only "some" (-3) */
};

extern const struct sim_supply sim_supplies[SIM_SUPPLIES];
extern const unsigned sim_tray_capacity[SIM_TRAYS]; /* sheets */

struct sim_engine {
	uint64_t seed;
	int64_t born_at; /* UTC seconds, a full minute */
	int64_t at;      /* lived up to here; a full minute */
	int64_t powered_at;
	int64_t state_changed_at;
	bool busy; /* printed in the last minute */
	enum sim_fault fault;
	int64_t fault_until; /* 0 = no fault; SIM_FOREVER = until it is freed */
	uint64_t faults_seen[SIM_FAULTS]; /* of each; that of NONE stays 0 */
	uint64_t meters[SIM_METERS];
	uint64_t used[SIM_SUPPLIES];    /* impressions since it was changed */
	uint64_t changed[SIM_SUPPLIES]; /* how often it was changed */
	uint64_t trays[SIM_TRAYS];      /* sheets in it */
	struct sim_history history;
};

/* A new printer that begins its life at born_at. */
void sim_engine_init(struct sim_engine *e, uint64_t seed, int64_t born_at);

/* Lives on until now (UTC seconds); a now that is past changes nothing. */
void sim_engine_run(struct sim_engine *e, int64_t now);

/*
 * Somebody does something to it now (UTC seconds, to the second). A fault that
 * is set stands until another is set, or none, which ends whatever fault there
 * is; one that stands already began when it began.
 */
void sim_engine_set_fault(struct sim_engine *e, enum sim_fault fault,
			  int64_t now);

/*
 * Makes a supply low, or a waste container nearly full, unless it is so
 * already. false: its sensor cannot tell (level_some).
 */
bool sim_engine_make_low(struct sim_engine *e, size_t supply, int64_t now);

/* Changes each supply that is low. */
void sim_engine_change_low(struct sim_engine *e, int64_t now);

/* The level of a supply in its unit. */
uint64_t sim_engine_level(const struct sim_engine *e, size_t supply);
bool sim_engine_is_low(const struct sim_engine *e, size_t supply);

uint64_t sim_engine_impressions(const struct sim_engine *e);
uint64_t sim_engine_color(const struct sim_engine *e);

#endif
