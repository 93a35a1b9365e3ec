/*
 * Looks at customers' documents: no bytes without an entry of the ledger.
 */
#include "server/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "domain/ledger.h"
#include "tests/unit/server/samples.h"

static struct received store(struct samples *s)
{
	struct received item = { .bytes = 4,
				 .received_at = SAMPLES_NOW,
				 .reason = "button",
				 .services = "metering",
				 .grants = "g",
				 .documents = 2 };
	struct err err = { 0 };
	uint8_t hash[SHA256_SIZE];
	snprintf(item.device, sizeof(item.device), SAMPLES_DEVICE);
	snprintf(item.certificate, sizeof(item.certificate), "%s",
		 s->device.sha256);
	samples_transaction(item.transaction, 1);
	sha256_bytes("body", 4, hash);
	hex_encode(item.sha256, hash, sizeof(hash));
	assert_true(received_insert(s->server.db, &item, "body", "r\n", &err));
	return item;
}

static void each_look_is_an_entry(void **state)
{
	struct samples *s = *state;
	struct received item = store(s);
	struct buf body = BUF_INIT;
	struct err err = { 0 };
	assert_true(reading_body(s->server.db, "desk", &item, SAMPLES_NOW,
				 &body, &err));
	assert_string_equal("body", buf_str(&body));
	assert_int_equal(1, samples_entries(s, LEDGER_READ));
	buf_reset(&body);
	assert_true(reading_body(s->server.db, "desk", &item, SAMPLES_NOW,
				 &body, &err));
	assert_int_equal(2, samples_entries(s, LEDGER_READ));
	buf_clear(&body);
}

static void a_body_that_is_gone_leaves_no_entry(void **state)
{
	struct samples *s = *state;
	struct received item = store(s);
	struct buf body = BUF_INIT;
	struct err err = { 0 };
	item.number += 1;
	assert_false(reading_body(s->server.db, "desk", &item, SAMPLES_NOW,
				  &body, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	assert_int_equal(0, body.len);
	assert_int_equal(0, samples_entries(s, LEDGER_READ));
}

static void changed_bytes_are_noticed(void **state)
{
	struct samples *s = *state;
	struct received item = store(s);
	assert_true(reading_is_whole(&item, "body", 4));
	assert_false(reading_is_whole(&item, "bodx", 4));
	assert_false(reading_is_whole(&item, "body", 3));
	assert_false(reading_is_whole(&item, "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(each_look_is_an_entry),
		SAMPLES_TEST(a_body_that_is_gone_leaves_no_entry),
		SAMPLES_TEST(changed_bytes_are_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
