/*
 * Opening the client.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/client.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/identity.h"
#include "tests/support/device.h"

static struct device device;

static void the_ledger_key_is_named_after_the_device(void **state)
{
	(void)state;
	assert_string_equal(device.client.ledger_name, "sluice/" PKI_DEVICE);
	assert_int_equal(device.client.stop_fd, -1);
}

static void without_its_key_it_does_not_open(void **state)
{
	(void)state;
	struct client client;
	struct err err = { .kind = ERR_NONE };
	char *path = device_config_key_path(&device.config,
					    IDENTITY_LEDGER_KEY_FILE);
	assert_int_equal(unlink(path), 0);
	assert_false(client_open(&client, &device.config, device.db,
				 &device.log, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "ledger key"));
	mem_free(path);
}

static void closing_wipes_the_key(void **state)
{
	(void)state;
	static const uint8_t zero[ED25519_SEED_SIZE];
	struct client client;
	assert_true(client_open(&client, &device.config, device.db, &device.log,
				NULL));
	client_close(&client);
	assert_memory_equal(client.ledger_key.seed, zero, sizeof(zero));
}

static void it_stops_when_its_descriptor_says_so(void **state)
{
	(void)state;
	int ends[2];
	assert_false(client_is_stopped(&device.client));
	assert_int_equal(pipe(ends), 0);
	device.client.stop_fd = ends[0];
	assert_false(client_is_stopped(&device.client));
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_true(client_is_stopped(&device.client));
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(the_ledger_key_is_named_after_the_device),
		TEST(without_its_key_it_does_not_open),
		TEST(closing_wipes_the_key),
		TEST(it_stops_when_its_descriptor_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
