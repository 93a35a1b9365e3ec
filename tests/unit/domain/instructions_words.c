/* Instructions in words (src/domain/instructions_words.c). */
#include "domain/instructions.h"

#include <string.h>

#include "base/text.h"
#include "tests/unit/domain/instructions_fixture.h"

static void assert_sentence(const struct instruction *is, const char *words)
{
	struct buf out = BUF_INIT;
	buf_put_str(&out, "-");
	instruction_put_sentence(&out, is);
	assert_string_equal(buf_str(&out) + 1, words);
	buf_clear(&out);
}

static void one_sentence_says_what_it_does(void **state)
{
	struct instruction is = instruction_of(1, INSTRUCTION_SEND);
	(void)state;
	assert_sentence(&is,
			"Sends the documents of Metering and Supplies now.");
	strcpy(is.services, "maintenance");
	assert_sentence(&is, "Sends the documents of Maintenance now.");
	strcpy(is.services, "maintenance supplies nonsense metering");
	assert_sentence(&is, "Sends the documents of Maintenance, Supplies, "
			     "nonsense and Metering now.");
	is = instruction_of(1, INSTRUCTION_LEDGER);
	is.from = 3;
	assert_sentence(&is, "Reports entries 3 to 9 of the log to the server: "
			     "hashes, sizes and results, without names and "
			     "texts.");
	is.to = 3;
	assert_sentence(&is, "Reports entry 3 of the log to the server: "
			     "hashes, sizes and results, without names and "
			     "texts.");
}

/* What the vendor writes stands apart, under the vendor's name. */
static void no_sentence_has_the_vendors_words(void **state)
{
	(void)state;
	for (unsigned k = 0; k <= INSTRUCTION_KINDS; k++) {
		struct instruction is =
			instruction_of(1, (enum instruction_kind)k);
		struct buf out = BUF_INIT;
		strcpy(is.message, "VENDOR");
		strcpy(is.package, "VENDOR");
		strcpy(is.reason, "VENDOR");
		strcpy(is.by, "VENDOR");
		instruction_put_sentence(&out, &is);
		assert_null(strstr(buf_str(&out), "VENDOR"));
		assert_true(text_ends_with(buf_str(&out), "."));
		buf_clear(&out);
	}
}

static void assert_rule(enum instruction_policy policy, int64_t until,
			const char *words)
{
	const struct instruction_rule rule = { .kind = INSTRUCTION_SEND,
					       .policy = policy,
					       .until = until };
	struct buf out = BUF_INIT;
	instruction_put_rule(&out, &rule);
	assert_string_equal(buf_str(&out), words);
	buf_clear(&out);
}

static void a_rule_has_words(void **state)
{
	(void)state;
	assert_rule(INSTRUCTION_NEVER, 0, "never");
	assert_rule(INSTRUCTION_ASK, 0, "always asked first");
	assert_rule(INSTRUCTION_ALLOW, 0, "allowed without asking");
	assert_rule(INSTRUCTION_ALLOW, NOW,
		    "allowed without asking until 24 November "
		    "2025, 16:00 UTC");
}

static void names_become_services(void **state)
{
	static const char *const bad[] = { "job-data", "personal", "updates",
					   "fleet", "metering job-data" };
	struct instruction is = instruction_of(1, INSTRUCTION_SEND);
	unsigned services = 99;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		strcpy(is.services, bad[i]);
		assert_fails(ERR_DENIED,
			     instruction_services(&is, &services, err));
		assert_int_equal(services, 99);
	}
	strcpy(is.services, "metering supplies");
	assert_done(instruction_services(&is, &services, err));
	assert_int_equal(services, METERING | SUPPLIES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_sentence_says_what_it_does),
		cmocka_unit_test(no_sentence_has_the_vendors_words),
		cmocka_unit_test(a_rule_has_words),
		cmocka_unit_test(names_become_services),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
