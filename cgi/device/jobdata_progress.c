/*
 * How far the jobs of an order are, with the real stages: waiting, sealing,
 * uploading so many bytes of so many, receipt. The page and the small script
 * get the same words.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cgi/device/app.h"
#include "cgi/device/jobdata.h"
#include "cgi/device/pages.h"
#include "cgi/people/marks.h"
#include "web/view.h"

/* Of the bar: what being sealed and being received count for. */
#define STEPS_OF_JOB 100
#define STEPS_SEALED 20
#define STEPS_UPLOADED 95

static unsigned steps_of(const struct jobs_item *item)
{
	switch (item->state) {
	case JOBS_SEALED:
	case JOBS_SENDING:
		return item->sealed_bytes == 0
			       ? STEPS_SEALED
			       : STEPS_SEALED +
					 (unsigned)((double)(STEPS_UPLOADED -
							     STEPS_SEALED) *
						    (double)item->offset /
						    (double)item->sealed_bytes);
	case JOBS_SENT:
	case JOBS_FAILED:
	case JOBS_CANCELLED:
		return STEPS_OF_JOB;
	default:
		return 0;
	}
}

static unsigned steps(const struct jobdata_order *o)
{
	unsigned sum = 0;

	for (size_t i = 0; i < o->count; i++) {
		sum += steps_of(&o->items[i]);
	}
	return sum;
}

static void put_way(struct buf *text, const struct jobs_item *item)
{
	char have[32], all[32];

	text_thousands(have, sizeof(have), item->offset);
	text_thousands(all, sizeof(all), item->sealed_bytes);
	if (item->offset >= item->sealed_bytes) {
		buf_put_str(text, "uploaded; waiting for the signed receipt");
	} else {
		buf_printf(text, "uploading, %s of %s bytes", have, all);
	}
}

/* Without a capital: it goes on after "Job 2 of 3: ". */
static void put_stage(struct buf *text, const struct jobs_item *item)
{
	switch (item->state) {
	case JOBS_WAITING:
		buf_put_str(text, item->attempts > 0 ? "being read and sealed"
						     : "waiting to be sealed");
		break;
	case JOBS_SEALED:
		buf_put_str(text, item->offset > 0 ? "interrupted; goes on "
						     "where it stopped"
						   : "sealed, waiting for the "
						     "server");
		break;
	case JOBS_SENDING:
		put_way(text, item);
		break;
	default:
		buf_put_str(text, jobs_item_state_title(item->state));
		break;
	}
	if (item->state <= JOBS_SENDING && item->problem[0] != '\0') {
		buf_printf(text, " (%s)", item->problem);
	}
}

/* The first that is not over, in one sentence. */
static void put_sentence(struct buf *text, const struct jobdata_order *o)
{
	for (size_t i = 0; i < o->count; i++) {
		if (o->items[i].state <= JOBS_SENDING) {
			buf_printf(text, "Job %u of %zu: ", o->items[i].number,
				   o->count);
			put_stage(text, &o->items[i]);
			buf_put_str(text, ".");
			return;
		}
	}
	buf_put_str(text, "Nothing is under way.");
}

void jobdata_progress_fill(struct visit *visit, const struct jobdata_order *o)
{
	json_t *view = visit->view;
	json_t *rows = view_array(view, "items");
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < o->count; i++) {
		const struct jobs_item *item = &o->items[i];
		json_t *row = view_item(rows);
		bool bad = item->state > JOBS_SENT;

		buf_reset(&text);
		put_stage(&text, item);
		view_number(row, "number", item->number);
		marks_tag(row, "tag",
			  item->state == JOBS_SENT ? "ok"
			  : bad                    ? "bad"
						   : "warn",
			  item->state == JOBS_SENT ? "ok"
			  : bad                    ? "bad"
						   : "wait",
			  jobs_item_state_title(item->state));
		view_sentence(row, "stage", buf_str(&text));
		view_text(row, "transaction", item->transaction);
	}
	buf_reset(&text);
	put_sentence(&text, o);
	view_text(view, "title", "Sending job data");
	view_text(view, "text", buf_str(&text));
	view_flag(view, "watch", true);
	view_flag(view, "script", true);
	json_object_set_new(view, "stage", json_integer(steps(o)));
	json_object_set_new(view, "stages",
			    json_integer((json_int_t)o->count * STEPS_OF_JOB));
	buf_clear(&text);
}

void jobdata_progress_answer(struct visit *visit, const struct jobdata_order *o)
{
	bool follow = o->here && o->order.state == JOBS_CONFIRMED;
	json_t *answer = json_object();
	struct buf text = BUF_INIT;

	if (follow) {
		put_sentence(&text, o);
		json_object_set_new(answer, "stage", json_integer(steps(o)));
	}
	view_text(answer, "text", buf_str(&text));
	view_flag(answer, "over", !follow);
	response_json(visit->response, answer);
	json_decref(answer);
	buf_clear(&text);
}
