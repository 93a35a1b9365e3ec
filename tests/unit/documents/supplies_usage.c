/*
 * What a whole Supplies Usage document must be beyond its single fields.
 */
#include "documents/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "documents/item.h"

static void add(struct item *group, const char *name, const char *text,
		const char *unit)
{
	char path[64];

	strcpy(path, "Supply/");
	strcat(path, name);
	item_add(group, item_new(document_field(&document_supplies_usage, path),
				 text, unit, NULL));
}

static struct item *supply(const char *index)
{
	struct item *s =
		item_new(document_field(&document_supplies_usage, "Supply"),
			 NULL, NULL, NULL);

	add(s, "Index", index, NULL);
	add(s, "Type", "toner", NULL);
	return s;
}

static bool fine(struct item *one, struct item *two)
{
	struct item *root = item_new(NULL, NULL, NULL, NULL);
	struct err err = { 0 };

	item_add(root, one);
	if (two != NULL) {
		item_add(root, two);
	}
	bool yes = document_supplies_usage.check(root, &err);
	assert_int_equal(yes, err.kind == ERR_NONE);
	assert_true(yes || err.kind == ERR_INVALID);
	item_free(root);
	return yes;
}

static void the_supply_unit_is_the_unit_of_the_levels(void **state)
{
	static const char *const names[] = { "MaxCapacity", "Level", "LowLevel",
					     "HighLevel" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct item *right = supply("1"), *wrong = supply("1");
		add(right, "SupplyUnit", "items", NULL);
		add(right, names[i], "5", "items");
		assert_true(fine(right, NULL));
		add(wrong, "SupplyUnit", "items", NULL);
		add(wrong, names[i], "5", "percent");
		assert_false(fine(wrong, NULL));
	}
	struct item *without = supply("1");
	add(without, "Level", "5", "items");
	assert_true(fine(without, NULL));
}

static void each_supply_has_an_index_of_its_own(void **state)
{
	(void)state;
	assert_true(fine(supply("1"), supply("2")));
	assert_false(fine(supply("1"), supply("1")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_supply_unit_is_the_unit_of_the_levels),
		cmocka_unit_test(each_supply_has_an_index_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
