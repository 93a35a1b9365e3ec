#ifndef SLUICE_WEB_HTML_H
#define SLUICE_WEB_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Escaping, one function a context. Input is cleaned UTF-8 first. */

/* Text between tags and values of double-quoted attributes. */
void html_put_text(struct buf *out, const char *s);
void html_put_text_bytes(struct buf *out, const char *s, size_t len);

/* One path step or one query value: all but unreserved characters as %XX. */
void html_put_url(struct buf *out, const char *s);

/*
 * A path on this site that is safe to redirect or link to: "/" first, not
 * "//" or "/\", printable ASCII only, at most 512 bytes. NULL is none.
 */
bool html_is_own_path(const char *path);

#endif
