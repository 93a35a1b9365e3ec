/*
 * What at the machine asks for somebody: faults and low supplies. Pure. What
 * of it is news is decided by domain/alarms, which knows what stood before.
 * Only fields of class machine are read: a key or text holds nobody's name.
 */
#include "client/conditions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/line.h"

#define LEVEL_MAX INT64_C(1000000000000) /* times 100 fits */
#define SEVERITIES "critical warning warningBinaryChangeEvent"

struct finding {
	struct condition *at;
	size_t count;
};

static struct condition *add(struct finding *f)
{
	f->at = mem_resize(f->at, (f->count + 1) * sizeof(*f->at));
	struct condition *c = &f->at[f->count++];
	memset(c, 0, sizeof(*c));
	return c;
}

static const char *text_of(const struct item *group, const char *name)
{
	const char *text = item_text(group, name);
	return text != NULL && !text_equal(text, "unknown") ? text : "-";
}

/* ---- faults ---- */

static struct condition *find(struct finding *f, const char *key)
{
	for (size_t i = 0; i < f->count; i++) {
		if (text_equal(f->at[i].key, key)) {
			return &f->at[i];
		}
	}
	return NULL;
}

static void put_fault_text(const struct item *fault, const char *severity,
			   char text[ALARM_TEXT_SIZE])
{
	const char *code = text_of(fault, "Code");
	const char *group = text_of(fault, "Group");
	struct buf words = BUF_INIT;
	buf_put_str(&words, text_equal(code, "-") ? "a fault" : code);
	if (!text_equal(group, "-")) {
		buf_printf(&words, " at %s", group);
	}
	if (!text_equal(group, "-") &&
	    !text_equal(text_of(fault, "GroupIndex"), "-")) {
		buf_printf(&words, " %s", text_of(fault, "GroupIndex"));
	}
	buf_printf(&words, " (%s)",
		   text_equal(severity, "critical") ? "critical" : "warning");
	line_copy(text, ALARM_TEXT_SIZE, buf_str(&words));
	buf_clear(&words);
}

static void add_fault(struct finding *f, const struct item *fault)
{
	const char *severity = text_of(fault, "SeverityLevel");
	int64_t began = 0;
	char key[ALARM_KEY_SIZE];
	struct buf words = BUF_INIT;
	if (!field_word_in(SEVERITIES, severity)) {
		return;
	}
	buf_printf(&words, "fault %.20s %.20s %.20s %.40s",
		   text_of(fault, "Group"), text_of(fault, "GroupIndex"),
		   text_of(fault, "Location"), text_of(fault, "Code"));
	line_copy(key, sizeof(key), buf_str(&words));
	buf_clear(&words);
	if (!clock_parse(text_of(fault, "Time"), &began)) {
		began = 0;
	}
	struct condition *c = find(f, key);
	if (c != NULL) {
		/* One without a time stands now; else the newest counts. */
		c->began_at = c->began_at == 0 || began == 0 ? 0
			      : began > c->began_at          ? began
							     : c->began_at;
		return;
	}
	c = add(f);
	memcpy(c->key, key, sizeof(key));
	put_fault_text(fault, severity, c->text);
	c->state = CONDITION_RAISED;
	c->is_fault = true;
	c->services = SERVICE_BIT(SERVICE_MAINTENANCE);
	c->began_at = began;
}

/* ---- supplies ---- */

/* A number, or -1 for what is none or absent. */
static int64_t number(const struct item *supply, const char *name)
{
	const char *text = item_text(supply, name);
	int64_t value;
	return text != NULL && text_parse_i64(text, 0, LEVEL_MAX, &value)
		       ? value
		       : -1;
}

static int64_t capacity_of(const struct item *supply)
{
	const struct item *level = item_find(supply, "Level");
	int64_t capacity = number(supply, "MaxCapacity");
	if (capacity > 0) {
		return capacity;
	}
	return text_equal(level->unit, "percent") ? 100 : -1;
}

static bool is_receptacle(const struct item *supply)
{
	const char *class = text_of(supply, "Class");
	return text_equal(class, "receptacleThatIsFilled") ||
	       (text_equal(class, "-") &&
		text_starts_with(text_of(supply, "Type"), "waste"));
}

/* How far a level must come back; at least 1. */
static int64_t margin(int64_t capacity, int64_t threshold)
{
	int64_t back = capacity > 0 ? capacity * CONDITIONS_HYSTERESIS / 100
				    : threshold / 2;
	return back > 0 ? back : 1;
}

/* Levels between which it is neither low nor clear. */
struct bounds {
	int64_t raise, clear;
};

/* false: there is nothing to compare with. */
static bool low_bounds(const struct item *supply, int64_t capacity, int low,
		       struct bounds *b)
{
	int64_t own = number(supply, "LowLevel");
	bool usable = own > 0 && (capacity < 0 || own < capacity);
	if (!usable && capacity < 0) {
		return false;
	}
	/* Rounded up, so that a small capacity has a threshold at all. */
	b->raise = usable ? own : (capacity * low + 99) / 100;
	b->clear = b->raise + margin(capacity, b->raise);
	if (capacity > 0 && b->clear > capacity) {
		b->clear = capacity;
	}
	return true;
}

static bool high_bounds(const struct item *supply, int64_t capacity, int low,
			struct bounds *b)
{
	int64_t own = number(supply, "HighLevel");
	bool usable = own > 0 && (capacity < 0 || own < capacity);
	if (!usable && capacity < 0) {
		return false;
	}
	b->raise = usable ? own : capacity * (100 - low) / 100;
	b->clear = b->raise - margin(capacity, b->raise);
	if (b->clear < 0) {
		b->clear = 0;
	}
	return true;
}

/* "below" its threshold, or empty; a receptacle above, or full. */
static enum condition_state judge(const struct item *supply, int64_t level,
				  int low)
{
	int64_t capacity = capacity_of(supply);
	struct bounds b;
	if (is_receptacle(supply)) {
		if (!high_bounds(supply, capacity, low, &b)) {
			return CONDITION_UNSET;
		}
		return level > b.raise || (capacity > 0 && level >= capacity)
			       ? CONDITION_RAISED
		       : level <= b.clear ? CONDITION_CLEAR
					  : CONDITION_BETWEEN;
	}
	if (text_equal(text_of(supply, "Class"), "other") ||
	    !low_bounds(supply, capacity, low, &b)) {
		return CONDITION_UNSET;
	}
	return level < b.raise || level == 0 ? CONDITION_RAISED
	       : level >= b.clear            ? CONDITION_CLEAR
					     : CONDITION_BETWEEN;
}

static unsigned services_of(const struct item *supply)
{
	const struct service *parts = service_of(SERVICE_PARTS);
	return SERVICE_BIT(SERVICE_SUPPLIES) |
	       (parts->keeps == NULL ||
				parts->keeps(DOCUMENT_SUPPLIES_USAGE, supply)
			? SERVICE_BIT(SERVICE_PARTS)
			: 0);
}

static void put_supply_text(const struct item *supply, int64_t level,
			    char text[ALARM_TEXT_SIZE])
{
	const char *colour = item_text(supply, "ColorantName");
	int64_t capacity = capacity_of(supply);
	struct buf words = BUF_INIT;
	buf_printf(&words, "%s %s", text_of(supply, "Type"),
		   text_of(supply, "Index"));
	if (colour != NULL) {
		buf_printf(&words, " (%s)", colour);
	}
	if (capacity > 0) {
		buf_printf(&words, " at %" PRId64 " %%",
			   level * 100 / capacity);
	} else {
		buf_printf(&words, " at level %" PRId64, level);
	}
	line_copy(text, ALARM_TEXT_SIZE, buf_str(&words));
	buf_clear(&words);
}

static void add_supply(struct finding *f, const struct item *supply, int low)
{
	int64_t level = number(supply, "Level");
	enum condition_state state =
		level < 0 ? CONDITION_UNSET : judge(supply, level, low);
	struct buf words = BUF_INIT;
	if (state == CONDITION_UNSET) {
		return;
	}
	struct condition *c = add(f);
	buf_printf(&words, "supply %.20s %.40s", text_of(supply, "Index"),
		   text_of(supply, "Type"));
	line_copy(c->key, sizeof(c->key), buf_str(&words));
	buf_clear(&words);
	put_supply_text(supply, level, c->text);
	c->state = state;
	c->services = services_of(supply);
}

void conditions_find(const struct collected *collected, int low_supply,
		     struct condition **list, size_t *count)
{
	struct finding f = { *list, *count };
	const struct item *faults = collected->documents[DOCUMENT_FAULTS];
	const struct item *supplies =
		collected->documents[DOCUMENT_SUPPLIES_USAGE];
	for (const struct item *i = faults != NULL ? faults->children : NULL;
	     i != NULL; i = i->next) {
		add_fault(&f, i);
	}
	for (const struct item *i = supplies != NULL ? supplies->children
						     : NULL;
	     i != NULL; i = i->next) {
		add_supply(&f, i, low_supply);
	}
	*list = f.at;
	*count = f.count;
}
