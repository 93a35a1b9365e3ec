/*
 * The services: what they ask for and the words that stand for them.
 */
#include "documents/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "documents/document.h"

static void the_four_services_keep_their_numbers(void **state)
{
	static const struct {
		const char *name;
		int id;
	} rows[] = { { "metering", 1 },
		     { "supplies", 2 },
		     { "parts", 3 },
		     { "maintenance", 4 } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct service *s = service_at(i);
		assert_string_equal(s->name, rows[i].name);
		assert_int_equal(s->id, rows[i].id);
		assert_ptr_equal(service_of(s->id), s);
		assert_ptr_equal(service_by_name(s->name), s);
	}
	assert_null(service_at(4));
	assert_null(service_of(SERVICE_UNSET));
	assert_null(service_by_name("espionage"));
	assert_null(service_by_name(NULL));
}

static void every_service_says_all_that_a_person_must_know(void **state)
{
	const struct service *s;

	(void)state;
	for (size_t n = 0; (s = service_at(n)) != NULL; n++) {
		const char *const words[] = { s->title, s->purpose,
					      s->sends, s->never_sends,
					      s->when,  s->if_off };
		for (size_t i = 0; i < 6; i++) {
			assert_non_null(words[i]);
			assert_true(strlen(words[i]) > 4);
			assert_null(strchr(words[i], '\n'));
		}
		assert_non_null(strstr(s->when, "presses Send"));
	}
}

static bool has(const struct service *s, enum document_kind kind)
{
	for (const enum document_kind *k = s->documents; *k != DOCUMENT_UNSET;
	     k++) {
		if (*k == kind) {
			return true;
		}
	}
	return false;
}

static void documents_go_with_the_services_they_belong_to(void **state)
{
	const struct service *s;

	(void)state;
	for (size_t n = 0; (s = service_at(n)) != NULL; n++) {
		assert_true(has(s, DOCUMENT_CUSTOMER_INFO));
		assert_int_equal(has(s, DOCUMENT_BILLING),
				 s->id == SERVICE_METERING);
		assert_int_equal(has(s, DOCUMENT_STATUS),
				 s->id == SERVICE_MAINTENANCE);
		assert_int_equal(has(s, DOCUMENT_SUPPLIES_USAGE),
				 s->id == SERVICE_SUPPLIES ||
					 s->id == SERVICE_PARTS);
	}
}

static void hashes_tell_services_apart_and_stay(void **state)
{
	uint8_t text[4][32], catalogue[4][32], again[32];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		service_text_hash(service_at(i), text[i]);
		service_catalogue_hash(service_at(i), catalogue[i]);
		service_text_hash(service_at(i), again);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_four_services_keep_their_numbers),
		cmocka_unit_test(
			every_service_says_all_that_a_person_must_know),
		cmocka_unit_test(documents_go_with_the_services_they_belong_to),
		cmocka_unit_test(hashes_tell_services_apart_and_stay),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
