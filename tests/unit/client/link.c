/*
 * What exchanges with the server need, and the time that its receipts leave
 * for a clock that forgets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/link.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "domain/settings.h"
#include "domain/time_known.h"
#include "tests/support/device.h"

static struct device device;

static int make_device(void **state)
{
	*state = &device;
	device_make(&device);
	return 0;
}

static void load(struct link *link)
{
	struct err err = { .kind = ERR_NONE };
	if (!link_load(&device.client, link, &err)) {
		fail_msg("%s", err.text);
	}
}

static int64_t setting(const char *name)
{
	struct buf text = BUF_INIT;
	assert_true(settings_get(device.db, name, &text, NULL));
	int64_t value = strtoll(buf_str(&text), NULL, 10);
	buf_clear(&text);
	return value;
}

/* A receipt with this time came; gives the floor. */
static int64_t floor_after(int64_t received_at)
{
	struct link link;
	load(&link);
	assert_true(link_keep_times(&device.client, &link, received_at, NULL));
	link_clear(&link);
	return setting("time_floor");
}

static void it_leads_to_the_configured_server(void **state)
{
	struct link link;
	(void)state;
	load(&link);
	assert_string_equal(link.server.name, PKI_NAME);
	assert_string_equal(link.server.address, "127.0.0.1");
	assert_int_equal(link.server.port, device.config.server_port);
	assert_ptr_equal(link.server.trust, link.trust);
	assert_memory_equal(link.verifier.public_key,
			    device.pki.verifier.public_key,
			    ED25519_PUBLIC_SIZE);
	link_clear(&link);
	link_clear(&link); /* once more does no harm */
}

static void refuse(enum err_kind kind, const char *words)
{
	struct link link;
	struct err err = { .kind = ERR_NONE };
	assert_false(link_load(&device.client, &link, &err));
	if (err.kind != kind || strstr(err.text, words) == NULL) {
		fail_msg("%s: %s", err_kind_name(err.kind), err.text);
	}
	assert_null(link.trust);
}

static void a_device_that_is_not_provisioned_says_so(void **state)
{
	(void)state;
	char *path = device_config_key_path(&device.config,
					    IDENTITY_CERTIFICATE_FILE);
	assert_int_equal(unlink(path), 0);
	mem_free(path);
	refuse(ERR_RETRY, "no certificate for the server yet");
	/* It knows the server: all that it lacks is a code. */
	refuse(ERR_RETRY, "sluice enrol");
	assert_int_equal(unlink(device.config.server_anchor), 0);
	refuse(ERR_RETRY, "sluice init --provision");
}

static void another_certificate_can_be_shown(void **state)
{
	(void)state;
	struct link link;
	struct err err = { .kind = ERR_NONE };
	assert_false(link_load_chain(&device.client, "identity.next.pem", &link,
				     &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	char *from = pki_path(&device.pki, "stranger.pem");
	char *to = device_config_key_path(&device.config, "identity.next.pem");
	struct buf pem = BUF_INIT;
	assert_true(files_read(from, 65536, &pem, NULL));
	assert_true(files_write(to, pem.data, pem.len, 0644, NULL));
	assert_true(link_load_chain(&device.client, "identity.next.pem", &link,
				    NULL));
	assert_int_equal(link.trust->chain_count, 1);
	link_clear(&link);
	buf_clear(&pem);
	mem_free(to);
	mem_free(from);
}

static void a_receipt_key_that_is_none_leaves_nothing_open(void **state)
{
	(void)state;
	assert_int_equal(truncate(device.config.receipt_verifier, 0), 0);
	refuse(ERR_INVALID, "receipt.verifier");
}

static void a_receipt_keeps_its_time_as_the_floor(void **state)
{
	(void)state;
	int64_t now = device_time();
	assert_int_equal(floor_after(now + 60), now + 60);
	assert_int_equal(setting("last_contact_at"), now);
	/* It is a floor: a clock that is ahead of it stays. */
	assert_int_equal(link_time(&device.client), now + 60);
	device_set_time(now + 90);
	assert_int_equal(link_time(&device.client), now + 90);
}

static void the_floor_never_goes_back(void **state)
{
	(void)state;
	int64_t now = device_time();
	assert_int_equal(floor_after(now + 60), now + 60);
	device_set_time(now + 120);
	assert_int_equal(floor_after(now - PKI_DAY_S), now + 60);
	assert_int_equal(setting("last_contact_at"), now + 120);
	device_set_time(now - 365 * PKI_DAY_S);
	assert_int_equal(floor_after(now - 365 * PKI_DAY_S), now + 60);
	assert_int_equal(link_time(&device.client), now + 60);
}

static void a_time_far_ahead_is_not_kept(void **state)
{
	(void)state;
	int64_t now = device_time();
	assert_int_equal(floor_after(now + 31 * PKI_DAY_S), 0);
	assert_int_equal(floor_after(INT64_MAX), 0);
	assert_int_equal(floor_after(now + 60), now + 60);
	assert_int_equal(floor_after(now + 31 * PKI_DAY_S), now + 60);
	assert_int_equal(setting("last_contact_at"), now);
}

/* Else the floor of a device without a clock would stand still for ever. */
static void a_clock_that_forgets_counts_on_from_the_floor(void **state)
{
	(void)state;
	int64_t at = device_time();
	device_set_time(0);
	for (int day = 20; day <= 100; day += 20) {
		int64_t received_at = at + day * PKI_DAY_S;
		assert_int_equal(floor_after(received_at), received_at);
	}
	assert_int_equal(link_time(&device.client), at + 100 * PKI_DAY_S);
}

/* What the server's certificate is judged by. */
static void assert_judged(int64_t earliest, int64_t latest, const char *from)
{
	struct link link;
	load(&link);
	assert_true(link.trust->earliest == earliest);
	assert_true(link.trust->latest == latest);
	assert_string_equal(link.trust->time_from, from);
	link_clear(&link);
}

static void the_server_is_judged_by_what_is_known(void **state)
{
	(void)state;
	int64_t now = device_time();
	assert_judged(now, now, "this device's clock");
	device_set_time(1);
	assert_judged(time_known_build(), INT64_MAX,
		      "the build of this program");
	assert_int_equal(floor_after(now), now);
	assert_judged(now, INT64_MAX, "a receipt of the server");
	device_set_time(INT64_C(2177452800));
	assert_judged(now, INT64_MAX, "a receipt of the server");
	assert_true(time_known_learn(device.db, TIME_SOURCE_CHECKIN, now + 60,
				     device_time(), device_time(), NULL, NULL));
	assert_judged(now + 60, now + 61, "the server's signed answer");
}

static void a_damaged_floor_is_none(void **state)
{
	(void)state;
	int64_t now = device_time();
	assert_true(settings_set(device.db, "time_floor", "soon", NULL));
	assert_int_equal(link_time(&device.client), now);
	assert_int_equal(floor_after(now), now);
}

int main(void)
{
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, make_device, device_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(it_leads_to_the_configured_server),
		TEST(a_device_that_is_not_provisioned_says_so),
		TEST(another_certificate_can_be_shown),
		TEST(a_receipt_key_that_is_none_leaves_nothing_open),
		TEST(a_receipt_keeps_its_time_as_the_floor),
		TEST(the_floor_never_goes_back),
		TEST(a_time_far_ahead_is_not_kept),
		TEST(a_clock_that_forgets_counts_on_from_the_floor),
		TEST(the_server_is_judged_by_what_is_known),
		TEST(a_damaged_floor_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
