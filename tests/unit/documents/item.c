/*
 * The tree of items and the path to a place in it.
 */
#include "documents/item.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static struct item *supply(const char *index, const char *level)
{
	const struct document *d = &document_supplies_usage;
	struct item *s =
		item_new(document_field(d, "Supply"), NULL, NULL, NULL);

	/* Not in catalogue order. */
	item_add(s, item_new(document_field(d, "Supply/Level"), level,
			     "percent", "printer-supply"));
	item_add(s, item_new(document_field(d, "Supply/Index"), index, NULL,
			     NULL));
	return s;
}

static void children_stand_in_catalogue_order(void **state)
{
	struct item *root = item_new(NULL, NULL, NULL, NULL);

	(void)state;
	item_add(root, supply("1", "40"));
	item_add(root, supply("2", "50"));
	assert_string_equal(item_text(root, "Supply/Index"), "1");
	assert_string_equal(item_text(root->children->next, "Index"), "2");
	const struct item *first = root->children->children;
	assert_string_equal(field_name(first->field), "Index");
	assert_string_equal(field_name(first->next->field), "Level");
	assert_int_equal(item_count(root, root->children->field), 2);
	assert_int_equal(item_values(root), 4);
	assert_string_equal(item_find(root, "Supply/Level")->source,
			    "printer-supply");
	item_free(root);
}

static void what_is_not_there_is_null(void **state)
{
	struct item *root = item_new(NULL, NULL, NULL, NULL);

	(void)state;
	item_add(root, supply("1", "40"));
	assert_null(item_find(root, "Supply/Mystery"));
	assert_null(item_find(root, "Suppl"));
	assert_null(item_find(root, "Supply/Level/Deeper"));
	assert_null(item_find(NULL, "Supply"));
	assert_null(item_text(root, "Supply"));
	item_free(root);
	item_free(NULL);
}

static void the_first_missing_required_field_is_named(void **state)
{
	struct item *root = item_new(NULL, NULL, NULL, NULL);

	(void)state;
	item_add(root, supply("1", "40"));
	assert_null(item_missing(&document_supplies_usage, root));
	assert_string_equal(
		item_missing(&document_supplies_usage, root->children)->path,
		"Supply/Type");
	assert_string_equal(item_missing(&document_billing, root)->path,
			    "TotalImpressions");
	item_free(root);
}

static void a_path_grows_and_shrinks_in_step(void **state)
{
	struct item_path path = { .text = "" };

	(void)state;
	item_path_push(&path, "Billing");
	item_path_push(&path, "SizeClass");
	assert_string_equal(path.text, "Billing/SizeClass");
	item_path_pop(&path);
	assert_string_equal(path.text, "Billing");
	item_path_pop(&path);
	assert_string_equal(path.text, "");
}

static void a_long_path_is_clipped_between_characters(void **state)
{
	struct item_path path = { .text = "" };
	char name[400];

	(void)state;
	memset(name, 'x', sizeof(name));
	for (size_t i = 101; i + 2 < sizeof(name); i += 2) {
		name[i] = '\xc3';
		name[i + 1] = '\xa4';
	}
	name[399] = '\0';
	item_path_push(&path, "Billing");
	item_path_push(&path, name);
	item_path_push(&path, "more");
	assert_true(strlen(path.text) < sizeof(path.text));
	assert_true(text_is_utf8(path.text, strlen(path.text)));
	item_path_pop(&path);
	item_path_pop(&path);
	assert_string_equal(path.text, "Billing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children_stand_in_catalogue_order),
		cmocka_unit_test(what_is_not_there_is_null),
		cmocka_unit_test(the_first_missing_required_field_is_named),
		cmocka_unit_test(a_path_grows_and_shrinks_in_step),
		cmocka_unit_test(a_long_path_is_clipped_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
