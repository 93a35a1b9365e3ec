/*
 * The services: what they ask for and the words that stand for them.
 */
#include "documents/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "documents/document.h"
#include "documents/item.h"

/* The numbers stand in databases. */
static const struct {
	const char *name;
	int id;
} numbers[] = { { "metering", 1 },    { "supplies", 2 },    { "parts", 3 },
		{ "maintenance", 4 }, { "engineering", 5 }, { "updates", 6 },
		{ "personal", 16 },   { "job-data", 17 } };

#define CONTROLS (sizeof(numbers) / sizeof(numbers[0]))
#define SERVICES ((size_t)SERVICES_END - 1)

static void services_and_gates_keep_their_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < CONTROLS; i++) {
		const struct service *s = control_at(i);
		assert_string_equal(s->name, numbers[i].name);
		assert_int_equal(s->id, numbers[i].id);
		assert_ptr_equal(service_of(s->id), s);
		assert_ptr_equal(service_by_name(s->name), s);
		assert_ptr_equal(service_at(i), i < SERVICES ? s : NULL);
		assert_int_equal(service_is_gate(s), i >= SERVICES);
	}
	assert_null(control_at(CONTROLS));
	assert_null(service_of(SERVICE_UNSET));
	assert_null(service_of(SERVICES_END));
	assert_null(service_by_name("espionage"));
	assert_null(service_by_name(NULL));
}

static void every_control_says_all_that_a_person_must_know(void **state)
{
	const struct service *s;

	(void)state;
	for (size_t n = 0; (s = control_at(n)) != NULL; n++) {
		const char *const words[] = { s->title, s->purpose,
					      s->sends, s->never_sends,
					      s->when,  s->if_off };
		for (size_t i = 0; i < 6; i++) {
			assert_non_null(words[i]);
			assert_true(strlen(words[i]) > 4);
			assert_null(strchr(words[i], '\n'));
			/* Who gets it is the vendor, docs/architecture.md. */
			assert_null(strstr(words[i], "maker"));
		}
		if (s->documents[0] != DOCUMENT_UNSET) {
			assert_non_null(strstr(s->when, "presses Send"));
		}
	}
}

/* A row a service: which documents it has, but Customer Info. */
static void documents_go_with_the_services_they_belong_to(void **state)
{
	static const unsigned has[SERVICES_END] = {
		[SERVICE_METERING] = 1u << DOCUMENT_BILLING,
		[SERVICE_SUPPLIES] = 1u << DOCUMENT_SUPPLIES_USAGE,
		[SERVICE_PARTS] = 1u << DOCUMENT_CONFIGURATION |
				  1u << DOCUMENT_SUPPLIES_USAGE,
		[SERVICE_MAINTENANCE] =
			1u << DOCUMENT_STATUS | 1u << DOCUMENT_FAULTS |
			1u << DOCUMENT_EVENTS | 1u << DOCUMENT_DIAGNOSTIC_LIST |
			1u << DOCUMENT_DFE_ERRORS |
			1u << DOCUMENT_DIAGNOSTIC_DATA | 1u << DOCUMENT_NVM |
			1u << DOCUMENT_CONFIGURATION,
		[SERVICE_ENGINEERING] = 1u << DOCUMENT_ENGINEERING,
	};
	const struct service *s;
	unsigned sending = 0;

	(void)state;
	for (size_t n = 0; (s = control_at(n)) != NULL; n++) {
		unsigned wanted = service_is_gate(s) ? 0 : has[s->id];
		if (wanted != 0) {
			wanted |= 1u << DOCUMENT_CUSTOMER_INFO;
			sending |= SERVICE_BIT(s->id);
		}
		for (int kind = 1; kind < DOCUMENT_KINDS; kind++) {
			assert_int_equal(service_has(s,
						     (enum document_kind)kind),
					 (wanted >> kind) & 1u);
		}
	}
	assert_int_equal(services_with_documents(), sending);
}

static void every_document_belongs_to_a_service(void **state)
{
	const struct document *d;
	const struct service *s;

	(void)state;
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		bool any = false;
		for (size_t i = 0; (s = service_at(i)) != NULL; i++) {
			any = any || service_has(s, d->kind);
		}
		assert_true(any);
	}
}

static void hashes_tell_controls_apart_and_stay(void **state)
{
	uint8_t text[CONTROLS][32], catalogue[CONTROLS][32], again[32];

	(void)state;
	for (size_t i = 0; i < CONTROLS; i++) {
		service_text_hash(control_at(i), text[i]);
		service_catalogue_hash(control_at(i), catalogue[i]);
		service_text_hash(control_at(i), again);
		assert_memory_equal(text[i], again, 32);
		for (size_t k = 0; k < i; k++) {
			assert_memory_not_equal(text[i], text[k], 32);
			assert_memory_not_equal(catalogue[i], catalogue[k], 32);
		}
	}
	struct service changed = *service_at(0);
	changed.if_off = "nothing happens";
	service_text_hash(&changed, again);
	assert_memory_not_equal(again, text[0], 32);
	service_catalogue_hash(&changed, again);
	assert_memory_equal(again, catalogue[0], 32);
}

static void the_text_is_a_line_for_each_of_the_words(void **state)
{
	const struct service *s = service_of(SERVICE_METERING);
	struct buf text = BUF_INIT, wanted = BUF_INIT;

	(void)state;
	service_put_text(&text, s);
	buf_printf(&wanted,
		   "text sluice.service/v1\nname metering\ntitle Metering\n"
		   "purpose %s\nsends %s\nnever %s\nwhen %s\noff %s\n",
		   s->purpose, s->sends, s->never_sends, s->when, s->if_off);
	assert_string_equal(buf_str(&text), buf_str(&wanted));
	buf_clear(&text);
	buf_clear(&wanted);
}

static void a_grant_covers_the_rows_of_its_documents_alone(void **state)
{
	struct buf rows = BUF_INIT;

	(void)state;
	service_put_catalogue(&rows, service_of(SERVICE_ENGINEERING));
	assert_non_null(strstr(buf_str(&rows), "service engineering\n"));
	assert_non_null(strstr(buf_str(&rows), "\nLog/Line\t"));
	assert_non_null(strstr(buf_str(&rows), "\nform\t{time} job: {job}"));
	assert_null(strstr(buf_str(&rows), "TotalImpressions"));
	buf_reset(&rows);
	service_put_catalogue(&rows, service_of(SERVICE_UPDATES));
	assert_string_equal(buf_str(&rows), "service updates\n");
	buf_clear(&rows);
}

static void the_personal_gate_covers_all_that_is_personal(void **state)
{
	struct buf rows = BUF_INIT;
	const struct document *d;

	(void)state;
	service_put_catalogue(&rows, service_of(GATE_PERSONAL));
	for (size_t n = 0; (d = document_at(n)) != NULL; n++) {
		for (const struct field *f = d->fields; f->path != NULL; f++) {
			char line[300];
			snprintf(line, sizeof(line), "\n%s\t%s\t%s\t", f->path,
				 field_type_name(f->type),
				 field_class_name(f->class));
			bool covered = f->class == CLASS_PERSONAL ||
				       f->class == CLASS_NETWORK;
			assert_int_equal(strstr(buf_str(&rows), line) != NULL,
					 covered);
		}
	}
	assert_non_null(strstr(buf_str(&rows), "signed in {personal}"));
	assert_non_null(strstr(buf_str(&rows), "lease {network} for"));
	assert_null(strstr(buf_str(&rows), "{job}"));
	buf_clear(&rows);
}

static const struct item *a_supply(struct item *root, const char *type)
{
	const struct document *d = &document_supplies_usage;
	struct item *group =
		item_new(document_field(d, "Supply"), NULL, NULL, NULL);

	if (type != NULL) {
		item_add(group, item_new(document_field(d, "Supply/Type"), type,
					 NULL, NULL));
	}
	item_add(root, group);
	return group;
}

static void parts_keeps_what_a_customer_changes_himself(void **state)
{
	const struct service *parts = service_of(SERVICE_PARTS);
	struct item *root = item_new(NULL, NULL, NULL, NULL);
	const enum document_kind kind = DOCUMENT_SUPPLIES_USAGE;

	(void)state;
	assert_true(parts->keeps(kind, a_supply(root, "fuser")));
	assert_true(parts->keeps(kind, a_supply(root, "wasteToner")));
	assert_false(parts->keeps(kind, a_supply(root, "toner")));
	assert_false(parts->keeps(kind, a_supply(root, "unknown")));
	assert_false(parts->keeps(kind, a_supply(root, NULL)));
	assert_true(parts->keeps(DOCUMENT_CONFIGURATION, root->children));
	item_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services_and_gates_keep_their_numbers),
		cmocka_unit_test(
			every_control_says_all_that_a_person_must_know),
		cmocka_unit_test(documents_go_with_the_services_they_belong_to),
		cmocka_unit_test(every_document_belongs_to_a_service),
		cmocka_unit_test(hashes_tell_controls_apart_and_stay),
		cmocka_unit_test(the_text_is_a_line_for_each_of_the_words),
		cmocka_unit_test(
			a_grant_covers_the_rows_of_its_documents_alone),
		cmocka_unit_test(the_personal_gate_covers_all_that_is_personal),
		cmocka_unit_test(parts_keeps_what_a_customer_changes_himself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
