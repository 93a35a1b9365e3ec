/* Do grants cover a transmission? (src/domain/consent_cover.c) */
#include "tests/unit/domain/grants.h"

#include <string.h>

#include "documents/transmission.h"

/* The ids of head's grants with a space between. */
static void ids_of(const struct transmission_head *head, char ids[400])
{
	ids[0] = '\0';
	for (size_t i = 0; i < head->grants_count; i++) {
		strcat(ids, i > 0 ? " " : "");
		strcat(ids, head->grants[i].id);
	}
}

static void personal_is_named_after_the_services(void **state)
{
	struct temporary_db *t = *state;
	struct transmission_head head = { .grants_count = 0 };
	allow_services(t->db, METERING | SUPPLIES, NOW);
	assert_fails(ERR_DENIED, consent_grants(t->db, METERING | PERSONAL, NOW,
						&head, err));
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	assert_done(consent_grants(t->db, PERSONAL | SUPPLIES | METERING, NOW,
				   &head, err));
	assert_int_equal(3, head.grants_count);
	assert_int_equal(SERVICE_METERING, head.grants[0].service);
	assert_int_equal(SERVICE_SUPPLIES, head.grants[1].service);
	assert_int_equal(GATE_PERSONAL, head.grants[2].service);
}

static void what_no_transmission_is_for_is_refused(void **state)
{
	struct temporary_db *t = *state;
	struct transmission_head head = { .grants_count = 7 };
	allow_services(t->db, METERING, NOW);
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	assert_done(consent_allow(t->db, "anna", GATE_JOB_DATA, NOW, err));
	assert_done(consent_allow(t->db, "anna", SERVICE_UPDATES, NOW, err));
	static const unsigned wrong[] = {
		0,
		PERSONAL,
		JOB_DATA,
		METERING | JOB_DATA,
		SERVICE_BIT(SERVICE_UPDATES),
		METERING | SERVICE_BIT(SERVICE_UPDATES),
		METERING | 1u,
		METERING | 1u << 30,
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_fails(ERR_INVALID,
			     consent_grants(t->db, wrong[i], NOW, &head, err));
	}
	assert_int_equal(7, head.grants_count);
}

static void refuses_saying(struct db *db, unsigned services, int64_t now,
			   const char *words)
{
	struct transmission_head head = { .grants_count = 0 };
	struct err why = { .kind = ERR_NONE };
	assert_false(consent_grants(db, services, now, &head, &why));
	assert_int_equal(ERR_DENIED, why.kind);
	if (strstr(why.text, words) == NULL) {
		fail_msg("\"%s\" does not say \"%s\"", why.text, words);
	}
}

static void a_refusal_says_why_and_where(void **state)
{
	struct temporary_db *t = *state;
	refuses_saying(t->db, METERING, NOW,
		       "Metering is not allowed; it can "
		       "be allowed on the page Services");
	allow_until(t->db, SERVICE_METERING, NOW + 9, NOW);
	refuses_saying(t->db, METERING, NOW,
		       "remote services as a whole are "
		       "not allowed");
	allow_until(t->db, SERVICE_UNSET, 0, NOW);
	refuses_saying(t->db, METERING, NOW + 9,
		       "ended by its date; allow it "
		       "again on the page Services");
	refuses_saying(t->db, METERING | PERSONAL, NOW,
		       "Personal data is not allowed; it can be allowed on "
		       "the page Privacy");
	grant_of_old(t->db, GATE_PERSONAL, "", "", NOW);
	refuses_saying(t->db, METERING | PERSONAL, NOW,
		       "Personal data changed since it was allowed; confirm "
		       "it on the page Privacy");
}

static void exactly_these_grants_must_stand(void **state)
{
	struct temporary_db *t = *state;
	struct transmission_head head = { .grants_count = 0 };
	char ids[400];
	allow_services(t->db, METERING, NOW);
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	assert_done(
		consent_grants(t->db, METERING | PERSONAL, NOW, &head, err));
	ids_of(&head, ids);
	assert_done(consent_covers(t->db, METERING | PERSONAL, ids, NOW, err));
	/* The gate's grant covers nothing that is not said to hold it. */
	assert_fails(ERR_DENIED,
		     consent_covers(t->db, METERING, ids, NOW, err));
	ids[UUID_TEXT_SIZE - 1] = '\0';
	assert_done(consent_covers(t->db, METERING, ids, NOW, err));
	assert_fails(ERR_DENIED,
		     consent_covers(t->db, METERING | PERSONAL, ids, NOW, err));
}

static void a_renewed_gate_is_another_decision(void **state)
{
	struct temporary_db *t = *state;
	struct transmission_head head = { .grants_count = 0 };
	char ids[400];
	allow_services(t->db, METERING, NOW);
	allow_until(t->db, GATE_PERSONAL, NOW + 9, NOW);
	assert_done(
		consent_grants(t->db, METERING | PERSONAL, NOW, &head, err));
	ids_of(&head, ids);
	allow_until(t->db, GATE_PERSONAL, NOW + 99, NOW + 1);
	assert_fails(ERR_DENIED, consent_covers(t->db, METERING | PERSONAL, ids,
						NOW + 1, err));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(personal_is_named_after_the_services),
		T(what_no_transmission_is_for_is_refused),
		T(a_refusal_says_why_and_where),
		T(exactly_these_grants_must_stand),
		T(a_renewed_gate_is_another_decision),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
