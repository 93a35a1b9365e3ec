/*
 * Request heads. Refuses to write what a stranger could have put into a
 * value to add a line of his own. Responses are http1_head.c's.
 */
#include "formats/http1.h"

#include <string.h>

#include "formats/http1_syntax.h"

/* A request target or host: visible ASCII without spaces. */
static bool visible(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if (*at <= ' ' || *at == 0x7f) {
			return false;
		}
	}
	return text[0] != '\0';
}

static bool value_fine(const char *value)
{
	size_t len = strlen(value);

	return http1_is_value(value, len) &&
	       (len == 0 || (strchr(" \t", value[0]) == NULL &&
			     strchr(" \t", value[len - 1]) == NULL));
}

void http1_request_start(struct http1_request *w, struct buf *out,
			 const char *method, const char *target,
			 const char *host)
{
	w->out = out;
	w->begin = out->len;
	w->bad = !http1_is_token(method, strlen(method)) || !visible(target) ||
		 !visible(host);
	buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, host);
}

void http1_request_field(struct http1_request *w, const char *name,
			 const char *value)
{
	if (!http1_is_token(name, strlen(name)) || !value_fine(value)) {
		w->bad = true;
		return;
	}
	buf_put_str(w->out, name);
	buf_put_str(w->out, ": ");
	buf_put_str(w->out, value);
	buf_put_str(w->out, "\r\n");
}

void http1_request_number(struct http1_request *w, const char *name,
			  uint64_t value)
{
	char text[24];
	size_t at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	http1_request_field(w, name, text + at);
}

bool http1_request_end(struct http1_request *w, struct err *err)
{
	buf_put_str(w->out, "\r\n");
	if (w->bad) {
		/* Nothing of it may go out, not even by mistake. */
		memset(w->out->data + w->begin, 0, w->out->len - w->begin);
		w->out->len = w->begin;
		return err_set(err, ERR_INVALID,
			       "the request would hold characters that HTTP "
			       "does not allow");
	}
	return true;
}
