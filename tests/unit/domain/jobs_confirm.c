/*
 * Pressing Send: what has to be right, and that each single thing that is not
 * refuses it (src/domain/jobs_confirm.c).
 */
#include "tests/unit/domain/jobs_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/roles.h"
#include "domain/throttle.h"

static void a_person_sends_with_his_password(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 2, NOW, &order);
	form_of(&form, &f->anna, &order, NOW + 5);
	assert_done(jobs_confirm(f->db, &form.sign, err));
	read_order(f, &order);
	assert_int_equal(JOBS_CONFIRMED, order.state);
	assert_int_equal(NOW + 5, order.confirmed_at);
	assert_string_equal(control_now(f->db, GATE_JOB_DATA, NOW).grant,
			    order.grant);
	assert_string_equal("", order.second);
}

static bool has_order(void *ctx, const struct ledger_entry *e, struct err *err)
{
	(void)err;
	++*(int *)ctx;
	assert_string_equal("anna", e->actor);
	assert_string_equal("job-data", e->service);
	assert_int_equal(36, strlen(e->grant));
	assert_non_null(strstr(e->text, "source spool, job job-"));
	assert_non_null(strstr(e->text, "Colour desk (age1colourdesk)"));
	assert_non_null(strstr(e->text, "purpose: Streaks on page 3"));
	return true;
}

static void each_job_has_its_entry_of_what_was_agreed(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	confirm_jobs(f, 2, NOW, &order);
	for (size_t i = 1; i <= 2; i++) {
		int found = 0;
		read_item(f, &order, i, &item);
		const struct ledger_filter filter = {
			.kind = LEDGER_APPROVED, .transaction = item.transaction
		};
		assert_done(
			ledger_each(f->db, &filter, 0, has_order, &found, err));
		assert_int_equal(1, found);
	}
	assert_int_equal(2, entries(f->db, LEDGER_APPROVED));
}

static void a_token_is_of_one_order_state_nonce_and_cookie(void **state)
{
	(void)state;
	struct jobs_order order = { .id = "one",
				    .state = JOBS_CHOSEN,
				    .nonce = "n" };
	char token[5][JOBS_TOKEN_SIZE];
	jobs_token(&order, "cookie", token[0]);
	jobs_token(&order, "cookiE", token[1]);
	order.state = JOBS_AWAITING;
	jobs_token(&order, "cookie", token[2]);
	order.state = JOBS_CHOSEN;
	order.nonce[0] = 'm';
	jobs_token(&order, "cookie", token[3]);
	order.nonce[0] = 'n';
	order.id[0] = 'O';
	jobs_token(&order, "cookie", token[4]);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(43, strlen(token[i]));
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(token[k], token[i]);
		}
	}
	order.id[0] = 'o';
	jobs_token(&order, "cookie", token[1]);
	assert_string_equal(token[0], token[1]);
}

/* ---- what refuses it ---- */

/* Refused with an entry that says so; the order is as it was. */
static void assert_refused(struct jobs_fixture *f, const struct jobs_sign *sign,
			   enum err_kind kind, const char *why)
{
	struct jobs_order before, after;
	int64_t refused = entries(f->db, LEDGER_REFUSED);
	assert_done(jobs_order(f->db, sign->order, &before, err));
	assert_fails(kind, jobs_confirm(f->db, sign, err));
	assert_done(jobs_order(f->db, sign->order, &after, err));
	assert_memory_equal(&before, &after, sizeof(before));
	assert_true(entries(f->db, LEDGER_REFUSED) > refused);
	assert_last_entry(f->db, LEDGER_REFUSED, why);
	assert_int_equal(0, entries(f->db, LEDGER_APPROVED));
}

static void a_wrong_token_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	static const char *const bad[] = {
		"",
		NULL,
		"x",
		"0000000000000000000000000000000000000000000",
		"00000000000000000000000000000000000000000000000000000000000",
	};
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		form.sign.token = bad[i];
		assert_refused(f, &form.sign, ERR_DENIED, "used before");
	}
	form.sign.token = form.token;
	for (size_t i = 0; i < JOBS_TOKEN_SIZE - 1; i++) {
		form.token[i] ^= 1;
		assert_refused(f, &form.sign, ERR_DENIED, "used before");
		form.token[i] ^= 1;
	}
	assert_done(jobs_confirm(f->db, &form.sign, err));
}

static void the_token_of_another_order_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order one, two;
	struct form form, other;
	choose_jobs(f, 1, NOW, &one);
	choose_jobs(f, 1, NOW, &two);
	form_of(&form, &f->anna, &one, NOW);
	form_of(&other, &f->anna, &two, NOW);
	form.sign.token = other.token;
	assert_refused(f, &form.sign, ERR_DENIED, "used before");
}

static void the_token_of_another_cookie_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	jobs_token(&order, f->bert.cookie, form.token);
	assert_refused(f, &form.sign, ERR_DENIED, "used before");
}

static void the_token_of_another_step_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order, other;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	other = order;
	other.state = JOBS_CONFIRMED;
	jobs_token(&other, f->anna.cookie, form.token);
	assert_refused(f, &form.sign, ERR_DENIED, "used before");
}

static void a_token_is_good_once(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order, after;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(jobs_confirm(f->db, &form.sign, err));
	read_order(f, &order);
	assert_fails(ERR_DENIED, jobs_confirm(f->db, &form.sign, err));
	assert_last_entry(f->db, LEDGER_REFUSED, "taken already");
	after = order;
	read_order(f, &after);
	assert_memory_equal(&order, &after, sizeof(order));
	assert_int_equal(1, entries(f->db, LEDGER_APPROVED));
}

static void another_person_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	/* With a token of his own, and with the one of hers. */
	form_of(&form, &f->bert, &order, NOW);
	assert_refused(f, &form.sign, ERR_DENIED, "who chose these jobs");
	jobs_token(&order, f->anna.cookie, form.token);
	form.sign.cookie = f->anna.cookie;
	assert_refused(f, &form.sign, ERR_DENIED, "who chose these jobs");
}

static void another_session_of_the_same_person_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	struct signed_in again;
	choose_jobs(f, 1, NOW, &order);
	sign_in(f, f->anna.session.account.id, NOW, &again);
	form_of(&form, &again, &order, NOW);
	assert_refused(f, &form.sign, ERR_DENIED, "who chose these jobs");
}

static void a_session_that_ended_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(
		sessions_end(f->db, "anna", 0, f->anna.session.id, NOW, err));
	assert_refused(f, &form.sign, ERR_DENIED, "signed in");
}

static void an_account_without_the_role_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(accounts_set_roles(f->db, "test", order.account,
				       ROLE_OPERATOR, NOW, err));
	assert_refused(f, &form.sign, ERR_DENIED, "role job-data");
}

static void waiting_too_long_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	/* The session goes on meanwhile. */
	assert_done(sessions_find(f->db, f->anna.cookie, NOW + 600,
				  &f->anna.session, err));
	form_of(&form, &f->anna, &order, NOW + JOBS_CHOSEN_S);
	assert_refused(f, &form.sign, ERR_DENIED, "Too much time");
	form.sign.now--;
	assert_done(jobs_confirm(f->db, &form.sign, err));
}

static void a_clock_set_back_is_refused(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW - 1);
	assert_refused(f, &form.sign, ERR_DENIED, "Too much time");
}

/* ---- the permission ---- */

static void the_permission_as_it_is_now_counts(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	grant_of_old(f->db, GATE_PERSONAL, "not what matters\n", NULL, NOW);
	/* Without withdrawing, which would have ended the order. */
	temporary_db_run(f->db, "UPDATE grants SET ended_at = 9, "
				"ended_by = 'carla', end_reason = 'withdrawn' "
				"WHERE service = (SELECT max(service) FROM "
				"grants)");
	form_of(&form, &f->anna, &order, NOW);
	assert_refused(f, &form.sign, ERR_DENIED, "Job data is not allowed");
}

static void withdrawing_ends_what_was_chosen(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	size_t waited = 9;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(consent_withdraw(f->db, "carla", GATE_JOB_DATA, NOW,
				     &waited, err));
	assert_int_equal(0, waited);
	assert_order_is(f, &order, JOBS_OVER);
	assert_refused(f, &form.sign, ERR_DENIED, "This order is over");
	/* Allowed again, it stays over. */
	assert_done(consent_allow(f->db, "carla", GATE_JOB_DATA, NOW, err));
	assert_refused(f, &form.sign, ERR_DENIED, "This order is over");
}

static void the_renewed_permission_is_the_one_that_counts(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	allow_until(f->db, GATE_JOB_DATA, NOW + DAY_S, NOW);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(jobs_confirm(f->db, &form.sign, err));
	read_order(f, &order);
	assert_string_equal(control_now(f->db, GATE_JOB_DATA, NOW).grant,
			    order.grant);
}

/* ---- the password ---- */

static void a_wrong_password_is_refused_and_counts(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	static const char *const bad[] = { OTHER_PASSWORD, "", NULL,
					   GOOD_PASSWORD " ", "x" };
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_int_equal(THROTTLE_TRIES, sizeof(bad) / sizeof(bad[0]));
	for (size_t i = 0; i < THROTTLE_TRIES; i++) {
		form.sign.password = bad[i];
		assert_refused(f, &form.sign, ERR_DENIED, "password");
	}
	/* Now even the right one has to wait. */
	form.sign.password = GOOD_PASSWORD;
	assert_refused(f, &form.sign, ERR_LIMIT, "job data: ");
	form.sign.now += THROTTLE_PAUSE_S;
	assert_done(jobs_confirm(f->db, &form.sign, err));
}

static void the_password_of_another_person_is_wrong(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	assert_done(accounts_set_password(f->db, "test",
					  f->bert.session.account.id,
					  OTHER_PASSWORD, NULL, NOW, err));
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	form.sign.password = OTHER_PASSWORD;
	assert_refused(f, &form.sign, ERR_DENIED, "password is not right");
}

/* Nobody learns by trying: what else is wrong is said first. */
static void without_a_token_no_password_is_looked_at(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	form.sign.token = "none";
	form.sign.password = "guess";
	for (int i = 0; i < THROTTLE_TRIES + 2; i++) {
		assert_refused(f, &form.sign, ERR_DENIED, "used before");
	}
	assert_int_equal(0, temporary_db_number(f->db, "SELECT count(*) FROM "
						       "sign_in_tries"));
}

static void an_order_that_is_not_there_is_not_found(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	form.sign.order = "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1";
	assert_fails(ERR_NOT_FOUND, jobs_confirm(f->db, &form.sign, err));
	assert_fails(ERR_NOT_FOUND, jobs_second(f->db, &form.sign, err));
}

/* ---- at the same time ---- */

static void confirm_in_a_child(const struct jobs_fixture *f, int gate,
			       const struct jobs_sign *sign)
{
	struct db *db = NULL;
	struct err why = { .kind = ERR_NONE };
	char byte;
	bool ok = db_open(f->t->path, DB_READ_WRITE, &db, &why) &&
		  read(gate, &byte, 1) == 0 && jobs_confirm(db, sign, &why);
	_exit(ok ? ERR_NONE : (int)why.kind);
}

static void of_two_at_once_one_gets_through(void **state)
{
	struct jobs_fixture *f = *state;
	for (int round = 1; round <= 5; round++) {
		struct jobs_order order;
		struct form form;
		int gate[2], status[2];
		pid_t child[2];
		choose_jobs(f, 1, NOW, &order);
		form_of(&form, &f->anna, &order, NOW);
		assert_int_equal(0, pipe(gate));
		fflush(NULL);
		for (int i = 0; i < 2; i++) {
			child[i] = fork();
			if (child[i] == 0) {
				close(gate[1]);
				confirm_in_a_child(f, gate[0], &form.sign);
			}
		}
		close(gate[0]);
		close(gate[1]);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(child[i],
					 waitpid(child[i], &status[i], 0));
			assert_true(WIFEXITED(status[i]));
			status[i] = WEXITSTATUS(status[i]);
		}
		assert_int_equal(ERR_DENIED, status[0] + status[1]);
		assert_true(status[0] == ERR_NONE || status[1] == ERR_NONE);
		assert_order_is(f, &order, JOBS_CONFIRMED);
		assert_int_equal(round, entries(f->db, LEDGER_APPROVED));
		assert_int_equal(round, entries(f->db, LEDGER_REFUSED));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(a_person_sends_with_his_password),
		JOBS_TEST(each_job_has_its_entry_of_what_was_agreed),
		cmocka_unit_test(
			a_token_is_of_one_order_state_nonce_and_cookie),
		JOBS_TEST(a_wrong_token_is_refused),
		JOBS_TEST(the_token_of_another_order_is_refused),
		JOBS_TEST(the_token_of_another_cookie_is_refused),
		JOBS_TEST(the_token_of_another_step_is_refused),
		JOBS_TEST(a_token_is_good_once),
		JOBS_TEST(another_person_is_refused),
		JOBS_TEST(another_session_of_the_same_person_is_refused),
		JOBS_TEST(a_session_that_ended_is_refused),
		JOBS_TEST(an_account_without_the_role_is_refused),
		JOBS_TEST(waiting_too_long_is_refused),
		JOBS_TEST(a_clock_set_back_is_refused),
		JOBS_TEST(the_permission_as_it_is_now_counts),
		JOBS_TEST(withdrawing_ends_what_was_chosen),
		JOBS_TEST(the_renewed_permission_is_the_one_that_counts),
		JOBS_TEST(a_wrong_password_is_refused_and_counts),
		JOBS_TEST(the_password_of_another_person_is_wrong),
		JOBS_TEST(without_a_token_no_password_is_looked_at),
		JOBS_TEST(an_order_that_is_not_there_is_not_found),
		JOBS_TEST(of_two_at_once_one_gets_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
