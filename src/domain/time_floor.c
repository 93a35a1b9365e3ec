/*
 * Lowers what is known of the time, by the owner's word. The build of the
 * program is never passed: nothing was signed before it that counts. What
 * raises the floor again is time_known.c's, with all its limits, which begin
 * anew from here.
 */
#include "domain/time_floor.h"

#include "base/clock.h"
#include "domain/ledger.h"
#include "domain/time_known_parts.h"

static bool check(int64_t from, int64_t to, struct err *err)
{
	char at[CLOCK_TEXT_SIZE];
	if (to < time_known_build()) {
		clock_format(at, time_known_build());
		return err_set(err, ERR_INVALID,
			       "It cannot be before this program was built, "
			       "%s. \"build\" lowers it to there.",
			       at);
	}
	if (to >= from) {
		clock_format(at, from);
		return err_set(err, ERR_INVALID,
			       "That is no lower: the earliest that this "
			       "device takes the time to be is %s.",
			       at);
	}
	return true;
}

static bool write_entry(struct db *db, const char *actor, int64_t from,
			int64_t to, int64_t now, struct err *err)
{
	char was[CLOCK_TEXT_SIZE], is[CLOCK_TEXT_SIZE];
	struct buf text = BUF_INIT;
	clock_format(was, from);
	clock_format(is, to);
	buf_printf(&text,
		   "the earliest that the time can be was lowered from %s to "
		   "%s, by the owner's word",
		   was, is);
	bool ok =
		ledger_configuration(db, actor, NULL, buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

static bool lower(struct db *db, const char *actor, int64_t to, int64_t now,
		  int64_t *from, struct err *err)
{
	struct time_facts f;
	if (!time_facts_read(db, &f, err)) {
		return false;
	}
	/* The build may be newer than what was learned. */
	int64_t was =
		f.floor > time_known_build() ? f.floor : time_known_build();
	bool build = to == time_known_build();
	if (!check(was, to, err)) {
		return false;
	}
	f = (struct time_facts){
		.floor = to,
		.source = build ? TIME_SOURCE_BUILD : TIME_SOURCE_OWNER,
		.source_at = build ? 0 : to,
		.within = -1,
		.agreed = f.agreed < to ? f.agreed : to,
		.base = to,
	};
	*from = was;
	return time_facts_write(db, &f, err) &&
	       write_entry(db, actor, was, to, now, err);
}

bool time_floor_lower(struct db *db, const char *actor, int64_t to, int64_t now,
		      int64_t *from, struct err *err)
{
	int64_t was = 0;
	if (!db_begin(db, err) ||
	    !db_finish(db, lower(db, actor, to, now, &was, err), err)) {
		return false;
	}
	*from = was;
	return true;
}
