/*
 * What stops job data before it is sent and while it is: jobs_may_go(),
 * jobs_drop(), jobs_purge() (src/domain/jobs_way.c).
 */
#include "tests/unit/domain/jobs_fixture.h"

#include <string.h>

#include "base/mem.h"
#include "domain/roles.h"

/* One job being sent, and one that waits. */
struct under_way {
	struct jobs_order order;
	struct jobs_item sending, waiting;
};

static void send_one(struct jobs_fixture *f, struct under_way *w)
{
	confirm_jobs(f, 2, NOW, &w->order);
	read_item(f, &w->order, 1, &w->sending);
	read_item(f, &w->order, 2, &w->waiting);
	seal_item(f, &w->sending, NOW);
	begin_item(f, &w->sending, NOW);
	assert_done(jobs_may_go(f->db, w->sending.transaction, NOW, err));
	assert_done(jobs_may_go(f->db, w->waiting.transaction, NOW, err));
}

/* Neither may go on, the daemon ends both, and the log says why. */
static void assert_stopped(struct jobs_fixture *f, const struct under_way *w,
			   int64_t now, const char *why)
{
	struct err stop = { .kind = ERR_NONE };
	const struct job_sealed sealed = { .plain_bytes = 1,
					   .sealed_bytes = 2 };
	size_t count = 9;
	int64_t cancelled = entries(f->db, LEDGER_CANCELLED);
	assert_false(jobs_may_go(f->db, w->sending.transaction, now, &stop));
	assert_int_equal(ERR_DENIED, stop.kind);
	if (strstr(stop.text, why) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", why, stop.text);
	}
	assert_fails(ERR_DENIED,
		     jobs_may_go(f->db, w->waiting.transaction, now, err));
	assert_fails(ERR_DENIED, jobs_sealed(f->db, w->waiting.transaction,
					     &sealed, now, err));
	assert_done(jobs_pause(f->db, w->sending.transaction, "", now, err));
	assert_fails(ERR_DENIED, jobs_begin(f->db, w->sending.transaction,
					    "peer", now, err));
	assert_done(jobs_drop(f->db, now, &count, err));
	assert_int_equal(1, count);
	assert_int_equal(cancelled + 2, entries(f->db, LEDGER_CANCELLED));
	assert_last_entry(f->db, LEDGER_CANCELLED, why);
	assert_order_is(f, &w->order, JOBS_OVER);
	assert_item_is(f, &w->sending, JOBS_CANCELLED);
	assert_item_is(f, &w->waiting, JOBS_CANCELLED);
	assert_done(jobs_drop(f->db, now, &count, err));
	assert_int_equal(0, count);
}

static void signing_out_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	assert_done(
		sessions_end(f->db, "anna", 0, f->anna.session.id, NOW, err));
	assert_stopped(f, &w, NOW, "not signed in any more");
}

/* The same person, but nobody was there between. */
static void signing_in_again_does_not_bring_it_back(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	struct signed_in again;
	send_one(f, &w);
	assert_done(
		sessions_end(f->db, "anna", 0, f->anna.session.id, NOW, err));
	sign_in(f, w.order.account, NOW, &again);
	assert_stopped(f, &w, NOW, "not signed in any more");
}

static void another_session_of_the_person_changes_nothing(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	struct signed_in again;
	send_one(f, &w);
	sign_in(f, w.order.account, NOW, &again);
	assert_done(sessions_end(f->db, "anna", 0, again.session.id, NOW, err));
	assert_done(jobs_may_go(f->db, w.sending.transaction, NOW, err));
}

static void an_idle_session_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	assert_done(jobs_may_go(f->db, w.sending.transaction,
				NOW + SESSION_IDLE_S - 1, err));
	assert_stopped(f, &w, NOW + SESSION_IDLE_S, "not signed in any more");
}

static void the_longest_time_of_a_session_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	for (int64_t at = NOW; at < NOW + SESSION_ABSOLUTE_S; at += 600) {
		assert_done(sessions_find(f->db, f->anna.cookie, at,
					  &f->anna.session, err));
	}
	assert_done(jobs_may_go(f->db, w.sending.transaction,
				NOW + SESSION_ABSOLUTE_S - 1, err));
	assert_stopped(f, &w, NOW + SESSION_ABSOLUTE_S,
		       "not signed in any more");
}

static void taking_the_role_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	assert_done(accounts_set_roles(f->db, "test", w.order.account,
				       ROLE_OPERATOR, NOW, err));
	assert_stopped(f, &w, NOW, "role job-data");
}

static void disabling_the_account_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	assert_done(accounts_set_disabled(f->db, "test", w.order.account, true,
					  NOW, err));
	assert_stopped(f, &w, NOW, "not signed in any more");
}

static void another_permission_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	allow_until(f->db, GATE_JOB_DATA, NOW + DAY_S, NOW);
	assert_stopped(f, &w, NOW, "another one now");
}

static void other_words_stop_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	/* Suspended, as after an update: nobody withdrew anything. */
	temporary_db_run(f->db, "DROP TRIGGER grants_end_once");
	temporary_db_run(f->db, "UPDATE grants SET text_sha256 = "
				"printf('%064d', 0) WHERE service <> 0");
	assert_stopped(f, &w, NOW, "changed since it was allowed");
}

static void the_date_of_the_permission_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	allow_until(f->db, GATE_JOB_DATA, NOW + 60, NOW);
	send_one(f, &w);
	assert_stopped(f, &w, NOW + 60, "ended by its date");
}

static void the_date_of_remote_services_stops_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	allow_until(f->db, SERVICE_UNSET, NOW + 60, NOW);
	send_one(f, &w);
	assert_stopped(f, &w, NOW + 60, "remote services as a whole");
}

/* ---- what ends it at once ---- */

static bool count_entry(void *ctx, const struct ledger_entry *entry,
			struct err *err)
{
	(void)entry;
	(void)err;
	++*(int64_t *)ctx;
	return true;
}

static void assert_ended(struct jobs_fixture *f, const struct under_way *w,
			 const char *actor, const char *why)
{
	struct jobs_order order = w->order;
	assert_item_is(f, &w->sending, JOBS_CANCELLED);
	assert_item_is(f, &w->waiting, JOBS_CANCELLED);
	read_order(f, &order);
	assert_int_equal(JOBS_OVER, order.state);
	assert_string_equal(why, order.problem);
	const struct ledger_filter by = { .kind = LEDGER_CANCELLED,
					  .actor = actor };
	int64_t seen = 0;
	assert_done(ledger_each(f->db, &by, 0, count_entry, &seen, err));
	assert_int_equal(2, seen);
	assert_fails(ERR_DENIED,
		     jobs_may_go(f->db, w->sending.transaction, NOW, err));
	size_t count = 9;
	assert_done(jobs_drop(f->db, NOW, &count, err));
	assert_int_equal(0, count);
}

static void withdrawing_job_data_ends_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	struct jobs_order chosen;
	size_t waited = 0;
	send_one(f, &w);
	choose_jobs(f, 1, NOW, &chosen);
	assert_done(consent_withdraw(f->db, "carla", GATE_JOB_DATA, NOW,
				     &waited, err));
	assert_int_equal(1, waited);
	assert_last_entry(f->db, LEDGER_CANCELLED,
			  "Job data withdrawn; nothing of it left the device");
	assert_ended(f, &w, "carla", "Job data withdrawn");
	assert_order_is(f, &chosen, JOBS_OVER);
}

static void withdrawing_remote_services_ends_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	assert_done(consent_withdraw(f->db, "carla", SERVICE_UNSET, NOW, NULL,
				     err));
	assert_ended(f, &w, "carla", "Remote services withdrawn");
}

static void withdrawing_something_else_does_not(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	allow_services(f->db, METERING, NOW);
	assert_done(consent_allow(f->db, "carla", GATE_PERSONAL, NOW, err));
	send_one(f, &w);
	assert_done(consent_withdraw(f->db, "carla", SERVICE_METERING, NOW,
				     NULL, err));
	assert_done(consent_withdraw(f->db, "carla", GATE_PERSONAL, NOW, NULL,
				     err));
	assert_done(jobs_may_go(f->db, w.sending.transaction, NOW, err));
}

static void the_daemon_ends_it_with_the_date(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	allow_until(f->db, GATE_JOB_DATA, NOW + 60, NOW);
	send_one(f, &w);
	assert_done(consent_expire(f->db, NOW + 60, NULL, err));
	assert_ended(f, &w, "daemon", "Job data ended by its date");
}

static void cancelling_ends_it(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	send_one(f, &w);
	assert_done(
		jobs_cancel(f->db, "anna", w.order.id, "Not now", NOW, err));
	assert_ended(f, &w, "anna", "Not now");
}

/* ---- what nobody confirms ---- */

static void what_is_not_confirmed_in_time_is_dropped(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	size_t count = 9;
	int64_t late = NOW + JOBS_CHOSEN_S;
	choose_jobs(f, 1, NOW, &order);
	assert_done(sessions_find(f->db, f->anna.cookie, NOW + 600,
				  &f->anna.session, err));
	assert_done(jobs_drop(f->db, late - 1, &count, err));
	assert_int_equal(0, count);
	assert_done(jobs_drop(f->db, late, &count, err));
	assert_int_equal(1, count);
	read_order(f, &order);
	assert_int_equal(JOBS_OVER, order.state);
	assert_string_equal("The next step was not taken in time.",
			    order.problem);
	assert_int_equal(late, order.over_at);
}

static void a_clock_set_back_drops_what_was_chosen(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	choose_jobs(f, 1, NOW, &order);
	assert_done(jobs_drop(f->db, NOW - 1, NULL, err));
	assert_order_is(f, &order, JOBS_OVER);
}

static void signing_out_drops_what_was_chosen(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	choose_jobs(f, 1, NOW, &order);
	assert_done(
		sessions_end(f->db, "anna", 0, f->anna.session.id, NOW, err));
	assert_done(jobs_drop(f->db, NOW, NULL, err));
	assert_order_is(f, &order, JOBS_OVER);
	assert_int_equal(0, entries(f->db, LEDGER_CANCELLED));
}

static void what_is_not_there_may_not_go(void **state)
{
	struct jobs_fixture *f = *state;
	assert_fails(ERR_NOT_FOUND, jobs_may_go(f->db, "none", NOW, err));
	assert_fails(ERR_NOT_FOUND,
		     jobs_cancel(f->db, "anna", "none", "x", NOW, err));
}

/* It is asked while bytes leave: it takes no lock and writes nothing. */
static void asking_disturbs_nobody(void **state)
{
	struct jobs_fixture *f = *state;
	struct under_way w;
	struct db *other = NULL;
	int64_t before, after;
	send_one(f, &w);
	assert_done(db_open(f->t->path, DB_READ_WRITE, &other, err));
	assert_done(db_version(other, &before, err));
	assert_done(db_begin(other, err));
	assert_done(jobs_may_go(f->db, w.sending.transaction, NOW, err));
	db_rollback(other);
	assert_done(db_version(other, &after, err));
	assert_int_equal(before, after);
	db_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(signing_out_stops_it),
		JOBS_TEST(signing_in_again_does_not_bring_it_back),
		JOBS_TEST(another_session_of_the_person_changes_nothing),
		JOBS_TEST(an_idle_session_stops_it),
		JOBS_TEST(the_longest_time_of_a_session_stops_it),
		JOBS_TEST(taking_the_role_stops_it),
		JOBS_TEST(disabling_the_account_stops_it),
		JOBS_TEST(another_permission_stops_it),
		JOBS_TEST(other_words_stop_it),
		JOBS_TEST(the_date_of_the_permission_stops_it),
		JOBS_TEST(the_date_of_remote_services_stops_it),
		JOBS_TEST(withdrawing_job_data_ends_it),
		JOBS_TEST(withdrawing_remote_services_ends_it),
		JOBS_TEST(withdrawing_something_else_does_not),
		JOBS_TEST(the_daemon_ends_it_with_the_date),
		JOBS_TEST(cancelling_ends_it),
		JOBS_TEST(what_is_not_confirmed_in_time_is_dropped),
		JOBS_TEST(a_clock_set_back_drops_what_was_chosen),
		JOBS_TEST(signing_out_drops_what_was_chosen),
		JOBS_TEST(what_is_not_there_may_not_go),
		JOBS_TEST(asking_disturbs_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
