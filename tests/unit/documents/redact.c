/*
 * What leaves and what does not, for every field in the catalogue. What
 * depends on when something happened is in redact_time.c, lines of logs are
 * in redact_lines.c.
 */
#include "documents/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "outcome.h"

/* Without a key for pseudonyms. */
static void run(struct outcome *o, unsigned services, bool personal)
{
	const struct redact_rules rules = { .services = services,
					    .personal = personal };
	outcome_of_samples(o, &rules);
}

static bool has_class(const struct item *item, enum field_class class)
{
	for (const struct item *i = item != NULL ? item->children : NULL;
	     i != NULL; i = i->next) {
		if (i->field->class == class || has_class(i, class)) {
			return true;
		}
	}
	return false;
}

static void only_class_machine_leaves_while_the_gate_is_shut(void **state)
{
	struct outcome o;

	(void)state;
	run(&o, SAMPLES_ALL, false);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		for (int c = CLASS_NETWORK; c <= CLASS_SECRET; c++) {
			assert_false(has_class(o.out[i], (enum field_class)c));
		}
	}
	assert_null(o.out[DOCUMENT_CUSTOMER_INFO]);
	assert_non_null(o.out[DOCUMENT_BILLING]);
	outcome_clear(&o);
}

static void the_personal_gate_opens_network_and_personal_only(void **state)
{
	struct outcome o;

	(void)state;
	run(&o, SAMPLES_ALL, true);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		assert_false(has_class(o.out[i], CLASS_JOB));
		assert_false(has_class(o.out[i], CLASS_SECRET));
	}
	assert_non_null(o.out[DOCUMENT_CUSTOMER_INFO]);
	assert_true(has_class(o.out[DOCUMENT_CONFIGURATION], CLASS_NETWORK));
	assert_true(has_class(o.out[DOCUMENT_FAULTS], CLASS_PERSONAL));
	assert_non_null(outcome_withheld(&o, "Status", "QueuedJobCount"));
	outcome_clear(&o);
}

/* For each value of class network; how many there are. */
static size_t expect_pseudonyms(const struct item *item, bool wanted)
{
	size_t count = 0;

	for (const struct item *i = item != NULL ? item->children : NULL;
	     i != NULL; i = i->next) {
		count += expect_pseudonyms(i, wanted);
		if (i->field->class == CLASS_NETWORK) {
			assert_int_equal(pseudonym_is(i->text), wanted);
			assert_int_equal(strncmp(i->text, "canary-network",
						 14) == 0,
					 !wanted);
			count++;
		}
	}
	return count;
}

static void names_of_the_network_leave_as_pseudonyms(void **state)
{
	struct redact_rules rules = { .services = SAMPLES_ALL,
				      .pseudonym_key = samples_key };
	char token[PSEUDONYM_SIZE];
	struct outcome o;
	size_t count = 0;

	(void)state;
	outcome_of_samples(&o, &rules);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		assert_false(has_class(o.out[i], CLASS_PERSONAL));
		count += expect_pseudonyms(o.out[i], true);
	}
	assert_true(count > 10);
	const struct item *host =
		item_find(o.out[DOCUMENT_CONFIGURATION], "HostName");
	pseudonym_make(token, samples_key,
		       "canary-network-Configuration-HostName");
	assert_string_equal(host->text, token);
	assert_string_equal(host->source, "sample");
	assert_null(outcome_withheld(&o, "Configuration", "HostName"));
	outcome_clear(&o);
	rules.personal = true;
	outcome_of_samples(&o, &rules);
	assert_int_equal(o.withheld.pseudonyms.count, 0);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		expect_pseudonyms(o.out[i], false);
	}
	outcome_clear(&o);
}

static void each_pseudonym_is_told_once_with_what_it_stands_for(void **state)
{
	const struct redact_rules rules = { .services = SAMPLES_ALL,
					    .pseudonym_key = samples_key };
	struct outcome o;

	(void)state;
	outcome_of_samples(&o, &rules);
	const struct pseudonym_list *list = &o.withheld.pseudonyms;
	for (size_t i = 0; i < list->count; i++) {
		char token[PSEUDONYM_SIZE];
		pseudonym_make(token, samples_key, list->at[i].value);
		assert_string_equal(token, list->at[i].token);
		assert_int_equal(
			strncmp(list->at[i].value, "canary-network-", 15), 0);
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(list->at[i].token,
						list->at[k].token);
		}
	}
	assert_in_range(list->count, 8, 30);
	outcome_clear(&o);
}

static void what_is_not_sent_gets_no_pseudonym(void **state)
{
	const struct redact_rules rules = {
		.services = SERVICE_BIT(SERVICE_MAINTENANCE),
		.pseudonym_key = samples_key,
		.since = { [SERVICE_MAINTENANCE] = SAMPLES_MOMENT_AT + 1 },
	};
	struct outcome o;

	(void)state;
	outcome_of_samples(&o, &rules);
	assert_null(o.out[DOCUMENT_EVENTS]);
	for (size_t i = 0; i < o.withheld.pseudonyms.count; i++) {
		const char *value = o.withheld.pseudonyms.at[i].value;
		assert_null(strstr(value, "-Events-"));
		assert_null(strstr(value, "-DfeErrors-"));
		assert_null(strstr(value, "-Engineering-"));
	}
	assert_true(o.withheld.pseudonyms.count > 0);
	outcome_clear(&o);
}

static void a_secret_group_stays_with_all_in_it(void **state)
{
	const struct redact_rules rules = { .services = SAMPLES_ALL,
					    .personal = true,
					    .pseudonym_key = samples_key };
	struct outcome o;

	(void)state;
	outcome_of_samples(&o, &rules);
	assert_non_null(item_find(o.found.documents[DOCUMENT_NVM],
				  "AccessSetting/Value"));
	assert_null(item_find(o.out[DOCUMENT_NVM], "AccessSetting"));
	assert_non_null(item_find(o.out[DOCUMENT_NVM], "OwnerSetting/Value"));
	const struct withheld *w =
		outcome_withheld(&o, "Nvm", "AccessSetting/Id");
	assert_non_null(w);
	assert_string_equal(w->reason, "secret; never sent");
	assert_int_equal(w->count, 2);
	assert_non_null(outcome_withheld(&o, "Nvm", "AccessSetting/Value"));
	assert_null(item_find(o.out[DOCUMENT_DIAGNOSTIC_DATA], "File/Content"));
	assert_int_equal(
		outcome_count(&o, "DiagnosticData", "File/Content", ""), 4);
	outcome_clear(&o);
}

static void every_value_leaves_or_is_listed_as_withheld(void **state)
{
	(void)state;
	for (int personal = 0; personal < 2; personal++) {
		struct outcome o;
		size_t found = 0, left = 0;
		/* Without parts, whose whole groups are counted as one. */
		run(&o, SERVICE_BIT(SERVICE_MAINTENANCE), personal != 0);
		for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
			if (o.found.documents[i] != NULL) {
				found += item_values(o.found.documents[i]);
			}
			if (o.out[i] != NULL) {
				left += item_values(o.out[i]);
			}
		}
		assert_int_equal(found, left + outcome_values(&o));
		outcome_clear(&o);
	}
}

static void each_withheld_field_has_a_plain_reason(void **state)
{
	struct outcome o;

	(void)state;
	run(&o, SAMPLES_ALL, false);
	const struct withheld *w = outcome_withheld(
		&o, "CustomerInfo", "PrinterContact/ContactName");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_PERSONAL);
	assert_int_equal(w->count, 2);
	assert_string_equal(w->reason, "personal data is not allowed");
	w = outcome_withheld(&o, "Configuration", "HostName");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_NETWORK);
	assert_string_equal(w->reason,
			    "network names and addresses are personal data, "
			    "which is not allowed");
	w = outcome_withheld(&o, "Status", "QueuedJobCount");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_JOB);
	outcome_clear(&o);
}

static void a_service_gets_its_own_documents_only(void **state)
{
	struct outcome o;

	(void)state;
	run(&o, SERVICE_BIT(SERVICE_METERING), true);
	assert_non_null(o.out[DOCUMENT_BILLING]);
	assert_non_null(o.out[DOCUMENT_CUSTOMER_INFO]);
	assert_null(o.out[DOCUMENT_STATUS]);
	assert_null(o.out[DOCUMENT_CONFIGURATION]);
	assert_null(o.out[DOCUMENT_SUPPLIES_USAGE]);
	const struct withheld *w = outcome_withheld(&o, "Status", "");
	assert_non_null(w);
	assert_string_equal(w->reason,
			    "no service of this transmission asks for it");
	outcome_clear(&o);
	run(&o, 0, true);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		assert_null(o.out[i]);
	}
	outcome_clear(&o);
}

static void parts_gets_replaceable_units_and_no_toner(void **state)
{
	struct outcome o;

	(void)state;
	run(&o, SERVICE_BIT(SERVICE_PARTS), false);
	const struct item *root = o.out[DOCUMENT_SUPPLIES_USAGE];
	assert_string_equal(item_text(root, "Supply/Type"), "fuser");
	assert_null(root->children->next);
	const struct withheld *w =
		outcome_withheld(&o, "SuppliesUsage", "Supply");
	assert_non_null(w);
	assert_int_equal(w->count, 1);
	outcome_clear(&o);
	run(&o, SERVICE_BIT(SERVICE_PARTS) | SERVICE_BIT(SERVICE_SUPPLIES),
	    false);
	assert_non_null(o.out[DOCUMENT_SUPPLIES_USAGE]->children->next);
	outcome_clear(&o);
}

static void strays_are_listed_as_withheld(void **state)
{
	struct outcome o;
	struct stray stray = { .path = NULL };
	struct redact_rules rules = { .services = SAMPLES_ALL };

	(void)state;
	memset(&o, 0, sizeof(o));
	stray.path = mem_strdup("Status/Mystery");
	stray.reason = mem_strdup("not in the catalogue");
	stray.count = 3;
	o.found.strays = mem_alloc(sizeof(stray));
	*o.found.strays = stray;
	redact(&o.found, &rules, o.out, &o.withheld);
	const struct withheld *w = outcome_withheld(&o, "Status", "Mystery");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_UNSET);
	assert_int_equal(w->count, 3);
	assert_string_equal(w->reason, "not in the catalogue");
	outcome_clear(&o);
}

static void a_field_without_a_class_is_refused(void **state)
{
	const struct field f = { .path = "X", .type = TYPE_TOKEN };
	const struct redact_rules all = { .services = SAMPLES_ALL,
					  .personal = true };

	(void)state;
	assert_non_null(redact_refusal(&f, &all));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			only_class_machine_leaves_while_the_gate_is_shut),
		cmocka_unit_test(
			the_personal_gate_opens_network_and_personal_only),
		cmocka_unit_test(names_of_the_network_leave_as_pseudonyms),
		cmocka_unit_test(
			each_pseudonym_is_told_once_with_what_it_stands_for),
		cmocka_unit_test(what_is_not_sent_gets_no_pseudonym),
		cmocka_unit_test(a_secret_group_stays_with_all_in_it),
		cmocka_unit_test(every_value_leaves_or_is_listed_as_withheld),
		cmocka_unit_test(each_withheld_field_has_a_plain_reason),
		cmocka_unit_test(a_service_gets_its_own_documents_only),
		cmocka_unit_test(parts_gets_replaceable_units_and_no_toner),
		cmocka_unit_test(strays_are_listed_as_withheld),
		cmocka_unit_test(a_field_without_a_class_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
