/* Allowing and withdrawing by command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "capture.h"
#include "store/db.h"

static struct capture_device device;

static int set_up(void **state)
{
	*state = &device;
	return capture_device_set_up(state);
}

/* A value of a control in "services --json"; NULL = null. To be free()d. */
static char *value_of(const char *name, const char *key)
{
	static const char *const lists[] = { "services", "gates" };
	struct capture c;
	char *text = NULL;
	bool found = false;
	capture_device_run(&device, &c, 0, "services --json");
	json_t *all = json_loads(c.out, 0, NULL);
	for (size_t l = 0; l < 2; l++) {
		const json_t *list = json_object_get(all, lists[l]);
		for (size_t i = 0; i < json_array_size(list); i++) {
			const json_t *row = json_array_get(list, i);
			const char *its =
				json_string_value(json_object_get(row, "name"));
			if (strcmp(its, name) == 0) {
				const char *value = json_string_value(
					json_object_get(row, key));
				found = true;
				text = value == NULL ? NULL : strdup(value);
			}
		}
	}
	assert_true(found);
	json_decref(all);
	capture_clear(&c);
	return text;
}

static void check_value(const char *name, const char *key, const char *want)
{
	char *value = value_of(name, key);
	if (want == NULL) {
		assert_null(value);
	} else {
		assert_non_null(value);
		assert_string_equal(want, value);
	}
	free(value);
}

static void run_sql(const char *sql)
{
	char *path = files_join(device.dir, "state/sluice.db");
	struct db *db = NULL;
	struct stmt q;
	assert_true(db_open(path, DB_READ_WRITE, &db, NULL));
	assert_true(db_query(db, &q, sql, NULL));
	assert_true(db_run(&q, NULL));
	db_close(db);
	mem_free(path);
}

static void gates_are_decided_on_like_services(void **state)
{
	(void)state;
	check_value("personal", "state", "not allowed");
	capture_device_check(&device, 0, "allow personal",
			     "Allowed: personal. It ends by itself 20");
	check_value("personal", "state", "allowed");
	check_value("job-data", "state", "not allowed");
	capture_device_check(&device, 0, "withdraw personal",
			     "Withdrawn: personal.");
	check_value("personal", "state", "not allowed");
	check_value("personal", "until", NULL);
}

static void an_end_can_be_chosen(void **state)
{
	(void)state;
	capture_device_check(&device, 0, "allow supplies --until never",
			     "It has no end.");
	check_value("supplies", "until", NULL);
	capture_device_check(&device, 0, "services", "no end");
	capture_device_check(&device, 2, "allow supplies --until 2001-01-01",
			     "sluice: Choose an end that is ahead");
	capture_device_check(&device, 2, "allow supplies --until soon", NULL);
	capture_device_check(&device, 2, "allow supplies --until 2999-01-01",
			     NULL);
	check_value("supplies", "until", NULL);
	capture_device_check(&device, 0, "withdraw supplies", NULL);
}

/* As an update of the program with another field leaves it. */
static void make_older(const char *service)
{
	char sql[200];
	run_sql("DROP TRIGGER IF EXISTS grants_end_once");
	snprintf(sql, sizeof(sql),
		 "UPDATE grants SET catalogue_sha256 = printf('%%064d', 0) "
		 "WHERE ended_at IS NULL AND service = %s",
		 service);
	run_sql(sql);
}

static void what_changed_is_shown_before_it_is_confirmed(void **state)
{
	(void)state;
	struct capture c;
	capture_device_check(&device, 0, "allow metering", NULL);
	make_older("1");
	run_sql("INSERT OR IGNORE INTO agreed SELECT printf('%064d', 0), "
		"replace(text, 'TotalSheets' || char(9), 'Gone' || char(9)) "
		"FROM agreed WHERE text LIKE 'service metering%'");
	check_value("metering", "state", "suspended");
	capture_device_check(&device, 0, "services",
			     "\"sluice allow metering\" shows what changed");
	capture_device_check(&device, 0, "status",
			     "not sent until somebody confirms: metering.");
	capture_device_check(&device, 0, "status --json",
			     "\"suspended\": \"metering\"");
	capture_device_run(&device, &c, 3, "allow metering supplies");
	assert_non_null(strstr(c.out, "metering changed since it was allowed"));
	assert_non_null(strstr(c.out, "  New: Billing, TotalSheets: "));
	assert_non_null(strstr(c.out, "  Gone: Billing, Gone"));
	assert_non_null(strstr(c.problems, "--confirm"));
	capture_clear(&c);
	/* Nothing of the whole command was decided. */
	check_value("metering", "state", "suspended");
	check_value("supplies", "state", "not allowed");
	capture_device_check(&device, 0, "allow metering --confirm",
			     "Allowed: metering.");
	check_value("metering", "state", "allowed");
	capture_device_check(&device, 0, "log --kind grant --json",
			     "confirms grant");
	capture_device_check(&device, 0, "withdraw metering", NULL);
}

static void what_was_not_kept_is_shown_whole(void **state)
{
	(void)state;
	struct capture c;
	capture_device_check(&device, 0, "allow job-data", NULL);
	run_sql("DROP TRIGGER IF EXISTS grants_end_once");
	run_sql("UPDATE grants SET text_sha256 = printf('%064d', 7), "
		"catalogue_sha256 = printf('%064d', 8) "
		"WHERE ended_at IS NULL AND service = 17");
	capture_device_run(&device, &c, 3, "allow job-data");
	assert_non_null(strstr(c.out, "was not kept"));
	assert_non_null(strstr(c.out, "  Never sends: anything that nobody"));
	capture_clear(&c);
	capture_device_check(&device, 0, "withdraw job-data", NULL);
}

static void everything_can_be_withdrawn_at_once(void **state)
{
	(void)state;
	struct capture c;
	capture_device_check(&device, 0, "allow remote parts personal", NULL);
	capture_device_check(&device, 2, "withdraw --all parts", NULL);
	capture_device_check(&device, 2, "withdraw", NULL);
	capture_device_run(&device, &c, 0, "withdraw --all");
	assert_non_null(strstr(c.out, "Withdrawn: remote."));
	assert_non_null(strstr(c.out, "Withdrawn: parts."));
	assert_non_null(strstr(c.out, "Withdrawn: personal."));
	assert_null(strstr(c.out, "metering"));
	capture_clear(&c);
	check_value("personal", "state", "not allowed");
	check_value("parts", "state", "not allowed");
}

static void a_gate_is_no_service(void **state)
{
	(void)state;
	capture_device_check(&device, 2, "preview personal", NULL);
	capture_device_check(&device, 2, "send metering personal", NULL);
	capture_device_check(&device, 2, "allow everything", NULL);
}

static void job_data_is_asked_for_each_time(void **state)
{
	char until[CLOCK_TEXT_SIZE], line[64];
	(void)state;
	clock_format(until, clock_utc_now() + 90 * (int64_t)86400);
	until[strlen("2026-11-26")] = '\0';
	(void)snprintf(line, sizeof(line), "allow job-data --until %s", until);
	capture_device_check(&device, 0, "allow job-data",
			     "with the next send, at the latest");
	capture_device_check(&device, 0, line, "It ends by itself");
	capture_device_check(&device, 0, "allow job-data --until sent",
			     "with the next send, at the latest");
	capture_device_check(&device, 2, "allow metering --until sent",
			     "for job-data alone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gates_are_decided_on_like_services),
		cmocka_unit_test(an_end_can_be_chosen),
		cmocka_unit_test(what_changed_is_shown_before_it_is_confirmed),
		cmocka_unit_test(what_was_not_kept_is_shown_whole),
		cmocka_unit_test(everything_can_be_withdrawn_at_once),
		cmocka_unit_test(a_gate_is_no_service),
		cmocka_unit_test(job_data_is_asked_for_each_time),
	};
	return cmocka_run_group_tests(tests, set_up, capture_device_tear_down);
}
