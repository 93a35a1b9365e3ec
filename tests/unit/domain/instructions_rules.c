/* Policies (src/domain/instructions_rules.c). */
#include "domain/instructions.h"

#include "tests/unit/domain/instructions_fixture.h"

static struct instruction_rule rule_at(struct db *db,
				       enum instruction_kind kind, int64_t now)
{
	struct instruction_rule rule;
	assert_done(instruction_rule_get(db, kind, now, &rule, err));
	assert_int_equal(rule.kind, kind);
	return rule;
}

static void a_new_device_asks_for_all_that_sends_or_changes(void **state)
{
	static const struct {
		enum instruction_kind kind;
		enum instruction_policy policy;
	} presets[] = {
		{ INSTRUCTION_SEND, INSTRUCTION_ASK },
		{ INSTRUCTION_INTERVAL, INSTRUCTION_ASK },
		{ INSTRUCTION_LEDGER, INSTRUCTION_ASK },
		{ INSTRUCTION_PACKAGE, INSTRUCTION_ALLOW },
		{ INSTRUCTION_MESSAGE, INSTRUCTION_ALLOW },
		{ INSTRUCTION_RENEW, INSTRUCTION_ALLOW },
	};
	struct temporary_db *t = *state;
	assert_int_equal(sizeof(presets) / sizeof(presets[0]),
			 INSTRUCTION_KINDS - 1);
	for (size_t i = 0; i < INSTRUCTION_KINDS - 1; i++) {
		struct instruction_rule r =
			rule_at(t->db, presets[i].kind, NOW);
		assert_int_equal(r.policy, presets[i].policy);
		assert_string_equal(r.decided_by, "");
		assert_int_equal(r.until, 0);
	}
	struct instruction_rule rule;
	assert_fails(ERR_INVALID, instruction_rule_get(t->db, INSTRUCTION_UNSET,
						       NOW, &rule, err));
	assert_fails(ERR_INVALID, instruction_rule_get(t->db, INSTRUCTION_KINDS,
						       NOW, &rule, err));
}

static void allowed_until_a_date_asks_again_after_it(void **state)
{
	struct temporary_db *t = *state;
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_SEND,
					 INSTRUCTION_ALLOW, NOW + 100, NOW,
					 err));
	struct instruction_rule r = rule_at(t->db, INSTRUCTION_SEND, NOW + 99);
	assert_int_equal(r.policy, INSTRUCTION_ALLOW);
	assert_int_equal(r.until, NOW + 100);
	assert_string_equal(r.decided_by, "carla");
	assert_int_equal(r.decided_at, NOW);
	r = rule_at(t->db, INSTRUCTION_SEND, NOW + 100);
	assert_int_equal(r.policy, INSTRUCTION_ASK);
	assert_int_equal(r.until, 0);
	/* The same for a kind whose preset is to allow. */
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_MESSAGE,
					 INSTRUCTION_ALLOW, NOW + 100, NOW,
					 err));
	r = rule_at(t->db, INSTRUCTION_MESSAGE, NOW + 100);
	assert_int_equal(r.policy, INSTRUCTION_ASK);
}

static void each_change_is_an_entry_and_no_change_is_none(void **state)
{
	struct temporary_db *t = *state;
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_SEND,
					 INSTRUCTION_NEVER, 0, NOW, err));
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "\"Send documents now\" (send): always asked first "
			  "before, never now");
	assert_done(instruction_rule_set(t->db, "otto", INSTRUCTION_SEND,
					 INSTRUCTION_NEVER, 0, NOW + 1, err));
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 1);
	assert_string_equal(rule_at(t->db, INSTRUCTION_SEND, NOW).decided_by,
			    "carla");
	assert_done(instruction_rule_set(t->db, "otto", INSTRUCTION_SEND,
					 INSTRUCTION_ASK, 0, NOW + 1, err));
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 2);
}

/* Another end is another rule, and a person's word more than the preset. */
static void an_end_and_a_person_are_part_of_the_rule(void **state)
{
	struct temporary_db *t = *state;
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_SEND,
					 INSTRUCTION_ALLOW, NOW + 100, NOW,
					 err));
	assert_done(instruction_rule_set(t->db, "otto", INSTRUCTION_SEND,
					 INSTRUCTION_ALLOW, NOW + 50, NOW,
					 err));
	assert_int_equal(rule_at(t->db, INSTRUCTION_SEND, NOW).until, NOW + 50);
	assert_string_equal(rule_at(t->db, INSTRUCTION_SEND, NOW).decided_by,
			    "otto");
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 2);
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_MESSAGE,
					 INSTRUCTION_ALLOW, 0, NOW, err));
	assert_string_equal(rule_at(t->db, INSTRUCTION_MESSAGE, NOW).decided_by,
			    "carla");
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 3);
}

static void no_rule_holds_that_cannot_be_kept(void **state)
{
	static const char *const writes[] = { "INSERT ON instruction_policies",
					      "INSERT ON ledger",
					      "UPDATE ON instructions" };
	struct temporary_db *t = *state;
	const struct instruction send = instruction_of(1, INSTRUCTION_SEND);
	(void)take_instruction(t->db, &send, NOW);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		temporary_db_refuse(t->db, writes[i]);
		assert_fails(
			ERR_INVALID,
			instruction_rule_set(t->db, "carla", INSTRUCTION_SEND,
					     INSTRUCTION_NEVER, 0, NOW, err));
		assert_int_equal(rule_at(t->db, INSTRUCTION_SEND, NOW).policy,
				 INSTRUCTION_ASK);
		assert_int_equal(instruction_now(t->db, 1).state,
				 INSTRUCTION_ASKED);
	}
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 0);
}

static void what_is_no_rule_changes_nothing(void **state)
{
	struct temporary_db *t = *state;
	static const struct {
		const char *actor;
		enum instruction_kind kind;
		enum instruction_policy policy;
		int64_t until;
	} bad[] = {
		{ "", INSTRUCTION_SEND, INSTRUCTION_NEVER, 0 },
		{ NULL, INSTRUCTION_SEND, INSTRUCTION_NEVER, 0 },
		{ "carla", INSTRUCTION_UNSET, INSTRUCTION_NEVER, 0 },
		{ "carla", INSTRUCTION_KINDS, INSTRUCTION_NEVER, 0 },
		{ "carla", INSTRUCTION_SEND, INSTRUCTION_POLICY_UNSET, 0 },
		{ "carla", INSTRUCTION_SEND, INSTRUCTION_ALLOW, NOW },
		{ "carla", INSTRUCTION_SEND, INSTRUCTION_ALLOW, -1 },
		{ "carla", INSTRUCTION_SEND, INSTRUCTION_NEVER, NOW + 1 },
		{ "carla", INSTRUCTION_SEND, INSTRUCTION_ASK, NOW + 1 },
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_fails(ERR_INVALID,
			     instruction_rule_set(t->db, bad[i].actor,
						  bad[i].kind, bad[i].policy,
						  bad[i].until, NOW, err));
	}
	assert_int_equal(entries(t->db, LEDGER_CONFIGURATION), 0);
	assert_int_equal(rule_at(t->db, INSTRUCTION_SEND, NOW).policy,
			 INSTRUCTION_ASK);
}

static void never_ends_what_waits_of_the_kind(void **state)
{
	struct temporary_db *t = *state;
	const struct instruction send = instruction_of(1, INSTRUCTION_SEND),
				 approved = instruction_of(2, INSTRUCTION_SEND),
				 ledger = instruction_of(3, INSTRUCTION_LEDGER);
	(void)take_instruction(t->db, &send, NOW);
	(void)take_instruction(t->db, &approved, NOW);
	(void)take_instruction(t->db, &ledger, NOW);
	assert_done(instructions_decide(t->db, "otto", 2, true, NOW, err));
	/* No other rule does. */
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_SEND,
					 INSTRUCTION_ALLOW, 0, NOW, err));
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_SEND,
					 INSTRUCTION_ASK, 0, NOW, err));
	assert_int_equal(instruction_now(t->db, 1).state, INSTRUCTION_ASKED);
	assert_int_equal(instruction_now(t->db, 2).state, INSTRUCTION_APPROVED);
	assert_done(instruction_rule_set(t->db, "carla", INSTRUCTION_SEND,
					 INSTRUCTION_NEVER, 0, NOW, err));
	assert_int_equal(instruction_now(t->db, 1).refusal,
			 INSTRUCTION_REFUSAL_POLICY);
	assert_int_equal(instruction_now(t->db, 2).refusal,
			 INSTRUCTION_REFUSAL_POLICY);
	assert_int_equal(instruction_now(t->db, 3).state, INSTRUCTION_ASKED);
	assert_ledger_whole(t->db);
}

static void every_policy_leads_back(void **state)
{
	(void)state;
	for (int p = INSTRUCTION_NEVER; p <= INSTRUCTION_ALLOW; p++) {
		const char *name =
			instruction_policy_name((enum instruction_policy)p);
		assert_true(name[0] != '\0');
		assert_int_equal(instruction_policy_by_name(name), p);
	}
	assert_int_equal(instruction_policy_by_name(""),
			 INSTRUCTION_POLICY_UNSET);
	assert_int_equal(instruction_policy_by_name("always"),
			 INSTRUCTION_POLICY_UNSET);
	assert_string_equal(
		instruction_policy_name((enum instruction_policy)99), "");
}

int main(void)
{
#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		TEST(a_new_device_asks_for_all_that_sends_or_changes),
		TEST(allowed_until_a_date_asks_again_after_it),
		TEST(each_change_is_an_entry_and_no_change_is_none),
		TEST(an_end_and_a_person_are_part_of_the_rule),
		TEST(no_rule_holds_that_cannot_be_kept),
		TEST(what_is_no_rule_changes_nothing),
		TEST(never_ends_what_waits_of_the_kind),
		cmocka_unit_test(every_policy_leads_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
