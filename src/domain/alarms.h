#ifndef SLUICE_DOMAIN_ALARMS_H
#define SLUICE_DOMAIN_ALARMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "domain/automatic.h"
#include "store/db.h"

/*
 * Faults and low supplies, and for which of them documents were sent: once
 * each, until it clears. Table alarms. client/conditions.c finds them in what
 * was collected; here is only what was known before.
 */
#define ALARM_KEY_SIZE 128
#define ALARM_TEXT_SIZE 160

/* One condition costs at most so many sends a day, all together so many. */
#define ALARM_FIRES_MAX 4
#define ALARM_FIRES_ALL_MAX 24
#define ALARM_WINDOW_S ((int64_t)24 * 60 * 60)

enum condition_state {
	CONDITION_UNSET = 0,
	CONDITION_RAISED,
	CONDITION_BETWEEN, /* neither: what stood stands on */
	CONDITION_CLEAR
};

/* A fault, or the level of a supply, as it is now. */
struct condition {
	char key[ALARM_KEY_SIZE];   /* the same at each look */
	char text[ALARM_TEXT_SIZE]; /* for people */
	enum condition_state state;
	bool is_fault;
	unsigned services; /* SERVICE_BIT()s whose documents tell it */
	int64_t began_at;  /* of a fault, as the machine says; 0 = unknown */
};

/* What one look at the machine found. */
struct alarms_look {
	const struct condition *at;
	size_t count;
	/* Was it told, whether there are any? Else nothing clears. */
	bool has_faults, has_supplies;
	const struct automatic *automatic; /* who takes part, since when */
	int64_t now;
};

/* What is to be sent for it. */
struct alarms_due {
	unsigned services; /* 0 = nothing */
	unsigned count;    /* conditions */
	struct buf text;   /* "toner black at 8 %; jam"; caller buf_clear()s */
	unsigned held;     /* conditions over the bounds of a day */
};

/*
 * Takes a look into account, in the caller's transaction together with what
 * is staged for it, or in its own. A condition is due when it is new, when it
 * had cleared, when a fault began anew, or when a service was allowed since.
 * A fault that began before its service was allowed is known and never due;
 * so is one without a time at the first look after that.
 */
MUST_USE bool alarms_take(struct db *db, const struct alarms_look *look,
			  struct alarms_due *due, struct err *err);

/* A condition that stands. */
struct alarm {
	char key[ALARM_KEY_SIZE];
	char text[ALARM_TEXT_SIZE];
	bool is_fault;
	int64_t first_at; /* seen first */
	int64_t fired_at; /* documents were sent for it; 0 = not */
};

/* Those that stand, oldest first. *list: caller mem_free()s. */
MUST_USE bool alarms_list(struct db *db, struct alarm **list, size_t *count,
			  struct err *err);

#endif
