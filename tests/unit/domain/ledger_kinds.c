/* Names of ledger kinds (src/domain/ledger_kinds.c). */
#include "tests/unit/domain/people.h"

#include <string.h>

static void every_kind_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = LEDGER_UNSET + 1; i < LEDGER_KINDS; i++) {
		const char *name = ledger_kind_name((enum ledger_kind)i);
		assert_true(name[0] != '\0');
		assert_null(strchr(name, ' '));
		assert_true(ledger_kind_title((enum ledger_kind)i)[0] != '\0');
		assert_int_equal(i, ledger_kind_by_name(name));
	}
}

static void what_is_no_kind_is_unset(void **state)
{
	(void)state;
	assert_int_equal(LEDGER_UNSET, ledger_kind_by_name(""));
	assert_int_equal(LEDGER_UNSET, ledger_kind_by_name(NULL));
	assert_int_equal(LEDGER_UNSET, ledger_kind_by_name("Grant"));
	assert_string_equal("", ledger_kind_name(LEDGER_UNSET));
	assert_string_equal("", ledger_kind_name(LEDGER_KINDS));
	assert_string_equal("", ledger_kind_title((enum ledger_kind) - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_name_of_its_own),
		cmocka_unit_test(what_is_no_kind_is_unset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
