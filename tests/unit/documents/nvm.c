/*
 * NVM: only settings of the list leave, and what opens something never.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "outcome.h"
#include "rows.h"

static const struct document *const d = &document_nvm;

static void each_kind_of_setting_has_its_class(void **state)
{
	static const struct row_class others[] = {
		{ "NetworkSetting/Value", CLASS_NETWORK },
		{ "OwnerSetting/Value", CLASS_PERSONAL },
		{ "AccessSetting", CLASS_SECRET },
		{ "AccessSetting/Value", CLASS_SECRET },
		{ NULL, CLASS_UNSET },
	};

	(void)state;
	rows_are_machine_but(d, others);
}

static void a_setting_is_in_one_list_alone(void **state)
{
	static const char *const lists[] = { "Setting/Id", "NetworkSetting/Id",
					     "OwnerSetting/Id",
					     "AccessSetting/Id" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const char *at = document_field(d, lists[i])->choices;
		while (*at != '\0') {
			char word[64] = "";
			size_t len = strcspn(at, " ");
			memcpy(word, at, len);
			for (size_t k = 0; k < 4; k++) {
				const struct field *f =
					document_field(d, lists[k]);
				assert_int_equal(field_word_in(f->choices,
							       word),
						 i == k);
			}
			at += len + (at[len] == ' ');
		}
	}
}

static void what_opens_or_names_is_no_plain_setting(void **state)
{
	(void)state;
	row_takes(d, "Setting/Id", "fuser-temperature");
	row_refuses(d, "Setting/Id", "admin-password");
	row_refuses(d, "Setting/Id", "wifi-ssid");
	row_refuses(d, "Setting/Id", "scan-destination");
	row_refuses(d, "Setting/Id", "secret-of-the-maker");
	/* A mail box is named after its owner. */
	row_refuses(d, "Setting/Id", "output-bin-default");
	row_takes(d, "OwnerSetting/Id", "output-bin-default");
	row_takes(d, "Setting/Value", "185");
	row_refuses(d, "Setting/Value", "call Jane");
	row_refuses(d, "Setting/Value", "jane@example.org");
}

static void a_setting_that_is_in_no_list_stays(void **state)
{
	const struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_MAINTENANCE),
		.personal = true,
	};
	struct outcome o;

	(void)state;
	outcome_of(&o, &rules,
		   "<Nvm><Setting><Id>owner-nickname</Id><Value>jane</Value>"
		   "</Setting><Setting><Id>gloss-level</Id><Value>3</Value>"
		   "</Setting><AccessSetting><Id>wifi-passphrase</Id>"
		   "<Value>hunter2</Value></AccessSetting></Nvm>");
	const struct item *first = o.out[DOCUMENT_NVM]->children;
	assert_string_equal(item_text(first, "Id"), "gloss-level");
	assert_null(first->next);
	assert_non_null(outcome_withheld(&o, "Nvm", "Setting/Id"));
	assert_non_null(outcome_withheld(&o, "Nvm", "AccessSetting/Value"));
	outcome_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_setting_has_its_class),
		cmocka_unit_test(a_setting_is_in_one_list_alone),
		cmocka_unit_test(what_opens_or_names_is_no_plain_setting),
		cmocka_unit_test(a_setting_that_is_in_no_list_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
