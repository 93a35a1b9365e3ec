/*
 * What waits to be sent, whoever put it there: a person, the timer, an alarm,
 * an instruction. The order and the reasons are domain/queue's; limits are
 * changed in network_limits.c.
 */
#include "cgi/device/send.h"

#include <stdio.h>

#include "base/zone.h"
#include "cgi/device/app.h"
#include "cgi/device/contact.h"
#include "cgi/device/words.h"
#include "domain/enrolment.h"
#include "domain/queue.h"
#include "web/view.h"

static void fill_next(struct visit *visit, json_t *row,
		      const struct queue_item *item)
{
	struct buf text = BUF_INIT;

	if (item->next_at < 0) {
		buf_put_str(&text, "when that changes");
	} else if (item->next_at <= visit->request->now) {
		buf_put_str(&text, "now");
	} else {
		contact_put_when(visit, &text, item->next_at);
	}
	view_text(row, "next", buf_str(&text));
	buf_clear(&text);
}

static void fill_item(struct visit *visit, json_t *row,
		      const struct queue_item *item)
{
	struct buf why = BUF_INIT;

	queue_put_hold(&why, item->hold);
	if (why.len == 0) {
		buf_put_str(&why, "goes next");
	}
	view_text(row, "transaction", item->item.transaction);
	words_services(row, "services", item->item.services);
	view_sentence(row, "why", buf_str(&why));
	view_sentence(row, "problem", item->item.problem);
	view_text(row, "by", item->item.created_by);
	view_number(row, "bytes", item->item.bytes);
	fill_next(visit, row, item);
	buf_clear(&why);
}

bool send_fill_queue(struct visit *visit, struct err *err)
{
	const struct device_app *app = app_of(visit);
	struct enrolment enrolment;

	if (!enrolment_read(app->db, &enrolment, err)) {
		return false;
	}
	const struct queue_place place = {
		.device_id = app->config.id,
		.offset = zone_offset,
		.provisioned = enrolment.sha256[0] != '\0',
	};
	struct queue queue = { .items = NULL };

	if (!queue_read(app->db, &place, visit->request->now, &queue, err)) {
		return false;
	}
	json_t *view = view_object(visit->view, "queue");
	json_t *rows = view_array(view, "rows");

	for (size_t i = 0; i < queue.count; i++) {
		fill_item(visit, view_item(rows), &queue.items[i]);
	}
	view_flag(view, "any", queue.count > 0);
	queue_clear(&queue);
	return true;
}
