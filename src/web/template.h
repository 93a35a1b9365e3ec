#ifndef SLUICE_WEB_TEMPLATE_H
#define SLUICE_WEB_TEMPLATE_H

#include <stdbool.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/embedded.h"
#include "base/err.h"

/*
 * Renders "NAME.html" of a table of embedded templates with a JSON object.
 *
 *	{{name}}      the value, escaped for text and double-quoted attributes
 *	{{%name}}     the value, percent-encoded for a path step or query value
 *	{{.}}         the current item of an array of texts
 *	{{a.b}}       a member of a member
 *	{{#name}}..{{/name}}  for each item of an array; once with an object as
 *	              context; once if true, a number or a text that is not ""
 *	{{^name}}..{{/name}}  if none of these
 *	{{>stem}}     another template of the table, here
 *	{{!comment}}  nothing
 *
 * There is no raw output. Names are looked for in the innermost context
 * first. A section, partial or comment that stands alone on its line takes
 * the line with it. A value that is missing is an error (a misspelt name); a
 * section that is missing is false. Values are texts, whole numbers, true,
 * false.
 * Errors: BUG (a fault of the template: text names it and the line).
 */
#define TEMPLATE_DEPTH_MAX 32

MUST_USE bool template_render(const struct embedded *templates,
			      const char *stem, const json_t *view,
			      struct buf *out, struct err *err);

#endif
