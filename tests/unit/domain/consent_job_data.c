/*
 * The permission for job data that ends with its send (consent_choose() and
 * consent_job_data_sent() of src/domain/consent_decide.c). That an order ends
 * it is tests/unit/domain/jobs_way.c's.
 */
#include "tests/unit/domain/grants.h"

#include <string.h>

static void for_one_send(struct db *db, int64_t now)
{
	allow_until(db, GATE_JOB_DATA, CONSENT_UNTIL_SENT, now);
}

static void sent_under(struct db *db, const char *grant, int64_t now)
{
	assert_done(db_begin(db, err));
	assert_done(
		db_finish(db, consent_job_data_sent(db, grant, now, err), err));
}

static void it_is_for_one_send_and_a_year_at_most(void **state)
{
	struct temporary_db *t = *state;
	for_one_send(t->db, NOW);
	assert_last_entry(t->db, LEDGER_GRANT,
			  "Job data allowed for one send, at the latest until "
			  "2026-11-24T16:00:00Z; language en");
	struct consent c = control_now(t->db, GATE_JOB_DATA, NOW);
	assert_int_equal(CONSENT_ALLOWED, c.state);
	assert_true(c.ends_with_send);
	assert_int_equal(NOW + YEAR_S, c.until);
}

static void it_is_so_when_nobody_chose_anything_else(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "carla", GATE_JOB_DATA, NOW, err));
	assert_true(control_now(t->db, GATE_JOB_DATA, NOW).ends_with_send);
	assert_done(consent_allow(t->db, "carla", GATE_PERSONAL, NOW, err));
	assert_false(control_now(t->db, GATE_PERSONAL, NOW).ends_with_send);
}

static void only_job_data_can_end_with_a_send(void **state)
{
	struct temporary_db *t = *state;
	static const enum service_id others[] = { SERVICE_UNSET,
						  SERVICE_METERING,
						  GATE_PERSONAL };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct consent_choice choice = {
			.actor = "carla",
			.service = others[i],
			.language = "en",
			.until = CONSENT_UNTIL_SENT,
			.now = NOW
		};
		assert_fails(ERR_INVALID, consent_choose(t->db, &choice, err));
	}
	assert_int_equal(0, entries(t->db, LEDGER_GRANT));
}

static void the_send_ends_it(void **state)
{
	struct temporary_db *t = *state;
	for_one_send(t->db, NOW);
	struct consent c = control_now(t->db, GATE_JOB_DATA, NOW);
	sent_under(t->db, c.grant, NOW + 5);
	assert_last_entry(t->db, LEDGER_EXPIRED,
			  "Job data: the permission ended with its send");
	c = control_now(t->db, GATE_JOB_DATA, NOW + 5);
	/* Done, not run out: no date has passed. */
	assert_int_equal(CONSENT_NOT_ALLOWED, c.state);
	assert_true(c.ends_with_send);
	assert_string_equal("daemon", c.actor);
	assert_int_equal(NOW + 5, c.decided_at);
	assert_string_equal("", c.grant);
	/* A second time there is nothing to end. */
	sent_under(t->db, "", NOW + 6);
	assert_int_equal(1, entries(t->db, LEDGER_EXPIRED));
}

static void the_send_of_another_permission_does_not(void **state)
{
	struct temporary_db *t = *state;
	for_one_send(t->db, NOW);
	sent_under(t->db, "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1", NOW);
	sent_under(t->db, "", NOW);
	assert_int_equal(CONSENT_ALLOWED,
			 control_now(t->db, GATE_JOB_DATA, NOW).state);
}

static void a_send_does_not_end_one_with_a_date(void **state)
{
	struct temporary_db *t = *state;
	allow_until(t->db, GATE_JOB_DATA, NOW + YEAR_S, NOW);
	sent_under(t->db, control_now(t->db, GATE_JOB_DATA, NOW).grant, NOW);
	struct consent c = control_now(t->db, GATE_JOB_DATA, NOW);
	assert_int_equal(CONSENT_ALLOWED, c.state);
	assert_false(c.ends_with_send);
}

static void its_date_ends_it_as_any_other(void **state)
{
	struct temporary_db *t = *state;
	size_t ended = 0;
	for_one_send(t->db, NOW);
	struct consent c = control_now(t->db, GATE_JOB_DATA, NOW);
	sent_under(t->db, c.grant, NOW + YEAR_S);
	assert_int_equal(0, entries(t->db, LEDGER_EXPIRED));
	assert_done(consent_expire(t->db, NOW + YEAR_S, &ended, err));
	assert_int_equal(1, ended);
	assert_last_entry(t->db, LEDGER_EXPIRED, "ended by its date");
	assert_int_equal(CONSENT_EXPIRED,
			 control_now(t->db, GATE_JOB_DATA, NOW + YEAR_S).state);
}

static void it_changes_to_a_date_and_back(void **state)
{
	struct temporary_db *t = *state;
	for_one_send(t->db, NOW);
	struct consent one = control_now(t->db, GATE_JOB_DATA, NOW);
	allow_until(t->db, GATE_JOB_DATA, NOW + YEAR_S, NOW + 1);
	assert_last_entry(t->db, LEDGER_GRANT, "renews grant ");
	assert_last_entry(t->db, LEDGER_GRANT, one.grant);
	struct consent two = control_now(t->db, GATE_JOB_DATA, NOW + 1);
	assert_string_not_equal(one.grant, two.grant);
	assert_false(two.ends_with_send);
	assert_int_equal(NOW, two.since);
	for_one_send(t->db, NOW + 2);
	struct consent three = control_now(t->db, GATE_JOB_DATA, NOW + 2);
	assert_string_not_equal(two.grant, three.grant);
	assert_true(three.ends_with_send);
}

static void choosing_the_same_again_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	for_one_send(t->db, NOW);
	struct consent one = control_now(t->db, GATE_JOB_DATA, NOW);
	for_one_send(t->db, NOW + DAY_S);
	assert_string_equal(
		one.grant,
		control_now(t->db, GATE_JOB_DATA, NOW + DAY_S).grant);
	assert_int_equal(1, entries(t->db, LEDGER_GRANT));
	/* Near its latest date it is renewed. */
	for_one_send(t->db, NOW + YEAR_S - DAY_S);
	assert_string_not_equal(
		one.grant,
		control_now(t->db, GATE_JOB_DATA, NOW + YEAR_S - DAY_S).grant);
}

static void after_its_send_it_can_be_allowed_anew(void **state)
{
	struct temporary_db *t = *state;
	for_one_send(t->db, NOW);
	sent_under(t->db, control_now(t->db, GATE_JOB_DATA, NOW).grant, NOW);
	for_one_send(t->db, NOW + 9);
	struct consent c = control_now(t->db, GATE_JOB_DATA, NOW + 9);
	assert_int_equal(CONSENT_ALLOWED, c.state);
	assert_int_equal(NOW + 9, c.since);
}

static void how_it_ends_stays_as_it_was_chosen(void **state)
{
	struct temporary_db *t = *state;
	struct err why = { .kind = ERR_NONE };
	for_one_send(t->db, NOW);
	assert_true(temporary_db_refuses(
		t->db, "UPDATE grants SET ends_with_send = 0", &why));
	assert_true(temporary_db_refuses(
		t->db,
		"UPDATE grants SET ends_with_send = 0, ended_at = 10, "
		"ended_by = 'eve', end_reason = 'withdrawn'",
		&why));
	assert_int_equal(ERR_INVALID, why.kind);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(it_is_for_one_send_and_a_year_at_most),
		T(it_is_so_when_nobody_chose_anything_else),
		T(only_job_data_can_end_with_a_send),
		T(the_send_ends_it),
		T(the_send_of_another_permission_does_not),
		T(a_send_does_not_end_one_with_a_date),
		T(its_date_ends_it_as_any_other),
		T(it_changes_to_a_date_and_back),
		T(choosing_the_same_again_changes_nothing),
		T(after_its_send_it_can_be_allowed_anew),
		T(how_it_ends_stays_as_it_was_chosen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
