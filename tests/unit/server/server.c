/*
 * Opening the server and its signed heads.
 */
#include "server/server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "base/files.h"
#include "base/mem.h"
#include "crypto/keyfile.h"
#include "domain/ledger.h"
#include "tests/unit/server/samples.h"

static void the_ledger_verifies_with_the_receipt_key(void **state)
{
	struct samples *s = *state;
	struct ledger_report report;
	struct buf verifier = BUF_INIT;
	struct err err = { 0 };
	assert_true(server_checkpoint(&s->server, 1, SAMPLES_NOW, &err));
	samples_key_file(s, SERVER_RECEIPT_VERIFIER, &verifier);
	char *text = buf_take_str(&verifier);
	text[strcspn(text, "\n")] = '\0';
	assert_true(ledger_verify(s->server.db, text, &report, &err));
	assert_int_equal(report.entries, report.signed_size);
	assert_true(report.checkpoints >= 1);
	mem_free(text);
}

static void a_checkpoint_is_made_only_when_it_is_due(void **state)
{
	struct samples *s = *state;
	struct ledger_head before, after;
	struct buf note = BUF_INIT;
	struct err err = { 0 };
	assert_true(ledger_checkpoint_last(s->server.db, &before, &note, &err));
	assert_true(server_checkpoint(&s->server, 1000, SAMPLES_NOW, &err));
	assert_true(ledger_checkpoint_last(s->server.db, &after, &note, &err));
	assert_int_equal(before.size, after.size);
	assert_true(server_checkpoint(&s->server, 1, SAMPLES_NOW, &err));
	assert_true(ledger_checkpoint_last(s->server.db, &after, &note, &err));
	assert_true(after.size > before.size);
	/* Nothing new: nothing more is signed. */
	before = after;
	assert_true(server_checkpoint(&s->server, 1, SAMPLES_NOW, &err));
	assert_true(ledger_checkpoint_last(s->server.db, &after, &note, &err));
	assert_int_equal(before.size, after.size);
	buf_clear(&note);
}

static void another_servers_key_is_refused(void **state)
{
	struct samples *s = *state;
	struct server server;
	struct err err = { 0 };
	char *path = server_config_key_path(&s->config, SERVER_RECEIPT_KEY);
	assert_true(keyfile_write_ed25519(path, "other.example/receipts",
					  &s->server.key, &err));
	server_init(&server, &s->config, &s->log);
	assert_false(server_load_key(&server, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	server_close(&server);
	mem_free(path);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	struct samples *s = *state;
	struct server server;
	struct err err = { 0 };
	char *path = server_config_key_path(&s->config, SERVER_RECEIPT_KEY);
	assert_int_equal(0, chmod(path, 0644));
	server_init(&server, &s->config, &s->log);
	assert_false(server_load_key(&server, &err));
	assert_int_equal(ERR_DENIED, err.kind);
	mem_free(path);
}

static void a_missing_database_is_told(void **state)
{
	struct samples *s = *state;
	struct server_config config = s->config;
	struct server server;
	struct err err = { 0 };
	config.state = "/nonexistent";
	server_init(&server, &config, &s->log);
	assert_false(server_open_db(&server, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	/* which one it is stands there once */
	const char *named = strstr(err.text, "/nonexistent");
	assert_non_null(named);
	assert_null(strstr(named + 1, "/nonexistent"));
	assert_null(server.db);
	server_close(&server);
}

static void closing_wipes_the_key(void **state)
{
	struct samples *s = *state;
	static const uint8_t zero[ED25519_SEED_SIZE];
	struct server server;
	struct err err = { 0 };
	server_init(&server, &s->config, &s->log);
	assert_true(server_load_key(&server, &err));
	assert_memory_not_equal(zero, server.key.seed, sizeof(zero));
	server_close(&server);
	assert_memory_equal(zero, server.key.seed, sizeof(zero));
	assert_string_equal("", server.signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(the_ledger_verifies_with_the_receipt_key),
		SAMPLES_TEST(a_checkpoint_is_made_only_when_it_is_due),
		SAMPLES_TEST(another_servers_key_is_refused),
		SAMPLES_TEST(a_key_that_others_can_read_is_refused),
		SAMPLES_TEST(a_missing_database_is_told),
		SAMPLES_TEST(closing_wipes_the_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
