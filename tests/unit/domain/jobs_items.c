/*
 * The ways of orders and jobs, and that no other tool can take a shorter one:
 * the rules stand in the database file (src/domain/jobs_items.c, schema).
 */
#include "tests/unit/domain/jobs_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define OTHER_ID "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1"
#define STATES (JOBS_CANCELLED + 1)

/* A job of a confirmed order of its own, brought to a state. */
static void bring(struct jobs_fixture *f, enum jobs_item_state state,
		  struct jobs_item *item)
{
	struct jobs_order order;
	confirm_jobs(f, 2, NOW, &order); /* the other one keeps it open */
	read_item(f, &order, 1, item);
	if (state == JOBS_CANCELLED || state == JOBS_FAILED) {
		assert_done(jobs_end_item(f->db, "daemon", item->transaction,
					  state, "gone", NOW, err));
		return;
	}
	if (state >= JOBS_SEALED) {
		seal_item(f, item, NOW);
	}
	if (state >= JOBS_SENDING) {
		begin_item(f, item, NOW);
	}
	if (state >= JOBS_SENT) {
		finish_item(f, item, NOW);
	}
}

static const bool legal[STATES][STATES] = {
	[JOBS_WAITING] = { [JOBS_SEALED] = true,
			   [JOBS_FAILED] = true,
			   [JOBS_CANCELLED] = true },
	[JOBS_SEALED] = { [JOBS_SENDING] = true,
			  [JOBS_FAILED] = true,
			  [JOBS_CANCELLED] = true },
	[JOBS_SENDING] = { [JOBS_SEALED] = true,
			   [JOBS_SENT] = true,
			   [JOBS_FAILED] = true,
			   [JOBS_CANCELLED] = true },
};

/* Through the functions of the header. */
static bool go(struct jobs_fixture *f, const struct jobs_item *item,
	       enum jobs_item_state to, struct err *err)
{
	const char *id = item->transaction;
	struct job_sealed sealed = { .plain_bytes = 7, .sealed_bytes = 300 };
	memset(sealed.plain_sha256, 'a', 64);
	memset(sealed.sealed_sha256, 'b', 64);
	switch (to) {
	case JOBS_SEALED:
		return item->state == JOBS_SENDING
			       ? jobs_retry(f->db, id, "late", NOW, NOW, err)
			       : jobs_sealed(f->db, id, &sealed, NOW, err);
	case JOBS_SENDING:
		return jobs_begin(f->db, id, "peer", NOW, err);
	case JOBS_SENT:
		return jobs_sent(f->db, id, "receipt", NOW, NOW, err);
	case JOBS_FAILED:
	case JOBS_CANCELLED:
		return jobs_end_item(f->db, "daemon", id, to, "why", NOW, err);
	default:
		return err_set(err, ERR_DENIED, "nothing leads back there");
	}
}

static void functions_take_the_legal_ways_and_no_other(void **state)
{
	struct jobs_fixture *f = *state;
	for (int from = JOBS_WAITING; from < STATES; from++) {
		for (int to = JOBS_WAITING; to < STATES; to++) {
			struct jobs_item item;
			struct err why = { .kind = ERR_NONE };
			bring(f, (enum jobs_item_state)from, &item);
			assert_done(
				jobs_item(f->db, item.transaction, &item, err));
			bool went =
				go(f, &item, (enum jobs_item_state)to, &why);
			if (went != legal[from][to]) {
				fail_msg("%d to %d: %s", from, to, why.text);
			}
			assert_true(went || why.kind == ERR_DENIED);
			assert_item_is(f, &item,
				       went ? (enum jobs_item_state)to
					    : item.state);
		}
	}
}

/* With any tool, what a state needs set along. */
static void the_database_takes_the_legal_ways_and_no_other(void **state)
{
	struct jobs_fixture *f = *state;
	for (int from = JOBS_WAITING; from < STATES; from++) {
		for (int to = JOBS_WAITING; to < STATES; to++) {
			struct jobs_item item;
			struct err why = { .kind = ERR_NONE };
			char sql[400];
			bring(f, (enum jobs_item_state)from, &item);
			snprintf(sql, sizeof(sql),
				 "UPDATE job_items SET state = '%s', "
				 "receipt = '%s', sealed_bytes = 300, "
				 "sealed_sha256 = printf('%%064d', 0), "
				 "plain_bytes = 7 WHERE id = '%s'",
				 jobs_item_state_name((enum jobs_item_state)to),
				 to == JOBS_SENT ? "r" : "", item.transaction);
			if (from != JOBS_WAITING) {
				/* What was sealed stays. */
				snprintf(sql, sizeof(sql),
					 "UPDATE job_items SET state = '%s', "
					 "receipt = '%s' WHERE id = '%s'",
					 jobs_item_state_name(
						 (enum jobs_item_state)to),
					 to == JOBS_SENT ? "r" : "",
					 item.transaction);
			}
			bool same = from == to && from <= JOBS_SENDING;
			bool refused = temporary_db_refuses(f->db, sql, &why);
			if (refused == (legal[from][to] || same)) {
				fail_msg("%d to %d: %s", from, to, why.text);
			}
			assert_true(!refused || why.kind == ERR_INVALID);
		}
	}
}

static void assert_refuses(struct jobs_fixture *f, const char *sql)
{
	struct err why = { .kind = ERR_NONE };
	if (!temporary_db_refuses(f->db, sql, &why)) {
		fail_msg("not refused: %s", sql);
	}
	assert_int_equal(ERR_INVALID, why.kind);
}

/* Nobody but a person: not even somebody who writes into the database. */
static void an_order_is_not_made_confirmed(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	static const char *const refused[] = {
		/* Without a permission, or a time. */
		"UPDATE job_orders SET state = 'confirmed'",
		"UPDATE job_orders SET state = 'confirmed', confirmed_at = 9",
		"UPDATE job_orders SET state = 'confirmed', grant_id = 'g'",
		"UPDATE job_orders SET state = 'awaiting', confirmed_at = 9",
		/* From its first moment. */
		"INSERT INTO job_orders (id, state, account, session, actor, "
		"purpose, nonce, grant_id, confirmed_at, created_at) SELECT "
		"'" OTHER_ID "', 'confirmed', account, "
		"session, actor, purpose, nonce, 'g', 9, 8 FROM job_orders",
		/* Of another person. */
		"UPDATE job_orders SET account = account + 1",
		"UPDATE job_orders SET session = session + 1",
		"UPDATE job_orders SET actor = 'bert'",
		"UPDATE job_orders SET second = 'bert'",
		"UPDATE job_orders SET created_at = created_at + 1",
		"UPDATE job_orders SET purpose = 'other'",
		"UPDATE job_orders SET id = "
		"'" OTHER_ID "'",
		"UPDATE job_orders SET number = number + 1",
		"DELETE FROM job_orders",
	};
	choose_jobs(f, 1, NOW, &order);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_refuses(f, refused[i]);
	}
	assert_order_is(f, &order, JOBS_CHOSEN);
}

static void an_order_goes_forward_only(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	static const char *const refused[] = {
		"UPDATE job_orders SET state = 'chosen'",
		"UPDATE job_orders SET state = 'awaiting'",
		"UPDATE job_orders SET grant_id = 'other'",
		"UPDATE job_orders SET second = 'bert'",
	};
	confirm_jobs(f, 1, NOW, &order);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_refuses(f, refused[i]);
	}
	assert_done(jobs_cancel(f->db, "anna", order.id, "no", NOW, err));
	assert_refuses(f, "UPDATE job_orders SET state = 'confirmed'");
	assert_refuses(f, "UPDATE job_orders SET problem = 'other'");
}

static void nobody_agrees_for_the_second(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	form.sign.two_people = true;
	assert_done(jobs_confirm(f->db, &form.sign, err));
	assert_refuses(f, "UPDATE job_orders SET state = 'confirmed'");
	assert_refuses(f, "UPDATE job_orders SET second = 'bert'");
	assert_refuses(f, "UPDATE job_orders SET state = 'confirmed', "
			  "second = 'bert', grant_id = 'other'");
}

static void recipients_and_jobs_are_fixed_with_the_choice(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	static const char *const refused[] = {
		"UPDATE job_recipients SET key = 'age1eve'",
		"DELETE FROM job_recipients",
		"INSERT INTO job_recipients SELECT order_id, 9, 'age1eve', "
		"'Eve', 'x' FROM job_recipients",
		"INSERT OR REPLACE INTO job_recipients SELECT order_id, "
		"number, 'age1eve', name, role FROM job_recipients",
		"UPDATE job_items SET job = 'other'",
		"UPDATE job_items SET source = 'other'",
		"UPDATE job_items SET number = 9",
		"UPDATE job_items SET order_id = 'x'",
		"UPDATE job_items SET id = "
		"'" OTHER_ID "'",
		"DELETE FROM job_items",
		"INSERT INTO job_items (id, order_id, number, source, job, "
		"state) SELECT '" OTHER_ID "', "
		"order_id, 9, 'spool', 'other', 'waiting' FROM job_items",
	};
	confirm_jobs(f, 1, NOW, &order);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_refuses(f, refused[i]);
	}
}

static void nothing_is_sealed_that_nobody_confirmed(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	choose_jobs(f, 1, NOW, &order);
	assert_refuses(f, "UPDATE job_items SET state = 'sealed', "
			  "sealed_bytes = 9, "
			  "sealed_sha256 = printf('%064d', 0)");
	assert_refuses(f, "INSERT INTO job_items (id, order_id, number, "
			  "source, job, state, sealed_bytes, sealed_sha256) "
			  "SELECT '" OTHER_ID "', id, "
			  "9, 'spool', 'x', 'sealed', 9, printf('%064d', 0) "
			  "FROM job_orders");
}

static void what_was_sealed_stays_that(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_item item;
	static const char *const refused[] = {
		"UPDATE job_items SET sealed_sha256 = printf('%064d', 0) "
		"WHERE state = 'sealed'",
		"UPDATE job_items SET sealed_bytes = 1 WHERE state = 'sealed'",
		"UPDATE job_items SET plain_sha256 = '' "
		"WHERE state = 'sealed'",
		"UPDATE job_items SET plain_bytes = 1 WHERE state = 'sealed'",
		"UPDATE job_items SET receipt = 'r' WHERE state = 'sealed'",
	};
	bring(f, JOBS_SEALED, &item);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_refuses(f, refused[i]);
	}
}

static void a_job_that_is_not_waiting_is_not_sealed_again(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_item item;
	const struct job_sealed other = { .plain_bytes = 1, .sealed_bytes = 2 };
	bring(f, JOBS_SEALED, &item);
	assert_fails(ERR_DENIED,
		     jobs_sealed(f->db, item.transaction, &other, NOW, err));
}

/* ---- the end of an order ---- */

static void an_order_is_over_when_all_its_jobs_are(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	confirm_jobs(f, 3, NOW, &order);
	read_item(f, &order, 1, &item);
	seal_item(f, &item, NOW);
	begin_item(f, &item, NOW);
	finish_item(f, &item, NOW + 1);
	assert_order_is(f, &order, JOBS_CONFIRMED);
	read_item(f, &order, 2, &item);
	assert_done(jobs_end_item(f->db, "daemon", item.transaction,
				  JOBS_FAILED, "it is gone", NOW + 2, err));
	assert_last_entry(f->db, LEDGER_FAILED, "it is gone");
	assert_order_is(f, &order, JOBS_CONFIRMED);
	read_item(f, &order, 3, &item);
	assert_done(jobs_end_item(f->db, "anna", item.transaction,
				  JOBS_CANCELLED, "not this one", NOW + 3,
				  err));
	assert_last_entry(f->db, LEDGER_CANCELLED, "not this one");
	read_order(f, &order);
	assert_int_equal(JOBS_OVER, order.state);
	assert_int_equal(NOW + 3, order.over_at);
	assert_string_equal("", order.problem);
}

/* Each job says how far it came. */
static void cancelling_ends_each_job_where_it_is(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item one, two, three;
	confirm_jobs(f, 3, NOW, &order);
	read_item(f, &order, 1, &one);
	read_item(f, &order, 2, &two);
	read_item(f, &order, 3, &three);
	seal_item(f, &two, NOW);
	seal_item(f, &three, NOW);
	begin_item(f, &three, NOW);
	assert_done(
		jobs_cancel(f->db, "anna", order.id, "Wrong jobs.", NOW, err));
	assert_last_entry(f->db, LEDGER_CANCELLED,
			  "Wrong jobs; sending stops here, and the server is "
			  "asked to forget its part");
	assert_int_equal(3, entries(f->db, LEDGER_CANCELLED));
	assert_item_is(f, &one, JOBS_CANCELLED);
	assert_item_is(f, &two, JOBS_CANCELLED);
	assert_item_is(f, &three, JOBS_CANCELLED);
	read_order(f, &order);
	assert_int_equal(JOBS_OVER, order.state);
	assert_string_equal("Wrong jobs.", order.problem);
	assert_fails(ERR_DENIED,
		     jobs_cancel(f->db, "anna", order.id, "x", NOW, err));
}

static void a_job_that_was_begun_before_may_be_at_the_server(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_item item;
	bring(f, JOBS_SENDING, &item);
	assert_done(jobs_pause(f->db, item.transaction, "", NOW, err));
	assert_done(jobs_item(f->db, item.transaction, &item, err));
	assert_done(jobs_cancel(f->db, "anna", item.order, "No", NOW, err));
	assert_int_equal(1, temporary_db_number(
				    f->db,
				    "SELECT count(*) FROM ledger WHERE text "
				    "LIKE '%No; the server is asked to forget "
				    "its part%'"));
}

/* What nobody confirmed leaves no trace in the log. */
static void cancelling_what_was_only_chosen_is_no_entry(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	choose_jobs(f, 1, NOW, &order);
	read_item(f, &order, 1, &item);
	assert_done(jobs_cancel(f->db, "anna", order.id, "no", NOW, err));
	assert_order_is(f, &order, JOBS_OVER);
	assert_item_is(f, &item, JOBS_CANCELLED);
	assert_int_equal(0, entries(f->db, LEDGER_CANCELLED));
}

static void files_are_needed_until_it_is_over(void **state)
{
	struct jobs_fixture *f = *state;
	for (int s = JOBS_WAITING; s < STATES; s++) {
		struct jobs_item item;
		bool needed = s > JOBS_SENDING;
		bring(f, (enum jobs_item_state)s, &item);
		assert_done(
			jobs_needs_file(f->db, item.transaction, &needed, err));
		assert_int_equal(s <= JOBS_SENDING, needed);
	}
	bool needed = true;
	assert_done(jobs_needs_file(f->db, "none", &needed, err));
	assert_false(needed);
}

static void the_receipt_is_there_when_it_was_sent(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_item item;
	struct buf note = BUF_INIT;
	int64_t at = 9;
	bring(f, JOBS_SENDING, &item);
	assert_fails(ERR_NOT_FOUND,
		     jobs_receipt(f->db, item.transaction, &note, err));
	assert_done(jobs_last_sent(f->db, &at, err));
	assert_int_equal(0, at);
	assert_done(jobs_sent(f->db, item.transaction, "the note", NOW + 7,
			      NOW + 8, err));
	assert_done(jobs_receipt(f->db, item.transaction, &note, err));
	assert_string_equal("the note", buf_str(&note));
	assert_done(jobs_last_sent(f->db, &at, err));
	assert_int_equal(NOW + 7, at);
	buf_clear(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(functions_take_the_legal_ways_and_no_other),
		JOBS_TEST(the_database_takes_the_legal_ways_and_no_other),
		JOBS_TEST(an_order_is_not_made_confirmed),
		JOBS_TEST(an_order_goes_forward_only),
		JOBS_TEST(nobody_agrees_for_the_second),
		JOBS_TEST(recipients_and_jobs_are_fixed_with_the_choice),
		JOBS_TEST(nothing_is_sealed_that_nobody_confirmed),
		JOBS_TEST(what_was_sealed_stays_that),
		JOBS_TEST(a_job_that_is_not_waiting_is_not_sealed_again),
		JOBS_TEST(an_order_is_over_when_all_its_jobs_are),
		JOBS_TEST(cancelling_ends_each_job_where_it_is),
		JOBS_TEST(a_job_that_was_begun_before_may_be_at_the_server),
		JOBS_TEST(cancelling_what_was_only_chosen_is_no_entry),
		JOBS_TEST(files_are_needed_until_it_is_over),
		JOBS_TEST(the_receipt_is_there_when_it_was_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
