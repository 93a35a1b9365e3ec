#ifndef SLUICE_FORMATS_JOB_LIST_H
#define SLUICE_FORMATS_JOB_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The jobs that a source offers, as it prints them and as the daemon hands
 * them to a page: XML in the namespace urn:sluice:jobs:1,
 *
 *	<Jobs xmlns="urn:sluice:jobs:1">
 *	 <Source name="spool" title="Spool folder">
 *	  <Problem>why there are no jobs, or none that can be read</Problem>
 *	  <Job id="..."><Name/><Owner/><Bytes/><Pages/><Time/><Type/></Job>
 *	 </Source>
 *	</Jobs>
 *
 * Children of a Job: each at most once, in any order; left out or empty is
 * unknown. Bytes and Pages are decimal, Time is like 2026-11-23T14:02:07Z,
 * Type is a media type without parameters. A Source has at most one Problem.
 * A program prints one Source without attributes; the daemon adds them. All of
 * it is job metadata: it is shown to the person who is signed in and kept
 * nowhere.
 */
#define JOB_LIST_MAX 500 /* jobs of all sources */
#define JOB_LIST_SOURCES_MAX 8
#define JOB_LIST_BYTES_MAX (1024 * 1024) /* of the XML */
#define JOB_ID_SIZE 65                   /* [A-Za-z0-9._-]{1,64}, and NUL */
#define JOB_NAME_MAX 4096 /* bytes; longer is cut at a character */
#define JOB_TYPE_SIZE 65
#define JOB_TITLE_SIZE 101
#define JOB_PROBLEM_SIZE 256

struct job {
	char id[JOB_ID_SIZE]; /* means exactly this content of this job */
	char *name;           /* cleaned for people, "" = none; own memory */
	char *owner;          /* the same */
	char type[JOB_TYPE_SIZE]; /* media type, "" = unknown */
	/* -1 = unknown; a source that counts in KiB rounds up to 1,024 */
	int64_t bytes;
	int64_t pages; /* -1 = unknown */
	int64_t time;  /* UTC seconds; 0 = unknown */
};

struct job_source_list {
	char name[JOB_ID_SIZE]; /* of "[jobs:NAME]" */
	char title[JOB_TITLE_SIZE];
	/* why it gave none, or gives none out; "" = fine */
	char problem[JOB_PROBLEM_SIZE];
	struct job *jobs; /* mem_array of count */
	size_t count;
};

struct job_list {
	struct job_source_list of[JOB_LIST_SOURCES_MAX];
	size_t count;
};

#define JOB_LIST_INIT      \
	{                  \
		.count = 0 \
	}

bool job_id_valid(const char *id);

/* RFC 6838, section 4.2, without parameters, within JOB_TYPE_SIZE. */
bool job_type_valid(const char *type);

/*
 * Reads it strictly: ids valid and different within a source, numbers within
 * range. Control characters and marks that turn the direction of text become
 * U+FFFD. Errors: INVALID, LIMIT.
 */
MUST_USE bool job_list_read(const char *xml, size_t len, struct job_list *list,
			    struct err *err);
/* Names and owners may be any bytes: they are cleaned here, too. */
void job_list_put(struct buf *out, const struct job_list *list);
void job_list_clear(struct job_list *list); /* wipes names and owners */

/*
 * The next source, empty, to be filled by job_list_add(); NULL = there are
 * JOB_LIST_SOURCES_MAX. name and title are copied, cleaned and cut.
 */
struct job_source_list *job_list_source(struct job_list *list, const char *name,
					const char *title);

/*
 * Adds a copy of the job to the last source; name and owner are cleaned, NULL
 * = none; a type that is none is unknown. false = it does not fit: JOB_LIST_MAX jobs, or as many as a list
 * surely has room for in JOB_LIST_BYTES_MAX.
 */
bool job_list_add(struct job_list *list, const struct job *job);

/* Cleaned and cut as names are, for a source's problem. */
void job_source_set_problem(struct job_source_list *source, const char *text);

/* NULL = there is none. */
const struct job *job_list_find(const struct job_list *list, const char *source,
				const char *id);

#endif
