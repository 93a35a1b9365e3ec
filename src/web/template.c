/*
 * Renders the embedded templates. It walks the text once, tag by tag, without
 * a tree: pages are short and each process renders one. template.h says what
 * the tags mean; html.c escapes.
 */
#include "web/template.h"

#include <stdio.h>
#include <string.h>

#include "web/html.h"

#define NAME_MAX_BYTES 63

struct render {
	const struct embedded *templates;
	const struct embedded *file; /* that is being read, for messages */
	const json_t *stack[TEMPLATE_DEPTH_MAX];
	size_t depth;
	struct buf *out;
	struct err *err;
};

struct tag {
	size_t start; /* where the text before it ends */
	size_t next;  /* where the text after it begins */
	char kind;    /* '#', '^', '/', '>', '!', '%' or '=' for a value */
	char name[NAME_MAX_BYTES + 1];
};

static bool fault(struct render *r, size_t at, const char *what,
		  const char *name)
{
	size_t line = 1;

	for (size_t i = 0; i < at && i < r->file->len; i++) {
		line += r->file->text[i] == '\n';
	}
	return err_set(r->err, ERR_BUG, "template %s, line %zu: %s \"%s\"",
		       r->file->name, line, what, name);
}

/* A tag that makes no output and stands alone takes its line with it. */
static void take_line(const char *text, size_t end, struct tag *tag)
{
	size_t start = tag->start;
	size_t next = tag->next;

	while (start > 0 &&
	       (text[start - 1] == ' ' || text[start - 1] == '\t')) {
		start--;
	}
	while (next < end && (text[next] == ' ' || text[next] == '\t')) {
		next++;
	}
	if ((start == 0 || text[start - 1] == '\n') &&
	    (next == end || text[next] == '\n')) {
		tag->start = start;
		tag->next = next < end ? next + 1 : end;
	}
}

static bool read_name(struct render *r, size_t at, const char *from, size_t len,
		      struct tag *tag)
{
	if (tag->kind == '!') {
		len = 0;
	}
	if (len > NAME_MAX_BYTES || (len == 0 && tag->kind != '!')) {
		return fault(r, at, "bad name in a tag", "");
	}
	memcpy(tag->name, from, len);
	tag->name[len] = '\0';
	return true;
}

/* The next tag at or after at. *found false: none before end. */
static bool next_tag(struct render *r, size_t at, size_t end, struct tag *tag,
		     bool *found)
{
	const char *text = r->file->text;
	const char *open = memmem(text + at, end - at, "{{", 2);

	*found = open != NULL;
	if (open == NULL) {
		return true;
	}
	tag->start = (size_t)(open - text);

	const char *close = memmem(open, end - tag->start, "}}", 2);

	if (close == NULL) {
		return fault(r, tag->start, "a tag without end", "");
	}
	tag->next = (size_t)(close - text) + 2;
	open += 2;
	tag->kind = '=';
	if (strchr("#^/>!%", *open) != NULL) {
		tag->kind = *open++;
	}
	if (!read_name(r, tag->start, open, (size_t)(close - open), tag)) {
		return false;
	}
	if (tag->kind != '=' && tag->kind != '%') {
		take_line(text, end, tag);
	}
	return true;
}

/* Finds the tag that closes a section whose inside begins at at. */
static bool find_close(struct render *r, size_t at, size_t end,
		       const struct tag *section, struct tag *close)
{
	size_t open = 1;

	while (open > 0) {
		bool found;

		if (!next_tag(r, at, end, close, &found)) {
			return false;
		}
		if (!found) {
			return fault(r, section->start, "a section without end",
				     section->name);
		}
		if (close->kind == '#' || close->kind == '^') {
			open++;
		} else if (close->kind == '/') {
			open--;
		}
		at = close->next;
	}
	if (strcmp(close->name, section->name) != 0) {
		return fault(r, close->start,
			     "a section ends with another name", close->name);
	}
	return true;
}

static const json_t *member(const json_t *value, const char *path)
{
	while (value != NULL && path != NULL) {
		const char *dot = strchr(path, '.');
		size_t len = dot != NULL ? (size_t)(dot - path) : strlen(path);
		char name[NAME_MAX_BYTES + 1];

		memcpy(name, path, len);
		name[len] = '\0';
		value = json_object_get(value, name);
		path = dot != NULL ? dot + 1 : NULL;
	}
	return value;
}

/* The value of a name, innermost context first; NULL if nowhere. */
static const json_t *look_up(const struct render *r, const char *name)
{
	if (strcmp(name, ".") == 0) {
		return r->stack[r->depth - 1];
	}
	for (size_t i = r->depth; i > 0; i--) {
		const json_t *value = member(r->stack[i - 1], name);

		if (value != NULL) {
			return value;
		}
	}
	return NULL;
}

static bool put_value(struct render *r, const struct tag *tag)
{
	const json_t *value = look_up(r, tag->name);
	char number[32];
	const char *text = number;

	if (json_is_string(value)) {
		text = json_string_value(value);
	} else if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	} else if (json_is_boolean(value)) {
		text = json_is_true(value) ? "true" : "false";
	} else {
		return fault(r, tag->start, "no value of the name", tag->name);
	}
	if (tag->kind == '%') {
		html_put_url(r->out, text);
	} else {
		html_put_text(r->out, text);
	}
	return true;
}

static bool is_truth(const json_t *value)
{
	if (value == NULL || json_is_null(value) || json_is_false(value)) {
		return false;
	}
	if (json_is_array(value)) {
		return json_array_size(value) > 0;
	}
	return !json_is_string(value) || json_string_value(value)[0] != '\0';
}

static bool render_range(struct render *r, size_t at, size_t end);

static bool render_with(struct render *r, const struct tag *section,
			const json_t *context, size_t end)
{
	if (r->depth == TEMPLATE_DEPTH_MAX) {
		return fault(r, section->start, "too deep", section->name);
	}
	r->stack[r->depth++] = context;

	bool done = render_range(r, section->next, end);

	r->depth--;
	return done;
}

static bool render_section(struct render *r, const struct tag *section,
			   size_t end)
{
	const json_t *value = look_up(r, section->name);
	bool truth = is_truth(value);

	if (section->kind == '^') {
		return truth || render_range(r, section->next, end);
	}
	if (!truth) {
		return true;
	}
	if (!json_is_array(value)) {
		return json_is_object(value)
			       ? render_with(r, section, value, end)
			       : render_range(r, section->next, end);
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (!render_with(r, section, json_array_get(value, i), end)) {
			return false;
		}
	}
	return true;
}

static bool render_file(struct render *r, const char *stem)
{
	char name[NAME_MAX_BYTES + 6];

	snprintf(name, sizeof(name), "%s.html", stem);

	const struct embedded *before = r->file;
	const struct embedded *file = embedded_find(r->templates, name);

	if (file == NULL) {
		return err_set(r->err, ERR_BUG, "there is no template %s",
			       name);
	}
	if (r->depth == TEMPLATE_DEPTH_MAX) {
		return fault(r, 0, "templates include each other", stem);
	}
	r->file = file;
	r->stack[r->depth] = r->stack[r->depth - 1];
	r->depth++;

	bool done = render_range(r, 0, file->len);

	r->depth--;
	r->file = before;
	return done;
}

static bool render_tag(struct render *r, const struct tag *tag, size_t end,
		       size_t *next)
{
	struct tag close;

	*next = tag->next;
	switch (tag->kind) {
	case '!':
		return true;
	case '>':
		return render_file(r, tag->name);
	case '#':
	case '^':
		if (!find_close(r, tag->next, end, tag, &close)) {
			return false;
		}
		*next = close.next;
		return render_section(r, tag, close.start);
	case '/':
		return fault(r, tag->start, "no such section is open",
			     tag->name);
	default:
		return put_value(r, tag);
	}
}

static bool render_range(struct render *r, size_t at, size_t end)
{
	while (at < end) {
		struct tag tag;
		bool found;

		if (!next_tag(r, at, end, &tag, &found)) {
			return false;
		}
		buf_put(r->out, r->file->text + at,
			(found && tag.start > at ? tag.start
			 : found                 ? at
						 : end) -
				at);
		if (!found) {
			return true;
		}
		if (!render_tag(r, &tag, end, &at)) {
			return false;
		}
	}
	return true;
}

bool template_render(const struct embedded *templates, const char *stem,
		     const json_t *view, struct buf *out, struct err *err)
{
	struct buf page = BUF_INIT;
	struct render r = {
		.templates = templates,
		.stack = { view },
		.depth = 1,
		.out = &page,
		.err = err,
	};
	bool done = strlen(stem) <= NAME_MAX_BYTES
			    ? render_file(&r, stem)
			    : err_set(err, ERR_BUG,
				      "a template's name is too long");

	if (done) {
		buf_put(out, page.data, page.len);
	}
	buf_clear(&page);
	return done;
}
