/*
 * Lists of jobs: made job by job, bounded, written as XML, wiped. Reading one
 * is job_list_reader.c's, what a name may hold job_name.c's.
 */
#include "formats/job_list.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "formats/job_name.h"
#include "formats/xml_writer.h"

#define ID_CHARACTERS                \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

/* Elements of a list and of each job, with indent and all but the names. */
#define LIST_ROOM ((size_t)16 * 1024)
#define JOB_ROOM 512
#define TIME_MAX INT64_C(253402300799) /* the last second of year 9999 */
#define ESCAPED 6 /* most bytes that one of a name becomes: "&quot;" */

bool job_id_valid(const char *id)
{
	size_t len = strlen(id);
	return len > 0 && len < JOB_ID_SIZE && strspn(id, ID_CHARACTERS) == len;
}

bool job_type_valid(const char *type)
{
	static const char name[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789!#$&-^_.+";
	size_t first = strspn(type, name);
	if (first == 0 || type[first] != '/') {
		return false;
	}
	size_t second = strspn(type + first + 1, name);
	return second > 0 && type[first + 1 + second] == '\0' &&
	       first + 1 + second < JOB_TYPE_SIZE;
}

struct job_source_list *job_list_source(struct job_list *list, const char *name,
					const char *title)
{
	if (list->count == JOB_LIST_SOURCES_MAX) {
		return NULL;
	}
	struct job_source_list *source = &list->of[list->count++];
	memset(source, 0, sizeof(*source));
	job_name_copy(source->name, sizeof(source->name), name);
	job_name_copy(source->title, sizeof(source->title), title);
	return source;
}

void job_source_set_problem(struct job_source_list *source, const char *text)
{
	job_name_copy(source->problem, sizeof(source->problem), text);
}

static size_t escaped_length(const char *text)
{
	size_t len = strlen(text);
	for (const char *at = text; (at = strpbrk(at, "&<>\"'")) != NULL;
	     at++) {
		len += ESCAPED - 1;
	}
	return len;
}

static size_t room_for(const struct job *job)
{
	return JOB_ROOM + escaped_length(job->name) +
	       escaped_length(job->owner);
}

/* Counts it whole each time: lists are short and made once. */
static bool fits(const struct job_list *list, const struct job *more)
{
	size_t count = 0, bytes = LIST_ROOM + room_for(more);
	for (size_t s = 0; s < list->count; s++) {
		count += list->of[s].count;
		for (size_t i = 0; i < list->of[s].count; i++) {
			bytes += room_for(&list->of[s].jobs[i]);
		}
	}
	return count < JOB_LIST_MAX && bytes <= JOB_LIST_BYTES_MAX;
}

static void clear_job(struct job *job)
{
	if (job->name != NULL) {
		mem_burn_free(job->name, strlen(job->name));
	}
	if (job->owner != NULL) {
		mem_burn_free(job->owner, strlen(job->owner));
	}
	mem_burn(job, sizeof(*job));
}

static char *cleaned(const char *text)
{
	return text == NULL ? mem_strdup("")
			    : job_name_new(text, strlen(text), JOB_NAME_MAX);
}

bool job_list_add(struct job_list *list, const struct job *job)
{
	assert(list->count > 0);
	struct job_source_list *to = &list->of[list->count - 1];
	struct job made = *job;
	made.name = cleaned(job->name);
	made.owner = cleaned(job->owner);
	if (!job_type_valid(made.type)) {
		made.type[0] = '\0';
	}
	if (!fits(list, &made)) {
		clear_job(&made);
		return false;
	}
	to->jobs = mem_resize(to->jobs, (to->count + 1) * sizeof(*to->jobs));
	to->jobs[to->count++] = made;
	return true;
}

static void put_text(struct xml_writer *w, const char *name, const char *text)
{
	char *clean = cleaned(text);
	if (clean[0] != '\0') {
		xml_element(w, name, clean);
	}
	mem_burn_free(clean, strlen(clean));
}

static void put_number(struct xml_writer *w, const char *name, int64_t value)
{
	char digits[24];
	if (value >= 0) {
		snprintf(digits, sizeof(digits), "%" PRId64, value);
		xml_element(w, name, digits);
	}
}

static void put_job(struct xml_writer *w, const struct job *job)
{
	char time[CLOCK_TEXT_SIZE];
	xml_start(w, "Job");
	xml_attr(w, "id", job->id);
	put_text(w, "Name", job->name);
	put_text(w, "Owner", job->owner);
	put_number(w, "Bytes", job->bytes);
	put_number(w, "Pages", job->pages);
	if (job->time > 0 && job->time <= TIME_MAX) {
		clock_format(time, job->time);
		xml_element(w, "Time", time);
	}
	put_text(w, "Type", job->type);
	xml_end(w);
}

static void put_source(struct xml_writer *w,
		       const struct job_source_list *source)
{
	xml_start(w, "Source");
	if (source->name[0] != '\0') {
		xml_attr(w, "name", source->name);
	}
	if (source->title[0] != '\0') {
		xml_attr(w, "title", source->title);
	}
	put_text(w, "Problem", source->problem);
	for (size_t i = 0; i < source->count; i++) {
		put_job(w, &source->jobs[i]);
	}
	xml_end(w);
}

void job_list_put(struct buf *out, const struct job_list *list)
{
	struct xml_writer w;
	xml_writer_init(&w, out);
	xml_declaration(&w);
	xml_start(&w, "Jobs");
	xml_attr(&w, "xmlns", "urn:sluice:jobs:1");
	for (size_t i = 0; i < list->count; i++) {
		put_source(&w, &list->of[i]);
	}
	xml_end(&w);
}

void job_list_clear(struct job_list *list)
{
	for (size_t s = 0; s < list->count; s++) {
		for (size_t i = 0; i < list->of[s].count; i++) {
			clear_job(&list->of[s].jobs[i]);
		}
		mem_free(list->of[s].jobs);
	}
	mem_burn(list, sizeof(*list));
}

const struct job *job_list_find(const struct job_list *list, const char *source,
				const char *id)
{
	for (size_t s = 0; s < list->count; s++) {
		if (!text_equal(list->of[s].name, source)) {
			continue;
		}
		for (size_t i = 0; i < list->of[s].count; i++) {
			if (text_equal(list->of[s].jobs[i].id, id)) {
				return &list->of[s].jobs[i];
			}
		}
	}
	return NULL;
}
