/* The machine that is served (src/domain/machines.c). */
#include "domain/machines.h"

#include <string.h>

#include "base/text.h"
#include "tests/unit/domain/people.h"

static void there_is_none_before_init(void **state)
{
	struct temporary_db *t = *state;
	struct machine m;
	assert_fails(ERR_NOT_FOUND, machines_get(t->db, &m, err));
}

static void what_is_saved_is_read_and_replaced(void **state)
{
	struct temporary_db *t = *state;
	struct machine m = { .id = "ex7-004211" };
	struct machine found;
	assert_done(machines_save(t->db, &m, err));
	assert_done(machines_get(t->db, &found, err));
	assert_string_equal("", found.make_and_model);
	assert_int_equal(0, found.collected_at);
	strcpy(m.make_and_model, "Example 7");
	strcpy(m.serial_number, "004211");
	m.collected_at = NOW;
	assert_done(machines_save(t->db, &m, err));
	assert_done(machines_get(t->db, &found, err));
	assert_string_equal("ex7-004211", found.id);
	assert_string_equal("Example 7", found.make_and_model);
	assert_string_equal("004211", found.serial_number);
	assert_int_equal(NOW, found.collected_at);
}

static void a_machine_needs_an_id(void **state)
{
	struct temporary_db *t = *state;
	struct machine m = { .id = "" };
	assert_fails(ERR_INVALID, machines_save(t->db, &m, err));
}

static void what_a_printer_says_becomes_one_line(void **state)
{
	struct temporary_db *t = *state;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		struct machine m = { .id = "x" };
		struct machine found;
		strcpy(m.make_and_model, hostile_texts[i]);
		strcpy(m.serial_number, hostile_texts[i]);
		assert_done(machines_save(t->db, &m, err));
		assert_done(machines_get(t->db, &found, err));
		assert_true(text_is_one_line(found.make_and_model,
					     strlen(found.make_and_model)));
		assert_true(text_is_one_line(found.serial_number,
					     strlen(found.serial_number)));
	}
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(there_is_none_before_init),
		T(what_is_saved_is_read_and_replaced),
		T(a_machine_needs_an_id),
		T(what_a_printer_says_becomes_one_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
