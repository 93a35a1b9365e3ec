/* Decisions (src/domain/consent.c). */
#include "domain/consent.h"

#include <string.h>

#include "documents/transmission.h"
#include "tests/unit/domain/people.h"

static struct consents read_all(struct db *db)
{
	struct consents all;
	assert_done(consent_read(db, NOW, &all, err));
	return all;
}

static const struct consent *of(const struct consents *all, enum service_id id)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->services[i].service->id == id) {
			return &all->services[i];
		}
	}
	return NULL;
}

static unsigned effective(struct db *db)
{
	unsigned services = 99;
	assert_done(consent_effective(db, NOW, &services, err));
	assert_int_equal(services, read_all(db).effective);
	return services;
}

static void a_new_device_allows_nothing(void **state)
{
	struct temporary_db *t = *state;
	struct consents all = read_all(t->db);
	assert_int_equal(0, all.effective);
	assert_int_equal(CONSENT_NOT_ALLOWED, all.remote.state);
	assert_null(all.remote.service);
	assert_true(all.count >= 2);
	for (size_t i = 0; i < all.count; i++) {
		assert_ptr_equal(service_at(i), all.services[i].service);
		assert_int_equal(CONSENT_NOT_ALLOWED, all.services[i].state);
		assert_string_equal("", all.services[i].grant);
		assert_string_equal("", all.services[i].actor);
		assert_int_equal(0, all.services[i].decided_at);
		assert_int_equal(0, all.services[i].last_sent_at);
	}
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static void a_service_counts_only_with_remote_services(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	assert_int_equal(0, effective(t->db));
	assert_done(consent_allow(t->db, "carla", SERVICE_UNSET, NOW, err));
	assert_int_equal(METERING, effective(t->db));
	assert_done(consent_withdraw(t->db, "carla", SERVICE_UNSET, NOW, NULL,
				     err));
	assert_int_equal(0, effective(t->db));
	/* The service's own control stands where it was. */
	struct consents all = read_all(t->db);
	assert_int_equal(CONSENT_ALLOWED, of(&all, SERVICE_METERING)->state);
}

static void assert_remote_alone(struct db *db, enum consent_state state)
{
	struct consent remote;
	struct consents all = read_all(db);
	assert_done(consent_read_remote(db, NOW, &remote, err));
	assert_null(remote.service);
	assert_int_equal(state, remote.state);
	assert_int_equal(all.remote.state, remote.state);
	assert_string_equal(all.remote.grant, remote.grant);
	assert_string_equal(all.remote.actor, remote.actor);
	assert_int_equal(all.remote.decided_at, remote.decided_at);
	assert_int_equal(all.remote.since, remote.since);
	assert_int_equal(all.remote.until, remote.until);
}

static void remote_services_are_read_alone(void **state)
{
	struct temporary_db *t = *state;
	assert_remote_alone(t->db, CONSENT_NOT_ALLOWED);
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	assert_remote_alone(t->db, CONSENT_NOT_ALLOWED);
	assert_done(consent_allow(t->db, "carl", SERVICE_UNSET, NOW, err));
	assert_remote_alone(t->db, CONSENT_ALLOWED);
	assert_done(
		consent_withdraw(t->db, "carl", SERVICE_UNSET, NOW, NULL, err));
	assert_remote_alone(t->db, CONSENT_NOT_ALLOWED);
}

static void remote_services_allow_no_service(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "carla", SERVICE_UNSET, NOW, err));
	assert_int_equal(0, effective(t->db));
}

static void a_grant_says_who_when_and_what(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	struct consents all = read_all(t->db);
	const struct consent *c = of(&all, SERVICE_METERING);
	assert_string_equal("carla", c->actor);
	assert_int_equal(NOW, c->decided_at);
	assert_true(uuid_valid(c->grant));
	assert_last_entry(t->db, LEDGER_GRANT, "words sha256");
	assert_int_equal(
		1,
		temporary_db_number(
			t->db,
			"SELECT count(*) FROM "
			"ledger, grants WHERE kind = 'grant' AND "
			"ledger.service = 'metering' AND actor = 'carla' AND "
			"ledger.grants = grants.id AND instr(text, text_sha256) AND "
			"instr(text, catalogue_sha256) AND length(text_sha256) = 64"));
}

static void allowing_twice_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	struct consents before = read_all(t->db);
	assert_done(
		consent_allow(t->db, "carl", SERVICE_METERING, NOW + 5, err));
	struct consents after = read_all(t->db);
	assert_string_equal(of(&before, SERVICE_METERING)->grant,
			    of(&after, SERVICE_METERING)->grant);
	assert_string_equal("carla", of(&after, SERVICE_METERING)->actor);
	assert_int_equal(1, entries(t->db, LEDGER_GRANT));
}

static void withdrawing_ends_it_and_allowing_again_is_another(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	struct consents first = read_all(t->db);
	size_t waited = 9;
	assert_done(consent_withdraw(t->db, "carl", SERVICE_METERING, NOW + 9,
				     &waited, err));
	assert_int_equal(0, waited);
	assert_int_equal(0, effective(t->db));
	struct consents all = read_all(t->db);
	assert_string_equal("carl", of(&all, SERVICE_METERING)->actor);
	assert_int_equal(NOW + 9, of(&all, SERVICE_METERING)->decided_at);
	assert_string_equal("", of(&all, SERVICE_METERING)->grant);
	assert_last_entry(t->db, LEDGER_WITHDRAWAL, "Metering withdrawn");
	/* Twice: no second entry. */
	assert_done(consent_withdraw(t->db, "carl", SERVICE_METERING, NOW + 9,
				     NULL, err));
	assert_int_equal(1, entries(t->db, LEDGER_WITHDRAWAL));
	allow_services(t->db, METERING, NOW + 20);
	all = read_all(t->db);
	assert_string_not_equal(of(&first, SERVICE_METERING)->grant,
				of(&all, SERVICE_METERING)->grant);
}

/* As an update of the program with other words or fields leaves it. */
static void change_shown(struct db *db, const char *column)
{
	char sql[160] = "UPDATE grants SET ";
	strcat(sql, column);
	strcat(sql, " = printf('%064d', 0) WHERE service <> 0 "
		    "AND ended_at IS NULL");
	temporary_db_run(db, "DROP TRIGGER IF EXISTS grants_end_once");
	temporary_db_run(db, sql);
}

static void changed_words_or_fields_suspend_until_confirmed(void **state)
{
	struct temporary_db *t = *state;
	static const char *const columns[] = { "text_sha256",
					       "catalogue_sha256" };
	for (size_t i = 0; i < 2; i++) {
		struct transmission_head head = { .grants_count = 0 };
		allow_services(t->db, METERING, NOW);
		assert_int_equal(METERING, effective(t->db));
		change_shown(t->db, columns[i]);
		struct consents all = read_all(t->db);
		const struct consent *c = of(&all, SERVICE_METERING);
		assert_int_equal(CONSENT_SUSPENDED, c->state);
		assert_true(uuid_valid(c->grant));
		assert_int_equal(0, effective(t->db));
		assert_fails(ERR_DENIED,
			     consent_grants(t->db, METERING, NOW, &head, err));
		assert_done(consent_allow(t->db, "carla", SERVICE_METERING,
					  NOW + 1, err));
		assert_int_equal(METERING, effective(t->db));
		assert_last_entry(t->db, LEDGER_GRANT, "confirms grant");
		assert_int_equal(
			1 + (int64_t)i,
			temporary_db_number(t->db,
					    "SELECT count(*) FROM grants "
					    "WHERE end_reason = 'renewed'"));
	}
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW + 2,
				     NULL, err));
}

static void a_suspended_grant_can_be_withdrawn(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	change_shown(t->db, "text_sha256");
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW,
				     NULL, err));
	assert_int_equal(1, entries(t->db, LEDGER_WITHDRAWAL));
	struct consents all = read_all(t->db);
	assert_int_equal(CONSENT_NOT_ALLOWED,
			 of(&all, SERVICE_METERING)->state);
}

static void withdrawing_purges_what_waits(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item staged, queued, both, other;
	size_t waited = 0;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	queue_item(t->db, METERING, NOW, &queued);
	stage_item(t->db, METERING, false, NULL, NOW + 1, &staged);
	queue_item(t->db, METERING | SUPPLIES, NOW, &both);
	stage_item(t->db, SUPPLIES, false, NULL, NOW, &other);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW,
				     &waited, err));
	assert_int_equal(2, waited);
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, staged.transaction));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, queued.transaction));
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, both.transaction));
	assert_int_equal(OUTBOX_STAGED, state_of(t->db, other.transaction));
	assert_int_equal(3, entries(t->db, LEDGER_CANCELLED));
	struct buf body = BUF_INIT;
	assert_fails(ERR_NOT_FOUND,
		     outbox_body(t->db, queued.transaction, &body, err));
	assert_done(consent_withdraw(t->db, "carla", SERVICE_UNSET, NOW,
				     &waited, err));
	assert_int_equal(0, waited);
	assert_int_equal(OUTBOX_CANCELLED, state_of(t->db, other.transaction));
	assert_ledger_whole(t->db);
}

static void grants_are_given_in_order_or_refused(void **state)
{
	struct temporary_db *t = *state;
	struct transmission_head head = { .grants_count = 7 };
	struct err why = { .kind = ERR_NONE };
	allow_services(t->db, METERING, NOW);
	assert_false(
		consent_grants(t->db, METERING | SUPPLIES, NOW, &head, &why));
	assert_int_equal(ERR_DENIED, why.kind);
	assert_non_null(strstr(why.text, "Supplies"));
	assert_int_equal(7, head.grants_count);
	allow_services(t->db, SUPPLIES, NOW);
	assert_done(
		consent_grants(t->db, METERING | SUPPLIES, NOW, &head, err));
	assert_int_equal(2, head.grants_count);
	assert_int_equal(SERVICE_METERING, head.grants[0].service);
	assert_int_equal(SERVICE_SUPPLIES, head.grants[1].service);
	assert_done(consent_withdraw(t->db, "carla", SERVICE_UNSET, NOW, NULL,
				     err));
	assert_fails(ERR_DENIED,
		     consent_grants(t->db, METERING, NOW, &head, err));
	assert_fails(ERR_INVALID, consent_grants(t->db, 0, NOW, &head, err));
	assert_fails(ERR_INVALID,
		     consent_grants(t->db, 1u << 25, NOW, &head, err));
}

static void exactly_the_grants_that_stand_cover(void **state)
{
	struct temporary_db *t = *state;
	struct transmission_head head = { .grants_count = 0 };
	char one[80], two[160];
	allow_services(t->db, METERING | SUPPLIES, NOW);
	assert_done(
		consent_grants(t->db, METERING | SUPPLIES, NOW, &head, err));
	strcpy(one, head.grants[0].id);
	strcpy(two, one);
	strcat(two, " ");
	strcat(two, head.grants[1].id);
	assert_done(consent_covers(t->db, METERING, one, NOW, err));
	assert_done(consent_covers(t->db, METERING | SUPPLIES, two, NOW, err));
	assert_fails(ERR_DENIED,
		     consent_covers(t->db, METERING, two, NOW, err));
	assert_fails(ERR_DENIED,
		     consent_covers(t->db, SUPPLIES, one, NOW, err));
	assert_fails(ERR_DENIED,
		     consent_covers(t->db, METERING | SUPPLIES, one, NOW, err));
	assert_fails(ERR_DENIED, consent_covers(t->db, METERING, "", NOW, err));
	/* Withdrawn and allowed again is another decision. */
	assert_done(
		consent_withdraw(t->db, "c", SERVICE_METERING, NOW, NULL, err));
	assert_fails(ERR_DENIED,
		     consent_covers(t->db, METERING, one, NOW, err));
	allow_services(t->db, METERING, NOW);
	assert_fails(ERR_DENIED,
		     consent_covers(t->db, METERING, one, NOW, err));
}

static void wrong_decisions_are_invalid(void **state)
{
	struct temporary_db *t = *state;
	assert_fails(ERR_INVALID,
		     consent_allow(t->db, "c", (enum service_id)30, NOW, err));
	assert_fails(ERR_INVALID,
		     consent_withdraw(t->db, "c", (enum service_id)9, NOW, NULL,
				      err));
	assert_fails(ERR_INVALID,
		     consent_allow(t->db, "", SERVICE_METERING, NOW, err));
	assert_fails(ERR_INVALID,
		     consent_allow(t->db, NULL, SERVICE_METERING, NOW, err));
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_done(consent_allow(t->db, hostile_texts[i],
					  SERVICE_METERING, NOW, err));
		assert_done(consent_withdraw(t->db, hostile_texts[i],
					     SERVICE_METERING, NOW, NULL, err));
	}
	assert_ledger_whole(t->db);
}

/* The log alone tells what is allowed. */
struct replay {
	char grant[32][40];
};

static bool replay_row(void *ctx, const struct ledger_entry *e, struct err *err)
{
	struct replay *r = ctx;
	const struct service *s = service_by_name(e->service);
	size_t place = s == NULL ? 0 : (size_t)s->id;
	(void)err;
	if (e->kind == LEDGER_GRANT) {
		strcpy(r->grant[place], e->grant);
	} else if (e->kind == LEDGER_WITHDRAWAL) {
		assert_string_equal(r->grant[place], e->grant);
		r->grant[place][0] = '\0';
	}
	return true;
}

static void assert_replay_agrees(struct db *db)
{
	struct replay r = { { "" } };
	struct ledger_filter all = { .oldest_first = true };
	assert_done(ledger_each(db, &all, 0, replay_row, &r, err));
	struct consents now = read_all(db);
	assert_string_equal(now.remote.grant, r.grant[0]);
	for (size_t i = 0; i < now.count; i++) {
		assert_string_equal(now.services[i].grant,
				    r.grant[now.services[i].service->id]);
	}
}

static void replaying_the_log_gives_what_stands(void **state)
{
	struct temporary_db *t = *state;
	unsigned dice = 12345;
	for (int i = 0; i < 120; i++) {
		dice = dice * 1103515245u + 12345u;
		enum service_id id = (enum service_id)((dice >> 16) % 5);
		if ((dice >> 24) % 3 == 0) {
			assert_done(consent_withdraw(t->db, "carla", id,
						     NOW + i, NULL, err));
		} else {
			assert_done(consent_allow(t->db, "carla", id, NOW + i,
						  err));
		}
		if (i % 30 == 29) {
			change_shown(t->db, "text_sha256");
		}
		assert_replay_agrees(t->db);
	}
	assert_ledger_whole(t->db);
}

static void a_full_disk_keeps_the_decision_as_it_was(void **state)
{
	struct temporary_db *t = *state;
	allow_services(t->db, METERING, NOW);
	temporary_db_fill(t->db, true);
	struct err why = { .kind = ERR_NONE };
	bool on = true;
	for (int i = 0; i < 1000 && why.kind == ERR_NONE; i++) {
		bool ok = on ? consent_withdraw(t->db, "c", SERVICE_METERING,
						NOW, NULL, &why)
			     : consent_allow(t->db, "c", SERVICE_METERING, NOW,
					     &why);
		on = ok ? !on : on;
	}
	assert_int_equal(ERR_IO, why.kind);
	assert_int_equal(on ? METERING : 0, effective(t->db));
	assert_replay_agrees(t->db);
	temporary_db_fill(t->db, false);
	assert_ledger_whole(t->db);
}

static void last_sent_follows_receipts(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	allow_services(t->db, METERING | SUPPLIES, NOW);
	queue_item(t->db, METERING, NOW, &item);
	assert_done(outbox_begin(t->db, item.transaction, "p", NOW, err));
	assert_done(outbox_sent(t->db, item.transaction, "note", NOW + 3,
				NOW + 4, err));
	struct consents all = read_all(t->db);
	assert_int_equal(NOW + 3, all.remote.last_sent_at);
	assert_int_equal(NOW + 3, of(&all, SERVICE_METERING)->last_sent_at);
	assert_int_equal(0, of(&all, SERVICE_SUPPLIES)->last_sent_at);
	/* What was sent once was, whatever was decided afterwards. */
	assert_done(consent_withdraw(t->db, "carla", SERVICE_METERING, NOW + 6,
				     NULL, err));
	all = read_all(t->db);
	assert_int_equal(NOW + 3, of(&all, SERVICE_METERING)->last_sent_at);
}

static void last_sent_knows_personal_data(void **state)
{
	struct temporary_db *t = *state;
	struct outbox_item item;
	allow_services(t->db, METERING, NOW);
	assert_done(consent_allow(t->db, "carla", GATE_PERSONAL, NOW, err));
	queue_item(t->db, METERING | SERVICE_BIT(GATE_PERSONAL), NOW, &item);
	assert_done(outbox_begin(t->db, item.transaction, "p", NOW, err));
	assert_done(outbox_sent(t->db, item.transaction, "note", NOW + 3,
				NOW + 4, err));
	struct consents all = read_all(t->db);
	assert_int_equal(NOW + 3,
			 consent_of(&all, GATE_PERSONAL)->last_sent_at);
	assert_int_equal(0, consent_of(&all, GATE_JOB_DATA)->last_sent_at);
}

static void services_are_named_in_order(void **state)
{
	(void)state;
	struct buf out = BUF_INIT;
	consent_put_services(&out, SUPPLIES | METERING | 1u << 30);
	assert_string_equal("metering supplies", buf_str(&out));
	buf_clear(&out);
	assert_int_equal(METERING | SUPPLIES,
			 consent_services_known() & (METERING | SUPPLIES));
	assert_int_equal(0, consent_services_known() & 1);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_allows_nothing),
		T(a_service_counts_only_with_remote_services),
		T(remote_services_allow_no_service),
		T(remote_services_are_read_alone),
		T(a_grant_says_who_when_and_what),
		T(allowing_twice_changes_nothing),
		T(withdrawing_ends_it_and_allowing_again_is_another),
		T(changed_words_or_fields_suspend_until_confirmed),
		T(a_suspended_grant_can_be_withdrawn),
		T(withdrawing_purges_what_waits),
		T(grants_are_given_in_order_or_refused),
		T(exactly_the_grants_that_stand_cover),
		T(wrong_decisions_are_invalid),
		T(replaying_the_log_gives_what_stands),
		T(a_full_disk_keeps_the_decision_as_it_was),
		T(last_sent_follows_receipts),
		T(last_sent_knows_personal_data),
		cmocka_unit_test(services_are_named_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
