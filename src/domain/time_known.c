/*
 * Reckons what is known of the time. Kept are the floor, where the newest fact
 * is from, and of the last fresh answer how far the clock was ahead of it,
 * with the clock as it stood then: a clock that stands before that was set
 * back. Pure but for the settings; who learns is client/link.c and the
 * check-in, what the build is configure's (time_built.c). How certificates are
 * judged by it is net/tls_peer.c's. The one way in which the floor goes back,
 * by the owner's word, is time_floor.c's.
 */
#include "domain/time_known_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "domain/settings.h"

#define TIME_MOST INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
/* Clocks of small devices lose or gain up to 200 millionths, 17 s a day. */
#define DRIFT_PART 5000

static const struct {
	const char *name; /* in the setting time_source */
	const char *words;
} sources[TIME_SOURCES] = {
	[TIME_SOURCE_UNSET] = { "", "this device's clock" },
	[TIME_SOURCE_BUILD] = { "build", "the build of this program" },
	[TIME_SOURCE_RECEIPT] = { "receipt", "a receipt of the server" },
	[TIME_SOURCE_CHECKIN] = { "check-in", "the server's signed answer" },
	[TIME_SOURCE_OWNER] = { "owner", "the word of this device's owner" },
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static enum time_source source_by_name(const char *name)
{
	for (int i = TIME_SOURCE_BUILD; i < TIME_SOURCES; i++) {
		if (text_equal(sources[i].name, name)) {
			return (enum time_source)i;
		}
	}
	return TIME_SOURCE_BUILD;
}

/* A value that is damaged counts as never set. */
static void take_setting(void *ctx, const char *name, const char *value)
{
	struct time_facts *f = ctx;
	const struct {
		const char *name;
		int64_t least;
		int64_t *to;
	} numbers[] = {
		{ "time_floor", 0, &f->floor },
		{ "time_source_at", 0, &f->source_at },
		{ "time_ahead", -TIME_MOST, &f->ahead },
		{ "time_within", -1, &f->within },
		{ "time_clock", 0, &f->clock },
		{ "time_agreed", 0, &f->agreed },
		{ "time_early", 0, &f->early },
		{ "time_base", 0, &f->base },
		{ "time_base_clock", 0, &f->base_clock },
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t number;
		if (text_equal(numbers[i].name, name) &&
		    text_parse_i64(value, numbers[i].least, TIME_MOST,
				   &number)) {
			*numbers[i].to = number;
		}
	}
	if (text_equal(name, "time_source")) {
		f->source = source_by_name(value);
	}
}

bool time_facts_read(struct db *db, struct time_facts *f, struct err *err)
{
	*f = (struct time_facts){ .source = TIME_SOURCE_BUILD, .within = -1 };
	return settings_each(db, "time_", take_setting, f, err);
}

bool time_facts_write(struct db *db, const struct time_facts *f,
		      struct err *err)
{
	const struct {
		const char *name;
		int64_t value;
	} numbers[] = {
		{ "time_floor", f->floor },
		{ "time_source_at", f->source_at },
		{ "time_ahead", f->ahead },
		{ "time_within", f->within },
		{ "time_clock", f->clock },
		{ "time_agreed", f->agreed },
		{ "time_early", f->early },
		{ "time_base", f->base },
		{ "time_base_clock", f->base_clock },
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char text[24];
		(void)snprintf(text, sizeof(text), "%" PRId64,
			       numbers[i].value);
		if (!settings_set(db, numbers[i].name, text, err)) {
			return false;
		}
	}
	return settings_set(db, "time_source", sources[f->source].name, err);
}

/* ---- reckoning ---- */

static bool is_believed(const struct time_facts *f, int64_t now)
{
	return now >= f->floor - TIME_CLOCK_TOLERANCE_S &&
	       now <= f->floor + TIME_BELIEVED_S;
}

/* Does what the last fresh answer said of the clock still hold? */
static bool holds(const struct time_facts *f, int64_t now)
{
	return f->clock > 0 && now >= f->clock &&
	       now - f->ahead <= f->floor + TIME_BELIEVED_S;
}

/* The clock, put right if it can be. */
static void reckon_told(const struct time_facts *f, int64_t now,
			struct time_known *known)
{
	bool told = holds(f, now);
	int64_t best = told ? now - f->ahead : now;
	int64_t slack = 0;
	int64_t low = best, high = best;
	if (told && f->within >= 0) {
		slack = f->within + 1 + (now - f->clock) / DRIFT_PART;
		known->within_s = slack;
	} else if (told) {
		/* The server says one thing, a clock that was right another. */
		low = earlier(best, now);
		high = later(best, now);
	}
	known->best = later(best, f->floor);
	known->earliest = later(low - slack, f->floor);
	known->latest = later(high + slack, known->best);
}

/*
 * A clock before the build is wrong. One between build and floor may be right,
 * and the floor too far ahead.
 */
static enum time_doubt doubt_of(const struct time_facts *f, int64_t now)
{
	if (f->early != 0) {
		return TIME_DOUBT_ANSWER;
	}
	return now >= time_known_build() - TIME_CLOCK_TOLERANCE_S &&
			       now < f->floor - TIME_CLOCK_TOLERANCE_S
		       ? TIME_DOUBT_CLOCK
		       : TIME_DOUBT_UNSET;
}

static void reckon(const struct time_facts *f, int64_t clock,
		   struct time_known *known)
{
	int64_t now = later(0, earlier(clock, TIME_MOST));
	*known = (struct time_known){ .earliest = f->floor,
				      .latest = INT64_MAX,
				      .best = f->floor,
				      .floor = f->floor,
				      .source = f->source,
				      .source_at = f->source_at,
				      .within_s = -1,
				      .doubt = doubt_of(f, now),
				      .early = f->early,
				      .answer = f->clock > 0
							? f->clock - f->ahead
							: 0 };
	if (holds(f, now) || is_believed(f, now)) {
		reckon_told(f, now, known);
	}
	int64_t ahead = now - known->best;
	bool off = ahead > TIME_CLOCK_TOLERANCE_S ||
		   ahead < -TIME_CLOCK_TOLERANCE_S;
	known->clock_ahead_s = off ? ahead : 0;
}

/* The build is newer than what was learned. */
static void count_build(struct time_facts *f)
{
	if (time_known_build() > f->floor) {
		f->floor = time_known_build();
		f->source = TIME_SOURCE_BUILD;
		f->source_at = 0;
	}
}

bool time_known_read(struct db *db, int64_t now, struct time_known *known,
		     struct err *err)
{
	struct time_facts f;
	if (!time_facts_read(db, &f, err)) {
		return false;
	}
	count_build(&f);
	reckon(&f, now, known);
	return true;
}

bool time_known_judge(struct db *db, int64_t now, int64_t *best,
		      int64_t *proved, struct err *err)
{
	struct time_facts f;
	struct time_known known;
	if (!time_facts_read(db, &f, err)) {
		return false;
	}
	*best = now;
	*proved = now;
	if (f.floor > 0) {
		reckon(&f, now, &known);
		*best = known.best;
		/* A server that the clock contradicts proves nothing. */
		*proved = known.within_s >= 0 || is_believed(&f, now)
				  ? known.earliest
				  : known.floor;
	}
	return true;
}

bool time_known_doubt(struct db *db, struct err *err)
{
	struct time_facts f;
	if (!time_facts_read(db, &f, err)) {
		return false;
	}
	int64_t floor = f.floor;
	count_build(&f);
	if (f.floor == floor && f.clock == 0) {
		return true;
	}
	f.clock = 0;
	f.within = -1;
	f.base = f.floor;
	f.base_clock = 0;
	return db_begin(db, err) &&
	       db_finish(db, time_facts_write(db, &f, err), err);
}

/* ---- learning ---- */

/*
 * Is the clock one that signed answers agreed with, or the build? It must not
 * lose that by answers that are ahead of it: by a few of them a server could
 * go on to any year, and this device would never believe a certificate again.
 */
static bool was_right(const struct time_facts *f, int64_t now)
{
	int64_t agreed = later(f->agreed, time_known_build());
	return now >= agreed - TIME_CLOCK_TOLERANCE_S &&
	       now <= agreed + TIME_BELIEVED_S;
}

/* How far ahead a signed time may be. */
static int64_t farthest(struct time_facts *f, int64_t now)
{
	if (was_right(f, now)) {
		return now + TIME_STEP_S;
	}
	/* For a clock that tells nothing: once, and on at its pace. */
	if (f->base_clock == 0) {
		f->base = f->base == 0 ? f->floor : f->base;
		f->base_clock = later(1, now);
	}
	int64_t pace = later(0, now - f->base_clock);
	return earlier(f->floor, f->base + pace) + TIME_BELIEVED_S;
}

/* Takes a signed time in. true = it changes anything. */
static bool take(struct time_facts *f, enum time_source source,
		 int64_t signed_at, int64_t asked_at, int64_t now)
{
	bool right = was_right(f, now);
	int64_t off = now - signed_at;
	bool agrees =
		off <= TIME_CLOCK_TOLERANCE_S && off >= -TIME_CLOCK_TOLERANCE_S;
	bool near = agrees || signed_at <= farthest(f, now);
	bool fresh = asked_at > 0 && asked_at <= now;
	if (fresh && signed_at < f->floor - TIME_CLOCK_TOLERANCE_S) {
		/* Its clock is wrong, or the floor: a person has to say. */
		f->early = signed_at;
		return true;
	}
	if (signed_at < f->floor - TIME_CLOCK_TOLERANCE_S ||
	    (!near &&
	     (!fresh || !right || signed_at > f->floor + TIME_BELIEVED_S))) {
		return false; /* the server's clock is wrong, or it is old */
	}
	bool newer = near && signed_at > f->floor;
	if (newer || fresh) {
		f->source = source;
		f->source_at = signed_at;
	}
	if (newer) {
		f->floor = signed_at;
	}
	if (agrees) {
		f->agreed = later(f->agreed, signed_at);
	}
	if (fresh) {
		f->early = 0;
		f->ahead = off;
		f->within = near ? now - asked_at : -1;
		f->clock = later(1, now);
	}
	return newer || fresh;
}

static void put_span(struct buf *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {
		{ INT64_C(31557600), "year" },
		{ 86400, "day" },
		{ 3600, "hour" },
		{ 60, "minute" },
		{ 1, "second" },
	};
	size_t i = 0;
	while (units[i].seconds > 1 && seconds < 2 * units[i].seconds) {
		i++;
	}
	int64_t count = seconds / units[i].seconds;
	buf_printf(out, "%" PRId64 " %s%s", count, units[i].name,
		   count == 1 ? "" : "s");
}

/* "13 years ahead" */
static void put_ahead(struct buf *out, int64_t ahead)
{
	put_span(out, ahead < 0 ? -ahead : ahead);
	buf_put_str(out, ahead < 0 ? " behind" : " ahead");
}

static bool write_entry(struct db *db, int64_t signed_at,
			const struct time_facts *f, int64_t now,
			struct err *err)
{
	char at[CLOCK_TEXT_SIZE], floor[CLOCK_TEXT_SIZE];
	struct buf text = BUF_INIT;
	clock_format(at, signed_at);
	clock_format(floor, f->floor);
	if (f->early != 0) {
		buf_printf(&text,
			   "the server's signed time is %s, but it is past %s "
			   "by %s: one of the two is wrong",
			   at, floor, sources[f->source].words);
	} else {
		buf_printf(&text,
			   "the server's signed time is %s; the clock, whose "
			   "time entries have, is ",
			   at);
		put_ahead(&text, now - signed_at);
	}
	bool ok = ledger_configuration(db, "daemon", NULL, buf_str(&text), now,
				       err);
	buf_clear(&text);
	return ok;
}

/* Is it off, or the floor, and otherwise than it was known to be? */
static bool is_news(const struct time_facts *before,
		    const struct time_facts *after)
{
	if (after->early != 0) {
		return before->early == 0;
	}
	int64_t change = after->ahead - before->ahead;
	bool off = after->ahead > TIME_CLOCK_TOLERANCE_S ||
		   after->ahead < -TIME_CLOCK_TOLERANCE_S;
	return off && (change > TIME_CLOCK_TOLERANCE_S ||
		       change < -TIME_CLOCK_TOLERANCE_S);
}

static bool learn(struct db *db, enum time_source source, int64_t signed_at,
		  int64_t asked_at, int64_t now, bool *news, struct err *err)
{
	struct time_facts before;
	if (!time_facts_read(db, &before, err)) {
		return false;
	}
	count_build(&before);
	struct time_facts after = before;
	if (!take(&after, source, signed_at, asked_at, now)) {
		return true;
	}
	*news = is_news(&before, &after);
	return time_facts_write(db, &after, err) &&
	       (!*news || write_entry(db, signed_at, &after, now, err));
}

bool time_known_learn(struct db *db, enum time_source source, int64_t signed_at,
		      int64_t asked_at, int64_t now, bool *jumped,
		      struct err *err)
{
	bool news = false;
	if (signed_at > 0 && signed_at <= TIME_MOST && now <= TIME_MOST &&
	    (!db_begin(db, err) ||
	     !db_finish(db,
			learn(db, source, signed_at, asked_at, later(0, now),
			      &news, err),
			err))) {
		return false;
	}
	if (jumped != NULL) {
		*jumped = news;
	}
	return true;
}

/* ---- words ---- */

const char *time_known_from(const struct time_known *known)
{
	bool by_clock = known->within_s < 0 && known->earliest > known->floor;
	return sources[by_clock ? TIME_SOURCE_UNSET : known->source].words;
}

const char *time_known_source(const struct time_known *known)
{
	return sources[known->source].words;
}

static void put_source(struct buf *out, const struct time_known *known)
{
	char at[CLOCK_WORDS_SIZE];
	clock_minute(at,
		     known->source_at != 0 ? known->source_at : known->floor);
	buf_printf(out, "%s of %s", sources[known->source].words, at);
}

static void put_clock(struct buf *out, const struct time_known *known)
{
	if (known->clock_ahead_s != 0) {
		buf_put_str(out, " This device's clock is ");
		put_ahead(out, known->clock_ahead_s);
		buf_put_str(out, "; set it.");
	}
}

void time_known_put(struct buf *out, const struct time_known *known)
{
	if (known->within_s >= 0) {
		buf_put_str(out, "Time known to within ");
		put_span(out, known->within_s);
		buf_put_str(out, ", from ");
		put_source(out, known);
		buf_put_char(out, '.');
		put_clock(out, known);
		return;
	}
	const char *words =
		known->latest != INT64_MAX
			? "Time taken from this device's clock, which no "
			  "signed answer has confirmed since the client "
			  "started; it"
		: known->clock_ahead_s < 0
			? "Time not known: this device's clock cannot be "
			  "right. It"
			: "Time not known: this device's clock is too far "
			  "ahead to be believed. It";
	buf_put_str(out, words);
	buf_put_str(out, " is later than ");
	put_source(out, known);
	buf_put_char(out, '.');
	put_clock(out, known);
}

void time_known_put_doubt(struct buf *out, const struct time_known *known,
			  int64_t clock)
{
	static const struct {
		const char *before, *after;
	} words[] = {
		[TIME_DOUBT_UNSET] = { "", "" },
		[TIME_DOUBT_CLOCK] = { "This device's clock says ",
				       ", and is taken to be behind. If the "
				       "clock is right, what is known of the "
				       "time was led ahead, by a server whose "
				       "time was wrong: " },
		[TIME_DOUBT_ANSWER] = { "The server's last signed answer says ",
					", which is before that: either its "
					"time is wrong now, or it was before. "
					"If it was before: " },
	};
	char at[CLOCK_WORDS_SIZE];
	if (known->doubt == TIME_DOUBT_UNSET) {
		return;
	}
	clock_minute(at,
		     known->doubt == TIME_DOUBT_CLOCK ? clock : known->early);
	buf_put_str(out, words[known->doubt].before);
	buf_put_str(out, at);
	buf_put_str(out, words[known->doubt].after);
	buf_put_str(out, "the owner lowers it at the machine, with \"sluice "
			 "time lower\".");
}
