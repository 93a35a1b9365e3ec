/*
 * The bytes of a month: booked before they leave, put right after. Each
 * change is one small transaction, or part of the caller's, so the count
 * outlives a power cut; what was booked and then cut off counts as gone.
 */
#include "domain/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/settings.h"
#include "domain/time_known.h"

#define MONTH_SIZE 8 /* "2026-11" */
#define RECORD_BYTES ((uint64_t)16 * 1024)
#define RECORD_MORE 29    /* head, nonce and tag of a record */
#define SLICES_A_SECOND 8 /* net/pace.c sends no larger ones */
/* Two handshakes with a chain of certificates, and heads of requests. */
#define FIXED_BYTES 16384

uint64_t queue_cost(uint64_t bytes, uint64_t rate)
{
	uint64_t slice = RECORD_BYTES;
	if (rate != 0 && rate / SLICES_A_SECOND < slice) {
		slice = rate >= SLICES_A_SECOND ? rate / SLICES_A_SECOND : 1;
	}
	return bytes + (bytes / slice + 1) * RECORD_MORE + FIXED_BYTES;
}

/* The counter as it stands now. */
struct counter {
	char month[MONTH_SIZE];
	uint64_t used;
	int64_t ends_at;
};

static void month_of(char month[MONTH_SIZE], int64_t at)
{
	char text[CLOCK_TEXT_SIZE];
	clock_format(text, at);
	memcpy(month, text, MONTH_SIZE - 1);
	month[MONTH_SIZE - 1] = '\0';
}

/* The first moment after a month. */
static int64_t end_of(const char *month)
{
	char text[CLOCK_TEXT_SIZE + 16];
	unsigned year = 0, number = 0;
	int64_t at = INT64_MAX;
	(void)sscanf(month, "%4u-%2u", &year, &number);
	(void)snprintf(text, sizeof(text), "%04u-%02u-01T00:00:00Z",
		       number == 12 ? year + 1 : year,
		       number == 12 ? 1 : number + 1);
	return clock_parse(text, &at) ? at : INT64_MAX;
}

/*
 * Which month is counted in: the kept one until time has passed it. One that
 * lies ahead was begun by a clock that was wrong; when a signed answer proves
 * that, what was counted is counted in this one.
 */
static void place(struct counter *c, const struct time_known *time)
{
	char now[MONTH_SIZE], latest[MONTH_SIZE] = "9999-12";
	month_of(now, time->best);
	if (time->within_s >= 0) {
		month_of(latest, time->latest);
	}
	if (strcmp(c->month, now) < 0) {
		c->used = 0;
		memcpy(c->month, now, sizeof(now));
	} else if (strcmp(c->month, latest) > 0) {
		memcpy(c->month, now, sizeof(now));
	}
}

static bool read_counter(struct db *db, int64_t now, struct counter *c,
			 struct err *err)
{
	struct time_known time;
	struct buf month = BUF_INIT, used = BUF_INIT;
	memset(c, 0, sizeof(*c));
	bool ok = settings_get(db, "month_at", &month, err) &&
		  settings_get(db, "month_used", &used, err) &&
		  time_known_read(db, now, &time, err);
	if (ok) {
		/* Damaged counts as nothing: it must not stop a device. */
		if (!text_copy(c->month, sizeof(c->month), buf_str(&month)) ||
		    !text_parse_u64(buf_str(&used), 0, INT64_MAX, &c->used)) {
			memset(c, 0, sizeof(*c));
		}
		place(c, &time);
		c->ends_at = end_of(c->month);
		if (c->ends_at != INT64_MAX) {
			c->ends_at += now - time.best;
		}
	}
	buf_clear(&month);
	buf_clear(&used);
	return ok;
}

bool queue_month_read(struct db *db, int64_t now, struct queue_month *month,
		      struct err *err)
{
	struct counter c;
	struct queue_limits limits;
	if (!read_counter(db, now, &c, err) ||
	    !queue_limits_read(db, &limits, err)) {
		return false;
	}
	*month = (struct queue_month){
		.used = c.used,
		.left = limits.month == 0       ? UINT64_MAX
			: limits.month > c.used ? limits.month - c.used
						: 0,
		.ends_at = c.ends_at,
	};
	return true;
}

static bool write_counter(struct db *db, const struct counter *c,
			  struct err *err)
{
	char used[24];
	(void)snprintf(used, sizeof(used), "%" PRIu64, c->used);
	return settings_set(db, "month_at", c->month, err) &&
	       settings_set(db, "month_used", used, err);
}

/* more of it, and then less of it, down to nothing. */
static bool adjust(struct db *db, uint64_t more, uint64_t less, int64_t now,
		   struct err *err)
{
	struct counter c;
	if (!read_counter(db, now, &c, err)) {
		return false;
	}
	c.used = more > INT64_MAX - c.used ? INT64_MAX : c.used + more;
	c.used -= less < c.used ? less : c.used;
	return write_counter(db, &c, err);
}

static bool book(struct db *db, uint64_t bytes, int64_t now, struct err *err)
{
	struct queue_month month;
	if (!queue_month_read(db, now, &month, err)) {
		return false;
	}
	if (bytes > month.left) {
		return err_set(err, ERR_LIMIT,
			       "Not sent: this month's limit is used up. An "
			       "administrator can change it (month_limit).");
	}
	return adjust(db, bytes, 0, now, err);
}

bool queue_book(struct db *db, uint64_t bytes, int64_t now, struct err *err)
{
	return db_begin(db, err) &&
	       db_finish(db, book(db, bytes, now, err), err);
}

bool queue_settle(struct db *db, uint64_t booked, uint64_t left, int64_t now,
		  struct err *err)
{
	return booked == left ||
	       (db_begin(db, err) &&
		db_finish(db,
			  adjust(db, left > booked ? left - booked : 0,
				 booked > left ? booked - left : 0, now, err),
			  err));
}
