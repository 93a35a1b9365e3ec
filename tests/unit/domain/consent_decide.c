/* Ends, renewal, gates, suspension (src/domain/consent_decide.c). */
#include "tests/unit/domain/grants.h"

#include <string.h>

#include "documents/transmission.h"

static void a_gate_is_a_control_of_its_own(void **state)
{
	struct temporary_db *t = *state;
	for (size_t i = 0; service_at(i) != NULL; i++) {
		assert_done(consent_allow(t->db, "carla", service_at(i)->id,
					  NOW, err));
	}
	assert_done(consent_allow(t->db, "carla", SERVICE_UNSET, NOW, err));
	struct consents all;
	assert_done(consent_read(t->db, NOW, &all, err));
	assert_int_equal(0, all.effective_gates);
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		assert_int_equal(CONSENT_NOT_ALLOWED, all.gates[i].state);
		assert_int_equal(0, all.gates[i].decided_at);
	}
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	assert_int_equal(PERSONAL,
			 effective_at(t->db, NOW) & (PERSONAL | JOB_DATA));
	assert_done(consent_allow(t->db, "anna", GATE_JOB_DATA, NOW, err));
	assert_int_equal(JOB_DATA, effective_at(t->db, NOW) & JOB_DATA);
}

static void a_gate_opens_no_service_and_not_without_remote(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	assert_int_equal(0, effective_at(t->db, NOW));
	assert_done(consent_allow(t->db, "anna", SERVICE_UNSET, NOW, err));
	assert_int_equal(PERSONAL, effective_at(t->db, NOW));
	assert_done(
		consent_withdraw(t->db, "anna", SERVICE_UNSET, NOW, NULL, err));
	assert_int_equal(0, effective_at(t->db, NOW));
	assert_int_equal(CONSENT_ALLOWED,
			 control_now(t->db, GATE_PERSONAL, NOW).state);
}

static void a_grant_ends_after_a_year_unless_chosen(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "carla", SERVICE_UNSET, NOW, err));
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	struct consent c = control_now(t->db, SERVICE_METERING, NOW);
	assert_int_equal(NOW + YEAR_S, c.until);
	assert_false(c.ends_soon);
	assert_last_entry(t->db, LEDGER_GRANT, "allowed until 2026-");
	allow_until(t->db, SERVICE_SUPPLIES, NOW + DAY_S, NOW);
	assert_int_equal(NOW + DAY_S,
			 control_now(t->db, SERVICE_SUPPLIES, NOW).until);
	allow_until(t->db, SERVICE_PARTS, 0, NOW);
	c = control_now(t->db, SERVICE_PARTS, NOW + 50 * YEAR_S);
	assert_int_equal(0, c.until);
	assert_int_equal(CONSENT_ALLOWED, c.state);
	assert_false(c.ends_soon);
}

static void an_end_is_ahead_and_not_too_far(void **state)
{
	struct temporary_db *t = *state;
	static const int64_t wrong[] = {
		NOW - 1, NOW, 1, -2, NOW + 3653 * DAY_S + 1, INT64_MAX
	};
	struct consent_choice choice = { .actor = "carla",
					 .service = SERVICE_METERING,
					 .language = "en",
					 .now = NOW };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		choice.until = wrong[i];
		assert_fails(ERR_INVALID, consent_choose(t->db, &choice, err));
	}
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
	choice.until = NOW + 3653 * DAY_S;
	assert_done(consent_choose(t->db, &choice, err));
	choice.until = NOW + 1;
	assert_done(consent_choose(t->db, &choice, err));
}

static void the_language_that_was_read_is_kept(void **state)
{
	struct temporary_db *t = *state;
	static const char *const wrong[] = { NULL,
					     "",
					     "e",
					     "en_GB",
					     "en GB",
					     "'--",
					     "abcdefgh-abcdefgh-"
					     "abcdefgh-abcdefgh-1" };
	struct consent_choice choice = { .actor = "carla",
					 .service = SERVICE_METERING,
					 .now = NOW };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		choice.language = wrong[i];
		assert_fails(ERR_INVALID, consent_choose(t->db, &choice, err));
	}
	choice.language = "de-AT";
	assert_done(consent_choose(t->db, &choice, err));
	assert_int_equal(1, temporary_db_number(t->db,
						"SELECT count(*) FROM grants "
						"WHERE language = 'de-AT'"));
	assert_last_entry(t->db, LEDGER_GRANT, "language de-AT,");
}

/* The row says which words; the words are kept once for all grants. */
static void what_was_agreed_to_is_kept(void **state)
{
	struct temporary_db *t = *state;
	for (int i = 0; i < 3; i++) {
		allow_until(t->db, SERVICE_METERING, NOW + i + 9, NOW + i);
	}
	assert_int_equal(2, temporary_db_number(t->db,
						"SELECT count(*) FROM agreed"));
	assert_int_equal(1, temporary_db_number(
				    t->db,
				    "SELECT count(*) FROM agreed, grants WHERE "
				    "sha256 = text_sha256 AND ended_at IS NULL "
				    "AND instr(text, 'sends page and sheet')"));
	assert_done(consent_allow(t->db, "carla", SERVICE_UNSET, NOW, err));
	/* So are those of the switch over all, which has no fields. */
	assert_int_equal(1, temporary_db_number(
				    t->db,
				    "SELECT count(*) FROM agreed, grants WHERE "
				    "sha256 = text_sha256 AND service = 0 "
				    "AND catalogue_sha256 = '' "
				    "AND instr(text, 'sends check-ins')"));
	assert_last_entry(t->db, LEDGER_GRANT, "language en, words sha256 ");
}

static void people_are_warned_before_the_end(void **state)
{
	struct temporary_db *t = *state;
	int64_t end = NOW + YEAR_S;
	allow_until(t->db, SERVICE_METERING, end, NOW);
	assert_false(
		control_now(t->db, SERVICE_METERING, end - CONSENT_WARN_S - 1)
			.ends_soon);
	assert_true(control_now(t->db, SERVICE_METERING, end - CONSENT_WARN_S)
			    .ends_soon);
	assert_true(control_now(t->db, SERVICE_METERING, end - 1).ends_soon);
	/* What is over is not about to end. */
	assert_false(control_now(t->db, SERVICE_METERING, end).ends_soon);
}

static void allowing_again_near_the_end_renews(void **state)
{
	struct temporary_db *t = *state;
	int64_t late = NOW + YEAR_S - CONSENT_WARN_S;
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	struct consent first = control_now(t->db, SERVICE_METERING, NOW);
	assert_done(
		consent_allow(t->db, "carl", SERVICE_METERING, late - 1, err));
	assert_string_equal(
		first.grant,
		control_now(t->db, SERVICE_METERING, late - 1).grant);
	assert_done(consent_allow(t->db, "carl", SERVICE_METERING, late, err));
	struct consent second = control_now(t->db, SERVICE_METERING, late);
	assert_string_not_equal(first.grant, second.grant);
	assert_string_equal("carl", second.actor);
	assert_int_equal(late, second.decided_at);
	assert_int_equal(late + YEAR_S, second.until);
	assert_int_equal(NOW, second.since);
	assert_last_entry(t->db, LEDGER_GRANT, first.grant);
	assert_int_equal(0, entries(t->db, LEDGER_WITHDRAWAL));
	assert_int_equal(1, temporary_db_number(t->db,
						"SELECT count(*) FROM grants "
						"WHERE end_reason = "
						"'renewed'"));
}

static void another_end_renews_and_covers_the_same(void **state)
{
	struct temporary_db *t = *state;
	allow_until(t->db, SERVICE_METERING, NOW + 9, NOW);
	allow_until(t->db, SERVICE_METERING, NOW + 9, NOW + 1);
	assert_int_equal(1, entries(t->db, LEDGER_GRANT));
	allow_until(t->db, SERVICE_METERING, NOW + 8, NOW + 1);
	struct consent c = control_now(t->db, SERVICE_METERING, NOW + 1);
	assert_int_equal(NOW + 8, c.until);
	assert_int_equal(NOW, c.since);
	allow_until(t->db, SERVICE_METERING, 0, NOW + 2);
	c = control_now(t->db, SERVICE_METERING, NOW + 2);
	assert_int_equal(0, c.until);
	assert_int_equal(NOW, c.since);
	assert_int_equal(3, entries(t->db, LEDGER_GRANT));
}

static void a_clock_set_back_does_not_stop_renewing(void **state)
{
	struct temporary_db *t = *state;
	allow_until(t->db, SERVICE_METERING, 0, NOW);
	allow_until(t->db, SERVICE_METERING, NOW + DAY_S, NOW - DAY_S);
	struct consent c = control_now(t->db, SERVICE_METERING, NOW);
	assert_int_equal(CONSENT_ALLOWED, c.state);
	assert_int_equal(NOW - DAY_S, c.since);
}

static void withdrawn_and_allowed_covers_from_then_on_only(void **state)
{
	struct temporary_db *t = *state;
	allow_until(t->db, SERVICE_METERING, 0, NOW);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW + 5,
				     NULL, err));
	assert_int_equal(0,
			 control_now(t->db, SERVICE_METERING, NOW + 5).since);
	allow_until(t->db, SERVICE_METERING, 0, NOW + 9);
	assert_int_equal(NOW + 9,
			 control_now(t->db, SERVICE_METERING, NOW + 9).since);
}

static size_t differences(struct db *db, enum service_id id,
			  struct difference *first)
{
	struct consent c = control_now(db, id, NOW);
	struct difference_list list = { .at = NULL };
	assert_done(consent_difference(db, &c, &list, err));
	size_t count = list.count;
	*first = (struct difference){ .kind = DIFFERENCE_UNSET };
	if (count > 0) {
		first->kind = list.at[0].kind;
		assert_true(list.at[0].what[0] != '\0');
	}
	difference_clear(&list);
	return count;
}

static void a_suspended_grant_shows_what_changed(void **state)
{
	struct temporary_db *t = *state;
	struct difference first;
	struct buf fields = BUF_INIT;
	const struct service *metering = service_of(SERVICE_METERING);
	assert_done(consent_allow(t->db, "carla", SERVICE_UNSET, NOW, err));
	service_put_catalogue(&fields, metering);
	char *was = strstr((char *)fields.data, "TotalSheets\t");
	assert_non_null(was);
	memcpy(was, "TotalSheetz", strlen("TotalSheetz"));
	grant_of_old(t->db, SERVICE_METERING, NULL, buf_str(&fields), NOW);
	assert_int_equal(CONSENT_SUSPENDED,
			 control_now(t->db, SERVICE_METERING, NOW).state);
	assert_int_equal(0, effective_at(t->db, NOW));
	/* One is new, one is gone. */
	assert_int_equal(2, differences(t->db, SERVICE_METERING, &first));
	assert_int_equal(DIFFERENCE_NEW, first.kind);
	/* Confirmed: covers from now on, shows nothing any more. */
	allow_until(t->db, SERVICE_METERING, 0, NOW + 7);
	struct consent c = control_now(t->db, SERVICE_METERING, NOW + 7);
	assert_int_equal(CONSENT_ALLOWED, c.state);
	assert_int_equal(NOW + 7, c.since);
	assert_int_equal(0, differences(t->db, SERVICE_METERING, &first));
	assert_last_entry(t->db, LEDGER_GRANT, "confirms grant");
	buf_clear(&fields);
}

static void other_words_are_shown_as_well(void **state)
{
	struct temporary_db *t = *state;
	struct difference first;
	grant_of_old(t->db, GATE_PERSONAL,
		     "text sluice.service/v1\nname personal\n"
		     "title Personal data\npurpose none\n",
		     NULL, NOW);
	assert_true(differences(t->db, GATE_PERSONAL, &first) >= 2);
	assert_int_equal(DIFFERENCE_CHANGED, first.kind);
}

/* As grants of the first version are: nothing was kept to compare with. */
static void what_was_not_kept_is_asked_for_all_the_same(void **state)
{
	struct temporary_db *t = *state;
	struct difference first;
	grant_of_old(t->db, SERVICE_METERING, "", "", NOW);
	assert_int_equal(CONSENT_SUSPENDED,
			 control_now(t->db, SERVICE_METERING, NOW).state);
	assert_int_equal(0, differences(t->db, SERVICE_METERING, &first));
}

static void the_end_comes_before_the_daemon_writes_it(void **state)
{
	struct temporary_db *t = *state;
	struct transmission_head head = { .grants_count = 0 };
	struct outbox_item item;
	int64_t end = NOW + 90;
	allow_until(t->db, SERVICE_UNSET, 0, NOW);
	allow_until(t->db, SERVICE_METERING, end, NOW);
	queue_item(t->db, METERING, NOW, &item);
	assert_int_equal(METERING, effective_at(t->db, end - 1));
	assert_int_equal(0, effective_at(t->db, end));
	assert_int_equal(CONSENT_EXPIRED,
			 control_now(t->db, SERVICE_METERING, end).state);
	assert_fails(ERR_DENIED,
		     consent_grants(t->db, METERING, end, &head, err));
	assert_fails(ERR_DENIED,
		     outbox_begin(t->db, item.transaction, "p", end, err));
	assert_int_equal(0, entries(t->db, LEDGER_EXPIRED));
}

static void the_daemon_ends_what_is_over_and_purges(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item over, other;
	size_t ended = 9;
	int64_t end = NOW + 90;
	allow_until(t->db, SERVICE_UNSET, 0, NOW);
	allow_until(t->db, SERVICE_METERING, end, NOW);
	allow_until(t->db, SERVICE_SUPPLIES, 0, NOW);
	queue_item(t->db, METERING | SUPPLIES, NOW, &over);
	queue_item(t->db, SUPPLIES, NOW, &other);
	assert_done(consent_expire(t->db, end - 1, &ended, err));
	assert_int_equal(0, ended);
	assert_done(consent_expire(t->db, end, &ended, err));
	assert_int_equal(1, ended);
	assert_int_equal(1, entries(t->db, LEDGER_EXPIRED));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, over.transaction));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, other.transaction));
	struct consent c = control_now(t->db, SERVICE_METERING, end);
	assert_int_equal(CONSENT_EXPIRED, c.state);
	assert_string_equal("", c.grant);
	assert_string_equal("daemon", c.actor);
	assert_int_equal(end, c.decided_at);
	assert_done(consent_expire(t->db, end + 1, NULL, err));
	assert_int_equal(1, entries(t->db, LEDGER_EXPIRED));
	assert_ledger_whole(t->db);
}

static void the_end_of_remote_services_purges_everything(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	allow_until(t->db, SERVICE_UNSET, NOW + 9, NOW);
	allow_until(t->db, SERVICE_METERING, 0, NOW);
	stage_item(t->db, METERING, false, NULL, NOW, &item);
	assert_done(consent_expire(t->db, NOW + 9, NULL, err));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, item.transaction));
	assert_last_entry(t->db, LEDGER_CANCELLED, "");
	assert_int_equal(CONSENT_ALLOWED,
			 control_now(t->db, SERVICE_METERING, NOW + 9).state);
	assert_int_equal(0, effective_at(t->db, NOW + 9));
}

static void allowing_what_is_over_begins_anew(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	allow_until(t->db, SERVICE_UNSET, 0, NOW);
	allow_until(t->db, SERVICE_METERING, NOW + 9, NOW);
	queue_item(t->db, METERING, NOW, &item);
	allow_until(t->db, SERVICE_METERING, 0, NOW + 20);
	struct consent c = control_now(t->db, SERVICE_METERING, NOW + 20);
	assert_int_equal(NOW + 20, c.since);
	assert_int_equal(1, entries(t->db, LEDGER_EXPIRED));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, item.transaction));
}

static void what_is_over_can_be_withdrawn(void **state)
{
	struct temporary_db *t = *state;
	allow_until(t->db, SERVICE_METERING, NOW + 9, NOW);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW + 20,
				     NULL, err));
	assert_int_equal(CONSENT_NOT_ALLOWED,
			 control_now(t->db, SERVICE_METERING, NOW + 20).state);
	assert_done(consent_expire(t->db, NOW + 21, NULL, err));
	assert_int_equal(0, entries(t->db, LEDGER_EXPIRED));
}

static void withdrawing_personal_takes_what_holds_it(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item with, without;
	size_t waited = 0;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	queue_item(t->db, METERING | PERSONAL, NOW, &with);
	queue_item(t->db, SUPPLIES, NOW, &without);
	assert_done(consent_withdraw(t->db, "anna", GATE_PERSONAL, NOW + 1,
				     &waited, err));
	assert_int_equal(1, waited);
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, with.transaction));
	assert_int_equal(OUTBOX_QUEUED, state_of(t->db, without.transaction));
	assert_int_equal(METERING | SUPPLIES, effective_at(t->db, NOW + 1));
}

static void withdrawing_remote_takes_everything(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item with, sample;
	size_t waited = 0;
	allow_services(t->db, METERING, NOW);
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	queue_item(t->db, METERING | PERSONAL, NOW, &with);
	stage_item(t->db, SUPPLIES, true, NULL, NOW, &sample);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_UNSET, NOW + 1,
				     &waited, err));
	assert_int_equal(1, waited);
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, with.transaction));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, sample.transaction));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_gate_is_a_control_of_its_own),
		T(a_gate_opens_no_service_and_not_without_remote),
		T(a_grant_ends_after_a_year_unless_chosen),
		T(an_end_is_ahead_and_not_too_far),
		T(the_language_that_was_read_is_kept),
		T(what_was_agreed_to_is_kept),
		T(people_are_warned_before_the_end),
		T(allowing_again_near_the_end_renews),
		T(another_end_renews_and_covers_the_same),
		T(a_clock_set_back_does_not_stop_renewing),
		T(withdrawn_and_allowed_covers_from_then_on_only),
		T(a_suspended_grant_shows_what_changed),
		T(other_words_are_shown_as_well),
		T(what_was_not_kept_is_asked_for_all_the_same),
		T(the_end_comes_before_the_daemon_writes_it),
		T(the_daemon_ends_what_is_over_and_purges),
		T(the_end_of_remote_services_purges_everything),
		T(allowing_what_is_over_begins_anew),
		T(what_is_over_can_be_withdrawn),
		T(withdrawing_personal_takes_what_holds_it),
		T(withdrawing_remote_takes_everything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
