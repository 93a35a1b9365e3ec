/* Settings by name (src/domain/setting_rows.c). */
#include "domain/setting_rows.h"

#include <string.h>

#include "base/text.h"
#include "domain/settings.h"
#include "tests/unit/domain/people.h"

struct pair {
	int64_t low;
	bool on;
};

static bool parse_low(const char *value, void *group)
{
	return text_parse_i64(value, 1, 50, &((struct pair *)group)->low);
}

static bool parse_on(const char *value, void *group)
{
	((struct pair *)group)->on = text_equal(value, "on");
	return text_equal(value, "on") || text_equal(value, "off");
}

static const struct setting_row rows[] = {
	{ { "low_supply", "Low below", "a number" }, parse_low },
	{ { "automatic", "By itself", "on or off" }, parse_on },
};
static const struct setting_rows group = { rows, 2 };

static struct setting_change change(const char *value)
{
	return (struct setting_change){ .actor = "ada",
					.service = "metering",
					.value = value,
					.now = NOW };
}

static void they_are_told_in_order_and_end(void **state)
{
	(void)state;
	assert_string_equal("low_supply", setting_at(&group, 0)->name);
	assert_string_equal("By itself", setting_at(&group, 1)->title);
	assert_null(setting_at(&group, 2));
	assert_ptr_equal(&rows[1], setting_row_of(&group, "automatic", NULL));
}

static void a_name_of_another_group_is_none_of_this(void **state)
{
	static const char *const names[] = { "queue_bytes", "", "Automatic" };
	struct temporary_db *t = *state;
	const struct setting_change to = change("5");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf value = BUF_INIT;
		struct err why = { .kind = ERR_NONE };
		struct pair pair;
		assert_null(setting_row_of(&group, names[i], &why));
		assert_int_equal(ERR_NOT_FOUND, why.kind);
		assert_fails(ERR_NOT_FOUND,
			     setting_value(t->db, &group, names[i], &value,
					   err));
		assert_fails(ERR_NOT_FOUND, setting_set(t->db, &group, names[i],
							&to, &pair, err));
		assert_int_equal(0, value.len);
		buf_clear(&value);
	}
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static void a_change_is_kept_with_an_entry(void **state)
{
	struct temporary_db *t = *state;
	const struct setting_change to = change("7");
	struct buf value = BUF_INIT;
	struct pair pair = { .low = 0 };
	assert_done(setting_set(t->db, &group, "low_supply", &to, &pair, err));
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "Low below (low_supply): \"10\" before, \"7\" now");
	temporary_db_reopen(t);
	assert_done(setting_value(t->db, &group, "low_supply", &value, err));
	assert_string_equal("7", buf_str(&value));
	buf_clear(&value);
	assert_done(setting_rows_read(t->db, &group, &pair, err));
	assert_int_equal(7, pair.low);
	assert_true(pair.on);
	assert_ledger_whole(t->db);
}

static void it_says_whether_anything_changed(void **state)
{
	struct temporary_db *t = *state;
	const struct setting_change to = change("off");
	bool changed = false;
	assert_done(setting_write(t->db, &rows[1].setting, &to, &changed, err));
	assert_true(changed);
	assert_done(setting_write(t->db, &rows[1].setting, &to, &changed, err));
	assert_false(changed);
	assert_int_equal(1, entries(t->db, LEDGER_UNSET));
}

static void what_is_no_value_is_refused_and_told(void **state)
{
	struct temporary_db *t = *state;
	const struct setting_change to = change("maybe");
	struct err why = { .kind = ERR_NONE };
	struct pair pair;
	assert_false(setting_set(t->db, &group, "automatic", &to, &pair, &why));
	assert_int_equal(ERR_INVALID, why.kind);
	assert_string_equal("By itself: write on or off.", why.text);
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static void a_damaged_value_is_named(void **state)
{
	struct temporary_db *t = *state;
	struct err why = { .kind = ERR_NONE };
	struct pair pair;
	assert_done(settings_set(t->db, "automatic", "damaged", err));
	assert_done(setting_row_read(t->db, &rows[0], &pair, err));
	assert_int_equal(10, pair.low);
	assert_false(setting_rows_read(t->db, &group, &pair, &why));
	assert_int_equal(ERR_INVALID, why.kind);
	assert_non_null(strstr(why.text, "The setting automatic "));
	assert_fails(ERR_INVALID,
		     setting_row_read(t->db, &rows[1], &pair, err));
}

/* The value and its entry, or neither. */
static void a_full_disk_changes_nothing(void **state)
{
	static char big[200000];
	struct temporary_db *t = *state;
	struct buf value = BUF_INIT;
	bool changed = true;
	memset(big, 'x', sizeof(big) - 1);
	const struct setting_change to = change(big);
	temporary_db_fill(t->db, true);
	assert_fails(ERR_IO, setting_write(t->db, &rows[1].setting, &to,
					   &changed, err));
	assert_true(changed);
	temporary_db_fill(t->db, false);
	assert_done(setting_value(t->db, &group, "automatic", &value, err));
	assert_string_equal("on", buf_str(&value));
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
	buf_clear(&value);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_are_told_in_order_and_end),
		T(a_name_of_another_group_is_none_of_this),
		T(a_change_is_kept_with_an_entry),
		T(it_says_whether_anything_changed),
		T(what_is_no_value_is_refused_and_told),
		T(a_damaged_value_is_named),
		T(a_full_disk_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
