#ifndef SLUICE_WEB_VIEW_H
#define SLUICE_WEB_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/* Building views, the JSON objects that templates render. No memory aborts. */

/* A text; NULL is "", bytes that are no UTF-8 become U+FFFD. */
void view_text(json_t *object, const char *name, const char *text);

/*
 * A text with the times in it as people read them: "2026-11-23T14:02:07Z"
 * becomes "23 November 2026, 14:02:07 UTC".
 */
void view_prose(json_t *object, const char *name, const char *text);

/*
 * As view_prose(), with a capital at the front, unless a name with a dot stands
 * there, and a full stop at the end.
 */
void view_sentence(json_t *object, const char *name, const char *text);
void view_flag(json_t *object, const char *name, bool value);

/* A number as people read it: "1,204". */
void view_number(json_t *object, const char *name, uint64_t value);

/* About so many bytes: "12 kB", "1.4 MB". */
void view_size(json_t *object, const char *name, uint64_t bytes);

/* "1 entry", "1,204 entries". */
void view_count(json_t *object, const char *name, uint64_t count,
		const char *one, const char *many);

/* A moment (UTC): "23 November 2026, 14:02:07 UTC"; 0 gives "". */
void view_time(json_t *object, const char *name, int64_t utc);

/* New members, owned by the parent; borrowed. */
json_t *view_object(json_t *object, const char *name);
json_t *view_array(json_t *object, const char *name);
json_t *view_item(json_t *array); /* a new object at its end */
void view_item_text(json_t *array, const char *text);

/* Moments in words, for texts that are put together. */
#define VIEW_TIME_SIZE 48
void view_format_time(char dst[VIEW_TIME_SIZE],
		      int64_t utc); /* "23 November 2026, 14:02:07 UTC" */
void view_format_date(char dst[VIEW_TIME_SIZE],
		      int64_t utc); /* "23 November 2026" */

#endif
