/*
 * Reads XML with expat, which nobody else in this program may call. Refuses
 * what documents of ours never have (DOCTYPE, processing instructions, other
 * encodings, foreign names) before it can cost anything, and counts the
 * rest. What the elements mean is the caller's (documents/, server/).
 */
#include "formats/xml_reader.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <expat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"

#define XML_SEPARATOR '\n'               /* between namespace and local name */
#define XML_SLICE ((size_t)64 * 1024)    /* bytes given to expat at once */
#define XML_TAG_ROOM ((size_t)64 * 1024) /* beyond limits.text, of one tag */
#define XML_SALT_ROUNDS 8

/* Second line behind the refusal of DOCTYPE. */
#define XML_MAX_AMPLIFICATION 8.0f
#define XML_MAX_ALLOC_AMPLIFICATION 100.0f

struct xml_reader {
	XML_Parser parser;
	char *name_space;
	struct xml_limits limits;
	struct xml_callbacks callbacks;
	void *ctx;
	size_t bytes;     /* fed so far */
	size_t elements;  /* started so far */
	unsigned depth;   /* open now */
	bool after_start; /* the last tag was a start tag */
	struct buf text;  /* run of text since the last tag */
	struct err error; /* set = stopped */
};

/* Remembers a callback's or our own error and stops expat. */
static void stop(struct xml_reader *r)
{
	if (r->error.kind == ERR_NONE) {
		err_set(&r->error, ERR_INVALID, "the content is not accepted");
	}
	err_prefix(&r->error, "line %lu", xml_reader_line(r));
	XML_StopParser(r->parser, XML_FALSE);
}

static void refuse(struct xml_reader *r, enum err_kind kind, const char *what)
{
	if (r->error.kind == ERR_NONE) {
		err_set(&r->error, kind, "%s", what);
		stop(r);
	}
}

/* The local part of a name in the expected namespace, NULL for others. */
static const char *local_name(const struct xml_reader *r, const char *name)
{
	const char *separator = strchr(name, XML_SEPARATOR);

	if (separator == NULL) {
		return r->name_space[0] == '\0' ? name : NULL;
	}
	size_t len = (size_t)(separator - name);
	if (strlen(r->name_space) != len ||
	    memcmp(name, r->name_space, len) != 0) {
		return NULL;
	}
	return separator + 1;
}

static bool is_blank(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		if (strchr(" \t\r\n", (char)text->data[i]) == NULL ||
		    text->data[i] == '\0') {
			return false;
		}
	}
	return true;
}

/* Gives the gathered text away; blank text only in an element without more. */
static bool flush_text(struct xml_reader *r, bool blank_too)
{
	bool ok = true;

	if (r->text.len > 0 && (blank_too || !is_blank(&r->text)) &&
	    r->callbacks.text != NULL) {
		ok = r->callbacks.text(r->ctx, buf_str(&r->text), r->text.len,
				       &r->error);
	}
	buf_reset(&r->text);
	if (!ok) {
		stop(r);
	}
	return ok;
}

static bool attributes_fine(struct xml_reader *r, const char **attrs)
{
	unsigned count = 0;

	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		if (++count > r->limits.attributes) {
			refuse(r, ERR_LIMIT,
			       "an element has too many "
			       "attributes");
			return false;
		}
		if (strchr(attrs[i], XML_SEPARATOR) != NULL) {
			refuse(r, ERR_INVALID, "an attribute has a namespace");
			return false;
		}
		if (strlen(attrs[i + 1]) > r->limits.text) {
			refuse(r, ERR_LIMIT, "an attribute is too long");
			return false;
		}
	}
	return true;
}

static void XMLCALL on_start(void *user, const char *name, const char **attrs)
{
	struct xml_reader *r = user;

	if (r->error.kind != ERR_NONE || !flush_text(r, false)) {
		return;
	}
	r->after_start = true;
	if (++r->depth > r->limits.depth) {
		refuse(r, ERR_LIMIT, "elements are nested too deep");
		return;
	}
	if (++r->elements > r->limits.elements) {
		refuse(r, ERR_LIMIT, "there are too many elements");
		return;
	}
	const char *local = local_name(r, name);
	if (local == NULL) {
		refuse(r, ERR_INVALID, "an element is of another namespace");
		return;
	}
	if (!attributes_fine(r, attrs)) {
		return;
	}
	if (r->callbacks.start != NULL &&
	    !r->callbacks.start(r->ctx, local, attrs, &r->error)) {
		stop(r);
	}
}

static void XMLCALL on_end(void *user, const char *name)
{
	struct xml_reader *r = user;

	if (r->error.kind != ERR_NONE || !flush_text(r, r->after_start)) {
		return;
	}
	r->after_start = false;
	r->depth--;
	const char *local = local_name(r, name);
	if (local != NULL && r->callbacks.end != NULL &&
	    !r->callbacks.end(r->ctx, local, &r->error)) {
		stop(r);
	}
}

static void XMLCALL on_text(void *user, const char *text, int len)
{
	struct xml_reader *r = user;

	if (r->error.kind != ERR_NONE) {
		return;
	}
	if ((size_t)len > r->limits.text - r->text.len) {
		refuse(r, ERR_LIMIT, "a text is too long");
		return;
	}
	buf_put(&r->text, text, (size_t)len);
}

static void XMLCALL on_doctype(void *user, const char *name,
			       const char *system_id, const char *public_id,
			       int internal_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)internal_subset;
	refuse(user, ERR_INVALID, "a DOCTYPE is not allowed");
}

static void XMLCALL on_instruction(void *user, const char *target,
				   const char *data)
{
	(void)target;
	(void)data;
	refuse(user, ERR_INVALID, "a processing instruction is not allowed");
}

static void XMLCALL on_declaration(void *user, const char *version,
				   const char *encoding, int standalone)
{
	(void)standalone;
	if (version != NULL && strcmp(version, "1.0") != 0) {
		refuse(user, ERR_INVALID, "only XML 1.0 is read");
	}
	if (encoding != NULL && strcasecmp(encoding, "UTF-8") != 0) {
		refuse(user, ERR_INVALID, "only the encoding UTF-8 is read");
	}
}

/* Hash salt: 0 would tell expat to make its own from less. */
static unsigned long random_salt(void)
{
	unsigned long salt = 0;

	for (int i = 0; i < XML_SALT_ROUNDS && salt == 0; i++) {
		random_bytes(&salt, sizeof(salt));
	}
	return salt;
}

static void limit_amplification(XML_Parser parser)
{
#ifdef HAVE_XML_SETBILLIONLAUGHSATTACKPROTECTIONMAXIMUMAMPLIFICATION
	XML_SetBillionLaughsAttackProtectionMaximumAmplification(
		parser, XML_MAX_AMPLIFICATION);
#endif
#ifdef HAVE_XML_SETALLOCTRACKERMAXIMUMAMPLIFICATION
	XML_SetAllocTrackerMaximumAmplification(parser,
						XML_MAX_ALLOC_AMPLIFICATION);
#endif
	(void)parser;
}

struct xml_reader *xml_reader_new(const char *name_space,
				  const struct xml_limits *limits,
				  const struct xml_callbacks *callbacks,
				  void *ctx)
{
	struct xml_reader *r = mem_zalloc(sizeof(*r));

	r->parser = XML_ParserCreateNS("UTF-8", XML_SEPARATOR);
	if (r->parser == NULL) {
		abort();
	}
	r->name_space = mem_strdup(name_space);
	r->limits = *limits;
	r->callbacks = *callbacks;
	r->ctx = ctx;
	XML_SetUserData(r->parser, r);
	XML_SetHashSalt(r->parser, random_salt());
	XML_SetParamEntityParsing(r->parser, XML_PARAM_ENTITY_PARSING_NEVER);
	limit_amplification(r->parser);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	XML_SetProcessingInstructionHandler(r->parser, on_instruction);
	XML_SetXmlDeclHandler(r->parser, on_declaration);
	return r;
}

/*
 * What expat keeps of a tag or comment that has not ended. Without this a
 * tag as long as the whole document would be held in memory.
 */
static bool pending_fits(const struct xml_reader *r)
{
	XML_Index at = XML_GetCurrentByteIndex(r->parser);

	return at < 0 || r->bytes - (size_t)at <=
				 r->limits.text + XML_SLICE + XML_TAG_ROOM;
}

static bool parse(struct xml_reader *r, const char *data, size_t len, bool last)
{
	enum XML_Status status =
		XML_Parse(r->parser, data, (int)len, last ? 1 : 0);

	if (status == XML_STATUS_ERROR && r->error.kind == ERR_NONE) {
		enum XML_Error code = XML_GetErrorCode(r->parser);
		err_set(&r->error,
			code == XML_ERROR_NO_MEMORY ? ERR_LIMIT : ERR_INVALID,
			"line %lu: %s", xml_reader_line(r),
			XML_ErrorString(code));
	}
	return r->error.kind == ERR_NONE;
}

bool xml_reader_feed(struct xml_reader *r, const void *data, size_t len,
		     struct err *err)
{
	const char *at = data;

	if (r->error.kind == ERR_NONE && len > r->limits.bytes - r->bytes) {
		err_set(&r->error, ERR_LIMIT,
			"the document is longer than %zu bytes",
			r->limits.bytes);
	}
	while (r->error.kind == ERR_NONE && len > 0) {
		size_t slice = len < XML_SLICE ? len : XML_SLICE;
		r->bytes += slice;
		if (parse(r, at, slice, false) && !pending_fits(r)) {
			refuse(r, ERR_LIMIT, "a tag or comment is too long");
		}
		at += slice;
		len -= slice;
	}
	if (r->error.kind != ERR_NONE) {
		return err_set(err, r->error.kind, "%s", r->error.text);
	}
	return true;
}

bool xml_reader_finish(struct xml_reader *r, struct err *err)
{
	if (r->error.kind == ERR_NONE && parse(r, "", 0, true)) {
		return true;
	}
	return err_set(err, r->error.kind, "%s", r->error.text);
}

unsigned long xml_reader_line(const struct xml_reader *r)
{
	return (unsigned long)XML_GetCurrentLineNumber(r->parser);
}

void xml_reader_free(struct xml_reader *r)
{
	if (r == NULL) {
		return;
	}
	XML_ParserFree(r->parser);
	mem_free(r->name_space);
	buf_clear(&r->text);
	mem_free(r);
}

const char *xml_attr_get(const char *const *attrs, const char *name)
{
	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		if (text_equal(attrs[i], name)) {
			return attrs[i + 1];
		}
	}
	return NULL;
}
