/*
 * Reads a list of jobs strictly: one fault refuses all of it, because a person
 * chooses by it what to send. Who made it is a program that talks to strangers;
 * what they named their jobs is cleaned by job_name.c.
 */
#include "formats/job_list.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/job_name.h"
#include "formats/xml_reader.h"

enum depth { IN_NOTHING, IN_JOBS, IN_SOURCE, IN_JOB, IN_FIELD };

static const struct xml_limits limits = {
	.bytes = JOB_LIST_BYTES_MAX,
	.depth = IN_FIELD + 1, /* deeper ones are refused by us */
	.attributes = 2,
	.text = 64 * 1024,
	/* Jobs with six fields; a source and its problem */
	.elements = 1 + 2 * JOB_LIST_SOURCES_MAX + 7 * JOB_LIST_MAX,
};

struct field;

struct reading {
	struct job_list list;
	struct job job; /* the open one; name and owner are own memory */
	unsigned given; /* its fields so far, a bit each */
	unsigned depth;
	bool in_problem;
	const struct field *field; /* the open one; NULL = none */
};

/* A child of Job. set: false = it is no such value. */
struct field {
	const char *name;
	bool (*set)(struct job *job, const char *text, size_t len);
};

static void set_text(char **to, const char *text, size_t len)
{
	mem_free(*to);
	*to = job_name_new(text, len, JOB_NAME_MAX);
}

static bool set_name(struct job *job, const char *text, size_t len)
{
	set_text(&job->name, text, len);
	return true;
}

static bool set_owner(struct job *job, const char *text, size_t len)
{
	set_text(&job->owner, text, len);
	return true;
}

static bool set_bytes(struct job *job, const char *text, size_t len)
{
	(void)len;
	return text_parse_i64(text, 0, INT64_MAX, &job->bytes);
}

static bool set_pages(struct job *job, const char *text, size_t len)
{
	(void)len;
	return text_parse_i64(text, 0, INT64_MAX, &job->pages);
}

static bool set_time(struct job *job, const char *text, size_t len)
{
	(void)len;
	return clock_parse(text, &job->time) && job->time >= 0;
}

static bool set_type(struct job *job, const char *text, size_t len)
{
	(void)len;
	return job_type_valid(text) &&
	       text_copy(job->type, sizeof(job->type), text);
}

static const struct field fields[] = {
	{ "Name", set_name },   { "Owner", set_owner }, { "Bytes", set_bytes },
	{ "Pages", set_pages }, { "Time", set_time },   { "Type", set_type },
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static struct job_source_list *source_of(struct reading *r)
{
	return &r->list.of[r->list.count - 1];
}

static bool unknown_element(const char *name, struct err *err)
{
	return err_set(err, ERR_INVALID, "%.60s cannot stand here", name);
}

static bool start_jobs(struct reading *r, const char *name,
		       const char *const *attrs, struct err *err)
{
	(void)r;
	if (!text_equal(name, "Jobs") || attrs[0] != NULL) {
		return err_set(err, ERR_INVALID,
			       "the first element is not Jobs, or has "
			       "attributes");
	}
	return true;
}

static bool start_source(struct reading *r, const char *name,
			 const char *const *attrs, struct err *err)
{
	const char *id = xml_attr_get(attrs, "name");
	if (!text_equal(name, "Source")) {
		return unknown_element(name, err);
	}
	for (size_t i = 0; attrs[i] != NULL; i += 2) {
		if (!text_equal(attrs[i], "name") &&
		    !text_equal(attrs[i], "title")) {
			return err_set(err, ERR_INVALID,
				       "Source has an unknown attribute");
		}
	}
	for (size_t i = 0; i < r->list.count; i++) {
		if (text_equal(r->list.of[i].name, id)) {
			return err_set(err, ERR_INVALID,
				       "two sources have the same name");
		}
	}
	if (id != NULL && !job_id_valid(id)) {
		return err_set(err, ERR_INVALID,
			       "a source has a wrong name: letters, digits, "
			       "dots, dashes and underscores, at most 64");
	}
	return job_list_source(&r->list, id, xml_attr_get(attrs, "title")) !=
		       NULL ||
	       err_set(err, ERR_LIMIT, "there are more than %d sources",
		       JOB_LIST_SOURCES_MAX);
}

static bool start_job(struct reading *r, const char *name,
		      const char *const *attrs, struct err *err)
{
	const struct job_source_list *source = source_of(r);
	const char *id = xml_attr_get(attrs, "id");
	if (text_equal(name, "Problem") && attrs[0] == NULL) {
		r->in_problem = true;
		return source->problem[0] == '\0' ||
		       err_set(err, ERR_INVALID, "there are two problems");
	}
	if (!text_equal(name, "Job")) {
		return unknown_element(name, err);
	}
	if (id == NULL || !job_id_valid(id) || attrs[2] != NULL) {
		return err_set(err, ERR_INVALID,
			       "a job has no id alone, of 1 to 64 letters, "
			       "digits, dots, dashes and underscores");
	}
	for (size_t i = 0; i < source->count; i++) {
		if (text_equal(source->jobs[i].id, id)) {
			return err_set(err, ERR_INVALID,
				       "two jobs have the id %s", id);
		}
	}
	r->job = (struct job){ .bytes = -1, .pages = -1 };
	r->given = 0;
	return text_copy(r->job.id, sizeof(r->job.id), id);
}

static bool start_field(struct reading *r, const char *name,
			const char *const *attrs, struct err *err)
{
	for (size_t i = 0; i < FIELD_COUNT && !r->in_problem; i++) {
		if (!text_equal(fields[i].name, name)) {
			continue;
		}
		if ((r->given & 1u << i) != 0 || attrs[0] != NULL) {
			return err_set(err, ERR_INVALID,
				       "%s is given twice, or has attributes",
				       name);
		}
		r->given |= 1u << i;
		r->field = &fields[i];
		return true;
	}
	return unknown_element(name, err);
}

static bool on_start(void *ctx, const char *name, const char *const *attrs,
		     struct err *err)
{
	struct reading *r = ctx;
	static bool (*const starts[])(struct reading *, const char *,
				      const char *const *, struct err *) = {
		[IN_NOTHING] = start_jobs,
		[IN_JOBS] = start_source,
		[IN_SOURCE] = start_job,
		[IN_JOB] = start_field,
	};
	if (r->depth >= IN_FIELD) {
		return unknown_element(name, err);
	}
	return starts[r->depth++](r, name, attrs, err);
}

static bool on_text(void *ctx, const char *text, size_t len, struct err *err)
{
	struct reading *r = ctx;
	if (r->depth == IN_JOB && r->in_problem) {
		job_source_set_problem(source_of(r), text);
		return true;
	}
	if (strspn(text, " \t\r\n") == len && r->depth < IN_FIELD) {
		return true; /* of an element that has nothing in it */
	}
	if (r->field == NULL) {
		return err_set(err, ERR_INVALID, "there is text between jobs");
	}
	return r->field->set(&r->job, text, len) ||
	       err_set(err, ERR_INVALID, "%s has no such value",
		       r->field->name);
}

static void clear_open_job(struct reading *r)
{
	if (r->job.name != NULL) {
		mem_burn_free(r->job.name, strlen(r->job.name));
	}
	if (r->job.owner != NULL) {
		mem_burn_free(r->job.owner, strlen(r->job.owner));
	}
	mem_burn(&r->job, sizeof(r->job));
}

static bool on_end(void *ctx, const char *name, struct err *err)
{
	struct reading *r = ctx;
	bool ok = true;
	(void)name;
	r->depth--;
	if (r->depth == IN_SOURCE && !r->in_problem) {
		ok = job_list_add(&r->list, &r->job) ||
		     err_set(err, ERR_LIMIT,
			     "there are more than %d jobs, or their names are "
			     "too long",
			     JOB_LIST_MAX);
		clear_open_job(r);
	} else if (r->depth == IN_SOURCE) {
		r->in_problem = false;
	}
	r->field = NULL;
	return ok;
}

bool job_list_read(const char *xml, size_t len, struct job_list *list,
		   struct err *err)
{
	static const struct xml_callbacks callbacks = { on_start, on_text,
							on_end };
	struct reading *r = mem_zalloc(sizeof(*r));
	struct xml_reader *reader =
		xml_reader_new("urn:sluice:jobs:1", &limits, &callbacks, r);
	bool ok = xml_reader_feed(reader, xml, len, err) &&
		  xml_reader_finish(reader, err);
	if (ok) {
		*list = r->list;
	} else {
		job_list_clear(&r->list);
	}
	clear_open_job(r);
	xml_reader_free(reader);
	mem_burn_free(r, sizeof(*r));
	return ok;
}
