/*
 * Response heads: status line and fields, and what they say about the body.
 * Strict where two readers could disagree on where a message ends. Bodies
 * are http1_body.c's, requests http1_request.c's, sockets net/'s.
 */
#include "formats/http1.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "formats/http1_syntax.h"

#define HTTP1_VERSION "HTTP/1."

bool http1_head_size(const void *data, size_t have, size_t *len,
		     struct err *err)
{
	const char *text = data;
	size_t look = have < HTTP1_HEAD_MAX ? have : HTTP1_HEAD_MAX;

	for (size_t i = 0; i < look; i++) {
		if (text[i] != '\n') {
			continue;
		}
		if (i == 0 || text[i - 1] != '\r') {
			return err_set(err, ERR_INVALID,
				       "the answer is not HTTP (a line break "
				       "without CR)");
		}
		if (i >= 3 && text[i - 2] == '\n') {
			*len = i + 1;
			return true;
		}
	}
	if (have >= HTTP1_HEAD_MAX) {
		return err_set(err, ERR_LIMIT,
			       "the answer's head is longer than %d bytes",
			       HTTP1_HEAD_MAX);
	}
	*len = 0;
	return true;
}

/*
 * Takes a line off the copy: ends it with NUL in place of CR. NULL at the
 * end or when the line has no CR before its LF or one elsewhere.
 */
static char *take_line(char **at, char *end)
{
	char *line = *at;
	char *lf = memchr(line, '\n', (size_t)(end - line));

	if (lf == NULL || lf == line || lf[-1] != '\r' ||
	    !http1_is_value(line, (size_t)(lf - 1 - line))) {
		return NULL;
	}
	lf[-1] = '\0';
	*at = lf + 1;
	return line;
}

/* "HTTP/1.1 200 OK", "HTTP/1.0 200" */
static bool parse_status(const char *line, struct http1_head *head)
{
	size_t version = strlen(HTTP1_VERSION);
	const char *at = line + version;

	if (!text_starts_with(line, HTTP1_VERSION) ||
	    (at[0] != '0' && at[0] != '1') || at[1] != ' ') {
		return false;
	}
	head->minor = at[0] - '0';
	at += 2;
	if (strspn(at, "0123456789") != 3 || at[0] < '1' || at[0] > '5' ||
	    (at[3] != ' ' && at[3] != '\0')) {
		return false;
	}
	head->status = 100 * (at[0] - '0') + 10 * (at[1] - '0') + (at[2] - '0');
	head->reason = at[3] == ' ' ? at + 4 : at + 3;
	return true;
}

/* "Name: value"; a line that starts with white space is obs-fold. */
static bool parse_field(char *line, struct http1_field *field)
{
	char *colon = strchr(line, ':');

	if (colon == NULL || !http1_is_token(line, (size_t)(colon - line))) {
		return false;
	}
	*colon = '\0';
	char *value = colon + 1;
	value += strspn(value, " \t");
	size_t len = strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t')) {
		value[--len] = '\0';
	}
	field->name = line;
	field->value = value;
	return true;
}

/* Is word one of the comma-separated words of any field of this name? */
static bool has_word(const struct http1_head *head, const char *name,
		     const char *word)
{
	size_t word_len = strlen(word);

	for (size_t i = 0; i < head->count; i++) {
		if (strcasecmp(head->fields[i].name, name) != 0) {
			continue;
		}
		const char *at = head->fields[i].value;
		while (*at != '\0') {
			at += strspn(at, " \t,");
			size_t len = strcspn(at, " \t,");
			if (len == word_len &&
			    strncasecmp(at, word, len) == 0) {
				return true;
			}
			at += len;
		}
	}
	return false;
}

/* Source: RFC 9112, section 6.3. */
static bool find_framing(const char *method, struct http1_head *head,
			 struct err *err)
{
	const char *coding = http1_get(head, "Transfer-Encoding");
	const char *length = http1_get(head, "Content-Length");
	bool success = head->status >= 200 && head->status <= 299;

	if (http1_count(head, "Transfer-Encoding") > 1 ||
	    http1_count(head, "Content-Length") > 1 ||
	    (coding != NULL && length != NULL)) {
		return err_set(err, ERR_INVALID,
			       "the answer says its length twice");
	}
	if (coding != NULL &&
	    (strcasecmp(coding, "chunked") != 0 || head->minor == 0)) {
		return err_set(err, ERR_INVALID,
			       "the answer has a transfer coding other than "
			       "chunked");
	}
	if (length != NULL &&
	    !text_parse_u64(length, 0, INT64_MAX, &head->content_length)) {
		return err_set(err, ERR_INVALID,
			       "the answer's Content-Length is no number");
	}
	if (head->status < 200 || head->status == 204 || head->status == 304 ||
	    text_equal(method, "HEAD") ||
	    (text_equal(method, "CONNECT") && success)) {
		head->framing = HTTP1_NO_BODY;
	} else if (coding != NULL) {
		head->framing = HTTP1_CHUNKED;
	} else if (length != NULL) {
		head->framing = HTTP1_LENGTH;
	} else {
		head->framing = HTTP1_TO_CLOSE;
	}
	if (head->framing != HTTP1_LENGTH) {
		head->content_length = 0;
	}
	head->keep_alive = head->framing != HTTP1_TO_CLOSE &&
			   !has_word(head, "Connection", "close") &&
			   (head->minor == 1 ||
			    has_word(head, "Connection", "keep-alive"));
	return true;
}

static bool parse_lines(struct http1_head *head, size_t len, struct err *err)
{
	char *at = head->text;
	char *end = head->text + len;
	char *line = take_line(&at, end);

	if (line == NULL || !parse_status(line, head)) {
		return err_set(err, ERR_INVALID,
			       "the answer does not start with an HTTP/1.1 "
			       "status line");
	}
	for (;;) {
		line = take_line(&at, end);
		if (line != NULL && line[0] == '\0' && at == end) {
			return true;
		}
		if (line != NULL && head->count == HTTP1_FIELDS_MAX) {
			return err_set(err, ERR_LIMIT,
				       "the answer has more than %d fields",
				       HTTP1_FIELDS_MAX);
		}
		if (line == NULL ||
		    !parse_field(line, &head->fields[head->count])) {
			return err_set(err, ERR_INVALID,
				       "field %zu of the answer's head is "
				       "broken",
				       head->count + 1);
		}
		head->count++;
	}
}

bool http1_head_parse(const char *method, const void *data, size_t len,
		      struct http1_head *head, struct err *err)
{
	if (len > HTTP1_HEAD_MAX) {
		return err_set(err, ERR_LIMIT,
			       "the answer's head is longer than %d bytes",
			       HTTP1_HEAD_MAX);
	}
	struct http1_head *made = mem_zalloc(sizeof(*made));
	made->text = mem_strndup(data, len);
	bool ok =
		parse_lines(made, len, err) && find_framing(method, made, err);
	if (ok) {
		*head = *made;
	} else {
		http1_head_clear(made);
	}
	mem_free(made);
	return ok;
}

void http1_head_clear(struct http1_head *head)
{
	mem_free(head->text);
	memset(head, 0, sizeof(*head));
}

const char *http1_get(const struct http1_head *head, const char *name)
{
	for (size_t i = 0; i < head->count; i++) {
		if (strcasecmp(head->fields[i].name, name) == 0) {
			return head->fields[i].value;
		}
	}
	return NULL;
}

size_t http1_count(const struct http1_head *head, const char *name)
{
	size_t count = 0;

	for (size_t i = 0; i < head->count; i++) {
		count += strcasecmp(head->fields[i].name, name) == 0 ? 1 : 0;
	}
	return count;
}
