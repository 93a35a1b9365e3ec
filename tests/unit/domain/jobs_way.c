/* The steps that the daemon takes (src/domain/jobs_way.c). */
#include "tests/unit/domain/jobs_fixture.h"

#include <string.h>

#include "base/mem.h"

static void a_job_goes_all_the_way(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	confirm_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, &item);
	seal_item(f, &item, NOW + 1);
	assert_int_equal(7, item.plain_bytes);
	assert_int_equal(300, item.sealed_bytes);
	assert_int_equal('a', item.plain_sha256[63]);
	assert_int_equal('b', item.sealed_sha256[63]);
	assert_last_entry(f->db, LEDGER_STAGED,
			  "sealed for Colour desk (age1colourdesk); source "
			  "spool, job job-1; content of 7 bytes, sha256 aaa");
	begin_item(f, &item, NOW + 2);
	assert_string_equal("peer", item.peer);
	assert_int_equal(1, item.attempts);
	assert_last_entry(f->db, LEDGER_SENT, "begins to leave");
	assert_done(jobs_progress(f->db, item.transaction, 200, err));
	assert_done(jobs_item(f->db, item.transaction, &item, err));
	assert_int_equal(200, item.offset);
	finish_item(f, &item, NOW + 3);
	assert_int_equal(300, item.offset);
	assert_int_equal(NOW + 3, item.received_at);
	assert_last_entry(f->db, LEDGER_RECEIVED, "its receipt is valid");
	assert_order_is(f, &order, JOBS_OVER);
}

/* ---- which one is next ---- */

static void the_next_is_of_a_confirmed_order_and_due(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order, chosen;
	struct jobs_item item, next;
	struct form form;
	choose_jobs(f, 1, NOW, &chosen);
	assert_fails(ERR_NOT_FOUND, jobs_next(f->db, NOW, &next, err));
	confirm_jobs(f, 2, NOW, &order);
	read_item(f, &order, 1, &item);
	assert_done(jobs_next(f->db, NOW, &next, err));
	assert_string_equal(item.transaction, next.transaction);
	/* One that is sent or waits for its time lets the others pass. */
	seal_item(f, &item, NOW);
	assert_done(jobs_next(f->db, NOW, &next, err));
	assert_string_equal(item.transaction, next.transaction);
	assert_int_equal(JOBS_SEALED, next.state);
	begin_item(f, &item, NOW);
	assert_done(jobs_next(f->db, NOW, &next, err));
	assert_int_equal(2, next.number);
	assert_done(jobs_retry(f->db, next.transaction, "locked", NOW + 60, NOW,
			       err));
	assert_fails(ERR_NOT_FOUND, jobs_next(f->db, NOW + 59, &next, err));
	assert_done(jobs_next(f->db, NOW + 60, &next, err));
	assert_string_equal("locked", next.problem);
	/* A file from the browser is not the daemon's until it is sealed. */
	assert_done(jobs_cancel(f->db, "anna", order.id, "x", NOW, err));
	choose_upload(f, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(jobs_confirm(f->db, &form.sign, err));
	assert_fails(ERR_NOT_FOUND, jobs_next(f->db, NOW, &next, err));
	read_order(f, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(jobs_take_file(f->db, &form.sign, &item, err));
	assert_fails(ERR_NOT_FOUND, jobs_next(f->db, NOW, &next, err));
	seal_item(f, &item, NOW);
	assert_done(jobs_next(f->db, NOW, &next, err));
}

static int64_t next_time(struct jobs_fixture *f, int64_t now)
{
	int64_t at = 0;
	assert_done(jobs_next_time(f->db, now, &at, err));
	return at;
}

static void the_daemon_looks_while_any_order_is_open(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	int64_t at = 9;
	assert_fails(ERR_NOT_FOUND, jobs_next_time(f->db, NOW, &at, err));
	choose_jobs(f, 1, NOW, &order);
	assert_int_equal(NOW + JOBS_LOOK_S, next_time(f, NOW));
	assert_done(jobs_cancel(f->db, "anna", order.id, "x", NOW, err));
	assert_fails(ERR_NOT_FOUND, jobs_next_time(f->db, NOW, &at, err));
	confirm_jobs(f, 1, NOW, &order);
	assert_true(next_time(f, NOW) <= NOW);
	read_item(f, &order, 1, &item);
	assert_done(
		jobs_retry(f->db, item.transaction, "late", NOW + 5, NOW, err));
	assert_int_equal(NOW + 5, next_time(f, NOW));
	assert_done(jobs_retry(f->db, item.transaction, "late", NOW + 600, NOW,
			       err));
	assert_int_equal(NOW + JOBS_LOOK_S, next_time(f, NOW));
}

/* ---- interrupted ---- */

static void a_try_that_failed_is_an_entry_and_counts(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	confirm_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, &item);
	/* Before it is sealed: the source does not answer. */
	assert_done(jobs_retry(f->db, item.transaction, "no answer", NOW + 30,
			       NOW, err));
	assert_last_entry(f->db, LEDGER_FAILED, "no answer");
	assert_item_is(f, &item, JOBS_WAITING);
	assert_done(jobs_item(f->db, item.transaction, &item, err));
	assert_int_equal(1, item.attempts);
	seal_item(f, &item, NOW + 30);
	assert_int_equal(0, item.attempts);
	begin_item(f, &item, NOW + 31);
	assert_done(jobs_retry(f->db, item.transaction, "cut", NOW + 90,
			       NOW + 32, err));
	assert_done(jobs_item(f->db, item.transaction, &item, err));
	assert_int_equal(JOBS_SEALED, item.state);
	assert_int_equal(1, item.attempts);
	assert_int_equal(NOW + 90, item.next_try_at);
	assert_string_equal("cut", item.problem);
	assert_int_equal(2, entries(f->db, LEDGER_FAILED));
	/* Going on is no second beginning. */
	begin_item(f, &item, NOW + 90);
	assert_string_equal("", item.problem);
	assert_int_equal(2, item.attempts);
	assert_int_equal(1, entries(f->db, LEDGER_SENT));
}

static void a_pause_is_no_entry(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	struct ledger_head before, after;
	confirm_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, &item);
	seal_item(f, &item, NOW);
	begin_item(f, &item, NOW);
	assert_done(ledger_head(f->db, &before, err));
	assert_done(jobs_pause(f->db, item.transaction, "held", NOW + 3, err));
	assert_done(ledger_head(f->db, &after, err));
	assert_int_equal(before.size, after.size);
	assert_done(jobs_item(f->db, item.transaction, &item, err));
	assert_int_equal(JOBS_SEALED, item.state);
	assert_int_equal(NOW + 3, item.next_try_at);
	assert_string_equal("held", item.problem);
}

static void what_was_cancelled_meanwhile_stays_so(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	confirm_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, &item);
	seal_item(f, &item, NOW);
	begin_item(f, &item, NOW);
	assert_done(jobs_cancel(f->db, "anna", order.id, "x", NOW, err));
	assert_done(jobs_pause(f->db, item.transaction, "", NOW, err));
	assert_done(jobs_retry(f->db, item.transaction, "late", NOW, NOW, err));
	assert_done(jobs_progress(f->db, item.transaction, 99, err));
	assert_fails(ERR_DENIED,
		     jobs_sent(f->db, item.transaction, "r", NOW, NOW, err));
	assert_fails(ERR_DENIED,
		     jobs_begin(f->db, item.transaction, "peer", NOW, err));
	assert_fails(ERR_DENIED,
		     jobs_end_item(f->db, "daemon", item.transaction,
				   JOBS_FAILED, "x", NOW, err));
	assert_done(jobs_item(f->db, item.transaction, &item, err));
	assert_int_equal(JOBS_CANCELLED, item.state);
	assert_int_equal(0, item.offset);
	assert_int_equal(0, entries(f->db, LEDGER_RECEIVED));
}

static void what_was_sent_when_the_power_went_goes_on(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item, next;
	confirm_jobs(f, 2, NOW, &order);
	read_item(f, &order, 1, &item);
	seal_item(f, &item, NOW);
	begin_item(f, &item, NOW);
	assert_done(jobs_progress(f->db, item.transaction, 100, err));
	assert_done(jobs_recover(f->db, NOW + 9, err));
	assert_item_is(f, &item, JOBS_SEALED);
	read_item(f, &order, 2, &item);
	assert_item_is(f, &item, JOBS_WAITING);
	assert_done(jobs_end_item(f->db, "anna", item.transaction,
				  JOBS_CANCELLED, "x", NOW, err));
	assert_done(jobs_next(f->db, NOW + 9, &next, err));
	assert_int_equal(1, next.number);
	assert_int_equal(100, next.offset);
}

/* ---- the permission that ends with its send ---- */

static void allow_one_send(struct jobs_fixture *f)
{
	allow_until(f->db, GATE_JOB_DATA, CONSENT_UNTIL_SENT, NOW);
}

static void send_item(struct jobs_fixture *f, const struct jobs_order *order,
		      size_t number)
{
	struct jobs_item item;
	read_item(f, order, number, &item);
	seal_item(f, &item, NOW);
	begin_item(f, &item, NOW);
	finish_item(f, &item, NOW);
}

static bool is_allowed(struct jobs_fixture *f)
{
	return (effective_at(f->db, NOW) & JOB_DATA) != 0;
}

static void sent_ends_a_permission_for_one_send(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	allow_one_send(f);
	confirm_jobs(f, 2, NOW, &order);
	send_item(f, &order, 1);
	assert_true(is_allowed(f)); /* for what else was agreed to */
	send_item(f, &order, 2);
	assert_false(is_allowed(f));
	assert_last_entry(f->db, LEDGER_EXPIRED, "ended with its send");
	struct consent c = control_now(f->db, GATE_JOB_DATA, NOW);
	assert_int_equal(CONSENT_NOT_ALLOWED, c.state);
	assert_true(c.ends_with_send);
}

static void sent_leaves_a_permission_with_a_date(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	confirm_jobs(f, 1, NOW, &order);
	send_item(f, &order, 1);
	assert_order_is(f, &order, JOBS_OVER);
	assert_true(is_allowed(f));
	assert_int_equal(0, entries(f->db, LEDGER_EXPIRED));
}

static void what_failed_or_was_cancelled_was_no_send(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	allow_one_send(f);
	confirm_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, &item);
	assert_done(jobs_end_item(f->db, "daemon", item.transaction,
				  JOBS_FAILED, "it is gone", NOW, err));
	assert_order_is(f, &order, JOBS_OVER);
	assert_true(is_allowed(f));
	confirm_jobs(f, 1, NOW, &order);
	assert_done(jobs_cancel(f->db, "anna", order.id, "no", NOW, err));
	assert_true(is_allowed(f));
}

static void a_part_that_was_sent_was_the_send(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	allow_one_send(f);
	confirm_jobs(f, 2, NOW, &order);
	send_item(f, &order, 1);
	read_item(f, &order, 2, &item);
	assert_done(jobs_end_item(f->db, "daemon", item.transaction,
				  JOBS_FAILED, "it is gone", NOW, err));
	assert_false(is_allowed(f));
	allow_one_send(f);
	confirm_jobs(f, 2, NOW, &order);
	send_item(f, &order, 1);
	assert_done(jobs_cancel(f->db, "anna", order.id, "enough", NOW, err));
	assert_false(is_allowed(f));
}

/* Another order was under the same permission, which is over. */
static void the_other_orders_end_with_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order one, two;
	size_t count = 0;
	allow_one_send(f);
	confirm_jobs(f, 1, NOW, &one);
	confirm_jobs(f, 1, NOW, &two);
	send_item(f, &one, 1);
	assert_done(jobs_drop(f->db, NOW, &count, err));
	assert_int_equal(1, count);
	assert_order_is(f, &two, JOBS_OVER);
}

/* Renewed while it was on its way: the new one is for the next send. */
static void only_the_permission_of_the_order_ends(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	allow_until(f->db, GATE_JOB_DATA, NOW + DAY_S, NOW);
	confirm_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, &item);
	seal_item(f, &item, NOW);
	begin_item(f, &item, NOW);
	allow_one_send(f);
	finish_item(f, &item, NOW);
	assert_true(is_allowed(f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(a_job_goes_all_the_way),
		JOBS_TEST(the_next_is_of_a_confirmed_order_and_due),
		JOBS_TEST(the_daemon_looks_while_any_order_is_open),
		JOBS_TEST(a_try_that_failed_is_an_entry_and_counts),
		JOBS_TEST(a_pause_is_no_entry),
		JOBS_TEST(what_was_cancelled_meanwhile_stays_so),
		JOBS_TEST(what_was_sent_when_the_power_went_goes_on),
		JOBS_TEST(sent_ends_a_permission_for_one_send),
		JOBS_TEST(sent_leaves_a_permission_with_a_date),
		JOBS_TEST(what_failed_or_was_cancelled_was_no_send),
		JOBS_TEST(a_part_that_was_sent_was_the_send),
		JOBS_TEST(the_other_orders_end_with_it),
		JOBS_TEST(only_the_permission_of_the_order_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
