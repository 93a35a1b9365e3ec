/*
 * sluice-jobs-ipp: a job source that offers the jobs of an IPP printer or a
 * queue of cupsd (docs/job-sources.md). Only the asking is here; what answers
 * mean is job_ipp.c's. A document passes through one buffer of ours; what
 * libcups has of it goes with this process.
 */
#include <cups/cups.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "collectors/ipp_target.h"
#include "collectors/job_ipp.h"
#include "collectors/job_program.h"

#define PROGRAM "sluice-jobs-ipp"
#define TRIES 3 /* of one request; the queue may want to know who we are */
#define KIB 1024

/* One printer that is asked. */
struct link {
	struct ipp_target target;
	const char *user;
	http_t *http;
};

static ipp_t *new_request(const struct link *link, ipp_op_t operation,
			  const char *const *attributes)
{
	ipp_t *request =
		ipp_target_request(&link->target, operation, link->user);
	int count = 0;
	while (attributes != NULL && attributes[count] != NULL) {
		count++;
	}
	if (count > 0) {
		ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD,
			      "requested-attributes", count, NULL, attributes);
	}
	return request;
}

static bool find_operation(const struct link *link, ipp_op_t *operation,
			   bool *gives, struct err *err)
{
	ipp_t *answer =
		ipp_target_ask(&link->target, link->http,
			       new_request(link, IPP_OP_GET_PRINTER_ATTRIBUTES,
					   job_ipp_printer_attributes),
			       err);
	if (answer == NULL) {
		return false;
	}
	*gives = job_ipp_operation(answer, operation);
	ippDelete(answer);
	return true;
}

/* Jobs of one kind, "completed" or not; *more: not all had room. */
static bool add_jobs(const struct link *link, const char *which,
		     struct job_list *list, bool *more, struct err *err)
{
	ipp_t *request = new_request(link, IPP_OP_GET_JOBS, job_ipp_attributes);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs",
		     NULL, which);
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "limit",
		      JOB_LIST_MAX);
	ipp_t *answer = ipp_target_ask(&link->target, link->http, request, err);
	if (answer == NULL) {
		return false;
	}
	*more |= !job_ipp_add(answer, clock_utc_now(), list);
	ippDelete(answer);
	return true;
}

static bool print_list(const struct program *program, const struct link *link,
		       struct err *err)
{
	struct job_list list = JOB_LIST_INIT;
	ipp_op_t operation;
	bool gives = false, more = false;
	struct job_source_list *source = job_list_source(&list, NULL, NULL);
	bool ok = find_operation(link, &operation, &gives, err) &&
		  add_jobs(link, "not-completed", &list, &more, err) &&
		  add_jobs(link, "completed", &list, &more, err);
	if (more) {
		job_source_set_problem(source, "There are more jobs than can "
					       "be listed.");
	}
	if (!gives) {
		job_source_set_problem(
			source,
			"This printer lists its jobs but does not give their "
			"documents out. Send the file from the computer that "
			"has it.");
	}
	ok = ok && job_program_print(program, &list, err);
	job_list_clear(&list);
	return ok;
}

/* Is it the same job as it was listed? INVALID or NOT_FOUND: it is not. */
static bool check_job(const struct link *link, const char *id, int64_t *kib,
		      struct err *err)
{
	int job = 0, document = 0;
	struct err why = { .kind = ERR_NONE };
	if (!job_ipp_numbers(id, &job, &document)) {
		return job_is_gone(err);
	}
	ipp_t *request = new_request(link, IPP_OP_GET_JOB_ATTRIBUTES,
				     job_ipp_attributes);
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id",
		      job);
	ipp_t *answer =
		ipp_target_ask(&link->target, link->http, request, &why);
	if (answer == NULL) {
		return why.kind == ERR_NOT_FOUND
			       ? job_is_gone(err)
			       : err_set(err, why.kind, "%s", why.text);
	}
	bool same = job_ipp_is(answer, id, kib);
	ippDelete(answer);
	return same || job_is_gone(err);
}

/* The answer before the document's bytes. NULL and err set: none. */
static ipp_t *start_document(const struct link *link, ipp_t *request,
			     struct err *err)
{
	const char *resource = link->target.resource;
	ipp_t *answer = NULL;
	for (int i = 0; answer == NULL && i < TRIES; i++) {
		http_status_t status = cupsSendRequest(
			link->http, request, resource, ippLength(request));
		if (status != HTTP_STATUS_CONTINUE &&
		    status != HTTP_STATUS_OK &&
		    status != HTTP_STATUS_UNAUTHORIZED) {
			break;
		}
		answer = cupsGetResponse(link->http, resource);
	}
	if (answer == NULL || cupsLastError() > IPP_STATUS_OK_EVENTS_COMPLETE) {
		err_set(err, ERR_DENIED,
			"The job cannot be read: %s refused to give its "
			"document (%s). Its administrator decides who may "
			"read it.",
			link->target.host, cupsLastErrorString());
		ippDelete(answer);
		return NULL;
	}
	return answer;
}

/* Hands on the document's bytes and counts them. */
static bool copy_document(const struct link *link, int64_t *bytes,
			  struct err *err)
{
	uint8_t *buffer = job_buffer_new();
	bool ok = true;
	ssize_t got = 1;
	while (ok && got > 0) {
		got = cupsReadResponseData(link->http, (char *)buffer,
					   JOB_BUFFER_SIZE);
		if (got > 0) {
			*bytes += got;
			ok = job_program_write(STDOUT_FILENO, buffer,
					       (size_t)got, err);
		}
	}
	job_buffer_free(buffer);
	/* The end of a connection looks like the end of the document. */
	if (ok && (got < 0 || httpGetState(link->http) != HTTP_STATE_WAITING)) {
		return err_set(err, ERR_RETRY,
			       "The job cannot be read: the connection to %s "
			       "ended in the middle. Try again.",
			       link->target.host);
	}
	return ok;
}

static bool read_document(const struct link *link, ipp_op_t operation,
			  const char *id, int64_t *bytes, struct err *err)
{
	int job = 0, document = 0;
	if (!job_ipp_numbers(id, &job, &document)) {
		return job_is_gone(err);
	}
	ipp_t *request = new_request(link, operation, NULL);
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id",
		      job);
	ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER,
		      "document-number", document);
	ipp_t *answer = start_document(link, request, err);
	bool ok = answer != NULL && copy_document(link, bytes, err);
	ippDelete(answer);
	ippDelete(request);
	return ok;
}

/* The same job still? One that went meanwhile was whole. */
static bool check_again(const struct link *link, const char *id, int64_t bytes,
			int64_t kib, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	int64_t now_kib = kib;
	if (kib > 0 && (bytes + KIB - 1) / KIB != kib) {
		return job_has_changed(err);
	}
	return check_job(link, id, &now_kib, &why) ||
	       why.kind == ERR_NOT_FOUND ||
	       err_set(err, why.kind, "%s", why.text);
}

static bool get(const struct link *link, const char *id, struct err *err)
{
	ipp_op_t operation;
	bool gives = false;
	int64_t bytes = 0, kib = 0;
	if (!find_operation(link, &operation, &gives, err)) {
		return false;
	}
	if (!gives) {
		return err_set(err, ERR_DENIED,
			       "The job cannot be read: this printer does not "
			       "give documents out.");
	}
	return check_job(link, id, &kib, err) &&
	       read_document(link, operation, id, &bytes, err) &&
	       check_again(link, id, bytes, kib, err);
}

static bool work(const struct program *program, struct link *link,
		 const char *socket, const struct job_call *call,
		 struct err *err)
{
	const struct sandbox_path paths[] = { { socket, false },
					      { NULL, false } };
	if (!sandbox_enter(SANDBOX_COLLECTOR, paths, NULL, err)) {
		return false;
	}
	link->http = ipp_target_connect(&link->target, socket, err);
	bool ok = link->http != NULL &&
		  (call->id == NULL ? print_list(program, link, err)
				    : get(link, call->id, err));
	httpClose(link->http);
	return ok;
}

int main(int argc, char **argv)
{
	const char *timeout = NULL, *socket = NULL, *user = NULL;
	const struct option_row rows[] = {
		{ "--timeout", "SECONDS", "for each answer; preset 20",
		  &timeout },
		{ "--socket", "PATH",
		  "connect to this, like /run/cups/cups.sock", &socket },
		{ "--user", "NAME", "who asks, as the printer is told", &user },
		{ NULL, NULL, NULL, NULL },
	};
	const struct program program = {
		.name = PROGRAM,
		.purpose = "Lists the jobs of an IPP printer, or prints the "
			   "bytes of one.",
		.operands = "URI list, or URI get ID",
		.options = rows,
		.out = stdout,
		.problems = stderr,
	};
	struct link link = { .user = "sluice" };
	struct job_call call = { .where = NULL };
	struct err err = { .kind = ERR_NONE };
	int code = 0;
	if (!job_program_start(&program, argc, argv, &call, &code)) {
		return code;
	}
	link.user = user != NULL ? user : link.user;
	if (!ipp_target_read(&link.target, "URI", call.where, timeout, &err)) {
		return program_fail(&program, &err, PROGRAM_USAGE);
	}
	return work(&program, &link, socket, &call, &err)
		       ? 0
		       : job_program_fail(&program, &err);
}
