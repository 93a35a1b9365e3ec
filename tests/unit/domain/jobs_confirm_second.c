/* Four eyes: the second person (jobs_second() of src/domain/jobs_confirm.c). */
#include "tests/unit/domain/jobs_fixture.h"

#include <string.h>

#include "domain/roles.h"

/* Anna confirmed it, a second person is asked for. */
static void confirm_first(struct jobs_fixture *f, int64_t now,
			  struct jobs_order *order)
{
	struct form form;
	choose_jobs(f, 1, now, order);
	form_of(&form, &f->anna, order, now);
	form.sign.two_people = true;
	assert_done(jobs_confirm(f->db, &form.sign, err));
	read_order(f, order);
	assert_int_equal(JOBS_AWAITING, order->state);
}

static void assert_refused(struct jobs_fixture *f, const struct jobs_sign *sign,
			   const char *why)
{
	struct jobs_order before, after;
	assert_done(jobs_order(f->db, sign->order, &before, err));
	assert_fails(ERR_DENIED, jobs_second(f->db, sign, err));
	assert_done(jobs_order(f->db, sign->order, &after, err));
	assert_memory_equal(&before, &after, sizeof(before));
	assert_last_entry(f->db, LEDGER_REFUSED, why);
}

static void two_people_agree(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	assert_last_entry(f->db, LEDGER_APPROVED, "waits for a second person");
	assert_string_equal("", order.second);
	form_of(&form, &f->bert, &order, NOW + 60);
	assert_done(jobs_second(f->db, &form.sign, err));
	assert_last_entry(f->db, LEDGER_APPROVED,
			  "agreed to by a second person with password");
	read_order(f, &order);
	assert_int_equal(JOBS_CONFIRMED, order.state);
	assert_string_equal("anna", order.actor);
	assert_string_equal("bert", order.second);
	assert_int_equal(NOW + 60, order.confirmed_at);
	assert_string_equal(control_now(f->db, GATE_JOB_DATA, NOW).grant,
			    order.grant);
}

static void nothing_goes_before_the_second_agrees(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item, next;
	confirm_first(f, NOW, &order);
	read_item(f, &order, 1, &item);
	assert_fails(ERR_NOT_FOUND, jobs_next(f->db, NOW, &next, err));
	assert_fails(ERR_DENIED,
		     jobs_may_go(f->db, item.transaction, NOW, err));
}

static void the_same_person_cannot_agree(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	struct signed_in again;
	confirm_first(f, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_refused(f, &form.sign, "A second person has to agree");
	sign_in(f, f->anna.session.account.id, NOW, &again);
	form_of(&form, &again, &order, NOW);
	assert_refused(f, &form.sign, "A second person has to agree");
	/* Nor does pressing Send again. */
	assert_fails(ERR_DENIED, jobs_confirm(f->db, &form.sign, err));
	assert_order_is(f, &order, JOBS_AWAITING);
}

static void the_second_needs_the_role(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	assert_done(accounts_set_roles(f->db, "test",
				       f->bert.session.account.id,
				       ROLE_ADMIN | ROLE_OPERATOR, NOW, err));
	assert_refused(f, &form.sign, "role job-data");
}

static void the_second_needs_his_own_password(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	form.sign.password = OTHER_PASSWORD;
	assert_refused(f, &form.sign, "The password is not right");
}

static void the_second_needs_a_session_that_stands(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	assert_done(
		sessions_end(f->db, "bert", 0, f->bert.session.id, NOW, err));
	assert_refused(f, &form.sign, "You are not signed in any more");
}

static void the_second_needs_a_token_of_his_own(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order, before;
	struct form form;
	choose_jobs(f, 1, NOW, &before);
	confirm_first(f, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	jobs_token(&order, f->anna.cookie, form.token);
	assert_refused(f, &form.sign, "used before");
	before = order;
	before.state = JOBS_CHOSEN;
	jobs_token(&before, f->bert.cookie, form.token);
	assert_refused(f, &form.sign, "used before");
}

static void the_first_has_to_confirm_first(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_jobs(f, 1, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	assert_refused(f, &form.sign, "not confirmed yet");
}

static void the_first_has_to_be_there_still(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	assert_done(
		sessions_end(f->db, "anna", 0, f->anna.session.id, NOW, err));
	assert_refused(f, &form.sign, "who chose these jobs is not signed in");
}

static void the_first_has_to_hold_the_role_still(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	assert_done(accounts_set_roles(f->db, "test", order.account,
				       ROLE_OPERATOR, NOW, err));
	assert_refused(f, &form.sign, "role job-data");
}

static void both_agree_to_the_same_permission(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	allow_until(f->db, GATE_JOB_DATA, NOW + DAY_S, NOW);
	form_of(&form, &f->bert, &order, NOW);
	assert_refused(f, &form.sign, "another one now");
}

static void the_second_agrees_once(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_first(f, NOW, &order);
	form_of(&form, &f->bert, &order, NOW);
	assert_done(jobs_second(f->db, &form.sign, err));
	assert_refused(f, &form.sign, "taken already");
	assert_int_equal(2, entries(f->db, LEDGER_APPROVED));
}

static void one_that_waits_too_long_is_dropped(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	size_t count = 9;
	int64_t late = NOW + JOBS_CHOSEN_S;
	confirm_first(f, NOW, &order);
	/* Both are at work meanwhile. */
	assert_done(sessions_find(f->db, f->anna.cookie, NOW + 600,
				  &f->anna.session, err));
	assert_done(sessions_find(f->db, f->bert.cookie, NOW + 600,
				  &f->bert.session, err));
	assert_done(jobs_drop(f->db, late - 1, &count, err));
	assert_int_equal(0, count);
	form_of(&form, &f->bert, &order, late);
	assert_refused(f, &form.sign, "Too much time");
	assert_done(jobs_drop(f->db, late, &count, err));
	assert_int_equal(1, count);
	assert_last_entry(f->db, LEDGER_CANCELLED,
			  "not taken in time; nothing of it left the device");
	assert_refused(f, &form.sign, "This order is over");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(two_people_agree),
		JOBS_TEST(nothing_goes_before_the_second_agrees),
		JOBS_TEST(the_same_person_cannot_agree),
		JOBS_TEST(the_second_needs_the_role),
		JOBS_TEST(the_second_needs_his_own_password),
		JOBS_TEST(the_second_needs_a_session_that_stands),
		JOBS_TEST(the_second_needs_a_token_of_his_own),
		JOBS_TEST(the_first_has_to_confirm_first),
		JOBS_TEST(the_first_has_to_be_there_still),
		JOBS_TEST(the_first_has_to_hold_the_role_still),
		JOBS_TEST(both_agree_to_the_same_permission),
		JOBS_TEST(the_second_agrees_once),
		JOBS_TEST(one_that_waits_too_long_is_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
