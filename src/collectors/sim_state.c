/*
 * The simulated printer as a text, kept between runs. First line
 * "sluice-sim 1", then one "key value" a line in this order, LF, decimal
 * numbers: seed, born_at, at, powered_at, state_changed_at, busy (0 or 1),
 * fault (0..3), fault_until, faults_seen; then "meter N", "used N",
 * "changed N", "tray N" as often as there are meters, supplies, supplies and
 * trays. Every line must be there; nothing may follow.
 */
#include "collectors/sim_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define FIRST_LINE "sluice-sim 1"

static void put_number(struct buf *out, const char *key, uint64_t value)
{
	buf_printf(out, "%s %" PRIu64 "\n", key, value);
}

static void put_array(struct buf *out, const char *key, const uint64_t *at,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		put_number(out, key, at[i]);
	}
}

void sim_state_put(const struct sim_engine *e, struct buf *out)
{
	buf_put_str(out, FIRST_LINE "\n");
	put_number(out, "seed", e->seed);
	put_number(out, "born_at", (uint64_t)e->born_at);
	put_number(out, "at", (uint64_t)e->at);
	put_number(out, "powered_at", (uint64_t)e->powered_at);
	put_number(out, "state_changed_at", (uint64_t)e->state_changed_at);
	put_number(out, "busy", e->busy);
	put_number(out, "fault", (uint64_t)e->fault);
	put_number(out, "fault_until", (uint64_t)e->fault_until);
	put_number(out, "faults_seen", e->faults_seen);
	put_array(out, "meter", e->meters, SIM_METERS);
	put_array(out, "used", e->used, SIM_SUPPLIES);
	put_array(out, "changed", e->changed, SIM_SUPPLIES);
	put_array(out, "tray", e->trays, SIM_TRAYS);
}

/* The next line must be "key number" with a number up to max. */
static bool take(struct reader *r, const char *key, uint64_t max,
		 uint64_t *value)
{
	char number[24];
	const char *line;
	size_t len, key_len = strlen(key);

	if (!reader_line(r, &line, &len) || len <= key_len + 1 ||
	    memcmp(line, key, key_len) != 0 || line[key_len] != ' ' ||
	    len - key_len - 1 >= sizeof(number)) {
		return false;
	}
	memcpy(number, line + key_len + 1, len - key_len - 1);
	number[len - key_len - 1] = '\0';
	return text_parse_u64(number, 0, max, value);
}

#define TIME_MAX INT64_C(253402300799) /* the end of year 9999 */
#define COUNT_MAX (UINT64_MAX >> 16)   /* leaves room to count on */

static bool take_time(struct reader *r, const char *key, int64_t *at)
{
	uint64_t value;

	if (!take(r, key, (uint64_t)TIME_MAX, &value)) {
		return false;
	}
	*at = (int64_t)value;
	return true;
}

static bool take_array(struct reader *r, const char *key, uint64_t *at,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!take(r, key, COUNT_MAX, &at[i])) {
			return false;
		}
	}
	return true;
}

static bool take_first_line(struct reader *r)
{
	const char *line;
	size_t len;

	return reader_line(r, &line, &len) && len == strlen(FIRST_LINE) &&
	       memcmp(line, FIRST_LINE, len) == 0;
}

bool sim_state_parse(struct sim_engine *e, const char *text, size_t len,
		     struct err *err)
{
	struct reader r = reader_of(text, len);
	struct sim_engine read = { 0 };
	uint64_t busy = 0, fault = 0;

	bool fine = take_first_line(&r) &&
		    take(&r, "seed", UINT64_MAX, &read.seed) &&
		    take_time(&r, "born_at", &read.born_at) &&
		    take_time(&r, "at", &read.at) &&
		    take_time(&r, "powered_at", &read.powered_at) &&
		    take_time(&r, "state_changed_at", &read.state_changed_at) &&
		    take(&r, "busy", 1, &busy) &&
		    take(&r, "fault", SIM_FAULTS - 1, &fault) &&
		    take_time(&r, "fault_until", &read.fault_until) &&
		    take(&r, "faults_seen", COUNT_MAX, &read.faults_seen) &&
		    take_array(&r, "meter", read.meters, SIM_METERS) &&
		    take_array(&r, "used", read.used, SIM_SUPPLIES) &&
		    take_array(&r, "changed", read.changed, SIM_SUPPLIES) &&
		    take_array(&r, "tray", read.trays, SIM_TRAYS) &&
		    r.left == 0 && read.at % 60 == 0 && read.born_at % 60 == 0;
	if (!fine) {
		return err_set(err, ERR_INVALID,
			       "the state file is none of this program");
	}
	read.busy = busy != 0;
	read.fault = (enum sim_fault)fault;
	*e = read;
	return true;
}
