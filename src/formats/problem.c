/*
 * Problem details (RFC 9457, appendix B) as the server answers and the
 * client shows. What the types mean is server/'s; nothing here decides, the
 * HTTP status does.
 */
#include "formats/problem.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "formats/xml_reader.h"
#include "formats/xml_writer.h"

#define PROBLEM_BLANK "about:blank"

static const struct xml_limits problem_limits = {
	.bytes = PROBLEM_MAX_BYTES,
	.depth = 8,
	.attributes = 8,
	.text = 8 * 1024,
	.elements = 100,
};

void problem_write(const struct problem *problem, struct buf *out)
{
	struct xml_writer w;
	char status[12];

	xml_writer_init(&w, out);
	xml_declaration(&w);
	xml_start(&w, "problem");
	xml_attr(&w, "xmlns", PROBLEM_NAMESPACE);
	xml_element(&w, "type",
		    problem->type[0] != '\0' ? problem->type : PROBLEM_BLANK);
	if (problem->title[0] != '\0') {
		xml_element(&w, "title", problem->title);
	}
	if (problem->detail[0] != '\0') {
		xml_element(&w, "detail", problem->detail);
	}
	if (problem->status != 0) {
		struct buf number = BUF_INIT;
		buf_printf(&number, "%d", problem->status);
		if (text_copy(status, sizeof(status), buf_str(&number))) {
			xml_element(&w, "status", status);
		}
		buf_clear(&number);
	}
	xml_end(&w);
}

/* Members, one bit each for those that were seen. */
enum member { MEMBER_NONE = 0, TYPE = 1, TITLE = 2, DETAIL = 4, STATUS = 8 };

struct state {
	struct problem problem;
	enum member member; /* open now, MEMBER_NONE in what is passed over */
	unsigned seen;
	unsigned depth;
};

static enum member member_of(const char *name)
{
	static const struct {
		const char *name;
		enum member member;
	} members[] = {
		{ "type", TYPE },
		{ "title", TITLE },
		{ "detail", DETAIL },
		{ "status", STATUS },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(members[i].name, name) == 0) {
			return members[i].member;
		}
	}
	return MEMBER_NONE;
}

static bool on_start(void *ctx, const char *name, const char *const *attrs,
		     struct err *err)
{
	struct state *s = ctx;

	(void)attrs;
	s->depth++;
	s->member = MEMBER_NONE;
	if (s->depth == 1 && strcmp(name, "problem") != 0) {
		return err_set(err, ERR_INVALID,
			       "these are no problem "
			       "details");
	}
	if (s->depth == 2) {
		s->member = member_of(name);
		if ((s->seen & s->member) != 0) {
			return err_set(err, ERR_INVALID,
				       "%s stands there twice", name);
		}
		s->seen |= s->member;
	}
	return true;
}

/* Copies cleaned text on one line, cut between characters if too long. */
static void keep(char *dst, size_t size, const char *text, size_t len)
{
	struct buf line = BUF_INIT, clean = BUF_INIT;

	for (size_t i = 0; i < len; i++) {
		bool blank = text[i] == '\n' || text[i] == '\t';
		buf_put_char(&line, blank ? ' ' : text[i]);
	}
	text_put_shown(&clean, buf_str(&line), line.len);
	size_t fit = clean.len < size ? clean.len : size - 1;
	while (fit < clean.len && fit > 0 && (clean.data[fit] & 0xc0) == 0x80) {
		fit--;
	}
	memset(dst, 0, size);
	if (fit > 0) {
		memcpy(dst, clean.data, fit);
	}
	buf_clear(&clean);
	buf_clear(&line);
}

static bool on_text(void *ctx, const char *text, size_t len, struct err *err)
{
	struct state *s = ctx;
	struct problem *p = &s->problem;
	uint64_t status;

	switch (s->member) {
	case TYPE:
		keep(p->type, sizeof(p->type), text, len);
		break;
	case TITLE:
		keep(p->title, sizeof(p->title), text, len);
		break;
	case DETAIL:
		keep(p->detail, sizeof(p->detail), text, len);
		break;
	case STATUS:
		if (!text_parse_u64(text, 100, 599, &status)) {
			return err_set(err, ERR_INVALID,
				       "status is no HTTP status");
		}
		p->status = (int)status;
		break;
	default:
		break;
	}
	return true;
}

static bool on_end(void *ctx, const char *name, struct err *err)
{
	struct state *s = ctx;

	(void)name;
	(void)err;
	s->depth--;
	s->member = MEMBER_NONE;
	return true;
}

bool problem_read(const void *data, size_t len, struct problem *problem,
		  struct err *err)
{
	static const struct xml_callbacks callbacks = { .start = on_start,
							.text = on_text,
							.end = on_end };
	struct state state = { .member = MEMBER_NONE };
	struct xml_reader *r = xml_reader_new(
		PROBLEM_NAMESPACE, &problem_limits, &callbacks, &state);

	bool ok =
		xml_reader_feed(r, data, len, err) && xml_reader_finish(r, err);
	if (ok) {
		*problem = state.problem;
	}
	xml_reader_free(r);
	return ok;
}
