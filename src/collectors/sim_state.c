/*
 * The simulated printer as a text, kept between runs. First line
 * "sluice-sim 2", then one "key value" a line in this order, LF, decimal
 * numbers: seed, born_at, at, powered_at, state_changed_at, busy (0 or 1),
 * fault (0..3), fault_until; then "fault_seen N", "meter N", "used N",
 * "changed N", "tray N" as often as there are faults, meters, supplies,
 * supplies and trays; "happened N" in all, and of the last of these each four
 * lines: what, detail, when, impressions. Every line must be there; nothing
 * may follow.
 */
#include "collectors/sim_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define FIRST_LINE "sluice-sim 2"

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

static void put_history(struct buf *out, const struct sim_history *h)
{
	put_number(out, "happened", h->total);
	for (size_t i = 0; i < sim_history_count(h); i++) {
		put_number(out, "what", h->at[i].what);
		put_number(out, "detail", h->at[i].detail);
		put_number(out, "when", (uint64_t)h->at[i].at);
		put_number(out, "impressions", h->at[i].impressions);
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
	put_array(out, "fault_seen", e->faults_seen, SIM_FAULTS);
	put_array(out, "meter", e->meters, SIM_METERS);
	put_array(out, "used", e->used, SIM_SUPPLIES);
	put_array(out, "changed", e->changed, SIM_SUPPLIES);
	put_array(out, "tray", e->trays, SIM_TRAYS);
	put_history(out, &e->history);
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

#define COUNT_MAX (UINT64_MAX >> 16) /* leaves room to count on */

static bool take_time(struct reader *r, const char *key, int64_t *at)
{
	uint64_t value;

	if (!take(r, key, (uint64_t)SIM_FOREVER, &value)) {
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

static bool take_record(struct reader *r, struct sim_record *record)
{
	uint64_t what = 0, detail = 0;

	if (!take(r, "what", UINT32_MAX, &what) ||
	    !take(r, "detail", UINT32_MAX, &detail) ||
	    !take_time(r, "when", &record->at) ||
	    !take(r, "impressions", COUNT_MAX, &record->impressions)) {
		return false;
	}
	record->what = (uint32_t)what;
	record->detail = (uint32_t)detail;
	return sim_history_record_ok(record);
}

static bool take_history(struct reader *r, struct sim_history *h)
{
	if (!take(r, "happened", COUNT_MAX, &h->total)) {
		return false;
	}
	for (size_t i = 0; i < sim_history_count(h); i++) {
		if (!take_record(r, &h->at[i])) {
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

	bool fine =
		take_first_line(&r) &&
		take(&r, "seed", UINT64_MAX, &read.seed) &&
		take_time(&r, "born_at", &read.born_at) &&
		take_time(&r, "at", &read.at) &&
		take_time(&r, "powered_at", &read.powered_at) &&
		take_time(&r, "state_changed_at", &read.state_changed_at) &&
		take(&r, "busy", 1, &busy) &&
		take(&r, "fault", SIM_FAULTS - 1, &fault) &&
		take_time(&r, "fault_until", &read.fault_until) &&
		take_array(&r, "fault_seen", read.faults_seen, SIM_FAULTS) &&
		take_array(&r, "meter", read.meters, SIM_METERS) &&
		take_array(&r, "used", read.used, SIM_SUPPLIES) &&
		take_array(&r, "changed", read.changed, SIM_SUPPLIES) &&
		take_array(&r, "tray", read.trays, SIM_TRAYS) &&
		take_history(&r, &read.history) && r.left == 0 &&
		read.at % 60 == 0 && read.born_at % 60 == 0;
	if (!fine) {
		return err_set(err, ERR_INVALID,
			       "the state file is none of this version; "
			       "remove it, and a new machine begins");
	}
	read.busy = busy != 0;
	read.fault = (enum sim_fault)fault;
	*e = read;
	return true;
}
