/*
 * Handing over a file from the browser (jobs_take_file() of
 * src/domain/jobs_confirm.c).
 */
#include "tests/unit/domain/jobs_fixture.h"

#include <string.h>

static void confirm_upload(struct jobs_fixture *f, struct jobs_order *order)
{
	struct form form;
	choose_upload(f, NOW, order);
	form_of(&form, &f->anna, order, NOW);
	assert_done(jobs_confirm(f->db, &form.sign, err));
	read_order(f, order);
}

static void assert_refused(struct jobs_fixture *f, const struct jobs_sign *sign,
			   const char *why)
{
	struct jobs_item item = { .number = 99 };
	struct jobs_order before, after;
	assert_done(jobs_order(f->db, sign->order, &before, err));
	assert_fails(ERR_DENIED, jobs_take_file(f->db, sign, &item, err));
	assert_int_equal(99, item.number);
	assert_last_entry(f->db, LEDGER_REFUSED, why);
	assert_done(jobs_order(f->db, sign->order, &after, err));
	assert_memory_equal(&before, &after, sizeof(before));
}

static void a_file_is_handed_over(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	struct form form;
	confirm_upload(f, &order);
	form_of(&form, &f->anna, &order, NOW + 9);
	form.sign.password = NULL; /* was given for this order */
	assert_done(jobs_take_file(f->db, &form.sign, &item, err));
	assert_string_equal(order.id, item.order);
	assert_int_equal(JOBS_WAITING, item.state);
	assert_order_is(f, &order, JOBS_CONFIRMED);
	seal_item(f, &item, NOW + 10);
	assert_last_entry(f->db, LEDGER_STAGED, "source upload, job a file");
}

static void a_file_is_handed_over_once(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	struct form form;
	confirm_upload(f, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_done(jobs_take_file(f->db, &form.sign, &item, err));
	assert_refused(f, &form.sign, "used before");
	/* Nor with a fresh form. */
	read_order(f, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_refused(f, &form.sign, "had its file already");
	seal_item(f, &item, NOW);
	assert_refused(f, &form.sign, "had its file already");
}

static void not_before_it_was_confirmed(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	choose_upload(f, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_refused(f, &form.sign, "not confirmed yet");
	form.sign.two_people = true;
	assert_done(jobs_confirm(f->db, &form.sign, err));
	read_order(f, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_refused(f, &form.sign, "A second person has to agree first");
}

static void not_for_jobs_of_a_source(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_jobs(f, 2, NOW, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_refused(f, &form.sign, "of jobs of a source");
}

static void not_by_another_person_or_session(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	struct signed_in again;
	confirm_upload(f, &order);
	form_of(&form, &f->bert, &order, NOW);
	assert_refused(f, &form.sign, "who chose these jobs");
	sign_in(f, order.account, NOW, &again);
	form_of(&form, &again, &order, NOW);
	assert_refused(f, &form.sign, "who chose these jobs");
}

static void not_with_a_token_of_the_step_before(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form before, form;
	choose_upload(f, NOW, &order);
	form_of(&before, &f->anna, &order, NOW);
	assert_done(jobs_confirm(f->db, &before.sign, err));
	assert_refused(f, &before.sign, "used before");
	/* Nor is the one of this step good for the one before. */
	read_order(f, &order);
	form_of(&form, &f->anna, &order, NOW);
	assert_fails(ERR_DENIED, jobs_confirm(f->db, &form.sign, err));
}

static void not_too_late_and_not_under_another_permission(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct form form;
	confirm_upload(f, &order);
	assert_done(sessions_find(f->db, f->anna.cookie, NOW + 600,
				  &f->anna.session, err));
	form_of(&form, &f->anna, &order, NOW + JOBS_CHOSEN_S);
	assert_refused(f, &form.sign, "Too much time");
	allow_until(f->db, GATE_JOB_DATA, NOW + DAY_S, NOW);
	form.sign.now = NOW + 601;
	assert_refused(f, &form.sign, "another one now");
}

static void nothing_is_sealed_without_handing_over(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order order;
	struct jobs_item item;
	const struct job_sealed sealed = { .plain_bytes = 1,
					   .sealed_bytes = 2 };
	confirm_upload(f, &order);
	read_item(f, &order, 1, &item);
	assert_fails(ERR_DENIED,
		     jobs_sealed(f->db, item.transaction, &sealed, NOW, err));
	assert_item_is(f, &item, JOBS_WAITING);
}

static void one_that_nobody_hands_over_is_dropped(void **state)
{
	struct jobs_fixture *f = *state;
	struct jobs_order handed, missing;
	struct jobs_item item;
	struct form form;
	size_t count = 9;
	int64_t late = NOW + JOBS_CHOSEN_S;
	confirm_upload(f, &missing);
	confirm_upload(f, &handed);
	form_of(&form, &f->anna, &handed, NOW);
	assert_done(jobs_take_file(f->db, &form.sign, &item, err));
	assert_done(sessions_find(f->db, f->anna.cookie, NOW + 600,
				  &f->anna.session, err));
	assert_done(jobs_drop(f->db, late - 1, &count, err));
	assert_int_equal(0, count);
	assert_done(jobs_drop(f->db, late, &count, err));
	assert_int_equal(1, count);
	assert_order_is(f, &missing, JOBS_OVER);
	assert_order_is(f, &handed, JOBS_CONFIRMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JOBS_TEST(a_file_is_handed_over),
		JOBS_TEST(a_file_is_handed_over_once),
		JOBS_TEST(not_before_it_was_confirmed),
		JOBS_TEST(not_for_jobs_of_a_source),
		JOBS_TEST(not_by_another_person_or_session),
		JOBS_TEST(not_with_a_token_of_the_step_before),
		JOBS_TEST(not_too_late_and_not_under_another_permission),
		JOBS_TEST(nothing_is_sealed_without_handing_over),
		JOBS_TEST(one_that_nobody_hands_over_is_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
