/*
 * Sealed files after they were received: every way out is an entry and a
 * notice.
 */
#include "server/sealed_custody.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/ledger.h"
#include "server/sealed_intake.h"
#include "tests/unit/server/sealed_samples.h"

static int64_t count(struct samples *s, const char *sql)
{
	struct stmt q;
	struct err err = { 0 };
	assert_true(db_query(s->server.db, &q, sql, &err));
	assert_true(db_row(&q));
	int64_t n = db_int(&q, 0);
	assert_true(db_done(&q, &err));
	return n;
}

static bool is_here(const struct samples *s, const struct sealed *item,
		    const char *end)
{
	char *path = sealed_path(s, item->device, item->transaction, end);
	bool here = files_exists(path);
	mem_free(path);
	return here;
}

static void taking_is_written_and_told(void **state)
{
	struct samples *s = *state;
	const struct sealed_keeper keeper = sealed_keeper_of(s);
	struct sealed item;
	struct buf whole = BUF_INIT;
	struct err err = { 0 };
	uint8_t got[400];
	int fd = -1;
	sealed_receive(s, SAMPLES_DEVICE, 3, 300, SAMPLES_NOW, &item);
	sealed_bytes(&whole, 300, 3);
	assert_true(sealed_custody_take(&keeper, &item, "desk", SAMPLES_NOW + 5,
					&fd, &err));
	assert_int_equal(300, read(fd, got, sizeof(got)));
	assert_memory_equal(whole.data, got, 300);
	close(fd);
	assert_int_equal(1, samples_entries(s, LEDGER_READ));
	assert_int_equal(1, count(s, "SELECT count(*) FROM ledger WHERE "
				     "actor = 'desk' AND kind = 'read' AND "
				     "service = 'job-data'"));
	assert_int_equal(1, count(s, "SELECT count(*) FROM notices WHERE "
				     "kind = 'opened' AND who = 'desk'"));
	buf_clear(&whole);
}

static void what_is_not_whole_is_not_given(void **state)
{
	struct samples *s = *state;
	const struct sealed_keeper keeper = sealed_keeper_of(s);
	struct sealed item;
	struct err err = { 0 };
	int fd = -1;
	sealed_receive(s, SAMPLES_DEVICE, 3, 300, SAMPLES_NOW, &item);
	char *path = sealed_path(s, item.device, item.transaction, ".age");
	assert_int_equal(0, truncate(path, 299));
	assert_false(sealed_custody_take(&keeper, &item, "desk", SAMPLES_NOW,
					 &fd, &err));
	assert_int_equal(ERR_INVALID, err.kind);
	err_reset(&err);
	assert_int_equal(0, unlink(path));
	assert_int_equal(0, symlink("/etc/passwd", path));
	assert_false(sealed_custody_take(&keeper, &item, "desk", SAMPLES_NOW,
					 &fd, &err));
	assert_int_equal(-1, fd);
	assert_int_equal(0, samples_entries(s, LEDGER_READ));
	assert_int_equal(0, count(s, "SELECT count(*) FROM notices"));
	mem_free(path);
}

static void deleting_is_for_good(void **state)
{
	struct samples *s = *state;
	const struct sealed_keeper keeper = sealed_keeper_of(s);
	struct sealed item;
	struct err err = { 0 };
	int fd = -1;
	sealed_receive(s, SAMPLES_DEVICE, 3, 300, SAMPLES_NOW, &item);
	assert_true(sealed_custody_delete(&keeper, &item, "desk",
					  SAMPLES_NOW + 5, &err));
	assert_false(is_here(s, &item, ".age"));
	assert_false(sealed_custody_delete(&keeper, &item, "desk",
					   SAMPLES_NOW + 6, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	err_reset(&err);
	assert_false(sealed_custody_take(&keeper, &item, "desk", SAMPLES_NOW,
					 &fd, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	assert_int_equal(1, samples_entries(s, LEDGER_CANCELLED));
	assert_int_equal(1, count(s, "SELECT count(*) FROM notices WHERE "
				     "kind = 'deleted' AND who = 'desk'"));
}

static void files_end_by_their_date(void **state)
{
	struct samples *s = *state;
	const struct sealed_keeper keeper = sealed_keeper_of(s);
	struct sealed old, young;
	struct sealed_expired done;
	struct err err = { 0 };
	sealed_receive(s, SAMPLES_DEVICE, 1, 300, SAMPLES_NOW, &old);
	sealed_receive(s, SAMPLES_DEVICE, 2, 300, SAMPLES_NOW + 1, &young);
	assert_true(sealed_custody_expire(&keeper, old.expires_at - 1, &done,
					  &err));
	assert_int_equal(0, done.files);
	assert_true(
		sealed_custody_expire(&keeper, old.expires_at, &done, &err));
	assert_int_equal(1, done.files);
	assert_false(is_here(s, &old, ".age"));
	assert_true(is_here(s, &young, ".age"));
	assert_int_equal(1, samples_entries(s, LEDGER_EXPIRED));
	assert_int_equal(1, count(s, "SELECT count(*) FROM notices WHERE "
				     "kind = 'expired' AND who = ''"));
	/* One whose file somebody removed goes too. */
	char *path = sealed_path(s, young.device, young.transaction, ".age");
	assert_int_equal(0, unlink(path));
	assert_true(
		sealed_custody_expire(&keeper, young.expires_at, &done, &err));
	assert_int_equal(1, done.files);
	mem_free(path);
}

static void uploads_that_rest_too_long_are_forgotten(void **state)
{
	struct samples *s = *state;
	const struct sealed_keeper keeper = sealed_keeper_of(s);
	struct sealed_intake *intake = NULL;
	struct sealed_progress progress;
	struct sealed_expired done;
	struct sealed item = { .device = SAMPLES_DEVICE };
	struct upload_head head;
	struct refusal refusal = { 0 };
	struct buf whole = BUF_INIT;
	struct err err = { 0 };
	samples_transaction(item.transaction, 1);
	struct sealed_sender sender = { &s->server, SAMPLES_DEVICE,
					s->device.sha256, item.transaction,
					SAMPLES_NOW };
	sealed_bytes(&whole, 300, 1);
	sealed_head_of(&head, item.transaction, &whole);
	assert_true(sealed_intake_create(&sender, &head, &refusal));
	/* A byte a day later moves its end. */
	sender.now += 86400;
	assert_true(sealed_intake_open(&sender, &intake, &refusal));
	assert_true(sealed_intake_feed(intake, whole.data, 1, &refusal));
	assert_true(sealed_intake_end(intake, &progress, &refusal));
	assert_true(progress.expires_at == SAMPLES_NOW + 3 * 86400);
	/* While somebody has it open it stays. */
	assert_true(sealed_custody_expire(&keeper, progress.expires_at, &done,
					  &err));
	assert_int_equal(0, done.pieces);
	sealed_intake_free(intake);
	assert_true(sealed_custody_expire(&keeper, progress.expires_at - 1,
					  &done, &err));
	assert_int_equal(0, done.pieces);
	assert_true(is_here(s, &item, ".part"));
	assert_true(sealed_custody_expire(&keeper, progress.expires_at, &done,
					  &err));
	assert_int_equal(1, done.pieces);
	assert_false(is_here(s, &item, ".part"));
	assert_int_equal(0, count(s, "SELECT count(*) FROM upload_pieces"));
	buf_clear(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(taking_is_written_and_told),
		SAMPLES_TEST(what_is_not_whole_is_not_given),
		SAMPLES_TEST(deleting_is_for_good),
		SAMPLES_TEST(files_end_by_their_date),
		SAMPLES_TEST(uploads_that_rest_too_long_are_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
