/* Rows of the catalogue as pages show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "cgi/device/field_table.h"

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const json_t *field_of(const json_t *documents, size_t n)
{
	return json_array_get(
		json_object_get(json_array_get(documents, 0), "fields"), n);
}

static void groups_are_no_fields(void **state)
{
	json_t *documents = json_array();

	(void)state;
	field_table_add(documents, &document_customer_info, FIELD_TABLE_ALL);
	assert_string_equal(text_of(json_array_get(documents, 0), "count"),
			    "7 fields");
	assert_string_equal(text_of(field_of(documents, 0), "field"),
			    "Printer organization");
	assert_string_equal(text_of(field_of(documents, 0), "leaves"),
			    "only with personal data allowed");
	json_decref(documents);
}

static void only_the_classes_that_are_asked_for(void **state)
{
	json_t *documents = json_array();

	(void)state;
	field_table_add(documents, &document_billing, FIELD_TABLE_PRIVATE);
	assert_int_equal(json_array_size(documents), 0);
	field_table_add(documents, &document_configuration,
			1u << CLASS_NETWORK);
	assert_string_equal(text_of(field_of(documents, 0), "instead"),
			    "a code");
	json_decref(documents);
}

static void forms_with_private_places_count(void **state)
{
	json_t *documents = json_array();

	(void)state;
	field_table_add(documents, &document_engineering, FIELD_TABLE_PRIVATE);
	assert_int_equal(json_array_size(documents), 1);

	const json_t *forms =
		json_object_get(json_array_get(documents, 0), "forms");

	for (size_t i = 0; i < json_array_size(forms); i++) {
		const char *form = json_string_value(json_array_get(forms, i));

		assert_true(strstr(form, "{personal}") != NULL ||
			    strstr(form, "{network}") != NULL);
	}
	json_decref(documents);
}

static void the_legend_has_a_line_for_each_class(void **state)
{
	json_t *view = json_object();

	(void)state;
	field_table_legend(view, FIELD_TABLE_ALL);
	assert_int_equal(json_array_size(json_object_get(view, "legend")), 5);
	field_table_legend(view, FIELD_TABLE_PRIVATE);
	assert_int_equal(json_array_size(json_object_get(view, "legend")), 2);
	json_decref(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_no_fields),
		cmocka_unit_test(only_the_classes_that_are_asked_for),
		cmocka_unit_test(the_legend_has_a_line_for_each_class),
		cmocka_unit_test(forms_with_private_places_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
