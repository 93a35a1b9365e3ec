/*
 * Signed heads of the device's log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/checkpoint.h"

#include <string.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "domain/ledger.h"
#include "tests/support/device.h"

static struct device device;

static uint64_t signed_size(void)
{
	struct ledger_head head;
	struct buf note = BUF_INIT;
	uint64_t size = ledger_checkpoint_last(device.db, &head, &note, NULL)
				? head.size
				: 0;
	buf_clear(&note);
	return size;
}

static void an_empty_log_is_not_signed(void **state)
{
	(void)state;
	assert_true(checkpoint_sign(&device.client, NULL));
	assert_int_equal(signed_size(), 0);
}

static void the_head_is_signed_once_and_again_when_the_log_grew(void **state)
{
	(void)state;
	struct ledger_head head;
	device_allow(&device);
	assert_true(checkpoint_sign(&device.client, NULL));
	assert_true(ledger_head(device.db, &head, NULL));
	assert_true(head.size > 0);
	assert_int_equal(signed_size(), head.size);
	assert_true(checkpoint_sign(&device.client, NULL));
	assert_int_equal(signed_size(), head.size);
	char transaction[UUID_TEXT_SIZE];
	device_queue(&device, transaction);
	assert_true(checkpoint_sign(&device.client, NULL));
	assert_true(signed_size() > head.size);
}

static void the_signature_verifies_with_the_devices_verifier(void **state)
{
	(void)state;
	device_allow(&device);
	assert_true(checkpoint_sign(&device.client, NULL));
	struct buf text = BUF_INIT;
	char *path = device_config_key_path(&device.config,
					    IDENTITY_LEDGER_VERIFIER_FILE);
	assert_true(files_read(path, 1024, &text, NULL));
	char *verifier = buf_take_str(&text);
	verifier[strcspn(verifier, "\n")] = '\0';
	struct ledger_report report;
	struct err err = { .kind = ERR_NONE };
	if (!ledger_verify(device.db, verifier, &report, &err)) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(report.checkpoints, 1);
	assert_int_equal(report.signed_size, report.entries);
	mem_free(verifier);
	mem_free(path);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(an_empty_log_is_not_signed),
		TEST(the_head_is_signed_once_and_again_when_the_log_grew),
		TEST(the_signature_verifies_with_the_devices_verifier),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
