/*
 * The budget of tries that fail, kept in settings: when the window that runs
 * began, and how many were used in it. What a try is and who asks before one
 * is client/'s to know.
 */
#include "domain/retry_budget.h"

#include "base/text.h"
#include "domain/settings.h"

#define FROM "retry_from"
#define USED "retry_used"

static bool read_number(struct db *db, const char *name, int64_t *value,
			struct err *err)
{
	struct buf text = BUF_INIT;
	bool ok = settings_get(db, name, &text, err);
	if (ok && !text_parse_i64(buf_str(&text), 0, INT64_MAX / 2, value)) {
		*value = 0;
	}
	buf_clear(&text);
	return ok;
}

struct window {
	int64_t from, used, now;
};

/*
 * A clock that goes back renews nothing, or a device without a clock of its
 * own would begin anew with each start: no time is earlier than the last that
 * the server signed, and what was used before stays used.
 */
static bool read_window(struct db *db, int64_t now, struct window *w,
			struct err *err)
{
	int64_t floor;
	if (!read_number(db, FROM, &w->from, err) ||
	    !read_number(db, USED, &w->used, err) ||
	    !read_number(db, "time_floor", &floor, err)) {
		return false;
	}
	w->now = now > floor ? now : floor;
	if (w->now < w->from) {
		w->from = w->now;
	} else if (w->now - w->from >= RETRY_BUDGET_WINDOW_S) {
		w->from = w->now;
		w->used = 0;
	}
	return true;
}

bool retry_budget_read(struct db *db, int64_t now, struct retry_budget *budget,
		       struct err *err)
{
	struct window w;
	if (!read_window(db, now, &w, err)) {
		return false;
	}
	budget->left = w.used < RETRY_BUDGET_TRIES
			       ? (unsigned)(RETRY_BUDGET_TRIES - w.used)
			       : 0;
	/* In the clock's own time, however far behind it is. */
	budget->renewed_at = now + (w.from + RETRY_BUDGET_WINDOW_S - w.now);
	return true;
}

static bool spend(struct db *db, int64_t now, struct err *err)
{
	struct window w;
	return read_window(db, now, &w, err) &&
	       settings_set_number(db, FROM, w.from, err) &&
	       settings_set_number(db, USED, w.used + 1, err);
}

bool retry_budget_spend(struct db *db, int64_t now, struct err *err)
{
	return db_begin(db, err) && db_finish(db, spend(db, now, err), err);
}
