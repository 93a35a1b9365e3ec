/*
 * What nobody is asked about because no answer could bring it about, in words
 * that say why not.
 */
#include "tests/unit/client/instructions_scene.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/checkins.h"
#include "domain/ledger.h"

/* "" = it is possible. */
static char *why_not(struct instructions_scene *scene,
		     const struct instruction *is)
{
	bool possible = false;
	struct buf words = BUF_INIT;
	assert_done(instruction_possible(&scene->device.client, is, &possible,
					 &words, err));
	assert_true(possible == (words.len == 0));
	char *text = mem_strdup(buf_str(&words));
	buf_clear(&words);
	return text;
}

static void assert_why_not(struct instructions_scene *scene,
			   const struct instruction *is, const char *words)
{
	char *text = why_not(scene, is);
	assert_string_equal(text, words);
	mem_free(text);
}

/* From half an hour to a day. */
static void limit(struct instructions_scene *scene)
{
	struct db *db = scene->device.db;
	assert_done(checkin_setting_set(db, "carla", "checkin_least", "30m",
					device_time(), err));
	assert_done(checkin_setting_set(db, "carla", "checkin_most", "1d",
					device_time(), err));
}

static void the_limits_themselves_are_within_them(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(1, INSTRUCTION_INTERVAL);
	limit(scene);
	is.interval_s = 30 * 60;
	assert_why_not(scene, &is, "");
	is.interval_s = 86400;
	assert_why_not(scene, &is, "");
	is.interval_s = 86401;
	char *text = why_not(scene, &is);
	assert_true(text[0] != '\0');
	mem_free(text);
}

static void an_interval_outside_says_what_the_limits_are(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(1, INSTRUCTION_INTERVAL);
	limit(scene);
	is.interval_s = 5 * 60;
	assert_why_not(scene, &is,
		       "It asks for a check-in every 5 minutes; the customer's "
		       "limits are 30 minutes to 1 day.");
	is.interval_s = 7 * 86400;
	assert_why_not(scene, &is,
		       "It asks for a check-in every 7 days; the customer's "
		       "limits are 30 minutes to 1 day.");
}

static void entries_that_the_log_does_not_have(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(1, INSTRUCTION_LEDGER);
	struct ledger_head head;
	assert_done(ledger_head(scene->device.db, &head, err));
	assert_true(head.size > 0);
	is.from = 0;
	is.to = head.size - 1;
	assert_why_not(scene, &is, "");
	is.to = head.size;
	char *text = why_not(scene, &is);
	assert_non_null(strstr(text, "the log is not that long"));
	mem_free(text);
}

static void the_other_kinds_are_for_people_to_decide(void **state)
{
	static const enum instruction_kind others[] = { INSTRUCTION_SEND,
							INSTRUCTION_PACKAGE,
							INSTRUCTION_MESSAGE,
							INSTRUCTION_RENEW };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct instruction is = scene_instruction(1, others[i]);
		assert_why_not(*state, &is, "");
	}
}

int main(void)
{
#define TEST(name)                                                      \
	cmocka_unit_test_setup_teardown(name, instructions_scene_begin, \
					instructions_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(the_limits_themselves_are_within_them),
		TEST(an_interval_outside_says_what_the_limits_are),
		TEST(entries_that_the_log_does_not_have),
		TEST(the_other_kinds_are_for_people_to_decide),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
