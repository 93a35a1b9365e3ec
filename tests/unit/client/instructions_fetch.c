/*
 * What a server can and cannot get a device to believe: whatever is not signed
 * for this device, under this number, in this list and in time is refused,
 * kept, told, and never carried out. No fault of the server's stops the next
 * one.
 */
#include "tests/unit/client/instructions_scene.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "domain/consent.h"
#include "domain/settings.h"
#include "tests/support/vendor.h"

static void a_good_one_waits_for_a_person(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	scene_give_instruction(scene, 1, &is);
	scene_serve(scene, "");
	scene_fetch_well(scene, 1);
	struct instruction_row row = scene_row(scene, 1);
	assert_int_equal(row.state, INSTRUCTION_ASKED);
	assert_string_equal(row.is.services, "metering");
	assert_string_equal(row.is.by, "desk");
	/* Fetching does nothing by itself. */
	assert_int_equal(scene_round(scene), 0);
	assert_int_equal(scene_items(scene, NULL), 0);
}

static void only_what_is_new_is_asked_for(void **state)
{
	struct instructions_scene *scene = *state;
	char line[160];
	for (uint64_t n = 1; n <= INSTRUCTIONS_AT_ONCE + 2; n++) {
		const struct instruction is =
			scene_instruction(n, INSTRUCTION_MESSAGE);
		scene_give_instruction(scene, n, &is);
	}
	scene_serve(scene, "");
	scene_fetch_well(scene, 2);
	fault_expect(&scene->server, "request GET", line, sizeof(line));
	assert_true(text_ends_with(line, "/v1/instructions/1"));
	fault_expect(&scene->server, "request GET", line, sizeof(line));
	assert_true(text_ends_with(line, "/v1/instructions/2"));
	/* Nothing new: no question at all. */
	scene_fetch_well(scene, 2);
	scene_fetch_well(scene, 1);
	scene_fetch_well(scene, 0);
	uint64_t last = 0;
	scene_fetch_well(scene, INT64_MAX);
	assert_done(instructions_last(scene->device.db, &last, err));
	assert_int_equal(last, INSTRUCTIONS_AT_ONCE + 2);
	fault_expect(&scene->server, "request GET", line, sizeof(line));
	assert_true(text_ends_with(line, "/v1/instructions/3"));
}

/*
 * A server without the key gives garbage without end: each is kept and
 * answered, so there are only so many a day.
 */
static void a_day_has_only_so_many(void **state)
{
	struct instructions_scene *scene = *state;
	uint64_t last = 0;
	for (uint64_t n = 1; n <= INSTRUCTIONS_A_DAY + 9; n++) {
		scene_give_text(scene, n, "garbage\n");
	}
	scene_serve(scene, "");
	scene_fetch_well(scene, 1); /* so that the last round is a part */
	for (int i = 0; i < INSTRUCTIONS_A_DAY; i++) {
		scene_fetch_well(scene, INT64_MAX);
	}
	assert_done(instructions_last(scene->device.db, &last, err));
	assert_int_equal(last, INSTRUCTIONS_A_DAY);
	/* A day later, and after a clock that was years ahead. */
	device_set_time(device_time() + 86400);
	scene_fetch_well(scene, INSTRUCTIONS_A_DAY + 1);
	device_set_time(device_time() - 4 * 365 * INT64_C(86400));
	scene_fetch_well(scene, INSTRUCTIONS_A_DAY + 2);
	assert_done(instructions_last(scene->device.db, &last, err));
	assert_int_equal(last, INSTRUCTIONS_A_DAY + 2);
}

/* Number 1 is refused like this, and number 2 comes all the same. */
static void assert_refused(struct instructions_scene *scene,
			   enum instruction_refusal refusal, bool shows_who)
{
	const struct instruction next =
		scene_instruction(2, INSTRUCTION_MESSAGE);
	scene_give_instruction(scene, 2, &next);
	if (scene->server.pid == 0) {
		scene_serve(scene, "");
	}
	scene_fetch_well(scene, 2);
	struct instruction_row row = scene_row(scene, 1);
	assert_int_equal(row.state, INSTRUCTION_REFUSED);
	if (row.refusal != refusal) {
		fail_msg("%s: %s", instruction_refusal_name(row.refusal),
			 row.outcome);
	}
	assert_true(row.outcome[0] != '\0');
	assert_string_equal(row.is.by, shows_who ? "desk" : "");
	assert_int_equal(
		temporary_db_number(scene->device.db,
				    "SELECT count(*) FROM instructions WHERE "
				    "number = 1 AND asked_by = 'desk'"),
		shows_who ? 1 : 0);
	assert_int_equal(scene_row(scene, 2).state, INSTRUCTION_APPROVED);
	/* Told to the server, in the log, and nothing comes of it. */
	struct instruction_row *list = NULL;
	size_t count = 0;
	assert_done(instructions_unreported(scene->device.db, 1, &list, &count,
					    err));
	assert_int_equal(count, 1);
	assert_true(list[0].is.number == 1);
	mem_free(list);
	assert_int_equal(temporary_db_number(
				 scene->device.db,
				 "SELECT count(*) FROM ledger WHERE "
				 "kind = 'instruction' AND result = 'refused'"),
			 1);
	assert_int_equal(scene_round(scene), 1);
	assert_int_equal(scene_items(scene, NULL), 0);
}

/* Bytes of the note that are kept. */
static int64_t kept_length(struct instructions_scene *scene, int number)
{
	char sql[96];
	(void)snprintf(
		sql, sizeof(sql),
		"SELECT length(CAST(note AS BLOB)) FROM instructions WHERE number = "
		"%d",
		number);
	return temporary_db_number(scene->device.db, sql);
}

static void give_changed(struct instructions_scene *scene,
			 enum instruction_kind kind,
			 void (*change)(struct instruction *is))
{
	struct instruction is = scene_instruction(1, kind);
	change(&is);
	scene_give_instruction(scene, 1, &is);
}

static void to_other_device(struct instruction *is)
{
	strcpy(is->device, "test-8");
}

static void one_for_another_device_is_refused(void **state)
{
	give_changed(*state, INSTRUCTION_SEND, to_other_device);
	assert_refused(*state, INSTRUCTION_REFUSAL_DEVICE, true);
}

static void to_later(struct instruction *is)
{
	is->number = 9;
}

static void one_out_of_order_is_refused(void **state)
{
	give_changed(*state, INSTRUCTION_SEND, to_later);
	assert_refused(*state, INSTRUCTION_REFUSAL_ORDER, true);
}

static void one_that_came_before_is_refused(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_RENEW);
	scene_give_instruction(scene, 1, &is);
	scene_give_instruction(scene, 2, &is);
	scene_serve(scene, "");
	scene_fetch_well(scene, 2);
	assert_int_equal(scene_row(scene, 1).state, INSTRUCTION_APPROVED);
	struct instruction_row row = scene_row(scene, 2);
	assert_int_equal(row.refusal, INSTRUCTION_REFUSAL_REPLAY);
	assert_true(row.is.number == 2);
}

static void to_past(struct instruction *is)
{
	is->issued_at = device_time() - 86400;
	is->expires_at = device_time();
}

static void one_whose_time_is_over_is_refused(void **state)
{
	give_changed(*state, INSTRUCTION_SEND, to_past);
	assert_refused(*state, INSTRUCTION_REFUSAL_EXPIRED, true);
}

static void a_clock_of_1970_does_not_bring_one_back(void **state)
{
	struct instructions_scene *scene = *state;
	char floor[24];
	give_changed(scene, INSTRUCTION_SEND, to_past);
	(void)snprintf(floor, sizeof(floor), "%lld", (long long)device_time());
	assert_done(settings_set(scene->device.db, "time_floor", floor, err));
	const struct instruction next =
		scene_instruction(2, INSTRUCTION_MESSAGE);
	scene_give_instruction(scene, 2, &next);
	scene_serve(scene, "");
	device_set_time(100);
	scene_fetch_well(scene, 2);
	assert_int_equal(scene_row(scene, 1).refusal,
			 INSTRUCTION_REFUSAL_EXPIRED);
	assert_int_equal(scene_row(scene, 2).state, INSTRUCTION_APPROVED);
}

static void to_not_allowed(struct instruction *is)
{
	strcpy(is->services, "metering supplies");
}

static void nobody_is_asked_for_what_is_not_allowed(void **state)
{
	give_changed(*state, INSTRUCTION_SEND, to_not_allowed);
	assert_refused(*state, INSTRUCTION_REFUSAL_NOT_ALLOWED, true);
}

/* Nobody is asked, and nobody's word is needed for a no. */
static void to_often(struct instruction *is)
{
	is->interval_s = 60;
}

static void nobody_is_asked_for_an_interval_outside_the_limits(void **state)
{
	struct instructions_scene *scene = *state;
	give_changed(scene, INSTRUCTION_INTERVAL, to_often);
	assert_refused(scene, INSTRUCTION_REFUSAL_LIMITS, true);
	struct instruction_row row = scene_row(scene, 1);
	assert_string_equal(row.decided_by, "");
	assert_non_null(strstr(row.outcome, "the customer's limits are"));
}

static void to_no_entries(struct instruction *is)
{
	is->from = is->to = 5000;
}

static void nobody_is_asked_for_entries_that_are_not_there(void **state)
{
	give_changed(*state, INSTRUCTION_LEDGER, to_no_entries);
	assert_refused(*state, INSTRUCTION_REFUSAL_LIMITS, true);
}

static void to_no_service(struct instruction *is)
{
	strcpy(is->services, "metering all");
}

static void a_service_that_is_none_is_refused(void **state)
{
	give_changed(*state, INSTRUCTION_SEND, to_no_service);
	assert_refused(*state, INSTRUCTION_REFUSAL_NOT_ALLOWED, true);
}

/* The text of one that is good, with another kind and end. */
static void give_lines_as(struct instructions_scene *scene, uint64_t number,
			  const char *kind, const char *lines)
{
	struct instruction is = scene_instruction(number, INSTRUCTION_RENEW);
	struct buf text = BUF_INIT, changed = BUF_INIT;
	assert_done(instruction_put(&text, &is, err));
	char *at = strstr((char *)text.data, "kind renew\n");
	assert_non_null(at);
	buf_put(&changed, text.data, (size_t)(at - (char *)text.data));
	buf_printf(&changed, "kind %s\n%s%s", kind, at + strlen("kind renew\n"),
		   lines);
	scene_give_text(scene, number, buf_str(&changed));
	buf_clear(&changed);
	buf_clear(&text);
}

static void give_lines(struct instructions_scene *scene, const char *kind,
		       const char *lines)
{
	give_lines_as(scene, 1, kind, lines);
}

static void job_data_is_refused_even_where_it_is_allowed(void **state)
{
	struct instructions_scene *scene = *state;
	assert_done(consent_allow(scene->device.db, "carla", GATE_JOB_DATA,
				  device_time(), err));
	give_lines(scene, "send", "services job-data\n");
	assert_refused(scene, INSTRUCTION_REFUSAL_JOB_DATA, true);
}

static void personal_data_is_no_service(void **state)
{
	struct instructions_scene *scene = *state;
	assert_done(consent_allow(scene->device.db, "carla", GATE_PERSONAL,
				  device_time(), err));
	give_lines(scene, "send", "services metering personal\n");
	assert_refused(scene, INSTRUCTION_REFUSAL_JOB_DATA, true);
}

static void what_is_not_in_the_list_is_refused(void **state)
{
	give_lines(*state, "run", "script touch /tmp/sluice-was-here\n");
	assert_refused(*state, INSTRUCTION_REFUSAL_UNKNOWN, true);
}

static void a_form_that_is_none_is_refused(void **state)
{
	give_lines(*state, "renew", "services metering\n");
	assert_refused(*state, INSTRUCTION_REFUSAL_FORM, false);
}

static void garbage_is_refused(void **state)
{
	struct instructions_scene *scene = *state;
	static const char garbage[] = "\xff\xfe <html>hello</html>\r\n\r\n";
	scene_give(scene, 1, garbage, sizeof(garbage) - 1);
	assert_refused(scene, INSTRUCTION_REFUSAL_FORM, false);
}

static void an_empty_answer_is_refused(void **state)
{
	struct instructions_scene *scene = *state;
	scene_give(scene, 1, "", 0);
	assert_refused(scene, INSTRUCTION_REFUSAL_FORM, false);
}

static void one_that_is_too_long_is_refused(void **state)
{
	struct instructions_scene *scene = *state;
	struct buf text = BUF_INIT;
	while (text.len < 60000) {
		buf_put_str(&text, "all work and no play\n");
	}
	scene_give(scene, 1, text.data, text.len);
	buf_clear(&text);
	assert_refused(scene, INSTRUCTION_REFUSAL_FORM, false);
}

/* The receipt key of the very same server does not sign instructions. */
static void another_key_is_refused(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	const struct note_signer signer = { scene->device.pki.verifier.name,
					    &scene->device.pki.receipt };
	struct buf text = BUF_INIT, note = BUF_INIT;
	assert_done(instruction_put(&text, &is, err));
	assert_done(note_sign(buf_str(&text), &signer, 1, &note, err));
	scene_give(scene, 1, note.data, note.len);
	assert_refused(scene, INSTRUCTION_REFUSAL_SIGNATURE, false);
	/* Its bytes stay as evidence. */
	assert_int_equal(note.len, kept_length(scene, 1));
	buf_clear(&note);
	buf_clear(&text);
}

static void a_changed_one_is_refused(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_MESSAGE);
	struct buf note = BUF_INIT;
	scene_sign(&is, &note);
	char *at = strstr((char *)note.data, "nine");
	assert_non_null(at);
	memcpy(at, "noon", 4);
	scene_give(scene, 1, note.data, note.len);
	buf_clear(&note);
	assert_refused(scene, INSTRUCTION_REFUSAL_SIGNATURE, false);
}

static void without_a_key_none_is_believed(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_MESSAGE);
	scene_give_instruction(scene, 1, &is);
	assert_int_equal(remove(scene->device.config.instruction_verifier), 0);
	scene_serve(scene, "");
	scene_fetch_well(scene, 1);
	struct instruction_row row = scene_row(scene, 1);
	assert_int_equal(row.refusal, INSTRUCTION_REFUSAL_SIGNATURE);
	assert_non_null(strstr(row.outcome, "no key to check"));
}

static void one_that_is_not_there_stays_the_next(void **state)
{
	struct instructions_scene *scene = *state;
	uint64_t last = 9;
	const struct instruction second =
		scene_instruction(2, INSTRUCTION_MESSAGE);
	scene_give_instruction(scene, 2, &second);
	scene_serve(scene, "");
	scene_fetch_well(scene, 2);
	assert_done(instructions_last(scene->device.db, &last, err));
	assert_int_equal(last, 0);
	const struct instruction first =
		scene_instruction(1, INSTRUCTION_MESSAGE);
	scene_give_instruction(scene, 1, &first);
	scene_fetch_well(scene, 2);
	assert_done(instructions_last(scene->device.db, &last, err));
	assert_int_equal(last, 2);
}

/* Without knowing what is allowed, nothing is taken and nothing refused. */
static void what_is_allowed_must_be_readable(void **state)
{
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_SEND);
	struct db *db = scene->device.db;
	struct err why = { .kind = ERR_NONE };
	uint64_t last = 9;
	scene_give_instruction(scene, 1, &is);
	scene_serve(scene, "");
	temporary_db_run(db, "ALTER TABLE grants RENAME TO away");
	assert_false(scene_fetch(scene, 1, &why));
	assert_int_equal(why.kind, ERR_BUG);
	temporary_db_run(db, "ALTER TABLE away RENAME TO grants");
	assert_done(instructions_last(db, &last, err));
	assert_int_equal(last, 0);
	scene_fetch_well(scene, 1);
	assert_int_equal(scene_row(scene, 1).state, INSTRUCTION_ASKED);
}

static void trouble_on_the_way_keeps_nothing(void **state)
{
	static const char *const faults[] = { "lose", "garbage", "status=503",
					      "status=429", "status=403" };
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(1, INSTRUCTION_MESSAGE);
	scene_give_instruction(scene, 1, &is);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		uint64_t last = 9;
		scene_serve(scene, faults[i]);
		if (!scene_fetch(scene, 1, &why)) {
			assert_int_equal(why.kind, ERR_RETRY);
		}
		assert_done(instructions_last(scene->device.db, &last, err));
		assert_int_equal(last, 0);
	}
	scene_serve(scene, "");
	scene_fetch_well(scene, 1);
	assert_int_equal(scene_row(scene, 1).state, INSTRUCTION_APPROVED);
}

/* ---- outcomes that this database does not know ---- */

static uint64_t last_of(struct instructions_scene *scene)
{
	uint64_t last = 9;
	assert_done(instructions_last(scene->device.db, &last, err));
	return last;
}

/* What it asked for, and whether that is over, does not count. */
static void what_was_answered_is_passed_over(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(5, INSTRUCTION_RENEW);
	is.issued_at -= 8 * 86400;
	is.expires_at -= 8 * 86400;
	scene_give_instruction(scene, 5, &is);
	give_lines_as(scene, 7, "run", "script reboot\n");
	give_lines_as(scene, 8, "send", "services job-data\n");
	scene_serve(scene, "");
	assert_done(scene_catch_up(scene, 5, err));
	assert_int_equal(last_of(scene), 5);
	assert_done(scene_catch_up(scene, 7, err));
	assert_int_equal(last_of(scene), 7);
	assert_done(scene_catch_up(scene, 8, err));
	assert_int_equal(last_of(scene), 8);
	assert_int_equal(
		device_entries(&scene->device, LEDGER_INSTRUCTION, NULL), 3);
}

/*
 * Who has no key of the vendor's cannot use up numbers by saying that they were
 * answered: neither with garbage nor with what was made for another place.
 */
static void numbers_are_passed_over_for_the_vendor_alone(void **state)
{
	struct instructions_scene *scene = *state;
	struct instruction is = scene_instruction(3, INSTRUCTION_MESSAGE);
	struct err why = { .kind = ERR_NONE };
	struct buf text = BUF_INIT;
	scene_give_instruction(scene, 1, &is);
	scene_give_instruction(scene, 4, &is);
	strcpy(is.device, "ex7-other");
	scene_give_instruction(scene, 3, &is);
	scene_give(scene, 5, "garbage\n", strlen("garbage\n"));
	scene_give(scene, 6, "", 0);
	is = scene_instruction(INT64_MAX, INSTRUCTION_MESSAGE);
	assert_done(instruction_put(&text, &is, err));
	buf_put_str(&text, "\n\xe2\x80\x94 " VENDOR_NAME " AAAAAAAA\n");
	scene_give(scene, INT64_MAX, text.data, text.len);
	scene_serve(scene, "");
	for (uint64_t n = 3; n <= 6; n++) {
		assert_done(scene_catch_up(scene, n, err));
		assert_int_equal(last_of(scene), 0);
	}
	assert_done(scene_catch_up(scene, INT64_MAX, err));
	assert_done(scene_catch_up(scene, 1, err));
	assert_int_equal(last_of(scene), 0);
	/* What is not there, or longer than any may be, is no answer. */
	assert_false(scene_catch_up(scene, 2, &why));
	assert_int_equal(last_of(scene), 0);
	assert_int_equal(
		device_entries(&scene->device, LEDGER_INSTRUCTION, NULL), 0);
	buf_clear(&text);
}

static void trouble_on_the_way_passes_nothing_over(void **state)
{
	static const char *const faults[] = { "lose", "garbage", "status=503",
					      "status=429", "status=403" };
	struct instructions_scene *scene = *state;
	const struct instruction is = scene_instruction(5, INSTRUCTION_MESSAGE);
	scene_give_instruction(scene, 5, &is);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct err why = { .kind = ERR_NONE };
		scene_serve(scene, faults[i]);
		assert_false(scene_catch_up(scene, 5, &why));
		assert_int_equal(last_of(scene), 0);
	}
}

int main(void)
{
#define TEST(name)                                                      \
	cmocka_unit_test_setup_teardown(name, instructions_scene_begin, \
					instructions_scene_end)
	const struct CMUnitTest tests[] = {
		TEST(a_good_one_waits_for_a_person),
		TEST(only_what_is_new_is_asked_for),
		TEST(a_day_has_only_so_many),
		TEST(one_for_another_device_is_refused),
		TEST(one_out_of_order_is_refused),
		TEST(one_that_came_before_is_refused),
		TEST(one_whose_time_is_over_is_refused),
		TEST(a_clock_of_1970_does_not_bring_one_back),
		TEST(nobody_is_asked_for_what_is_not_allowed),
		TEST(nobody_is_asked_for_an_interval_outside_the_limits),
		TEST(nobody_is_asked_for_entries_that_are_not_there),
		TEST(a_service_that_is_none_is_refused),
		TEST(job_data_is_refused_even_where_it_is_allowed),
		TEST(personal_data_is_no_service),
		TEST(what_is_not_in_the_list_is_refused),
		TEST(a_form_that_is_none_is_refused),
		TEST(garbage_is_refused),
		TEST(an_empty_answer_is_refused),
		TEST(one_that_is_too_long_is_refused),
		TEST(another_key_is_refused),
		TEST(a_changed_one_is_refused),
		TEST(without_a_key_none_is_believed),
		TEST(one_that_is_not_there_stays_the_next),
		TEST(what_is_allowed_must_be_readable),
		TEST(trouble_on_the_way_keeps_nothing),
		TEST(what_was_answered_is_passed_over),
		TEST(numbers_are_passed_over_for_the_vendor_alone),
		TEST(trouble_on_the_way_passes_nothing_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
