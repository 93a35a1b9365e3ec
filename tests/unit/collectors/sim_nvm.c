/*
 * Settings of the simulated printer: all four groups are there.
 */
#include "collectors/sim_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "sim_reading.h"

static void each_group_is_there_and_each_id_once(void **state)
{
	static const char *const groups[] = { "Setting", "NetworkSetting",
					      "OwnerSetting", "AccessSetting" };
	struct sim_engine e;
	struct collected c;

	(void)state;
	sim_reading_after(1, &e, &c);
	const struct item *nvm = c.documents[DOCUMENT_NVM];
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		const struct field *f =
			document_field(&document_nvm, groups[i]);
		assert_true(item_count(nvm, f) >= 5);
	}
	for (const struct item *i = nvm->children; i != NULL; i = i->next) {
		assert_non_null(item_text(i, "Value"));
		assert_int_equal(sim_reading_count(&c, DOCUMENT_NVM, "Id",
						   item_text(i, "Id")),
				 1);
	}
	collected_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_group_is_there_and_each_id_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
