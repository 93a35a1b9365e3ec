/* The daemon's side of the outbox (src/domain/outbox_deliver.c). */
#include "domain/outbox.h"

#include <string.h>

#include "domain/consent.h"
#include "tests/unit/domain/people.h"

#define PEER "ab"

static int with_grants(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	return 0;
}

static void begin(struct db *db, const struct outbox_item *item)
{
	assert_done(outbox_begin(db, item->transaction, PEER, NOW, err));
}

static void reread(struct db *db, struct outbox_item *item)
{
	assert_done(outbox_get(db, item->transaction, item, err));
}

/* As an update of the program with other words leaves the grant. */
static void suspend(struct db *db)
{
	temporary_db_run(db, "DROP TRIGGER IF EXISTS grants_end_once");
	temporary_db_run(db, "UPDATE grants SET text_sha256 = "
			     "printf('%064d', 0) WHERE service = 1");
}

static void the_whole_way_is_in_the_log(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct buf note = BUF_INIT;
	queue_item(t->db, METERING, NOW, &item);
	assert_done(outbox_progress(t->db, item.transaction, STAGE_CONNECTING,
				    err));
	begin(t->db, &item);
	reread(t->db, &item);
	assert_int_equal(OUTBOX_SENDING, item.state);
	assert_int_equal(STAGE_CONNECTED, item.stage);
	assert_int_equal(1, item.attempts);
	assert_string_equal(PEER, item.peer);
	assert_last_entry(t->db, LEDGER_SENT, "try 1");
	assert_done(
		outbox_progress(t->db, item.transaction, STAGE_UPLOADED, err));
	assert_fails(ERR_NOT_FOUND,
		     outbox_receipt(t->db, item.transaction, &note, err));
	assert_done(outbox_sent(t->db, item.transaction, "the note\n", NOW + 5,
				NOW + 6, err));
	reread(t->db, &item);
	assert_int_equal(OUTBOX_SENT, item.state);
	assert_int_equal(STAGE_RECEIPT_CHECKED, item.stage);
	assert_int_equal(NOW + 5, item.received_at);
	assert_done(outbox_receipt(t->db, item.transaction, &note, err));
	assert_string_equal("the note\n", buf_str(&note));
	buf_clear(&note);
	assert_last_entry(t->db, LEDGER_RECEIVED, "receipt was checked");
	static const enum ledger_kind way[] = { LEDGER_STAGED, LEDGER_APPROVED,
						LEDGER_SENT, LEDGER_RECEIVED };
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(1, entries(t->db, way[i]));
	}
	/* Each of them names transaction, grant and hash. */
	assert_int_equal(
		4,
		temporary_db_number(
			t->db,
			"SELECT count(*) FROM "
			"ledger JOIN transmissions ON transaction_id = id AND "
			"ledger.grants = transmissions.grants AND ledger.sha256 = "
			"transmissions.sha256 AND ledger.bytes = transmissions.bytes "
			"AND ledger.service = 'metering'"));
	assert_ledger_whole(t->db);
}

static void a_grant_that_is_gone_cancels_at_the_gate(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct buf body = BUF_INIT;
	queue_item(t->db, METERING, NOW, &item);
	suspend(t->db);
	assert_fails(ERR_DENIED,
		     outbox_begin(t->db, item.transaction, PEER, NOW, err));
	reread(t->db, &item);
	assert_int_equal(OUTBOX_CANCELLED, item.state);
	assert_non_null(strstr(item.problem, "changed since"));
	assert_int_equal(0, entries(t->db, LEDGER_SENT));
	assert_last_entry(t->db, LEDGER_CANCELLED, "changed since");
	assert_fails(ERR_NOT_FOUND,
		     outbox_body(t->db, item.transaction, &body, err));
}

static void other_bytes_than_approved_fail_at_the_gate(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	temporary_db_run(t->db, "UPDATE bodies SET body = x'00'");
	assert_fails(ERR_INVALID,
		     outbox_begin(t->db, item.transaction, PEER, NOW, err));
	assert_int_equal(OUTBOX_FAILED, state_of(t->db, item.transaction));
	assert_int_equal(0, entries(t->db, LEDGER_SENT));
	assert_last_entry(t->db, LEDGER_FAILED,
			  "not those that were "
			  "approved");
	queue_item(t->db, METERING, NOW, &item);
	temporary_db_run(t->db, "DELETE FROM bodies");
	assert_fails(ERR_INVALID,
		     outbox_begin(t->db, item.transaction, PEER, NOW, err));
}

static void a_try_that_failed_waits_and_says_why(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	/* No connection: it had not begun. */
	assert_done(outbox_retry(t->db, item.transaction, "no\nroute", NOW + 30,
				 NOW, err));
	reread(t->db, &item);
	assert_int_equal(OUTBOX_QUEUED, item.state);
	assert_int_equal(1, item.attempts);
	assert_int_equal(NOW + 30, item.next_try_at);
	assert_null(strchr(item.problem, '\n'));
	assert_last_entry(t->db, LEDGER_FAILED,
			  "tried again from "
			  "2025-11-24T16:00:30Z");
	/* Broke off on its way. */
	begin(t->db, &item);
	assert_done(
		outbox_progress(t->db, item.transaction, STAGE_UPLOADING, err));
	assert_done(outbox_retry(t->db, item.transaction, "broke off", NOW + 90,
				 NOW, err));
	reread(t->db, &item);
	assert_int_equal(OUTBOX_QUEUED, item.state);
	assert_int_equal(STAGE_PREPARED, item.stage);
	assert_int_equal(2, item.attempts);
	begin(t->db, &item);
	assert_done(
		outbox_sent(t->db, item.transaction, "note", NOW, NOW, err));
	reread(t->db, &item);
	assert_string_equal("", item.problem);
	assert_int_equal(2, entries(t->db, LEDGER_FAILED));
}

static void what_is_put_off_was_not_tried(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item tried, behind, due, later, ahead, sending;
	size_t count = 0;
	struct outbox_item *const all[] = { &tried, &behind, &due,
					    &later, &ahead,  &sending };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		queue_item(t->db, i < 2 ? METERING : SUPPLIES, NOW, all[i]);
	}
	assert_done(outbox_retry(t->db, later.transaction, "busy", NOW + 900,
				 NOW, err));
	/* By a clock that stood years ahead: due now. */
	assert_done(outbox_retry(t->db, ahead.transaction, "busy",
				 NOW + INT64_C(400000000), NOW, err));
	begin(t->db, &sending);
	const int64_t logged = entries(t->db, LEDGER_FAILED);
	assert_done(outbox_put_off_others(t->db, &tried, "no route", NOW + 60,
					  NOW, &count, err));
	assert_int_equal(2, count);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		reread(t->db, all[i]);
	}
	assert_int_equal(NOW + 60, due.next_try_at);
	assert_int_equal(0, due.attempts);
	assert_string_equal("no route", due.problem);
	assert_int_equal(NOW + 60, ahead.next_try_at);
	assert_int_equal(NOW + 900, later.next_try_at);
	assert_string_equal("busy", later.problem);
	assert_int_equal(0, tried.next_try_at);
	assert_int_equal(0, behind.next_try_at);
	assert_int_equal(OUTBOX_SENDING, sending.state);
	assert_string_equal("", sending.problem);
	assert_int_equal(logged, entries(t->db, LEDGER_FAILED));
}

static void a_withdrawal_on_the_way_ends_the_retries(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct buf body = BUF_INIT;
	queue_item(t->db, METERING, NOW, &item);
	begin(t->db, &item);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW,
				     NULL, err));
	assert_int_equal(OUTBOX_SENDING, state_of(t->db, item.transaction));
	assert_done(outbox_retry(t->db, item.transaction, "broke off", NOW + 90,
				 NOW, err));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, item.transaction));
	assert_last_entry(t->db, LEDGER_CANCELLED, "server may hold it");
	/* The bytes that may have left stay as proof. */
	assert_done(outbox_body(t->db, item.transaction, &body, err));
	buf_clear(&body);
}

static void stages_follow_the_state(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	assert_fails(ERR_DENIED, outbox_progress(t->db, item.transaction,
						 STAGE_UPLOADING, err));
	assert_fails(ERR_INVALID, outbox_progress(t->db, item.transaction,
						  STAGE_UNSET, err));
	assert_fails(ERR_INVALID, outbox_progress(t->db, item.transaction,
						  (enum outbox_stage)7, err));
	assert_fails(ERR_NOT_FOUND,
		     outbox_progress(t->db, "none", STAGE_CONNECTING, err));
}

static void a_receipt_is_needed(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	begin(t->db, &item);
	assert_fails(ERR_INVALID,
		     outbox_sent(t->db, item.transaction, "", NOW, NOW, err));
	assert_fails(ERR_INVALID,
		     outbox_sent(t->db, item.transaction, NULL, NOW, NOW, err));
	assert_int_equal(OUTBOX_SENDING, state_of(t->db, item.transaction));
}

static void unknown_transmissions_are_not_found(void **state)
{
	struct temporary_db *t = *state;
	assert_fails(ERR_NOT_FOUND,
		     outbox_begin(t->db, "none", PEER, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     outbox_sent(t->db, "none", "n", NOW, NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     outbox_retry(t->db, "none", "p", NOW, NOW, err));
	assert_fails(ERR_NOT_FOUND, outbox_fail(t->db, "none", "p", NOW, err));
}

static void recovering_puts_back_what_was_on_its_way(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item one, two, found;
	queue_item(t->db, METERING, NOW, &one);
	queue_item(t->db, SUPPLIES, NOW, &two);
	begin(t->db, &one);
	begin(t->db, &two);
	temporary_db_reopen(t);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_SUPPLIES, NOW,
				     NULL, err));
	assert_done(outbox_recover(t->db, NOW + 500, err));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, one.transaction));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, two.transaction));
	assert_done(outbox_get(t->db, one.transaction, &found, err));
	assert_int_equal(0, found.next_try_at);
	assert_string_equal(one.sha256, found.sha256);
	assert_done(outbox_recover(t->db, NOW + 500, err));
	assert_ledger_whole(t->db);
}

static void one_that_was_stopped_on_its_way_is_cancelled(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	assert_fails(ERR_DENIED, outbox_stopped(t->db, item.transaction,
						"withdrawn", NOW, err));
	begin(t->db, &item);
	assert_done(
		outbox_stopped(t->db, item.transaction, "withdrawn", NOW, err));
	reread(t->db, &item);
	assert_int_equal(OUTBOX_CANCELLED, item.state);
	assert_last_entry(t->db, LEDGER_CANCELLED,
			  "withdrawn; sending was stopped before the last "
			  "byte, so the server does not have it");
	assert_int_equal(0, entries(t->db, LEDGER_FAILED));
	assert_ledger_whole(t->db);
}

static void a_try_before_may_have_arrived_all_the_same(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	queue_item(t->db, METERING, NOW, &item);
	begin(t->db, &item);
	assert_done(outbox_retry(t->db, item.transaction, "cut off", NOW, NOW,
				 err));
	begin(t->db, &item);
	assert_done(
		outbox_stopped(t->db, item.transaction, "withdrawn", NOW, err));
	assert_last_entry(t->db, LEDGER_CANCELLED, "may hold it");
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_grants, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(one_that_was_stopped_on_its_way_is_cancelled),
		T(a_try_before_may_have_arrived_all_the_same),
		T(the_whole_way_is_in_the_log),
		T(a_grant_that_is_gone_cancels_at_the_gate),
		T(other_bytes_than_approved_fail_at_the_gate),
		T(a_try_that_failed_waits_and_says_why),
		T(what_is_put_off_was_not_tried),
		T(a_withdrawal_on_the_way_ends_the_retries),
		T(stages_follow_the_state),
		T(a_receipt_is_needed),
		T(unknown_transmissions_are_not_found),
		T(recovering_puts_back_what_was_on_its_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
