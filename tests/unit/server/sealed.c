/*
 * Rows of sealed files: read back as they were, fixed but for their end.
 */
#include "server/sealed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/unit/server/sealed_samples.h"

static bool run(struct samples *s, const char *sql)
{
	struct stmt q;
	struct err err = { 0 };
	return db_query(s->server.db, &q, sql, &err) && db_run(&q, &err);
}

static struct sealed_piece piece_of(unsigned n)
{
	struct sealed_piece piece = {
		.device = SAMPLES_DEVICE,
		.bytes = 4294967297u,
		.purpose = SEALED_PURPOSE,
		.recipients = SEALED_KEYS,
		.created_at = SAMPLES_NOW,
		.expires_at = SAMPLES_NOW + n,
	};
	samples_transaction(piece.transaction, n);
	memset(piece.sha256, 'a', 64);
	return piece;
}

static void pieces_are_read_back_and_end(void **state)
{
	struct samples *s = *state;
	struct db *db = s->server.db;
	struct sealed_piece piece = piece_of(5), found, *due = NULL;
	struct err err = { 0 };
	size_t count = 0;
	assert_true(sealed_piece_insert(db, &piece, &err));
	assert_true(sealed_piece_find(db, SAMPLES_DEVICE, piece.transaction,
				      &found, &err));
	assert_memory_equal(&piece, &found, sizeof(piece));
	assert_false(sealed_piece_find(db, SAMPLES_OTHER, piece.transaction,
				       &found, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	err_reset(&err);
	assert_true(sealed_pieces_due(db, SAMPLES_NOW + 4, &due, &count, &err));
	assert_int_equal(0, count);
	mem_free(due);
	assert_true(sealed_piece_prolong(db, &piece, SAMPLES_NOW + 9, &err));
	assert_true(sealed_pieces_due(db, SAMPLES_NOW + 9, &due, &count, &err));
	assert_int_equal(1, count);
	mem_free(due);
	assert_false(run(s, "UPDATE upload_pieces SET bytes = 1"));
	assert_false(run(s, "UPDATE upload_pieces SET recipients = 'x'"));
	assert_true(sealed_piece_remove(db, SAMPLES_DEVICE, piece.transaction,
					&err));
	assert_false(sealed_piece_find(db, SAMPLES_DEVICE, piece.transaction,
				       &found, &err));
}

static void files_are_listed_newest_first(void **state)
{
	struct samples *s = *state;
	struct db *db = s->server.db;
	struct sealed items[3], found, *list = NULL;
	struct err err = { 0 };
	size_t count = 0;
	for (unsigned i = 0; i < 3; i++) {
		sealed_receive(s, i == 1 ? SAMPLES_OTHER : SAMPLES_DEVICE,
			       i == 2 ? 2 : 1 + i, 100, SAMPLES_NOW + i,
			       &items[i]);
	}
	assert_true(sealed_list(db, 0, 2, &list, &count, &err));
	assert_int_equal(2, count);
	assert_int_equal(items[2].number, list[0].number);
	mem_free(list);
	assert_true(sealed_list(db, items[2].number, 0, &list, &count, &err));
	assert_int_equal(2, count);
	mem_free(list);
	/* Two devices with the same id: the first, or the one that is named. */
	assert_true(sealed_find(db, NULL, items[2].transaction, &found, &err));
	assert_string_equal(SAMPLES_OTHER, found.device);
	assert_true(sealed_find(db, SAMPLES_DEVICE, items[2].transaction,
				&found, &err));
	assert_int_equal(items[2].number, found.number);
	assert_string_equal(SEALED_PURPOSE, found.purpose);
	assert_string_equal(SEALED_KEYS, found.recipients);
	assert_true(found.expires_at == SAMPLES_NOW + 2 + 90 * 86400);
}

static void a_file_ends_once(void **state)
{
	struct samples *s = *state;
	struct db *db = s->server.db;
	struct sealed item, found, *due = NULL;
	struct err err = { 0 };
	size_t count = 0;
	sealed_receive(s, SAMPLES_DEVICE, 1, 100, SAMPLES_NOW, &item);
	assert_false(run(s, "UPDATE sealed SET bytes = 1, deleted_at = 1"));
	assert_false(run(s, "UPDATE sealed SET purpose = 'x'"));
	assert_false(run(s, "DELETE FROM sealed"));
	assert_true(sealed_due(db, item.expires_at, &due, &count, &err));
	assert_int_equal(1, count);
	mem_free(due);
	assert_true(sealed_mark_deleted(db, &item, "desk", SAMPLES_NOW, &err));
	assert_true(sealed_find(db, NULL, item.transaction, &found, &err));
	assert_string_equal("desk", found.deleted_by);
	assert_false(sealed_mark_deleted(db, &item, "", SAMPLES_NOW, &err));
	assert_int_equal(ERR_NOT_FOUND, err.kind);
	assert_false(run(s, "UPDATE sealed SET deleted_at = 0"));
	err_reset(&err);
	assert_true(sealed_due(db, item.expires_at, &due, &count, &err));
	assert_int_equal(0, count);
	mem_free(due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLES_TEST(pieces_are_read_back_and_end),
		SAMPLES_TEST(files_are_listed_newest_first),
		SAMPLES_TEST(a_file_ends_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
