/*
 * Renders the embedded templates. A template is read once, when it is first
 * needed, into a list of steps; a section in a loop is then walked without
 * looking at its text again. template.h says what the tags mean; html.c
 * escapes.
 */
#include "web/template.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "web/html.h"

#define NAME_MAX_BYTES 63
#define STEPS_FIRST 64
#define PAGE_ROOM 65000 /* bytes of a page that need no second buffer */

/*
 * One step: text to be copied or a tag. kind is that of struct tag, or 't'
 * for text, which name and len then hold.
 */
struct step {
	const char *name; /* in the template: no NUL behind it */
	size_t len;
	size_t at;              /* place in the template, for messages */
	size_t end;             /* of a section: its '/' */
	struct parsed *partial; /* of '>', once it was needed */
	char kind;
};

/* A template that was read; they hang in a chain. */
struct parsed {
	const struct embedded *file;
	struct step *steps;
	size_t count;
	size_t room;
	struct parsed *next;
};

struct render {
	const struct embedded *templates;
	struct parsed *all;
	const struct embedded *file; /* that is being read, for messages */
	const json_t *stack[TEMPLATE_DEPTH_MAX];
	size_t depth;
	struct buf *out;
	struct err *err;
};

struct tag {
	size_t start; /* where the text before it ends */
	size_t next;  /* where the text after it begins */
	const char *name;
	size_t len;
	char kind; /* '#', '^', '/', '>', '!', '%' or '=' for a value */
};

/* name: what is in quotes at the end, len bytes of it */
static bool fault(struct render *r, size_t at, const char *what,
		  const char *name, size_t len)
{
	size_t line = 1;

	for (size_t i = 0; i < at && i < r->file->len; i++) {
		line += r->file->text[i] == '\n';
	}
	return err_set(r->err, ERR_BUG, "template %s, line %zu: %s \"%.*s\"",
		       r->file->name, line, what, (int)len, name);
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

/* The same byte twice; NULL if not before end. */
static const char *find_pair(const char *at, const char *end, char c)
{
	while (at < end) {
		at = memchr(at, c, (size_t)(end - at));
		if (at == NULL || at + 1 >= end) {
			return NULL;
		}
		if (at[1] == c) {
			return at;
		}
		at++;
	}
	return NULL;
}

/* The next tag at or after at. *found false: none any more. */
static bool next_tag(struct render *r, size_t at, struct tag *tag, bool *found)
{
	const char *text = r->file->text;
	const char *end = text + r->file->len;
	const char *open = find_pair(text + at, end, '{');

	*found = open != NULL;
	if (open == NULL) {
		return true;
	}
	tag->start = (size_t)(open - text);

	const char *close = find_pair(open, end, '}');

	if (close == NULL) {
		return fault(r, tag->start, "a tag without end", "", 0);
	}
	tag->next = (size_t)(close - text) + 2;
	open += 2;
	tag->kind = '=';
	if (strchr("#^/>!%", *open) != NULL) {
		tag->kind = *open++;
	}
	tag->name = open;
	tag->len = (size_t)(close - open);
	if (tag->kind != '!' && (tag->len == 0 || tag->len > NAME_MAX_BYTES)) {
		return fault(r, tag->start, "bad name in a tag", "", 0);
	}
	if (tag->kind != '=' && tag->kind != '%') {
		take_line(text, r->file->len, tag);
	}
	return true;
}

static struct step *add_step(struct parsed *p, char kind, const char *name,
			     size_t len, size_t at)
{
	if (p->count == p->room) {
		p->room = p->room > 0 ? 2 * p->room : STEPS_FIRST;
		p->steps = mem_resize(p->steps, p->room * sizeof(*p->steps));
	}
	struct step *step = &p->steps[p->count++];

	*step = (struct step){
		.kind = kind, .name = name, .len = len, .at = at
	};
	return step;
}

/* Ends the innermost section of open[], which holds numbers of steps. */
static bool close_section(struct render *r, struct parsed *p,
			  const struct tag *tag, const size_t open[],
			  size_t *depth)
{
	if (*depth == 0) {
		return fault(r, tag->start, "no such section is open",
			     tag->name, tag->len);
	}
	struct step *section = &p->steps[open[--*depth]];

	if (section->len != tag->len ||
	    memcmp(section->name, tag->name, tag->len) != 0) {
		return fault(r, tag->start, "a section ends with another name",
			     tag->name, tag->len);
	}
	section->end = p->count;
	add_step(p, '/', tag->name, tag->len, tag->start);
	return true;
}

static bool add_tag(struct render *r, struct parsed *p, const struct tag *tag,
		    size_t open[], size_t *depth)
{
	switch (tag->kind) {
	case '!':
		return true;
	case '/':
		return close_section(r, p, tag, open, depth);
	case '#':
	case '^':
		if (*depth == TEMPLATE_DEPTH_MAX) {
			return fault(r, tag->start, "too deep", tag->name,
				     tag->len);
		}
		open[(*depth)++] = p->count;
		break;
	default:
		break;
	}
	add_step(p, tag->kind, tag->name, tag->len, tag->start);
	return true;
}

/* Reads r->file into steps. */
static bool parse(struct render *r, struct parsed *p)
{
	const char *text = r->file->text;
	size_t open[TEMPLATE_DEPTH_MAX];
	size_t depth = 0;
	size_t at = 0;
	bool found = true;

	while (found) {
		struct tag tag = { .kind = 0 };

		if (!next_tag(r, at, &tag, &found)) {
			return false;
		}
		size_t end = found ? tag.start : r->file->len;

		if (end > at) {
			add_step(p, 't', text + at, end - at, at);
		}
		if (found && !add_tag(r, p, &tag, open, &depth)) {
			return false;
		}
		at = found ? tag.next : at;
	}
	if (depth > 0) {
		const struct step *section = &p->steps[open[depth - 1]];

		return fault(r, section->at, "a section without end",
			     section->name, section->len);
	}
	return true;
}

static const json_t *member(const json_t *value, char *path)
{
	while (value != NULL && path != NULL) {
		char *dot = strchr(path, '.');

		if (dot != NULL) {
			*dot = '\0';
		}
		value = json_object_get(value, path);
		path = dot != NULL ? dot + 1 : NULL;
		if (dot != NULL) {
			*dot = '.';
		}
	}
	return value;
}

/* The value of a name, innermost context first; NULL if nowhere. */
static const json_t *look_up(const struct render *r, const struct step *step)
{
	char name[NAME_MAX_BYTES + 1];

	if (step->len == 1 && step->name[0] == '.') {
		return r->stack[r->depth - 1];
	}
	memcpy(name, step->name, step->len);
	name[step->len] = '\0';
	for (size_t i = r->depth; i > 0; i--) {
		const json_t *value = member(r->stack[i - 1], name);

		if (value != NULL) {
			return value;
		}
	}
	return NULL;
}

static bool put_value(struct render *r, const struct step *step)
{
	const json_t *value = look_up(r, step);
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
		return fault(r, step->at, "no value of the name", step->name,
			     step->len);
	}
	if (step->kind == '%') {
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

static bool render_steps(struct render *r, const struct parsed *p, size_t at,
			 size_t end);

static bool render_with(struct render *r, const struct parsed *p, size_t at,
			const json_t *context)
{
	const struct step *section = &p->steps[at];

	if (r->depth == TEMPLATE_DEPTH_MAX) {
		return fault(r, section->at, "too deep", section->name,
			     section->len);
	}
	r->stack[r->depth++] = context;

	bool done = render_steps(r, p, at + 1, section->end);

	r->depth--;
	return done;
}

static bool render_section(struct render *r, const struct parsed *p, size_t at)
{
	const struct step *section = &p->steps[at];
	const json_t *value = look_up(r, section);
	bool truth = is_truth(value);

	if (section->kind == '^') {
		return truth || render_steps(r, p, at + 1, section->end);
	}
	if (!truth) {
		return true;
	}
	if (!json_is_array(value)) {
		return json_is_object(value)
			       ? render_with(r, p, at, value)
			       : render_steps(r, p, at + 1, section->end);
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (!render_with(r, p, at, json_array_get(value, i))) {
			return false;
		}
	}
	return true;
}

/* The template of that name, read when it is asked for first. */
static struct parsed *find_parsed(struct render *r, const char *stem,
				  size_t len)
{
	char name[NAME_MAX_BYTES + 6];

	snprintf(name, sizeof(name), "%.*s.html", (int)len, stem);

	const struct embedded *file = embedded_find(r->templates, name);

	if (file == NULL) {
		err_set(r->err, ERR_BUG, "there is no template %s", name);
		return NULL;
	}
	struct parsed *p = r->all;

	while (p != NULL && p->file != file) {
		p = p->next;
	}
	if (p != NULL) {
		return p;
	}
	const struct embedded *before = r->file;

	p = mem_zalloc(sizeof(*p));
	p->file = file;
	p->next = r->all;
	r->all = p;
	r->file = file;
	if (!parse(r, p)) {
		return NULL;
	}
	r->file = before;
	return p;
}

static bool render_parsed(struct render *r, const struct parsed *p)
{
	const struct embedded *before = r->file;

	if (r->depth == TEMPLATE_DEPTH_MAX) {
		return fault(r, 0, "templates include each other",
			     p->file->name, strlen(p->file->name));
	}
	r->file = p->file;
	r->stack[r->depth] = r->stack[r->depth - 1];
	r->depth++;

	bool done = render_steps(r, p, 0, p->count);

	r->depth--;
	r->file = done ? before : r->file;
	return done;
}

static bool render_partial(struct render *r, struct step *step)
{
	if (step->partial == NULL) {
		step->partial = find_parsed(r, step->name, step->len);
	}
	return step->partial != NULL && render_parsed(r, step->partial);
}

static bool render_steps(struct render *r, const struct parsed *p, size_t at,
			 size_t end)
{
	for (; at < end; at++) {
		struct step *step = &p->steps[at];
		bool done = true;

		switch (step->kind) {
		case 't':
			buf_put(r->out, step->name, step->len);
			break;
		case '>':
			done = render_partial(r, step);
			break;
		case '#':
		case '^':
			done = render_section(r, p, at);
			at = step->end;
			break;
		default:
			done = put_value(r, step);
			break;
		}
		if (!done) {
			return false;
		}
	}
	return true;
}

static void clear(struct render *r)
{
	while (r->all != NULL) {
		struct parsed *p = r->all;

		r->all = p->next;
		mem_free(p->steps);
		mem_free(p);
	}
}

static bool render_page(struct render *r, const char *stem)
{
	size_t len = strlen(stem);

	if (len > NAME_MAX_BYTES) {
		return err_set(r->err, ERR_BUG,
			       "a template's name is too long");
	}
	const struct parsed *page = find_parsed(r, stem, len);

	return page != NULL && render_parsed(r, page);
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

	buf_reserve(&page, PAGE_ROOM);

	bool done = render_page(&r, stem);

	clear(&r);
	if (done && out->data == NULL && out->max == 0) {
		*out = page;
		return true;
	}
	if (done) {
		buf_put(out, page.data, page.len);
	}
	buf_burn(&page);
	return done;
}
