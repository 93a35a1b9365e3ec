/* What an administrator decides about job data (src/domain/job_settings.c). */
#include "domain/job_settings.h"

#include <string.h>

#include "domain/settings.h"
#include "tests/unit/domain/people.h"

static struct job_settings read_all(struct db *db)
{
	struct job_settings settings;
	assert_done(job_settings_get(db, &settings, err));
	return settings;
}

static void set(struct db *db, const char *name, const char *value)
{
	assert_done(job_setting_set(db, "ada", name, value, NOW, err));
}

static void a_new_device_asks_one_person_and_has_no_limit(void **state)
{
	struct temporary_db *t = *state;
	struct job_settings settings = read_all(t->db);
	assert_false(settings.two_people);
	assert_int_equal(0, settings.rate);
}

static void settings_are_kept_with_before_and_after(void **state)
{
	struct temporary_db *t = *state;
	set(t->db, "job_data_two_people", "on");
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "Job data needs two people (job_data_two_people): "
			  "\"off\" before, \"on\" now");
	set(t->db, "upload_rate", "250");
	assert_last_entry(t->db, LEDGER_CONFIGURATION,
			  "(upload_rate): \"none\" before, \"250\" now");
	temporary_db_reopen(t);
	assert_true(read_all(t->db).two_people);
	assert_int_equal(250 * 1000, read_all(t->db).rate);
	set(t->db, "job_data_two_people", "off");
	set(t->db, "upload_rate", "none");
	assert_false(read_all(t->db).two_people);
	assert_int_equal(0, read_all(t->db).rate);
	assert_int_equal(4, entries(t->db, LEDGER_CONFIGURATION));
	assert_ledger_whole(t->db);
}

static void the_smallest_and_the_largest_rate_are_taken(void **state)
{
	struct temporary_db *t = *state;
	set(t->db, "upload_rate", "1");
	assert_int_equal(1000, read_all(t->db).rate);
	set(t->db, "upload_rate", "1000000");
	assert_int_equal(1000000000, read_all(t->db).rate);
}

static void the_value_that_stands_writes_no_entry(void **state)
{
	struct temporary_db *t = *state;
	for (int i = 0; i < 2; i++) {
		set(t->db, "upload_rate", "none");
		set(t->db, "job_data_two_people", "on");
	}
	assert_int_equal(1, entries(t->db, LEDGER_UNSET));
}

static void what_is_no_value_changes_nothing(void **state)
{
	static const char *const wrong[][2] = {
		{ "job_data_two_people", "" },
		{ "job_data_two_people", "yes" },
		{ "job_data_two_people", "On" },
		{ "upload_rate", "" },
		{ "upload_rate", "0" },
		{ "upload_rate", "0250" },
		{ "upload_rate", "1000001" },
		{ "upload_rate", "-1" },
		{ "upload_rate", "1e3" },
		{ "upload_rate", " 5" },
		{ "upload_rate", "18446744073709551617" },
	};
	struct temporary_db *t = *state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		assert_false(job_setting_set(t->db, "ada", wrong[i][0],
					     wrong[i][1], NOW, &why));
		assert_int_equal(ERR_INVALID, why.kind);
		/* It says what is valid. */
		assert_non_null(strstr(why.text, ": write "));
	}
	for (size_t i = 0; hostile_texts[i] != NULL; i++) {
		assert_fails(ERR_INVALID,
			     job_setting_set(t->db, "ada", "upload_rate",
					     hostile_texts[i], NOW, err));
	}
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
	assert_false(read_all(t->db).two_people);
}

static void every_setting_can_be_read_by_name(void **state)
{
	struct temporary_db *t = *state;
	const struct setting *s;
	size_t count = 0;
	for (; (s = job_setting_at(count)) != NULL; count++) {
		struct buf value = BUF_INIT;
		assert_done(job_setting_value(t->db, s->name, &value, err));
		set(t->db, s->name, buf_str(&value));
		buf_clear(&value);
	}
	assert_int_equal(2, count);
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

/* Others keep their values in the same table. */
static void other_names_are_no_settings_of_job_data(void **state)
{
	static const char *const names[] = { "time_floor", "automatic", "" };
	struct temporary_db *t = *state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf value = BUF_INIT;
		assert_fails(ERR_NOT_FOUND,
			     job_setting_value(t->db, names[i], &value, err));
		assert_fails(ERR_NOT_FOUND,
			     job_setting_set(t->db, "ada", names[i], "1", NOW,
					     err));
		buf_clear(&value);
	}
	assert_int_equal(0, entries(t->db, LEDGER_UNSET));
}

static void a_damaged_value_is_no_permission(void **state)
{
	struct temporary_db *t = *state;
	struct job_settings settings = { .two_people = true, .rate = 7 };
	assert_done(settings_set(t->db, "job_data_two_people", "of", err));
	assert_fails(ERR_INVALID, job_settings_get(t->db, &settings, err));
	assert_true(settings.two_people);
	assert_int_equal(7, settings.rate);
	set(t->db, "job_data_two_people", "off");
	assert_false(read_all(t->db).two_people);
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_asks_one_person_and_has_no_limit),
		T(settings_are_kept_with_before_and_after),
		T(the_smallest_and_the_largest_rate_are_taken),
		T(the_value_that_stands_writes_no_entry),
		T(what_is_no_value_changes_nothing),
		T(every_setting_can_be_read_by_name),
		T(other_names_are_no_settings_of_job_data),
		T(a_damaged_value_is_no_permission),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
