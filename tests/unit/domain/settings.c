/* Settings (src/domain/settings.c). */
#include "domain/settings.h"
#include "tests/unit/domain/people.h"

static void a_setting_has_its_preset_until_it_is_set(void **state)
{
	struct temporary_db *t = *state;
	struct buf value = BUF_INIT;
	assert_done(settings_get(t->db, "time_floor", &value, err));
	assert_string_equal("0", buf_str(&value));
	assert_done(settings_set(t->db, "time_floor", "12", err));
	assert_done(settings_set(t->db, "time_floor", "1764000000", err));
	temporary_db_reopen(t);
	buf_reset(&value);
	assert_done(settings_get(t->db, "time_floor", &value, err));
	assert_string_equal("1764000000", buf_str(&value));
	buf_clear(&value);
}

static void values_may_be_any_text(void **state)
{
	struct temporary_db *t = *state;
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		struct buf value = BUF_INIT;
		assert_done(settings_set(t->db, "time_floor", hostile_texts[i],
					 err));
		assert_done(settings_get(t->db, "time_floor", &value, err));
		assert_string_equal(hostile_texts[i], buf_str(&value));
		buf_clear(&value);
	}
}

static void put_pair(void *ctx, const char *name, const char *value)
{
	buf_printf(ctx, "%s=%s ", name, value);
}

static void those_that_were_set_are_told_by_their_beginning(void **state)
{
	struct temporary_db *t = *state;
	struct buf found = BUF_INIT;
	assert_done(settings_each(t->db, "time_", put_pair, &found, err));
	assert_string_equal("", buf_str(&found));
	assert_done(settings_set(t->db, "time_floor", "12", err));
	assert_done(settings_set(t->db, "timer_at", "13", err));
	assert_done(settings_each(t->db, "time_", put_pair, &found, err));
	assert_string_equal("time_floor=12 ", buf_str(&found));
	buf_clear(&found);
}

static void numbers_begin_at_nothing(void **state)
{
	static const char *const none[] = { "", "-1", "1x",
					    "9223372036854775808", NULL };
	struct temporary_db *t = *state;
	int64_t value = -1;
	assert_done(settings_get_number(t->db, "timer_at", &value, err));
	assert_int_equal(value, 0);
	assert_done(settings_set_number(t->db, "timer_at", INT64_MAX, err));
	assert_done(settings_get_number(t->db, "timer_at", &value, err));
	assert_true(value == INT64_MAX);
	assert_done(settings_set_number(t->db, "timer_at", -5, err));
	assert_done(settings_get_number(t->db, "timer_at", &value, err));
	assert_int_equal(value, 0);
	for (size_t i = 0; none[i] != NULL; i++) {
		value = -1;
		assert_done(settings_set(t->db, "timer_at", none[i], err));
		assert_done(
			settings_get_number(t->db, "timer_at", &value, err));
		assert_int_equal(value, 0);
	}
}

static void a_full_disk_keeps_the_old_value(void **state)
{
	struct temporary_db *t = *state;
	static char big[200000];
	for (size_t i = 0; i + 1 < sizeof(big); i++) {
		big[i] = 'x';
	}
	assert_done(settings_set(t->db, "time_floor", "1", err));
	temporary_db_fill(t->db, true);
	assert_fails(ERR_IO, settings_set(t->db, "time_floor", big, err));
	struct buf value = BUF_INIT;
	assert_done(settings_get(t->db, "time_floor", &value, err));
	assert_string_equal("1", buf_str(&value));
	buf_clear(&value);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_setting_has_its_preset_until_it_is_set),
		T(values_may_be_any_text),
		T(those_that_were_set_are_told_by_their_beginning),
		T(numbers_begin_at_nothing),
		T(a_full_disk_keeps_the_old_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
