/*
 * Instructions are numbered for each device, signed when they are made with a
 * key that workers cannot read, never change, and are given to their device
 * alone.
 */
#include "server/instructions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/server/instructions_samples.h"

static void read_verifier(struct samples *s, struct note_verifier *verifier)
{
	char *path =
		server_config_key_path(&s->config, SERVER_INSTRUCTION_VERIFIER);
	assert_true(note_verifier_load(path, verifier, NULL));
	mem_free(path);
}

static void get_note(struct samples *s, const char *device, uint64_t number,
		     struct buf *note)
{
	struct err err = { 0 };
	buf_reset(note);
	if (!instructions_note(s->server.db, device, number, SAMPLES_NOW + 60,
			       note, &err)) {
		fail_msg("%s", err.text);
	}
}

static void what_is_made_a_device_believes(void **state)
{
	struct samples *s = *state;
	struct note_verifier verifier;
	struct buf note = BUF_INIT;
	read_verifier(s, &verifier);
	assert_string_equal(verifier.name, "comms.example/instructions");
	for (unsigned k = 1; k < INSTRUCTION_KINDS; k++) {
		struct instruction is;
		enum instruction_refusal refusal;
		assert_int_equal(instruction_make(s, (enum instruction_kind)k),
				 k);
		get_note(s, SAMPLES_DEVICE, k, &note);
		assert_true(instruction_read(buf_str(&note), note.len,
					     &verifier, &is, &refusal, NULL));
		assert_int_equal(is.kind, k);
		assert_true(is.number == k);
		assert_string_equal(is.device, SAMPLES_DEVICE);
		assert_string_equal(is.by, "desk");
	}
	buf_clear(&note);
}

static void each_device_has_its_own_numbers(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	uint64_t last = 9;
	struct buf note = BUF_INIT;
	struct instruction is = instruction_sample(INSTRUCTION_RENEW);
	assert_true(instructions_made_last(s->server.db, SAMPLES_DEVICE, &last,
					   &err));
	assert_int_equal(last, 0);
	assert_int_equal(instruction_make(s, INSTRUCTION_RENEW), 1);
	assert_int_equal(instruction_make(s, INSTRUCTION_SEND), 2);
	strcpy(is.device, SAMPLES_OTHER);
	assert_true(instructions_make(s->server.db, &s->config, &is, "anna",
				      SAMPLES_NOW, &err));
	assert_int_equal(is.number, 1);
	assert_true(instructions_made_last(s->server.db, SAMPLES_DEVICE, &last,
					   &err));
	assert_int_equal(last, 2);
	get_note(s, SAMPLES_OTHER, 1, &note);
	assert_non_null(strstr(buf_str(&note), "device " SAMPLES_OTHER "\n"));
	assert_false(instructions_note(s->server.db, SAMPLES_OTHER, 2,
				       SAMPLES_NOW, &note, &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	buf_clear(&note);
}

static void only_the_first_fetch_is_told(void **state)
{
	struct samples *s = *state;
	struct buf note = BUF_INIT, again = BUF_INIT;
	(void)instruction_make(s, INSTRUCTION_MESSAGE);
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 1);
	/* What was asked, by whom and why. */
	samples_last_entry(s, LEDGER_INSTRUCTION,
			   "instruction 1 for " SAMPLES_DEVICE ": made. ");
	samples_last_entry(s, LEDGER_INSTRUCTION,
			   " By desk: A fault was reported by telephone.");
	assert_int_equal(instruction_answer(s, 1).fetched_at, 0);
	get_note(s, SAMPLES_DEVICE, 1, &note);
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 2);
	get_note(s, SAMPLES_DEVICE, 1, &again);
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 2);
	assert_string_equal(buf_str(&note), buf_str(&again));
	assert_int_equal(instruction_answer(s, 1).fetched_at, SAMPLES_NOW + 60);
	/* That one alone. */
	assert_int_equal(instruction_make(s, INSTRUCTION_MESSAGE), 2);
	assert_int_equal(instruction_make(s, INSTRUCTION_MESSAGE), 3);
	get_note(s, SAMPLES_DEVICE, 3, &note);
	assert_int_equal(instruction_answer(s, 2).fetched_at, 0);
	buf_clear(&note);
	buf_clear(&again);
}

static void assert_not_made(struct samples *s, struct instruction *is,
			    enum err_kind kind, const char *words)
{
	struct err err = { 0 };
	uint64_t last = 9;
	assert_false(instructions_make(s->server.db, &s->config, is, "anna",
				       SAMPLES_NOW, &err));
	if (err.kind != kind || strstr(err.text, words) == NULL) {
		fail_msg("%s: %s", err_kind_name(err.kind), err.text);
	}
	assert_int_equal(is->number, 0);
	assert_true(instructions_made_last(s->server.db, SAMPLES_DEVICE, &last,
					   NULL));
	assert_int_equal(last, 0);
	assert_int_equal(samples_entries(s, LEDGER_INSTRUCTION), 0);
}

static void what_no_device_may_be_asked_is_not_made(void **state)
{
	static const char *const services[] = {
		"job-data", "personal", "maintenance job-data",
		"fleet",    "updates",  ""
	};
	struct samples *s = *state;
	struct instruction is;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		is = instruction_sample(INSTRUCTION_SEND);
		strcpy(is.services, services[i]);
		assert_not_made(s, &is, ERR_INVALID, "");
	}
	is = instruction_sample(INSTRUCTION_RENEW);
	is.expires_at = is.issued_at + INSTRUCTION_LIFE_MAX_S + 1;
	assert_not_made(s, &is, ERR_INVALID, "90 days");
	is = instruction_sample(INSTRUCTION_LEDGER);
	is.to = is.from + INSTRUCTION_LEDGER_MAX;
	assert_not_made(s, &is, ERR_INVALID, "100 entries");
	is = instruction_sample(INSTRUCTION_RENEW);
	strcpy(is.device, "nobody");
	assert_not_made(s, &is, ERR_NOT_FOUND, "nobody");
	assert_true(fleet_revoke(s->server.db, "anna", SAMPLES_DEVICE,
				 SAMPLES_NOW, NULL));
	is = instruction_sample(INSTRUCTION_RENEW);
	assert_not_made(s, &is, ERR_DENIED, "revoked");
}

static void without_its_key_it_says_how_to_make_one(void **state)
{
	struct samples *s = *state;
	struct err err = { 0 };
	struct stat info;
	struct instruction is = instruction_sample(INSTRUCTION_RENEW);
	char *key = server_config_key_path(&s->config, SERVER_INSTRUCTION_KEY);
	char *verifier =
		server_config_key_path(&s->config, SERVER_INSTRUCTION_VERIFIER);
	/* For its owner alone, and never made twice. */
	assert_int_equal(stat(key, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_false(instructions_make_key(&s->config, &err));
	assert_int_equal(err.kind, ERR_DENIED);
	assert_int_equal(remove(key), 0);
	assert_not_made(s, &is, ERR_NOT_FOUND, "instruction key");
	/* A verifier that devices know is not overwritten either. */
	assert_false(instructions_make_key(&s->config, NULL));
	assert_false(files_exists(key));
	assert_int_equal(remove(verifier), 0);
	assert_true(instructions_make_key(&s->config, NULL));
	assert_int_equal(instruction_make(s, INSTRUCTION_RENEW), 1);
	mem_free(verifier);
	mem_free(key);
}

static void another_servers_key_is_not_taken(void **state)
{
	struct samples *s = *state;
	struct instruction is = instruction_sample(INSTRUCTION_RENEW);
	char *key = server_config_key_path(&s->config, SERVER_INSTRUCTION_KEY);
	struct buf receipt = BUF_INIT;
	samples_key_file(s, SERVER_RECEIPT_KEY, &receipt);
	assert_true(files_write(key, receipt.data, receipt.len, 0600, NULL));
	assert_not_made(s, &is, ERR_INVALID, "is the key of");
	buf_clear(&receipt);
	mem_free(key);
}

static bool refuses(struct samples *s, const char *sql)
{
	struct stmt q;
	return db_query(s->server.db, &q, sql, NULL) && !db_run(&q, NULL);
}

static void they_never_change(void **state)
{
	struct samples *s = *state;
	(void)instruction_make(s, INSTRUCTION_RENEW);
	assert_true(refuses(s, "DELETE FROM instructions"));
	assert_true(refuses(s, "UPDATE instructions SET note = 'x'"));
	assert_true(refuses(s, "UPDATE instructions SET number = 2"));
	assert_true(refuses(s, "UPDATE instructions SET expires_at = 1"));
	assert_true(refuses(s, "INSERT INTO instructions (device, number, "
			       "kind, note, made_at, made_by, expires_at) "
			       "SELECT device, 3, kind, note, made_at, "
			       "made_by, expires_at FROM instructions"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(what_is_made_a_device_believes),
		SAMPLES_TEST(each_device_has_its_own_numbers),
		SAMPLES_TEST(only_the_first_fetch_is_told),
		SAMPLES_TEST(what_no_device_may_be_asked_is_not_made),
		SAMPLES_TEST(without_its_key_it_says_how_to_make_one),
		SAMPLES_TEST(another_servers_key_is_not_taken),
		SAMPLES_TEST(they_never_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
