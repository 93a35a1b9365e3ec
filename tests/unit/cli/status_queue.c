/* What waits, why and until when (src/cli/status_queue.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/status_queue.h"

#include "base/clock.h"
#include "base/mem.h"
#include "capture.h"

#define TRANSACTION "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

static struct queue_item waiting(enum queue_hold hold, int64_t next_at,
				 const char *problem)
{
	struct queue_item q = {
		.item = { .transaction = TRANSACTION,
			  .state = OUTBOX_QUEUED,
			  .services = SERVICE_BIT(SERVICE_METERING) },
		.hold = hold,
		.next_at = next_at,
	};
	(void)snprintf(q.item.problem, sizeof(q.item.problem), "%s", problem);
	return q;
}

static void assert_item(struct queue_item q, const char *text)
{
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	assert_non_null(file);
	status_queue_put_item(&q, file);
	assert_int_equal(fclose(file), 0);
	assert_string_equal(out, text);
	free(out);
}

#define HEAD "  " TRANSACTION " (metering): Waiting to be sent.\n"

static void each_item_says_why_and_when(void **state)
{
	(void)state;
	assert_item(waiting(QUEUE_HOLD_NONE, 0, ""),
		    HEAD "    Next try: now\n");
	assert_item(waiting(QUEUE_HOLD_RETRY, 1795600000, "No answer."),
		    HEAD "    Why: No answer.\n"
			 "    Next try: 2026-11-25 09:46:40Z\n");
	assert_item(waiting(QUEUE_HOLD_QUIET, 1795600000, "No answer."),
		    HEAD "    Why: Waits for the end of the quiet hours.\n"
			 "    Last try: No answer.\n"
			 "    Next try: 2026-11-25 09:46:40Z\n");
	assert_item(waiting(QUEUE_HOLD_NOT_ALLOWED, -1, ""),
		    HEAD "    Why: Remote services are not allowed.\n"
			 "    Next try: when that changes\n");
	struct queue_item staged = waiting(QUEUE_HOLD_NONE, 0, "");
	staged.item.state = OUTBOX_STAGED;
	assert_item(staged,
		    "  " TRANSACTION " (metering): Prepared, not approved.\n");
	/* What came from elsewhere forges no line. */
	assert_item(waiting(QUEUE_HOLD_RETRY, 1795600000, "no\nNext try: now"),
		    HEAD "    Why: no\xef\xbf\xbdNext try: now\n"
			 "    Next try: 2026-11-25 09:46:40Z\n");
}

static const char *text_of(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static void programs_get_a_word_and_a_time(void **state)
{
	(void)state;
	struct queue_item q = waiting(QUEUE_HOLD_ORDER, 1795600000, "");
	json_t *o = status_queue_item_json(&q);
	assert_string_equal(text_of(o, "hold"), "order");
	assert_string_equal(text_of(o, "next_try_at"), "2026-11-25T09:46:40Z");
	assert_true(json_is_null(json_object_get(o, "problem")));
	json_decref(o);
	q = waiting(QUEUE_HOLD_NONE, 0, "x");
	o = status_queue_item_json(&q);
	assert_true(json_is_null(json_object_get(o, "hold")));
	assert_true(json_is_null(json_object_get(o, "next_try_at")));
	assert_string_equal(text_of(o, "problem"), "x");
	json_decref(o);
}

static json_t *status(void)
{
	struct capture c;
	capture_device_run(&device, &c, 0, "status --json");
	json_t *o = json_loads(c.out, 0, NULL);
	assert_non_null(o);
	capture_clear(&c);
	return o;
}

static json_int_t number(json_t *o, const char *part, const char *name)
{
	return json_integer_value(
		json_object_get(json_object_get(o, part), name));
}

static void the_month_and_the_bounds_are_told(void **state)
{
	(void)state;
	capture_device_check(
		&device, 0, "status",
		"Queue: 0 bytes wait; at most 16 megabytes, and "
		"35 days\nThis month: 0 bytes left this device; no "
		"limit\n");
	capture_device_check(&device, 0, "settings set month_limit 100", NULL);
	capture_device_check(&device, 0, "settings set queue_days 7", NULL);
	capture_device_check(&device, 0, "status",
			     "16 megabytes, and 7 days\nThis month: 0 bytes "
			     "left this device; at most 100 megabytes\n");
	json_t *o = status();
	assert_int_equal(number(o, "queue", "limit_bytes"), 16000000);
	assert_int_equal(number(o, "queue", "limit_days"), 7);
	assert_int_equal(number(o, "month", "limit"), 100000000);
	assert_int_equal(number(o, "month", "used"), 0);
	json_decref(o);
}

/* As if a month without a server had passed. */
static void let_all_grow_old(void)
{
	struct cli_device opened = CLI_DEVICE_INIT;
	struct err err = { .kind = ERR_NONE };
	size_t dropped = 0;
	assert_true(cli_device_open(device.conf, &opened, &err));
	assert_true(queue_make_room(opened.db, 0,
				    clock_utc_now() + (int64_t)36 * 86400,
				    &dropped, &err));
	assert_int_equal(dropped, 1);
	cli_device_close(&opened);
}

static void what_was_dropped_is_told(void **state)
{
	(void)state;
	struct capture c;
	capture_device_check(&device, 0, "allow remote", NULL);
	capture_device_check(&device, 0, "allow metering", NULL);
	capture_device_check(&device, 4, "send metering",
			     "Waits for a certificate");
	json_t *o = status();
	json_t *first = json_array_get(json_object_get(o, "waiting"), 0);
	assert_string_equal(text_of(first, "hold"), "identity");
	assert_true(number(o, "queue", "bytes") > 100);
	assert_int_equal(json_array_size(json_object_get(o, "dropped")), 0);
	json_decref(o);
	let_all_grow_old();
	capture_device_check(&device, 0, "status", "Nothing waits.");
	capture_device_check(&device, 0, "status", "Dropped within a day: 1\n");
	capture_device_check(&device, 0, "status",
			     "dropped: it waited for more than");
	o = status();
	json_t *drop = json_array_get(json_object_get(o, "dropped"), 0);
	assert_non_null(strstr(text_of(drop, "why"), "queue_days"));
	json_decref(o);
	capture_device_run(&device, &c, 0, "log --kind cancelled --csv");
	assert_non_null(strstr(c.out, "dropped: it waited for more than"));
	capture_clear(&c);
}

static void one_that_is_not_in_the_queue_has_no_hold(void **state)
{
	(void)state;
	struct cli_device opened = CLI_DEVICE_INIT;
	struct err err = { .kind = ERR_NONE };
	enum queue_hold hold = QUEUE_HOLD_RETRY;
	int64_t at = 5;
	assert_true(cli_device_open(device.conf, &opened, &err));
	assert_true(status_queue_hold(&opened, "none", &hold, &at, &err));
	assert_int_equal(hold, QUEUE_HOLD_NONE);
	assert_int_equal(at, 0);
	cli_device_close(&opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_item_says_why_and_when),
		cmocka_unit_test(programs_get_a_word_and_a_time),
		cmocka_unit_test(the_month_and_the_bounds_are_told),
		cmocka_unit_test(what_was_dropped_is_told),
		cmocka_unit_test(one_that_is_not_in_the_queue_has_no_hold),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
