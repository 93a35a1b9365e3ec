/* Reading the outbox (src/domain/outbox.c). */
#include "domain/outbox.h"

#include <string.h>

#include "base/mem.h"
#include "store/db_sqlite.h"
#include "tests/unit/domain/people.h"

static int with_grants(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	return 0;
}

static void names_are_for_tables_and_titles_for_people(void **state)
{
	(void)state;
	for (int i = OUTBOX_SAMPLE; i <= OUTBOX_CANCELLED; i++) {
		assert_true(outbox_state_name((enum outbox_state)i)[0]);
		assert_true(outbox_state_title((enum outbox_state)i)[0]);
	}
	for (int i = STAGE_PREPARED; i <= STAGE_RECEIPT_CHECKED; i++) {
		assert_true(outbox_stage_name((enum outbox_stage)i)[0]);
	}
	assert_string_equal("staged", outbox_state_name(OUTBOX_STAGED));
	assert_string_equal("", outbox_state_name((enum outbox_state)99));
	assert_string_equal("", outbox_state_title((enum outbox_state) - 1));
	assert_string_equal("", outbox_stage_name((enum outbox_stage)7));
}

static void what_is_not_there_is_not_found(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct buf out = BUF_INIT;
	struct withheld_list left = { .at = NULL };
	assert_fails(ERR_NOT_FOUND, outbox_get(t->db, "none", &item, err));
	assert_fails(ERR_NOT_FOUND, outbox_get(t->db, NULL, &item, err));
	assert_fails(ERR_NOT_FOUND, outbox_body(t->db, "none", &out, err));
	assert_fails(ERR_NOT_FOUND, outbox_receipt(t->db, "none", &out, err));
	assert_done(outbox_withheld(t->db, "none", &left, err));
	assert_int_equal(0, left.count);
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_fails(ERR_NOT_FOUND,
			     outbox_get(t->db, hostile_texts[i], &item, err));
	}
}

static void lists_are_newest_first(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two, three;
	struct outbox_item *list = NULL;
	size_t count = 9;
	assert_done(outbox_list(t->db, OUTBOX_UNSET, 0, &list, &count, err));
	assert_int_equal(0, count);
	mem_free(list);
	queue_item(t->db, METERING, NOW, &one);
	queue_item(t->db, METERING, NOW + 1, &two);
	stage_item(t->db, SUPPLIES, false, NULL, NOW + 2, &three);
	assert_done(outbox_list(t->db, OUTBOX_UNSET, 0, &list, &count, err));
	assert_int_equal(3, count);
	assert_string_equal(three.transaction, list[0].transaction);
	assert_string_equal(one.transaction, list[2].transaction);
	mem_free(list);
	assert_done(outbox_list(t->db, OUTBOX_QUEUED, 1, &list, &count, err));
	assert_int_equal(1, count);
	assert_string_equal(two.transaction, list[0].transaction);
	assert_string_equal("otto", list[0].approved_by);
	mem_free(list);
	assert_done(outbox_list(t->db, OUTBOX_SENT, 0, &list, &count, err));
	assert_int_equal(0, count);
	mem_free(list);
}

struct seen {
	char transactions[4][UUID_TEXT_SIZE];
	size_t count, most;
};

static bool see(void *ctx, const struct outbox_item *item)
{
	struct seen *s = ctx;
	memcpy(s->transactions[s->count++], item->transaction, UUID_TEXT_SIZE);
	return s->count < s->most;
}

static void what_waits_comes_oldest_first(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two, three, other;
	struct seen seen = { .most = 4 };
	queue_item(t->db, METERING, NOW, &one);
	queue_item(t->db, SUPPLIES, NOW + 1, &two);
	queue_item(t->db, METERING, NOW + 2, &three);
	stage_item(t->db, SUPPLIES, false, NULL, NOW + 3, &other);
	assert_done(outbox_begin(t->db, one.transaction, "p", NOW, err));
	assert_done(outbox_fail(t->db, two.transaction, "no", NOW, err));
	assert_done(outbox_each_waiting(t->db, see, &seen, err));
	assert_int_equal(2, seen.count);
	assert_string_equal(one.transaction, seen.transactions[0]);
	assert_string_equal(three.transaction, seen.transactions[1]);
	seen = (struct seen){ .most = 1 };
	assert_done(outbox_each_waiting(t->db, see, &seen, err));
	assert_int_equal(1, seen.count);
}

static void send_item(struct db *db, unsigned services, int64_t received_at)
{
	struct outbox_item item;
	queue_item(db, services, NOW, &item);
	assert_done(outbox_begin(db, item.transaction, "p", NOW, err));
	assert_done(outbox_sent(db, item.transaction, "note", received_at,
				received_at, err));
}

/* By the receipt's time, whichever was made first. */
static void each_service_has_its_newest_receipt(void **state)
{
	struct temporary_db *t = *state;
	int64_t at[OUTBOX_SERVICES];
	memset(at, 1, sizeof(at));
	assert_done(outbox_last_sent(t->db, at, err));
	for (size_t i = 0; i < OUTBOX_SERVICES; i++) {
		assert_int_equal(0, at[i]);
	}
	send_item(t->db, METERING | SUPPLIES, NOW + 9);
	send_item(t->db, SUPPLIES, NOW + 5);
	assert_done(outbox_last_sent(t->db, at, err));
	assert_int_equal(NOW + 9, at[SERVICE_UNSET]);
	assert_int_equal(NOW + 9, at[SERVICE_METERING]);
	assert_int_equal(NOW + 9, at[SERVICE_SUPPLIES]);
	assert_int_equal(0, at[SERVICE_PARTS]);
	send_item(t->db, SUPPLIES, NOW + 20);
	assert_done(outbox_last_sent(t->db, at, err));
	assert_int_equal(NOW + 20, at[SERVICE_UNSET]);
	assert_int_equal(NOW + 9, at[SERVICE_METERING]);
	assert_int_equal(NOW + 20, at[SERVICE_SUPPLIES]);
}

/* A counter of the statement that looks for receipts, from 0 on. */
static int work_of(const struct db *db, int counter)
{
	sqlite3_stmt *s = NULL;
	while ((s = sqlite3_next_stmt(db->handle, s)) != NULL) {
		if (strstr(sqlite3_sql(s), "received_at DESC") != NULL) {
			return sqlite3_stmt_status(s, counter, 1);
		}
	}
	fail_msg("no statement looks for receipts");
	return -1;
}

/*
 * Years of transmissions stay in the table; it is asked all the time, also for
 * services that none of them holds.
 */
static void older_receipts_are_not_looked_at(void **state)
{
	struct temporary_db *t = *state;
	int64_t at[OUTBOX_SERVICES];
	send_item(t->db, METERING, NOW);
	send_item(t->db, METERING | SUPPLIES, NOW + 1);
	assert_done(outbox_last_sent(t->db, at, err));
	(void)work_of(t->db, SQLITE_STMTSTATUS_VM_STEP);
	assert_done(outbox_last_sent(t->db, at, err));
	int few = work_of(t->db, SQLITE_STMTSTATUS_VM_STEP);
	assert_true(few > 0);
	for (int i = 2; i < 40; i++) {
		send_item(t->db, METERING | (i % 2 == 0 ? SUPPLIES : 0),
			  NOW + i);
	}
	assert_done(outbox_last_sent(t->db, at, err));
	assert_int_equal(NOW + 39, at[SERVICE_METERING]);
	assert_int_equal(NOW + 38, at[SERVICE_SUPPLIES]);
	assert_int_equal(0, at[SERVICE_PARTS]);
	assert_int_equal(few, work_of(t->db, SQLITE_STMTSTATUS_VM_STEP));
	assert_int_equal(0, work_of(t->db, SQLITE_STMTSTATUS_SORT));
	assert_int_equal(0, work_of(t->db, SQLITE_STMTSTATUS_FULLSCAN_STEP));
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_grants, temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_for_tables_and_titles_for_people),
		T(what_is_not_there_is_not_found),
		T(lists_are_newest_first),
		T(what_waits_comes_oldest_first),
		T(each_service_has_its_newest_receipt),
		T(older_receipts_are_not_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
