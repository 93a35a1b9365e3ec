/*
 * The device's keys, and taking in what the vendor makes of its request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/identity.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "crypto/keyfile.h"
#include "domain/ledger.h"
#include "formats/certs.h"
#include "formats/note.h"
#include "tests/support/device.h"
#include "tests/support/folder.h"
#include "tests/support/vendor.h"

static struct device device;

static void write_file(const char *dir, const char *name, const char *text)
{
	char *path = files_join(dir, name);
	assert_true(files_write(path, text, strlen(text), 0644, NULL));
	mem_free(path);
}

static void copy(const char *from, const char *dir, const char *name)
{
	struct buf data = BUF_INIT;
	char *path = pki_path(&device.pki, from);
	assert_true(files_read(path, 65536, &data, NULL));
	write_file(dir, name, buf_str(&data));
	mem_free(path);
	buf_clear(&data);
}

/* What "device add" would give for the device of the fixture. */
static void make_provision(char dir[64])
{
	folder_make(dir, 64);
	copy("identity.pem", dir, "identity.pem");
	copy("server-anchor.pem", dir, "server-anchor.pem");
	copy("receipt.verifier", dir, "receipt.verifier");
	write_file(dir, "server.name", PKI_NAME ":8443\n");
	write_file(dir, "device.id", PKI_DEVICE "\n");
}

static mode_t mode_of(const char *name)
{
	struct stat info;
	char *path = device_config_key_path(&device.config, name);
	assert_int_equal(stat(path, &info), 0);
	mem_free(path);
	return info.st_mode & 07777;
}

static void keys_are_private_and_the_rest_is_not(void **state)
{
	(void)state;
	assert_int_equal(mode_of(IDENTITY_KEY_FILE), 0600);
	assert_int_equal(mode_of(IDENTITY_LEDGER_KEY_FILE), 0600);
	assert_int_equal(mode_of(IDENTITY_REQUEST_FILE), 0644);
	assert_int_equal(mode_of(IDENTITY_LEDGER_VERIFIER_FILE), 0644);
	assert_int_equal(mode_of("."), 0711);
}

static void a_second_init_keeps_the_keys(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	assert_false(identity_create(&device.config, &err));
	assert_int_equal(err.kind, ERR_DENIED);
}

static void the_request_holds_the_identity_key(void **state)
{
	(void)state;
	char dir[64], label[CERTS_LABEL_SIZE];
	struct device_config other = device.config;
	struct buf pem = BUF_INIT, der = BUF_INIT;
	struct p256_key key;
	folder_make(dir, sizeof(dir));
	other.keys = dir;
	assert_true(identity_create(&other, NULL));
	char *path = files_join(dir, IDENTITY_REQUEST_FILE);
	assert_true(files_read(path, 65536, &pem, NULL));
	struct reader r = reader_of(pem.data, pem.len);
	assert_true(certs_pem_next(&r, label, &der, NULL));
	assert_string_equal(label, "CERTIFICATE REQUEST");
	mem_free(path);
	path = files_join(dir, IDENTITY_KEY_FILE);
	assert_true(keyfile_read_p256(path, &key, NULL));
	assert_non_null(memmem(der.data, der.len, key.public_point,
			       sizeof(key.public_point)));
	mem_free(path);
	buf_clear(&pem);
	buf_clear(&der);
	folder_remove(dir);
}

static void the_verifier_is_that_of_the_ledger_key(void **state)
{
	(void)state;
	struct buf text = BUF_INIT;
	struct note_verifier verifier;
	char *path = device_config_key_path(&device.config,
					    IDENTITY_LEDGER_VERIFIER_FILE);
	assert_true(files_read(path, 1024, &text, NULL));
	char *line = buf_take_str(&text);
	line[strcspn(line, "\n")] = '\0';
	assert_true(note_verifier_parse(line, &verifier, NULL));
	assert_string_equal(verifier.name, "sluice/" PKI_DEVICE);
	assert_memory_equal(verifier.public_key,
			    device.client.ledger_key.public_key,
			    ED25519_PUBLIC_SIZE);
	mem_free(line);
	mem_free(path);
}

static bool provision(const char *dir, struct identity_provisioned *done,
		      struct err *err)
{
	return identity_provision(&device.config, device.db, "admin", dir,
				  device_time(), done, err);
}

static void takes_in_what_the_vendor_gives(void **state)
{
	(void)state;
	char dir[64];
	struct identity_provisioned done;
	struct err err = { .kind = ERR_NONE };
	char *path = device_config_key_path(&device.config,
					    IDENTITY_CERTIFICATE_FILE);
	make_provision(dir);
	assert_int_equal(unlink(path), 0);
	assert_false(identity_is_provisioned(&device.config));
	if (!provision(dir, &done, &err)) {
		fail_msg("%s", err.text);
	}
	assert_true(identity_is_provisioned(&device.config));
	assert_string_equal(done.server_name, PKI_NAME);
	assert_int_equal(done.server_port, 8443);
	assert_false(done.server_matches);
	assert_int_equal(done.expires_at, device_time() + PKI_DAY_S);
	struct ledger_head head;
	assert_true(ledger_head(device.db, &head, NULL));
	assert_int_equal(head.size, 1);
	mem_free(path);
	folder_remove(dir);
}

static void assert_vendor(const char *want)
{
	struct stat info;
	struct buf text = BUF_INIT;
	assert_true(
		files_read(device.config.vendor_verifier, 1024, &text, NULL));
	assert_string_equal(buf_str(&text), want);
	assert_int_equal(stat(device.config.vendor_verifier, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0644);
	buf_clear(&text);
}

static void the_vendors_key_may_be_among_it(void **state)
{
	(void)state;
	char dir[64];
	struct identity_provisioned done;
	struct note_verifier vendor;
	struct ledger_entry entry;
	struct buf text = BUF_INIT, entry_text = BUF_INIT;
	vendor_verifier(&vendor);
	note_verifier_put(&text, &vendor);
	(void)unlink(device.config.vendor_verifier);
	make_provision(dir);
	assert_true(provision(dir, &done, NULL));
	assert_false(files_exists(device.config.vendor_verifier));
	write_file(dir, "vendor.verifier", buf_str(&text));
	assert_true(provision(dir, &done, NULL));
	assert_vendor(buf_str(&text));
	assert_true(ledger_get(device.db, 1, &entry, &entry_text, NULL));
	assert_non_null(strstr(entry.text, buf_str(&text)));
	/* A folder without it leaves the one that is here. */
	folder_remove(dir);
	make_provision(dir);
	assert_true(provision(dir, &done, NULL));
	assert_vendor(buf_str(&text));
	buf_clear(&text);
	buf_clear(&entry_text);
	folder_remove(dir);
}

/* With one file replaced, nothing is taken in. */
static void assert_refused(const char *name, const char *text,
			   enum err_kind kind, const char *words)
{
	char dir[64];
	struct identity_provisioned done;
	struct err err = { .kind = ERR_NONE };
	char *path = device_config_key_path(&device.config,
					    IDENTITY_CERTIFICATE_FILE);
	(void)unlink(path);
	make_provision(dir);
	write_file(dir, name, text);
	bool ok = provision(dir, &done, &err);
	if (ok || err.kind != kind || strstr(err.text, words) == NULL) {
		fail_msg("%s: \"%s\" (%s)", name, err.text,
			 err_kind_name(err.kind));
	}
	assert_false(identity_is_provisioned(&device.config));
	mem_free(path);
	folder_remove(dir);
}

static void what_is_not_for_this_device_is_refused(void **state)
{
	(void)state;
	struct buf other = BUF_INIT;
	char *path = pki_path(&device.pki, "server.pem");
	assert_true(files_read(path, 65536, &other, NULL));
	assert_refused("device.id", "test-8\n", ERR_DENIED, "test-8");
	assert_refused("identity.pem", buf_str(&other), ERR_INVALID,
		       "another key");
	mem_free(path);
	buf_clear(&other);
}

static void what_cannot_be_read_is_refused(void **state)
{
	(void)state;
	assert_refused("identity.pem", "", ERR_INVALID, "certificate");
	assert_refused("identity.pem",
		       "-----BEGIN CERTIFICATE-----\nAAAA\n"
		       "-----END CERTIFICATE-----\n",
		       ERR_INVALID, "certificate");
	assert_refused("server-anchor.pem", "hello\n", ERR_INVALID, "root");
	assert_refused("receipt.verifier", "hello\n", ERR_INVALID,
		       "receipt.verifier");
	assert_refused("vendor.verifier", "hello\n", ERR_INVALID,
		       "vendor.verifier");
	assert_refused("vendor.verifier", "", ERR_INVALID, "vendor.verifier");
	assert_refused("server.name", "\n", ERR_INVALID, "server.name");
	assert_refused("server.name", "a b:1\n", ERR_INVALID, "server.name");
	assert_refused("server.name", "x:70000\n", ERR_INVALID, "server.name");
	assert_refused("server.name", "x:0\n", ERR_INVALID, "server.name");
	assert_refused("server.name", "\n[server]\nname=evil\n", ERR_INVALID,
		       "server.name");
}

static void a_certificate_that_has_expired_is_refused(void **state)
{
	(void)state;
	char dir[64];
	struct identity_provisioned done;
	struct err err = { .kind = ERR_NONE };
	make_provision(dir);
	device_set_time(device.pki.now + 2 * PKI_DAY_S);
	assert_false(provision(dir, &done, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.text, "expired"));
	folder_remove(dir);
}

static void a_missing_file_is_named(void **state)
{
	(void)state;
	struct identity_provisioned done;
	struct err err = { .kind = ERR_NONE };
	assert_false(provision("/nonexistent", &done, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(err.text, "server-anchor.pem"));
}

static void anchors_alone_make_the_server_known(void **state)
{
	(void)state;
	char dir[64];
	struct identity_provisioned done;
	struct err err = { .kind = ERR_NONE };
	char *path = device_config_key_path(&device.config,
					    IDENTITY_CERTIFICATE_FILE);
	(void)unlink(path);
	(void)unlink(device.config.server_anchor);
	(void)unlink(device.config.receipt_verifier);
	assert_false(identity_knows_server(&device.config));
	make_provision(dir);
	char *own = files_join(dir, "identity.pem");
	char *id = files_join(dir, "device.id");
	/* A certificate without a name of the device it is for is none. */
	assert_int_equal(unlink(id), 0);
	assert_false(provision(dir, &done, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_false(identity_knows_server(&device.config));
	assert_int_equal(unlink(own), 0);
	if (!provision(dir, &done, &err)) {
		fail_msg("%s", err.text);
	}
	assert_false(done.has_certificate);
	assert_int_equal(done.expires_at, 0);
	assert_true(identity_knows_server(&device.config));
	assert_false(identity_is_provisioned(&device.config));
	/* Anchors that are for one device are for no other. */
	write_file(dir, "device.id", "test-8\n");
	err_reset(&err);
	assert_false(provision(dir, &done, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	write_file(dir, "device.id", PKI_DEVICE "\n");
	assert_true(provision(dir, &done, NULL));
	write_file(dir, "server-anchor.pem", "hello\n");
	assert_false(provision(dir, &done, &err));
	mem_free(id);
	mem_free(own);
	mem_free(path);
	folder_remove(dir);
}

static void the_key_for_instructions_may_be_among_it(void **state)
{
	(void)state;
	char dir[64];
	struct identity_provisioned done;
	struct note_verifier vendor;
	struct ledger_entry entry;
	struct buf text = BUF_INIT, found = BUF_INIT, entry_text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	const char *path = device.config.instruction_verifier;
	vendor_verifier(&vendor);
	note_verifier_put(&text, &vendor);
	make_provision(dir);
	write_file(dir, "instruction.verifier", "hello\n");
	assert_false(provision(dir, &done, &err));
	assert_non_null(strstr(err.text, "instruction.verifier"));
	assert_false(files_exists(path));
	write_file(dir, "instruction.verifier", buf_str(&text));
	assert_true(provision(dir, &done, NULL));
	assert_true(files_read(path, 1024, &found, NULL));
	assert_string_equal(buf_str(&found), buf_str(&text));
	assert_true(ledger_get(device.db, 0, &entry, &entry_text, NULL));
	assert_non_null(strstr(entry.text, "key for instructions: "));
	buf_clear(&entry_text);
	buf_clear(&found);
	buf_clear(&text);
	folder_remove(dir);
}

int main(void)
{
#define TEST(name)                                                    \
	cmocka_unit_test_prestate_setup_teardown(name, device_set_up, \
						 device_tear_down, &device)
	const struct CMUnitTest tests[] = {
		TEST(keys_are_private_and_the_rest_is_not),
		TEST(a_second_init_keeps_the_keys),
		TEST(the_request_holds_the_identity_key),
		TEST(the_verifier_is_that_of_the_ledger_key),
		TEST(takes_in_what_the_vendor_gives),
		TEST(the_vendors_key_may_be_among_it),
		TEST(what_is_not_for_this_device_is_refused),
		TEST(what_cannot_be_read_is_refused),
		TEST(a_certificate_that_has_expired_is_refused),
		TEST(a_missing_file_is_named),
		TEST(anchors_alone_make_the_server_known),
		TEST(the_key_for_instructions_may_be_among_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
