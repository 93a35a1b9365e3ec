/* The bytes of transmissions (src/domain/outbox_bodies.c). */
#include "domain/outbox_parts.h"

#include <string.h>

#include "tests/unit/domain/people.h"

static int with_grants(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	return 0;
}

static bool has_body(struct db *db, const struct outbox_item *item)
{
	struct buf body = BUF_INIT;
	bool has = outbox_body(db, item->transaction, &body, NULL);
	buf_clear(&body);
	return has;
}

static void send_it(struct db *db, const struct outbox_item *item)
{
	assert_done(outbox_begin(db, item->transaction, "peer", NOW, err));
	assert_done(outbox_sent(db, item->transaction, "note", NOW, NOW, err));
}

static void bytes_come_back_exactly(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct buf body = BUF_INIT;
	static const char xml[] = "<Transmission>\xe2\x80\xae</Transmission>";
	stage_item(t->db, METERING, false, xml, NOW, &item);
	assert_done(outbox_body(t->db, item.transaction, &body, err));
	assert_int_equal(strlen(xml), body.len);
	assert_memory_equal(xml, body.data, body.len);
	assert_int_equal(strlen(xml), item.bytes);
	buf_clear(&body);
}

static void equal_bytes_are_kept_once_and_as_long_as_needed(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two;
	stage_item(t->db, METERING, false, "<same/>", NOW, &one);
	stage_item(t->db, SUPPLIES, false, "<same/>", NOW, &two);
	assert_int_equal(1, temporary_db_number(t->db, "SELECT count(*) FROM "
						       "bodies"));
	assert_done(outbox_cancel(t->db, "o", one.transaction, "no", NOW, err));
	assert_true(has_body(t->db, &two));
	assert_done(outbox_cancel(t->db, "o", two.transaction, "no", NOW, err));
	assert_false(has_body(t->db, &two));
}

static void changed_bytes_are_noticed(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	bool matches = false;
	stage_item(t->db, METERING, false, "<a/>", NOW, &item);
	assert_done(outbox_body_matches(t->db, item.sha256, &matches, err));
	assert_true(matches);
	temporary_db_run(t->db, "UPDATE bodies SET body = x'3c622f3e'");
	assert_done(outbox_body_matches(t->db, item.sha256, &matches, err));
	assert_false(matches);
	temporary_db_run(t->db, "DELETE FROM bodies");
	matches = true;
	assert_done(outbox_body_matches(t->db, item.sha256, &matches, err));
	assert_false(matches);
}

static void retention_removes_what_is_over_and_old(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item sent, waits;
	struct buf note = BUF_INIT;
	size_t removed = 9;
	queue_item(t->db, METERING, NOW, &sent);
	send_it(t->db, &sent);
	queue_item(t->db, SUPPLIES, NOW, &waits);
	assert_done(outbox_trim(t->db, 100, 1000000, NOW + 100, &removed, err));
	assert_int_equal(0, removed);
	int64_t before = entries(t->db, LEDGER_UNSET);
	assert_done(outbox_trim(t->db, 100, 1000000, NOW + 101, &removed, err));
	assert_int_equal(1, removed);
	assert_false(has_body(t->db, &sent));
	assert_true(has_body(t->db, &waits));
	assert_int_equal(before + 1, entries(t->db, LEDGER_UNSET));
	assert_last_entry(t->db, LEDGER_CONFIGURATION, "1 transmissions");
	/* What says that it was sent stays. */
	assert_done(outbox_receipt(t->db, sent.transaction, &note, err));
	buf_clear(&note);
	assert_int_equal(OUTBOX_SENT, state_of(t->db, sent.transaction));
}

static void retention_keeps_the_newest_under_the_size(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two;
	size_t removed = 0;
	queue_item(t->db, METERING, NOW, &one);
	send_it(t->db, &one);
	queue_item(t->db, METERING, NOW + 1, &two);
	send_it(t->db, &two);
	assert_done(outbox_trim(t->db, 1000000, 72, NOW + 2, &removed, err));
	assert_int_equal(0, removed);
	assert_done(outbox_trim(t->db, 1000000, 71, NOW + 2, &removed, err));
	assert_int_equal(1, removed);
	assert_false(has_body(t->db, &one));
	assert_true(has_body(t->db, &two));
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_grants, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(bytes_come_back_exactly),
		T(equal_bytes_are_kept_once_and_as_long_as_needed),
		T(changed_bytes_are_noticed),
		T(retention_removes_what_is_over_and_old),
		T(retention_keeps_the_newest_under_the_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
