/*
 * A new certificate is shown before it is used; and the database follows the
 * file, whoever put it there.
 */
#include "client/enrol_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/identity.h"
#include "domain/consent.h"
#include "domain/queue.h"
#include "domain/settings.h"
#include "tests/unit/client/enrol_scene.h"

static struct err why;

/* Gives the device this file of the PKI. */
static void put(struct enrol_scene *s, const char *from, const char *to)
{
	struct buf data = BUF_INIT;
	char *source = pki_path(&s->device.pki, from);
	char *target = device_config_key_path(&s->device.config, to);
	assert_true(files_read(source, 65536, &data, NULL));
	assert_true(files_write(target, data.data, data.len, 0644, NULL));
	mem_free(target);
	mem_free(source);
	buf_clear(&data);
}

static bool prove(struct enrol_scene *s, enum enrol_proof *proof)
{
	err_reset(&why);
	return enrol_prove(&s->device.client, "ada", proof, &why);
}

static void expect_kept(struct enrol_scene *s, enum enrol_proof expected)
{
	char sha256[65];
	enum enrol_proof proof = ENROL_PROVED;
	assert_false(prove(s, &proof));
	assert_int_equal(proof, expected);
	assert_true(why.text[0] != '\0');
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	assert_string_equal(sha256, "");
}

static void one_that_is_proved_takes_its_place(void **state)
{
	struct enrol_scene *s = *state;
	enum enrol_proof proof;
	char sha256[65], now[65];
	struct buf contact = BUF_INIT;
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	enrol_scene_forget(s);
	put(s, "identity.pem", ENROL_NEXT_FILE);
	enrol_scene_serve(s, "");
	assert_true(prove(s, &proof));
	assert_int_equal(proof, ENROL_PROVED);
	enrol_scene_assert_uses(s, sha256);
	enrol_scene_hash(s, ENROL_NEXT_FILE, now);
	assert_string_equal(now, "");
	assert_true(
		settings_get(s->device.db, "last_contact_at", &contact, NULL));
	assert_string_not_equal(buf_str(&contact), "0");
	buf_clear(&contact);
	/* What left counts towards the month. */
	struct queue_month month;
	assert_true(
		queue_month_read(s->device.db, device_time(), &month, NULL));
	assert_in_range(month.used, 500, ENROL_LEAVES_BYTES);
	/* Written down before it is shown, and when it is in use. */
	assert_int_equal(enrol_scene_entries(s), 2);
}

static void what_the_server_says_no_to_is_disproved(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	put(s, "identity.pem", ENROL_NEXT_FILE);
	enrol_scene_serve(s, "status=403");
	expect_kept(s, ENROL_DISPROVED);
	enrol_scene_serve(s, "status=401");
	expect_kept(s, ENROL_DISPROVED);
}

static void no_answer_says_nothing(void **state)
{
	struct enrol_scene *s = *state;
	static const char *const bad[] = { "status=404",    "status=500",
					   "status=301",    "status=429",
					   "echo=nonce",    "echo=device",
					   "echo=signature" };
	enrol_scene_forget(s);
	put(s, "identity.pem", ENROL_NEXT_FILE);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		enrol_scene_serve(s, bad[i]);
		expect_kept(s, ENROL_NOT_PROVED);
	}
	enrol_scene_hang_up(s);
	expect_kept(s, ENROL_NOT_PROVED);
}

static void a_month_that_is_used_up_lets_nothing_out(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	put(s, "identity.pem", ENROL_NEXT_FILE);
	enrol_scene_serve(s, "");
	assert_true(queue_setting_set(s->device.db, "admin", "month_limit", "1",
				      device_time(), NULL));
	assert_true(queue_settle(s->device.db, 0, QUEUE_MEGABYTE, device_time(),
				 NULL));
	expect_kept(s, ENROL_NOT_PROVED);
	assert_int_equal(why.kind, ERR_LIMIT);
	assert_true(fault_is_quiet(&s->fault));
}

static void one_of_another_authority_is_never_used(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	put(s, "stranger.pem", ENROL_NEXT_FILE);
	enrol_scene_serve(s, "");
	expect_kept(s, ENROL_NOT_PROVED); /* refused in the handshake */
}

static void what_is_no_certificate_of_ours_is_disproved(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	enrol_scene_serve(s, "");
	expect_kept(s, ENROL_NOT_PROVED); /* there is none */
	put(s, "server.pem", ENROL_NEXT_FILE);
	expect_kept(s, ENROL_DISPROVED);
	put(s, "receipt.verifier", ENROL_NEXT_FILE);
	expect_kept(s, ENROL_DISPROVED);
	/* More issuers than a handshake shows. */
	struct buf one = BUF_INIT, many = BUF_INIT;
	char *from = pki_path(&s->device.pki, "identity.pem");
	char *to = device_config_key_path(&s->device.config, ENROL_NEXT_FILE);
	assert_true(files_read(from, 65536, &one, NULL));
	for (int i = 0; i <= TRUST_CHAIN_MAX; i++) {
		buf_put(&many, one.data, one.len);
	}
	assert_true(files_write(to, many.data, many.len, 0644, NULL));
	expect_kept(s, ENROL_DISPROVED);
	mem_free(to);
	mem_free(from);
	buf_clear(&many);
	buf_clear(&one);
	assert_true(fault_is_quiet(&s->fault));
}

static void a_withdrawal_meanwhile_says_nothing_of_it(void **state)
{
	struct enrol_scene *s = *state;
	enrol_scene_forget(s);
	put(s, "identity.pem", ENROL_NEXT_FILE);
	enrol_scene_serve(s, "");
	assert_true(consent_withdraw(s->device.db, "customer", SERVICE_UNSET,
				     device_time(), NULL, NULL));
	expect_kept(s, ENROL_NOT_PROVED);
	assert_true(fault_is_quiet(&s->fault));
}

static void the_database_follows_the_file(void **state)
{
	struct enrol_scene *s = *state;
	char sha256[65];
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	assert_true(enrol_sync(&s->device.client, "daemon", NULL));
	enrol_scene_assert_uses(s, sha256);
	put(s, "stranger.pem", IDENTITY_CERTIFICATE_FILE);
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	assert_true(enrol_sync(&s->device.client, "daemon", NULL));
	enrol_scene_assert_uses(s, sha256);
	assert_true(enrol_sync(&s->device.client, "daemon", NULL));
	assert_int_equal(enrol_scene_entries(s), 2);
}

static void a_file_that_is_missing_or_none_changes_nothing(void **state)
{
	struct enrol_scene *s = *state;
	char sha256[65];
	enrol_scene_hash(s, IDENTITY_CERTIFICATE_FILE, sha256);
	assert_true(enrol_sync(&s->device.client, "daemon", NULL));
	put(s, "receipt.verifier", IDENTITY_CERTIFICATE_FILE);
	assert_true(enrol_sync(&s->device.client, "daemon", NULL));
	enrol_scene_forget(s);
	assert_true(enrol_sync(&s->device.client, "daemon", NULL));
	assert_string_equal(enrol_scene_row(s).sha256, sha256);
}

#define test(function)                                                \
	cmocka_unit_test_setup_teardown(function, enrol_scene_set_up, \
					enrol_scene_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(one_that_is_proved_takes_its_place),
		test(what_the_server_says_no_to_is_disproved),
		test(no_answer_says_nothing),
		test(a_month_that_is_used_up_lets_nothing_out),
		test(one_of_another_authority_is_never_used),
		test(what_is_no_certificate_of_ours_is_disproved),
		test(a_withdrawal_meanwhile_says_nothing_of_it),
		test(the_database_follows_the_file),
		test(a_file_that_is_missing_or_none_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
