/*
 * What an IPP answer says of jobs. Names are bytes that strangers chose;
 * job_list_add() cleans them. How a printer is asked is jobs_ipp.c's.
 */
#include "collectors/job_ipp.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/sha256.h"

#define HASH_BYTES 16
#define DOCUMENTS_MAX 100 /* of one job */
#define KIB 1024

const char *const job_ipp_printer_attributes[] = { "operations-supported",
						   NULL };

const char *const job_ipp_attributes[] = {
	"date-time-at-creation",
	"document-format",
	"document-format-supplied",
	"job-id",
	"job-impressions",
	"job-impressions-completed",
	"job-k-octets",
	"job-media-sheets",
	"job-media-sheets-completed",
	"job-name",
	"job-originating-user-name",
	"job-preserved", /* CUPS: are the documents of an ended job kept? */
	"job-printer-up-time",
	"job-state",
	"job-uuid",
	"number-of-documents",
	"time-at-creation",
	NULL,
};

/* Those that we can use, the better first. */
static const ipp_op_t operations[] = {
	IPP_OP_CUPS_GET_DOCUMENT, /* cupsd */
	IPP_OP_FETCH_DOCUMENT,    /* PWG 5100.18 */
};

bool job_ipp_operation(ipp_t *printer, ipp_op_t *operation)
{
	ipp_attribute_t *supported =
		ippFindAttribute(printer, "operations-supported", IPP_TAG_ENUM);
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]);
	     i++) {
		if (supported != NULL &&
		    ippContainsInteger(supported, (int)operations[i])) {
			*operation = operations[i];
			return true;
		}
	}
	return false;
}

/* Attributes of one job of an answer; texts are borrowed from it. */
struct found {
	ipp_attribute_t
		*of[sizeof(job_ipp_attributes) / sizeof(job_ipp_attributes[0])];
};

static ipp_attribute_t *attribute(const struct found *job, const char *name)
{
	for (size_t i = 0; job_ipp_attributes[i] != NULL; i++) {
		if (text_equal(job_ipp_attributes[i], name)) {
			return job->of[i];
		}
	}
	return NULL;
}

/* otherwise: there is no such attribute, or no such number. */
static int number(const struct found *job, const char *name, int otherwise)
{
	ipp_attribute_t *a = attribute(job, name);
	ipp_tag_t tag = a != NULL ? ippGetValueTag(a) : IPP_TAG_ZERO;
	return tag == IPP_TAG_INTEGER || tag == IPP_TAG_ENUM
		       ? ippGetInteger(a, 0)
		       : otherwise;
}

/* "" = there is none. */
static const char *text(const struct found *job, const char *name)
{
	ipp_attribute_t *a = attribute(job, name);
	const char *value = a != NULL ? ippGetString(a, 0, NULL) : NULL;
	return value != NULL ? value : "";
}

/* Gathers the next job of an answer; false: there is no more. */
static bool next_job(ipp_t *answer, ipp_attribute_t **at, struct found *job)
{
	bool any = false;
	memset(job, 0, sizeof(*job));
	for (; *at != NULL; *at = ippNextAttribute(answer)) {
		const char *name = ippGetName(*at);
		if (ippGetGroupTag(*at) != IPP_TAG_JOB || name == NULL) {
			if (any) {
				return true; /* a separator, or another group */
			}
			continue;
		}
		any = true;
		for (size_t i = 0; job_ipp_attributes[i] != NULL; i++) {
			if (strcmp(job_ipp_attributes[i], name) == 0) {
				job->of[i] = *at;
			}
		}
	}
	return any;
}

static int documents_of(const struct found *job)
{
	int count = number(job, "number-of-documents", 1);
	return count < DOCUMENTS_MAX ? count : DOCUMENTS_MAX;
}

/* Ended jobs have documents only where they are kept. */
static bool has_documents(const struct found *job)
{
	ipp_attribute_t *kept = attribute(job, "job-preserved");
	int state = number(job, "job-state", IPP_JSTATE_PENDING);
	return number(job, "job-id", 0) > 0 && documents_of(job) > 0 &&
	       (state < IPP_JSTATE_CANCELED ||
		(kept != NULL && ippGetValueTag(kept) == IPP_TAG_BOOLEAN &&
		 ippGetBoolean(kept, 0)));
}

static void make_id(const struct found *job, int document, char id[JOB_ID_SIZE])
{
	char facts[512], hash[2 * HASH_BYTES + 1];
	uint8_t digest[SHA256_SIZE];
	int documents = documents_of(job);
	snprintf(facts, sizeof(facts), "%d %d/%d %d %d %.255s",
		 number(job, "job-id", 0), document, documents,
		 number(job, "time-at-creation", 0),
		 number(job, "job-k-octets", 0), text(job, "job-uuid"));
	sha256_bytes(facts, strlen(facts), digest);
	hex_encode(hash, digest, HASH_BYTES);
	if (documents == 1) {
		snprintf(id, JOB_ID_SIZE, "%d-%s", number(job, "job-id", 0),
			 hash);
	} else {
		snprintf(id, JOB_ID_SIZE, "%d.%d-%s", number(job, "job-id", 0),
			 document, hash);
	}
}

/* UTC seconds; 0 = not known. */
static int64_t time_of(const struct found *job, int64_t now)
{
	ipp_attribute_t *date = attribute(job, "date-time-at-creation");
	if (date != NULL && ippGetValueTag(date) == IPP_TAG_DATE) {
		return (int64_t)ippDateToTime(ippGetDate(date, 0));
	}
	/* Seconds since the printer was switched on, both of them. */
	int up = number(job, "job-printer-up-time", 0);
	int made = number(job, "time-at-creation", 0);
	return up >= made && made > 0 ? now - (up - made) : 0;
}

static int64_t pages_of(const struct found *job)
{
	static const char *const names[] = {
		"job-impressions",
		"job-impressions-completed",
		"job-media-sheets",
		"job-media-sheets-completed",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int value = number(job, names[i], 0);
		if (value > 0) {
			return value;
		}
	}
	return -1; /* 0 is what a queue says that has not looked */
}

/* In KiB, rounded up; 0 = of this document alone it is not known. */
static int64_t kib_of(const struct found *job)
{
	int value = number(job, "job-k-octets", 0);
	return documents_of(job) == 1 && value > 0 ? value : 0;
}

static bool add_document(const struct found *job, int document, int64_t now,
			 struct job_list *list)
{
	char name[1024], owner[1024];
	const char *type = text(job, "document-format-supplied");
	struct job made = { .name = name,
			    .owner = owner,
			    .bytes = kib_of(job) > 0 ? kib_of(job) * KIB : -1,
			    .pages = pages_of(job),
			    .time = time_of(job, now) };
	snprintf(name, sizeof(name), "%s", text(job, "job-name"));
	if (documents_of(job) > 1) {
		snprintf(name, sizeof(name), "%.900s (%d of %d)",
			 text(job, "job-name"), document, documents_of(job));
	}
	snprintf(owner, sizeof(owner), "%s",
		 text(job, "job-originating-user-name"));
	(void)!text_copy(made.type, sizeof(made.type),
			 type[0] != '\0' ? type : text(job, "document-format"));
	make_id(job, document, made.id);
	return job_list_add(list, &made);
}

bool job_ipp_add(ipp_t *answer, int64_t now, struct job_list *list)
{
	struct found job;
	ipp_attribute_t *at = ippFirstAttribute(answer);
	while (next_job(answer, &at, &job)) {
		for (int i = 1; has_documents(&job) && i <= documents_of(&job);
		     i++) {
			if (!add_document(&job, i, now, list)) {
				return false;
			}
		}
	}
	return true;
}

/* A number from 1, as it is written without zeros in front. */
static const char *read_number(const char *at, int *value)
{
	char digits[11] = "";
	uint64_t read = 0;
	size_t len = strspn(at, "0123456789");
	if (len == 0 || len >= sizeof(digits) || at[0] == '0') {
		return NULL;
	}
	memcpy(digits, at, len);
	if (!text_parse_u64(digits, 1, INT32_MAX, &read)) {
		return NULL;
	}
	*value = (int)read;
	return at + len;
}

bool job_ipp_numbers(const char *id, int *job, int *document)
{
	const char *at = read_number(id, job);
	*document = 1;
	if (at != NULL && *at == '.') {
		at = read_number(at + 1, document);
	}
	return at != NULL && *at == '-';
}

bool job_ipp_is(ipp_t *answer, const char *id, int64_t *kib)
{
	struct found job;
	char its[JOB_ID_SIZE];
	int number_of_job, document;
	ipp_attribute_t *at = ippFirstAttribute(answer);
	if (!job_ipp_numbers(id, &number_of_job, &document) ||
	    !next_job(answer, &at, &job) || !has_documents(&job) ||
	    document > documents_of(&job)) {
		return false;
	}
	make_id(&job, document, its);
	*kib = kib_of(&job);
	return text_equal(its, id);
}
