/*
 * What leaves and what does not, for every field in the catalogue.
 */
#include "documents/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "samples.h"

struct outcome {
	struct collected found;
	struct item *out[DOCUMENT_KINDS];
	struct withheld_list withheld;
};

static void run(struct outcome *o, unsigned services, bool personal)
{
	struct redact_rules rules = { .services = services,
				      .personal = personal };
	memset(o, 0, sizeof(*o));
	samples_collect(&o->found);
	redact(&o->found, &rules, o->out, &o->withheld);
}

static void drop(struct outcome *o)
{
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		item_free(o->out[i]);
	}
	withheld_clear(&o->withheld);
	collected_clear(&o->found);
}

static const struct withheld *find(const struct outcome *o,
				   const char *document, const char *path)
{
	for (size_t i = 0; i < o->withheld.count; i++) {
		const struct withheld *w = &o->withheld.at[i];
		if (strcmp(w->document, document) == 0 &&
		    strcmp(w->path, path) == 0) {
			return w;
		}
	}
	return NULL;
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
	drop(&o);
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
	assert_true(has_class(o.out[DOCUMENT_STATUS], CLASS_PERSONAL));
	assert_non_null(find(&o, "Status", "QueuedJobCount"));
	drop(&o);
}

static size_t withheld_values(const struct outcome *o)
{
	size_t count = 0;

	for (size_t i = 0; i < o->withheld.count; i++) {
		count += o->withheld.at[i].count;
	}
	return count;
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
		assert_int_equal(found, left + withheld_values(&o));
		drop(&o);
	}
}

static void each_withheld_field_has_a_plain_reason(void **state)
{
	struct outcome o;

	(void)state;
	run(&o, SAMPLES_ALL, false);
	const struct withheld *w =
		find(&o, "CustomerInfo", "PrinterContact/ContactName");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_PERSONAL);
	assert_int_equal(w->count, 2);
	assert_string_equal(w->reason, "personal data is not allowed");
	w = find(&o, "Configuration", "HostName");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_NETWORK);
	assert_string_equal(w->reason,
			    "network names and addresses are personal data, "
			    "which is not allowed");
	w = find(&o, "Status", "QueuedJobCount");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_JOB);
	drop(&o);
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
	const struct withheld *w = find(&o, "Status", "");
	assert_non_null(w);
	assert_string_equal(w->reason,
			    "no service of this transmission asks for it");
	drop(&o);
	run(&o, 0, true);
	for (size_t i = 0; i < DOCUMENT_KINDS; i++) {
		assert_null(o.out[i]);
	}
	drop(&o);
}

static void parts_gets_replaceable_units_and_no_toner(void **state)
{
	struct outcome o;

	(void)state;
	run(&o, SERVICE_BIT(SERVICE_PARTS), false);
	const struct item *root = o.out[DOCUMENT_SUPPLIES_USAGE];
	assert_string_equal(item_text(root, "Supply/Type"), "fuser");
	assert_null(root->children->next);
	const struct withheld *w = find(&o, "SuppliesUsage", "Supply");
	assert_non_null(w);
	assert_int_equal(w->count, 1);
	drop(&o);
	run(&o, SERVICE_BIT(SERVICE_PARTS) | SERVICE_BIT(SERVICE_SUPPLIES),
	    false);
	assert_non_null(o.out[DOCUMENT_SUPPLIES_USAGE]->children->next);
	drop(&o);
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
	const struct withheld *w = find(&o, "Status", "Mystery");
	assert_non_null(w);
	assert_int_equal(w->class, CLASS_UNSET);
	assert_int_equal(w->count, 3);
	assert_string_equal(w->reason, "not in the catalogue");
	drop(&o);
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
		cmocka_unit_test(every_value_leaves_or_is_listed_as_withheld),
		cmocka_unit_test(each_withheld_field_has_a_plain_reason),
		cmocka_unit_test(a_service_gets_its_own_documents_only),
		cmocka_unit_test(parts_gets_replaceable_units_and_no_toner),
		cmocka_unit_test(strays_are_listed_as_withheld),
		cmocka_unit_test(a_field_without_a_class_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
