/*
 * What the server is told of instructions: results and our own words; of the
 * log, hashes and sizes. No name, no text, and nothing of job data.
 */
#include "tests/unit/client/instructions_scene.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/mem.h"
#include "formats/checkin.h"

static size_t report(struct instructions_scene *scene,
		     struct checkin_request *request)
{
	size_t count = 99;
	assert_done(instructions_report(&scene->device.client, request, &count,
					err));
	assert_int_equal(count, request->outcomes_count);
	return count;
}

static void take(struct instructions_scene *scene, uint64_t number,
		 enum instruction_kind kind)
{
	const struct instruction is = scene_instruction(number, kind);
	(void)scene_take(scene, &is);
}

static void each_outcome_is_told_until_the_server_has_it(void **state)
{
	struct instructions_scene *scene = *state;
	struct db *db = scene->device.db;
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	assert_int_equal(report(scene, r), 0);
	take(scene, 1, INSTRUCTION_SEND);
	take(scene, 2, INSTRUCTION_MESSAGE);
	assert_done(instructions_take_refused(
		db, 3, NULL, NULL, INSTRUCTION_REFUSAL_ORDER, "It was wrong.",
		device_time(), err));
	assert_int_equal(scene_round(scene), 1);
	assert_int_equal(report(scene, r), 3);
	assert_int_equal(r->outcomes[0].number, 1);
	assert_string_equal(r->outcomes[0].result, "waiting");
	assert_string_equal(r->outcomes[1].result, "done");
	assert_int_equal(r->outcomes[1].at, device_time());
	assert_string_equal(r->outcomes[2].result, "order");
	assert_string_equal(r->outcomes[2].text, "It was wrong.");
	/* A check-in that failed tells them again. */
	assert_int_equal(report(scene, r), 3);
	/* What changed meanwhile is told anew. */
	assert_done(
		instructions_decide(db, "carla", 1, false, device_time(), err));
	assert_done(instructions_told(&scene->device.client, r, err));
	assert_int_equal(report(scene, r), 1);
	assert_string_equal(r->outcomes[0].result, "person");
	assert_null(strstr(r->outcomes[0].text, "carla"));
	assert_done(instructions_told(&scene->device.client, r, err));
	assert_int_equal(report(scene, r), 0);
	mem_free(r);
}

/* An instruction for these entries that the customer let through. */
static void ask_for(struct instructions_scene *scene, uint64_t number,
		    uint64_t from, uint64_t to)
{
	struct instruction is = scene_instruction(number, INSTRUCTION_LEDGER);
	is.from = from;
	is.to = to;
	assert_done(instruction_rule_set(scene->device.db, "carla",
					 INSTRUCTION_LEDGER, INSTRUCTION_ALLOW,
					 0, device_time(), err));
	(void)scene_take(scene, &is);
	assert_int_equal(scene_round(scene), 1);
}

static void add_entry(struct instructions_scene *scene, const char *service,
		      const char *transaction)
{
	struct ledger_entry entry = {
		.at = device_time(),
		.kind = LEDGER_SENT,
		.transaction = transaction,
		.actor = "carla",
		.service = service,
		.peer = "peer-of-carla",
		.bytes = 2048,
		.sha256 = "00112233445566778899aabbccddeeff"
			  "00112233445566778899aabbccddeeff",
		.result = "ok",
		.text = "a text about carla",
	};
	assert_done(ledger_append(scene->device.db, &entry, err));
}

#define SOME "01932000-7a11-7c3e-9d54-2f0f6a1be7c1"

static uint64_t log_size(struct instructions_scene *scene)
{
	struct ledger_head head;
	assert_done(ledger_head(scene->device.db, &head, err));
	return head.size;
}

static void assert_leaf(struct instructions_scene *scene,
			const struct checkin_row *row)
{
	char sql[160];
	(void)snprintf(sql, sizeof(sql),
		       "SELECT count(*) FROM ledger_nodes WHERE level = 0 AND "
		       "place = %llu AND lower(hex(hash)) = '%s'",
		       (unsigned long long)row->sequence, row->leaf);
	assert_int_equal(temporary_db_number(scene->device.db, sql), 1);
}

static void entries_are_told_by_hash_and_size(void **state)
{
	struct instructions_scene *scene = *state;
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	uint64_t at = log_size(scene);
	add_entry(scene, "metering", SOME);
	add_entry(scene, "job-data", SOME);
	add_entry(scene, "metering job-data", SOME);
	add_entry(scene, "job-data metering", SOME);
	add_entry(scene, "metering job-data supplies", SOME);
	add_entry(scene, "metering", "");
	ask_for(scene, 1, at, at + 5);
	assert_int_equal(report(scene, r), 1);
	assert_int_equal(r->rows_count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_true(r->rows[i].sequence == at + i);
		assert_string_equal(r->rows[i].kind, "sent");
		assert_leaf(scene, &r->rows[i]);
	}
	assert_string_equal(r->rows[0].transaction, SOME);
	assert_true(r->rows[0].bytes == 2048);
	assert_int_equal(strlen(r->rows[0].sha256), 64);
	assert_string_equal(r->rows[0].result, "ok");
	/* Of job data, and where there is no transaction, the leaf alone. */
	for (size_t i = 1; i < 6; i++) {
		assert_string_equal(r->rows[i].transaction, "");
		assert_true(r->rows[i].bytes == 0);
		assert_string_equal(r->rows[i].sha256, "");
		assert_string_equal(r->rows[i].result, "");
	}
	mem_free(r);
}

/* Whatever field it stood in. */
static void no_name_and_no_text_goes_along(void **state)
{
	struct instructions_scene *scene = *state;
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	add_entry(scene, "metering", SOME);
	ask_for(scene, 1, 0, log_size(scene) - 1);
	(void)report(scene, r);
	assert_int_equal(r->rows_count, log_size(scene) - 3);
	const char *bytes = (const char *)r;
	for (size_t i = 0; i + 5 < sizeof(*r); i++) {
		assert_true(memcmp(bytes + i, "carla", 5) != 0);
	}
	mem_free(r);
}

static void two_reports_that_do_not_fit_go_one_by_one(void **state)
{
	struct instructions_scene *scene = *state;
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	while (log_size(scene) < 120) {
		add_entry(scene, "metering", SOME);
	}
	ask_for(scene, 1, 0, 99);
	ask_for(scene, 2, 10, 19);
	take(scene, 3, INSTRUCTION_SEND);
	assert_int_equal(report(scene, r), 2);
	assert_int_equal(r->rows_count, 100);
	assert_int_equal(r->outcomes[0].number, 1);
	assert_int_equal(r->outcomes[1].number, 3);
	assert_done(instructions_told(&scene->device.client, r, err));
	assert_int_equal(report(scene, r), 1);
	assert_int_equal(r->outcomes[0].number, 2);
	assert_int_equal(r->rows_count, 10);
	mem_free(r);
}

static void more_outcomes_than_fit_wait(void **state)
{
	struct instructions_scene *scene = *state;
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	for (uint64_t n = 1; n <= CHECKIN_OUTCOMES_MAX + 3; n++) {
		assert_done(instructions_take_refused(
			scene->device.db, n, NULL, NULL,
			INSTRUCTION_REFUSAL_FORM, "x", device_time(), err));
	}
	assert_int_equal(report(scene, r), CHECKIN_OUTCOMES_MAX);
	assert_done(instructions_told(&scene->device.client, r, err));
	assert_int_equal(report(scene, r), 3);
	mem_free(r);
}

/* One that waits or was refused brings no entry of the log along. */
static void entries_need_the_customers_word(void **state)
{
	struct instructions_scene *scene = *state;
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	take(scene, 1, INSTRUCTION_LEDGER);
	assert_int_equal(report(scene, r), 1);
	assert_int_equal(r->rows_count, 0);
	assert_done(instructions_decide(scene->device.db, "carla", 1, false,
					device_time(), err));
	assert_int_equal(report(scene, r), 1);
	assert_int_equal(r->rows_count, 0);
	mem_free(r);
}

/* Nothing is told in part: what cannot be read is told with the next one. */
static void what_cannot_be_read_is_not_told(void **state)
{
	struct instructions_scene *scene = *state;
	struct checkin_request *r = mem_zalloc(sizeof(*r));
	struct db *db = scene->device.db;
	size_t count = 99;
	while (log_size(scene) < 20) {
		add_entry(scene, "metering", SOME);
	}
	take(scene, 1, INSTRUCTION_SEND);
	ask_for(scene, 2, 18, 19);
	temporary_db_drop_triggers(db);
	temporary_db_run(db, "CREATE TEMP TABLE kept AS SELECT * FROM ledger "
			     "WHERE sequence = 19");
	temporary_db_run(db, "DELETE FROM ledger WHERE sequence = 19");
	struct err err = { .kind = ERR_NONE };
	assert_false(
		instructions_report(&scene->device.client, r, &count, &err));
	assert_int_equal(count, 99);
	assert_int_equal(r->outcomes_count, 0);
	assert_int_equal(r->rows_count, 0);
	temporary_db_run(db, "INSERT INTO ledger SELECT * FROM kept");
	assert_int_equal(report(scene, r), 2);
	mem_free(r);
}

int main(void)
{
#define TEST(name)                                                      \
	cmocka_unit_test_setup_teardown(name, instructions_scene_begin, \
					instructions_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(each_outcome_is_told_until_the_server_has_it),
		TEST(entries_are_told_by_hash_and_size),
		TEST(no_name_and_no_text_goes_along),
		TEST(two_reports_that_do_not_fit_go_one_by_one),
		TEST(more_outcomes_than_fit_wait),
		TEST(entries_need_the_customers_word),
		TEST(what_cannot_be_read_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
