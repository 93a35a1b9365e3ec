#ifndef SLUICE_FORMATS_HTTP1_SYNTAX_H
#define SLUICE_FORMATS_HTTP1_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

/* Small questions of RFC 9110 syntax. Private to formats/http1_*.c */

/* A token (method, field name) of at least one character? */
bool http1_is_token(const char *text, size_t len);

/* Text that a field value may hold: no control character but TAB? */
bool http1_is_value(const char *text, size_t len);

#endif
