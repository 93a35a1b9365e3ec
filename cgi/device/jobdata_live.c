/*
 * The list of jobs that wait in the sources, as it is now: a request to the
 * client daemon, which answers through a FIFO. What it says is shown once and
 * kept nowhere.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/jobdata.h"
#include "domain/job_answer.h"
#include "domain/requests.h"
#include "web/view.h"

/* A daemon that has not even taken the request up by then is busy or away. */
#define TAKEN_UP_MS 5000
#define NAME_SHOWN_MAX 160 /* bytes */

/* The daemon's answer, or RETRY. */
static bool wait_for(struct visit *visit, int64_t id, struct job_answer *answer,
		     struct buf *xml, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct request_row row;

	if (job_answer_wait(answer, TAKEN_UP_MS, xml, &why)) {
		return true;
	}
	if (why.kind == ERR_RETRY) {
		if (!requests_get(app_of(visit)->db, id, &row, err)) {
			return false;
		}
		if (row.state == REQUEST_REFUSED) {
			return err_set(err, ERR_RETRY, "%s", row.problem);
		}
		if (row.state != REQUEST_OPEN) {
			return job_answer_wait(answer,
					       JOB_ANSWER_WAIT_MS - TAKEN_UP_MS,
					       xml, err);
		}
	}
	return err_set(err, why.kind, "%s", why.text);
}

static bool ask(struct visit *visit, struct buf *xml, struct err *err)
{
	struct device_app *app = app_of(visit);
	struct job_answer *answer = NULL;
	char key[CSRF_RANDOM_SIZE];
	int64_t id;

	csrf_random(key);
	if (!job_answer_open(app->config.state, key, &answer, err)) {
		return false;
	}
	bool done = requests_add(app->db, REQUEST_JOBS, 0, people_actor(visit),
				 key, visit->request->now, &id, err);

	if (done) {
		app_wake_daemon(visit);
		done = wait_for(visit, id, answer, xml, err);
	}
	job_answer_close(answer);
	return done;
}

bool jobdata_ask(struct visit *visit, struct jobdata_live *live,
		 struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	struct buf xml = BUF_INIT;

	*live = (struct jobdata_live){ .problem = "" };
	if (app_of(visit)->config.job_sources_count == 0) {
		return true;
	}
	if (ask(visit, &xml, &why) &&
	    !job_list_read((const char *)xml.data, xml.len, &live->list,
			   &why)) {
		log_warn(visit->site->log, "the list of jobs: %s", why.text);
		why = (struct err){ .kind = ERR_NONE };
		err_set(&why, ERR_LIMIT,
			"The list of jobs is not as it should be; the running "
			"log says more.");
	}
	buf_burn(&xml);
	if (why.kind == ERR_IO || why.kind == ERR_BUG) {
		return err_set(err, why.kind, "%s", why.text);
	}
	(void)snprintf(live->problem, sizeof(live->problem), "%.255s",
		       why.text);
	return true;
}

void jobdata_live_clear(struct jobdata_live *live)
{
	job_list_clear(&live->list);
}

/* ---- words ---- */

/* A long one is cut, at a character. */
static void put_name(json_t *item, const char *member, const char *text)
{
	size_t len = strlen(text);
	struct buf shown = BUF_INIT;

	if (len > NAME_SHOWN_MAX) {
		len = NAME_SHOWN_MAX;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) {
			len--;
		}
	}
	buf_put(&shown, text, len);
	buf_put_str(&shown, text[len] != '\0' ? "\xe2\x80\xa6" : "");
	view_text(item, member, buf_str(&shown));
	buf_burn(&shown);
}

static void put_number(json_t *item, const char *member, int64_t number,
		       const char *one, const char *many)
{
	if (number < 0) {
		view_text(item, member, "unknown");
	} else {
		view_count(item, member, (uint64_t)number, one, many);
	}
}

void jobdata_fill_job(json_t *item, const struct job *job)
{
	put_name(item, "name", job->name[0] != '\0' ? job->name : "no name");
	put_name(item, "owner", job->owner[0] != '\0' ? job->owner : "unknown");
	put_number(item, "size", job->bytes, "byte", "bytes");
	put_number(item, "pages", job->pages, "page", "pages");
	view_text(item, "time", "unknown");
	if (job->time != 0) {
		view_time(item, "time", job->time);
	}
}
