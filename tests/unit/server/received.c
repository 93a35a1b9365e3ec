/*
 * What was received is kept exactly, listed in order, and never changed.
 */
#include "server/received.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/server/samples.h"

static struct received item_of(struct samples *s, const char *device,
			       unsigned n)
{
	struct received item = {
		.bytes = 5,
		.received_at = SAMPLES_NOW + n,
		.collected_at = SAMPLES_NOW,
		.reason = "button",
		.services = "metering supplies",
		.grants = "a b",
		.documents = 6,
		.ledger_index = n,
	};
	snprintf(item.device, sizeof(item.device), "%s", device);
	samples_transaction(item.transaction, n);
	memset(item.sha256, 'a', 64);
	snprintf(item.certificate, sizeof(item.certificate), "%s",
		 s->device.sha256);
	return item;
}

static void insert(struct samples *s, const char *device, unsigned n)
{
	struct received item = item_of(s, device, n);
	struct err err = { 0 };
	assert_true(received_insert(s->server.db, &item,
				    "a\0b\xff"
				    "c",
				    "receipt text\n", &err));
	assert_true(item.number > 0);
}

static void everything_is_read_back(void **state)
{
	struct samples *s = *state;
	struct received item, wanted = item_of(s, SAMPLES_DEVICE, 7);
	struct buf body = BUF_INIT, receipt = BUF_INIT;
	struct err err = { 0 };
	insert(s, SAMPLES_DEVICE, 7);
	assert_true(received_find(s->server.db, SAMPLES_DEVICE,
				  wanted.transaction, &item, &err));
	wanted.number = item.number;
	assert_string_equal(wanted.device, item.device);
	assert_string_equal(wanted.transaction, item.transaction);
	assert_string_equal(wanted.sha256, item.sha256);
	assert_int_equal(wanted.bytes, item.bytes);
	assert_int_equal(wanted.received_at, item.received_at);
	assert_int_equal(wanted.collected_at, item.collected_at);
	assert_string_equal("button", item.reason);
	assert_string_equal("metering supplies", item.services);
	assert_string_equal("a b", item.grants);
	assert_int_equal(6, item.documents);
	assert_string_equal(wanted.certificate, item.certificate);
	assert_int_equal(7, item.ledger_index);
	assert_true(received_body(s->server.db, item.number, &body, &err));
	assert_int_equal(5, body.len);
	assert_memory_equal("a\0b\xff"
			    "c",
			    body.data, 5);
	assert_true(
		received_receipt(s->server.db, item.number, &receipt, &err));
	assert_string_equal("receipt text\n", buf_str(&receipt));
	buf_clear(&body);
	buf_clear(&receipt);
}

static void one_device_does_not_see_the_other(void **state)
{
	struct samples *s = *state;
	struct received item;
	struct err err = { 0 };
	char id[UUID_TEXT_SIZE];
	char device[65];
	insert(s, SAMPLES_DEVICE, 1);
	samples_transaction(id, 1);
	assert_false(
		received_find(s->server.db, SAMPLES_OTHER, id, &item, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	/* The same id of another device is another transaction. */
	insert(s, SAMPLES_OTHER, 1);
	assert_true(
		received_find(s->server.db, SAMPLES_OTHER, id, &item, &err));
	assert_true(received_device_of(s->server.db, id, device, &err));
	assert_string_equal(SAMPLES_DEVICE, device);
	samples_transaction(id, 99);
	err_reset(&err);
	assert_false(received_device_of(s->server.db, id, device, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
}

static void lists_are_newest_first_and_go_on(void **state)
{
	struct samples *s = *state;
	struct received *list = NULL;
	struct err err = { 0 };
	size_t count = 0;
	for (unsigned n = 1; n <= 20; n++) {
		insert(s, n % 2 == 0 ? SAMPLES_OTHER : SAMPLES_DEVICE, n);
	}
	assert_true(
		received_list(s->server.db, NULL, 0, 0, &list, &count, &err));
	assert_int_equal(20, count);
	assert_int_equal(20, list[0].ledger_index);
	mem_free(list);
	assert_true(received_list(s->server.db, SAMPLES_DEVICE, 0, 3, &list,
				  &count, &err));
	assert_int_equal(3, count);
	assert_int_equal(19, list[0].ledger_index);
	int64_t before = list[2].number;
	mem_free(list);
	assert_true(received_list(s->server.db, SAMPLES_DEVICE, before, 3,
				  &list, &count, &err));
	assert_int_equal(13, list[0].ledger_index);
	mem_free(list);
}

static void nothing_is_changed_afterwards(void **state)
{
	struct samples *s = *state;
	struct received item = item_of(s, SAMPLES_DEVICE, 1);
	struct stmt q;
	struct err err = { 0 };
	insert(s, SAMPLES_DEVICE, 1);
	assert_false(
		received_insert(s->server.db, &item, "other", "r\n", &err));
	err_reset(&err);
	assert_true(db_query(s->server.db, &q,
			     "UPDATE transmissions SET sha256 = sha256", &err));
	assert_false(db_run(&q, &err));
	err_reset(&err);
	assert_true(db_query(s->server.db, &q,
			     "UPDATE transmission_bodies SET body = x'00'",
			     &err));
	assert_false(db_run(&q, &err));
}

static void a_body_that_is_gone_is_told(void **state)
{
	struct samples *s = *state;
	struct buf body = BUF_INIT;
	struct err err = { 0 };
	assert_false(received_body(s->server.db, 12345, &body, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	assert_int_equal(0, body.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(everything_is_read_back),
		SAMPLES_TEST(one_device_does_not_see_the_other),
		SAMPLES_TEST(lists_are_newest_first_and_go_on),
		SAMPLES_TEST(nothing_is_changed_afterwards),
		SAMPLES_TEST(a_body_that_is_gone_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
