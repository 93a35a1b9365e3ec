/*
 * Pages and daemon at the same time, and processes that die: what every
 * state must look like afterwards. The children are real processes; nothing
 * here waits for a time to pass.
 */
#include "domain/outbox.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/consent.h"
#include "tests/unit/domain/people.h"

#define ROUNDS 15

static int with_grants(void **state)
{
	temporary_db_device(state);
	struct temporary_db *t = *state;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	return 0;
}

typedef bool act(struct db *db, const struct outbox_item *item,
		 struct err *err);

static bool do_approve(struct db *db, const struct outbox_item *item,
		       struct err *err)
{
	return outbox_approve(db, "otto", item->transaction, item->sha256, NOW,
			      err);
}

static bool do_begin(struct db *db, const struct outbox_item *item,
		     struct err *err)
{
	return outbox_begin(db, item->transaction, "peer", NOW, err);
}

static bool do_withdraw(struct db *db, const struct outbox_item *item,
			struct err *err)
{
	(void)item;
	return consent_withdraw(db, "carla", SERVICE_METERING, NOW, NULL, err);
}

static bool do_sent(struct db *db, const struct outbox_item *item,
		    struct err *err)
{
	return outbox_sent(db, item->transaction, "note", NOW, NOW, err);
}

static bool do_retry(struct db *db, const struct outbox_item *item,
		     struct err *err)
{
	return outbox_retry(db, item->transaction, "late", NOW, NOW, err);
}

static bool do_cancel(struct db *db, const struct outbox_item *item,
		      struct err *err)
{
	return outbox_cancel(db, "otto", item->transaction, "no", NOW, err);
}

/*
 * Runs both at once; *first and *second get ERR_NONE or what they
 * failed with.
 */
static void race(struct temporary_db *t, const struct outbox_item *item,
		 act *one, act *two, int *first, int *second)
{
	int gate[2];
	assert_int_equal(0, pipe(gate));
	fflush(NULL);
	pid_t child[2];
	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			close(gate[1]);
			struct err why = { .kind = ERR_NONE };
			struct db *db = NULL;
			char byte;
			bool ok = db_open(t->path, DB_READ_WRITE, &db, &why) &&
				  read(gate[0], &byte, 1) == 0 &&
				  (i == 0 ? one : two)(db, item, &why);
			_exit(ok ? ERR_NONE : (int)why.kind);
		}
	}
	close(gate[0]);
	close(gate[1]);
	int status[2];
	for (int i = 0; i < 2; i++) {
		assert_int_equal(child[i], waitpid(child[i], &status[i], 0));
		assert_true(WIFEXITED(status[i]));
	}
	*first = WEXITSTATUS(status[0]);
	*second = WEXITSTATUS(status[1]);
}

static void two_sends_at_once_give_one(void **state)
{
	struct temporary_db *t = *state;
	for (int i = 0; i < ROUNDS; i++) {
		struct outbox_item item;
		int first, second;
		stage_item(t->db, METERING, false, NULL, NOW, &item);
		race(t, &item, do_approve, do_approve, &first, &second);
		assert_int_equal(ERR_NONE, first);
		assert_int_equal(ERR_NONE, second);
		assert_int_equal(OUTBOX_QUEUED,
				 state_of(t->db, item.transaction));
		assert_int_equal(i + 1, entries(t->db, LEDGER_APPROVED));
	}
	assert_ledger_whole(t->db);
}

static void two_daemons_begin_once(void **state)
{
	struct temporary_db *t = *state;
	for (int i = 0; i < ROUNDS; i++) {
		struct outbox_item item;
		int first, second;
		queue_item(t->db, METERING, NOW, &item);
		race(t, &item, do_begin, do_begin, &first, &second);
		assert_int_equal(ERR_DENIED, first + second);
		assert_int_equal(i + 1, entries(t->db, LEDGER_SENT));
	}
}

/* Either sending began before the withdrawal, or it never begins. */
static void a_withdrawal_comes_before_or_after_the_start(void **state)
{
	struct temporary_db *t = *state;
	for (int i = 0; i < ROUNDS; i++) {
		struct outbox_item item;
		int began, withdrew;
		allow_services(t->db, METERING, NOW);
		queue_item(t->db, METERING, NOW, &item);
		int64_t sent = entries(t->db, LEDGER_SENT);
		race(t, &item, do_begin, do_withdraw, &began, &withdrew);
		assert_int_equal(ERR_NONE, withdrew);
		enum outbox_state after = state_of(t->db, item.transaction);
		if (began == ERR_NONE) {
			assert_int_equal(OUTBOX_SENDING, after);
			assert_int_equal(sent + 1, entries(t->db, LEDGER_SENT));
			assert_done(outbox_fail(t->db, item.transaction,
						"end of the round", NOW, err));
		} else {
			assert_int_equal(ERR_DENIED, began);
			assert_int_equal(OUTBOX_CANCELLED, after);
			assert_int_equal(sent, entries(t->db, LEDGER_SENT));
		}
	}
	/* In the log no sending stands after the end of its grant. */
	assert_int_equal(
		0,
		temporary_db_number(
			t->db,
			"SELECT count(*) FROM "
			"ledger s JOIN ledger w ON w.kind = 'withdrawal' AND "
			"w.grants = s.grants WHERE s.kind = 'sent' AND "
			"s.sequence > w.sequence"));
	assert_ledger_whole(t->db);
}

static void cancel_and_begin_exclude_each_other(void **state)
{
	struct temporary_db *t = *state;
	for (int i = 0; i < ROUNDS; i++) {
		struct outbox_item item;
		int began, cancelled;
		queue_item(t->db, METERING, NOW, &item);
		race(t, &item, do_begin, do_cancel, &began, &cancelled);
		assert_int_equal(ERR_DENIED, began + cancelled);
		assert_int_equal(began == ERR_NONE ? OUTBOX_SENDING
						   : OUTBOX_CANCELLED,
				 state_of(t->db, item.transaction));
	}
}

/* Dies by SIGKILL after the work, before or after the commit. */
static void die(struct temporary_db *t, const struct outbox_item *item,
		act *what, bool committed)
{
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		struct db *db = NULL;
		bool ok = db_open(t->path, DB_READ_WRITE, &db, NULL) &&
			  (committed || db_begin(db, NULL)) &&
			  what(db, item, NULL);
		if (ok) {
			raise(SIGKILL);
		}
		_exit(1);
	}
	int status = 0;
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFSIGNALED(status));
	temporary_db_reopen(t);
}

static const struct {
	act *what;
	enum outbox_state from, to;
} steps[] = {
	{ do_approve, OUTBOX_STAGED, OUTBOX_QUEUED },
	{ do_begin, OUTBOX_QUEUED, OUTBOX_SENDING },
	{ do_retry, OUTBOX_SENDING, OUTBOX_QUEUED },
	{ do_begin, OUTBOX_QUEUED, OUTBOX_SENDING },
	{ do_sent, OUTBOX_SENDING, OUTBOX_SENT },
};

static void killed_at_any_step_it_is_before_or_after(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	struct ledger_head head, after;
	stage_item(t->db, METERING, false, NULL, NOW, &item);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_done(ledger_head(t->db, &head, err));
		die(t, &item, steps[i].what, false);
		assert_int_equal(steps[i].from,
				 state_of(t->db, item.transaction));
		assert_done(ledger_head(t->db, &after, err));
		assert_int_equal(head.size, after.size);
		die(t, &item, steps[i].what, true);
		assert_int_equal(steps[i].to,
				 state_of(t->db, item.transaction));
		assert_done(ledger_head(t->db, &after, err));
		assert_int_equal(head.size + 1, after.size);
		assert_ledger_whole(t->db);
	}
}

/* Works until it is killed, anywhere. */
static void work_forever(const char *path, int acks)
{
	struct db *db = NULL;
	bool ok = db_open(path, DB_READ_WRITE, &db, NULL) &&
		  outbox_recover(db, NOW, NULL);
	for (int64_t n = 0; ok; n++) {
		struct outbox_item item;
		stage_item(db, METERING, false, NULL, NOW + n, &item);
		ok = do_approve(db, &item, NULL) && do_begin(db, &item, NULL) &&
		     do_retry(db, &item, NULL) && do_begin(db, &item, NULL) &&
		     do_sent(db, &item, NULL) && write(acks, "a", 1) == 1;
	}
	_exit(1);
}

static void killed_anywhere_nothing_is_lost_or_doubled(void **state)
{
	struct temporary_db *t = *state;
	int64_t known = 0;
	for (int round = 0; round < 8; round++) {
		int acks[2];
		char byte;
		assert_int_equal(0, pipe(acks));
		fflush(NULL);
		pid_t child = fork();
		if (child == 0) {
			close(acks[0]);
			work_forever(t->path, acks[1]);
		}
		close(acks[1]);
		for (int i = 0; i < 3 + round; i++) {
			assert_int_equal(1, read(acks[0], &byte, 1));
			known++;
		}
		assert_int_equal(0, kill(child, SIGKILL));
		assert_int_equal(child, waitpid(child, NULL, 0));
		while (read(acks[0], &byte, 1) == 1) {
			known++;
		}
		close(acks[0]);
		temporary_db_reopen(t);
		int64_t sent = temporary_db_number(
			t->db, "SELECT count(*) "
			       "FROM transmissions WHERE state = 'sent'");
		assert_true(sent == known || sent == known + 1);
		known = sent;
		assert_int_equal(sent, entries(t->db, LEDGER_RECEIVED));
		assert_int_equal(
			sent,
			temporary_db_number(
				t->db,
				"SELECT "
				"count(DISTINCT transaction_id) FROM ledger "
				"WHERE kind = 'received'"));
		assert_ledger_whole(t->db);
		assert_done(outbox_recover(t->db, NOW, err));
		assert_int_equal(0, temporary_db_number(
					    t->db,
					    "SELECT "
					    "count(*) FROM transmissions WHERE "
					    "state = 'sending'"));
		/* Clears the way for the next round. */
		assert_done(
			outbox_purge(t->db, "test", METERING, NOW, NULL, err));
	}
}

int main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, with_grants, temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(two_sends_at_once_give_one),
		T(two_daemons_begin_once),
		T(a_withdrawal_comes_before_or_after_the_start),
		T(cancel_and_begin_exclude_each_other),
		T(killed_at_any_step_it_is_before_or_after),
		T(killed_anywhere_nothing_is_lost_or_doubled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
