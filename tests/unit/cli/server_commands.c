/*
 * The commands of sluice-server, from init to what was received. Serving is
 * tested by tests/flows/server_*.sh.
 */
#include "cli/server_commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "crypto/p256.h"
#include "formats/certs.h"
#include "formats/note.h"
#include "man_page.h"

struct shop {
	char *dir;
	char conf[256];
};

/* Runs a line on the shop's server; gives the code, output in *c. */
static int run(struct shop *shop, struct capture *c, const char *line)
{
	char whole[1200];
	snprintf(whole, sizeof(whole), "%s --conf %s", line, shop->conf);
	return capture_run(c, server_commands, whole);
}

/* Runs and checks code and that some output holds text. */
static void expect(struct shop *shop, int code, const char *line,
		   const char *text)
{
	struct capture c;
	int got = run(shop, &c, line);
	if (got != code ||
	    (strstr(c.out, text) == NULL && strstr(c.problems, text) == NULL)) {
		fail_msg("%s: %d %s%s", line, got, c.out, c.problems);
	}
	capture_clear(&c);
}

static int set_up(void **state)
{
	struct shop *shop = mem_zalloc(sizeof(*shop));
	shop->dir = capture_make_dir();
	snprintf(shop->conf, sizeof(shop->conf), "%s/server/server.conf",
		 shop->dir);
	*state = shop;
	expect(shop, 0,
	       "init --name comms.example --port 18443 "
	       "--console-port 18444 --listen 127.0.0.1",
	       "Set-up code: ");
	return 0;
}

static int tear_down(void **state)
{
	struct shop *shop = *state;
	capture_remove_dir(shop->dir);
	mem_free(shop);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void write_file(const struct shop *shop, const char *name,
		       const struct buf *text)
{
	struct err err = { 0 };
	char *path = files_join(shop->dir, name);
	assert_true(files_write(path, text->data, text->len, 0600, &err));
	mem_free(path);
}

/* Request and ledger key as a device makes them. */
static void make_device(const struct shop *shop, const char *id)
{
	struct p256_key key;
	struct ed25519_key ledger;
	struct note_verifier verifier;
	struct buf der = BUF_INIT, text = BUF_INIT;
	struct err err = { 0 };
	char name[80];
	p256_generate(&key);
	assert_true(certs_request(&key, id, "EX7-004211", &der, &err));
	certs_pem_put(&text, "CERTIFICATE REQUEST", der.data, der.len);
	write_file(shop, "identity.csr", &text);
	ed25519_generate(&ledger);
	snprintf(name, sizeof(name), "sluice/%s", id);
	assert_true(note_verifier_of(name, ledger.public_key, &verifier, &err));
	buf_reset(&text);
	note_verifier_put(&text, &verifier);
	buf_put_char(&text, '\n');
	write_file(shop, "ledger.verifier", &text);
	buf_clear(&der);
	buf_clear(&text);
}

static void add(struct shop *shop, int code, const char *more, const char *text)
{
	char line[800];
	snprintf(line, sizeof(line),
		 "device add --request %s/identity.csr "
		 "--ledger-key %s/ledger.verifier --out %s/out %s",
		 shop->dir, shop->dir, shop->dir, more);
	size_t len = strlen(line);
	if (line[len - 1] == ' ') {
		line[len - 1] = '\0';
	}
	expect(shop, code, line, text);
}

static void a_server_is_made_once(void **state)
{
	struct shop *shop = *state;
	expect(shop, 1, "init --name comms.example", "already");
	expect(shop, 0, "init --new-code", "Set-up code: ");
	expect(shop, 0, "log verify", "none missing or changed");
}

static void wrong_command_lines_are_refused(void **state)
{
	struct shop *shop = *state;
	struct shop other = { .dir = shop->dir };
	snprintf(other.conf, sizeof(other.conf), "%s/other/server.conf",
		 shop->dir);
	expect(&other, 2, "init", "--name is missing");
	expect(&other, 2, "init --name Not-Valid!", "DNS name");
	expect(&other, 2, "init --name a.b --port 99999", "--port");
	expect(&other, 2, "init --name a.b --port 5 --console-port 5",
	       "two different ports");
	expect(&other, 1, "device list", "There is no server");
	expect(shop, 2, "device add", "--request and --out");
	expect(shop, 2, "mystery", "no command");
	expect(shop, 2, "transactions --body", "need a transaction");
}

static void a_device_gets_what_it_needs(void **state)
{
	struct shop *shop = *state;
	static const char *const files[] = {
		"out/identity.pem",     "out/server-anchor.pem",
		"out/receipt.verifier", "out/server.name",
		"out/device.id",
	};
	struct buf text = BUF_INIT;
	struct err err = { 0 };
	make_device(shop, "ex7-004211");
	add(shop, 0, "--title Lobby", "Device ex7-004211 is added");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = files_join(shop->dir, files[i]);
		buf_reset(&text);
		assert_true(files_read(path, 65536, &text, &err));
		mem_free(path);
	}
	assert_string_equal("ex7-004211\n", buf_str(&text));
	char *path = files_join(shop->dir, "out/server.name");
	buf_reset(&text);
	assert_true(files_read(path, 4096, &text, &err));
	assert_string_equal("comms.example:18443\n", buf_str(&text));
	mem_free(path);
	buf_clear(&text);
	expect(shop, 0, "device list", "Lobby");
	expect(shop, 0, "device list --json", "\"serial\": \"EX7-004211\"");
	add(shop, 1, "", "already");
}

static void the_vendors_key_travels_along(void **state)
{
	struct shop *shop = *state;
	struct buf text = BUF_INIT;
	const char *key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkm"
			  "qq/LDE4izWy10TW\n";
	char *path = files_join(shop->dir, "out/vendor.verifier");
	make_device(shop, "ex7-004211");
	add(shop, 0, "", "is added");
	assert_false(files_exists(path));
	buf_put_str(&text, "nonsense\n");
	write_file(shop, "server/vendor.verifier", &text);
	make_device(shop, "ex7-004212");
	add(shop, 1, "", "server/vendor.verifier");
	buf_reset(&text);
	buf_put_str(&text, key);
	write_file(shop, "server/vendor.verifier", &text);
	add(shop, 0, "", "Device ex7-004212 is added");
	buf_reset(&text);
	assert_true(files_read(path, 1024, &text, NULL));
	assert_string_equal(key, buf_str(&text));
	mem_free(path);
	buf_clear(&text);
}

static void an_id_must_agree_with_the_ledger_key(void **state)
{
	struct shop *shop = *state;
	make_device(shop, "ex7-004211");
	add(shop, 1, "--id ex7-000007", "belongs to ex7-004211");
	expect(shop, 0, "device list", "no device yet");
}

static void a_request_that_is_none_is_refused(void **state)
{
	struct shop *shop = *state;
	struct buf text = BUF_INIT;
	make_device(shop, "ex7-004211");
	buf_put_str(&text, "nonsense\n");
	write_file(shop, "identity.csr", &text);
	add(shop, 1, "", "PKCS#10");
	make_device(shop, "ex7-004211");
	write_file(shop, "ledger.verifier", &text);
	add(shop, 1, "", "ledger.verifier");
	expect(shop, 0, "device list", "no device yet");
	buf_clear(&text);
}

static void a_device_is_revoked(void **state)
{
	struct shop *shop = *state;
	make_device(shop, "ex7-004211");
	add(shop, 0, "", "is added");
	expect(shop, 0, "device revoke ex7-004211", "is revoked");
	expect(shop, 0, "device list", "revoked");
	expect(shop, 1, "device revoke nobody", "no device");
}

/* As on a label, or out of a letter with its dashes. */
static void a_devices_id_is_taken_as_people_type_it(void **state)
{
	static const char *const none[] = {
		"device revoke EX7_004211",
		"device interval EX7/004211 900",
		"transactions --device EX7_004211",
		"certificate list --device EX7_004211",
	};
	struct shop *shop = *state;
	make_device(shop, "ex7-004211");
	add(shop, 2, "--id EX7_004211", "no device's id");
	add(shop, 1, "--id EX7-000007", "belongs to ex7-004211, not to ex7-00");
	add(shop, 0, "--id EX7-004211", "Device ex7-004211 is added");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		expect(shop, 2, none[i], "is no device's id: that has 1 to 64");
	}
	expect(shop, 0, "certificate list --device EX7-004211", "ex7-004211");
	expect(shop, 0, "transactions --device EX7-004211",
	       "Nothing was received yet");
	expect(shop, 0, "device interval EX7-004211 900", "Device ex7-004211");
	expect(shop, 0, "device list --json", "\"wanted_interval_s\": 900");
	expect(shop, 0,
	       "device revoke Ex7\xe2\x80\x93"
	       "004211",
	       "Device ex7-004211 is revoked");
	expect(shop, 0, "device list", "revoked");
	expect(shop, 1, "device revoke NOBODY", "There is no device nobody");
}

static void an_account_is_made_with_a_password_from_input(void **state)
{
	struct shop *shop = *state;
	struct capture c;
	char line[400];
	expect(shop, 0, "staff list", "no account yet");
	snprintf(line, sizeof(line), "staff add desk --admin --conf %s",
		 shop->conf);
	assert_int_equal(0, capture_run_input(&c, server_commands, line,
					      "a sentence with 5 words\n"));
	capture_clear(&c);
	expect(shop, 0, "staff list", "admin, staff");
	expect(shop, 0, "staff show desk", "Sessions        0");
	expect(shop, 0, "staff sessions", "Nobody is signed in");
	expect(shop, 1, "staff end-session 7", "sluice-server staff sessions");
	expect(shop, 1, "staff lift-pause desk", "No pause");
	expect(shop, 1, "staff disable desk", "last administrator");
	expect(shop, 0, "staff enable desk", "can sign in again");
	expect(shop, 1, "staff show nobody", "sluice-server staff list");
	expect(shop, 1, "init --new-code", "Set-up is done");
	assert_int_equal(1, capture_run_input(&c, server_commands, line,
					      "a sentence with 5 words\n"));
	capture_clear(&c);
}

/* As on the device, commands.c. */
static void wrong_values_are_wrong_usage(void **state)
{
	static const char *const lines[] = {
		"certificate list --device EX7_1",
		"code make EX7_1",
		"code make ex7-1 --days 0",
		"code make ex7-1 --serial no_underscore",
		"code withdraw first",
		"device add --request none --out none --id EX7_1",
		"device interval EX7_1 900",
		"device interval ex7-1 soon",
		"device interval ex7-1 1",
		"device revoke EX7_1",
		"init --name comms.example --port 0",
		"init --name comms.example --console-port none",
		"instruction interval ex7-1 soon --reason x",
		"instruction interval ex7-1 1 --reason x",
		"instruction ledger ex7-1 one 2 --reason x",
		"instruction list EX7_1",
		"instruction renew EX7_1 --reason x",
		"instruction renew ex7-1 --reason x --days 0",
		"job-data delete x --as desk",
		"job-data take x --as desk --output none",
		"recipients new-key none a+b",
		"staff add desk --role customer",
		"staff end-session x",
		"transactions --device EX7_1",
		"transactions --limit 0",
	};
	struct shop *shop = *state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		expect(shop, 2, lines[i], "");
	}
}

static void nothing_received_is_said(void **state)
{
	struct shop *shop = *state;
	expect(shop, 0, "transactions", "Nothing was received yet");
	expect(shop, 0, "transactions --json", "[]");
	expect(shop, 1, "transactions 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1",
	       "no transaction");
}

static void the_version_is_told(void **state)
{
	struct shop *shop = *state;
	expect(shop, 0, "version", PACKAGE_VERSION);
}

static void the_man_page_has_all_commands_and_options(void **state)
{
	(void)state;
	char *page = man_page_read("docs/sluice-server.1");
	man_page_check(page, server_commands);
	mem_free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_server_is_made_once),
		TEST(wrong_command_lines_are_refused),
		TEST(a_device_gets_what_it_needs),
		TEST(the_vendors_key_travels_along),
		TEST(an_id_must_agree_with_the_ledger_key),
		TEST(a_request_that_is_none_is_refused),
		TEST(a_device_is_revoked),
		TEST(a_devices_id_is_taken_as_people_type_it),
		TEST(an_account_is_made_with_a_password_from_input),
		TEST(wrong_values_are_wrong_usage),
		TEST(nothing_received_is_said),
		TEST(the_version_is_told),
		TEST(the_man_page_has_all_commands_and_options),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
