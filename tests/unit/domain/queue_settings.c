/* The limits of the queue as people set them (src/domain/queue_settings.c). */
#include "domain/queue.h"

#include <string.h>

#include "domain/settings.h"
#include "tests/unit/domain/people.h"

static struct queue_limits read_all(struct db *db)
{
	struct queue_limits limits;
	assert_done(queue_limits_read(db, &limits, err));
	return limits;
}

static void set(struct db *db, const char *name, const char *value)
{
	assert_done(queue_setting_set(db, "ada", name, value, NOW, err));
}

static void a_new_device_keeps_16_megabytes_for_30_days(void **state)
{
	struct temporary_db *t = *state;
	struct queue_limits limits = read_all(t->db);
	assert_int_equal(16000000, limits.bytes);
	assert_int_equal(35 * 86400, limits.age_s);
	assert_int_equal(0, limits.rate);
	assert_int_equal(0, limits.month);
	assert_false(limits.quiet_all);
}

static void each_is_kept_with_before_and_after(void **state)
{
	struct temporary_db *t = *state;
	set(t->db, "queue_bytes", "2");
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "(queue_bytes): \"16\" before, \"2\" now");
	set(t->db, "queue_days", "400");
	set(t->db, "send_rate", "250");
	set(t->db, "month_limit", "1000000");
	set(t->db, "quiet_hours_for", "all");
	temporary_db_reopen(t);
	struct queue_limits limits = read_all(t->db);
	assert_int_equal(2000000, limits.bytes);
	assert_int_equal(400 * 86400, limits.age_s);
	assert_int_equal(250000, limits.rate);
	assert_int_equal(INT64_C(1000000000000), limits.month);
	assert_true(limits.quiet_all);
	assert_int_equal(5, entries(t->db, LEDGER_CONFIGURATION));
	set(t->db, "send_rate", "none");
	set(t->db, "month_limit", "none");
	set(t->db, "quiet_hours_for", "automatic");
	limits = read_all(t->db);
	assert_int_equal(0, limits.rate);
	assert_int_equal(0, limits.month);
	assert_false(limits.quiet_all);
	assert_ledger_whole(t->db);
}

static void the_value_that_stands_writes_no_entry(void **state)
{
	struct temporary_db *t = *state;
	const struct setting *s;
	size_t count = 0;
	for (; (s = queue_setting_at(count)) != NULL; count++) {
		struct buf value = BUF_INIT;
		assert_done(queue_setting_value(t->db, s->name, &value, err));
		set(t->db, s->name, buf_str(&value));
		buf_clear(&value);
	}
	assert_int_equal(5, count);
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static void what_is_no_value_changes_nothing(void **state)
{
	static const char *const wrong[][2] = {
		{ "queue_bytes", "" },
		{ "queue_bytes", "0" },
		{ "queue_bytes", "1" },
		{ "queue_bytes", "1001" },
		{ "queue_bytes", "016" },
		{ "queue_bytes", "none" },
		{ "queue_days", "0" },
		{ "queue_days", "401" },
		{ "queue_days", "-1" },
		{ "send_rate", "0" },
		{ "send_rate", "1000001" },
		{ "month_limit", "0" },
		{ "month_limit", "1e3" },
		{ "month_limit", "None" },
		{ "quiet_hours_for", "" },
		{ "quiet_hours_for", "none" },
		{ "quiet_hours_for", "All" },
		{ "month_limit", "18446744073709551617" },
	};
	struct temporary_db *t = *state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		assert_false(queue_setting_set(t->db, "ada", wrong[i][0],
					       wrong[i][1], NOW, &why));
		assert_int_equal(ERR_INVALID, why.kind);
		assert_non_null(strstr(why.text, ": write "));
	}
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_fails(ERR_INVALID,
			     queue_setting_set(t->db, "ada", "month_limit",
					       hostile_texts[i], NOW, err));
	}
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
	assert_int_equal(16000000, read_all(t->db).bytes);
}

/* Counters stand in the same table, and are nobody's to set. */
static void other_names_are_no_settings_of_the_queue(void **state)
{
	static const char *const names[] = { "month_used", "hold_until",
					     "upload_rate", "" };
	struct temporary_db *t = *state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf value = BUF_INIT;
		assert_fails(ERR_NOT_FOUND,
			     queue_setting_value(t->db, names[i], &value, err));
		assert_fails(ERR_NOT_FOUND,
			     queue_setting_set(t->db, "ada", names[i], "2", NOW,
					       err));
		buf_clear(&value);
	}
}

static void a_damaged_value_is_told(void **state)
{
	struct temporary_db *t = *state;
	struct queue_limits limits = { .bytes = 7 };
	assert_done(settings_set(t->db, "queue_days", "soon", err));
	assert_fails(ERR_INVALID, queue_limits_read(t->db, &limits, err));
	assert_int_equal(7, limits.bytes);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_keeps_16_megabytes_for_30_days),
		T(each_is_kept_with_before_and_after),
		T(the_value_that_stands_writes_no_entry),
		T(what_is_no_value_changes_nothing),
		T(other_names_are_no_settings_of_the_queue),
		T(a_damaged_value_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
