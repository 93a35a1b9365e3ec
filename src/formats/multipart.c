/*
 * A pull reader over one window. A delimiter can lie across two reads, so
 * the last bytes of the window that could begin one are held back until more
 * is here. Which page may get a file is web/router's matter; what becomes of
 * it the page's.
 */
#include "formats/multipart.h"

#include <assert.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "base/text.h"

#define WINDOW (64 * 1024)
#define TYPE "multipart/form-data"
#define LEAD "\r\n--" /* in front of the boundary */
#define DELIMITER_MAX (sizeof(LEAD) - 1 + MULTIPART_BOUNDARY_MAX)
#define WORD_MAX URLENCODED_NAME_MAX

enum state { AT_FIELDS = 0, AT_FILE, AT_END, BROKEN };

struct multipart {
	multipart_read_fn *read;
	void *ctx;
	enum state state;
	char delimiter[DELIMITER_MAX + 1];
	size_t delimiter_len;
	size_t fields_bytes; /* of the fields, so far */
	size_t at, have;     /* what is not taken yet of the window */
	size_t content;      /* from at on, known to hold no delimiter */
	uint8_t window[WINDOW];
};

static bool broken(struct err *err)
{
	return err_set(err, ERR_INVALID,
		       "The form with the file is not as it should be.");
}

/* ---- the boundary ---- */

/* Without a space at its end; no comma or the like needs to be known. */
static bool boundary_char(char c)
{
	static const char others[] = "'()+_,-./:=?";
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr(others, c));
}

bool multipart_is_type(const char *content_type)
{
	size_t len = sizeof(TYPE) - 1;
	return strncasecmp(content_type, TYPE, len) == 0 &&
	       (content_type[len] == '\0' || content_type[len] == ';' ||
		content_type[len] == ' ');
}

static const char *skip_space(const char *text)
{
	return text + strspn(text, " \t");
}

/* The one parameter that there may be; a browser sends no other. */
static bool read_boundary(const char *content_type, struct multipart *m)
{
	static const char name[] = "boundary=";
	const char *at = skip_space(content_type + sizeof(TYPE) - 1);
	if (*at != ';') {
		return false;
	}
	at = skip_space(at + 1);
	if (strncasecmp(at, name, sizeof(name) - 1) != 0) {
		return false;
	}
	at += sizeof(name) - 1;
	bool quoted = *at == '"';
	at += quoted;
	size_t len = 0;
	while (boundary_char(at[len])) {
		len++;
	}
	if (len == 0 || len > MULTIPART_BOUNDARY_MAX ||
	    (quoted && at[len] != '"') ||
	    *skip_space(at + len + quoted) != '\0') {
		return false;
	}
	memcpy(m->delimiter, LEAD, sizeof(LEAD) - 1);
	memcpy(m->delimiter + sizeof(LEAD) - 1, at, len);
	m->delimiter_len = sizeof(LEAD) - 1 + len;
	return true;
}

bool multipart_open(const char *content_type, multipart_read_fn *read,
		    void *ctx, struct multipart **multipart, struct err *err)
{
	struct multipart *m = mem_zalloc(sizeof(*m));
	m->read = read;
	m->ctx = ctx;
	if (!multipart_is_type(content_type) ||
	    !read_boundary(content_type, m)) {
		mem_free(m);
		return broken(err);
	}
	/* Content of a file must not be swapped out. Not everybody may. */
	(void)mlock(m->window, sizeof(m->window));
	/* The first delimiter stands at the beginning of a line, too. */
	memcpy(m->window, LEAD, 2);
	m->have = 2;
	*multipart = m;
	return true;
}

void multipart_close(struct multipart *multipart)
{
	if (multipart != NULL) {
		mem_burn(multipart->window, sizeof(multipart->window));
		(void)munlock(multipart->window, sizeof(multipart->window));
		mem_free(multipart);
	}
}

/* ---- the window ---- */

/* More of the input. INVALID at its end: the caller still waits for some. */
static bool fill(struct multipart *m, struct err *err)
{
	memmove(m->window, m->window + m->at, m->have - m->at);
	m->have -= m->at;
	m->at = 0;
	assert(m->have < WINDOW);
	ssize_t got = m->read(m->ctx, m->window + m->have, WINDOW - m->have);
	if (got <= 0) {
		return err_set(err, ERR_INVALID,
			       "The form with the file did not arrive whole.");
	}
	m->have += (size_t)got;
	return true;
}

static bool need(struct multipart *m, size_t len, struct err *err)
{
	while (m->have - m->at < len) {
		if (!fill(m, err)) {
			return false;
		}
	}
	return true;
}

static void take(struct multipart *m, size_t len)
{
	m->at += len;
	m->fields_bytes += m->state == AT_FIELDS ? len : 0;
}

/* ---- the head of a part ---- */

struct part {
	char name[WORD_MAX + 1];
	bool has_disposition, is_file;
};

/*
 * "; name=\"value\"". Browsers write a quote in a value as %22, and a
 * backslash as it is. NULL = not so.
 */
static const char *read_parameter(const char *at, char name[WORD_MAX + 1],
				  const char **value, size_t *len)
{
	at = skip_space(at);
	if (*at != ';') {
		return NULL;
	}
	at = skip_space(at + 1);
	size_t name_len = strcspn(at, "=");
	if (at[name_len] != '=' || at[name_len + 1] != '"' ||
	    name_len > WORD_MAX) {
		return NULL;
	}
	memcpy(name, at, name_len);
	name[name_len] = '\0';
	*value = at + name_len + 2;
	*len = strcspn(*value, "\"");
	return (*value)[*len] == '"' ? *value + *len + 1 : NULL;
}

static bool read_disposition(const char *value, struct part *part)
{
	static const char kind[] = "form-data";
	const char *at = value + sizeof(kind) - 1, *text;
	char name[WORD_MAX + 1];
	size_t len;
	if (part->has_disposition ||
	    strncasecmp(value, kind, sizeof(kind) - 1) != 0) {
		return false;
	}
	while (*skip_space(at) != '\0') {
		at = read_parameter(at, name, &text, &len);
		if (at == NULL) {
			return false;
		}
		if (strcasecmp(name, "name") == 0 && part->name[0] == '\0' &&
		    len > 0 && len <= WORD_MAX) {
			memcpy(part->name, text, len);
		} else if (strcasecmp(name, "filename") == 0 &&
			   !part->is_file) {
			part->is_file = true;
		} else {
			return false;
		}
	}
	part->has_disposition = true;
	return part->name[0] != '\0';
}

static bool read_line(const char *line, struct part *part)
{
	static const char disposition[] = "Content-Disposition";
	static const char encoding[] = "Content-Transfer-Encoding";
	size_t len = strcspn(line, ":");
	if (line[len] != ':' || len == 0 || strcspn(line, " \t") < len) {
		return false;
	}
	if (len == sizeof(disposition) - 1 &&
	    strncasecmp(line, disposition, len) == 0) {
		return read_disposition(skip_space(line + len + 1), part);
	}
	return len != sizeof(encoding) - 1 ||
	       strncasecmp(line, encoding, len) != 0;
}

/* Its length without CR LF, which follow. */
static bool find_line(struct multipart *m, size_t *len, struct err *err)
{
	size_t seen = 0;
	for (;;) {
		const uint8_t *start = m->window + m->at;
		size_t left = m->have - m->at;
		const uint8_t *lf = memchr(start + seen, '\n', left - seen);
		seen = lf != NULL ? (size_t)(lf - start) : left;
		if (seen > MULTIPART_LINE_MAX) {
			return err_set(err, ERR_LIMIT,
				       "The head of a part of the form is too "
				       "long; the file's name may be.");
		}
		if (lf != NULL && (seen == 0 || start[seen - 1] != '\r')) {
			return broken(err);
		}
		if (lf != NULL) {
			*len = seen - 1;
			return true;
		}
		if (!fill(m, err)) {
			return false;
		}
	}
}

static bool read_head(struct multipart *m, struct part *part, struct err *err)
{
	*part = (struct part){ .name = "" };
	for (unsigned lines = 0; lines <= MULTIPART_LINES_MAX; lines++) {
		size_t len = 0;
		if (!find_line(m, &len, err)) {
			return false;
		}
		char *line = mem_strndup((char *)m->window + m->at, len);
		bool ok = len == 0 ? part->has_disposition
				   : text_is_one_line(line, len) &&
					     read_line(line, part);
		/* a file's name is nobody's */
		mem_burn_free(line, len);
		take(m, len + 2);
		if (!ok) {
			return broken(err);
		}
		if (len == 0) {
			return true;
		}
	}
	return err_set(err, ERR_LIMIT,
		       "The head of a part of the form has too many lines.");
}

/* ---- what is in a part ---- */

/*
 * Finds out how much of the window is content for sure. *end: none of it,
 * the delimiter stands here.
 */
static bool find_content(struct multipart *m, bool *end, struct err *err)
{
	*end = false;
	while (m->content == 0) {
		const uint8_t *start = m->window + m->at;
		size_t left = m->have - m->at;
		const uint8_t *found =
			memmem(start, left, m->delimiter, m->delimiter_len);
		if (found == start && left > 0) {
			*end = true;
			return true;
		}
		if (found != NULL) {
			m->content = (size_t)(found - start);
		} else if (left >= m->delimiter_len) {
			m->content = left - (m->delimiter_len - 1);
		} else if (!fill(m, err)) {
			return false;
		}
	}
	return true;
}

/* Past a delimiter: does the form end here, or does another part begin? */
static bool pass_delimiter(struct multipart *m, bool *last, struct err *err)
{
	if (!need(m, m->delimiter_len + 2, err)) {
		return false;
	}
	const uint8_t *after = m->window + m->at + m->delimiter_len;
	*last = memcmp(after, "--", 2) == 0;
	if (!*last && memcmp(after, "\r\n", 2) != 0) {
		return broken(err);
	}
	take(m, m->delimiter_len + 2);
	return true;
}

static bool put_field(struct urlencoded *fields, const struct part *part,
		      struct buf *value, struct err *err)
{
	if (fields->count == MULTIPART_FIELDS_MAX) {
		return err_set(err, ERR_LIMIT,
			       "The form has more than %d fields.",
			       MULTIPART_FIELDS_MAX);
	}
	if (!text_is_utf8(part->name, strlen(part->name)) ||
	    !text_is_utf8(buf_str(value), value->len)) {
		return broken(err);
	}
	fields->pairs[fields->count].name = mem_strdup(part->name);
	fields->pairs[fields->count].value =
		mem_strndup(buf_str(value), value->len);
	fields->count++;
	return true;
}

static bool read_value(struct multipart *m, struct buf *value, struct err *err)
{
	for (;;) {
		bool end;
		if (m->fields_bytes > MULTIPART_FIELDS_BYTES_MAX) {
			return err_set(err, ERR_LIMIT,
				       "The fields of the form are larger than "
				       "64 KiB.");
		}
		if (!find_content(m, &end, err)) {
			return false;
		}
		if (end) {
			return true;
		}
		buf_put(value, m->window + m->at, m->content);
		take(m, m->content);
		m->content = 0;
	}
}

/* Up to the first byte of the file. */
static bool read_parts(struct multipart *m, const char *file,
		       struct urlencoded *fields, struct err *err)
{
	for (;;) {
		struct part part;
		bool last;
		if (!pass_delimiter(m, &last, err)) {
			return false;
		}
		if (last) {
			return err_set(err, ERR_INVALID,
				       "The form holds no file.");
		}
		if (!read_head(m, &part, err)) {
			return false;
		}
		if (part.is_file) {
			return text_equal(part.name, file) || broken(err);
		}
		struct buf value = BUF_INIT;
		bool ok = read_value(m, &value, err) &&
			  put_field(fields, &part, &value, err);
		buf_burn(&value);
		if (!ok) {
			return false;
		}
	}
}

/* The beginning of the body, which must be the first delimiter. */
static bool at_delimiter(struct multipart *m, struct err *err)
{
	if (!need(m, m->delimiter_len, err)) {
		return false;
	}
	return memcmp(m->window + m->at, m->delimiter, m->delimiter_len) == 0 ||
	       broken(err);
}

bool multipart_fields(struct multipart *multipart, const char *file,
		      struct urlencoded *fields, struct err *err)
{
	struct multipart *m = multipart;
	struct urlencoded made = {
		.pairs = mem_array(MULTIPART_FIELDS_MAX, sizeof(*made.pairs)),
	};
	assert(m->state == AT_FIELDS);
	if (!at_delimiter(m, err) || !read_parts(m, file, &made, err)) {
		m->state = BROKEN;
		urlencoded_clear(&made);
		return false;
	}
	m->state = AT_FILE;
	*fields = made;
	return true;
}

/* ---- the file ---- */

/* Nothing but one line end may follow the last delimiter. */
static bool check_end(struct multipart *m, struct err *err)
{
	uint8_t *rest = m->window;
	bool last;
	if (!pass_delimiter(m, &last, err)) {
		return false;
	}
	if (!last) {
		return err_set(err, ERR_INVALID,
			       "The form holds more than one file, or "
			       "something after it.");
	}
	size_t have = m->have - m->at;
	memmove(rest, m->window + m->at, have);
	while (have <= 2) {
		ssize_t got = m->read(m->ctx, rest + have, 3 - have);
		if (got == 0) {
			break;
		}
		if (got < 0) {
			return broken(err);
		}
		have += (size_t)got;
	}
	m->at = m->have = 0;
	return have == 0 || (have == 2 && memcmp(rest, "\r\n", 2) == 0) ||
	       broken(err);
}

static ssize_t fail(struct multipart *m)
{
	m->state = BROKEN;
	return -1;
}

ssize_t multipart_file(struct multipart *multipart, void *dst, size_t len,
		       struct err *err)
{
	struct multipart *m = multipart;
	bool end;
	assert(len > 0);
	if (m->state == AT_END) {
		return 0;
	}
	if (m->state != AT_FILE) {
		(void)broken(err);
		return -1;
	}
	if (!find_content(m, &end, err)) {
		return fail(m);
	}
	if (end) {
		if (!check_end(m, err)) {
			return fail(m);
		}
		m->state = AT_END;
		return 0;
	}
	len = len < m->content ? len : m->content;
	memcpy(dst, m->window + m->at, len);
	m->at += len;
	m->content -= len;
	return (ssize_t)len;
}
