/*
 * Taking sealed files: what holds without the API's frame around it.
 */
#include "server/sealed_intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "tests/unit/server/sealed_samples.h"

struct begun {
	struct sealed_sender sender;
	struct upload_head head;
	struct buf whole;
	char id[UUID_TEXT_SIZE];
};

static void begin(struct begun *b, struct samples *s, size_t len)
{
	struct refusal refusal = { 0 };
	memset(b, 0, sizeof(*b));
	samples_transaction(b->id, 1);
	b->sender =
		(struct sealed_sender){ &s->server, SAMPLES_DEVICE,
					s->device.sha256, b->id, SAMPLES_NOW };
	sealed_bytes(&b->whole, len, 1);
	sealed_head_of(&b->head, b->id, &b->whole);
	assert_true(sealed_intake_create(&b->sender, &b->head, &refusal));
}

static void the_hash_is_the_same_in_one_go_and_in_two(void **state)
{
	struct samples *s = *state;
	struct sealed item, found;
	struct begun b;
	struct refusal refusal = { 0 };
	struct sealed_intake *intake = NULL;
	struct sealed_progress progress;
	struct err err = { 0 };
	begin(&b, s, 200000);
	for (int i = 0; i < 2; i++) {
		assert_true(sealed_intake_open(&b.sender, &intake, &refusal));
		assert_true(sealed_intake_bytes(intake) == 200000);
		assert_true(sealed_intake_feed(
			intake, b.whole.data + i * 100000, 100000, &refusal));
		assert_true(sealed_intake_end(intake, &progress, &refusal));
		assert_int_equal(i == 1, progress.complete);
		sealed_intake_free(intake);
	}
	assert_true(
		sealed_find(s->server.db, SAMPLES_DEVICE, b.id, &found, &err));
	sealed_receive(s, SAMPLES_OTHER, 1, 200000, SAMPLES_NOW, &item);
	assert_string_equal(item.sha256, found.sha256);
	assert_true(found.ledger_index + 1 == item.ledger_index ||
		    found.ledger_index < item.ledger_index);
	buf_clear(&b.whole);
}

static void more_than_was_said_is_not_taken(void **state)
{
	struct begun b;
	struct refusal refusal = { 0 };
	struct sealed_intake *intake = NULL;
	struct sealed_progress progress;
	begin(&b, *state, 100);
	assert_true(sealed_intake_open(&b.sender, &intake, &refusal));
	buf_put_str(&b.whole, "!");
	assert_false(sealed_intake_feed(intake, b.whole.data, 101, &refusal));
	assert_int_equal(REFUSAL_SIZE, refusal.kind);
	refusal.kind = REFUSAL_NONE;
	assert_true(sealed_intake_end(intake, &progress, &refusal));
	assert_true(progress.offset == 0);
	sealed_intake_free(intake);
	sealed_intake_free(NULL);
	buf_clear(&b.whole);
}

/* Somebody made the file longer than the upload. */
static void a_file_that_is_too_long_is_removed(void **state)
{
	struct samples *s = *state;
	struct begun b;
	struct refusal refusal = { 0 };
	struct sealed_progress progress;
	struct err err = { 0 };
	struct sealed_intake *intake = NULL;
	begin(&b, s, 100);
	assert_true(sealed_intake_open(&b.sender, &intake, &refusal));
	sealed_intake_free(intake);
	char *path = sealed_path(s, SAMPLES_DEVICE, b.id, ".part");
	buf_put_str(&b.whole, "!");
	assert_true(files_write(path, b.whole.data, 101, 0600, &err));
	assert_false(sealed_intake_progress(&b.sender, &progress, &refusal));
	assert_int_equal(REFUSAL_DIGEST, refusal.kind);
	assert_false(files_exists(path));
	refusal.kind = REFUSAL_NONE;
	assert_false(sealed_intake_progress(&b.sender, &progress, &refusal));
	assert_int_equal(REFUSAL_PATH, refusal.kind);
	mem_free(path);
	buf_clear(&b.whole);
}

/* The commit fails: nothing is there twice, the next question completes it. */
static void a_commit_that_fails_is_made_up_for(void **state)
{
	struct samples *s = *state;
	struct begun b;
	struct refusal refusal = { 0 };
	struct sealed_intake *intake = NULL;
	struct sealed_progress progress;
	struct stmt q;
	struct err err = { 0 };
	begin(&b, s, 100);
	assert_true(
		db_query(s->server.db, &q,
			 "CREATE TEMP TRIGGER fails BEFORE INSERT ON sealed "
			 "BEGIN SELECT RAISE(ABORT, 'no'); END",
			 &err) &&
		db_run(&q, &err));
	assert_true(sealed_intake_open(&b.sender, &intake, &refusal));
	assert_true(sealed_intake_feed(intake, b.whole.data, 100, &refusal));
	assert_false(sealed_intake_end(intake, &progress, &refusal));
	assert_true(refusal_status(refusal.kind) >= 500);
	sealed_intake_free(intake);
	assert_int_equal(0, samples_entries(s, LEDGER_RECEIVED));
	assert_true(db_query(s->server.db, &q, "DROP TRIGGER fails", &err) &&
		    db_run(&q, &err));
	refusal.kind = REFUSAL_NONE;
	assert_true(sealed_intake_progress(&b.sender, &progress, &refusal));
	assert_true(progress.complete);
	assert_int_equal(1, samples_entries(s, LEDGER_RECEIVED));
	buf_clear(&b.whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(the_hash_is_the_same_in_one_go_and_in_two),
		SAMPLES_TEST(more_than_was_said_is_not_taken),
		SAMPLES_TEST(a_file_that_is_too_long_is_removed),
		SAMPLES_TEST(a_commit_that_fails_is_made_up_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
