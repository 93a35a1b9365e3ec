#ifndef SLUICE_CGI_PEOPLE_MARKS_H
#define SLUICE_CGI_PEOPLE_MARKS_H

#include <jansson.h>

/* A mark with icon and word; tone "ok", "warn", "bad" or "". */
void marks_tag(json_t *object, const char *name, const char *tone,
	       const char *icon, const char *text);

/* A message on top of a page after something was done. */
void marks_message(json_t *view, const char *tone, const char *icon,
		   const char *word, const char *headline, const char *text);

#endif
