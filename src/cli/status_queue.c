/*
 * What waits to be sent, why and until when, for "sluice status"; and what was
 * dropped, which nobody should find out by its absence. Why something waits is
 * domain/queue's to say.
 */
#include "cli/status_queue.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/zone.h"
#include "cli/print.h"
#include "client/identity.h"

#define DROPS_S ((int64_t)86400)
#define DROPS_MAX 20

static bool read_queue(const struct cli_device *device, int64_t now,
		       struct queue *queue, struct err *err)
{
	const struct queue_place place = {
		.device_id = device->config.id,
		.offset = zone_offset,
		.provisioned = identity_is_provisioned(&device->config),
	};
	return queue_read(device->db, &place, now, queue, err);
}

bool status_queue_read(const struct cli_device *device, struct status_queue *q,
		       struct err *err)
{
	int64_t now = clock_utc_now();
	return read_queue(device, now, &q->queue, err) &&
	       queue_drops(device->db, now - DROPS_S, DROPS_MAX, &q->drops,
			   &q->drops_count, err);
}

void status_queue_clear(struct status_queue *q)
{
	queue_clear(&q->queue);
	mem_free(q->drops);
	q->drops = NULL;
}

bool status_queue_hold(const struct cli_device *device, const char *transaction,
		       enum queue_hold *hold, int64_t *next_at, struct err *err)
{
	struct queue queue;
	if (!read_queue(device, clock_utc_now(), &queue, err)) {
		return false;
	}
	*hold = QUEUE_HOLD_NONE;
	*next_at = 0;
	for (size_t i = 0; i < queue.count; i++) {
		if (text_equal(queue.items[i].item.transaction, transaction)) {
			*hold = queue.items[i].hold;
			*next_at = queue.items[i].next_at;
		}
	}
	queue_clear(&queue);
	return true;
}

static void put_why(const struct queue_item *q, FILE *out)
{
	struct buf why = BUF_INIT;
	const char *problem = q->item.problem;
	if (q->hold != QUEUE_HOLD_RETRY || problem[0] == '\0') {
		queue_put_hold(&why, q->hold);
	}
	if (why.len > 0) {
		print_line(out, "    Why: %s.", buf_str(&why));
	}
	if (problem[0] != '\0') {
		print_line(out, "    %s %s",
			   why.len > 0 ? "Last try:" : "Why:", problem);
	}
	buf_clear(&why);
}

void status_queue_put_item(const struct queue_item *q, FILE *out)
{
	char at[PRINT_TIME_SIZE];
	const struct outbox_item *item = &q->item;
	char *services = cli_device_service_names(item->services, ", ");
	print_line(out, "  %s (%s): %s.", item->transaction, services,
		   outbox_state_title(item->state));
	put_why(q, out);
	if (item->state == OUTBOX_QUEUED) {
		print_line(out, "    Next try: %s",
			   q->next_at == 0  ? "now"
			   : q->next_at < 0 ? "when that changes"
					    : print_time(at, q->next_at));
	}
	mem_free(services);
}

json_t *status_queue_item_json(const struct queue_item *q)
{
	char at[CLOCK_TEXT_SIZE], received[CLOCK_TEXT_SIZE];
	const struct outbox_item *item = &q->item;
	char *services = cli_device_service_names(item->services, " ");
	clock_format(at, q->next_at);
	clock_format(received, item->received_at);
	json_t *o = json_pack(
		"{s:s, s:s, s:s, s:s, s:I, s:i, s:s?, s:s?, s:s?, s:s?}",
		"transaction", item->transaction, "state",
		outbox_state_name(item->state), "services", services, "sha256",
		item->sha256, "bytes", (json_int_t)item->bytes, "attempts",
		(int)item->attempts, "problem",
		item->problem[0] == '\0' ? NULL : item->problem, "hold",
		q->hold == QUEUE_HOLD_NONE ? NULL : queue_hold_name(q->hold),
		"next_try_at", q->next_at > 0 ? at : NULL, "received_at",
		item->received_at == 0 ? NULL : received);
	mem_free(services);
	return o;
}

void status_queue_put(const struct status_queue *q, FILE *out)
{
	char size[PRINT_SIZE_SIZE], at[PRINT_TIME_SIZE];
	const struct queue_limits *limits = &q->queue.limits;
	print_line(out,
		   "Queue: %s wait; at most %" PRIu64 " megabytes, and %" PRId64
		   " days",
		   print_size(size, q->queue.bytes),
		   limits->bytes / QUEUE_MEGABYTE, limits->age_s / 86400);
	print_size(size, q->queue.month_used);
	if (limits->month == 0) {
		print_line(out, "This month: %s left this device; no limit",
			   size);
	} else {
		print_line(out,
			   "This month: %s left this device; at most %" PRIu64
			   " megabytes",
			   size, limits->month / QUEUE_MEGABYTE);
	}
	if (q->drops_count > 0) {
		print_line(out, "Dropped within a day: %zu", q->drops_count);
	}
	for (size_t i = 0; i < q->drops_count; i++) {
		print_line(out, "  %s, %s: %s", q->drops[i].transaction,
			   print_time(at, q->drops[i].at), q->drops[i].why);
	}
}

static json_t *drops_json(const struct status_queue *q)
{
	json_t *list = json_array();
	for (size_t i = 0; i < q->drops_count; i++) {
		char at[CLOCK_TEXT_SIZE];
		clock_format(at, q->drops[i].at);
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:s}", "transaction",
					q->drops[i].transaction, "at", at,
					"why", q->drops[i].why));
	}
	return list;
}

void status_queue_add_json(const struct status_queue *q, json_t *all)
{
	const struct queue_limits *limits = &q->queue.limits;
	json_object_set_new(all, "queue",
			    json_pack("{s:I, s:I, s:I}", "bytes",
				      (json_int_t)q->queue.bytes, "limit_bytes",
				      (json_int_t)limits->bytes, "limit_days",
				      (json_int_t)(limits->age_s / 86400)));
	json_object_set_new(
		all, "month",
		json_pack("{s:I, s:o}", "used", (json_int_t)q->queue.month_used,
			  "limit",
			  limits->month == 0
				  ? json_null()
				  : json_integer((json_int_t)limits->month)));
	json_object_set_new(all, "dropped", drops_json(q));
}
